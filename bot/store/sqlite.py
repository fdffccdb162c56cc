"""The store in an SQLite file: every method is one transaction; the SQL is in the modules named after its nouns."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.model import (
    Channel,
    DeliveryKey,
    Digest,
    Fetch,
    Interest,
    MessageId,
    Offer,
    Paper,
    PaperId,
    Post,
    Reaction,
    Subscription,
)
from bot.ports import Added
from bot.store import (
    sqlite_channels,
    sqlite_digests,
    sqlite_fetches,
    sqlite_papers,
    sqlite_reactions,
)
from bot.store.rows import storable
from bot.store.rules import FETCHES_KEPT, require_own
from bot.store.shelf import incoming
from bot.store.sqlite_file import SqliteFile


class SqliteStore:
    """Facts in one SQLite file; fulfils `Store`.

    The file must have been migrated. `busy_timeout` is how long a write waits for one of another process
    before it raises StoreError.
    """

    def __init__(self, path: str | Path, busy_timeout: timedelta = timedelta(seconds=5)) -> None:
        self._file = SqliteFile(path, busy_timeout)

    def pending(self) -> list[str]:
        """The migrations the file still needs; all of them where there is none yet."""
        return self._file.pending()

    def migrate(self) -> list[str]:
        """Create the file or bring it up to date; returns what was applied. Several processes may race."""
        return self._file.migrate()

    def add_papers(self, papers: Sequence[Paper]) -> Added:
        """Store new papers and merge known ones."""
        batch = [incoming(storable(paper)) for paper in papers]
        with self._file.writing() as connection:
            return sqlite_papers.add_papers(connection, batch)

    def papers(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        """The known ones, keyed as asked."""
        with self._file.reading() as connection:
            return sqlite_papers.papers(connection, ids)

    def papers_after(self, position: int, limit: int) -> list[tuple[int, Paper]]:
        """Papers added or changed after `position`, in that order."""
        with self._file.reading() as connection:
            return sqlite_papers.papers_after(connection, position, limit)

    def paper_count(self) -> int:
        """How many papers there are."""
        with self._file.reading() as connection:
            return sqlite_papers.paper_count(connection)

    def recent_papers(self, first: date, last: date) -> list[Paper]:
        """Papers announced from `first` to `last`, newest day first, then by id."""
        with self._file.reading() as connection:
            return sqlite_papers.recent_papers(connection, first, last)

    def add_subscription(self, subscription: Subscription) -> Subscription:
        """Subscribe the channel if it is not; returns what is stored then."""
        with self._file.writing() as connection:
            return sqlite_channels.add_subscription(connection, storable(subscription))

    def save_subscription(self, subscription: Subscription) -> None:
        """Replace what a subscribed channel chose, all but its interests."""
        with self._file.writing() as connection:
            sqlite_channels.save_subscription(connection, storable(subscription))

    def subscription(self, channel: Channel) -> Subscription | None:
        """What the channel asked for."""
        with self._file.reading() as connection:
            return sqlite_channels.subscription_of(connection, channel)

    def subscriptions(self) -> list[Subscription]:
        """All of them, by channel."""
        with self._file.reading() as connection:
            return sqlite_channels.subscriptions(connection)

    def add_interest(self, channel: Channel, interest: Interest) -> bool:
        """Follow; False if the channel does already. Raises StoreError where it is not subscribed."""
        with self._file.writing() as connection:
            return sqlite_channels.add_interest(connection, channel, storable(interest))

    def forget_interest(self, channel: Channel, name: str) -> bool:
        """Unfollow; False if the channel does not follow it."""
        with self._file.writing() as connection:
            return sqlite_channels.forget_interest(connection, channel, storable(name))

    def plan_digest(self, digest: Digest, posts: Sequence[Post]) -> bool:
        """Claim the day and write everything, or write nothing."""
        require_own(digest, posts)
        with self._file.writing() as connection:
            return sqlite_digests.plan_digest(connection, storable(digest), storable(tuple(posts)))

    def digest(self, channel: Channel, day: date) -> Digest | None:
        """What was offered that day."""
        with self._file.reading() as connection:
            return sqlite_digests.digest_of(connection, channel, day)

    def offers(self, channel: Channel) -> list[Offer]:
        """Everything ever offered to the channel, oldest first."""
        with self._file.reading() as connection:
            return sqlite_digests.offers(connection, channel)

    def claim_post(self, now: datetime, stale: datetime, skip: Collection[Channel] = ()) -> Post | None:
        """Take the next message that may be sent now."""
        with self._file.writing() as connection:
            return sqlite_digests.claim_post(connection, now, stale, skip)

    def mark_sent(self, key: DeliveryKey, message_id: MessageId) -> None:
        """It was accepted."""
        with self._file.writing() as connection:
            sqlite_digests.mark_sent(connection, key, message_id)

    def mark_unsent(self, key: DeliveryKey, error: str, not_before: datetime | None) -> None:
        """It was refused; what was sent meanwhile stays sent."""
        with self._file.writing() as connection:
            sqlite_digests.mark_unsent(connection, key, storable(error), not_before)

    def posts(self, channel: Channel, day: date) -> list[Post]:
        """The messages of a digest by position."""
        with self._file.reading() as connection:
            return sqlite_digests.posts_of(connection, channel, day)

    def set_reaction(self, reaction: Reaction) -> PaperId | None:
        """Put on or take off; None if it is not about a paper of ours."""
        with self._file.writing() as connection:
            return sqlite_reactions.set_reaction(connection, storable(reaction))

    def reactions(self, channel: Channel) -> list[Reaction]:
        """Those that are on now, oldest first."""
        with self._file.reading() as connection:
            return sqlite_reactions.reactions(connection, channel)

    def record_fetch(self, fetch: Fetch) -> None:
        """Keep how a source's drain went."""
        with self._file.writing() as connection:
            sqlite_fetches.record_fetch(connection, storable(fetch), FETCHES_KEPT)

    def last_fetches(self) -> list[Fetch]:
        """The newest record of every source, by source."""
        with self._file.reading() as connection:
            return sqlite_fetches.last_fetches(connection)

    def last_success(self, source: str) -> datetime | None:
        """When the newest drain without error started."""
        with self._file.reading() as connection:
            return sqlite_fetches.last_success(connection, source)

    def close(self) -> None:
        """Close the file. May be called twice; any other call raises StoreError then."""
        self._file.close()
