"""What people share, and where papers were posted, in SQL."""

import json
from collections.abc import Collection
from datetime import date

from bot.model import FIRST_SHARED, Channel, PaperId, Post, channel_from_text
from bot.ports import Shown
from bot.store.dialect import Connection
from bot.store.rows import row_from_planned, storable
from bot.store.rules import latest_first


def share(connection: Connection, post: Post) -> bool:
    """Inside a writing transaction. False if its key is planned.

    Where another process takes the place that was free a moment ago, the one behind it is tried.
    """
    while not _is_placed(connection, post):
        if connection.execute("SELECT 1 FROM posts WHERE key = ?", (post.key,)).fetchone():
            return False
    return True


def _is_placed(connection: Connection, post: Post) -> bool:
    key, channel, day, _, message, paper, not_before = row_from_planned(post)
    placed = connection.execute(
        f"""
        INSERT INTO posts (key, channel, day, position, message, paper, not_before, state, attempts, error)
        SELECT :key, :channel, :day, COALESCE(MAX(position) + 1, {FIRST_SHARED}), :message, :paper, :later,
               'planned', 0, ''
        FROM posts WHERE channel = :channel AND day = :day AND position >= {FIRST_SHARED}
        ON CONFLICT DO NOTHING
        """,  # noqa: S608
        {
            **{"key": key, "channel": channel, "day": day},
            **{"message": message, "paper": paper, "later": not_before},
        },
    )
    return placed.rowcount > 0


def shown(connection: Connection, papers: Collection[PaperId], platform: str, workspace: str) -> list[Shown]:
    """The latest day first, then by channel."""
    ids = all_ids(connection, papers)
    # From each id to its messages: a PostgreSQL that knows little of the table would read all of the workspace's.
    rows = connection.execute(
        """
        SELECT paper, channel, day, position FROM json_each(?) AS ids
        CROSS JOIN /*postgres LATERAL (SELECT * FROM */ posts
        WHERE posts.paper = ids.value AND posts.paper IS NOT NULL AND posts.state = 'sent'
          AND posts.channel > ? AND posts.channel < ?
            /*postgres OFFSET 0) AS posts */
        """,
        (json.dumps(list(ids)), *span_of(platform, workspace)),
    )
    found = (
        (Shown(ids[paper], channel_from_text(channel), date.fromisoformat(day)), position)
        for paper, channel, day, position in rows
    )
    return latest_first(
        one for one in found if (one[0].channel.platform, one[0].channel.workspace) == (platform, workspace)
    )


def posted(connection: Connection, channel: Channel) -> list[PaperId]:
    """The latest first."""
    rows = connection.execute(
        """
        SELECT COALESCE(papers.id, posts.paper) FROM posts
        LEFT JOIN aliases ON aliases.alias = posts.paper
        LEFT JOIN papers ON papers.number = aliases.paper
        WHERE channel = ? AND state = 'sent' AND posts.paper IS NOT NULL
        ORDER BY day DESC, posts.position DESC
        """,
        (str(channel),),
    )
    return list(dict.fromkeys(PaperId(paper) for (paper,) in rows))


def all_ids(connection: Connection, papers: Collection[PaperId]) -> dict[PaperId, PaperId]:
    """Every id of these papers, and the canonical one behind it; an id of no paper is its own."""
    asked = [key for key in papers if storable(key) == key]
    rows = connection.execute(
        """
        SELECT every.alias, papers.id
        FROM aliases AS asked
        JOIN aliases AS every ON every.paper = asked.paper
        JOIN papers ON papers.number = asked.paper
        WHERE asked.alias IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(asked),),
    )
    return {key: key for key in asked} | {PaperId(alias): PaperId(paper) for alias, paper in rows}


def span_of(platform: str, workspace: str) -> tuple[str, str]:
    """Between these lie the texts of the workspace's channels: a zero comes next after a slash."""
    return f"{platform}:{workspace}/", f"{platform}:{workspace}0"
