"""The promises of a store."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Facts:
    """What a channel was offered (oldest first, then by rank) and the reactions that are on there (oldest first).

    `shared` are the papers of the messages that people shared into it and that did not fail, oldest first, each once.
    """

    offers: tuple[Offer, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    shared: tuple[PaperId, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A sent message of a channel shows that paper; `day` is the channel's."""

    paper: PaperId
    channel: Channel
    day: date


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a batch: one count per paper handed in."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Removed:
    """A paper went; these were its ids, the canonical one first."""

    ids: tuple[PaperId, ...]


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

    def updates_after(self, position: int, limit: int) -> list[tuple[int, Paper | Removed]]:
        """What `papers_after` tells, and the papers that were pruned after `position`; in the order of all positions.

        What was pruned is told until papers are pruned that are 90 days younger.
        """

    def edition(self) -> int:
        """Rises whenever a paper is added, changed or removed: as long as it stays, all papers are as they were."""

    def identity(self) -> str:
        """A text that no other store has, not even a copy of this one; it stays until another store is put into it."""

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

    def share(self, post: Post) -> bool:
        """Plan one message outside any digest, behind all others of its channel and day; `position` is chosen here.

        False, and nothing is written, if its key is planned already. Neither its key nor its text may name a person:
        it stays when that person is forgotten.
        """

    def shown(self, papers: Collection[PaperId], platform: str, workspace: str) -> list[Shown]:
        """Where sent messages of that workspace show one of these papers, the latest day first; each place once."""

    def posted(self, channel: Channel) -> list[PaperId]:
        """The papers that sent messages of the channel show, each once, the latest first."""

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
        """The messages of a day by position: those of its digest, then those that were shared."""

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
        """The facts of many channels at once; one entry per channel asked for."""

    def recent_reactions(self, since: datetime) -> list[Reaction]:
        """Those of all channels that are on now and were put on at `since` or later, oldest first."""

    def reactions_to(self, papers: Collection[PaperId], platform: str, workspace: str) -> list[Reaction]:
        """Those to one of these papers that are on now in any channel of that workspace, oldest first."""

    def channels_of(self, user: UserId) -> frozenset[Channel]:
        """Where a reaction of that person is on now: channels that the person certainly can read."""

    def keep_text(self, text: str, now: datetime) -> str:
        """Keep a text that is too long for a button, for at least 90 days; returns its key, 12 letters and digits.

        The same text has the same key.
        """

    def kept_text(self, key: str) -> str:
        """The text of that key; empty where none is kept."""

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
