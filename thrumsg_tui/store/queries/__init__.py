"""What is shown: one module per subject, plain functions that return records."""
