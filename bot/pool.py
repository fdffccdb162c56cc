"""The papers that many channels choose from, so that each of them costs only what is different about it."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache, reduce
from operator import or_

from bot.filters import topical
from bot.model import Filters, Paper, PaperId
from bot.recommend import among

_FILTERS_KEPT = 4096
"""Answers kept for each kind of question; one has a byte for each paper."""


class Pool:
    """Papers in order, where each of their ids stands among them, and what filters say about them.

    What one filter says is asked once for each paper, however many channels have it.
    """

    def __init__(self, papers: Iterable[Paper]) -> None:
        self.papers = tuple(papers)
        self._places = _places(self.papers)
        self._passing = lru_cache(_FILTERS_KEPT)(self._combined)
        self._answers = lru_cache(_FILTERS_KEPT)(self._asked)

    def __contains__(self, key: object) -> bool:
        """Whether a paper of it has that id."""
        return key in self._places

    def left(
        self, known: Collection[PaperId], filters: Filters, own: Sequence[Paper] = ()
    ) -> tuple[tuple[Paper, ...], int]:
        """The papers with none of the ids `known`, of the categories and topics that the filters ask for.

        And how many of those with none of these ids the filters held back. `own` papers come last.
        """
        passing = bytearray(self._passing(filters.categories, filters.include, filters.exclude))
        gone = {place for key in known if key in self._places for place in self._places[key]}
        stopped = passing.count(0) - sum(not passing[place] for place in gone)
        for place in gone:
            passing[place] = 0
        fresh = [paper for paper in own if not {paper.id, *paper.aliases} & set(known)] if own else []
        fitting = list(filter(topical(filters), fresh)) if fresh else []
        return among(self.papers, passing, fitting), stopped + len(fresh) - len(fitting)

    def _combined(
        self, categories: tuple[str, ...], include: tuple[str, ...], exclude: tuple[str, ...]
    ) -> bytes:
        """(len(papers),): 1 where the paper passes, else 0."""
        passing = self._answers(Filters(categories=categories))
        if include:
            passing &= reduce(or_, (self._answers(Filters(include=(topic,))) for topic in include))
        for topic in exclude:
            passing &= self._answers(Filters(exclude=(topic,)))
        return passing.to_bytes(len(self.papers), "big")

    def _asked(self, filters: Filters) -> int:
        """The same as one great number."""
        lets = topical(filters)
        return int.from_bytes(bytes(map(lets, self.papers)) if lets else b"\1" * len(self.papers), "big")


def _places(papers: Iterable[Paper]) -> dict[PaperId, tuple[int, ...]]:
    """By aliases too: the store may have made two papers one between two questions."""
    found: dict[PaperId, tuple[int, ...]] = {}
    for place, paper in enumerate(papers):
        for key in {paper.id, *paper.aliases}:
            found[key] = (*found.get(key, ()), place)
    return found
