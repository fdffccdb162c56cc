"""What channels were offered and did, in SQL: for hundreds of channels with each statement.

Rows are many, days and papers are few: what a day or an id means is looked up once for all rows that have it. Rows are
put in order here, because a database that may not sort reads a whole table in the order of some index instead.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from bot.garbage import uncollected
from bot.model import FIRST_SHARED, Channel, Impression, Offer, PaperId, Reaction, UserId, channel_from_text
from bot.ports import Facts
from bot.store.dialect import Connection
from bot.store.interests import canonical_ids
from bot.store.rows import Row, text_from_time, time_from_text
from bot.store.sharing import all_ids, span_of

_TOGETHER = 500
"""Channels per statement: the rows of more would lie in memory beside the values made of them."""


def facts(connection: Connection, channels: Collection[Channel]) -> dict[Channel, Facts]:
    """One entry per channel asked for."""
    ids = _Ids(connection)
    found: dict[Channel, Facts] = {}
    # While values are made by the hundred thousand, all live, looking for dead ones takes a third of the time.
    with uncollected():
        for some in _some(list(channels)):
            offered, done = _offers(connection, some, ids), _reactions(connection, some, ids)
            shared = _shared(connection, some, ids)
            found |= {
                one: Facts(tuple(offered[str(one)]), tuple(done[str(one)]), tuple(shared.get(str(one), ())))
                for one in some
            }
    return found


def offers(connection: Connection, channel: Channel) -> list[Offer]:
    """Oldest first, then by rank."""
    return _offers(connection, [channel], _Ids(connection))[str(channel)]


def reactions(connection: Connection, channel: Channel) -> list[Reaction]:
    """Those that are on, oldest first."""
    return _reactions(connection, [channel], _Ids(connection))[str(channel)]


def recent_reactions(connection: Connection, since: datetime) -> list[Reaction]:
    """Those of all channels that are on and were put on since then, oldest first."""
    rows = connection.execute(
        'SELECT at, number, channel, "user", name, paper, is_on, message FROM reactions WHERE at >= ?',
        (text_from_time(since),),
    )
    return [reaction for _, reaction in _on_now(rows.fetchall(), _Ids(connection))]


def reactions_to(
    connection: Connection, papers: Collection[PaperId], platform: str, workspace: str
) -> list[Reaction]:
    """Those that are on in any channel of the workspace, oldest first."""
    # As in `sharing.shown`.
    rows = connection.execute(
        """
        SELECT at, number, channel, "user", name, paper, is_on, message FROM json_each(?) AS ids
        CROSS JOIN /*postgres LATERAL (SELECT * FROM */ reactions
        WHERE reactions.paper = ids.value AND reactions.channel > ? AND reactions.channel < ?
            /*postgres OFFSET 0) AS reactions */
        """,
        (json.dumps(list(all_ids(connection, papers))), *span_of(platform, workspace)),
    )
    there = (one for _, one in _on_now(rows.fetchall(), _Ids(connection)))
    return [one for one in there if (one.channel.platform, one.channel.workspace) == (platform, workspace)]


def channels_of(connection: Connection, user: UserId) -> frozenset[Channel]:
    """Where one of the person's reactions is on."""
    rows = connection.execute(
        'SELECT at, number, channel, "user", name, paper, is_on, message FROM reactions WHERE "user" = ?',
        (user,),
    )
    return frozenset(one.channel for _, one in _on_now(rows.fetchall(), _Ids(connection)))


