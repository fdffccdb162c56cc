"""The domain's values: what the words of docs/design.md mean, frozen."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NewType

PaperId = NewType("PaperId", str)
"""Canonical id with its scheme, at most 80 characters: `arxiv:2401.01234`, `doi:10.1/x`, `title:1f…`."""

UserId = NewType("UserId", str)
"""A person, qualified: `slack:T1/U1`."""

MessageId = NewType("MessageId", str)
"""A message, qualified by its channel: `slack:T1/C1/170.1`."""

DeliveryKey = NewType("DeliveryKey", str)
"""Names one message of one digest for ever: `slack:T1/C1#2026-11-22#0`."""

UP, DOWN, SAVE = "👍", "👎", "🔖"
"""The reactions that a card offers as buttons."""

OFF_TOPIC = "🚫"
"""The reaction *Not this topic*: against what the paper is about, not only against the paper."""


@dataclass(frozen=True, slots=True, order=True)
class Channel:
    """Platform + workspace + channel id. A direct message is a channel of one."""

    platform: str
    workspace: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.workspace}/{self.id}"


def channel_from_text(text: str) -> Channel:
    """`slack:T1/C1` → Channel. Raises ValueError where a part is missing."""
    platform, _, rest = text.partition(":")
    workspace, _, channel = rest.partition("/")
    if not (platform and workspace and channel) or "/" in channel:
        raise ValueError(f"not a channel: {text!r} (expected platform:workspace/channel)")
    return Channel(platform, workspace, channel)


def message_id(channel: Channel, local_id: str) -> MessageId:
    """Qualify a platform's own message id."""
    return MessageId(f"{channel}/{local_id}")


def split_message_id(message: MessageId) -> tuple[Channel, str]:
    """The channel and the platform's own id of a qualified message id."""
    channel, _, local_id = message.rpartition("/")
    return channel_from_text(channel), local_id


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled address: `Link("code", "https://…")`."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One work, versionless.

    `version` is the newest one seen, 0 where the source names none. `announced_on` is the latest
    day on which it was news, None where it is only known (a replacement, an import without a date).
    Counts (`upvotes`, `stars`, `citations`) are None where no source counts them. `categories` has the primary one
    first. `labs` are the institutions its authors name. `title_as_given` and `abstract_as_given` are the source's own
    text where the readable one differs from it (LaTeX, markup), else empty. A source with a colon in its name
    (`feed:https://…`) is read for some channels only.
    """

    id: PaperId
    title: str
    abstract: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    url: str = ""
    links: tuple[Link, ...] = ()
    published_on: date | None = None
    announced_on: date | None = None
    version: int = 0
    withdrawn: bool = False
    upvotes: int | None = None
    stars: int | None = None
    aliases: tuple[PaperId, ...] = ()
    sources: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    venue: str = ""
    citations: int | None = None
    title_as_given: str = ""
    abstract_as_given: str = ""


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


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji or button put on (`on`) or taken off by a user: a fact, kept with its time.

    Points at a message (an emoji) or straight at a paper (a button); the store needs one of them.
    `name` is the emoji itself where it has one (👍), otherwise the platform's name for it. `event_id` is the
    platform's name for this event, empty where it gives none: the same event twice is one fact.
    """

    channel: Channel
    user: UserId
    name: str
    at: datetime
    on: bool = True
    message: MessageId | None = None
    paper: PaperId | None = None
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A paper, its score (higher is better), and why in one line.

    `matches`: it fits what the channel follows or likes; otherwise it is only new. `explores`: a wild card, picked so
    that something is learned. `interest` names the interest whose place it got, `model` the recommender that chose it.
    """

    paper: Paper
    score: float
    reason: str
    explores: bool = False
    matches: bool = False
    interest: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Impression:
    """One paper offered in one digest, as it happened; the fields are those of its Recommendation."""

    paper: PaperId
    rank: int
    score: float
    model: str
    reason: str
    explores: bool = False
    interest: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """One channel, one local day, an ordered offer."""

    channel: Channel
    day: date
    planned_at: datetime
    impressions: tuple[Impression, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """An impression together with the day on which it was offered."""

    day: date
    planned_at: datetime
    impression: Impression


@dataclass(frozen=True, slots=True)
class Button:
    """Pressing it is a Reaction by the presser; or, where it has a `command`, a Request with that text.

    A command has at most 90 characters, because a platform keeps it inside the button's id.
    """

    label: str
    reaction: str = ""
    paper: PaperId = PaperId("")
    on: bool = True
    command: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG and what it shows, for those who cannot see it."""

    png: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Card:
    """One paper inside a message. Plain text only; a renderer escapes, shortens and lays it out."""

    paper: PaperId
    title: str
    url: str = ""
    byline: str = ""
    summary: str = ""
    reason: str = ""
    links: tuple[Link, ...] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """The only thing the bot can say: plain text and cards, no dialect's markup."""

    text: str = ""
    heading: str = ""
    cards: tuple[Card, ...] = ()
    buttons: tuple[Button, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One asking: `text` is what follows `/papers`, such as `search speculative decoding`.

    `manages` is False where the platform says that the person may not manage the channel.
    """

    channel: Channel
    user: UserId
    text: str
    manages: bool = True


@dataclass(frozen=True, slots=True)
class Post:
    """One message of a digest on its way: planned → sending → sent, or failed, or unknown.

    `message_id` is set once sent; `paper` is None for the header. `sending_since` is when an earlier attempt began
    whose end nobody knows; None where there was none. `unknown`: it may stand in the channel or not, and nobody
    can tell.
    """

    key: DeliveryKey
    channel: Channel
    day: date
    position: int
    message: Message
    paper: PaperId | None = None
    state: str = "planned"
    attempts: int = 0
    message_id: MessageId | None = None
    not_before: datetime | None = None
    error: str = ""
    sending_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """One drain of one source, as it went: `error` is empty where it ended well.

    `area` is the part of the source that was read (an arXiv category, a feed's address), empty where it has none.
    `status` is the last HTTP status, 0 where there was none. `new` were stored, `changed` were known and have changed;
    the rest of `seen` was known as it is. `greatest` is the greatest id in it. `batch` is the day whose news it held,
    judged by its content; `stale` says that it claimed to be newer than it was. `note` is what there is to say
    otherwise, in plain words. `failures` counts the drains that failed in a row, this one included; `retry_at` is when
    the source will be asked next.
    """

    source: str
    started_at: datetime
    seen: int = 0
    new: int = 0
    changed: int = 0
    skipped: tuple[str, ...] = ()
    error: str = ""
    area: str = ""
    status: int = 0
    greatest: str = ""
    batch: date | None = None
    stale: bool = False
    note: str = ""
    failures: int = 0
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What a platform needs to offer a command: `/papers NAME ARGUMENT`.

    `argument` is empty where the command takes none; `required` says whether it may be left out. `example` is
    an argument as a person would type it.
    """

    name: str
    summary: str
    argument: str = ""
    required: bool = False
    example: str = ""
