"""How long a writer waits for another one, on any engine."""

BUSY_SECONDS = 15
"""How many seconds a writer waits for another one before it gives up."""

TOLD_AFTER = 0.3
"""Seconds of waiting for another writer after which `on_wait` is called."""
