"""Move a whole database to another one, on the same engine or another (`docs/rules.md 13.2`)."""
