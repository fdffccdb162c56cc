"""What the local Slack keeps: calls, private messages, channels, deliveries."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One request to the Web API, as it came."""

    method: str
    args: Json
    token: str


@dataclass(frozen=True)
class Private:
    """One message that only `user` sees. `via` is `response_url` or `chat.postEphemeral`."""

    via: str
    channel: str
    user: str
    body: Json


@dataclass
class Place:
    """A channel: whether the bot may post there, and why not; whether it is in it, or posts from outside."""

    id: str
    refuses: str = ""
    joined: bool = True


@dataclass(frozen=True)
class Delivery:
    """How an envelope fared: how often it was sent, whether it was acknowledged in the end, and with which words."""

    attempts: int
    acked: bool
    answer: Json | None = None


@dataclass(frozen=True)
class Answer:
    """Where a response_url leads, for whom, and how often it may still be used."""

    place: str
    user: str
    left: list[int]
