"""What channels follow, in SQL: their interests, each paper named by its id of today."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter

from bot.model import Channel, Interest, PaperId
from bot.store.canonical import canonical_interest, named_in
from bot.store.channel_rows import interest_from_row, row_from_interest
from bot.store.dialect import Connection
from bot.store.rules import require_subscribed

_COLUMNS = "name, category, paper, author, lab, papers, share, muted_until, pinned"


def lock(connection: Connection, channel: Channel) -> bool:
    """Inside a writing transaction: nobody else changes what the channel asked for until its end.

    False where it is not subscribed.
    """
    found = connection.execute(
        "SELECT 1 FROM subscriptions WHERE channel = ? /*postgres FOR UPDATE */", (str(channel),)
    )
    return found.fetchone() is not None


def interests_of(connection: Connection, channel: Channel) -> tuple[Interest, ...]:
    """In the order they were added. Asked for it, PostgreSQL would read all channels' in that order."""
    rows = connection.execute(
        f"SELECT number, {_COLUMNS} FROM interests WHERE channel = ?",  # noqa: S608
        (str(channel),),
    )
    ordered = sorted(rows.fetchall(), key=itemgetter(0))
    return canonical_interests(connection, [interest_from_row(row) for _, *row in ordered])


def all_interests(connection: Connection) -> dict[str, list[Interest]]:
    """By the text of their channel, each channel's in the order they were added."""
    rows = connection.execute(f"SELECT channel, {_COLUMNS} FROM interests ORDER BY number").fetchall()  # noqa: S608
    interests = canonical_interests(connection, [interest_from_row(row) for _, *row in rows])
    found: dict[str, list[Interest]] = defaultdict(list)
    for row, interest in zip(rows, interests, strict=True):
        found[row[0]].append(interest)
    return found


def canonical_interests(connection: Connection, interests: Sequence[Interest]) -> tuple[Interest, ...]:
    """The same with every paper named by its canonical id; one unknown keeps the id it has."""
    ids = canonical_ids(connection, named_in(interests))
    return tuple(canonical_interest(one, ids) for one in interests)


def canonical_ids(connection: Connection, ids: Collection[PaperId]) -> dict[PaperId, PaperId]:
    """The canonical ids behind any ids of papers; those of no paper are left out.

    Most are canonical, which an index alone can tell; only for the rest a paper is opened.
    """
    if not ids:
        return {}
    rows = connection.execute(
        "SELECT id FROM papers WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    )
    found = {key: key for (key,) in rows}
    rest = [key for key in ids if key not in found]
    return found | _canonical_of_aliases(connection, rest) if rest else found


def _canonical_of_aliases(connection: Connection, ids: Collection[PaperId]) -> dict[PaperId, PaperId]:
    rows: Iterable[tuple[str, str]] = connection.execute(
        """
        SELECT aliases.alias, papers.id FROM aliases JOIN papers ON papers.number = aliases.paper
        WHERE aliases.alias IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(ids)),),
    )
    return {PaperId(alias): PaperId(paper) for alias, paper in rows}


def add_interest(connection: Connection, channel: Channel, interest: Interest) -> bool:
    """Inside a writing transaction. Raises StoreError where the channel is not subscribed."""
    require_subscribed(lock(connection, channel), channel)
    return insert_interest(connection, channel, interest)


def insert_interest(connection: Connection, channel: Channel, interest: Interest) -> bool:
    """False if one of that name is there."""
    added = connection.execute(
        """
        INSERT INTO interests (channel, folded, name, category, paper, author, lab, papers, share, muted_until,
                               pinned)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, folded) DO NOTHING
        """,
        (str(channel), *row_from_interest(interest)),
    ).rowcount
    return added > 0


def replace_interests(connection: Connection, channel: Channel, interests: Iterable[Interest]) -> None:
    """Inside a writing transaction that holds the channel's lock. They keep this order."""
    connection.execute("DELETE FROM interests WHERE channel = ?", (str(channel),))
    for interest in interests:
        insert_interest(connection, channel, interest)


def forget_interest(connection: Connection, channel: Channel, name: str) -> bool:
    """Inside a writing transaction. False if the channel does not follow it."""
    lock(connection, channel)
    forgotten = connection.execute(
        "DELETE FROM interests WHERE channel = ? AND folded = ?", (str(channel), name.casefold())
    ).rowcount
    return forgotten > 0