class _Ids:
    """Canonical ids behind those that facts were written with, each asked for once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[PaperId, PaperId] = {}

    def of(self, ids: Iterable[PaperId]) -> Mapping[PaperId, PaperId]:
        """At least for these; an id of no paper is its own."""
        if new := set(ids).difference(self._known):
            self._known |= {key: key for key in new}
            self._known |= canonical_ids(self._connection, new)
        return self._known


def _some(channels: Sequence[Channel]) -> Iterator[Sequence[Channel]]:
    for start in range(0, len(channels), _TOGETHER):
        yield channels[start : start + _TOGETHER]


def _names(channels: Sequence[Channel]) -> tuple[str]:
    return (json.dumps(list(map(str, channels))),)


def _offers(connection: Connection, channels: Sequence[Channel], ids: _Ids) -> dict[str, list[Offer]]:
    """By the channel's text, oldest first, then by rank."""
    rows = connection.execute(
        """
        SELECT channel, day, rank, place, paper, score, model, reason, explores, interest FROM impressions
        WHERE channel IN (SELECT value FROM json_each(?))
        """,
        _names(channels),
    ).fetchall()
    known = ids.of(map(itemgetter(4), rows))
    planned = _planned(connection, channels)
    found: dict[str, list[Offer]] = defaultdict(list)
    for (channel, day), own in groupby(sorted(rows), itemgetter(0, 1)):
        found[channel] += _offered(own, *planned[channel, day], known)
    for offered in found.values():
        offered.sort(key=attrgetter("planned_at"))
    return found


def _planned(
    connection: Connection, channels: Sequence[Channel]
) -> dict[tuple[str, str], tuple[date, datetime]]:
    """The day and time of each digest, by the texts of its channel and day."""
    rows = connection.execute(
        "SELECT channel, day, planned_at FROM digests WHERE channel IN (SELECT value FROM json_each(?))",
        _names(channels),
    )
    return {(channel, day): (date.fromisoformat(day), time_from_text(at)) for channel, day, at in rows}


def _offered(
    rows: Iterable[Row], day: date, planned_at: datetime, known: Mapping[PaperId, PaperId]
) -> list[Offer]:
    """Of one digest."""
    return [
        Offer(day, planned_at, Impression(known[paper], rank, score, model, reason, bool(explores), interest))
        for _, _, rank, _, paper, score, model, reason, explores, interest in rows
    ]


def _reactions(connection: Connection, channels: Sequence[Channel], ids: _Ids) -> dict[str, list[Reaction]]:
    """By the channel's text, oldest first."""
    rows = connection.execute(
        """
        SELECT at, number, channel, "user", name, paper, is_on, message FROM reactions
        WHERE channel IN (SELECT value FROM json_each(?))
        """,
        _names(channels),
    )
    found: dict[str, list[Reaction]] = defaultdict(list)
    for channel, reaction in _on_now(rows.fetchall(), ids):
        found[channel].append(reaction)
    return found


def _shared(connection: Connection, channels: Sequence[Channel], ids: _Ids) -> dict[str, dict[PaperId, None]]:
    """By the channel's text, oldest first, each paper once."""
    rows = connection.execute(
        f"""
        SELECT channel, day, position, paper FROM posts
        WHERE position >= {FIRST_SHARED} AND paper IS NOT NULL AND state <> 'failed'
          AND channel IN (SELECT value FROM json_each(?))
        """,  # noqa: S608
        _names(channels),
    ).fetchall()
    known = ids.of(map(itemgetter(3), rows))
    found: dict[str, dict[PaperId, None]] = defaultdict(dict)
    for channel, _, _, paper in sorted(rows):
        found[channel].setdefault(known[paper])
    return found


def _on_now(rows: Sequence[tuple[Any, ...]], ids: _Ids) -> Iterator[tuple[str, Reaction]]:
    """With the channel's text, oldest first. Of several ids of one paper the newest reaction counts."""
    known = ids.of(map(itemgetter(5), rows))
    newest: dict[tuple[str, str, str, PaperId], Row] = {}
    for row in sorted(rows):
        _, _, channel, user, name, paper, _, _ = row
        place = (channel, user, name, known[paper])
        newest.pop(place, None)
        newest[place] = row
    channels = {text: channel_from_text(text) for text in {place[0] for place in newest}}
    for (channel, user, name, paper), (at, *_, is_on, message) in newest.items():
        if is_on:
            who = UserId(user)
            yield channel, Reaction(channels[channel], who, name, time_from_text(at), True, message, paper)
