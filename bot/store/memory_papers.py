"""Papers and their ids in memory."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from bot.model import Paper, PaperId
from bot.ports import Added, Removed
from bot.store.rules import REMOVALS_KEPT, in_order, mentions_in
from bot.store.shelf import Incoming, Shelf


class MemoryPapers:
    """Papers by their number, and the numbers by every id. Not safe from threads: whoever owns it locks."""

    def __init__(self) -> None:
        self._papers: dict[int, Paper] = {}
        self._positions: dict[int, int] = {}
        self._aliases: dict[PaperId, int] = {}
        self._position = 0
        self._removed: dict[int, tuple[Removed, date]] = {}
        self._mentions: dict[tuple[str, PaperId], date] = {}

    def __len__(self) -> int:
        return len(self._papers)

    def __contains__(self, key: object) -> bool:
        return key in self._aliases

    def edition(self) -> int:
        """Rises whenever a paper is added, changed or removed."""
        return self._position

    def add(self, batch: Sequence[Incoming]) -> Added:
        """Store new papers and merge known ones."""
        shelf = self._shelf(batch)
        added = shelf.add(batch)
        self._keep(shelf)
        for source, paper, day in mentions_in(batch):
            self._mentions.setdefault((source, paper), day)
        return added

    def _shelf(self, batch: Sequence[Incoming]) -> Shelf:
        keys = {key for seen in batch for key in seen.known_as()}
        aliases = {key: self._aliases[key] for key in keys if key in self._aliases}
        papers = {number: self._papers[number] for number in aliases.values()}
        return Shelf(papers, aliases, max(self._papers, default=0), self._position)

    def _keep(self, shelf: Shelf) -> None:
        for loser, winner in shelf.joined:
            moved = [alias for alias, number in self._aliases.items() if number == loser]
            self._aliases.update(dict.fromkeys(moved, winner))
            del self._papers[loser], self._positions[loser]
        self._aliases.update(shelf.renamed)
        self._position = shelf.position
        self._positions.update(shelf.new | shelf.changed)
        self._papers.update({number: shelf.papers[number] for number in (*shelf.new, *shelf.changed)})

    def known(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        """Keyed as asked."""
        return {key: self._papers[self._aliases[key]] for key in ids if key in self._aliases}

    def canonical(self, key: PaperId) -> PaperId:
        """The canonical id behind any id of a paper; the id itself where no paper has it."""
        return self._papers[self._aliases[key]].id if key in self._aliases else key

    def canonical_ids(self, ids: Collection[PaperId]) -> dict[PaperId, PaperId]:
        """The canonical id behind each of these."""
        return {key: self.canonical(key) for key in ids}

    def after(self, position: int, limit: int) -> list[tuple[int, Paper]]:
        """In the order of their positions."""
        later = sorted((at, number) for number, at in self._positions.items() if at > position)
        return [(at, self._papers[number]) for at, number in later[:limit]]

    def updates_after(self, position: int, limit: int) -> list[tuple[int, Paper | Removed]]:
        """In the order of their positions."""
        gone = [(place, removed) for place, (removed, _) in self._removed.items() if place > position]
        return in_order(self.after(position, limit), gone)[:limit]

    def recent(self, first: date, last: date) -> list[Paper]:
        """Newest day first, then by id."""
        dated = [(paper.announced_on, paper) for paper in self._papers.values() if paper.announced_on]
        return _newest_first((day, paper) for day, paper in dated if first <= day <= last)

    def mentions(self, sources: Collection[str], first: date, last: date) -> list[Paper]:
        """Newest day first, then by id. A paper may have been told by several sources, and by several of its ids."""
        days: dict[int, date] = {}
        for (source, key), day in self._mentions.items():
            if source in sources and first <= day <= last:
                number = self._aliases[key]
                days[number] = max(day, days.get(number, day))
        return _newest_first((day, self._papers[number]) for number, day in days.items())

    def forget_mentions(self, sources: Collection[str]) -> None:
        """Forget what these told."""
        self._mentions = {key: day for key, day in self._mentions.items() if key[0] not in sources}

    def prune(self, before: date, named: Collection[PaperId | None]) -> int:
        """Remove those last announced before that day that are named by none of their ids."""
        kept = {self._aliases[key] for key in named if key in self._aliases}
        gone = {
            number: paper
            for number, paper in sorted(self._papers.items())
            if paper.announced_on and paper.announced_on < before and number not in kept
        }
        self._aliases = {key: number for key, number in self._aliases.items() if number not in gone}
        self._record_removals(gone.values(), before)
        for number in gone:
            del self._papers[number], self._positions[number]
        self._mentions = {key: day for key, day in self._mentions.items() if key[1] in self._aliases}
        return len(gone)

    def _record_removals(self, gone: Collection[Paper], before: date) -> None:
        oldest, start = before - REMOVALS_KEPT, self._position + 1
        self._removed = {place: one for place, one in self._removed.items() if one[1] >= oldest}
        self._removed |= {
            place: (Removed((paper.id, *paper.aliases)), before) for place, paper in enumerate(gone, start)
        }
        self._position += len(gone)


def _newest_first(dated: Iterable[tuple[date, Paper]]) -> list[Paper]:
    return [paper for _, paper in sorted(dated, key=lambda pair: (-pair[0].toordinal(), pair[1].id))]
