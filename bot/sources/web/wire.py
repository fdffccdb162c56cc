"""One request as it goes over the wire: redirects, size cap, and what went wrong in plain words."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from bot.sources.web.guard import NO_WEB_ADDRESS, AddressRefusedError, Guard

_AGAIN = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_MOST_REDIRECTS = 5
_CHUNK = 64 * 1024
_MEGABYTE = 1 << 20
_KEYS = frozenset({"x-api-key", "authorization"})
_CIRCLES = "redirected in circles"

# The first that fits counts: some are kinds of others further down.
_LOSSES: tuple[tuple[type[Exception], str, bool], ...] = (
    (aiohttp.TooManyRedirects, _CIRCLES, False),
    (aiohttp.NonHttpUrlClientError, NO_WEB_ADDRESS, False),
    (ValueError, NO_WEB_ADDRESS, False),  # also a host name that cannot be one
    (aiohttp.ClientSSLError, "its certificate cannot be trusted", False),
    (aiohttp.ConnectionTimeoutError, "no connection in time", True),
    (TimeoutError, "no whole answer in time", True),
    (aiohttp.ClientConnectorDNSError, "its host name is unknown", True),
    (aiohttp.ClientConnectorError, "cannot connect", True),
    (aiohttp.ClientPayloadError, "the answer broke off", True),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, the whole body, headers by any spelling of their names.

    `address` is where a guarded page lives for good: the one asked for, or where permanent redirects alone led.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it goes out."""

    method: str
    url: str
    params: Mapping[str, str] | None
    headers: Mapping[str, str] | None
    body: object
    max_bytes: int
    accept: Collection[int]


class RefusedError(Exception):
    """One try failed: why, whether another may help, how many seconds we were asked to wait; the status, or 0."""

    def __init__(
        self, reason: str, *, again: bool, retry_after: float | None = None, status: int = 0
    ) -> None:
        self.reason = reason
        self.again = again
        self.retry_after = retry_after
        self.status = status
        super().__init__(reason)


async def exchange(session: aiohttp.ClientSession, asked: Asked, guard: Guard | None = None) -> Answer:
    """The answer of status 200 or one of `accept`. Raises RefusedError for everything else.

    With a guard every address on the way is checked before it is asked.
    """
    try:
        if guard is None:
            return await _ask(session, asked)
        async with asyncio.timeout(session.timeout.total):  # over all redirects
            return await _follow(session, asked, guard)
    except AddressRefusedError as refused:
        raise RefusedError(str(refused), again=False) from None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise _lost(error) from None  # its text may hold the query


async def _ask(session: aiohttp.ClientSession, asked: Asked) -> Answer:
    async with session.request(
        asked.method,
        asked.url,
        params=asked.params,
        headers=asked.headers,
        json=asked.body,
        max_redirects=_MOST_REDIRECTS,
        # A key belongs to the host it was sent to.
        allow_redirects=_KEYS.isdisjoint(name.lower() for name in asked.headers or ()),
    ) as response:
        return await _answer(response, asked)


async def _follow(session: aiohttp.ClientSession, asked: Asked, guard: Guard) -> Answer:
    """Redirects by hand, because the library would not ask the guard. Only a GET is followed."""
    url, home = URL(asked.url), asked.url
    params, moving = asked.params, True
    for _ in range(_MOST_REDIRECTS + 1):
        guard.check(url)
        async with session.request(
            asked.method, url, params=params, headers=asked.headers, json=asked.body, allow_redirects=False
        ) as response:
            target = response.headers.get("Location", "")
            if response.status not in _REDIRECTS or asked.method != "GET" or not target:
                return await _answer(response, asked, home)
            url, params = response.url.join(URL(target)), None
            moving = moving and response.status in _FOR_GOOD
            home = str(url) if moving else home
    raise RefusedError(_CIRCLES, again=False)


async def _answer(response: aiohttp.ClientResponse, asked: Asked, address: str = "") -> Answer:
    if response.status != 200 and response.status not in asked.accept:
        raise _refusal(response)
    return Answer(response.status, await _body(response, asked.max_bytes), response.headers, address)


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_chunked(_CHUNK):
        size += len(part)
        if size > max_bytes:
            raise RefusedError(f"the answer is larger than {max_bytes / _MEGABYTE:.3g} MB", again=False)
        parts.append(part)
    return b"".join(parts)


def _refusal(response: aiohttp.ClientResponse) -> RefusedError:
    again = response.status in _AGAIN
    wait = _retry_after(response.headers) if again else None
    return RefusedError(f"HTTP {response.status}", again=again, retry_after=wait, status=response.status)


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


def _lost(error: Exception) -> RefusedError:
    """In plain words, because the library's words name the whole address."""
    for kind, reason, again in _LOSSES:
        if isinstance(error, kind):
            return RefusedError(reason, again=again)
    return RefusedError("the connection broke", again=True)
