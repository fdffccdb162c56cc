"""Crossref: what a journal published (github.com/CrossRef/rest-api-doc).

Preprints of arXiv are not here: their DOIs are DataCite's.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.crossref_records import NAME, entries_from_work
from bot.sources.fields import count_of, text_of
from bot.sources.first_seen import FirstSeen
from bot.sources.web.http import Answer, Door
from bot.sources.web.jsonbody import items_of, object_of, reason_of, value_of

_ROWS = 200
_PAGES = 5
_CHECKED = timedelta(days=30)
_LOOK_BACK = timedelta(days=7)  # what a publisher registers may be found only days later


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its works, what asks for the next page (empty: none), how many there are in all."""

    works: list[object]
    cursor: str
    total: int | None


class Crossref:
    """A PaperSource over `/journals/{ISSN}/works`, the newest first, 200 a page.

    `contact` is an e-mail address; with one, Crossref answers from its faster pool.
    """

    name = NAME

    def __init__(
        self,
        door: Door,
        issn: str,
        *,
        clock: Clock,
        contact: str = "",
        base_url: str = "https://api.crossref.org",
        every: timedelta = timedelta(hours=12),
    ) -> None:
        self.area = issn
        self.every = every
        self._door = door
        self._clock = clock
        self._mail = {"mailto": contact} if "@" in contact and "/" not in contact else {}
        self._works = f"{base_url.rstrip('/')}/journals/{quote(issn, safe='')}/works"

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Articles registered from seven days before `since` on, five pages at most; see PaperSource.

        The cursor remembers which ones we saw.
        """
        today = self._clock().date()
        first, memory = since - _LOOK_BACK, FirstSeen(cursor, "doi", since, today)
        mark, read = "*", 0
        for number in range(1, _PAGES + 1):
            page = await self._page(first, mark)
            for entry in await asyncio.to_thread(_entries, page.works, read, first, today):
                yield memory.dated(entry, entry.announced_on if isinstance(entry, Paper) else None)
            read += len(page.works)
            last = len(page.works) < _ROWS or not page.cursor
            cut = number == _PAGES and not last and read != page.total
            if cut:
                memory.cut()
            note = f"more than {read} articles, the rest is not read" if cut else ""
            yield Reading(200, note=note, cursor=memory.cursor(ended=last or number == _PAGES))
            if last:
                return
            mark = page.cursor

    async def check(self) -> str:
        """Ask for the last 30 days; see PaperSource."""
        page = await self._page(self._clock().date() - _CHECKED, "*", rows=1)
        total = len(page.works) if page.total is None else page.total
        titles = object_of(page.works[0]).get("container-title") if page.works else None
        journal = next((text for text in map(text_of, items_of(titles)) if text), f"ISSN {self.area}")
        return f"{total} articles of {journal} in the last {_CHECKED.days} days"

    async def _page(self, first: date, mark: str, rows: int = _ROWS) -> Page:
        params = {
            "filter": f"from-created-date:{first.isoformat()},type:journal-article",
            "sort": "created",
            "order": "desc",
            "cursor": mark,
            "rows": str(rows),
        }
        answer = await self._door.get(
            self._works, source=NAME, params=params | self._mail, pace=NAME, accept={400, 404}
        )
        if answer.status == 404:
            raise SourceError(NAME, f"knows no journal with the ISSN {self.area}")
        return await asyncio.to_thread(page_of, answer)


def page_of(answer: Answer) -> Page:
    """The works of one answer, as they are. Raises SourceError where it is a refusal, or no list of works."""
    if answer.status != 200:
        raise SourceError(NAME, _refusal(answer))
    message = object_of(object_of(value_of(answer.body, NAME)).get("message"))
    if not isinstance(message.get("items"), list):
        raise SourceError(NAME, "no list of works in the answer")
    return Page(
        items_of(message["items"]),
        text_of(message.get("next-cursor")),
        count_of(message.get("total-results")),
    )


def _refusal(answer: Answer) -> str:
    """A refused question says in a list what is wrong with it."""
    try:
        faults: Mapping[str, object] = object_of(value_of(answer.body, NAME))
    except SourceError:
        faults = {}
    said = [text_of(object_of(fault).get("message")) for fault in items_of(faults.get("message"))]
    words = next((text[:200] for text in said if text), "") or reason_of(answer.body, "message")
    return f"HTTP {answer.status}" + (f": {words}" if words else "")


def _entries(works: list[object], before: int, since: date, today: date) -> list[Paper | Skipped]:
    read = (entries_from_work(work, before + n, since, today) for n, work in enumerate(works, 1))
    return [entry for entries in read for entry in entries]
