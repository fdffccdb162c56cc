"""What is news of a source that learns of works late: each once, on its own day or on the one we first see it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

from bot.model import Paper
from bot.ports import Skipped
from bot.sources.fields import day_of

LATEST = timedelta(days=30)
"""How late a work may come and still be news."""

_MOST = 2000


class FirstSeen:
    """The works that a source told us of, with their days; a source's cursor holds it between two fetches.

    `scheme` is the one of the source's own ids, because a work may get a better id later. What is remembered is of
    the last 30 days and 2,000 works at most; of the days that do not fit, up to `floor`, nothing comes late.
    """

    def __init__(self, cursor: str, scheme: str, since: date, today: date) -> None:
        """As it was when the cursor was made; nonsense is as good as an empty one, and means the first fetch."""
        self._scheme, self._since, self._today = f"{scheme}:", since, today
        kept = _kept(cursor)
        self._is_first = kept is None
        self._days, floor = kept or ({}, date.min)
        self._floor = max(min(floor, today), today - LATEST - timedelta(days=1))
        self._oldest = today

    def dated(self, entry: Paper | Skipped, day: date | None) -> Paper | Skipped:
        """The work of that day with the day on which it was news, and remembered.

        That is its own from `since` to today. An older one that we never saw is news today, unless this is the first
        fetch, when all are new to us; a known one is no news. One of a day to come is not yet remembered.
        """
        if isinstance(entry, Skipped):
            return entry
        if day is None or day > self._today:
            return replace(entry, announced_on=None)
        mark = self._mark(entry)
        late = not self._is_first and mark not in self._days and day > self._floor
        self._days.setdefault(mark, day)
        self._oldest = min(self._oldest, day)
        news = day if day >= self._since else self._today if late else None
        return replace(entry, announced_on=news)

    def cut(self) -> None:
        """The list, the newest first, was not read to its end: what is as old as its last work is not taken for new."""
        self._floor = max(self._floor, self._oldest)

    def cursor(self, *, ended: bool) -> str | None:
        """As text for the store; None where a first fetch has not ended: what it did not reach would look late."""
        if self._is_first and not ended:
            return None
        newest = sorted(self._days.items(), key=lambda kept: kept[1], reverse=True)
        floor = max([self._floor, *(day for _, day in newest[_MOST : _MOST + 1])])
        seen = {mark: day.isoformat() for mark, day in newest if day > floor}
        return json.dumps({"seen": seen, "floor": floor.isoformat()})

    def _mark(self, paper: Paper) -> str:
        ids = (paper.id, *paper.aliases)
        return mark_of(next((name for name in ids if name.startswith(self._scheme)), paper.id))


def mark_of(name: str) -> str:
    """Stands for a name in a cursor: short, because hundreds of them stand there."""
    return sha256(name.encode()).hexdigest()[:16]


def _kept(cursor: str) -> tuple[dict[str, date], date] | None:
    """The days of what was seen, and the floor."""
    try:
        kept = json.loads(cursor)
    except (ValueError, RecursionError):
        return None
    seen = kept.get("seen") if isinstance(kept, dict) else None
    if not isinstance(seen, dict):
        return None
    days = {mark: day for mark, text in seen.items() if (day := day_of(text))}
    return days, day_of(kept.get("floor")) or date.min
