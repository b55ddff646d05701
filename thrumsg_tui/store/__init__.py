"""The only place with SQL: one SQLite file, its queries and its changes."""
