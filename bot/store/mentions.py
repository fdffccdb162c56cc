"""What private sources told as news, in SQL: the day on which each first named a paper, by the id it used."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from bot.model import Channel, Paper
from bot.store.dialect import Connection
from bot.store.rows import paper_from_row, storable
from bot.store.rules import feed_source, mentions_in, picks_source
from bot.store.shelf import Incoming


def record_mentions(connection: Connection, batch: Sequence[Incoming]) -> None:
    """Inside the transaction that adds the papers. The first day stays."""
    connection.executemany(
        "INSERT INTO mentions (source, paper, day) VALUES (?, ?, ?) ON CONFLICT (source, paper) DO NOTHING",
        [(source, paper, day.isoformat()) for source, paper, day in mentions_in(batch)],
    )


def mentions(connection: Connection, sources: Collection[str], first: date, last: date) -> list[Paper]:
    """Newest day first, then by id. A paper may have been told by several sources, and by several of its ids."""
    rows: Iterable[tuple[object, ...]] = connection.execute(
        """
        SELECT id, title, abstract, summary, authors, categories, keywords, url, links,
               published_on, announced_on, version, withdrawn, upvotes, stars, aliases, sources,
               labs, venue, citations, title_as_given, abstract_as_given
        FROM papers JOIN (
            SELECT aliases.paper AS told, MAX(mentions.day) AS day
            FROM mentions JOIN aliases ON aliases.alias = mentions.paper
            WHERE mentions.source IN (SELECT value FROM json_each(?)) AND mentions.day BETWEEN ? AND ?
            GROUP BY aliases.paper) AS news ON news.told = papers.number
        ORDER BY news.day DESC, id
        """,
        (json.dumps([storable(source) for source in sources]), first.isoformat(), last.isoformat()),
    )
    return [paper_from_row(row) for row in rows]


def forget_unread(connection: Connection, urls: Iterable[str]) -> None:
    """After channels stopped reading these feeds: what feeds told that nobody reads any more."""
    connection.executemany(
        "DELETE FROM mentions WHERE source = ? AND NOT EXISTS (SELECT 1 FROM feeds WHERE url = ?)",
        [(feed_source(url), url) for url in urls],
    )


def forget_picks(connection: Connection, channel: Channel) -> None:
    """What was recommended to the channel."""
    connection.execute("DELETE FROM mentions WHERE source = ?", (picks_source(channel),))


def forget_orphans(connection: Connection) -> None:
    """After papers went: what was told of them."""
    connection.execute(
        "DELETE FROM mentions WHERE NOT EXISTS (SELECT 1 FROM aliases WHERE aliases.alias = mentions.paper)"
    )
