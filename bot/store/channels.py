"""What channels asked for, in SQL: subscriptions and feeds."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from bot.garbage import uncollected
from bot.model import Channel, Feed, Filters, Subscription
from bot.store.channel_rows import (
    feed_from_row,
    json_from_filters,
    row_from_feed,
    row_from_subscription,
    subscription_from_row,
)
from bot.store.dialect import Connection
from bot.store.interests import all_interests, insert_interest, interests_of, lock
from bot.store.mentions import forget_picks, forget_unread
from bot.store.rows import text_from_time
from bot.store.rules import FEED_SOURCE, require_subscribed

_SUBSCRIPTIONS = """
    SELECT channel, since, weekdays, at, zone, size, paused, filters, wild_cards, reset_at, reports
    FROM subscriptions
"""


def add_subscription(connection: Connection, subscription: Subscription) -> Subscription:
    """Inside a writing transaction."""
    fresh = connection.execute(
        """
        INSERT INTO subscriptions (channel, since, weekdays, at, zone, size, paused, filters, wild_cards,
                                   reset_at, reports)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel) DO NOTHING
        """,
        row_from_subscription(subscription),
    ).rowcount
    for interest in subscription.interests if fresh else ():
        insert_interest(connection, subscription.channel, interest)
    stored = subscription_of(connection, subscription.channel)
    assert stored is not None, "it was there or was inserted a moment ago"
    return stored


def save_subscription(connection: Connection, subscription: Subscription) -> None:
    """Raises StoreError where the channel is not subscribed."""
    channel, *chosen = row_from_subscription(subscription)[:6]
    changed = connection.execute(
        "UPDATE subscriptions SET (since, weekdays, at, zone, size) = (?, ?, ?, ?, ?) WHERE channel = ?",
        (*chosen, channel),
    ).rowcount
    require_subscribed(changed, subscription.channel)


def save_paused(connection: Connection, channel: Channel, reason: str, since: datetime | None) -> bool:
    """One conditional statement: of several who pause, the first one's reason stays."""
    changed = connection.execute(
        """
        UPDATE subscriptions SET paused = :reason, since = COALESCE(:since, since)
        WHERE channel = :channel AND (paused = '') = (CAST(:reason AS TEXT) <> '')
        """,
        {"channel": str(channel), "reason": reason, "since": since and text_from_time(since)},
    ).rowcount
    return changed > 0


def save_filters(connection: Connection, channel: Channel, filters: Filters) -> None:
    """Raises StoreError where the channel is not subscribed."""
    changed = connection.execute(
        "UPDATE subscriptions SET filters = ? WHERE channel = ?", (json_from_filters(filters), str(channel))
    ).rowcount
    require_subscribed(changed, channel)


def save_reports(connection: Connection, channel: Channel, wanted: bool) -> None:
    """Raises StoreError where the channel is not subscribed."""
    changed = connection.execute(
        "UPDATE subscriptions SET reports = ? WHERE channel = ?", (int(wanted), str(channel))
    ).rowcount
    require_subscribed(changed, channel)


def subscription_of(connection: Connection, channel: Channel) -> Subscription | None:
    """With its interests in the order they were added."""
    row = connection.execute(f"{_SUBSCRIPTIONS} WHERE channel = ?", (str(channel),)).fetchone()
    return subscription_from_row(row, interests_of(connection, channel)) if row else None


def subscriptions(connection: Connection) -> list[Subscription]:
    """All of them, by channel, however many with as many statements."""
    # As for facts: all that is made here lives.
    with uncollected():
        interests = all_interests(connection)
        rows = connection.execute(_SUBSCRIPTIONS)
        found = [subscription_from_row(row, interests.get(row[0], ())) for row in rows]
    return sorted(found, key=attrgetter("channel"))


def add_feed(connection: Connection, feed: Feed) -> bool:
    """Raises StoreError where the channel is not subscribed."""
    require_subscribed(lock(connection, feed.channel), feed.channel)
    added = connection.execute(
        """
        INSERT INTO feeds (channel, url, title, added_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (channel, url) DO NOTHING
        """,
        row_from_feed(feed),
    ).rowcount
    return added > 0


def forget_feed(connection: Connection, channel: Channel, url: str) -> bool:
    """Inside a writing transaction. False if the channel does not read it."""
    forgotten = connection.execute(
        "DELETE FROM feeds WHERE channel = ? AND url = ?", (str(channel), url)
    ).rowcount
    _forget_fetches(connection, [url] if forgotten else [])
    forget_unread(connection, [url] if forgotten else [])
    return forgotten > 0


def _forget_fetches(connection: Connection, urls: Iterable[str]) -> None:
    """Of feeds that nobody reads any more: an address may hold a secret."""
    for statement in _FORGET_FETCHES:
        connection.executemany(statement, [(FEED_SOURCE, url) for url in urls])


def feeds(connection: Connection, channel: Channel | None) -> list[Feed]:
    """Those of the channel, or of all, in the order they were added."""
    query = "SELECT channel, url, title, added_at FROM feeds"
    if channel is None:
        rows = connection.execute(f"{query} ORDER BY number")
    else:
        rows = connection.execute(f"{query} WHERE channel = ? ORDER BY number", (str(channel),))
    return list(map(feed_from_row, rows))


def forget_channel(connection: Connection, channel: Channel) -> int:
    """Inside a writing transaction. What refers to another row goes before it."""
    lock(connection, channel)
    urls = [feed.url for feed in feeds(connection, channel)]
    count = sum(connection.execute(statement, (str(channel),)).rowcount for statement in _FORGET)
    _forget_fetches(connection, urls)
    forget_unread(connection, urls)
    forget_picks(connection, channel)
    return count


_FORGET_FETCHES = (
    "DELETE FROM fetches WHERE source = ? AND area = ? AND NOT EXISTS (SELECT 1 FROM feeds WHERE url = area)",
    "DELETE FROM cursors WHERE source = ? AND area = ? AND NOT EXISTS (SELECT 1 FROM feeds WHERE url = area)",
)
_FORGET = (
    "DELETE FROM changes WHERE channel = ?",
    "DELETE FROM interests WHERE channel = ?",
    "DELETE FROM feeds WHERE channel = ?",
    "DELETE FROM subscriptions WHERE channel = ?",
    "DELETE FROM reactions WHERE channel = ?",
    "DELETE FROM posts WHERE channel = ?",
    "DELETE FROM impressions WHERE channel = ?",
    "DELETE FROM digests WHERE channel = ?",
)
