"""Where facts are kept: SQLite and memory, one contract."""
