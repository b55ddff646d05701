"""What is done: one module per subject; each change is one journalled transaction."""
