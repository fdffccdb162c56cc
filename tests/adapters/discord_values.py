"""What the local Discord keeps: calls, scripted faults, interactions, refusals."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One REST call: `route` is the path as Discord documents it, `/channels/{channel_id}/messages`."""

    method: str
    route: str
    path: str
    body: Any
    status: int
    answer: Any
    query: dict[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """Instead of (or `after`) the next call of a route, this happens. Status 0: the connection breaks."""

    method: str
    route: str
    status: int
    answer: Any
    after: bool


@dataclass
class Asked:
    """One interaction; `reply` becomes the private message once the bot has said it."""

    id: str
    token: str
    kind: int
    at: float
    direct: bool = False
    message: Json | None = None
    flags: int = 0
    callbacks: list[Json] = field(default_factory=list)
    acknowledged: "Future[Json]" = field(default_factory=Future)
    reply: "Future[Json]" = field(default_factory=Future)


class Refusal(Exception):  # noqa: N818 - it is an answer
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
