"""How the sources' drains went, and where they go on, in memory."""

from collections.abc import Iterable
from datetime import datetime

from bot.model import Fetch
from bot.store.rules import FETCHES_KEPT

_Part = tuple[str, str]


class MemoryFetches:
    """Records and cursors by source and area. Not safe from threads: whoever owns it locks."""

    def __init__(self) -> None:
        self._fetches: dict[_Part, list[tuple[int, Fetch]]] = {}
        self._cursors: dict[_Part, str] = {}
        self._number = 0

    def record(self, fetch: Fetch) -> None:
        """Keep it; of each source and area the newest stay, and the newest success."""
        self._number += 1
        part = (fetch.source, fetch.area)
        history = sorted((*self._fetches.get(part, ()), (self._number, fetch)), key=_age)
        kept = history[-FETCHES_KEPT:]
        successes = [one for one in history if not one[1].error]
        self._fetches[part] = kept if not successes or successes[-1] in kept else [successes[-1], *kept]

    def last(self) -> list[Fetch]:
        """The newest of every source and area, by these."""
        return [self._fetches[part][-1][1] for part in sorted(self._fetches)]

    def last_successes(self) -> list[Fetch]:
        """The newest without error of every source and area, by these."""
        newest = (_newest_success(self._fetches[part]) for part in sorted(self._fetches))
        return [one for one in newest if one]

    def recent(self, since: datetime) -> list[Fetch]:
        """Oldest first."""
        found = [one for part in self._fetches.values() for one in part if one[1].started_at >= since]
        return [fetch for _, fetch in sorted(found, key=_age)]

    def cursor(self, source: str, area: str) -> str:
        """Empty where nothing is kept."""
        return self._cursors.get((source, area), "")

    def save_cursor(self, source: str, area: str, cursor: str) -> None:
        """Keep where to go on."""
        self._cursors[source, area] = cursor

    def forget(self, source: str, area: str) -> None:
        """Remove all records and the cursor of that part."""
        self._fetches.pop((source, area), None)
        self._cursors.pop((source, area), None)


def _age(record: tuple[int, Fetch]) -> tuple[datetime, int]:
    return record[1].started_at, record[0]


def _newest_success(records: Iterable[tuple[int, Fetch]]) -> Fetch | None:
    successes = [fetch for _, fetch in records if not fetch.error]
    return successes[-1] if successes else None
