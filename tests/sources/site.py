"""A web site of ours on 127.0.0.1 that answers what a test says, and a time that passes only by sleeping."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Entry, PaperSource, Reading, Skipped

DATA = Path(__file__).resolve().parents[1] / "data" / "sources"
Write = Callable[[str, bytes], Path]
"""Writes a file of that name and content, and says where it is."""

HTML = b"<!DOCTYPE html><html><body><h1>We are down for maintenance</h1></body></html>"


def sample(name: str) -> bytes:
    """One of the project's own samples."""
    return (DATA / name).read_bytes()


def lines(*records: object) -> bytes:
    """JSON Lines of these records."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def item(
    number: int, title: str = "A paper", more: str = "", day: str = "Thu, 12 Jun 2025 00:00:00 -0400"
) -> str:
    """An entry of an RSS feed; the ids are of a month that never was."""
    return (
        f"<item><title>{title}</title><guid isPermaLink='false'>oai:arXiv.org:9913.{number:05}v1</guid>"
        f"<description>arXiv:9913.{number:05}v1 Announce Type: new \nAbstract: Short.</description>"
        f"<category>cs.CL</category><pubDate>{day}</pubDate>{more}</item>"
    )


def rss(*items: str, end: str = "</channel></rss>") -> bytes:
    """An RSS feed with these entries."""
    head = "<rss version='2.0' xmlns:arxiv='http://arxiv.org/schemas/atom' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
    return (f"{head}<channel><title>cs.CL updates on arXiv.org</title>" + "".join(items) + end).encode()


async def taken(source: PaperSource, since: date, cursor: str = "") -> tuple[list[Entry], SourceError | None]:
    """All that a source yields, and the error that ended it."""
    entries: list[Entry] = []
    try:
        async for entry in source.fetch(since, cursor):
            entries.append(entry)
    except SourceError as error:
        return entries, error
    return entries, None


def only_papers(entries: Sequence[Entry]) -> list[Paper]:
    return [entry for entry in entries if isinstance(entry, Paper)]


def only_readings(entries: Sequence[Entry]) -> list[Reading]:
    return [entry for entry in entries if isinstance(entry, Reading)]


def only_skipped(entries: Sequence[Entry]) -> list[Skipped]:
    return [entry for entry in entries if isinstance(entry, Skipped)]


def without_cursor(entry: Entry) -> Entry:
    """The same, where what is remembered is not of interest."""
    return replace(entry, cursor=None) if isinstance(entry, Reading) else entry


TICK = 1e-5
"""Seconds that may be lost in adding and taking away floats, or where a fake time becomes a date."""


def apart(times: Sequence[float], seconds: float) -> bool:
    """Whether so many seconds at least lie between each of these times and the next."""
    return all(later - earlier >= seconds - TICK for earlier, later in pairwise(times))


class FakeTime:
    """Seconds that pass by sleeping; `naps` are the lengths of all sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Reply:
    """What the site answers once; `promise` bytes are announced but never sent, `lost` hangs up at once."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promise: int = 0
    lost: bool = False


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at: float
    body: bytes = b""


class Site:
    """Answers each path with its replies in turn, the last one for ever; 404 for others."""

    def __init__(self, time: FakeTime) -> None:
        self._time = time
        self._replies: dict[str, list[Reply]] = {}
        self.url = ""
        self.requests: list[Seen] = []
        self.together = 0
        self.most_together = 0

    def says(self, path: str, *replies: Reply | bytes) -> None:
        self._replies[path] = [r if isinstance(r, Reply) else Reply(r) for r in replies]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        at, body = self._time.now, await request.read()
        self.requests.append(Seen(request.path, dict(request.query), request.headers, at, body))
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        try:
            await asyncio.sleep(0)
            return await self._reply(request)
        finally:
            self.together -= 1

    async def _reply(self, request: web.Request) -> web.StreamResponse:
        replies = self._replies.get(request.path, [Reply(b"no such page", 404)])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.lost:
            request.transport.close()
        headers = dict(reply.headers)
        if reply.promise:
            headers["Content-Length"] = str(len(reply.body) + reply.promise)
        response = web.StreamResponse(status=reply.status, headers=headers)
        await response.prepare(request)
        await response.write(reply.body)
        if reply.promise:
            request.transport.close()
        return response


BUSY = Reply(b"busy", 503)


@asynccontextmanager
async def served(time: FakeTime) -> AsyncIterator[Site]:
    """The site while it is up."""
    site = Site(time)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        site.url = str(server.make_url("")).rstrip("/")
        yield site
