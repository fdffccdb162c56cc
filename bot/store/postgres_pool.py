"""The PostgreSQL database itself: its connections, transactions and schema."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from threading import Lock
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from bot.errors import StoreError
from bot.store.dialect import Connection, Rows, for_postgres, schema_for_postgres
from bot.store.migrations import migration_names, statements
from bot.store.postgres_words import address, place, words_for

Psycopg = psycopg.Connection[tuple[Any, ...]]

_MIGRATING = 7_003_202_611
"""The advisory lock that a migration holds: any number, as long as it stays."""
_TO_DO = "run `paperboy migrate`"
_READ = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE = b"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_SYNC_NUMBERS = """
SELECT setval(pg_get_serial_sequence('{table}', 'number'), COALESCE(MAX(number), 0) + 1, false) FROM {table}
"""


class PostgresConnection:
    """A connection that reads statements as SQLite does."""

    def __init__(self, psycopg_connection: Psycopg) -> None:
        self._connection = psycopg_connection

    def execute(self, sql: str, parameters: Any = (), /) -> Rows:
        """Run one statement with `?` or `:name` for its values."""
        return self._connection.execute(for_postgres(sql), parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> None:
        """Run one statement for each row of values."""
        with self._connection.cursor() as cursor:
            cursor.executemany(for_postgres(sql), parameters)


class PostgresDatabase:
    """A database on a server, connected to on first use. Raises StoreError only, and never shows the address.

    At most `connections` at a time; `wait` is how long a call waits for one, and a writer for another.
    """

    def __init__(self, url: str, connections: int, wait: timedelta) -> None:
        parts = address(url)
        self._place = place(parts)
        self._url = url
        self._connections = connections
        self._wait = wait
        self._lock = Lock()
        self._closed = False
        self._pool: ConnectionPool[Psycopg] | None = None

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """One snapshot for all that is read inside."""
        with self._translated(), self._transaction(_READ) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        """All or nothing. Others write meanwhile: statements must decide races."""
        with self._translated(), self._transaction(_WRITE) as connection:
            yield connection

    def forgetting(self) -> AbstractContextManager[PostgresConnection]:
        """Writing: the server's vacuum overwrites what was removed."""
        return self.writing()

    def sync_numbers(self, connection: Connection, tables: Iterable[str]) -> None:
        """PostgreSQL's sequences do not see rows that bring their own number."""
        for table in tables:
            connection.execute(_SYNC_NUMBERS.format(table=table))

    @contextmanager
    def _transaction(self, begin: bytes) -> Iterator[PostgresConnection]:
        pool = self._opened()
        connection = self._begun(pool, begin)
        try:
            yield PostgresConnection(connection)
            connection.execute(b"COMMIT")
        except BaseException:
            with suppress(psycopg.Error):
                connection.rollback()
            raise
        finally:
            pool.putconn(connection)

    def _begun(self, pool: ConnectionPool[Psycopg], begin: bytes) -> Psycopg:
        """A connection in a transaction. One that died while idle is noticed here, where nothing is lost yet."""
        while True:
            connection = self._taken(pool)
            try:
                connection.execute(begin)
            except psycopg.OperationalError:
                pool.putconn(connection)
                if not connection.closed:
                    raise
                self._knock()
            except BaseException:
                pool.putconn(connection)
                raise
            else:
                return connection

    def _taken(self, pool: ConnectionPool[Psycopg]) -> Psycopg:
        try:
            return pool.getconn()
        except PoolClosed:
            raise StoreError(f"{self._place}: closed already") from None
        except PoolTimeout:
            self._knock()
            raise StoreError(
                f"{self._place}: all {self._connections} connections were busy for"
                f" {self._wait.total_seconds():g} s; try again"
            ) from None

    def _knock(self) -> None:
        """Raises why the server cannot be reached, if it cannot."""
        self._connect().close()

    def _opened(self) -> ConnectionPool[Psycopg]:
        """The pool; the first call learns from one connection of its own why there may be none."""
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._place}: closed already")
            if self._pool is None:
                with self._connect() as connection:
                    self._require_schema(connection)
                self._pool = self._new_pool()
            return self._pool

    def _new_pool(self) -> ConnectionPool[Psycopg]:
        return ConnectionPool(
            self._url,
            kwargs=self._options(),
            min_size=0,
            max_size=self._connections,
            timeout=self._wait.total_seconds(),
            reconnect_timeout=1.0,
            configure=self._configure,
            name="paperboy",
            open=True,
        )

    def _options(self) -> dict[str, Any]:
        """Its own share of the wait, at least libpq's least, unless the address says otherwise."""
        options: dict[str, Any] = {"autocommit": True, "application_name": "paperboy"}
        if "connect_timeout" not in address(self._url):
            options["connect_timeout"] = max(2, int(self._wait.total_seconds()))
        return options

    def _configure(self, connection: Psycopg) -> None:
        milliseconds = int(self._wait.total_seconds() * 1000)
        connection.execute(f"SET lock_timeout = {milliseconds}".encode())
        # Without statistics the planner sorts all open posts to claim one, though an index has them in order. What
        # has to be sorted still is, but looks so dear then that it would be compiled, which takes far longer.
        connection.execute(b"SET enable_sort = off; SET jit = off")

    def _connect(self) -> Psycopg:
        connection = psycopg.connect(self._url, **self._options())
        self._configure(connection)
        return connection

    def close(self) -> None:
        """Close what is idle now, and the rest when it is given back."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def pending(self) -> list[str]:
        """The migrations it still needs, in order."""
        with self._translated(), self._connect() as connection:
            return self._lacking(connection)

    def migrate(self) -> list[str]:
        """Bring the schema up to date; returns what was applied. Several processes may race."""
        with self._translated(), self._connect() as connection, connection.transaction():
            # Whoever comes second waits as long as it takes, and then finds nothing left to do.
            connection.execute("SET LOCAL lock_timeout = 0")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATING,))
            connection.execute(_MIGRATIONS)
            names = self._lacking(connection)
            for name in names:
                self._apply(connection, name)
            return names

    def _apply(self, connection: Psycopg, name: str) -> None:
        for statement in statements(name):
            connection.execute(schema_for_postgres(statement))
        connection.execute("INSERT INTO paperboy_migrations (name) VALUES (%s)", (name,))

    def _require_schema(self, connection: Psycopg) -> None:
        if lacking := self._lacking(connection):
            raise StoreError(f"{self._place}: the schema lacks {', '.join(lacking)}; {_TO_DO}")

    def _lacking(self, connection: Psycopg) -> list[str]:
        row = connection.execute("SELECT to_regclass('paperboy_migrations')").fetchone()
        exists = row is not None and row[0] is not None
        rows = connection.execute("SELECT name FROM paperboy_migrations") if exists else ()
        applied, known = {name for (name,) in rows}, migration_names()
        if newer := sorted(applied.difference(known)):
            raise StoreError(
                f"{self._place}: newer than this Paperboy ({', '.join(newer)}); upgrade Paperboy"
            )
        return [name for name in known if name not in applied]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            # The server's own words repeat the row, and with it the text of messages.
            raise StoreError(f"{self._place}: {words_for(error)}") from None
        except psycopg.Error as error:
            raise StoreError(f"{self._place}: {words_for(error)}") from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise StoreError(f"{self._place}: a value that PostgreSQL cannot hold") from error


_MIGRATIONS = """
CREATE TABLE IF NOT EXISTS paperboy_migrations (
    name TEXT COLLATE "C" PRIMARY KEY,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
)
"""
