"""The parts of the screens. No widget queries the store: its screen does, and passes it the result."""
