"""arXiv's history by OAI-PMH: what the feeds dropped, and all changes since a day (info.arxiv.org/help/oa)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.arxiv.harvest import EARLIEST, Harvest, harvest_from_cursor, is_fit
from bot.sources.arxiv.raw import BatchOf, Record, Refusal, Token, answered
from bot.sources.fields import plain_day
from bot.sources.web.http import Door
from bot.sources.web.xml import until_error

_LARGEST_PAGE = 96 << 20
_EXPIRED = "badResumptionToken"
_NOTHING = "noRecordsMatch"


@dataclass(frozen=True, slots=True)
class _Page:
    """One answer, taken together. `newest` is its greatest datestamp, `count` all its records."""

    entries: tuple[Paper | Skipped, ...]
    newest: date | None
    count: int
    deleted: int
    token: Token
    refusal: Refusal | None
    error: SourceError | None


class ArxivHistory:
    """A PaperSource over `oaipmh.arxiv.org`, for one category or a whole archive.

    Every page is followed by a cursor, so that a harvest that was interrupted goes on where it was. The next one asks
    for what was changed since the last; `batch_of` is arXiv's calendar of announcements.
    """

    name = "arxiv"

    def __init__(
        self,
        door: Door,
        category: str,
        *,
        clock: Clock,
        batch_of: BatchOf,
        base_url: str = "https://oaipmh.arxiv.org",
        every: timedelta = timedelta(hours=24),
    ) -> None:
        self.area = f"history {category}"
        self.every = every
        self._door, self._category = door, category
        self._clock, self._batch_of = clock, batch_of
        self._url = f"{base_url.rstrip('/')}/oai"

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Records that were changed since `since` or the last harvest; see PaperSource.

        Only papers in their first version can be news; the others come with `announced_on` None. Deleted records give
        nothing. A page that breaks off gives its whole records, and is read again the next time.
        """
        today = self._clock().date()
        harvest = harvest_from_cursor(cursor, today).begun(min(max(since, EARLIEST), today))
        renewed = False
        while True:
            page = await self._page(harvest)
            if page.refusal and page.refusal.code == _EXPIRED and harvest.token and not renewed:
                harvest, renewed = harvest.without_token(), True
                yield Reading(200, note="its resumption token has expired", cursor=harvest.cursor())
                continue
            for entry in page.entries:
                yield _not_older(entry, since)
            _refuse(page, harvest)
            harvest = harvest.after(page.count, page.newest, page.token.text)
            yield _reading(page, harvest)
            if not harvest.token:
                return

    async def check(self) -> str:
        """Ask what was changed since yesterday; see PaperSource."""
        day = self._clock().date() - timedelta(days=1)
        harvest = Harvest(start=day)
        page = await self._page(harvest)
        _refuse(page, harvest)
        more = "more than " if page.token.text else ""
        return f"{more}{page.count:,} records in {self._category} changed since {plain_day(day)}"

    async def _page(self, harvest: Harvest) -> _Page:
        answer = await self._door.get(
            self._url,
            source=self.name,
            params=harvest.params(self._category),
            pace="arxiv",
            max_bytes=_LARGEST_PAGE,
        )
        parts, error = await asyncio.to_thread(until_error, answered(answer.body, self._batch_of))
        return _page_from_parts(parts, error, self._clock().date())


def _page_from_parts(
    parts: Sequence[Record | Token | Refusal], error: SourceError | None, today: date
) -> _Page:
    """A datestamp of the future is a fault, and would make us pass over what comes before it."""
    records = [part for part in parts if isinstance(part, Record)]
    days = (record.day for record in records if record.day and record.day <= today + timedelta(days=1))
    return _Page(
        entries=tuple(record.entry for record in records if record.entry is not None),
        newest=max(days, default=None),
        count=len(records),
        deleted=sum(record.entry is None for record in records),
        token=next((part for part in parts if isinstance(part, Token)), Token("")),
        refusal=next((part for part in parts if isinstance(part, Refusal)), None),
        error=error,
    )


def _refuse(page: _Page, harvest: Harvest) -> None:
    """Raises SourceError where the page is half, an error, or leads nowhere."""
    if page.error:
        raise page.error
    if page.refusal and page.refusal.code != _NOTHING:
        text = f": {page.refusal.text}" if page.refusal.text else ""
        raise SourceError(ArxivHistory.name, f"refused the request{text} ({page.refusal.code})")
    if not page.refusal and not page.count:
        raise SourceError(ArxivHistory.name, "neither records nor a reason in the answer")
    if page.token.text and page.token.text == harvest.token:
        raise SourceError(ArxivHistory.name, "its resumption token leads back to itself")
    if not is_fit(page.token.text):
        raise SourceError(ArxivHistory.name, "its resumption token is too long to be kept")


def _not_older(entry: Paper | Skipped, since: date) -> Paper | Skipped:
    """What was news before `since` is only known."""
    if isinstance(entry, Paper) and entry.announced_on and entry.announced_on < since:
        return replace(entry, announced_on=None)
    return entry


def _reading(page: _Page, harvest: Harvest) -> Reading:
    papers = [entry for entry in page.entries if isinstance(entry, Paper)]
    # Ids of before 2007 (`hep-th/…`) are less than all others.
    greatest = max((paper.id for paper in papers), key=lambda id: (id[6:7].isdigit(), id), default="")
    return Reading(
        status=200,
        greatest=greatest,
        batch=max((paper.announced_on for paper in papers if paper.announced_on), default=None),
        note=_note(page, harvest),
        cursor=harvest.cursor(),
    )


def _note(page: _Page, harvest: Harvest) -> str:
    token = page.token
    done = token.before + page.count if token.before is not None else harvest.records
    if token.total is not None:
        far = f"{done:,} of {token.total:,}"
    else:
        far = f"{done:,} so far" if token.text else f"{harvest.records:,} in all"
    return f"page {harvest.pages}, {far}" + (f", {page.deleted:,} deleted" if page.deleted else "")
