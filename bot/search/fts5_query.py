"""How the FTS5 index is asked."""

import sqlite3
from collections.abc import Sequence

from bot.ports import Hit, Query
from bot.search import analysis, lexicon
from bot.search.entries import Clause, Person, Sought, asked_orders, counted_stems
from bot.search.fts5_rows import as_list, marked


def count(connection: sqlite3.Connection, word: str) -> int:
    """How many papers have a word."""
    field, stems = counted_stems(word)
    sql = "SELECT COUNT(*) FROM papers WHERE papers MATCH ?"
    counts = [connection.execute(sql, (_column(field, _quoted([one])),)).fetchone()[0] for one in stems]
    return min(counts, default=0)


def page(connection: sqlite3.Connection, query: Query, sought: Sought, limit: int, offset: int) -> list[Hit]:
    """The best matches, best first; of equal ones the latest."""
    where, values = _filters(connection, query, sought)
    if match := _expression(sought):
        # Where only a name is wanted, no paper is better than another.
        score, source = (
            ("0.0" if sought.newest else "-bm25(papers)"),
            "papers JOIN numbers ON number = papers.rowid",
        )
        where, values = ["papers MATCH ?", *where], [match, *values]
    else:
        score, source = "0.0", "numbers"
    rows = connection.execute(
        f"SELECT paper, {score} AS score FROM {source} WHERE {' AND '.join(where) or 'TRUE'} "  # noqa: S608
        "ORDER BY score DESC, place DESC, number LIMIT ? OFFSET ?",
        (*values, limit, offset),
    )
    return [Hit(paper, score) for paper, score in rows]


def _filters(connection: sqlite3.Connection, query: Query, sought: Sought) -> tuple[list[str], list[object]]:
    """Conditions of SQL, and their values."""
    parts: list[tuple[str, object]] = []
    among = "numbers.number {} (SELECT number FROM marks WHERE mark IN (SELECT value FROM json_each(?)))"
    listed = "numbers.paper {} (SELECT value FROM json_each(?))"
    for kind, some, none in (
        ("category", query.categories, query.no_categories),
        ("source", query.sources, query.no_sources),
    ):
        parts += [(among.format("IN"), as_list(marked(kind, map(analysis.folded, some))))] if some else []
        parts += [(among.format("NOT IN"), as_list(marked(kind, map(analysis.folded, none))))] if none else []
    for how, clauses in (("IN", sought.must), ("NOT IN", sought.must_not)):
        people = [one for one in clauses if isinstance(one, Person)]
        names = [marked("author", lexicon.names_of(connection, one)) for one in people]
        parts += [(among.format(how), as_list(some)) for some in names]
    if unwanted := [_clause(one) for one in sought.must_not if isinstance(one, Clause)]:
        any_of = " OR ".join(unwanted)
        parts.append(("numbers.number NOT IN (SELECT rowid FROM papers WHERE papers MATCH ?)", any_of))
    if (orders := asked_orders(query)) is not None:
        parts += [("place >= ?", orders.start), ("place < ?", orders.stop)]
    parts += [(listed.format("IN"), as_list(query.within))] if query.within is not None else []
    parts += [(listed.format("NOT IN"), as_list(query.beyond))] if query.beyond else []
    return [condition for condition, _ in parts], [value for _, value in parts]


def _expression(sought: Sought) -> str:
    """FTS5's own language, empty where no words are wanted. Only stems in quotes enter, so nothing else of it can."""
    parts = [_clause(one) for one in sought.must if isinstance(one, Clause)]
    if sought.loose:
        # FTS5 cannot weigh words: what counts less than a word is left out.
        whole = [one for one, count in sought.loose.items() if count >= 1]
        parts.append(_column(sought.field, " OR ".join(_quoted([one]) for one in whole or sought.loose)))
    return " AND ".join(parts)


def _clause(clause: Clause) -> str:
    stems = [stem for _, stem in clause.stems]
    if clause.phrase:
        return _column(clause.field, _quoted(stems))
    return _column(clause.field, " AND ".join(_quoted([stem]) for stem in stems))


def _column(field: str, expression: str) -> str:
    return f"({{{field}}} : ({expression}))"


def _quoted(stems: Sequence[str]) -> str:
    return '"' + " ".join(stems) + '"'
