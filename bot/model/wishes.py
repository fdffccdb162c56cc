"""What a channel asked for."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from bot.model.ids import Channel, PaperId, UserId


@dataclass(frozen=True, slots=True)
class Cadence:
    """When a channel is served: weekdays (0 = Monday), one local time, an IANA time zone."""

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    at: time = time(9, 0)
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Interest:
    """One thing a channel reads: words, an arXiv category, a seed paper, an author, a lab; or `papers`.

    `papers` are examples: liked papers that the learner grouped and that people kept under this name. `share` says how
    much of a digest it gets beside others of share 1; 0: its papers speak for nothing any more. Until `muted_until`,
    that day excluded, nothing of it is picked. `pinned`: wherever something of it is new, it has a place in the digest.
    """

    name: str
    category: str = ""
    paper: PaperId | None = None
    author: str = ""
    lab: str = ""
    papers: tuple[PaperId, ...] = ()
    share: float = 1.0
    muted_until: date | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """What a channel lets through; an empty field lets everything through.

    `sources` and `categories`: it must be of one of them. `include`: it must be about one of these topics.
    `exclude`: it must be about none of these.
    """

    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom feed that a channel added; papers from it name `feed:` and its address as their source."""

    channel: Channel
    url: str
    title: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a channel asked for.

    `since` is when the cadence was last chosen: a morning before it is never made up.
    `paused` is the reason in the channel's words; empty while running. `wild_cards` is how many of the picks may be
    explorations. What happened before `reset_at` is not learned from. `reports`: a picture of how well the picks did
    comes with the first digest of a month.
    """

    channel: Channel
    since: datetime
    interests: tuple[Interest, ...] = ()
    cadence: Cadence = field(default_factory=Cadence)
    size: int = 5
    paused: str = ""
    filters: Filters = field(default_factory=Filters)
    wild_cards: int = 1
    reset_at: datetime | None = None
    reports: bool = False


@dataclass(frozen=True, slots=True)
class Steering:
    """How people steer what a channel gets: the part of its subscription that `/papers undo` can bring back."""

    interests: tuple[Interest, ...] = ()
    filters: Filters = field(default_factory=Filters)
    wild_cards: int = 1
    reset_at: datetime | None = None


def steering_of(subscription: Subscription) -> Steering:
    """The steered part of what a channel asked for."""
    return Steering(
        subscription.interests, subscription.filters, subscription.wild_cards, subscription.reset_at
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One act of steering: who, when, what in words (`topics mute 2`), and what it changed."""

    channel: Channel
    user: UserId
    at: datetime
    what: str
    before: Steering
    after: Steering
