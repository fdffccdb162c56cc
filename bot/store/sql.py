"""The store in a database: every method is one transaction; the SQL is in the modules named after its nouns."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from bot.model import (
    Change,
    Channel,
    DeliveryKey,
    Digest,
    Feed,
    Fetch,
    Filters,
    Interest,
    Message,
    MessageId,
    Offer,
    Paper,
    PaperId,
    Post,
    Reaction,
    Steering,
    Subscription,
    UserId,
)
from bot.ports import Added, Facts, Removed, Shown
from bot.store import channels as channels_sql
from bot.store import crowd as crowd_sql
from bot.store import digests as digests_sql
from bot.store import facts as facts_sql
from bot.store import fetches as fetches_sql
from bot.store import interests as interests_sql
from bot.store import leases as leases_sql
from bot.store import mentions as mentions_sql
from bot.store import papers as papers_sql
from bot.store import reactions as reactions_sql
from bot.store import sharing as sharing_sql
from bot.store import steering as steering_sql
from bot.store import texts as texts_sql
from bot.store import updates as updates_sql
from bot.store.dialect import Connection
from bot.store.rows import storable
from bot.store.rules import FETCHES_KEPT, require_own
from bot.store.shelf import incoming


class SqlDatabase(Protocol):
    """Transactions on one database. Raises StoreError only."""

    def reading(self) -> AbstractContextManager[Connection]:
        """One snapshot for all that is read inside."""

    def writing(self) -> AbstractContextManager[Connection]:
        """All or nothing."""

    def forgetting(self) -> AbstractContextManager[Connection]:
        """All or nothing, and afterwards the file or server holds no trace of what was removed that it can avoid."""

    def sync_numbers(self, connection: Connection, tables: Iterable[str]) -> None:
        """Inside a writing transaction in which rows came with their numbers: later ones are numbered behind them."""

    def pending(self) -> list[str]:
        """The migrations it still needs, in order."""

    def migrate(self) -> list[str]:
        """Apply them; returns their names. Safe to race."""

    def close(self) -> None:
        """Give back connections. May be called twice."""


class SqlStore:
    """Facts in a database that speaks SQL; fulfils `Store`. It must have been migrated."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    @property
    def database(self) -> SqlDatabase:
        """For copying it whole."""
        return self._database

    def pending(self) -> list[str]:
        """The migrations it still needs, in order."""
        return self._database.pending()

    def migrate(self) -> list[str]:
        """Bring the schema up to date; returns what was applied. Several processes may race."""
        return self._database.migrate()

    def add_papers(self, papers: Sequence[Paper]) -> Added:
        """Store new papers and merge known ones."""
        batch = [incoming(storable(paper)) for paper in papers]
        with self._database.writing() as connection:
            return papers_sql.add_papers(connection, batch)

    def papers(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        """The known ones, keyed as asked."""
        with self._database.reading() as connection:
            return papers_sql.papers(connection, ids)

    def papers_after(self, position: int, limit: int) -> list[tuple[int, Paper]]:
        """Papers added or changed after `position`, in that order."""
        with self._database.reading() as connection:
            return papers_sql.papers_after(connection, position, limit)

    def updates_after(self, position: int, limit: int) -> list[tuple[int, Paper | Removed]]:
        """Papers added, changed or removed after `position`, in that order."""
        with self._database.reading() as connection:
            return papers_sql.updates_after(connection, position, limit)

    def edition(self) -> int:
        """Rises whenever a paper is added, changed or removed."""
        with self._database.reading() as connection:
            return papers_sql.edition(connection)

    def identity(self) -> str:
        """A text that no other store has, made when it is first asked for."""
        with self._database.reading() as connection:
            if known := updates_sql.identity(connection):
                return known
        with self._database.writing() as connection:
            return updates_sql.new_identity(connection)

    def paper_count(self) -> int:
        """How many papers there are."""
        with self._database.reading() as connection:
            return papers_sql.paper_count(connection)

    def recent_papers(self, first: date, last: date) -> list[Paper]:
        """Papers announced from `first` to `last`, newest day first, then by id."""
        with self._database.reading() as connection:
            return papers_sql.recent_papers(connection, first, last)

    def mentions(self, sources: Collection[str], first: date, last: date) -> list[Paper]:
        """Papers that one of these private sources told as news, newest day first, then by id."""
        with self._database.reading() as connection:
            return mentions_sql.mentions(connection, sources, first, last)

    def add_subscription(self, subscription: Subscription) -> Subscription:
        """Subscribe the channel if it is not; returns what is stored then."""
        with self._database.writing() as connection:
            return channels_sql.add_subscription(connection, storable(subscription))

    def save_subscription(self, subscription: Subscription) -> None:
        """Replace cadence, size and since of a subscribed channel."""
        with self._database.writing() as connection:
            channels_sql.save_subscription(connection, storable(subscription))

    def save_paused(self, channel: Channel, reason: str, since: datetime | None = None) -> bool:
        """Pause or resume; False if that changed nothing."""
        with self._database.writing() as connection:
            return channels_sql.save_paused(connection, channel, storable(reason), since)

    def save_filters(self, channel: Channel, filters: Filters) -> None:
        """Replace what a subscribed channel lets through."""
        with self._database.writing() as connection:
            channels_sql.save_filters(connection, channel, storable(filters))

    def subscription(self, channel: Channel) -> Subscription | None:
        """What the channel asked for."""
        with self._database.reading() as connection:
            return channels_sql.subscription_of(connection, channel)

    def subscriptions(self) -> list[Subscription]:
        """All of them, by channel."""
        with self._database.reading() as connection:
            return channels_sql.subscriptions(connection)

    def add_interest(self, channel: Channel, interest: Interest) -> bool:
        """Follow; False if the channel does already. Raises StoreError where it is not subscribed."""
        with self._database.writing() as connection:
            return interests_sql.add_interest(connection, channel, storable(interest))

    def forget_interest(self, channel: Channel, name: str) -> bool:
        """Unfollow; False if the channel does not follow it."""
        with self._database.writing() as connection:
            return interests_sql.forget_interest(connection, channel, storable(name))

    def save_reports(self, channel: Channel, wanted: bool) -> None:
        """Whether a subscribed channel gets the monthly picture."""
        with self._database.writing() as connection:
            channels_sql.save_reports(connection, channel, wanted)

    def steer(self, channel: Channel, before: Steering, after: Steering) -> bool:
        """Replace how the channel is steered; False where it is not `before` any more."""
        with self._database.writing() as connection:
            return steering_sql.steer(connection, channel, storable(before), storable(after))

    def record_change(self, change: Change) -> None:
        """Keep who steered what. Raises StoreError where the channel is not subscribed."""
        with self._database.writing() as connection:
            steering_sql.record_change(connection, storable(change))

    def last_change(self, channel: Channel, user: UserId | None = None) -> Change | None:
        """The latest one that was not taken back."""
        with self._database.reading() as connection:
            return steering_sql.last_change(connection, channel, user)

    def take_back(self, change: Change) -> bool:
        """Steer the channel back and forget the change; False where it is not as the change left it."""
        with self._database.writing() as connection:
            return steering_sql.take_back(connection, storable(change))

    def save_crowd(self, platform: str, workspace: str, taking_part: bool) -> None:
        """Whether the workspace takes part in the crowd."""
        with self._database.writing() as connection:
            crowd_sql.save_crowd(connection, storable(platform), storable(workspace), taking_part)

    def not_in_crowd(self) -> frozenset[tuple[str, str]]:
        """The workspaces that take no part."""
        with self._database.reading() as connection:
            return crowd_sql.not_in_crowd(connection)

    def add_feed(self, feed: Feed) -> bool:
        """Read it; False if the channel does already. Raises StoreError where it is not subscribed."""
        with self._database.writing() as connection:
            return channels_sql.add_feed(connection, storable(feed))

    def forget_feed(self, channel: Channel, url: str) -> bool:
        """Stop reading; False if the channel does not read it."""
        with self._database.forgetting() as connection:
            return channels_sql.forget_feed(connection, channel, storable(url))

    def feeds(self, channel: Channel | None = None) -> list[Feed]:
        """Those of the channel, or of all, in the order they were added."""
        with self._database.reading() as connection:
            return channels_sql.feeds(connection, channel)

    def plan_digest(self, digest: Digest, posts: Sequence[Post]) -> bool:
        """Claim the day and write everything, or write nothing."""
        require_own(digest, posts)
        with self._database.writing() as connection:
            return digests_sql.plan_digest(connection, storable(digest), storable(tuple(posts)))

    def digest(self, channel: Channel, day: date) -> Digest | None:
        """What was offered that day."""
        with self._database.reading() as connection:
            return digests_sql.digest_of(connection, channel, day)

    def offers(self, channel: Channel) -> list[Offer]:
        """Everything ever offered to the channel, oldest first."""
        with self._database.reading() as connection:
            return facts_sql.offers(connection, channel)

    def share(self, post: Post) -> bool:
        """Plan one message behind all others of its day; False if its key is planned already."""
        with self._database.writing() as connection:
            return sharing_sql.share(connection, storable(post))

    def shown(self, papers: Collection[PaperId], platform: str, workspace: str) -> list[Shown]:
        """Where sent messages of that workspace show one of these papers, the latest day first."""
        with self._database.reading() as connection:
            return sharing_sql.shown(connection, papers, storable(platform), storable(workspace))

    def posted(self, channel: Channel) -> list[PaperId]:
        """The papers that sent messages of the channel show, the latest first."""
        with self._database.reading() as connection:
            return sharing_sql.posted(connection, channel)

    def claim_post(self, now: datetime, stale: datetime, skip: Collection[Channel] = ()) -> Post | None:
        """Take the next message that may be sent now."""
        with self._database.writing() as connection:
            return digests_sql.claim_post(connection, now, stale, skip)

    def mark_sent(self, key: DeliveryKey, message_id: MessageId) -> None:
        """It was accepted."""
        with self._database.writing() as connection:
            digests_sql.mark_sent(connection, key, message_id)

    def mark_unsent(self, key: DeliveryKey, error: str, not_before: datetime | None) -> None:
        """It was refused; what was sent meanwhile stays sent."""
        with self._database.writing() as connection:
            digests_sql.mark_unsent(connection, key, storable(error), not_before)

    def mark_unknown(self, key: DeliveryKey, error: str) -> None:
        """Nobody can tell; what was sent meanwhile stays sent."""
        with self._database.writing() as connection:
            digests_sql.mark_unknown(connection, key, storable(error))

    def troubled_posts(self, since: date) -> list[Post]:
        """Those that failed or are unknown, by channel, day and position."""
        with self._database.reading() as connection:
            return digests_sql.troubled_posts(connection, since)

    def posts(self, channel: Channel, day: date) -> list[Post]:
        """The messages of a day by position."""
        with self._database.reading() as connection:
            return digests_sql.posts_of(connection, channel, day)

    def withdrawn_posts(self, since: date) -> list[Post]:
        """Sent messages that show a withdrawn paper and were not corrected, oldest first."""
        with self._database.reading() as connection:
            return digests_sql.withdrawn_posts(connection, since)

    def mark_corrected(self, key: DeliveryKey, message: Message) -> None:
        """That is what the message shows now."""
        with self._database.writing() as connection:
            digests_sql.mark_corrected(connection, key, storable(message))

    def set_reaction(self, reaction: Reaction) -> PaperId | None:
        """Put on or take off; None if it is not about a paper of ours."""
        with self._database.writing() as connection:
            return reactions_sql.set_reaction(connection, storable(reaction))

    def reactions(self, channel: Channel) -> list[Reaction]:
        """Those that are on now, oldest first."""
        with self._database.reading() as connection:
            return facts_sql.reactions(connection, channel)

    def facts(self, channels: Collection[Channel]) -> dict[Channel, Facts]:
        """The facts of many channels at once."""
        with self._database.reading() as connection:
            return facts_sql.facts(connection, channels)

    def recent_reactions(self, since: datetime) -> list[Reaction]:
        """Those of all channels that are on now and were put on at `since` or later, oldest first."""
        with self._database.reading() as connection:
            return facts_sql.recent_reactions(connection, since)

    def reactions_to(self, papers: Collection[PaperId], platform: str, workspace: str) -> list[Reaction]:
        """Those to one of these papers that are on now in that workspace, oldest first."""
        with self._database.reading() as connection:
            return facts_sql.reactions_to(connection, papers, storable(platform), storable(workspace))

    def channels_of(self, user: UserId) -> frozenset[Channel]:
        """Where a reaction of that person is on now."""
        with self._database.reading() as connection:
            return facts_sql.channels_of(connection, storable(user))

    def keep_text(self, text: str, now: datetime) -> str:
        """Keep a text that is too long for a button; returns its key."""
        with self._database.writing() as connection:
            return texts_sql.keep_text(connection, storable(text), now)

    def kept_text(self, key: str) -> str:
        """The text of that key; empty where none is kept."""
        with self._database.reading() as connection:
            return texts_sql.kept_text(connection, storable(key))

    def record_fetch(self, fetch: Fetch) -> None:
        """Keep how a source's drain went."""
        with self._database.writing() as connection:
            fetches_sql.record_fetch(connection, storable(fetch), FETCHES_KEPT)

    def last_fetches(self) -> list[Fetch]:
        """The newest record of every source and area, by these."""
        with self._database.reading() as connection:
            return fetches_sql.last_fetches(connection)

    def last_successes(self) -> list[Fetch]:
        """The newest record without error of every source and area, by these."""
        with self._database.reading() as connection:
            return fetches_sql.last_successes(connection)

    def recent_fetches(self, since: datetime) -> list[Fetch]:
        """All records that started at `since` or later, oldest first."""
        with self._database.reading() as connection:
            return fetches_sql.recent_fetches(connection, since)

    def cursor(self, source: str, area: str) -> str:
        """What was kept last for that part of the source; empty where nothing is."""
        with self._database.reading() as connection:
            return fetches_sql.cursor(connection, storable(source), storable(area))

    def save_cursor(self, source: str, area: str, cursor: str) -> None:
        """Keep where to go on the next time."""
        with self._database.writing() as connection:
            fetches_sql.save_cursor(connection, storable(source), storable(area), storable(cursor))

    def take_lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Hold `name` alone until then, if nobody else does."""
        with self._database.writing() as connection:
            return leases_sql.take_lease(connection, name, holder, now, until)

    def drop_lease(self, name: str, holder: str) -> None:
        """Give it back if it is ours."""
        with self._database.writing() as connection:
            leases_sql.drop_lease(connection, name, holder)

    def forget_user(self, user: UserId) -> int:
        """Remove everything that names the person; returns how many facts that was."""
        with self._database.forgetting() as connection:
            return reactions_sql.forget_user(connection, user)

    def forget_channel(self, channel: Channel) -> int:
        """Remove everything that belongs to the channel; returns how many facts that was."""
        with self._database.forgetting() as connection:
            return channels_sql.forget_channel(connection, channel)

    def prune_papers(self, before: date) -> int:
        """Remove papers last announced before that day that no fact names."""
        with self._database.writing() as connection:
            return papers_sql.prune_papers(connection, before)

    def close(self) -> None:
        """Give back connections. May be called twice; any other call raises StoreError then."""
        self._database.close()
