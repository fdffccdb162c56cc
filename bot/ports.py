"""The promises: what the core asks of the world. Adapters fulfil them; contract tests hold them to it."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    Recommendation,
    Request,
    Steering,
    Subscription,
    UserId,
)

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""


class Inbox(Protocol):
    """What a platform hands in. Implemented once, by App. Never raises for a person's mistake."""

    async def on_command(self, request: Request) -> Message:
        """Answer a command; the reply is shown to the asker alone."""

    async def on_reaction(self, reaction: Reaction) -> Message | None:
        """Store the fact; a short receipt for the person, or None where it is not about our papers."""

    async def on_left(self, channel: Channel, reason: str) -> None:
        """The bot can no longer post there: stop serving it. `channel.id` may be `*`: the whole workspace."""


class ChatPlatform(Protocol):
    """A place people read and react.

    `remembers_keys` is how long after a first `post` the platform itself answers a second one of the same key with
    the first message; zero where it has no such memory.
    """

    name: str
    remembers_keys: timedelta

    async def run(self, inbox: Inbox) -> None:
        """Connect and hand in what happens until cancelled.

        Raises PlatformError where the platform refuses us (a wrong token) or the connection is lost for good.
        """

    async def check(self) -> str:
        """Say who we are there (`@paperboy in Team`), without starting to listen. Raises PlatformError."""

    async def post(
        self, channel: Channel, message: Message, *, key: DeliveryKey, thread: MessageId | None = None
    ) -> MessageId:
        """Say it in the channel, at most once per call and, where the platform can, once per key.

        Mentions nobody and unfurls nothing, whatever the text holds. Raises PlatformError, `permanent`
        where the channel is gone or closed to us.
        """

    async def find(
        self, channel: Channel, message: Message, *, key: DeliveryKey, since: datetime
    ) -> MessageId | None:
        """Where the message of that key stands, posted at `since` or later; None where it certainly does not.

        Raises PlatformError where that cannot be found out now; `permanent` where it never can, because we may not
        read the channel.
        """

    async def edit(self, message_id: MessageId, message: Message) -> None:
        """Replace what was said. Raises PlatformError."""

    async def close(self) -> None:
        """Give back connections. May be called twice."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that could not be read: what it was and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one answer of a source was like: told after the papers and the skipped entries in it.

    `status` is its HTTP status (304: nothing changed since the last time), 0 where nothing was asked. `greatest`,
    `batch`, `stale` and `note` are as in Fetch. `cursor` is what the source wants to be handed the next time; it is
    kept once everything told before it is stored. None: what was kept stays.
    """

    status: int = 0
    greatest: str = ""
    batch: date | None = None
    stale: bool = False
    note: str = ""
    cursor: str | None = None


Entry = Paper | Skipped | Reading
"""What comes out of a source."""


class PaperSource(Protocol):
    """Where papers come from: one source, or one part of it that can fail or be late on its own.

    `area` names the part (an arXiv category, a feed's address), empty where there is one only. `every` is how often
    asking makes sense.
    """

    name: str
    area: str
    every: timedelta

    def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Papers that were news on `since` or later, cleaned, with aliases; and what the answers were like.

        `cursor` is what the last Reading that had one asked to be handed back, empty at first and after nonsense.
        One bad entry is yielded as Skipped and never stops the rest. Raises SourceError when the source
        itself fails; what was yielded before stays valid. No papers is not an error.
        """

    async def check(self) -> str:
        """Say in plain words that it answers (`42 papers on 12 June`). Raises SourceError."""


class PaperFinder(Protocol):
    """Where papers are looked for that the store lacks. What comes back is cleaned and not announced."""

    name: str

    async def find(self, words: str, limit: int) -> list[Paper]:
        """The best `limit` papers for words as people type them. Raises SourceError."""

    async def look_up(self, paper: PaperId) -> Paper | None:
        """The paper of that id; None where it knows none, or no ids of that scheme. Raises SourceError."""


@dataclass(frozen=True, slots=True)
class Group:
    """An interest made of examples that people kept under its name, with these papers."""

    interest: Interest
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a channel likes on a day, derived from facts and never stored.

    `ratings` maps a paper to -1 … 1: its members' votes, one per person, faded with age, damped where one person
    votes much more than all others. `ignored` were shown and left without a reaction, oldest first. `off_topic`
    are those of the rated papers whose whole topic is not wanted. `interests` are followed by hand (words, categories,
    authors, labs); `groups` are kept examples. Interests that are muted on that day are among `muted` too.
    `crowd`: what similar channels like counts here. `voters` is how many people's votes these are, at least 1.
    """

    interests: tuple[Interest, ...] = ()
    seeds: tuple[Paper, ...] = ()
    ratings: tuple[tuple[Paper, float], ...] = ()
    ignored: tuple[Paper, ...] = ()
    off_topic: tuple[PaperId, ...] = ()
    groups: tuple[Group, ...] = ()
    muted: frozenset[str] = frozenset()
    crowd: bool = True
    voters: int = 1


