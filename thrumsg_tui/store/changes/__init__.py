"""All changes of the database: one module per subject; each change is one transaction with an event in the journal."""
