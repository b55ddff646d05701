"""What things are and what the rules say: pure functions and frozen records."""
