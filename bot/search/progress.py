"""How far an index has come, and of which store: a table in an SQLite file of it. How such a file is written, damaged
and removed.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BESIDE = ("", "-wal", "-shm", "-journal")


def create(connection: sqlite3.Connection) -> None:
    """Make the table, inside a transaction of the caller: nothing is indexed, of no store yet."""
    connection.execute("CREATE TABLE progress (identity TEXT NOT NULL, position INTEGER NOT NULL)")
    connection.execute("INSERT INTO progress (identity, position) VALUES ('', 0)")


def position(connection: sqlite3.Connection) -> int:
    """How far the store was indexed."""
    found: int = connection.execute("SELECT position FROM progress").fetchone()[0]
    return found


def identity(connection: sqlite3.Connection) -> str:
    """Of which store it is."""
    found: str = connection.execute("SELECT identity FROM progress").fetchone()[0]
    return found


def begin(connection: sqlite3.Connection, identity: str) -> None:
    """Remember that nothing of that store was indexed yet, inside a transaction of the caller."""
    connection.execute("UPDATE progress SET identity = ?, position = 0", (identity,))


def reach(connection: sqlite3.Connection, position: int) -> None:
    """Remember how far it was indexed, inside a transaction of the caller."""
    connection.execute("UPDATE progress SET position = ?", (position,))


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing, and nobody else writes meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing was ever made in the file."""
    return not connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]


def is_damage(error: BaseException) -> bool:
    """Whether it says that the file is spoilt."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def remove(path: Path) -> None:
    """Delete the file, and what SQLite keeps beside it."""
    for suffix in _BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
