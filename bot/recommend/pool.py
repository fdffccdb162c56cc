"""The papers of a morning, made ready once for all channels: how like each is to any other paper or topic."""

from collections.abc import Hashable, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from bot.model import Paper, PaperId
from bot.recommend.crowd import Crowd
from bot.recommend.meaning import Map
from bot.recommend.shelf import Shelf
from bot.recommend.vectors import COLUMNS, Array

_MOST_KEPT = 30_000


class Pool:
    """Likenesses (products of rows of length 1) of its papers, each computed once. For one thread at a time."""

    def __init__(self, shelf: Shelf, papers: Sequence[Paper]) -> None:
        self.papers = tuple(papers)
        self.places = shelf.places(self.papers)
        self.shelf = shelf
        self._number = {id(paper): i for i, paper in enumerate(self.papers)}
        rows = shelf.rows(self.places)
        self.common: Array = rows @ shelf.language.common
        used = np.unique(rows.indices)
        self._column = np.full(COLUMNS, -1, np.int32)
        self._column[used] = np.arange(len(used), dtype=np.int32)
        narrow = (rows.data, self._column[rows.indices], rows.indptr)
        self._turned = csr_matrix(narrow, (len(papers), len(used))).T.tocsr()
        self._line: dict[Hashable, int] = {}
        self._lines = np.empty((64, len(self.papers)), np.float32)
        self._crowd: Array | None = None
        self._spots: Array | None = None
        self._vectors = -1
        self._seen_by_crowd: dict[PaperId, Array] = {}

    def numbers(self, papers: Sequence[Paper]) -> Array | None:
        """(len(papers),): where they are in the pool; None where one is not (the same object)."""
        found = [self._number.get(id(paper), -1) for paper in papers]
        return None if -1 in found else np.array(found, np.int64)

    def likeness(self, places: Array) -> Array:
        """(len(places), papers of the pool): of papers of the shelf."""
        wanted = places.tolist()
        if len(self._line) + len(wanted) > _MOST_KEPT:
            self._line.clear()
        missing = np.array([place for place in dict.fromkeys(wanted) if place not in self._line], np.int64)
        if len(missing):
            self._keep(missing.tolist(), self._products(self.shelf.rows(missing)))
        return self._lines[[self._line[place] for place in wanted]]

    def topic_likeness(self, name: Hashable, row: csr_matrix) -> Array:
        """(1, papers of the pool): of a topic's row (1, 2^20), kept under its name."""
        if name not in self._line:
            self._keep([name], self._products(row))
        return self._lines[[self._line[name]]]

    def alike(self, number: int, others: Array) -> Array:
        """(len(others),): how like papers of the pool are to one of them."""
        return np.asarray(self.likeness(self.places[[number]])[0][others])

    def spots(self, found: Map) -> Array:
        """(papers of the pool, dimensions): where they stand on the map; looked up anew once there are more vectors."""
        count = found.count
        if self._spots is None or self._vectors != count:
            self._spots = found.spots(self.papers)
            self._vectors = count
        return self._spots

    def crowd_places(self, crowd: Crowd) -> Array:
        """(papers of the pool, rank): where the crowd sees them; computed once."""
        if self._crowd is None:
            self._crowd = self._placed(crowd, self.papers)
        return self._crowd

    def crowd_spots(self, crowd: Crowd, papers: Sequence[Paper]) -> Array:
        """(len(papers), rank): where the crowd sees any papers."""
        missing = [p for p in papers if p.id not in crowd.number and p.id not in self._seen_by_crowd]
        if missing:
            spots = self._placed(crowd, missing)
            self._seen_by_crowd |= {paper.id: spot for paper, spot in zip(missing, spots, strict=True)}
        kept = self._seen_by_crowd
        return np.array(
            [crowd.places[crowd.number[p.id]] if p.id in crowd.number else kept[p.id] for p in papers]
        )

    def _placed(self, crowd: Crowd, papers: Sequence[Paper]) -> Array:
        return crowd.carried(self.shelf.rows(self.shelf.places(papers)))

    def _products(self, rows: csr_matrix) -> Array:
        at = self._column[rows.indices]
        kept = at >= 0
        indptr = np.concatenate([[0], np.cumsum(kept)])[rows.indptr]
        narrow = csr_matrix((rows.data[kept], at[kept], indptr), (rows.shape[0], self._turned.shape[0]))
        return np.asarray((narrow @ self._turned).toarray())

    def _keep(self, names: Sequence[Hashable], lines: Array) -> None:
        first = len(self._line)
        needed = first + len(names)
        if needed > len(self._lines):
            larger = np.empty((max(needed, 2 * len(self._lines)), len(self.papers)), np.float32)
            larger[:first] = self._lines[:first]
            self._lines = larger
        self._lines[first:needed] = lines
        self._line |= {name: first + i for i, name in enumerate(names)}
