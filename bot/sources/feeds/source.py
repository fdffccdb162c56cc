"""Any RSS or Atom feed: a lab's news, a journal's table of contents, a blog (RFC 4287, rssboard.org)."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Clock, Entry, Reading
from bot.sources.feeds.entry import paper_from_entry
from bot.sources.feeds.parser import MOST_ENTRIES, read_apart
from bot.sources.fields import day_of, paper_or_skipped, plain_day, text_of, validator_of, web_address
from bot.sources.first_seen import LATEST, mark_of
from bot.sources.web.http import Answer, Door

NAME = "feed"
_ACCEPT = {"Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"}
_GONE = 410
# Of their own, because a slow feed must not take the threads that everything else needs.
_READERS = ThreadPoolExecutor(2, thread_name_prefix="feeds")
_UNCHANGED = 304
_LONGEST_TITLE = 200

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the cursor holds: the validators of the last answer, and when entries without a day were first seen."""

    etag: str = ""
    modified: str = ""
    seen: Mapping[str, str] | None = None

    def headers(self) -> dict[str, str]:
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return _ACCEPT | {name: value for name, value in named.items() if value}


class FeedSource:
    """A PaperSource over one feed, whose entries are taken for papers.

    Anybody may have written it. So an entry names one id alone, because two would make one paper of two stored
    ones, and no version, because a newer version's words replace a paper's; unless the feed is `trusted`.
    """

    def __init__(
        self,
        door: Door,
        url: str,
        *,
        clock: Clock,
        title: str = "",
        every: timedelta = timedelta(minutes=60),
        name: str = NAME,
        source_name: str | None = None,
        trusted: bool = False,
    ) -> None:
        self._door = door
        self._clock = clock
        self._source = source_name or f"feed:{url}"
        self._trusted = trusted
        self.name, self.area, self.every, self.title = name, url, every, title

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """The entries published on `since` or later; see PaperSource.

        An entry without a day, or with one to come, is news on the day it is first seen; so is one that was not there
        before though it is older, by up to 30 days.
        """
        kept = _kept(cursor)
        accept = {_GONE, _UNCHANGED} if kept.etag or kept.modified else {_GONE}
        answer = await self._door.get(self.area, source=self.name, headers=kept.headers(), accept=accept)
        if answer.status == _UNCHANGED:
            yield Reading(_UNCHANGED)
            return
        feed = await read_feed(answer, self.area, self.name)
        seen: dict[str, str] = {}
        for paper in self._papers(feed, since, kept.seen, seen):
            if not isinstance(paper, Paper) or (paper.announced_on and paper.announced_on >= since):
                yield paper
        yield Reading(answer.status, note=_note(feed), cursor=_cursor(answer, seen))

    async def check(self) -> str:
        """Read the feed once; see PaperSource."""
        feed = await read_feed(await _answer(self._door, self.area, self.name), self.area, self.name)
        days = [day for record in _records(feed) for day in _days(record)]
        count = len(_records(feed))
        entries = "1 entry" if count == 1 else f"{count} entries"
        return entries + (f", the newest of {plain_day(max(days))}" if days else "")

    def _papers(
        self, feed: Record, since: date, known: Mapping[str, str] | None, seen: dict[str, str]
    ) -> Iterator[Entry]:
        """Fills `seen` with the days of all entries; `known` are those of the fetch before, None at first."""
        today = self._clock().date()
        records = _records(feed)
        shared = _shared(records)
        for position, record in enumerate(records, 1):
            what = text_of(record.get("title"))[:80] or f"entry {position}"
            paper = paper_or_skipped(
                what,
                lambda record=record: paper_from_entry(  # type: ignore[misc]
                    record,
                    _announced(record, since, today, known, seen),
                    feed=self.area,
                    shared=shared,
                    source=self._source,
                    trusted=self._trusted,
                ),
            )
            yield paper


async def feed_title(door: Door, url: str) -> tuple[str, str]:
    """The address and the title of a feed that somebody wants to add.

    The address is the one given, or where it has moved for good. Raises SourceError, in plain words, where there is
    no feed; a web page's own feeds are named then.
    """
    answer = await _answer(door, url, NAME)
    feed = await read_feed(answer, url, NAME)
    address = web_address(answer.address) or url
    return address, text_of(feed.get("title"))[:_LONGEST_TITLE] or urlsplit(address).hostname or address


async def _answer(door: Door, url: str, source: str) -> Answer:
    return await door.get(url, source=source, headers=_ACCEPT, accept={_GONE})


async def read_feed(answer: Answer, url: str, source: str) -> Record:
    """What is in the answer, as the parser tells it. Raises SourceError where it is no feed, or gone."""
    if answer.status == _GONE:
        raise SourceError(source, "the feed is gone for good")
    kind = answer.headers.get("Content-Type", "")
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_READERS, read_apart, answer.body, kind, answer.address or url)
    except ValueError as error:
        raise SourceError(source, str(error)) from None


def _records(feed: Record) -> list[Record]:
    entries = feed.get("entries")
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def _shared(records: list[Record]) -> frozenset[str]:
    """Addresses and ids under which several titles stand, so that they name none of them (a feed's own home)."""
    pairs = {(text_of(r.get(name)), text_of(r.get("title"))) for r in records for name in ("link", "id")}
    counts = Counter(named for named, _ in pairs)
    return frozenset(named for named, count in counts.items() if count > 1)


def _days(record: Record) -> list[date]:
    days = (day_of(record.get(name)) for name in ("published", "updated"))
    return [day for day in days if day]


def _announced(
    record: Record, since: date, today: date, known: Mapping[str, str] | None, seen: dict[str, str]
) -> date:
    """Its own day, or where that is to come, or older than it was ever seen, the day on which it was first seen."""
    mark = _mark(record)
    before = day_of((known or {}).get(mark))
    own = next((day for day in _days(record) if day <= today), None)
    taken = own and (known is None or own >= since or own < today - LATEST)
    first = min(before, today) if before else own if own and taken else today
    seen[mark] = first.isoformat()
    return first


def _mark(record: Record) -> str:
    named = [text_of(record.get(name)) for name in ("id", "link", "title")]
    return mark_of(next(filter(None, named), ""))


def _note(feed: Record) -> str:
    notes = ["not well-formed, read as far as that goes"] if feed.get("broken") else []
    count = feed.get("count")
    if isinstance(count, int) and count > MOST_ENTRIES:
        notes.append(f"only {MOST_ENTRIES} of its {count} entries are read")
    return "; ".join(notes)


def _kept(cursor: str) -> _Kept:
    try:
        kept = json.loads(cursor)
    except (ValueError, RecursionError):
        return _Kept()
    if not isinstance(kept, dict):
        return _Kept()
    seen = kept.get("seen")
    return _Kept(
        validator_of(kept.get("etag")),
        validator_of(kept.get("modified")),
        seen if isinstance(seen, dict) else None,
    )


def _cursor(answer: Answer, seen: Mapping[str, str]) -> str:
    etag, modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    return json.dumps({"etag": validator_of(etag), "modified": validator_of(modified), "seen": seen})
