"""The papers of a morning, made ready once for all channels: how like each is to any other paper or topic."""

from collections.abc import Hashable, Sequence
from datetime import date
from threading import Lock

import numpy as np
from scipy.sparse import csr_matrix

from bot.model import Paper
from bot.recommend.candidates import Among
from bot.recommend.seen import Seen
from bot.recommend.shelf import Shelf
from bot.recommend.vectors import Array, numbered, within

_MOST_KEPT = 30_000_000
"""So many likenesses are kept, at 4 bytes each."""
_WHOLES = 8


class Pool:
    """Likenesses (products of rows of length 1) of its papers, each computed once. Safe from many threads.

    By paper: `places` on the shelf, `common` (likeness to any paper at all), `upvotes`, and `days` when it was news.
    """

    def __init__(self, shelf: Shelf, papers: Sequence[Paper]) -> None:
        self.papers = tuple(papers)
        self.shelf = shelf
        self.places = shelf.places(self.papers)
        self.common = shelf.commons(self.places)
        self.upvotes = np.array([max(paper.upvotes or 0, 0) for paper in self.papers], np.float64)
        self.days = np.array([(paper.announced_on or date.min).toordinal() for paper in self.papers])
        self._number = {id(paper): i for i, paper in enumerate(self.papers)}
        self._wholes: dict[int, tuple[tuple[Paper, ...], Array | None]] = {}
        rows = shelf.rows(self.places)
        self._column = numbered(np.unique(rows.indices))
        self._turned = within(rows, self._column, int(self._column.max()) + 1).T.tocsr()
        self._lock = Lock()
        self._line: dict[Hashable, int] = {}
        self._lines = np.empty((64, len(self.papers)), np.float32)
        self._crowd: Array | None = None

    def numbers(self, papers: Sequence[Paper]) -> Array | None:
        """(len(papers),): where they are in the pool; None where one is not (the same object)."""
        if not isinstance(papers, Among):
            return self._looked_up(papers)
        if id(papers.whole) not in self._wholes:
            if len(self._wholes) >= _WHOLES:
                self._wholes.clear()
            self._wholes[id(papers.whole)] = (papers.whole, self._looked_up(papers.whole))
        _, here = self._wholes[id(papers.whole)]
        own = self._looked_up(papers.own)
        return None if here is None or own is None else np.concatenate([here[papers.numbers], own])

    def _looked_up(self, papers: Sequence[Paper]) -> Array | None:
        found = [self._number.get(id(paper), -1) for paper in papers]
        return None if -1 in found else np.array(found, np.int64)

    def likeness(self, places: Array, numbers: Array | None = None) -> Array:
        """(len(places), papers of the pool or those `numbers`): of papers of the shelf."""
        wanted = places.tolist()
        with self._lock:
            self._make_room(len(wanted))
            missing = [place for place in dict.fromkeys(wanted) if place not in self._line]
            if missing:
                self._keep(missing, self.shelf.rows(np.array(missing)))
            lines = np.array([self._line[place] for place in wanted], np.int64)
            return self._lines[lines] if numbers is None else self._lines[lines[:, None], numbers]

    def topic_likeness(self, row: csr_matrix) -> Array:
        """(papers of the pool,): of a topic's row (1, 2^20)."""
        name = (row.indices.tobytes(), row.data.tobytes())
        with self._lock:
            self._make_room(1)
            if name not in self._line:
                self._keep([name], row)
            return np.array(self._lines[self._line[name]])

    def alike(self, number: int, others: Array) -> Array:
        """(len(others),): how like papers of the pool are to one of them."""
        return np.asarray(self.likeness(self.places[[number]], others)[0])

    def crowd_places(self, seen: Seen) -> Array:
        """(papers of the pool, rank): where the crowd sees them; computed once."""
        if self._crowd is None:
            self._crowd = seen.carried(self.papers).astype(np.float64)
        return self._crowd

    def _make_room(self, count: int) -> None:
        if (len(self._line) + count) * len(self.papers) > _MOST_KEPT:
            self._line.clear()

    def _keep(self, names: Sequence[Hashable], rows: csr_matrix) -> None:
        first, needed = len(self._line), len(self._line) + len(names)
        if needed > len(self._lines):
            larger = np.empty((max(needed, 2 * len(self._lines)), len(self.papers)), np.float32)
            larger[:first] = self._lines[:first]
            self._lines = larger
        narrow = within(rows, self._column, self._turned.shape[0])
        self._lines[first:needed] = (narrow @ self._turned).toarray()
        self._line |= {name: first + i for i, name in enumerate(names)}
