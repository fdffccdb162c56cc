"""What a channel was offered, and what people made of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from bot.model.ids import Channel, DeliveryKey, MessageId, PaperId, UserId
from bot.model.papers import Paper
from bot.model.speech import Message

UP, DOWN, SAVE = "👍", "👎", "🔖"
"""The reactions that a card offers as buttons."""

OFF_TOPIC = "🚫"
"""The reaction *Not this topic*: against what the paper is about, not only against the paper."""

FIRST_SHARED = 1000
"""Positions from here on are those of messages that people shared; a digest has lower ones only."""


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


class Impression(NamedTuple):
    """One paper offered in one digest, as it happened; the fields are those of its Recommendation.

    A tuple, as an Offer is: a morning makes them by the hundred thousand.
    """

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


class Offer(NamedTuple):
    """An impression together with the day on which it was offered."""

    day: date
    planned_at: datetime
    impression: Impression


@dataclass(frozen=True, slots=True)
class Post:
    """One message of a digest, or a shared one, on its way: planned → sending → sent, or failed, or unknown.

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

    @property
    def is_shared(self) -> bool:
        """Whether people shared it: it is of its day, but of no digest."""
        return self.position >= FIRST_SHARED
