"""The file `config.toml`: where it is, what it says, and what is wrong in it (`docs/rules.md 12.1`)."""
