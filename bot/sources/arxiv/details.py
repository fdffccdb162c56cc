"""What arXiv's query API knows of papers that came without it: categories, authors, the day of submission."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, timedelta

from bot.model import PaperId
from bot.ports import Entry, Reading
from bot.sources.arxiv.api import ArxivApi

_AT_ONCE = 100
_MOST = 1000


class ArxivDetails:
    """A PaperSource that makes known papers complete; it announces none.

    `wanted` gives the arXiv ids of papers without categories (Hugging Face names none). It reads the store, so it runs
    in a thread.
    """

    name = "arxiv"
    area = "details"

    def __init__(
        self,
        api: ArxivApi,
        wanted: Callable[[], Sequence[PaperId]],
        *,
        every: timedelta = timedelta(minutes=30),
    ) -> None:
        self._api = api
        self._wanted = wanted
        self.every = every

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """The papers that are wanted now, whatever the day, a hundred in one request; see PaperSource."""
        ids = list(await asyncio.to_thread(self._wanted))[:_MOST]
        for start in range(0, len(ids), _AT_ONCE):
            for paper in await self._api.by_ids(ids[start : start + _AT_ONCE]):
                yield paper
            yield Reading(200)
        if not ids:
            yield Reading(0, note="every recent paper has its categories")

    async def check(self) -> str:
        """Ask for one paper that everybody knows; see PaperSource."""
        found = await self._api.by_ids(["1706.03762"])
        return f"answers; knows {len(found)} of 1 papers asked for"
