"""The domain: frozen records and the rules as pure functions, without I/O, SQL or a clock."""
