"""Imports of CSV files: one module per kind of file; each import is one transaction and one event."""
