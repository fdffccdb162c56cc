"""The SQLite file itself: its connections, transactions and schema, and what its failures mean in plain words."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Lock
from time import monotonic, sleep

from sqlite_utils import Database

from bot.errors import StoreError
from bot.store.migrations import migration_names, migrations

_OLDEST = (3, 37, 0)
_PAUSE_SECONDS = 0.01
_TO_DO = "run `paperboy migrate`"
_WORDS = {
    sqlite3.SQLITE_BUSY: "another process is writing; try again",
    sqlite3.SQLITE_LOCKED: "another process is writing; try again",
    sqlite3.SQLITE_READONLY: "it is read-only; check the permissions of the file and of its directory",
    sqlite3.SQLITE_PERM: "it is read-only; check the permissions of the file and of its directory",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_NOTADB: "this is not an SQLite database",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; put back a copy of it",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write it",
}


class SqliteFile:
    """A database file, opened on first use; `busy_timeout` is how long a writer waits for another.

    Connections are lent to one thread at a time and kept for the next one. Raises StoreError only.
    """

    def __init__(self, path: str | Path, busy_timeout: timedelta) -> None:
        check_version(sqlite3.sqlite_version_info)
        self._path = Path(path).expanduser().absolute()
        self._busy_timeout = busy_timeout
        self._lock = Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One snapshot for all that is read inside."""
        with self._translated(), self._lent() as connection, _transaction(connection, "BEGIN"):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else writes meanwhile, in any process."""
        with self._translated(), self._lent() as connection, _transaction(connection, "BEGIN IMMEDIATE"):
            yield connection

    @contextmanager
    def forgetting(self) -> Iterator[sqlite3.Connection]:
        """Writing, and what is removed is overwritten in the file and emptied from its log."""
        with self._translated(), self._lent() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            with _transaction(connection, "BEGIN IMMEDIATE"):
                yield connection
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def sync_numbers(self, connection: object, tables: Iterable[str]) -> None:
        """Nothing: SQLite numbers from the highest row on."""

    def copy_into(self, path: Path) -> None:
        """Write the whole database into a new file, as it is at one moment; others go on writing."""
        with (
            self._translated(),
            closing(self._connect("ro")) as connection,
            closing(sqlite3.connect(path)) as copy,
        ):
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")

    def finish(self) -> None:
        """After closing: put everything into the one file, none of it into a log beside it."""
        with self._translated(), closing(self._connect("rw")) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")

    def was_migrated(self) -> bool:
        """Whether it has any of our schema."""
        return len(self.pending()) < len(migration_names())

    def pending(self) -> list[str]:
        """The migrations it still needs, in order; all of them where there is no file yet."""
        if not self._path.exists() and self._path.parent.is_dir():
            return list(migration_names())
        with self._translated(), closing(self._connect("rw")) as connection:
            return self._lacking(connection)

    def migrate(self) -> list[str]:
        """Bring the schema up to date, creating the file; returns what was applied. Safe to race."""
        with self._translated(creating=True), closing(self._connect("rwc")) as connection:
            self._switch_to_wal(connection)
            with _transaction(connection, "BEGIN IMMEDIATE"):
                names = self._lacking(connection)
                migrations.apply(_database(connection))
            return names

    def _switch_to_wal(self, connection: sqlite3.Connection) -> None:
        """SQLite does not wait for other processes here, whatever its timeout; so we do."""
        deadline = monotonic() + self._busy_timeout.total_seconds()
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if _code(error) != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                    raise
                sleep(_PAUSE_SECONDS)
            else:
                return

    def close(self) -> None:
        """Close what is idle now, and the rest when it is given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        connection = self._take()
        try:
            yield connection
        except sqlite3.Error:
            connection.close()
            raise
        except BaseException:
            self._give_back(connection)
            raise
        self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._path}: closed already")
            if self._idle:
                return self._idle.pop()
        return self._connect("rw", complete=True)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self, mode: str, *, complete: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={mode}",
            uri=True,
            timeout=self._busy_timeout.total_seconds(),
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            if complete:
                self._require_schema(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _require_schema(self, connection: sqlite3.Connection) -> None:
        if lacking := self._lacking(connection):
            raise StoreError(f"{self._path}: the schema lacks {', '.join(lacking)}; {_TO_DO}")

    def _lacking(self, connection: sqlite3.Connection) -> list[str]:
        applied = {migration.name for migration in migrations.applied(_database(connection))}
        known = migration_names()
        if newer := sorted(applied.difference(known)):
            raise StoreError(
                f"{self._path} is newer than this Paperboy ({', '.join(newer)}); upgrade Paperboy"
            )
        return [name for name in known if name not in applied]

    @contextmanager
    def _translated(self, *, creating: bool = False) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {self._words(error, creating)}") from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise StoreError(f"{self._path}: a value that SQLite cannot hold") from error

    def _words(self, error: sqlite3.Error, creating: bool) -> str:
        code = _code(error)
        if code == sqlite3.SQLITE_CANTOPEN:
            return self._why_not_opened(creating)
        return _WORDS.get(code, str(error))

    def _why_not_opened(self, creating: bool) -> str:
        if not self._path.parent.is_dir():
            return f"the directory {self._path.parent} does not exist"
        if self._path.is_dir():
            return "this is a directory"
        if not creating and not self._path.exists():
            return f"there is no database yet; {_TO_DO}"
        return "it cannot be opened; check the permissions of the file and of its directory"


def _code(error: sqlite3.Error) -> int:
    """The primary code; 0 where SQLite itself did not fail."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def check_version(found: tuple[int, ...]) -> None:
    """Raises StoreError where the SQLite that Python was built with is too old."""
    if found < _OLDEST:
        names = (".".join(map(str, version)) for version in (_OLDEST, found))
        raise StoreError("Paperboy needs SQLite {} or newer; this Python has {}".format(*names))


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _database(connection: sqlite3.Connection) -> Database:
    return Database(connection, recursive_triggers=False, execute_plugins=False)
