"""An Inbox that writes down what it is told, and says or does what a test asks of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.adapters.slack import SlackPlatform
from bot.errors import BotError
from bot.model import Channel, Completion, Message, Reaction, Request, Typing
from tests.adapters.slack_rig import SlackRig


class Notebook:
    """`reply`, `receipt` and `completions` are said; `failures` are raised first, one a call.

    A closed `gate` keeps all `waiting`.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.reactions: list[Reaction] = []
        self.typed: list[Typing] = []
        self.completions: list[Completion] = []
        self.left: list[tuple[Channel, str]] = []
        self.reply = Message("done")
        self.receipt: Message | None = Message("noted")
        self.failures: list[BotError] = []
        self.waiting = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def on_command(self, request: Request) -> Message:
        await self._pass()
        self.requests.append(request)
        return self.reply

    async def on_typing(self, typing: Typing) -> list[Completion]:
        await self._pass()
        self.typed.append(typing)
        return self.completions

    async def on_reaction(self, reaction: Reaction) -> Message | None:
        await self._pass()
        self.reactions.append(reaction)
        return self.receipt

    async def on_left(self, channel: Channel, reason: str) -> None:
        await self._pass()
        self.left.append((channel, reason))

    async def _pass(self) -> None:
        self.waiting += 1
        await self.gate.wait()
        self.waiting -= 1
        if self.failures:
            raise self.failures.pop(0)


@asynccontextmanager
async def running(
    rig: SlackRig, inbox: Notebook, platform: SlackPlatform | None = None
) -> AsyncIterator[SlackPlatform]:
    """A platform that listens inside the block and is cancelled at its end."""
    platform = platform or rig.platform()
    run = asyncio.create_task(platform.run(inbox))
    connected = asyncio.create_task(rig.connected())
    await asyncio.wait({run, connected}, return_when=asyncio.FIRST_COMPLETED)
    if run.done():
        connected.cancel()
        await run
    await connected
    try:
        yield platform
    finally:
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        await platform.close()
