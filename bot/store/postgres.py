"""The store in a PostgreSQL database, which any number of processes may share."""

from datetime import timedelta

from bot.store.postgres_pool import PostgresDatabase
from bot.store.sql import SqlStore


# A subclass for the same reason as SqliteStore.
class PostgresStore(SqlStore):
    """Facts in one PostgreSQL database; fulfils `Store`.

    The database must exist and have been migrated. At most `connections` are open; `wait` is how long a call waits
    for a connection, or for what another process is writing, before it raises StoreError.
    """

    def __init__(self, url: str, connections: int = 10, wait: timedelta = timedelta(seconds=10)) -> None:
        super().__init__(PostgresDatabase(url, connections, wait))
