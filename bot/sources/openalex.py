"""OpenAlex: works of all fields, by a search (developers.openalex.org)."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.fields import count_of, left_out, paper_or_skipped, plain_day, text_of
from bot.sources.first_seen import LATEST, FirstSeen
from bot.sources.openalex_work import FIELDS, NAME, paper_from_work
from bot.sources.web.http import Door
from bot.sources.web.jsonbody import object_of, part, value_of

_CHECKED = timedelta(days=7)
_MOST_PAGES = 5
_PER_PAGE = 100
_REFUSALS = frozenset({400, 401, 403})


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its entries, how many works it had and there are in all (None: not told), and the next cursor."""

    entries: tuple[Paper | Skipped, ...]
    size: int
    count: int | None
    cursor: str

    def ends(self, read: int, asked_at: Mapping[str, str]) -> bool:
        """Whether nothing is to be had after it, `read` works into the list."""
        if self.size == 0 or (self.count is not None and read >= self.count):
            return True
        return "cursor" in asked_at and self.cursor in {"", asked_at["cursor"]}


class OpenAlex:
    """A PaperSource over `/works`; `search` is words as people type them, and its area.

    `key` is an API key: without one a day's searches are few, and pages are asked for by number, because the API
    answers 401 to a cursor. `contact` is an address to write to. Five hundred works a run are read, the newest first.
    """

    name = NAME

    def __init__(
        self,
        door: Door,
        search: str,
        *,
        clock: Clock,
        key: str = "",
        contact: str = "",
        base_url: str = "https://api.openalex.org",
        every: timedelta = timedelta(hours=12),
    ) -> None:
        self.area = search
        self.every = every
        self._door = door
        self._clock = clock
        self._key = key
        self._about_us = {"mailto": contact} if "@" in contact else {}
        self._works = f"{base_url.rstrip('/')}/works"

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Works that came out in the last 30 days, or since that day, the newest first; see PaperSource.

        Works are listed days after they came out, and the day on which OpenAlex learned of one is told to paying
        customers only. So the cursor remembers which ones we saw.
        """
        today = self._clock().date()
        first = min(since, today - LATEST)
        memory = FirstSeen(cursor, NAME, since, today)
        after, read = "*", 0
        for number in range(1, _MOST_PAGES + 1):
            place = {"cursor": after} if self._key else {"page": str(number)}
            page, status = await self._page(first, today, _PER_PAGE, place)
            for entry in page.entries:
                yield memory.dated(entry, _day(entry))
            read += page.size
            ended = page.ends(read, place) or number == _MOST_PAGES
            note = left_out(read, page.count) if ended else ""
            if note:
                memory.cut()
            yield Reading(
                status, batch=_latest_day(page, today), note=note, cursor=memory.cursor(ended=ended)
            )
            if ended:
                return
            after = page.cursor

    async def check(self) -> str:
        """Ask how many works of the search came out in the last week; see PaperSource."""
        today = self._clock().date()
        page, _ = await self._page(today - _CHECKED, today, 1, {})
        return f"{page.count or page.size} papers since {plain_day(today - _CHECKED)}"

    async def _page(self, first: date, last: date, size: int, place: Mapping[str, str]) -> tuple[Page, int]:
        params = {
            "search": self.area,
            "filter": f"from_publication_date:{first},to_publication_date:{last}",
            "sort": "publication_date:desc",
            "per_page": str(size),
            "select": ",".join(FIELDS),
            **place,
            **self._about_us,
            **({"api_key": self._key} if self._key else {}),
        }
        answer = await self._door.get(
            self._works, source=self.name, params=params, pace="openalex", accept=_REFUSALS
        )
        if answer.status in _REFUSALS:
            raise SourceError(self.name, f"HTTP {answer.status}{self._reason(answer.body)}")
        return await asyncio.to_thread(page_of, answer.body), answer.status

    def _reason(self, body: bytes) -> str:
        """Why it refused, in its own words; they may repeat the address we asked, and the key in it."""
        try:
            refusal = object_of(value_of(body, self.name))
        except SourceError:
            return ""
        words = text_of(refusal.get("message")) or text_of(refusal.get("error"))
        words = words.replace(self._key, "…") if self._key else words
        return f": {words[:200]}" if words else ""


def page_of(body: bytes) -> Page:
    """The works of one answer, in order. Raises SourceError where it is no list of works."""
    found = value_of(body, NAME)
    works = part(found, "results")
    if not isinstance(works, list):
        raise SourceError(NAME, "no list of works in the answer")
    cursor = text_of(part(found, "meta", "next_cursor"))
    return Page(tuple(_entries(works)), len(works), count_of(part(found, "meta", "count")), cursor)


def _entries(works: list[object]) -> Iterator[Paper | Skipped]:
    for position, work in enumerate(works, 1):
        what = text_of(part(work, "id"))[-80:] or f"work {position}"
        yield paper_or_skipped(what, lambda work=work: paper_from_work(work))  # type: ignore[misc]


def _day(entry: Paper | Skipped) -> date | None:
    """When it came out; journals date works into the future."""
    return entry.published_on if isinstance(entry, Paper) else None


def _latest_day(page: Page, today: date) -> date | None:
    days = (e.published_on for e in page.entries if isinstance(e, Paper) and e.published_on)
    return max((day for day in days if day <= today), default=None)
