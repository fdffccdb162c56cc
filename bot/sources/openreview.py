"""OpenReview: the public submissions of a venue (docs.openreview.net, API version 2)."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.fields import count_of
from bot.sources.openreview_notes import NAME, entry_from_note, moment_of
from bot.sources.web.http import Answer, Door
from bot.sources.web.jsonbody import items_of, object_of, reason_of, value_of

_LIMIT = 1000
_PAGES = 30
# Notes change while they are being read.
_OVERLAP = 3_600_000
_NOTHING = "no submission is public yet"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its notes, how many there are in all (None: not told), and what was refused (empty: nothing)."""

    notes: list[object]
    count: int | None = None
    refused: str = ""


class OpenReview:
    """A PaperSource over `/notes`: a venue's submissions, the last changed ones first.

    Asking for those created since the last time (`mintcdate`) would miss what became public, was accepted or
    was withdrawn later, so we read back until nothing has changed since. `venue` is its id
    (`ICLR.cc/2027/Conference`).
    """

    name = NAME

    def __init__(
        self,
        door: Door,
        venue: str,
        *,
        clock: Clock,
        base_url: str = "https://api2.openreview.net",
        every: timedelta = timedelta(hours=12),
    ) -> None:
        self.area = venue
        self.every = every
        self._door = door
        self._clock = clock
        self._notes = f"{base_url.rstrip('/')}/notes"

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Submissions that changed since the cursor's moment, or since that day; see PaperSource."""
        floor = _moment_from_cursor(cursor) or _milliseconds(datetime.combine(since, time(), UTC))
        now = self._clock()
        query, page = await self._first()
        read, newest = 0, 0
        while True:
            changed = [note for note in page.notes if _changed(note) >= floor or not _changed(note)]
            for entry in await asyncio.to_thread(_entries, changed, read, since, now.date()):
                yield entry
            newest = max([newest, *map(_changed, page.notes)])
            read += len(page.notes)
            if _is_last(page, read) or _has_passed(page.notes, floor):
                # A moment to come would hide all that changes before it.
                until = min(newest, _milliseconds(now))
                yield Reading(200, cursor=_cursor(until) if until else None, note="" if read else _NOTHING)
                return
            if read >= _PAGES * _LIMIT:
                yield Reading(200, note=f"more than {read} submissions changed, the rest is not read")
                return
            yield Reading(200)
            page = await self._page(query, read)

    async def check(self) -> str:
        """Ask for one submission; see PaperSource."""
        _, page = await self._first(limit=1)
        if not page.notes:
            return f"answers; {_NOTHING}"
        many = f"{page.count} submissions" if page.count is not None else "submissions"
        return f"{many} to {self.area}"

    async def _first(self, limit: int = _LIMIT) -> tuple[Mapping[str, str], Page]:
        """The first page, and what it was asked with: accepted papers may stand under the venue itself only.

        Raises SourceError where the venue is unknown.
        """
        submitted = {"invitation": f"{self.area}/-/Submission"}
        page = await self._page(submitted, 0, limit)
        if page.notes:
            return submitted, page
        accepted = {"content.venueid": self.area}
        other = await self._page(accepted, 0, limit)
        if page.refused and not other.notes:
            raise SourceError(NAME, page.refused)
        return accepted, other

    async def _page(self, query: Mapping[str, str], offset: int, limit: int = _LIMIT) -> Page:
        params = {**query, "limit": str(limit), "offset": str(offset), "sort": "tmdate:desc"}
        answer = await self._door.get(
            self._notes, source=NAME, params=params, pace=NAME, accept={400, 401, 403, 404}
        )
        page = await asyncio.to_thread(page_of, answer)
        if page.refused and (answer.status != 404 or offset):
            raise SourceError(NAME, page.refused)
        return page


def page_of(answer: Answer) -> Page:
    """The notes of one answer, or why it was refused. Raises SourceError where it is neither."""
    if answer.status != 200:
        words = reason_of(answer.body, "message", "name")
        return Page([], refused=f"HTTP {answer.status}" + (f": {words}" if words else ""))
    page = object_of(value_of(answer.body, NAME))
    if not isinstance(page.get("notes"), list):
        words = reason_of(answer.body, "message", "name")
        raise SourceError(NAME, words or "no list of notes in the answer")
    return Page(items_of(page["notes"]), count_of(page.get("count")))


def _entries(notes: list[object], before: int, since: date, today: date) -> list[Paper | Skipped]:
    return [entry_from_note(note, before + n, since, today) for n, note in enumerate(notes, 1)]


def _changed(note: object) -> int:
    """When it was last changed; 0 where it does not tell."""
    fields = object_of(note)
    return moment_of(fields.get("tmdate")) or moment_of(fields.get("tcdate"))


def _has_passed(notes: list[object], floor: int) -> bool:
    """Whether all that follows is older; only an answer in the order we asked for can tell."""
    moments = [_changed(note) for note in notes]
    in_order = all(one >= other for one, other in pairwise(moments))
    return in_order and 0 < moments[-1] < floor


def _is_last(page: Page, read: int) -> bool:
    """A short page is the last one, unless it is told that there are more."""
    return not page.notes or (len(page.notes) < _LIMIT and read >= (page.count or 0))


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _cursor(moment: int) -> str:
    return json.dumps({"changed": moment})


def _moment_from_cursor(cursor: str) -> int:
    """0 where it is nonsense."""
    try:
        moment = moment_of(object_of(json.loads(cursor)).get("changed"))
    except (ValueError, RecursionError):
        return 0
    return max(0, moment - _OVERLAP)
