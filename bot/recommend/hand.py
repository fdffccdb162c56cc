"""The candidates of one question, and the pools that know them already: found by what the papers say."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock

import numpy as np

from bot.model import Paper
from bot.recommend.candidates import Among
from bot.recommend.pool import AnyPool, Beside, Pool
from bot.recommend.shelf import Shelf
from bot.recommend.vectors import Array

_POOLS, _WHOLES, _SMALL = 4, 8, 12
_FEW = 0.1
"""So small a part of the candidates may be new to a pool: they get a small one beside it."""


@dataclass(frozen=True, eq=False)
class Hand:
    """Candidates and their `numbers` in a pool; ln(1 + upvotes) of each, and the days on which they were news."""

    papers: Sequence[Paper]
    pool: AnyPool
    numbers: Array
    upvoted: Array
    days: Array

    @cached_property
    def places(self) -> Array:
        """(candidates,): on the shelf."""
        return np.asarray(self.pool.places[self.numbers])

    def likeness(self, places: Array, candidates: Array) -> Array:
        """(places, candidates): how like these candidates are to papers of the shelf."""
        return self.pool.likeness(places, self.numbers[candidates])

    def alike(self, candidate: int, others: Array) -> Array:
        """(others,): how like these candidates are to one."""
        return np.asarray(self.likeness(self.pool.places[self.numbers[[candidate]]], others)[0])

    def some(self, papers: Sequence[Paper], candidates: Array) -> "Hand":
        """Only these."""
        return Hand(
            papers, self.pool, self.numbers[candidates], self.upvoted[candidates], self.days[candidates]
        )

    def with_own(self, papers: Sequence[Paper], own: "Hand") -> "Hand":
        """`papers` are these and the `own` ones, which have a pool of their own."""
        return Hand(
            papers,
            Beside(self.pool, own.pool),
            np.concatenate([self.numbers, len(self.pool.places) + own.numbers]),
            np.concatenate([self.upvoted, own.upvoted]),
            np.concatenate([self.days, own.days]),
        )


class Pools:
    """Those that were made last for one shelf. Safe from many threads."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._lock = Lock()
        self._pools: deque[Pool] = deque(maxlen=_POOLS)
        self._wholes: deque[Hand] = deque(maxlen=_WHOLES)
        self._small: deque[Pool] = deque(maxlen=_SMALL)
        self._asked: deque[tuple[tuple[int, ...], tuple[Paper, ...], Hand]] = deque(maxlen=_WHOLES)

    def hand(self, candidates: Sequence[Paper]) -> Hand:
        """The candidates, each once; of an id the last."""
        if not isinstance(candidates, Among):
            return self._asked_before(candidates)
        some = self._whole(candidates.whole).some(candidates, candidates.numbers)
        return some.with_own(candidates, self._apart(candidates.own)) if candidates.own else some

    def _asked_before(self, candidates: Sequence[Paper]) -> Hand:
        """Whoever asks for many channels in turn hands over the same papers again."""
        same = tuple(map(id, candidates))
        with self._lock:
            known = next((hand for ids, _, hand in self._asked if ids == same), None)
        if known is None:
            known = self._found(tuple({paper.id: paper for paper in candidates}.values()))
            with self._lock:
                # The papers are held, so that nothing else gets their places in memory.
                self._asked.appendleft((same, tuple(candidates), known))
        return known

    def _whole(self, papers: tuple[Paper, ...]) -> Hand:
        with self._lock:
            known = next((hand for hand in self._wholes if hand.papers is papers), None)
        if known is None:
            known = self._found(papers)
            with self._lock:
                self._wholes.appendleft(known)
        return known

    def _found(self, papers: tuple[Paper, ...]) -> Hand:
        """In a pool at hand, where one has nearly all of them, or in a new one."""
        places = self.shelf.places(papers)
        wanted = set(places.tolist())
        with self._lock:
            at_hand = list(self._pools)
        best = max(at_hand, key=lambda pool: pool.has(wanted), default=None)
        if best is None or best.has(wanted) < (1.0 - _FEW) * len(wanted):
            best = Pool(self.shelf, places)
            with self._lock:
                self._pools.appendleft(best)
        new = [place for place in dict.fromkeys(places.tolist()) if place not in best]
        pool = Beside(best, Pool(self.shelf, np.array(new))) if new else best
        return _hand(papers, pool, pool.numbers(places))

    def _apart(self, papers: tuple[Paper, ...]) -> Hand:
        """In a small pool: many channels may read one feed."""
        places = self.shelf.places(papers)
        with self._lock:
            pool = next((pool for pool in self._small if np.array_equal(pool.places, places)), None)
            if pool is None:
                pool = Pool(self.shelf, places)
                self._small.appendleft(pool)
        return _hand(papers, pool, pool.numbers(places))


def _hand(papers: Sequence[Paper], pool: AnyPool, numbers: Array) -> Hand:
    upvoted = np.log1p([max(paper.upvotes or 0, 0) for paper in papers])
    days = np.array([(paper.announced_on or date.min).toordinal() for paper in papers], np.int64)
    return Hand(papers, pool, numbers, upvoted, days)
