"""What Semantic Scholar recommends to a channel, from the papers its members liked and disliked."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import SourceError
from bot.model import Channel, Paper, PaperId
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.fields import text_of
from bot.sources.first_seen import FirstSeen, mark_of
from bot.sources.semantic_scholar.records import FIELDS, HOME, NAME, ScholarApi, entries_of, name_of, page_of
from bot.sources.web.http import Answer, Door
from bot.sources.web.jsonbody import object_of, reason_of

log = logging.getLogger(__name__)

_SEEDS = 100
_LIMIT = 100
_MOST_CHANNELS = 300
_NEWS = timedelta(days=14)
# With nothing seen so far, all that is young is news; FirstSeen takes an empty cursor for a list that is all old.
_NOTHING_SEEN = json.dumps({"seen": {}})


@dataclass(frozen=True, slots=True)
class Taste:
    """The papers that a channel's members liked and disliked, oldest first."""

    channel: Channel
    liked: tuple[PaperId, ...]
    disliked: tuple[PaperId, ...] = ()


@dataclass(slots=True)
class _Round:
    """How far a drain has come: counts only, because every workspace may read a note, and channels are private.

    `after` is the mark of the channel that had its turn last.
    """

    of: int
    after: str = ""
    status: int = 0
    asked: int = 0
    refused: int = 0
    unknown: int = 0

    def note(self) -> str:
        """What to tell the operator."""
        told = [f"{self.asked} of {_channels(self.of)} asked for"]
        told += [f"no recommendations for {self.refused}"] if self.refused else []
        told += [f"{self.unknown} without a liked paper that it knows"] if self.unknown else []
        return ", ".join(told)


class SemanticScholarPicks:
    """A PaperSource over recommendations, one request for each channel that liked something.

    `tastes` may block, and runs in a thread. A pick is for its own channel: its source names the channel. A drain asks
    for 300 channels at most.
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
        """Recommended papers; those at most 14 days old are news on the day they are first seen. See PaperSource.

        A channel whose papers Semantic Scholar does not know is skipped, the next one is asked all the same. The cursor
        remembers which channel had its turn last, and what was seen: the next drain goes on behind that channel, also
        where that one failed, so that none waits for ever.
        """
        today = self._clock().date()
        after, kept = _from_cursor(cursor)
        # All that is older than today is late: news on the day it is first seen, whichever day was asked for.
        seen = FirstSeen(kept, "s2", today, today)
        tastes = _in_turn([t for t in await asyncio.to_thread(self._tastes) if t.liked], after)
        if not tastes:
            yield Reading(note="no channel has liked a paper yet")
        done = _Round(len(tastes))
        for taste in tastes[:_MOST_CHANNELS]:
            done.after = _mark(taste)
            try:
                entries = await self._picks(taste, done)
            except SourceError as error:
                yield Reading(error.status, note=done.note(), cursor=_cursor(done, seen))
                raise
            for entry in entries:
                yield _dated(entry, seen, today)
            yield Reading(done.status, note=done.note(), cursor=_cursor(done, seen))

    async def check(self) -> str:
        """Ask for one paper; see PaperSource."""
        return await self._api.check()

    async def _picks(self, taste: Taste, done: _Round) -> list[Paper | Skipped]:
        """What it recommends to the channel, or why it does not."""
        liked, disliked = _names(taste.liked), _names(taste.disliked)
        if not liked:
            done.unknown += 1
            log.debug("semantic-scholar: it knows no paper that %s liked", taste.channel)
            return []
        answer = await self._answer(liked, disliked)
        done.asked, done.status = done.asked + 1, answer.status
        if answer.status != 200:
            done.refused += 1
            words = reason_of(answer.body, "error", "message")
            # Its words may name the papers that the channel liked.
            log.debug("semantic-scholar: no recommendations for %s: %s", taste.channel, words)
            return [Skipped("a channel", f"no recommendations: HTTP {answer.status}")]
        return await asyncio.to_thread(_entries, answer, taste)

    async def _answer(self, liked: list[str], disliked: list[str]) -> Answer:
        return await self._api.post(
            "/recommendations/v1/papers/",
            {"positivePaperIds": liked, "negativePaperIds": disliked},
            {"limit": str(_LIMIT), "fields": FIELDS},
        )


def _channels(count: int) -> str:
    return "1 channel" if count == 1 else f"{count} channels"


def _mark(taste: Taste) -> str:
    """Stands for the channel in the cursor, which outlives it."""
    return mark_of(str(taste.channel))


def _in_turn(tastes: Sequence[Taste], after: str) -> list[Taste]:
    """All of them, those behind the one that had its turn last first."""
    return sorted(tastes, key=lambda taste: (_mark(taste) <= after, _mark(taste)))


def _from_cursor(cursor: str) -> tuple[str, str]:
    """The mark of the channel that had its turn last, and what FirstSeen remembers."""
    try:
        kept = object_of(json.loads(cursor))
    except (ValueError, RecursionError):
        kept = {}
    seen = kept.get("seen")
    return text_of(kept.get("after")), json.dumps(seen) if isinstance(seen, dict) else _NOTHING_SEEN


def _cursor(done: _Round, seen: FirstSeen) -> str:
    return json.dumps({"after": done.after, "seen": json.loads(seen.cursor(ended=True) or _NOTHING_SEEN)})


def _dated(entry: Paper | Skipped, seen: FirstSeen, today: date) -> Paper | Skipped:
    if isinstance(entry, Skipped) or entry.published_on is None or entry.published_on < today - _NEWS:
        return entry
    return seen.dated(entry, entry.published_on)


def _names(papers: Sequence[PaperId]) -> list[str]:
    """What it calls the newest of them."""
    return [name for paper in papers if (name := name_of(paper))][-_SEEDS:]


def _entries(answer: Answer, taste: Taste) -> list[Paper | Skipped]:
    found = entries_of(page_of(answer), "recommendedPapers", (f"{NAME}:{taste.channel}",))
    rated = {*taste.liked, *taste.disliked}
    return [entry for entry in found if isinstance(entry, Skipped) or rated.isdisjoint(_all_ids(entry))]


def _all_ids(paper: Paper) -> tuple[PaperId, ...]:
    # It recommends what it was asked with.
    return (paper.id, *paper.aliases)
