"""Taking CSV files in: one module per kind of file, each import one journalled transaction."""
