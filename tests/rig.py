"""A platform under test together with the local server that plays its vendor, controlled alike for all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.model import Channel, MessageId
from bot.ports import ChatPlatform


async def eventually(true: Callable[[], bool]) -> None:
    """Wait until it is so, at most 10 s; events take their way through sockets and threads."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 (there is no event of ours to wait for)
            await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Said:
    """What people can see of one message: all its text, the labels of its buttons, whom it pings, its pictures.

    A picture is what it says of itself.
    """

    id: MessageId | None
    text: str
    buttons: tuple[str, ...] = ()
    pings: bool = False
    pictures: tuple[str, ...] = ()


class Rig(Protocol):
    """The vendor's server has its own thread, on 127.0.0.1, port 0; methods run on the test's loop."""

    channel: Channel

    def platform(self) -> ChatPlatform:
        """A fresh instance, through the vendor's real client library, as after a restart of the bot."""

    async def connected(self) -> None:
        """Wait (at most 10 s) until a platform's `run` is listening."""

    def said(self) -> list[Said]:
        """What stands in the channel, oldest first."""

    async def react(self, message: MessageId, emoji: str, *, user: str = "alice", on: bool = True) -> None:
        """A person (or "bot", the bot itself) puts an emoji on or takes it off."""

    async def press(self, message: MessageId, label: str, *, user: str = "alice") -> Said:
        """Press the first button with that label; returns the private reply (waits at most 10 s)."""

    async def press_private(self, reply: Said, label: str, *, user: str = "alice") -> Said:
        """The same, on a private reply."""

    async def command(self, text: str, *, user: str = "alice") -> Said:
        """A person types `/papers text`; returns the private reply (waits at most 10 s)."""

    async def expel(self) -> None:
        """The bot is removed from the channel's workspace or channel."""

    def lose_next_answer(self) -> None:
        """The next post arrives, but the bot does not learn of it."""

    def pass_time(self, seconds: float) -> None:
        """Turn the vendor's clock forward, and what of a platform's own depends on it."""

    def close(self) -> None:
        """Stop the server."""
