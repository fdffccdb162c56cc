"""Hugging Face Daily Papers: what its readers submitted, day by day, and what they talk about now."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.model import Paper, PaperId
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.fields import latest_day, plain_day
from bot.sources.huggingface.diary import Part, diary_from_cursor
from bot.sources.huggingface.entries import NAME, daily_papers, listed_papers
from bot.sources.web.http import Door

_LIMIT = 100
# Where nothing is asked for, a page has 50 entries: a server that grants no more must not look like the end.
_SHORT = 50


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page brought; `papers` and `votes` are of all pages so far, `last` says that there are no more."""

    entries: list[Paper | Skipped]
    papers: int
    votes: int
    last: bool


class HuggingFaceDaily:
    """A PaperSource over `/api/daily_papers`, one request for each day.

    Votes are read again for two weeks, until they settle: at every fetch for the last days, once a day for older
    ones. What is asked for of before comes in whole weeks or months.
    """

    name = NAME
    area = "daily"

    def __init__(
        self,
        door: Door,
        *,
        clock: Clock,
        base_url: str = "https://huggingface.co",
        every: timedelta = timedelta(hours=1),
    ) -> None:
        self.every = every
        self._door, self._clock = door, clock
        self._url = f"{base_url.rstrip('/')}/api/daily_papers"

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Papers on Daily since that day, and those read before whose votes may have changed; see PaperSource.

        The newest day comes first, so that a failure costs old news and not today's. What was news before `since` comes
        with `announced_on` None.
        """
        now = self._clock()
        diary = diary_from_cursor(cursor, now)
        for part in diary.due(since, now):
            async for page in self._pages(part):
                for entry in page.entries:
                    yield known_or_news(entry, since, now.date())
                if page.last:
                    diary = diary.after(part, page.votes, page.papers, now)
                note = f"{part}: {page.papers} papers, {page.votes} votes" + ("" if page.last else " so far")
                yield _reading(page.entries, note, diary.cursor(now.date()) if page.last else None)

    async def check(self) -> str:
        """Ask for today, and yesterday where today is empty; see PaperSource."""
        today = self._clock().date()
        for day in (today, today - timedelta(days=1)):
            if papers := _papers(await self._page(Part("date", day.isoformat(), day, day), 0)):
                return f"{len(papers)} papers on {plain_day(day)}"
        return "answers; no papers today or yesterday, as on weekends"

    async def _pages(self, part: Part) -> AsyncIterator[_Page]:
        """Page by page until a short one, or one that brings nothing new."""
        votes: dict[PaperId, int] = {}
        number, last = 0, False
        while not last:
            entries = await self._page(part, number)
            new = [entry for entry in entries if isinstance(entry, Skipped) or entry.id not in votes]
            papers = _papers(new)
            votes |= {paper.id: paper.upvotes or 0 for paper in papers}
            last = len(entries) < _SHORT or not papers
            yield _Page(new if papers or number == 0 else [], len(votes), sum(votes.values()), last)
            number += 1

    async def _page(self, part: Part, number: int) -> list[Paper | Skipped]:
        answer = await self._door.get(
            self._url,
            source=NAME,
            params={part.kind: part.value, "limit": str(_LIMIT), "p": str(number)},
            pace=NAME,
        )
        if part.kind == "date":
            return list(daily_papers(answer.body, part.first))
        return list(listed_papers(answer.body, f"of {part}"))


class HuggingFaceTrending:
    """A PaperSource over the list of what is talked about now: papers of any age, with their votes."""

    name = NAME
    area = "trending"

    def __init__(
        self,
        door: Door,
        *,
        clock: Clock,
        base_url: str = "https://huggingface.co",
        every: timedelta = timedelta(hours=6),
    ) -> None:
        self.every = every
        self._door, self._clock = door, clock
        self._url = f"{base_url.rstrip('/')}/api/daily_papers"

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """The list as it is; news are only those that were submitted to Daily since that day. See PaperSource."""
        entries = await self._list()
        for entry in entries:
            yield known_or_news(entry, since, self._clock().date())
        yield _reading(entries, f"{len(_papers(entries))} papers", None)

    async def check(self) -> str:
        """Ask for the list; see PaperSource."""
        return f"{len(_papers(await self._list()))} papers are talked about"

    async def _list(self) -> list[Paper | Skipped]:
        params = {"sort": "trending", "limit": str(_LIMIT)}
        answer = await self._door.get(self._url, source=NAME, params=params, pace=NAME)
        return list(listed_papers(answer.body, "of those talked about"))


def known_or_news(entry: Paper | Skipped, since: date, today: date) -> Paper | Skipped:
    """What was news before `since`, or will be some day, is only known."""
    if isinstance(entry, Paper) and entry.announced_on and not since <= entry.announced_on <= today:
        return replace(entry, announced_on=None)
    return entry


def _papers(entries: list[Paper | Skipped]) -> list[Paper]:
    return [entry for entry in entries if isinstance(entry, Paper)]


def _reading(entries: list[Paper | Skipped], note: str, cursor: str | None) -> Reading:
    papers = _papers(entries)
    return Reading(
        status=200,
        greatest=max((paper.id for paper in papers), default=""),
        batch=latest_day(entries),
        note=note,
        cursor=cursor,
    )
