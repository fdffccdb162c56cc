"""The one door to HTTP: time limits, size cap, user agent, retries, and a pace for sources that ask for one."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType

import aiohttp

from bot import __version__
from bot.errors import SourceError

_AGAIN = frozenset({429, 500, 502, 503, 504})
_MOST_REDIRECTS = 5
_CHUNK = 64 * 1024
_MEGABYTE = 1 << 20

# The first that fits counts: some are kinds of others further down.
_LOSSES: tuple[tuple[type[Exception], str, bool], ...] = (
    (aiohttp.TooManyRedirects, "redirected in circles", False),
    (aiohttp.NonHttpUrlClientError, "its address is not a web address", False),
    (ValueError, "its address is not a web address", False),  # also a host name that cannot be one
    (aiohttp.ClientSSLError, "its certificate cannot be trusted", False),
    (aiohttp.ConnectionTimeoutError, "no connection in time", True),
    (TimeoutError, "no whole answer in time", True),
    (aiohttp.ClientConnectorDNSError, "its host name is unknown", True),
    (aiohttp.ClientConnectorError, "cannot connect", True),
    (aiohttp.ClientPayloadError, "the answer broke off", True),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, the whole body, headers by any spelling of their names."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request as it goes out."""

    method: str
    url: str
    params: Mapping[str, str] | None
    headers: Mapping[str, str] | None
    body: object
    max_bytes: int
    accept: Collection[int]


class _RefusedError(Exception):
    """One try failed: why, whether another may help, and how many seconds we were asked to wait."""

    def __init__(self, reason: str, *, again: bool, retry_after: float | None = None) -> None:
        self.reason = reason
        self.again = again
        self.retry_after = retry_after
        super().__init__(reason)


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
        max_bytes: int = 32 * _MEGABYTE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
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
        asked = _Asked("GET", url, params, headers, None, max_bytes or self._max_bytes, accept)
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
        asked = _Asked("POST", url, params, headers, body, self._max_bytes, accept)
        return await self._answer(asked, source, pace)

    async def _answer(self, asked: _Asked, source: str, pace: str | None) -> Answer:
        tried = 0
        while True:
            tried += 1
            try:
                async with self._turn(source, pace):
                    return await self._once(asked)
            except _RefusedError as refused:
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
                yield
            finally:
                pace.free_at = self._clock() + pace.seconds

    def _hold(self, name: str | None, retry_after: float | None) -> None:
        """Whoever shares the pace would be turned away too."""
        if name is not None and retry_after is not None:
            pace = self._paces[name]
            pace.free_at = max(pace.free_at, self._clock() + retry_after)

    def _wait(self, refused: _RefusedError, tried: int) -> float | None:
        if not refused.again or tried >= self._attempts:
            return None
        wait: float = 2.0 ** (tried - 1) * (0.5 + self._jitter())
        if refused.retry_after is not None:
            wait = max(wait, refused.retry_after)
            return wait if wait <= self._longest_wait else None
        return min(wait, self._longest_wait)

    def _given_up(self, source: str, refused: _RefusedError, tried: int) -> SourceError:
        asked = refused.retry_after
        if asked is not None and asked > self._longest_wait:
            reason = f"{refused.reason}, asked us to wait {asked:.0f} s"
        else:
            reason = refused.reason + (f", tried {tried} times" if tried > 1 else "")
        return SourceError(source, reason, retry_after=asked)

    async def _once(self, asked: _Asked) -> Answer:
        try:
            async with self._opened().request(
                asked.method,
                asked.url,
                params=asked.params,
                headers=asked.headers,
                json=asked.body,
                max_redirects=_MOST_REDIRECTS,
            ) as response:
                if response.status != 200 and response.status not in asked.accept:
                    raise _refusal(response)
                return Answer(response.status, await _body(response, asked.max_bytes), response.headers)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _lost(error) from None  # its text may hold the query

    def _opened(self) -> aiohttp.ClientSession:
        """Made on the first request, because it belongs to the loop it is made in."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._limits,
                headers={"User-Agent": self._agent},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_chunked(_CHUNK):
        size += len(part)
        if size > max_bytes:
            raise _RefusedError(f"the answer is larger than {max_bytes / _MEGABYTE:.3g} MB", again=False)
        parts.append(part)
    return b"".join(parts)


def _refusal(response: aiohttp.ClientResponse) -> _RefusedError:
    again = response.status in _AGAIN
    return _RefusedError(
        f"HTTP {response.status}", again=again, retry_after=_retry_after(response.headers) if again else None
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, or an HTTP date, which is read against the server's own clock (RFC 9110, 10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _lost(error: Exception) -> _RefusedError:
    """In plain words, because the library's words name the whole address."""
    for kind, reason, again in _LOSSES:
        if isinstance(error, kind):
            return _RefusedError(reason, again=again)
    return _RefusedError("the connection broke", again=True)
