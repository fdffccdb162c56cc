"""Semantic Scholar's two searches: what is new for a standing search, and what a person looks for."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from bot.identity import cleaned
from bot.model import Paper, PaperId
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.fields import count_of, plain_day, text_of
from bot.sources.first_seen import LATEST, FirstSeen
from bot.sources.semantic_scholar.records import (
    FIELDS,
    FIELDS_AND_TLDR,
    HOME,
    NAME,
    ScholarApi,
    agreed,
    entries_of,
    name_of,
    page_of,
    paper_from_record,
)
from bot.sources.web.http import Answer, Door

log = logging.getLogger(__name__)

_PAGES = 3
_MOST = 100
_CUT = f"more than {_PAGES} pages match, the rest is not read"
_CHECKED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Page:
    """One answer: its papers, what asks for the next page (empty: none), and how many papers match in all."""

    entries: list[Paper | Skipped]
    token: str
    total: int | None


class SemanticScholarSearch:
    """A PaperSource over bulk search: everything that matches, a thousand papers a page, the newest first.

    `search` is in bulk search's language: words, "a phrase", `+` and, `|` or, `-` not, `*`, `~`.
    """

    name = NAME

    def __init__(
        self,
        door: Door,
        search: str,
        *,
        clock: Clock,
        key: str = "",
        base_url: str = HOME,
        every: timedelta = timedelta(hours=12),
    ) -> None:
        self.area = search
        self.every = every
        self._clock = clock
        self._api = ScholarApi(door, key=key, base_url=base_url)

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Papers published in the last 30 days, or since that day, three pages at most; see PaperSource.

        A paper without a day, or with a day to come, is not announced. Papers are found days after they came out,
        so the cursor remembers which ones we saw.
        """
        today = self._clock().date()
        first, memory = min(since, today - LATEST), FirstSeen(cursor, "s2", since, today)
        token = ""
        for number in range(1, _PAGES + 1):
            page = await self._page(first, token)
            for entry in page.entries:
                yield memory.dated(entry, entry.published_on if isinstance(entry, Paper) else None)
            token = page.token
            cut = bool(token) and number == _PAGES
            if cut:
                memory.cut()
            yield Reading(200, note=_CUT if cut else "", cursor=memory.cursor(ended=cut or not token))
            if not token:
                return

    async def check(self) -> str:
        """Ask for the last 30 days; see PaperSource."""
        first = self._clock().date() - _CHECKED
        page = await self._page(first, "")
        total = len(page.entries) if page.total is None else page.total
        return f"{total} papers since {plain_day(first)} for {self.area!r}"

    async def _page(self, first: date, token: str) -> _Page:
        params = {
            "query": self.area,
            "publicationDateOrYear": f"{first.isoformat()}:",
            "sort": "publicationDate:desc",
            "fields": FIELDS,
        }
        if token:
            params["token"] = token
        return await asyncio.to_thread(_read, await self._api.get("/graph/v1/paper/search/bulk", params))


def _read(answer: Answer) -> _Page:
    page = page_of(answer)
    return _Page(entries_of(page, "data"), text_of(page.get("token")), count_of(page.get("total")))


class SemanticScholarFinder:
    """A PaperFinder over relevance search and single papers."""

    name = NAME

    def __init__(self, door: Door, *, key: str = "", base_url: str = HOME) -> None:
        self._api = ScholarApi(door, key=key, base_url=base_url)

    async def find(self, words: str, limit: int) -> list[Paper]:
        """At most 100; see PaperFinder."""
        query = " ".join(words.replace("-", " ").split())  # a word with a hyphen would find nothing
        if not query or limit < 1:
            return []
        answer = await self._api.get(
            "/graph/v1/paper/search",
            {"query": query, "limit": str(min(limit, _MOST)), "fields": FIELDS_AND_TLDR},
        )
        papers = []
        for entry in (await asyncio.to_thread(_read, answer)).entries:
            if isinstance(entry, Paper):
                papers.append(entry)
            else:
                log.warning("%s: skipped %s: %s", NAME, entry.what, entry.why)
        return papers[:limit]

    async def look_up(self, paper: PaperId) -> Paper | None:
        """Knows ids of arXiv, PubMed and its own, and DOIs; see PaperFinder."""
        name = name_of(paper)
        if not name:
            return None
        path = f"/graph/v1/paper/{quote(name, safe=':/;().-_')}"
        answer = await self._api.get(path, {"fields": FIELDS_AND_TLDR})
        if answer.status == 404:
            return None
        page = page_of(answer)
        try:
            return cleaned(agreed(paper_from_record(page), paper))
        except ValueError as error:
            log.warning("%s: skipped %s: %s", NAME, paper, error)
            return None
