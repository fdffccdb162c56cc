"""How people steer what channels get, in SQL: all at once, and with a journal so that it can be taken back."""

from bot.model import Change, Channel, Steering, UserId, steering_of
from bot.store.canonical import canonical_change, canonical_steering, named_in, named_in_change
from bot.store.channel_rows import change_from_row, json_from_filters, row_from_change
from bot.store.channels import subscription_of
from bot.store.dialect import Connection
from bot.store.interests import canonical_ids, lock, replace_interests
from bot.store.rows import optional_text
from bot.store.rules import CHANGES_KEPT, require_subscribed


def steer(connection: Connection, channel: Channel, before: Steering, after: Steering) -> bool:
    """Inside a writing transaction. Raises StoreError where the channel is not subscribed."""
    require_subscribed(lock(connection, channel), channel)
    return _steer(connection, channel, before, after)


def _steer(connection: Connection, channel: Channel, before: Steering, after: Steering) -> bool:
    """Under the channel's lock."""
    ids = canonical_ids(connection, named_in(before.interests))
    stored = subscription_of(connection, channel)
    assert stored is not None, "it is locked, so it is there"
    if steering_of(stored) != canonical_steering(before, ids):
        return False
    _replace(connection, channel, after)
    return True


def _replace(connection: Connection, channel: Channel, after: Steering) -> None:
    """Papers are kept by the ids that are given, as all facts are."""
    connection.execute(
        "UPDATE subscriptions SET filters = ?, wild_cards = ?, reset_at = ? WHERE channel = ?",
        (
            json_from_filters(after.filters),
            after.wild_cards,
            optional_text(after.reset_at),
            str(channel),
        ),
    )
    replace_interests(connection, channel, after.interests)


def record_change(connection: Connection, change: Change) -> None:
    """Inside a writing transaction. Raises StoreError where the channel is not subscribed."""
    require_subscribed(lock(connection, change.channel), change.channel)
    connection.execute(
        'INSERT INTO changes (channel, "user", at, what, before, after) VALUES (?, ?, ?, ?, ?, ?)',
        row_from_change(change),
    )
    connection.execute(
        """
        DELETE FROM changes WHERE channel = :channel AND number <= (
            SELECT number FROM changes WHERE channel = :channel ORDER BY number DESC LIMIT 1 OFFSET :kept)
        """,
        {"channel": str(change.channel), "kept": CHANGES_KEPT},
    )


def last_change(connection: Connection, channel: Channel, user: UserId | None) -> Change | None:
    """The latest that was recorded, of that person or of anyone."""
    changes = (change for _, change in _changes(connection, channel))
    return next((change for change in changes if user in (None, change.user)), None)


def _changes(connection: Connection, channel: Channel) -> list[tuple[int, Change]]:
    """The latest first, each with its number. There are CHANGES_KEPT at most."""
    rows = connection.execute(
        """
        SELECT number, channel, "user", at, what, before, after FROM changes
        WHERE channel = ? ORDER BY number DESC
        """,
        (str(channel),),
    )
    changes = [(number, change_from_row(row)) for number, *row in rows]
    ids = canonical_ids(connection, set().union(*(named_in_change(change) for _, change in changes)))
    return [(number, canonical_change(change, ids)) for number, change in changes]


def take_back(connection: Connection, change: Change) -> bool:
    """Inside a writing transaction. False also where the change is not in the journal any more."""
    if not lock(connection, change.channel):
        return False
    meant = canonical_change(change, canonical_ids(connection, named_in_change(change)))
    numbers = (number for number, one in _changes(connection, change.channel) if one == meant)
    number = next(numbers, None)
    if number is None or not _steer(connection, change.channel, change.after, change.before):
        return False
    connection.execute("DELETE FROM changes WHERE number = ?", (number,))
    return True
