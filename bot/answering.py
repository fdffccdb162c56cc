"""Commands and completions, each in threads of their own, and what these ask of the loop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from bot import commands
from bot.errors import SourceError, UserError
from bot.model import Completion, Message, Request, Typing

T = TypeVar("T")

TYPING_WITHIN = 1.0
"""Seconds that people who type are served within, or not at all: later they have typed on."""
_LOOK_UP_WITHIN = 20


class Wait(Protocol):
    """From a command's thread: the answer of something that lives on the loop. Raises SourceError."""

    def __call__(self, question: Awaitable[T]) -> T:
        """Blocks the thread."""


class Answering:
    """Asks `desk_of` for a desk (True: one for somebody who types) and `commands` for an answer.

    `watch` logs what failed while somebody typed.
    """

    def __init__(
        self,
        desk_of: Callable[[Wait, bool], commands.Desk],
        watch: Callable[[str], AbstractContextManager[None]],
        typing_within: float = TYPING_WITHIN,
    ) -> None:
        self._desk_of, self._watch, self._typing_within = desk_of, watch, typing_within
        # Neither takes threads that those who fetch and deliver need, and a command may wait for something that needs
        # one of those. Who types never waits for who has asked.
        self._commands = ThreadPoolExecutor(8, thread_name_prefix="commands")
        self._typing = ThreadPoolExecutor(2, thread_name_prefix="typing")

    async def answer(self, request: Request) -> Message:
        """Raises UserError, and whatever fails otherwise; a source that cannot be asked is an answer."""
        try:
            return await self.dispatched(request)
        except SourceError as error:
            return Message(
                f"I could not ask {error.source} just now ({error.reason}). Try again in a minute."
            )

    async def dispatched(self, request: Request) -> Message:
        """Raises BotError."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._commands, lambda: commands.dispatch(self._desk_of(_waiter(loop), False), request)
        )

    async def completions(self, typing: Typing) -> Sequence[Completion]:
        """What the person may mean; nothing where that failed or took too long. Never raises."""
        loop = asyncio.get_running_loop()
        asked = loop.run_in_executor(self._typing, self._completed, _waiter(loop), typing)
        try:
            # What has not begun by then is dropped, so that no queue grows behind a slow store.
            return await asyncio.wait_for(asked, self._typing_within)
        except (TimeoutError, UserError):
            return ()

    def _completed(self, wait: Wait, typing: Typing) -> Sequence[Completion]:
        found: Sequence[Completion] = ()
        with self._watch("typing"):
            found = commands.complete(self._desk_of(wait, True), typing)
        return found

    def close(self) -> None:
        """Wait for what is being answered."""
        self._commands.shutdown(wait=True, cancel_futures=True)
        self._typing.shutdown(wait=True, cancel_futures=True)


def _waiter(loop: asyncio.AbstractEventLoop) -> Wait:
    def wait(question: Awaitable[T]) -> T:
        future = asyncio.run_coroutine_threadsafe(_awaited(question), loop)
        try:
            return future.result(_LOOK_UP_WITHIN)
        except TimeoutError as error:
            future.cancel()
            raise SourceError("the source", f"no answer within {_LOOK_UP_WITHIN} s") from error

    return wait


async def _awaited(awaitable: Awaitable[T]) -> T:
    return await awaitable
