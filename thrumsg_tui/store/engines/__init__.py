"""Database engines: the only package that imports a database driver."""
