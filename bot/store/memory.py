"""The store in memory: for tests, trials and the demo; nothing survives the process."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from threading import RLock

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
from bot.store.memory_channels import MemoryChannels
from bot.store.memory_digests import MemoryDigests
from bot.store.memory_fetches import MemoryFetches
from bot.store.memory_leases import MemoryLeases
from bot.store.memory_papers import MemoryPapers
from bot.store.memory_reactions import MemoryReactions
from bot.store.memory_steering import MemorySteering
from bot.store.memory_texts import MemoryTexts
from bot.store.rows import storable
from bot.store.rules import FEED_SOURCE, feed_source, picks_source, random_identity, require_own
from bot.store.shelf import incoming


class MemoryStore:
    """Facts in dictionaries behind one lock; fulfils `Store`."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._papers = MemoryPapers()
        self._channels = MemoryChannels(self._papers)
        self._steering = MemorySteering(self._papers, self._channels)
        self._apart: set[tuple[str, str]] = set()
        self._digests = MemoryDigests(self._papers)
        self._reactions = MemoryReactions(self._papers, self._digests)
        self._fetches = MemoryFetches()
        self._texts = MemoryTexts()
        self._leases = MemoryLeases()
        self._identity = random_identity()

    def pending(self) -> list[str]:
        """Nothing: there is no schema."""
        return []

    def migrate(self) -> list[str]:
        """Nothing: there is no schema."""
        return []

    def add_papers(self, papers: Sequence[Paper]) -> Added:
        """Store new papers and merge known ones."""
        batch = [incoming(storable(paper)) for paper in papers]
        with self._lock:
            return self._papers.add(batch)

    def papers(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        """The known ones, keyed as asked."""
        with self._lock:
            return self._papers.known(ids)

    def papers_after(self, position: int, limit: int) -> list[tuple[int, Paper]]:
        """Papers added or changed after `position`, in that order."""
        with self._lock:
            return self._papers.after(position, limit)

    def updates_after(self, position: int, limit: int) -> list[tuple[int, Paper | Removed]]:
        """Papers added, changed or removed after `position`, in that order."""
        with self._lock:
            return self._papers.updates_after(position, limit)

    def edition(self) -> int:
        """Rises whenever a paper is added, changed or removed."""
        with self._lock:
            return self._papers.edition()

    def identity(self) -> str:
        """A text that no other store has."""
        return self._identity

    def paper_count(self) -> int:
        """How many papers there are."""
        with self._lock:
            return len(self._papers)

    def recent_papers(self, first: date, last: date) -> list[Paper]:
        """Papers announced from `first` to `last`, newest day first, then by id."""
        with self._lock:
            return self._papers.recent(first, last)

    def mentions(self, sources: Collection[str], first: date, last: date) -> list[Paper]:
        """Papers that one of these private sources told as news, newest day first, then by id."""
        with self._lock:
            return self._papers.mentions({storable(source) for source in sources}, first, last)

    def add_subscription(self, subscription: Subscription) -> Subscription:
        """Subscribe the channel if it is not; returns what is stored then."""
        subscription = storable(subscription)
        with self._lock:
            return self._channels.add(subscription)

    def save_subscription(self, subscription: Subscription) -> None:
        """Replace cadence, size and since of a subscribed channel."""
        subscription = storable(subscription)
        with self._lock:
            self._channels.save(subscription)

    def save_paused(self, channel: Channel, reason: str, since: datetime | None = None) -> bool:
        """Pause or resume; False if that changed nothing."""
        reason, since = storable(reason), storable(since)
        with self._lock:
            return self._channels.save_paused(channel, reason, since)

    def save_filters(self, channel: Channel, filters: Filters) -> None:
        """Replace what a subscribed channel lets through."""
        filters = storable(filters)
        with self._lock:
            self._channels.save_filters(channel, filters)

    def subscription(self, channel: Channel) -> Subscription | None:
        """What the channel asked for."""
        with self._lock:
            return self._channels.of(channel)

    def subscriptions(self) -> list[Subscription]:
        """All of them, by channel."""
        with self._lock:
            return self._channels.all()

    def add_interest(self, channel: Channel, interest: Interest) -> bool:
        """Follow; False if the channel does already. Raises StoreError where it is not subscribed."""
        interest = storable(interest)
        with self._lock:
            return self._channels.add_interest(channel, interest)

    def forget_interest(self, channel: Channel, name: str) -> bool:
        """Unfollow; False if the channel does not follow it."""
        with self._lock:
            return self._channels.forget_interest(channel, storable(name))

    def save_reports(self, channel: Channel, wanted: bool) -> None:
        """Whether a subscribed channel gets the monthly picture."""
        with self._lock:
            self._channels.save_reports(channel, wanted)

    def steer(self, channel: Channel, before: Steering, after: Steering) -> bool:
        """Replace how the channel is steered; False where it is not `before` any more."""
        before, after = storable(before), storable(after)
        with self._lock:
            return self._steering.steer(channel, before, after)

    def record_change(self, change: Change) -> None:
        """Keep who steered what. Raises StoreError where the channel is not subscribed."""
        with self._lock:
            self._steering.record(storable(change))

    def last_change(self, channel: Channel, user: UserId | None = None) -> Change | None:
        """The latest one that was not taken back."""
        with self._lock:
            return self._steering.last(channel, user)

    def take_back(self, change: Change) -> bool:
        """Steer the channel back and forget the change; False where it is not as the change left it."""
        with self._lock:
            return self._steering.take_back(storable(change))

    def save_crowd(self, platform: str, workspace: str, taking_part: bool) -> None:
        """Whether the workspace takes part in the crowd."""
        place = (storable(platform), storable(workspace))
        with self._lock:
            (self._apart.discard if taking_part else self._apart.add)(place)

    def not_in_crowd(self) -> frozenset[tuple[str, str]]:
        """The workspaces that take no part."""
        with self._lock:
            return frozenset(self._apart)

    def add_feed(self, feed: Feed) -> bool:
        """Read it; False if the channel does already. Raises StoreError where it is not subscribed."""
        with self._lock:
            return self._channels.add_feed(storable(feed))

    def forget_feed(self, channel: Channel, url: str) -> bool:
        """Stop reading; False if the channel does not read it."""
        with self._lock:
            forgotten = self._channels.forget_feed(channel, storable(url))
            self._forget_unread([storable(url)] if forgotten else [])
            return forgotten

    def _forget_unread(self, urls: Iterable[str]) -> None:
        """What was read of feeds that nobody reads any more, and what they told."""
        read = {feed.url for feed in self._channels.feeds(None)}
        for url in set(urls) - read:
            self._fetches.forget(FEED_SOURCE, url)
        self._papers.forget_mentions({feed_source(url) for url in urls if url not in read})

    def feeds(self, channel: Channel | None = None) -> list[Feed]:
        """Those of the channel, or of all, in the order they were added."""
        with self._lock:
            return self._channels.feeds(channel)

    def plan_digest(self, digest: Digest, posts: Sequence[Post]) -> bool:
        """Claim the day and write everything, or write nothing."""
        require_own(digest, posts)
        digest, posts = storable(digest), storable(tuple(posts))
        with self._lock:
            return self._digests.plan(digest, posts)

    def digest(self, channel: Channel, day: date) -> Digest | None:
        """What was offered that day."""
        with self._lock:
            return self._digests.of(channel, day)

    def offers(self, channel: Channel) -> list[Offer]:
        """Everything ever offered to the channel, oldest first."""
        with self._lock:
            return self._digests.offers(channel)

    def share(self, post: Post) -> bool:
        """Plan one message behind all others of its day; False if its key is planned already."""
        with self._lock:
            return self._digests.share(storable(post))

    def shown(self, papers: Collection[PaperId], platform: str, workspace: str) -> list[Shown]:
        """Where sent messages of that workspace show one of these papers, the latest day first."""
        with self._lock:
            return self._digests.shown(papers, storable(platform), storable(workspace))

    def posted(self, channel: Channel) -> list[PaperId]:
        """The papers that sent messages of the channel show, the latest first."""
        with self._lock:
            return self._digests.posted(channel)

    def claim_post(self, now: datetime, stale: datetime, skip: Collection[Channel] = ()) -> Post | None:
        """Take the next message that may be sent now."""
        now, stale = storable(now), storable(stale)
        with self._lock:
            return self._digests.claim_post(now, stale, skip)

    def mark_sent(self, key: DeliveryKey, message_id: MessageId) -> None:
        """It was accepted."""
        with self._lock:
            self._digests.mark_sent(key, message_id)

    def mark_unsent(self, key: DeliveryKey, error: str, not_before: datetime | None) -> None:
        """It was refused; what was sent meanwhile stays sent."""
        error, not_before = storable(error), storable(not_before)
        with self._lock:
            self._digests.mark_unsent(key, error, not_before)

    def mark_unknown(self, key: DeliveryKey, error: str) -> None:
        """Nobody can tell; what was sent meanwhile stays sent."""
        with self._lock:
            self._digests.mark_unknown(key, storable(error))

    def troubled_posts(self, since: date) -> list[Post]:
        """Those that failed or are unknown, by channel, day and position."""
        with self._lock:
            return self._digests.troubled_posts(since)

    def posts(self, channel: Channel, day: date) -> list[Post]:
        """The messages of a day by position."""
        with self._lock:
            return self._digests.posts(channel, day)

    def withdrawn_posts(self, since: date) -> list[Post]:
        """Sent messages that show a withdrawn paper and were not corrected, oldest first."""
        with self._lock:
            return self._digests.withdrawn_posts(since)

    def mark_corrected(self, key: DeliveryKey, message: Message) -> None:
        """That is what the message shows now."""
        with self._lock:
            self._digests.mark_corrected(key, storable(message))

    def set_reaction(self, reaction: Reaction) -> PaperId | None:
        """Put on or take off; None if it is not about a paper of ours."""
        with self._lock:
            return self._reactions.record(storable(reaction))

    def reactions(self, channel: Channel) -> list[Reaction]:
        """Those that are on now, oldest first."""
        with self._lock:
            return self._reactions.of(channel)

    def recent_reactions(self, since: datetime) -> list[Reaction]:
        """Those of all channels that are on now and were put on at `since` or later, oldest first."""
        with self._lock:
            return self._reactions.since(storable(since))

    def facts(self, channels: Collection[Channel]) -> dict[Channel, Facts]:
        """The facts of many channels at once."""
        with self._lock:
            return {
                one: Facts(tuple(self.offers(one)), tuple(self.reactions(one)), self._digests.shared(one))
                for one in channels
            }

    def reactions_to(self, papers: Collection[PaperId], platform: str, workspace: str) -> list[Reaction]:
        """Those to one of these papers that are on now in that workspace, oldest first."""
        with self._lock:
            return self._reactions.to(papers, storable(platform), storable(workspace))

    def channels_of(self, user: UserId) -> frozenset[Channel]:
        """Where a reaction of that person is on now."""
        with self._lock:
            return self._reactions.channels_of(storable(user))

    def keep_text(self, text: str, now: datetime) -> str:
        """Keep a text that is too long for a button; returns its key."""
        text, now = storable(text), storable(now)
        with self._lock:
            return self._texts.keep(text, now)

    def kept_text(self, key: str) -> str:
        """The text of that key; empty where none is kept."""
        with self._lock:
            return self._texts.of(storable(key))

    def record_fetch(self, fetch: Fetch) -> None:
        """Keep how a source's drain went."""
        with self._lock:
            self._fetches.record(storable(fetch))

    def last_fetches(self) -> list[Fetch]:
        """The newest record of every source and area, by these."""
        with self._lock:
            return self._fetches.last()

    def last_successes(self) -> list[Fetch]:
        """The newest record without error of every source and area, by these."""
        with self._lock:
            return self._fetches.last_successes()

    def recent_fetches(self, since: datetime) -> list[Fetch]:
        """All records that started at `since` or later, oldest first."""
        with self._lock:
            return self._fetches.recent(storable(since))

    def cursor(self, source: str, area: str) -> str:
        """What was kept last for that part of the source; empty where nothing is."""
        with self._lock:
            return self._fetches.cursor(storable(source), storable(area))

    def save_cursor(self, source: str, area: str, cursor: str) -> None:
        """Keep where to go on the next time."""
        with self._lock:
            self._fetches.save_cursor(storable(source), storable(area), storable(cursor))

    def take_lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Hold `name` alone until then, if nobody else does."""
        with self._lock:
            return self._leases.take(name, holder, now, until)

    def drop_lease(self, name: str, holder: str) -> None:
        """Give it back if it is ours."""
        with self._lock:
            self._leases.drop(name, holder)

    def forget_user(self, user: UserId) -> int:
        """Remove everything that names the person; returns how many facts that was."""
        with self._lock:
            return self._reactions.forget_user(user) + self._steering.forget_user(user)

    def forget_channel(self, channel: Channel) -> int:
        """Remove everything that belongs to the channel; returns how many facts that was."""
        with self._lock:
            urls = [feed.url for feed in self._channels.feeds(channel)]
            parts = (self._steering, self._channels, self._digests, self._reactions)
            forgotten = sum(part.forget(channel) for part in parts)
            self._forget_unread(urls)
            self._papers.forget_mentions({picks_source(channel)})
            return forgotten

    def prune_papers(self, before: date) -> int:
        """Remove papers last announced before that day that no fact names."""
        with self._lock:
            return self._papers.prune(before, self._named())

    def _named(self) -> set[PaperId | None]:
        """The ids by which facts name papers."""
        return {*self._digests.named(), *self._reactions.named(), *self._channels.named()}

    def close(self) -> None:
        """Nothing to give back."""
