"""What channels were offered: digests, impressions and the messages on their way."""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime

from bot.errors import StoreError
from bot.model import Channel, DeliveryKey, Digest, Message, MessageId, Post
from bot.store.dialect import Connection
from bot.store.rows import (
    impression_from_row,
    json_from_message,
    post_from_row,
    row_from_impression,
    row_from_planned,
    text_from_time,
    time_from_text,
)

_POSTS = """
    SELECT key, channel, day, posts.position, message, COALESCE(papers.id, posts.paper), state, attempts,
           message_id, not_before, error, lost_at
    FROM posts
    LEFT JOIN aliases ON aliases.alias = posts.paper
    LEFT JOIN papers ON papers.number = aliases.paper
"""


def plan_digest(connection: Connection, digest: Digest, posts: Sequence[Post]) -> bool:
    """Inside a writing transaction. False if the day is claimed."""
    claim = (str(digest.channel), digest.day.isoformat())
    claimed = connection.execute(
        "INSERT INTO digests (channel, day, planned_at) VALUES (?, ?, ?) ON CONFLICT (channel, day) DO NOTHING",
        (*claim, text_from_time(digest.planned_at)),
    ).rowcount
    if not claimed:
        return False
    connection.executemany(
        """
        INSERT INTO impressions (channel, day, place, paper, rank, score, model, reason, explores, interest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [(*claim, place, *row_from_impression(one)) for place, one in enumerate(digest.impressions)],
    )
    connection.executemany(
        """
        INSERT INTO posts (key, channel, day, position, message, paper, not_before, state, attempts, error)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'planned', 0, '')
        """,
        map(row_from_planned, posts),
    )
    return True


def digest_of(connection: Connection, channel: Channel, day: date) -> Digest | None:
    """As it was offered."""
    claim = (str(channel), day.isoformat())
    row = connection.execute("SELECT planned_at FROM digests WHERE channel = ? AND day = ?", claim).fetchone()
    if row is None:
        return None
    impressions = connection.execute(
        """
        SELECT COALESCE(papers.id, impressions.paper), rank, score, model, reason, explores, interest
        FROM impressions
        LEFT JOIN aliases ON aliases.alias = impressions.paper
        LEFT JOIN papers ON papers.number = aliases.paper
        WHERE channel = ? AND day = ? ORDER BY place
        """,
        claim,
    )
    return Digest(channel, day, time_from_text(row[0]), tuple(map(impression_from_row, impressions)))


def claim_post(
    connection: Connection, now: datetime, stale: datetime, skip: Collection[Channel]
) -> Post | None:
    """Inside a writing transaction."""
    row = connection.execute(
        """
        UPDATE posts SET state = 'sending', attempts = attempts + 1, sending_at = :now,
               lost_at = COALESCE(lost_at, CASE WHEN state = 'sending' THEN sending_at END)
        WHERE key = (
            SELECT key FROM posts AS next
            WHERE state IN ('planned', 'sending')
              AND (state = 'planned' AND (not_before IS NULL OR not_before <= :now)
                   OR state = 'sending' AND sending_at < :stale)
              AND channel NOT IN (SELECT value FROM json_each(:skip))
              AND NOT EXISTS (
                  SELECT 1 FROM posts AS earlier
                  WHERE earlier.channel = next.channel AND earlier.state IN ('planned', 'sending')
                    AND (earlier.day, earlier.position) < (next.day, next.position))
            ORDER BY day, channel, position LIMIT 1 /*postgres FOR UPDATE SKIP LOCKED */)
        RETURNING key
        """,
        {
            "now": text_from_time(now),
            "stale": text_from_time(stale),
            "skip": json.dumps([str(channel) for channel in skip]),
        },
    ).fetchall()
    return _post(connection, row[0][0]) if row else None


def _post(connection: Connection, key: DeliveryKey) -> Post:
    row = connection.execute(
        f"{_POSTS} WHERE key = ?",
        (key,),
    ).fetchone()
    return post_from_row(row)


def posts_of(connection: Connection, channel: Channel, day: date) -> list[Post]:
    """By position."""
    rows = connection.execute(
        f"{_POSTS} WHERE channel = ? AND day = ? ORDER BY posts.position",
        (str(channel), day.isoformat()),
    )
    return list(map(post_from_row, rows))


def troubled_posts(connection: Connection, since: date) -> list[Post]:
    """By channel, day and position."""
    rows = connection.execute(
        f"{_POSTS} WHERE state IN ('failed', 'unknown') AND day >= ?",
        (since.isoformat(),),
    )
    return sorted(map(post_from_row, rows), key=lambda post: (post.channel, post.day, post.position))


def withdrawn_posts(connection: Connection, since: date) -> list[Post]:
    """By day, channel and position."""
    # Withdrawn papers are few and posts are many, so it goes from those to these. SQLite keeps to the order of a
    # CROSS JOIN; PostgreSQL does where it cannot see through a subquery, and an OFFSET hides it.
    rows = connection.execute(
        """
        SELECT key, channel, day, posts.position, message, papers.id, state, attempts,
               message_id, not_before, error, lost_at
        FROM papers
        CROSS JOIN /*postgres LATERAL (SELECT * FROM */ aliases
            /*postgres WHERE aliases.paper = papers.number OFFSET 0) AS aliases */
        CROSS JOIN /*postgres LATERAL (SELECT * FROM */ posts
        WHERE posts.paper = aliases.alias AND posts.paper IS NOT NULL AND posts.day >= ?
          AND posts.state = 'sent' AND posts.corrected = 0
            /*postgres OFFSET 0) AS posts WHERE true */
          AND papers.withdrawn = 1 AND aliases.paper = papers.number
        """,
        (since.isoformat(),),
    )
    return sorted(map(post_from_row, rows), key=lambda post: (post.day, post.channel, post.position))


def mark_corrected(connection: Connection, key: DeliveryKey, message: Message) -> None:
    """Raises StoreError for a key that was never planned."""
    changed = connection.execute(
        "UPDATE posts SET message = ?, corrected = 1 WHERE key = ?", (json_from_message(message), key)
    ).rowcount
    _require(connection, changed, key)


def mark_sent(connection: Connection, key: DeliveryKey, message_id: MessageId) -> None:
    """Raises StoreError for a key that was never planned."""
    changed = connection.execute(
        """
        UPDATE posts SET state = 'sent', message_id = ?, not_before = NULL, sending_at = NULL,
               lost_at = NULL, error = ''
        WHERE key = ?
        """,
        (message_id, key),
    ).rowcount
    _require(connection, changed, key)


def mark_unsent(connection: Connection, key: DeliveryKey, error: str, not_before: datetime | None) -> None:
    """Leaves alone what was sent or given up meanwhile. Raises StoreError for a key that was never planned."""
    changed = connection.execute(
        """
        UPDATE posts SET
            state = CASE WHEN CAST(:later AS TEXT) IS NULL THEN 'failed' ELSE 'planned' END,
            error = :why, not_before = :later, sending_at = NULL
        WHERE key = :key AND state NOT IN ('sent', 'unknown')
        """,
        {"later": not_before and text_from_time(not_before), "why": error, "key": key},
    ).rowcount
    _require(connection, changed, key)


def mark_unknown(connection: Connection, key: DeliveryKey, error: str) -> None:
    """Leaves alone what was sent meanwhile. Raises StoreError for a key that was never planned."""
    changed = connection.execute(
        """
        UPDATE posts SET state = 'unknown', error = ?, not_before = NULL, sending_at = NULL
        WHERE key = ? AND state <> 'sent'
        """,
        (error, key),
    ).rowcount
    _require(connection, changed, key)


def _require(connection: Connection, changed: int, key: DeliveryKey) -> None:
    if not changed and not connection.execute("SELECT 1 FROM posts WHERE key = ?", (key,)).fetchone():
        raise StoreError(f"no post has the key {key}")
