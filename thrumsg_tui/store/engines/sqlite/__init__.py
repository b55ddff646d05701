"""SQLite: a database is one file, and one process at a time writes to it."""
