"""The only package with SQL: the database, its queries and its changes."""
