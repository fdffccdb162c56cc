"""The full-text index in an SQLite file of its own (FTS5)."""

import json
import logging
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar

from bot.errors import StoreError
from bot.model import Paper, PaperId
from bot.ports import Hit
from bot.search.query import Phrase, Query, folded, parse

_log = logging.getLogger(__name__)

_APPLICATION = 0x50617065
_VERSION = 1
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
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
        return self._run(_position, 0)

    def add(self, papers: Sequence[Paper], position: int) -> None:
        """Index them (again), then remember the position; nothing of it where the file proves damaged."""
        self._run(lambda connection: _add(connection, papers, position), None)

    def search(self, query: str, limit: int, offset: int = 0) -> list[Hit]:
        """The best matches: first those with all words, then those with some."""
        parsed = parse(query)
        if not parsed.wanted or limit < 1:
            return []
        return self._run(lambda connection: _page(connection, parsed, limit, offset), [])

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
                if not _is_damage(error):
                    raise StoreError(f"search index {self._path or 'in memory'}: {error}") from error
                self._start_anew("damaged")
                return otherwise

    def _ready(self) -> sqlite3.Connection:
        try:
            current = self._open()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            current = self._start_anew("damaged")
        return current if _version(current) == _VERSION else self._start_anew("of another version")

    def _start_anew(self, why: str) -> sqlite3.Connection:
        _log.warning("search index %s is %s: it is built again", self._path or "in memory", why)
        self._drop()
        if self._path is not None:
            for suffix in ("", "-journal"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        return self._open()

    def _open(self) -> sqlite3.Connection:
        self._connection = connection = sqlite3.connect(
            self._path or ":memory:", timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA synchronous = NORMAL")
        if _is_empty(connection):
            _create(connection)
        if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            self._drop()
            raise StoreError(f"{self._path} is no search index but another database; choose another file")
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _create(connection: sqlite3.Connection) -> None:
    """Safe to race: whoever comes second finds it there."""
    with _transaction(connection):
        if not _is_empty(connection):
            return
        connection.execute(
            """
            CREATE VIRTUAL TABLE papers USING fts5 (
                title, abstract, summary, authors, keywords, tokenize = 'porter unicode61 remove_diacritics 2')
            """
        )
        # Fewer, larger segments while a whole store is indexed: a third faster than the default of 1 MB.
        connection.execute("INSERT INTO papers (papers, rank) VALUES ('hashsize', 16777216)")
        connection.execute("CREATE TABLE numbers (paper TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE)")
        connection.execute("CREATE TABLE progress (position INTEGER NOT NULL)")
        connection.execute("INSERT INTO progress (position) VALUES (0)")
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _position(connection: sqlite3.Connection) -> int:
    position: int = connection.execute("SELECT position FROM progress").fetchone()[0]
    return position


def _add(connection: sqlite3.Connection, papers: Sequence[Paper], position: int) -> None:
    newest = {paper.id: paper for paper in papers}
    with _transaction(connection):
        # A paper that was merged into another lives on as its alias.
        _forget(connection, [key for paper in papers for key in (paper.id, *paper.aliases)])
        _insert(connection, newest.values())
        connection.execute("UPDATE progress SET position = ?", (position,))


def _forget(connection: sqlite3.Connection, ids: Collection[PaperId]) -> None:
    numbers = connection.execute(
        "SELECT number FROM numbers WHERE paper IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    ).fetchall()
    connection.executemany("DELETE FROM papers WHERE rowid = ?", numbers)
    connection.executemany("DELETE FROM numbers WHERE number = ?", numbers)


def _insert(connection: sqlite3.Connection, papers: Collection[Paper]) -> None:
    first = connection.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM numbers").fetchone()[0]
    connection.executemany(
        "INSERT INTO numbers (number, paper) VALUES (?, ?)",
        enumerate((paper.id for paper in papers), start=first),
    )
    connection.executemany(
        "INSERT INTO papers (rowid, title, abstract, summary, authors, keywords) VALUES (?, ?, ?, ?, ?, ?)",
        ((number, *_texts(paper)) for number, paper in enumerate(papers, start=first)),
    )


def _texts(paper: Paper) -> tuple[str, ...]:
    texts = (paper.title, paper.abstract, paper.summary, " ".join(paper.authors), " ".join(paper.keywords))
    return tuple(map(folded, texts))


def _page(connection: sqlite3.Connection, query: Query, limit: int, offset: int) -> list[Hit]:
    """Matches of all words, best first, then matches of some; scores of the former are above 1."""
    with_all, with_some = _expressions(query)
    page = [Hit(key, 1 + raw / (1 + raw)) for key, raw in _best(connection, with_all, limit, offset)]
    if with_some and len(page) < limit:
        taken = _count(connection, with_all)
        rest = _best(connection, with_some, limit - len(page), max(0, offset - taken))
        page += [Hit(key, raw / (1 + raw)) for key, raw in rest]
    return page


def _best(
    connection: sqlite3.Connection, expression: str, limit: int, offset: int
) -> list[tuple[PaperId, float]]:
    return connection.execute(
        """
        SELECT numbers.paper, -bm25(papers, 5, 1, 1, 1, 1) AS score
        FROM papers JOIN numbers ON numbers.number = papers.rowid
        WHERE papers MATCH ? ORDER BY score DESC, numbers.paper LIMIT ? OFFSET ?
        """,
        (expression, limit, offset),
    ).fetchall()


def _count(connection: sqlite3.Connection, expression: str) -> int:
    count: int = connection.execute(
        "SELECT COUNT(*) FROM papers WHERE papers MATCH ?", (expression,)
    ).fetchone()[0]
    return count


def _expressions(query: Query) -> tuple[str, str]:
    """FTS5 expressions for: all wanted phrases; some but not all of them, empty where there is one only.

    Only folded words in quotes enter, so nothing of FTS5's own syntax can.
    """
    without = f" NOT ({_any(query.unwanted)})" if query.unwanted else ""
    with_all = "(" + " AND ".join(map(_quoted, query.wanted)) + ")"
    if len(query.wanted) == 1:
        return with_all + without, ""
    return with_all + without, f"({_any(query.wanted)}) NOT {with_all}{without}"


def _any(phrases: Sequence[Phrase]) -> str:
    return " OR ".join(map(_quoted, phrases))


def _quoted(phrase: Phrase) -> str:
    return '"' + " ".join(phrase) + '"'
