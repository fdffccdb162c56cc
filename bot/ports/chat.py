"""The promises of platforms, and what they are promised."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import (
    Channel,
    Completion,
    DeliveryKey,
    Message,
    MessageId,
    Reaction,
    Request,
    Typing,
)

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""


class Inbox(Protocol):
    """What a platform hands in. Implemented once, by App. Never raises for a person's mistake."""

    async def on_command(self, request: Request) -> Message:
        """Answer a command; the reply is shown to the asker alone."""

    async def on_typing(self, typing: Typing) -> Sequence[Completion]:
        """What the person may mean, the best first; at most 25, within 50 ms, and none where that failed."""

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
