"""What channels asked for: subscriptions and their interests."""

from bot.errors import StoreError
from bot.model import Channel, Interest, Subscription
from bot.store.dialect import Connection
from bot.store.rows import interest_from_row, row_from_subscription, subscription_from_row


def add_subscription(connection: Connection, subscription: Subscription) -> Subscription:
    """Inside a writing transaction."""
    fresh = connection.execute(
        """
        INSERT INTO subscriptions (channel, since, weekdays, at, zone, size, paused)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel) DO NOTHING
        """,
        row_from_subscription(subscription),
    ).rowcount
    for interest in subscription.interests if fresh else ():
        add_interest(connection, subscription.channel, interest)
    stored = subscription_of(connection, subscription.channel)
    assert stored is not None, "it was there or was inserted a moment ago"
    return stored


def save_subscription(connection: Connection, subscription: Subscription) -> None:
    """Raises StoreError where the channel is not subscribed."""
    channel, *values = row_from_subscription(subscription)
    changed = connection.execute(
        """
        UPDATE subscriptions SET (since, weekdays, at, zone, size, paused) = (?, ?, ?, ?, ?, ?)
        WHERE channel = ?
        """,
        (*values, channel),
    ).rowcount
    if not changed:
        raise StoreError(f"{channel} is not subscribed")


def subscription_of(connection: Connection, channel: Channel) -> Subscription | None:
    """With its interests in the order they were added."""
    row = connection.execute(
        "SELECT channel, since, weekdays, at, zone, size, paused FROM subscriptions WHERE channel = ?",
        (str(channel),),
    ).fetchone()
    return subscription_from_row(row, _interests(connection, channel)) if row else None


def subscriptions(connection: Connection) -> list[Subscription]:
    """All of them, by channel."""
    rows = connection.execute("SELECT channel, since, weekdays, at, zone, size, paused FROM subscriptions")
    found = [subscription_from_row(row, ()) for row in rows.fetchall()]
    return [
        stored
        for channel in sorted(subscription.channel for subscription in found)
        if (stored := subscription_of(connection, channel))
    ]


def _interests(connection: Connection, channel: Channel) -> list[Interest]:
    rows = connection.execute(
        """
        SELECT interests.name, interests.category, COALESCE(papers.id, interests.paper)
        FROM interests
        LEFT JOIN aliases ON aliases.alias = interests.paper
        LEFT JOIN papers ON papers.number = aliases.paper
        WHERE interests.channel = ? ORDER BY interests.number
        """,
        (str(channel),),
    )
    return [interest_from_row(row) for row in rows]


def add_interest(connection: Connection, channel: Channel, interest: Interest) -> bool:
    """Raises StoreError where the channel is not subscribed."""
    if subscription_of(connection, channel) is None:
        raise StoreError(f"{channel} is not subscribed")
    added = connection.execute(
        """
        INSERT INTO interests (channel, folded, name, category, paper) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (channel, folded) DO NOTHING
        """,
        (str(channel), interest.name.casefold(), interest.name, interest.category, interest.paper),
    ).rowcount
    return added > 0


def forget_interest(connection: Connection, channel: Channel, name: str) -> bool:
    """False if the channel does not follow it."""
    forgotten = connection.execute(
        "DELETE FROM interests WHERE channel = ? AND folded = ?", (str(channel), name.casefold())
    ).rowcount
    return forgotten > 0


def forget_channel(connection: Connection, channel: Channel) -> int:
    """Inside a writing transaction. What refers to another row goes before it."""
    return sum(connection.execute(statement, (str(channel),)).rowcount for statement in _FORGET)


_FORGET = (
    "DELETE FROM interests WHERE channel = ?",
    "DELETE FROM subscriptions WHERE channel = ?",
    "DELETE FROM reactions WHERE channel = ?",
    "DELETE FROM posts WHERE channel = ?",
    "DELETE FROM impressions WHERE channel = ?",
    "DELETE FROM digests WHERE channel = ?",
)
