"""What Semantic Scholar knows about papers that we have: a sentence each, citations, venues, other ids."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.errors import SourceError
from bot.model import Paper, PaperId
from bot.ports import Entry, Reading, Skipped
from bot.sources.fields import paper_or_skipped
from bot.sources.semantic_scholar.records import (
    FIELDS_AND_TLDR,
    HOME,
    NAME,
    ScholarApi,
    agreed,
    name_of,
    paper_from_record,
    refusal,
)
from bot.sources.web.http import Answer, Door
from bot.sources.web.jsonbody import reason_of, value_of

_BATCH = 500


class SemanticScholarDetails:
    """A PaperSource over `/paper/batch`: knowledge about known papers, and no news.

    `wanted` names the papers to ask for; it may block, and runs in a thread. What comes back names no source, or
    a paper that was found for one channel only would become everybody's.
    """

    name = NAME
    area = "details"

    def __init__(
        self,
        door: Door,
        wanted: Callable[[], Sequence[PaperId]],
        *,
        key: str = "",
        base_url: str = HOME,
        every: timedelta = timedelta(hours=12),
    ) -> None:
        self.every = every
        self._wanted = wanted
        self._api = ScholarApi(door, key=key, base_url=base_url)

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """The wanted papers that Semantic Scholar knows, 500 a request, each under the id it was asked for."""
        wanted = dict.fromkeys(await asyncio.to_thread(self._wanted))
        asked = [(paper, name) for paper in wanted if (name := name_of(paper))]
        if not asked:
            yield Reading(note="no paper to ask about")
        for start in range(0, len(asked), _BATCH):
            batch = asked[start : start + _BATCH]
            answer = await self._api.post(
                "/graph/v1/paper/batch", {"ids": [name for _, name in batch]}, {"fields": FIELDS_AND_TLDR}
            )
            entries = await asyncio.to_thread(details, answer, [paper for paper, _ in batch])
            for entry in entries:
                yield entry
            unknown = len(batch) - len(entries)
            yield Reading(
                answer.status, note=f"{unknown} of {len(batch)} papers are unknown to it" if unknown else ""
            )

    async def check(self) -> str:
        """Ask for one paper; see PaperSource."""
        return await self._api.check()


def details(answer: Answer, asked: Sequence[PaperId]) -> list[Paper | Skipped]:
    """The papers of one answer, without the unknown ones. Raises SourceError where it is not one for each asked."""
    # A batch of which it knows none is refused as a whole.
    if (
        answer.status in {400, 404}
        and "no valid paper ids" in reason_of(answer.body, "error", "message").lower()
    ):
        return []
    if answer.status != 200:
        raise refusal(answer)
    found = value_of(answer.body, NAME)
    if not isinstance(found, list) or len(found) != len(asked):
        raise SourceError(NAME, "not one record for each paper asked for")
    return [_detail(record, paper) for record, paper in zip(found, asked, strict=True) if record is not None]


def _detail(record: object, asked: PaperId) -> Paper | Skipped:
    return paper_or_skipped(asked, lambda: _renamed(paper_from_record(record, ()), asked))


def _renamed(paper: Paper, asked: PaperId) -> Paper:
    known = agreed(paper, asked)
    return replace(known, id=asked, aliases=(paper.id, *known.aliases))