@dataclass(frozen=True, slots=True)
class Theme:
    """One of the interests that a digest's places are shared among, as the learner sees it now.

    `name` is the interest's where people named it, otherwise made of its strongest words. `share` is its part of the
    likes, each theme counting one more, times the share that people gave it; 0 … 1 over all themes, 0 while muted.
    It says what the channel is about, and not how many places a digest has for it. `papers` are the liked papers and
    seeds in it, the latest last.
    """

    name: str
    share: float
    words: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    interest: Interest | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paper stands where it stands. The values of `parts` add up to `score`.

    `theme` names the interest for whose places it competes; empty where there is none. `rank` is its place among the
    `of` candidates of all interests.
    """

    score: float
    parts: tuple[tuple[str, float], ...]
    raised: tuple[tuple[str, float], ...]
    lowered: tuple[tuple[str, float], ...]
    nearest: Paper | None
    similarity: float
    rank: int
    of: int
    theme: str = ""


Likes = Sequence[tuple[PaperId, float]]
"""One channel's rated papers and what each is worth, -1 … 1."""


class Recommender(Protocol):
    """Ranks candidates for a profile. The same studies and the same input give the same output, to the last bit."""

    version: str

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """Learn what all channels share: how words are used in `papers`, and which papers are liked together.

        Slow and seldom; what was computed for channels before stays valid. Safe while others recommend.
        """

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        """The best k, best first; fewer where there are fewer. None twice, none from elsewhere.

        At most `wild_cards` of them explore; these come last.
        """

    def questions(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Paper]:
        """The k candidates whose rating would teach most: plausible, uncertain, unlike one another."""

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        """The score of `paper` among `candidates` (it may be one of them), taken apart."""

    def themes(self, profile: Profile) -> tuple[Theme, ...]:
        """The channel's interests: those kept or followed by hand in their order, then those found in its likes."""

    def halves(self, papers: Sequence[Paper]) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        """The papers in two groups that are more alike; the second is empty where there are fewer than two."""

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        """The words a channel's ratings and seeds speak for and against, strongest first, at most `most` each."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a channel was offered (oldest first, then by rank) and the reactions that are on there (oldest first)."""

    offers: tuple[Offer, ...] = ()
    reactions: tuple[Reaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a batch: one count per paper handed in."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


class Store(Protocol):
    """Facts in, values out. Safe from many threads; several processes may share one. Raises StoreError.

    Papers are found by any of their aliases; what is returned always carries the canonical id.
    """

    def add_papers(self, papers: Sequence[Paper]) -> Added:
        """Store new papers and merge known ones (bot.identity), all or nothing.

        A paper whose ids belong to two stored papers makes these one; no fact of either is lost. One that private
        sources alone describe is known by its own id only, and changes nothing of a public one. The first day on
        which each private source told a paper as news is kept with it.
        """

    def papers(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        """The known ones, keyed as asked."""

    def papers_after(self, position: int, limit: int) -> list[tuple[int, Paper]]:
        """Papers added or changed after `position`, in that order, each with its own position (> 0)."""

    def paper_count(self) -> int:
        """How many papers there are."""

    def recent_papers(self, first: date, last: date) -> list[Paper]:
        """Papers announced from `first` to `last`, both included; newest day first, then by id."""

    def mentions(self, sources: Collection[str], first: date, last: date) -> list[Paper]:
        """Papers that one of these private sources told as news from `first` to `last`, newest first, then by id.

        Whatever everybody else's day of news is: it counts when the source first named the paper by that id.
        """

    def add_subscription(self, subscription: Subscription) -> Subscription:
        """Subscribe the channel if it is not; returns what is stored then, with its interests."""

    def save_subscription(self, subscription: Subscription) -> None:
        """Replace cadence, size and since of a subscribed channel; all else is left alone."""

    def save_paused(self, channel: Channel, reason: str, since: datetime | None = None) -> bool:
        """Pause, or with an empty reason resume, a subscribed channel; False if that changed nothing.

        Whoever pauses first gives the reason: pausing what is paused changes nothing. `since`, where given, replaces
        the subscription's if anything changed.
        """

    def save_filters(self, channel: Channel, filters: Filters) -> None:
        """Replace what a subscribed channel lets through."""

    def subscription(self, channel: Channel) -> Subscription | None:
        """What the channel asked for; interests in the order they were added."""

    def subscriptions(self) -> list[Subscription]:
        """All of them, by channel."""

    def add_interest(self, channel: Channel, interest: Interest) -> bool:
        """Follow; False if the channel follows one of that name (ignoring case) already."""

    def forget_interest(self, channel: Channel, name: str) -> bool:
        """Unfollow, ignoring case; False if the channel does not follow it."""

    def save_reports(self, channel: Channel, wanted: bool) -> None:
        """Whether a subscribed channel gets the monthly picture."""

    def steer(self, channel: Channel, before: Steering, after: Steering) -> bool:
        """Replace how a subscribed channel is steered, all at once; False, and nothing changes, where it is not
        `before` any more. Interests keep the order of `after`.
        """

    def record_change(self, change: Change) -> None:
        """Keep who steered what, so that it can be taken back; the latest 20 of a channel are kept."""

    def last_change(self, channel: Channel, user: UserId | None = None) -> Change | None:
        """The latest one that was not taken back, by that person or by anyone."""

    def take_back(self, change: Change) -> bool:
        """Steer the channel back to what it was before, and forget the change; False as `steer`."""

    def save_crowd(self, platform: str, workspace: str, taking_part: bool) -> None:
        """Whether the workspace's likes help other channels and theirs help its; every workspace does at first."""

    def not_in_crowd(self) -> frozenset[tuple[str, str]]:
        """The workspaces (platform, workspace) that take no part."""

    def add_feed(self, feed: Feed) -> bool:
        """Let the subscribed channel read the feed; False if it reads one of that address already."""

    def forget_feed(self, channel: Channel, url: str) -> bool:
        """Stop reading; False if the channel does not read it. What a feed told goes with its last reader."""

    def feeds(self, channel: Channel | None = None) -> list[Feed]:
        """Those of the channel, or of all channels, in the order they were added."""

    def plan_digest(self, digest: Digest, posts: Sequence[Post]) -> bool:
        """Claim the channel's day and write impressions and posts, in one transaction.

        False, and nothing is written, if the day is claimed already: whoever claimed it will post it.
        """

    def digest(self, channel: Channel, day: date) -> Digest | None:
        """What was offered that day."""

    def offers(self, channel: Channel) -> list[Offer]:
        """Everything ever offered to the channel, oldest first, then by rank."""

    def claim_post(self, now: datetime, stale: datetime, skip: Collection[Channel] = ()) -> Post | None:
        """Take the next message that may be sent now, marking it sending before it is returned.

        Within a channel strictly in order of day and position: a later one waits while an earlier one
        is planned or sending. One left in `sending` since before `stale` is handed out again, with
        `sending_since` telling when that lost attempt began.
        Channels in `skip` are passed over.
        """

    def mark_sent(self, key: DeliveryKey, message_id: MessageId) -> None:
        """It was accepted; reactions to that message now count for its paper."""

    def mark_unsent(self, key: DeliveryKey, error: str, not_before: datetime | None) -> None:
        """It was refused: back to planned, not to be tried before that; None: failed for good."""

    def mark_unknown(self, key: DeliveryKey, error: str) -> None:
        """Nobody can tell whether it was accepted: it is never sent again, and does not hold up later ones."""

    def troubled_posts(self, since: date) -> list[Post]:
        """Posts of days from `since` on that failed or are unknown, by channel, day and position."""

    def posts(self, channel: Channel, day: date) -> list[Post]:
        """The messages of a digest by position."""

    def withdrawn_posts(self, since: date) -> list[Post]:
        """Sent messages of days from `since` on that show a withdrawn paper and were not corrected, oldest first."""

    def mark_corrected(self, key: DeliveryKey, message: Message) -> None:
        """That is what the message shows now, and it needs no further correction."""

    def set_reaction(self, reaction: Reaction) -> PaperId | None:
        """Put on or take off, the newest by `at` wins; returns the paper, None if it is not one of ours.

        An `event_id` seen in the last two days changes nothing; it is kept in the same transaction as the fact.
        """

    def reactions(self, channel: Channel) -> list[Reaction]:
        """Those that are on now, oldest first; each names its paper."""

    def facts(self, channels: Collection[Channel]) -> dict[Channel, Facts]:
        """Offers and reactions of many channels at once; one entry per channel asked for."""

    def recent_reactions(self, since: datetime) -> list[Reaction]:
        """Those of all channels that are on now and were put on at `since` or later, oldest first."""

    def record_fetch(self, fetch: Fetch) -> None:
        """Keep how a source's drain went."""

    def last_fetches(self) -> list[Fetch]:
        """The newest record of every source and area, by these."""

    def last_successes(self) -> list[Fetch]:
        """The newest record without error of every source and area, by these."""

    def recent_fetches(self, since: datetime) -> list[Fetch]:
        """All records that started at `since` or later, oldest first."""

    def cursor(self, source: str, area: str) -> str:
        """What `save_cursor` kept last for that part of the source; empty where nothing is."""

    def save_cursor(self, source: str, area: str, cursor: str) -> None:
        """Keep where to go on the next time."""

    def take_lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Hold `name` alone until then: True if it is free, ours already, or its last holder's time is over."""

    def drop_lease(self, name: str, holder: str) -> None:
        """Give it back before its time; nothing where somebody else holds it."""

    def forget_user(self, user: UserId) -> int:
        """Remove everything that names the person; returns how many facts that was. Nothing of it can come back."""

    def forget_channel(self, channel: Channel) -> int:
        """Remove everything that belongs to the channel; returns how many facts that was."""

    def prune_papers(self, before: date) -> int:
        """Remove papers last announced before that day (papers never announced are kept) that no fact names.

        Facts are impressions, posts, reactions and interests; mentions are not, and go with their paper. Returns how
        many papers went.
        """

    def close(self) -> None:
        """Give back connections. May be called twice."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A found paper; a higher score is better, comparable within one answer only."""

    paper: PaperId
    score: float


class SearchIndex(Protocol):
    """Words → papers. A projection of the store: it may be thrown away and built again."""

    def position(self) -> int:
        """The store's position up to which papers are indexed; 0 when empty."""

    def add(self, papers: Sequence[Paper], position: int) -> None:
        """Index them (again), then remember the position; all or nothing."""

    def search(self, query: str, limit: int, offset: int = 0) -> list[Hit]:
        """The best matches, best first. Any string is a query; one without a word finds nothing."""

    def close(self) -> None:
        """Give back the file. May be called twice."""
