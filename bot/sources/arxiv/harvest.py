"""How far a harvest of arXiv's history is, and what to ask for next: the cursor of arxiv_oai."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.sources.fields import count_of

# Nothing has an older datestamp (its Identify says so), so an older `from` would be of no use.
EARLIEST = date(2005, 9, 16)

_ALONE = frozenset({"cs", "econ", "eess", "math", "q-bio", "q-fin", "stat"})
_LONGEST_TOKEN = 2000


def set_of(category: str) -> str:
    """OAI's set for a category or an archive: `cs.CL` → `cs:cs:CL`, `hep-th` → `physics:hep-th`, `cs` → `cs`.

    A set starts with a group of archives; only the group of physics has several (`verb=ListSets`).
    """
    archive, dot, child = category.partition(".")
    if dot:
        return f"{archive if archive in _ALONE else 'physics'}:{archive}:{child}"
    return archive if archive in _ALONE else f"physics:{archive}"


@dataclass(frozen=True, slots=True)
class Harvest:
    """All that was changed from `first` to `last` is read; another harvest may be under way.

    That one began at `start` and has `reached` a datestamp; `token` says where it goes on, and is forgotten by
    arXiv after a day. Records come in the order of their datestamps, so without a token it goes on from `reached`.
    """

    first: date | None = None
    last: date | None = None
    start: date | None = None
    reached: date | None = None
    token: str = ""
    pages: int = 0
    records: int = 0

    def begun(self, since: date) -> "Harvest":
        """The harvest under way where it will have given all since that day; else a new one.

        The last day read is read again: it was not over yet.
        """
        covered = self.first is not None and self.first <= since
        if self.start and (covered or self.start <= since):
            return self
        return Harvest(self.first, self.last, self.last if covered else since)

    def after(self, count: int, newest: date | None, token: str) -> "Harvest":
        """As it stands after a page of `count` records up to the datestamp `newest`; without a token it is over."""
        reached = max((day for day in (self.reached, newest) if day), default=None)
        pages, records = self.pages + 1, self.records + count
        if token:
            return replace(self, reached=reached, token=token, pages=pages, records=records)
        first = min(day for day in (self.first, self.start or EARLIEST) if day)
        last = max(day for day in (self.last, reached, self.start, first) if day)
        return Harvest(first, last, pages=pages, records=records)

    def without_token(self) -> "Harvest":
        """As it stands when arXiv has forgotten its token."""
        return replace(self, token="", pages=0, records=0)

    def params(self, category: str) -> dict[str, str]:
        """What to ask for next; a token stands alone (openarchives.org/OAI/openarchivesprotocol.html, 3.5)."""
        if self.token:
            return {"verb": "ListRecords", "resumptionToken": self.token}
        begin = self.reached or self.start or EARLIEST
        return {
            "verb": "ListRecords",
            "metadataPrefix": "arXivRaw",
            "set": set_of(category),
            "from": begin.isoformat(),
        }

    def cursor(self) -> str:
        """As text for the store."""
        days = {"first": self.first, "last": self.last, "start": self.start, "reached": self.reached}
        kept: dict[str, object] = {name: day.isoformat() for name, day in days.items() if day}
        if self.start:
            kept |= {"token": self.token, "pages": self.pages, "records": self.records}
        return json.dumps(kept)


def is_fit(token: str) -> bool:
    """Whether a token is short enough to be kept."""
    return len(token) <= _LONGEST_TOKEN


def harvest_from_cursor(cursor: str, today: date) -> Harvest:
    """The harvest that the text tells; nonsense, such as a day that is to come, is one that never began."""
    try:
        kept = json.loads(cursor)
    except (ValueError, RecursionError):
        return Harvest()
    if not isinstance(kept, dict):
        return Harvest()
    first, last, start, reached = (
        _day(kept.get(name), today) for name in ("first", "last", "start", "reached")
    )
    if (first is None) != (last is None) or (first and last and first > last):
        return Harvest()
    token = kept.get("token")
    if start is None or not isinstance(token, str) or not is_fit(token):
        return Harvest(first, last)
    pages, records = count_of(kept.get("pages")) or 0, count_of(kept.get("records")) or 0
    return Harvest(first, last, start, reached, token, pages, records)


def _day(value: object, today: date) -> date | None:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= today + timedelta(days=1) else None
