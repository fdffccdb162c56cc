"""Whole databases: backup, restore, and copying from one kind to another."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from itertools import chain, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.errors import StoreError
from bot.store.dialect import Connection
from bot.store.sql import SqlDatabase, SqlStore
from bot.store.sqlite_file import SqliteFile

OnProgress = Callable[[str, int, int], None]
"""Told a table's name, how many of its rows are done, and how many there are."""

_BATCH = 1000
_PATIENTLY = timedelta(seconds=30)

# Statements are put together from these names alone.
# Every table with its key and its other columns; what is referred to comes before what refers to it.
_TABLES: dict[str, tuple[str, str]] = {
    "papers": (
        "number",
        "position, id, title, abstract, summary, authors, categories, keywords, url, links, published_on,"
        " announced_on, version, withdrawn, upvotes, stars, aliases, sources, labs, venue, citations,"
        " title_as_given, abstract_as_given",
    ),
    "aliases": ("alias", "paper"),
    "subscriptions": (
        "channel",
        "since, weekdays, at, zone, size, paused, filters, wild_cards, reset_at, reports",
    ),
    "interests": (
        "number",
        "channel, folded, name, category, paper, author, lab, papers, share, muted_until, pinned",
    ),
    "changes": ("number", 'channel, "user", at, what, before, after'),
    "feeds": ("number", "channel, url, title, added_at"),
    "digests": ("channel, day", "planned_at"),
    "impressions": ("channel, day, place", "paper, rank, score, model, reason, explores, interest"),
    "posts": (
        "key",
        "channel, day, position, message, paper, state, attempts, message_id, not_before, sending_at, lost_at, error,"
        " corrected",
    ),
    "reactions": ("number", 'channel, "user", name, paper, at, is_on, message'),
    "fetches": (
        "number",
        "source, started_at, seen, new, changed, skipped, error, area, status, greatest, batch, stale, note,"
        " failures, retry_at",
    ),
    "cursors": ("source, area", "value"),
    "mentions": ("source, paper", "day"),
    "workspaces_apart": ("platform, workspace", ""),
    "texts": ("key", "content, kept_at"),
    "events": ("name", "at"),
    "counters": ("name", "value"),
}
# Not copied: leases, which belong to a running process; which migrations were applied, the target's own affair; and
# what was told to those who followed the target as it was before: they have to notice that it is another one.
_OF_ITS_OWN = ("counters", "identity", "removals")


def backup(store: object, path: Path, on_progress: OnProgress | None = None) -> None:
    """Write a copy of all facts into a new SQLite file, while others go on writing.

    Raises StoreError where the file exists or cannot be written; then there is none.
    """
    path = Path(path).expanduser().absolute()
    if path.exists():
        raise StoreError(f"{path}: it exists already; choose another name or remove it")
    database = _database_of(store)
    with _kept_only_whole(path) as partial:
        if isinstance(database, SqliteFile):
            database.copy_into(partial)
            _make_another(partial)
        else:
            _copy_into_new_file(database, partial, on_progress)
        _require_sound(partial, path)


def restore(path: Path, store: object, on_progress: OnProgress | None = None) -> dict[str, tuple[int, int]]:
    """Put a backup of this or an earlier version into an empty store; returns what `copy` returns.

    The backup stays as it is. Raises StoreError, and the store stays empty, where either is not as it should be.
    """
    path = Path(path).expanduser().absolute()
    if not path.is_file():
        raise StoreError(f"{path}: there is no such file")
    with TemporaryDirectory(prefix="paperboy-restore-") as directory:
        scratch = Path(directory) / "facts.db"
        _require_sound(path, path)
        with closing(SqliteFile(path, _PATIENTLY)) as given:
            if not given.was_migrated():
                raise StoreError(f"{path}: this is no backup of Paperboy")
            given.copy_into(scratch)
        with closing(SqliteFile(scratch, _PATIENTLY)) as source:
            source.migrate()
            return _copy(source, _database_of(store), on_progress)


def copy(source: object, target: object, on_progress: OnProgress | None = None) -> dict[str, tuple[int, int]]:
    """Copy all facts, as they are at one moment, into an empty store: all or nothing.

    Returns for each table how many rows were copied, and how many were read back and found equal in every column
    (always the same number). Raises StoreError where the target is not empty or a row differs.
    """
    return _copy(_database_of(source), _database_of(target), on_progress)


