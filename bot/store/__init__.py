"""Where facts are kept: memory, SQLite and PostgreSQL, one contract."""
