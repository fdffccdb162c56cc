"""What becomes of a batch of papers: which are new, which are known, which make two stored ones one. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from bot.alike import same_work, spelling_id
from bot.identity import is_private, merged, title_id, title_tells
from bot.model import Paper, PaperId
from bot.ports import Added


@dataclass(frozen=True, slots=True)
class Incoming:
    """A paper to be added, the ids it names itself, and the ids of its title and its spelling where that tells."""

    paper: Paper
    ids: tuple[PaperId, ...]
    titles: tuple[PaperId, ...]

    def known_as(self) -> tuple[PaperId, ...]:
        """Everything it may be known under."""
        return (*self.ids, *self.titles)


def incoming(paper: Paper) -> Incoming:
    """Find the keys once; hashing a title is the dear part.

    Who wrote a private description is nobody's business to trust: it is known under its own id alone, so that it can
    neither tie two papers together nor pass for one by its title.
    """
    if is_private(paper):
        return Incoming(replace(paper, aliases=()), (paper.id,), ())
    titles = (title_id(paper.title), spelling_id(paper.title)) if title_tells(paper.title) else ()
    return Incoming(paper, (paper.id, *paper.aliases), titles)


@dataclass(slots=True)
class Shelf:
    """The stored papers a batch may touch, and what it does to them.

    Papers are numbered in the order they were stored. A store fills `papers` and `aliases` with all it has
    under the batch's keys, and the highest number and position it has given out. After `add` it writes, in
    this order: `new` papers, `joined` (repoint all ids of the first number to the second), `renamed` ids,
    `changed` papers; then it deletes the papers that were joined away.
    """

    papers: dict[int, Paper]
    aliases: dict[PaperId, int]
    number: int
    position: int
    new: dict[int, int] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)
    joined: list[tuple[int, int]] = field(default_factory=list)
    renamed: dict[PaperId, int] = field(default_factory=dict)

    def add(self, batch: Sequence[Incoming]) -> Added:
        """Take the batch in order; `new` and `changed` then map numbers to positions."""
        counts = Counter(map(self._add, batch))
        return Added(new=counts["new"], changed=counts["changed"], unchanged=counts["unchanged"])

    def _add(self, seen: Incoming) -> str:
        found = self._found(seen)
        if not found:
            self._add_new(seen)
            return "new"
        number, *others = found
        before = self.papers[number]
        after = merged(reduce(merged, (self.papers[other] for other in others), before), seen.paper)
        if after == before:
            self._name_by_title(number, seen)
            return "unchanged"
        for other in others:
            self._join(other, number)
        self._change(number, after)
        self._name(number, seen)
        return "changed"

    def _found(self, seen: Incoming) -> list[int]:
        """The numbers of the stored papers that are this one, the first stored one first."""
        if is_private(seen.paper):
            return self._found_by(seen.paper.id)
        numbers = {self.aliases[key] for key in seen.ids if self._owned(key)}
        holders = dict.fromkeys(self.aliases[key] for key in seen.titles if key in self.aliases)
        for holder in holders:
            if holder not in numbers and self._is_titled(holder, seen, numbers):
                numbers.add(holder)
        return sorted(numbers)

    def _found_by(self, key: PaperId) -> list[int]:
        """The number of the paper of that id; where the id is a title's, of the paper that has the title."""
        known = self._owned(key) or (key in self.aliases and key.startswith("title:"))
        return [self.aliases[key]] if known else []

    def _is_titled(self, holder: int, seen: Incoming, numbers: Iterable[int]) -> bool:
        """Whether the holder of a title's id is that paper. A private one is where it has no other id."""
        held = self.papers[holder]
        if is_private(held):
            return held.id in seen.titles
        return same_work(self._described(seen, numbers), held)

    def _described(self, seen: Incoming, numbers: Iterable[int]) -> Paper:
        """With all ids of the stored papers that it is; its title and authors as it says itself."""
        known = reduce(merged, (self.papers[number] for number in sorted(numbers)), seen.paper)
        return replace(
            known, title=seen.paper.title, authors=seen.paper.authors, published_on=seen.paper.published_on
        )

    def _owned(self, key: PaperId) -> bool:
        """Whether the holder of this id names it itself; a title's id may be held for its title alone."""
        holder = self.aliases.get(key)
        return holder is not None and (key == self.papers[holder].id or key in self.papers[holder].aliases)

    def _add_new(self, seen: Incoming) -> None:
        self.number += 1
        self.position += 1
        self.new[self.number] = self.position
        self.papers[self.number] = merged(seen.paper, seen.paper)
        self._name(self.number, seen)

    def _change(self, number: int, paper: Paper) -> None:
        self.position += 1
        self.papers[number] = paper
        positions = self.new if number in self.new else self.changed
        positions[number] = self.position

    def _name(self, number: int, seen: Incoming) -> None:
        """An id that a paper names is its own; the ids of its title only if nobody has them."""
        self._rename(seen.ids, number)
        self._name_by_title(number, seen)

    def _name_by_title(self, number: int, seen: Incoming) -> None:
        """Also where nothing changed: papers of before there were ids of spellings have none."""
        if self.papers[number].title == seen.paper.title:
            self._rename([key for key in seen.titles if key not in self.aliases], number)

    def _rename(self, keys: Iterable[PaperId], number: int) -> None:
        for key in keys:
            if self.aliases.get(key) != number:
                self.aliases[key] = self.renamed[key] = number

    def _join(self, loser: int, winner: int) -> None:
        """Two stored papers are one: every id of the loser now means the winner."""
        del self.papers[loser]
        self.changed.pop(loser, None)
        if self.new.pop(loser, None) is None:
            self.joined.append((loser, winner))
        self._rename([key for key, number in self.aliases.items() if number == loser], winner)