def _database_of(store: object) -> SqlDatabase:
    if isinstance(store, SqlStore):
        return store.database
    raise StoreError("a store in memory cannot be copied: it ends with its process")


def _copy(
    source: SqlDatabase, target: SqlDatabase, on_progress: OnProgress | None
) -> dict[str, tuple[int, int]]:
    target.migrate()
    with source.reading() as given, target.writing() as taken:
        _require_empty(taken)
        for table in _OF_ITS_OWN:
            taken.execute(f"DELETE FROM {table}")  # noqa: S608
        totals = {table: _count(given, table) for table in _TABLES}
        copied = {
            table: _copy_table(given, taken, table, _told(on_progress, table, totals)) for table in _TABLES
        }
        target.sync_numbers(taken, [table for table, (key, _) in _TABLES.items() if key == "number"])
        return {table: (copied[table], _verified(given, taken, table)) for table in _TABLES}


def _told(on_progress: OnProgress | None, table: str, totals: dict[str, int]) -> Callable[[int], None]:
    return lambda done: on_progress(table, done, totals[table]) if on_progress else None


def _count(connection: Connection, table: str) -> int:
    query = f"SELECT COUNT(*) FROM {table}"  # noqa: S608
    count: int = connection.execute(query).fetchone()[0]
    return count


def _require_empty(connection: Connection) -> None:
    if filled := [table for table in _TABLES if table != "counters" and _count(connection, table)]:
        raise StoreError(f"the target is not empty: it has {', '.join(filled)}; name a new database")


def _copy_table(source: Connection, target: Connection, table: str, on_rows: Callable[[int], None]) -> int:
    columns = ", ".join(filter(None, _TABLES[table]))
    places = ", ".join("?" for _ in columns.split(","))
    done = 0
    for rows in _batches(source, table):
        target.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608
        done += len(rows)
        on_rows(done)
    return done


def _batches(connection: Connection, table: str) -> Iterator[list[Sequence[Any]]]:
    """All rows in the order of their key, some at a time, each time from the last key on."""
    key, rest = _TABLES[table]
    width = len(key.split(","))
    begin = f"SELECT {', '.join(filter(None, (key, rest)))} FROM {table}"  # noqa: S608
    after = f"WHERE ({key}) > ({', '.join('?' * width)})"
    end = f"ORDER BY {key} LIMIT {_BATCH}"
    rows = connection.execute(f"{begin} {end}").fetchall()
    while rows:
        yield rows
        rows = connection.execute(f"{begin} {after} {end}", tuple(rows[-1][:width])).fetchall()


def _verified(source: Connection, target: Connection, table: str) -> int:
    """How many rows are there, every one equal in every column. Raises StoreError at the first that is not."""
    count = 0
    given, taken = (chain.from_iterable(_batches(one, table)) for one in (source, target))
    for count, (before, after) in enumerate(zip_longest(given, taken), start=1):
        if before != after:
            raise StoreError(f"copying failed: row {count} of {table} is not the same afterwards")
    return count


@contextmanager
def _kept_only_whole(path: Path) -> Iterator[Path]:
    """A path beside the wanted one; what was written there takes its name at the end, or goes."""
    if not path.parent.is_dir():
        raise StoreError(f"the directory {path.parent} does not exist")
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        yield partial
        partial.rename(path)
    except OSError as error:
        raise StoreError(f"{path}: it cannot be written ({error.strerror})") from error
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                partial.with_name(partial.name + suffix).unlink()


def _make_another(path: Path) -> None:
    """The copy of a file is another store, also where it takes the file's place. Earlier versions had no identity."""
    with closing(sqlite3.connect(path)) as connection, connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'identity'").fetchone():
            connection.execute("DELETE FROM identity")


def _copy_into_new_file(database: SqlDatabase, path: Path, on_progress: OnProgress | None) -> None:
    with closing(SqliteFile(path, _PATIENTLY)) as file:
        _copy(database, file, on_progress)
    file.finish()


def _require_sound(path: Path, shown: Path) -> None:
    """Raises StoreError where SQLite finds the file damaged or no database at all."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{shown}: it cannot be read ({error}); take another backup") from error
    if found != "ok":
        raise StoreError(f"{shown}: it is damaged; take another backup")
