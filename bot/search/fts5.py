"""The full-text index in an SQLite file of its own (FTS5): slower, and with nothing but Python's own SQLite."""

import logging
import sqlite3
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from threading import Lock
from typing import TypeVar

from bot.errors import StoreError
from bot.model import Paper, PaperId
from bot.ports import Hit, Query
from bot.search import fts5_query, fts5_rows, lexicon, progress
from bot.search.entries import sought_from_query

_log = logging.getLogger(__name__)

_WAIT_SECONDS = 5.0

Answer = TypeVar("Answer")


class Fts5Index:
    """An index in the file at `path`, or in memory where that is None. Fulfils `SearchIndex`.

    It is a projection: a file that is damaged or of another version is deleted and starts anew at position 0,
    with a warning in the log. Any other SQLite database is left alone. Raises StoreError.
    """

    def __init__(self, path: str | Path | None) -> None:
        self._path = Path(path).expanduser().absolute() if path is not None else None
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def position(self) -> int:
        """The store's position up to which papers are indexed."""
        return self._run(progress.position, 0)

    def identity(self) -> str:
        """Of which store it is."""
        return self._run(progress.identity, "")

    def add(self, papers: Sequence[Paper], position: int) -> None:
        """Index them (again), then remember the position; nothing of it where the file proves damaged."""
        self._run(lambda connection: fts5_rows.add(connection, papers, position), None)

    def forget(self, papers: Collection[PaperId]) -> None:
        """Remove them, as far as they are there."""
        self._run(lambda connection: fts5_rows.forget(connection, papers), None)

    def search(self, query: Query, limit: int, offset: int = 0) -> list[Hit]:
        """The best matches, best first; of equal ones the latest."""
        sought = sought_from_query(query)
        if sought is None or limit < 1:
            return []
        return self._run(lambda connection: fts5_query.page(connection, query, sought, limit, offset), [])

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """How many papers have each of these words; of one with a hyphen, its rarest part counts."""
        return self._run(
            lambda connection: {word: fts5_query.count(connection, word) for word in words},
            dict.fromkeys(words, 0),
        )

    def complete(self, beginning: str, limit: int) -> list[str]:
        """Words of titles that begin like it, the most frequent first."""
        return self._run(lambda connection: lexicon.complete(connection, beginning, limit), [])

    def authors(self, beginning: str, limit: int) -> list[str]:
        """Names of which a part begins like it, those with most papers first."""
        return self._run(lambda connection: lexicon.authors(connection, beginning, limit), [])

    def alike(self, word: str, limit: int) -> list[str]:
        """Known words spelt nearly like it, the best guess first; without itself."""
        return self._run(lambda connection: lexicon.alike(connection, word, limit), [])

    def clear(self, identity: str = "") -> bool:
        """Empty it, for that store: position 0. False only where the file proves damaged."""
        return self._run(lambda connection: fts5_rows.clear(connection, identity), False)

    def close(self) -> None:
        """Give back the file; the next call would open it again."""
        with self._lock:
            self._drop()

    def _run(self, work: Callable[[sqlite3.Connection], Answer], otherwise: Answer) -> Answer:
        """One thread at a time; `otherwise` where the file proves damaged."""
        with self._lock:
            try:
                return work(self._connection or self._ready())
            except sqlite3.Error as error:
                if not progress.is_damage(error):
                    raise StoreError(f"search index {self._path or 'in memory'}: {error}") from error
                self._start_anew("damaged")
                return otherwise

    def _ready(self) -> sqlite3.Connection:
        try:
            current = self._open()
        except sqlite3.DatabaseError as error:
            if not progress.is_damage(error):
                raise
            current = self._start_anew("damaged")
        return current if _version(current) == fts5_rows.VERSION else self._start_anew("of another version")

    def _start_anew(self, why: str) -> sqlite3.Connection:
        _log.warning("search index %s is %s: it is built again", self._path or "in memory", why)
        self._drop()
        if self._path is not None:
            progress.remove(self._path)
        return self._open()

    def _open(self) -> sqlite3.Connection:
        self._connection = connection = sqlite3.connect(
            self._path or ":memory:", timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA synchronous = NORMAL")
        if progress.is_empty(connection):
            fts5_rows.create(connection)
        if connection.execute("PRAGMA application_id").fetchone()[0] != fts5_rows.APPLICATION:
            self._drop()
            raise StoreError(f"{self._path} is no search index but another database; choose another file")
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def remove_fts5_file(path: Path) -> bool:
    """Delete what an Fts5Index left at `path`; False, and nothing is deleted, where it is something else or nothing."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(72)
    # The database's file format: the application's id stands at byte 68.
    if (
        not head.startswith(b"SQLite format 3\0")
        or int.from_bytes(head[68:72], "big") != fts5_rows.APPLICATION
    ):
        return False
    progress.remove(path)
    return True


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
