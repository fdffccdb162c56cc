"""The one door to HTTP: time limits, size cap, user agent, retries, and a pace for sources that ask for one."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

import aiohttp

from bot import __version__
from bot.errors import SourceError
from bot.sources.web.guard import LARGEST, LONGEST, MOST_TRIES, Guard
from bot.sources.web.wire import Answer, Asked, RefusedError, exchange

__all__ = ["Answer", "Door", "Turns"]

Turns = Callable[[str], AbstractAsyncContextManager[None]]
"""A pace's name → a turn of it, to be held while a request runs; turns of all processes keep the pace apart."""


@dataclass(slots=True)
class _Pace:
    """One connection at a time, and none before `free_at` (on the door's clock)."""

    seconds: float = 0.0
    free_at: float = float("-inf")
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Door:
    """Gets pages for all sources.

    `paces` maps a name to the seconds between two requests under it, whatever hosts they go to. Requests
    are tried up to `attempts` times, waiting 1, 2, 4 … s, each multiplied by 0.5 … 1.5 at random, or what
    `Retry-After` says; never longer than `longest_wait` seconds. `clock` counts seconds and may start anywhere.
    Every try under a pace that is named also holds one of the `turns`, which other processes keep too.

    With a `guard` it is for addresses that people give: public ones alone are asked, at every step of a redirect,
    at most twice, for 20 s each and 5 MB unpacked, whatever the other arguments allow.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        paces: Mapping[str, float] = MappingProxyType({"arxiv": 3.0}),
        attempts: int = 4,
        longest_wait: timedelta = timedelta(seconds=60),
        total: timedelta = timedelta(seconds=60),
        connect: timedelta = timedelta(seconds=10),
        max_bytes: int = 32 << 20,
        guard: Guard | None = None,
        turns: Turns | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if guard:
            total, attempts, max_bytes = (
                min(total, LONGEST),
                min(attempts, MOST_TRIES),
                min(max_bytes, LARGEST),
            )
        self._guard, self._turns = guard, turns
        self._agent = f"paperboy/{__version__}" + (f" (+{contact})" if contact else "")
        self._paces = {name: _Pace(seconds) for name, seconds in paces.items()}
        self._attempts = attempts
        self._longest_wait = longest_wait.total_seconds()
        self._limits = aiohttp.ClientTimeout(
            total=total.total_seconds(), connect=connect.total_seconds(), sock_connect=connect.total_seconds()
        )
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._max_bytes = max_bytes
        self._session: aiohttp.ClientSession | None = None

    async def get(
        self,
        url: str,
        *,
        source: str,
        params: Mapping[str, str] | None = None,
        pace: str | None = None,
        max_bytes: int | None = None,
        accept: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to a GET, status 200 or one of `accept`; what is in it is the caller's to check.

        Raises SourceError for any other status, a failed connection, or a body over `max_bytes` (the door's own
        where a call names none).
        """
        most = max_bytes or self._max_bytes
        if self._guard:
            most = min(most, self._max_bytes)
        asked = Asked("GET", url, params, headers, None, most, accept)
        return await self._answer(asked, source, pace)

    async def post(
        self,
        url: str,
        body: object,
        *,
        source: str,
        params: Mapping[str, str] | None = None,
        pace: str | None = None,
        accept: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to a question that is sent as JSON; otherwise as `get`."""
        asked = Asked("POST", url, params, headers, body, self._max_bytes, accept)
        return await self._answer(asked, source, pace)

    async def _answer(self, asked: Asked, source: str, pace: str | None) -> Answer:
        tried = 0
        while True:
            tried += 1
            try:
                async with self._turn(source, pace):
                    return await exchange(self._opened(), asked, self._guard)
            except RefusedError as refused:
                self._hold(pace, refused.retry_after)
                wait = self._wait(refused, tried)
                if wait is None:
                    raise self._given_up(source, refused, tried) from None
            await self._sleep(wait)

    async def close(self) -> None:
        """Give back connections. May be called twice."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def _turn(self, source: str, name: str | None) -> AsyncIterator[None]:
        if name is None:
            yield
            return
        pace = self._paces.setdefault(name, _Pace())
        async with pace.turn:
            wait = pace.free_at - self._clock()
            if wait > self._longest_wait:
                raise SourceError(source, f"asked us to wait {wait:.0f} s", retry_after=wait)
            if wait > 0:
                await self._sleep(wait)
            try:
                async with self._turns(name) if self._turns else nullcontext():
                    yield
            finally:
                pace.free_at = self._clock() + pace.seconds

    def _hold(self, name: str | None, retry_after: float | None) -> None:
        """Whoever shares the pace would be turned away too."""
        if name is not None and retry_after is not None:
            pace = self._paces[name]
            pace.free_at = max(pace.free_at, self._clock() + retry_after)

    def _wait(self, refused: RefusedError, tried: int) -> float | None:
        if not refused.again or tried >= self._attempts:
            return None
        wait: float = 2.0 ** (tried - 1) * (0.5 + self._jitter())
        if refused.retry_after is not None:
            wait = max(wait, refused.retry_after)
            return wait if wait <= self._longest_wait else None
        return min(wait, self._longest_wait)

    def _given_up(self, source: str, refused: RefusedError, tried: int) -> SourceError:
        asked = refused.retry_after
        if asked is not None and asked > self._longest_wait:
            reason = f"{refused.reason}, asked us to wait {asked:.0f} s"
        else:
            reason = refused.reason + (f", tried {tried} times" if tried > 1 else "")
        return SourceError(source, reason, retry_after=asked, status=refused.status)

    def _opened(self) -> aiohttp.ClientSession:
        """Made on the first request, because it belongs to the loop it is made in."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._limits,
                headers={"User-Agent": self._agent},
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(resolver=self._guard.resolver()) if self._guard else None,
                trust_env=False,  # a proxy would look names up behind the guard's back
            )
        return self._session
