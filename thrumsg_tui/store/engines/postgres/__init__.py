"""PostgreSQL: a database on a server, to which many processes of many hosts write at once."""
