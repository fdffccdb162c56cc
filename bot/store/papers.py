"""Papers and their ids, in SQL."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from bot.model import Paper, PaperId
from bot.ports import Added, Removed
from bot.store.dialect import Connection
from bot.store.mentions import forget_orphans, record_mentions
from bot.store.rows import paper_from_row, row_from_paper, storable
from bot.store.rules import in_order
from bot.store.shelf import Incoming, Shelf
from bot.store.updates import record_removals, removals_after


def add_papers(connection: Connection, batch: Sequence[Incoming]) -> Added:
    """Inside a writing transaction."""
    position = _last_position(connection)
    shelf = _shelf(connection, batch, position)
    added = shelf.add(batch)
    _save_position(connection, shelf.position)
    _insert(connection, shelf)
    _rename(connection, shelf)
    _update(connection, shelf)
    connection.executemany("DELETE FROM papers WHERE number = ?", [(loser,) for loser, _ in shelf.joined])
    record_mentions(connection, batch)
    return added


def _last_position(connection: Connection) -> int:
    """The highest one ever given out. Who holds this row adds alone, so nobody commits a lower one later."""
    position: int = connection.execute(
        "SELECT value FROM counters WHERE name = 'position' /*postgres FOR UPDATE */"
    ).fetchone()[0]
    return position


def _save_position(connection: Connection, position: int) -> None:
    connection.execute("UPDATE counters SET value = ? WHERE name = 'position'", (position,))


def _shelf(connection: Connection, batch: Sequence[Incoming], position: int) -> Shelf:
    aliases = _numbers(connection, {key for seen in batch for key in seen.known_as()})
    number: int = connection.execute("SELECT COALESCE(MAX(number), 0) FROM papers").fetchone()[0]
    return Shelf(_by_number(connection, set(aliases.values())), aliases, number, position)


def _numbers(connection: Connection, keys: Collection[PaperId]) -> dict[PaperId, int]:
    rows = connection.execute(
        "SELECT alias, paper FROM aliases WHERE alias IN (SELECT value FROM json_each(?))",
        (json.dumps(list(keys)),),
    )
    return {PaperId(alias): number for alias, number in rows}


def _by_number(connection: Connection, numbers: Collection[int]) -> dict[int, Paper]:
    rows = connection.execute(
        """
        SELECT number, id, title, abstract, summary, authors, categories, keywords, url, links,
               published_on, announced_on, version, withdrawn, upvotes, stars, aliases, sources,
               labs, venue, citations, title_as_given, abstract_as_given
        FROM papers WHERE number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))
        """,
        (json.dumps(list(numbers)),),
    )
    return {number: paper_from_row(row) for number, *row in rows}


def _insert(connection: Connection, shelf: Shelf) -> None:
    connection.executemany(
        """
        INSERT INTO papers (number, position, id, title, abstract, summary, authors, categories, keywords,
                            url, links, published_on, announced_on, version, withdrawn, upvotes, stars,
                            aliases, sources, labs, venue, citations, title_as_given, abstract_as_given)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        ((number, place, *row_from_paper(shelf.papers[number])) for number, place in shelf.new.items()),
    )


def _rename(connection: Connection, shelf: Shelf) -> None:
    connection.executemany(
        "UPDATE aliases SET paper = ? WHERE paper = ?", [(winner, loser) for loser, winner in shelf.joined]
    )
    connection.executemany(
        "INSERT INTO aliases (alias, paper) VALUES (?, ?)"
        " ON CONFLICT (alias) DO UPDATE SET paper = excluded.paper",
        shelf.renamed.items(),
    )


def _update(connection: Connection, shelf: Shelf) -> None:
    connection.executemany(
        """
        UPDATE papers SET (position, id, title, abstract, summary, authors, categories, keywords, url, links,
                           published_on, announced_on, version, withdrawn, upvotes, stars, aliases, sources,
                           labs, venue, citations, title_as_given, abstract_as_given)
        = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        WHERE number = ?
        """,
        ((place, *row_from_paper(shelf.papers[number]), number) for number, place in shelf.changed.items()),
    )


