"""The store in an SQLite file."""

from datetime import timedelta
from pathlib import Path

from bot.store.sql import SqlStore
from bot.store.sqlite_file import SqliteFile


# A subclass, because a function could not be asked for by `isinstance`, and repeating 30 methods tells nobody anything.
class SqliteStore(SqlStore):
    """Facts in one SQLite file; fulfils `Store`.

    The file must have been migrated. `busy_timeout` is how long a write waits for one of another process
    before it raises StoreError.
    """

    def __init__(self, path: str | Path, busy_timeout: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(SqliteFile(path, busy_timeout))
