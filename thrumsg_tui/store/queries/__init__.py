"""Read queries: one module per subject, plain functions that return records."""