def papers(connection: Connection, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
    """Keyed as asked."""
    numbers = _numbers(connection, [key for key in ids if storable(key) == key])
    known = _by_number(connection, set(numbers.values()))
    return {key: known[numbers[key]] for key in ids if key in numbers}


def papers_after(connection: Connection, position: int, limit: int) -> list[tuple[int, Paper]]:
    """In the order of their positions."""
    rows = connection.execute(
        """
        SELECT position, id, title, abstract, summary, authors, categories, keywords, url, links,
               published_on, announced_on, version, withdrawn, upvotes, stars, aliases, sources,
               labs, venue, citations, title_as_given, abstract_as_given
        FROM papers WHERE position > ? ORDER BY position LIMIT ?
        """,
        (position, limit),
    )
    return [(place, paper_from_row(row)) for place, *row in rows]


def updates_after(connection: Connection, position: int, limit: int) -> list[tuple[int, Paper | Removed]]:
    """In the order of their positions."""
    gone = removals_after(connection, position, limit)
    return in_order(papers_after(connection, position, limit), gone)[:limit]


def edition(connection: Connection) -> int:
    """The last position. Before removals had positions, one more was counted for each time that there were any."""
    row = connection.execute("SELECT CAST(SUM(value) AS BIGINT) FROM counters").fetchone()
    found: int = row[0]
    return found


def paper_count(connection: Connection) -> int:
    """How many there are."""
    count: int = connection.execute("SELECT COUNT(*) FROM papers").fetchone()[0]
    return count


def recent_papers(connection: Connection, first: date, last: date) -> list[Paper]:
    """Newest day first, then by id."""
    rows: Iterable[tuple[object, ...]] = connection.execute(
        """
        SELECT id, title, abstract, summary, authors, categories, keywords, url, links,
               published_on, announced_on, version, withdrawn, upvotes, stars, aliases, sources,
               labs, venue, citations, title_as_given, abstract_as_given
        FROM papers WHERE announced_on BETWEEN ? AND ? ORDER BY announced_on DESC, id
        """,
        (first.isoformat(), last.isoformat()),
    )
    return [paper_from_row(row) for row in rows]


def prune_papers(connection: Connection, before: date) -> int:
    """Inside a writing transaction. A fact may name a paper by any id that it ever had."""
    position = _last_position(connection)
    rows = connection.execute(
        """
        SELECT number, id, aliases FROM papers WHERE announced_on < ? AND NOT EXISTS (
            SELECT 1 FROM aliases JOIN (
                SELECT paper FROM impressions UNION SELECT paper FROM posts
                UNION SELECT paper FROM reactions UNION SELECT paper FROM interests
                UNION SELECT value FROM interests, json_each(interests.papers/*postgres ::jsonb*/)) AS facts
            ON facts.paper = aliases.alias WHERE aliases.paper = papers.number)
        ORDER BY number
        """,
        (before.isoformat(),),
    ).fetchall()
    gone = [(PaperId(key), *map(PaperId, json.loads(aliases))) for _, key, aliases in rows]
    record_removals(connection, gone, before, position)
    _save_position(connection, position + len(rows))
    numbers = [(number,) for number, *_ in rows]
    connection.executemany("DELETE FROM aliases WHERE paper = ?", numbers)
    connection.executemany("DELETE FROM papers WHERE number = ?", numbers)
    forget_orphans(connection)
    return len(numbers)


def canonical(connection: Connection, key: PaperId) -> PaperId | None:
    """The canonical id behind any id of a paper."""
    row = connection.execute(
        "SELECT papers.id FROM aliases JOIN papers ON papers.number = aliases.paper WHERE aliases.alias = ?",
        (key,),
    ).fetchone()
    return PaperId(row[0]) if row else None
