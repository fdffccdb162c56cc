"""Which days, weeks and months of Hugging Face's Daily to read now, and when each was read: its cursor."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from bot.sources.fields import count_of, plain_day

WINDOW = timedelta(days=14)
"""Votes settle in one to two weeks; older days are read in whole weeks or months, and once."""

_FRESH = timedelta(days=3)
_AGAIN = timedelta(days=1)
_SETTLED = 2
_MOST_WEEKS = timedelta(weeks=5)
_MOST_PERIODS = 80
# Daily has no papers of before.
_EARLIEST = date(2023, 5, 1)


@dataclass(frozen=True, slots=True)
class Part:
    """One list that can be asked for: a day's, an ISO week's or a month's; `value` as the API spells it."""

    kind: Literal["date", "week", "month"]
    value: str
    first: date
    last: date

    def __str__(self) -> str:
        return plain_day(self.first) if self.kind == "date" else f"{self.kind} {self.value}"


@dataclass(frozen=True, slots=True)
class Seen:
    """How a day was when it was read last; `still` counts the readings in a row in which nothing had changed."""

    at: datetime
    votes: int
    papers: int
    still: int = 0


@dataclass(frozen=True, slots=True)
class Diary:
    """What was read when: days of the last two weeks, and longer parts of before."""

    days: Mapping[date, Seen] = field(default_factory=dict)
    periods: Mapping[str, date] = field(default_factory=dict)

    def due(self, since: date, now: datetime) -> list[Part]:
        """What to read now to know all since that day, the newest first, and votes that may have changed."""
        today = now.date()
        days = [today - timedelta(days=back) for back in range(WINDOW.days)]
        edge = today - WINDOW
        periods = (part for part in _periods(max(since, _EARLIEST), edge) if self._lacks(part, edge))
        return [*(_day(day) for day in days if self._is_due(day, since, now)), *periods]

    def _is_due(self, day: date, since: date, now: datetime) -> bool:
        seen = self.days.get(day)
        if seen is None:
            return day >= since
        if now.date() - day <= _FRESH:
            return True
        return seen.still < _SETTLED and now - seen.at >= _AGAIN

    def _lacks(self, part: Part, edge: date) -> bool:
        """Its last day up to the edge of the window must have been over when it was read."""
        read_on = self.periods.get(part.value)
        return read_on is None or read_on <= min(part.last, edge)

    def after(self, part: Part, votes: int, papers: int, now: datetime) -> "Diary":
        """With that part read to its end."""
        if part.kind != "date":
            return replace(self, periods={**self.periods, part.value: now.date()})
        before = self.days.get(part.first)
        same = before is not None and (before.votes, before.papers) == (votes, papers)
        old = now.date() - part.first > _FRESH
        still = before.still + 1 if before and same and old else 0
        return replace(self, days={**self.days, part.first: Seen(now, votes, papers, still)})

    def cursor(self, today: date) -> str:
        """As text for the store; what fell out of the window is left out."""
        days = {
            day.isoformat(): [seen.at.isoformat(), seen.votes, seen.papers, seen.still]
            for day, seen in self.days.items()
            if day > today - WINDOW
        }
        newest = sorted(self.periods)[-_MOST_PERIODS:]
        return json.dumps(
            {"days": days, "periods": {value: self.periods[value].isoformat() for value in newest}}
        )


def _day(day: date) -> Part:
    return Part("date", day.isoformat(), day, day)


def _periods(first: date, last: date) -> Iterator[Part]:
    """The weeks, or for a longer time the months, that have the days from `first` to `last`, the newest first."""
    part_of = _week if last - first <= _MOST_WEEKS else _month
    while first <= last:
        part = part_of(last)
        yield part
        last = part.first - timedelta(days=1)


def _week(day: date) -> Part:
    monday = day - timedelta(days=day.weekday())
    year, week, _ = day.isocalendar()
    return Part("week", f"{year}-W{week:02}", monday, monday + timedelta(days=6))


def _month(day: date) -> Part:
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Part("month", f"{first:%Y-%m}", first, last)


def diary_from_cursor(cursor: str, now: datetime) -> Diary:
    """The diary that the text tells; nonsense in it counts as not read."""
    try:
        kept = json.loads(cursor)
    except (ValueError, RecursionError):
        return Diary()
    days, periods = (_mapping(kept, name) for name in ("days", "periods"))
    seen = {day: found for text, row in days.items() if (day := _date(text)) and (found := _seen(row, now))}
    read = {value: day for value, text in periods.items() if (day := _date(text)) and day <= now.date()}
    return Diary(seen, read)


def _mapping(kept: object, name: str) -> Mapping[str, object]:
    value = kept.get(name) if isinstance(kept, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _seen(row: object, now: datetime) -> Seen | None:
    if not isinstance(row, list) or len(row) != 4 or not isinstance(row[0], str):
        return None
    votes, papers, still = map(count_of, row[1:])
    try:
        at = datetime.fromisoformat(row[0])
    except ValueError:
        return None
    if votes is None or papers is None or still is None or at.tzinfo is None or at > now:
        return None
    return Seen(at, votes, papers, still)
