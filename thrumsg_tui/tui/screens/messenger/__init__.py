"""The Admin Messenger: its screen, its state, and the parts that do its commands (`docs/rules.md` 3)."""
