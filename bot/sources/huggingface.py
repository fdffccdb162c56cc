"""Hugging Face Daily Papers: what its readers submitted, day by day, with votes and summaries.

Read from the JSON itself: the vendor's client library drops votes of zero, AI summaries and repositories, and
gives an earlier day than the one on Daily (huggingface.co/docs/hub/en/api).
"""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, timedelta

from bot.errors import SourceError
from bot.identity import arxiv_version
from bot.model import Link, Paper, PaperId
from bot.ports import Clock, Skipped
from bot.sources.arxiv import abstract_page, pdf_link
from bot.sources.fields import count_of, day_of, links_of, paper_or_skipped, plain_day, text_of, texts_of
from bot.sources.http import Door
from bot.sources.xml import looks_like_html

_OWN_ID = re.compile(r"[\w.-]{1,70}", re.ASCII)


class HuggingFaceDaily:
    """A PaperSource over `/api/daily_papers`, one request for each day."""

    name = "huggingface"

    def __init__(
        self, door: Door, *, clock: Clock, base_url: str = "https://huggingface.co", most_days: int = 14
    ) -> None:
        self._door = door
        self._clock = clock
        self._base = base_url.rstrip("/")
        self._most_days = most_days

    async def fetch(self, since: date) -> AsyncIterator[Paper | Skipped]:
        """Papers on Daily from `since` to today, at most `most_days` days back; see PaperSource.

        The newest day comes first, so that a failure costs old news and not today's.
        """
        today = self._clock().date()
        first = max(since, today - timedelta(days=self._most_days - 1))
        for back in range((today - first).days + 1):
            for entry in await self._day(today - timedelta(days=back)):
                if isinstance(entry, Skipped) or entry.announced_on is None or entry.announced_on >= since:
                    yield entry

    async def check(self) -> str:
        """Ask for today, and yesterday where today is empty; see PaperSource."""
        today = self._clock().date()
        for day in (today, today - timedelta(days=1)):
            papers = [entry for entry in await self._day(day) if isinstance(entry, Paper)]
            if papers:
                return f"{len(papers)} papers on {plain_day(day)}"
        return "answers; no papers today or yesterday, as on weekends"

    async def _day(self, day: date) -> list[Paper | Skipped]:
        answer = await self._door.get(
            f"{self._base}/api/daily_papers",
            source=self.name,
            params={"date": day.isoformat(), "limit": "100"},
        )
        return list(daily_papers(answer.body, day))


def daily_papers(body: bytes, day: date) -> Iterator[Paper | Skipped]:
    """The entries of the answer for `day`, in order. Raises SourceError where it is not a list of entries."""
    for position, entry in enumerate(_entries(body), 1):
        what = f"entry {position} of {day}"
        yield paper_or_skipped(what, lambda entry=entry: paper_from_entry(entry, day))  # type: ignore[misc]


def _entries(body: bytes) -> list[object]:
    if looks_like_html(body):
        raise SourceError(HuggingFaceDaily.name, "a web page instead of a list of papers")
    try:
        entries = json.loads(body)
    except (ValueError, RecursionError):
        raise SourceError(HuggingFaceDaily.name, "not JSON, or half of it") from None
    if not isinstance(entries, list):
        raise SourceError(HuggingFaceDaily.name, "no list of papers in the answer")
    return entries


def paper_from_entry(entry: object, day: date) -> Paper:
    """The paper of one entry of `day`. Raises ValueError where there is none in it.

    The inner `paper` is read: the outer `publishedAt` is four hours, and so a day, too early.
    """
    record = entry.get("paper") if isinstance(entry, Mapping) else None
    if not isinstance(record, Mapping):
        raise ValueError("no paper in it")  # noqa: TRY004 - a fault of the data
    own_id = text_of(record.get("id"))
    paper, version = _id(own_id)
    return Paper(
        id=paper,
        title=text_of(record.get("title")),
        abstract=text_of(record.get("summary")),
        summary=text_of(record.get("ai_summary")),
        authors=tuple(_authors(record.get("authors"))),
        keywords=texts_of(record.get("ai_keywords")),
        url=abstract_page(paper) if paper.startswith("arxiv:") else _page(own_id),
        links=_links(paper, own_id, record),
        published_on=day_of(record.get("publishedAt")),
        announced_on=day_of(record.get("submittedOnDailyAt")) or day,
        version=version,
        withdrawn=bool(record.get("withdrawnAt")),
        upvotes=count_of(record.get("upvotes")),
        stars=count_of(record.get("githubStars")),
        sources=(HuggingFaceDaily.name,),
    )


def _id(own_id: str) -> tuple[PaperId, int]:
    if found := arxiv_version(own_id):
        return found
    if not _OWN_ID.fullmatch(own_id):
        raise ValueError(f"no usable id: {own_id[:80]!r}")
    return PaperId(f"hf:{own_id}"), 0


def _page(own_id: str) -> str:
    return f"https://huggingface.co/papers/{own_id}"


def _authors(people: object) -> Iterator[str]:
    for person in people if isinstance(people, list) else ():
        if isinstance(person, Mapping) and person.get("hidden") is not True:
            yield text_of(person.get("name"))


def _links(paper: PaperId, own_id: str, record: Mapping[str, object]) -> tuple[Link, ...]:
    pdf = (pdf_link(paper),) if paper.startswith("arxiv:") else ()
    pairs = (
        ("code", record.get("githubRepo")),
        ("project page", record.get("projectPage")),
        ("Hugging Face", _page(own_id)),
    )
    return pdf + links_of(pairs)
