"""What Semantic Scholar recommends to a channel, from the papers its members liked and disliked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.model import Channel, Paper, PaperId
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.answers import reason_of
from bot.sources.http import Answer, Door
from bot.sources.semantic_scholar import FIELDS, HOME, NAME, ScholarApi, entries_of, name_of, page_of

_SEEDS = 100
_LIMIT = 100
_NEWS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Taste:
    """The papers that a channel's members liked and disliked, oldest first."""

    channel: Channel
    liked: tuple[PaperId, ...]
    disliked: tuple[PaperId, ...] = ()


class SemanticScholarPicks:
    """A PaperSource over recommendations, one request for each channel that liked something.

    `tastes` may block, and runs in a thread. A pick is for its own channel: its source names the channel.
    """

    name = NAME
    area = "recommendations"

    def __init__(
        self,
        door: Door,
        tastes: Callable[[], Sequence[Taste]],
        *,
        clock: Clock,
        key: str = "",
        base_url: str = HOME,
        every: timedelta = timedelta(hours=24),
    ) -> None:
        self.every = every
        self._tastes = tastes
        self._clock = clock
        self._api = ScholarApi(door, key=key, base_url=base_url)

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Recommended papers, announced where they are at most 14 days old; see PaperSource.

        A channel whose papers Semantic Scholar does not know is skipped, the next one is asked all the same.
        """
        tastes = [taste for taste in await asyncio.to_thread(self._tastes) if taste.liked]
        if not tastes:
            yield Reading(note="no channel has liked a paper yet")
        for taste in tastes:
            liked, disliked = _names(taste.liked), _names(taste.disliked)
            if not liked:
                yield Reading(note=f"{taste.channel}: no liked paper has an id that it knows")
                continue
            answer = await self._answer(liked, disliked)
            for entry in await asyncio.to_thread(_entries, answer, taste):
                yield self._announced(entry)
            yield Reading(answer.status)

    async def check(self) -> str:
        """Ask for one paper; see PaperSource."""
        return await self._api.check()

    async def _answer(self, liked: list[str], disliked: list[str]) -> Answer:
        return await self._api.post(
            "/recommendations/v1/papers/",
            {"positivePaperIds": liked, "negativePaperIds": disliked},
            {"limit": str(_LIMIT), "fields": FIELDS},
        )

    def _announced(self, entry: Paper | Skipped) -> Paper | Skipped:
        if isinstance(entry, Skipped) or entry.published_on is None:
            return entry
        today = self._clock().date()
        news = today - _NEWS <= entry.published_on <= today
        return replace(entry, announced_on=entry.published_on) if news else entry


def _names(papers: Sequence[PaperId]) -> list[str]:
    """What it calls the newest of them."""
    return [name for paper in papers if (name := name_of(paper))][-_SEEDS:]


def _entries(answer: Answer, taste: Taste) -> list[Paper | Skipped]:
    if answer.status != 200:
        words = reason_of(answer.body, "error", "message") or f"HTTP {answer.status}"
        return [Skipped(str(taste.channel), f"no recommendations: {words}")]
    found = entries_of(page_of(answer), "recommendedPapers", (f"{NAME}:{taste.channel}",))
    rated = {*taste.liked, *taste.disliked}
    return [entry for entry in found if isinstance(entry, Skipped) or rated.isdisjoint(_all_ids(entry))]


def _all_ids(paper: Paper) -> tuple[PaperId, ...]:
    # It recommends what it was asked with.
    return (paper.id, *paper.aliases)
