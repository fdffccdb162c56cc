"""What the FTS5 index keeps, and how papers get in."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence

from bot.model import Paper, PaperId
from bot.search import analysis, lexicon, progress
from bot.search.entries import Entry, encoded, entry_from_paper

APPLICATION = 0x50617065
VERSION = 4

_TOKENIZER = analysis.tokenizer()
_STOPS = frozenset(map(analysis.stem, analysis.STOP_WORDS))


def create(connection: sqlite3.Connection) -> None:
    """Safe to race: whoever comes second finds it there. What is indexed are stems, split by spaces."""
    with progress.transaction(connection):
        if not progress.is_empty(connection):
            return
        connection.execute("CREATE VIRTUAL TABLE papers USING fts5 (text, title, tokenize = ascii)")
        # Fewer, larger segments while a whole store is indexed: a third faster than the default of 1 MB.
        connection.execute("INSERT INTO papers (papers, rank) VALUES ('hashsize', 16777216)")
        connection.execute(
            "CREATE TABLE numbers (number INTEGER PRIMARY KEY, paper TEXT NOT NULL UNIQUE, place INTEGER NOT NULL)"
        )
        connection.execute("CREATE INDEX places ON numbers (place)")
        connection.execute(
            "CREATE TABLE marks (mark TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (mark, number)) WITHOUT ROWID"
        )
        connection.execute("CREATE INDEX marked ON marks (number)")
        progress.create(connection)
        lexicon.create(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def clear(connection: sqlite3.Connection, identity: str) -> bool:
    """Remove everything; it is of that store then."""
    with progress.transaction(connection):
        connection.execute("DELETE FROM papers")
        connection.execute("DELETE FROM numbers")
        connection.execute("DELETE FROM marks")
        lexicon.clear(connection)
        progress.begin(connection, identity)
    return True


def add(connection: sqlite3.Connection, papers: Sequence[Paper], position: int) -> None:
    """Index them (again) and remember the position, in one transaction."""
    newest = {paper.id: paper for paper in papers}
    entries = {key: entry_from_paper(paper) for key, paper in newest.items()}
    learnt = lexicon.Learnt()
    with progress.transaction(connection):
        # A paper that was merged into another lives on as its alias.
        known = _forget(connection, [key for paper in papers for key in (paper.id, *paper.aliases)])
        for key, paper in newest.items():
            learnt.note(paper, entries[key], new=known.isdisjoint((key, *paper.aliases)))
        _insert(connection, list(entries.values()))
        lexicon.learn(connection, learnt)
        progress.reach(connection, position)


def forget(connection: sqlite3.Connection, ids: Collection[PaperId]) -> None:
    """Remove them, as far as they are there."""
    with progress.transaction(connection):
        _forget(connection, ids)


def _forget(connection: sqlite3.Connection, ids: Collection[PaperId]) -> set[PaperId]:
    """Returns which of them were there."""
    rows = connection.execute(
        "SELECT number, paper FROM numbers WHERE paper IN (SELECT value FROM json_each(?))", (as_list(ids),)
    ).fetchall()
    numbers = [(number,) for number, _ in rows]
    connection.executemany("DELETE FROM papers WHERE rowid = ?", numbers)
    connection.executemany("DELETE FROM marks WHERE number = ?", numbers)
    connection.executemany("DELETE FROM numbers WHERE number = ?", numbers)
    return {paper for _, paper in rows}


def _insert(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    first = connection.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM numbers").fetchone()[0]
    numbered = list(enumerate(entries, start=first))
    connection.executemany(
        "INSERT INTO numbers (number, paper, place) VALUES (?, ?, ?)",
        ((number, encoded(entry.id).decode(), entry.order) for number, entry in numbered),
    )
    connection.executemany(
        "INSERT INTO papers (rowid, text, title) VALUES (?, ?, ?)",
        (
            (number, _text(entry.text), " ".join(_TOKENIZER.analyze(entry.title)))
            for number, entry in numbered
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO marks (mark, number) VALUES (?, ?)",
        ((mark, number) for number, entry in numbered for mark in _marks(entry)),
    )


def _text(prepared: str) -> str:
    return " ".join(one for one in _TOKENIZER.analyze(prepared) if one not in _STOPS)


def _marks(entry: Entry) -> Iterator[str]:
    yield from marked("author", (plain for plain, _ in entry.names))
    yield from marked("category", entry.categories)
    yield from marked("source", entry.sources)


def marked(kind: str, values: Iterable[str]) -> list[str]:
    """How these stand among the marks of papers."""
    return [f"{kind}:{value}" for value in values]


def as_list(values: Iterable[str]) -> str:
    """For `json_each`."""
    return json.dumps([encoded(value).decode() for value in values])
