"""What is computed once per paper, under one language: its words, and where it stands among the others."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
from scipy.sparse import csr_matrix

from bot.model import Paper
from bot.recommend.language import Language
from bot.recommend.vectors import COLUMNS, Array, paper_rows

MOST = 120_000
"""So many papers are kept, at about 2 KB each; then the learner takes a new shelf."""


class _Growing:
    """An array that is only ever appended to; what was read of it before stays as it is."""

    def __init__(self, empty: Array) -> None:
        self._all, self._used = empty, len(empty)

    def append(self, more: Array) -> None:
        needed = self._used + len(more)
        if needed > len(self._all):
            larger = np.empty((max(needed, 2 * len(self._all)), *self._all.shape[1:]), self._all.dtype)
            larger[: self._used] = self._all[: self._used]
            self._all = larger
        self._all[self._used : needed] = more
        self._used = needed

    def now(self) -> Array:
        return self._all[: self._used]


class Shelf:
    """Papers get places; everything else is asked by place. Safe from many threads."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._lock = Lock()
        self._place: dict[int, int] = {}
        self._ends = _Growing(np.zeros(1, np.int64))
        self._columns = _Growing(np.zeros(0, np.int32))
        self._weights = _Growing(np.zeros(0, np.float32))
        self._spots = _Growing(np.zeros((0, language.axes.shape[1]), np.float32))

    def places(self, papers: Sequence[Paper]) -> Array:
        """(len(papers),): valid as long as the shelf is."""
        keys = [_key(paper) for paper in papers]
        with self._lock:
            missing = {key: paper for key, paper in zip(keys, papers, strict=True) if key not in self._place}
            if missing:
                self._add(missing)
            return np.fromiter((self._place[key] for key in keys), np.int64, len(keys))

    def full(self) -> bool:
        """Whether it is time for a new one."""
        return len(self._place) > MOST

    def rows(self, places: Array) -> csr_matrix:
        """(len(places), 2^20), each of length 1."""
        with self._lock:
            ends, columns, weights = self._ends.now(), self._columns.now(), self._weights.now()
        starts, lengths = ends[places], ends[places + 1] - ends[places]
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        taken = np.arange(indptr[-1]) + np.repeat(starts - indptr[:-1], lengths)
        return csr_matrix((weights[taken], columns[taken], indptr), shape=(len(places), COLUMNS))

    def spots(self, places: Array) -> Array:
        """(len(places), dimensions), each of length 1."""
        with self._lock:
            spots = self._spots.now()
        found: Array = spots[places]
        return found

    def _add(self, papers: dict[int, Paper]) -> None:
        rows = self.language.rows(paper_rows(list(papers.values())))
        first = len(self._place)
        self._ends.append(self._ends.now()[-1] + rows.indptr[1:])
        self._columns.append(rows.indices)
        self._weights.append(rows.data)
        self._spots.append(self.language.spots(rows))
        self._place |= {key: first + i for i, key in enumerate(papers)}


def _key(paper: Paper) -> int:
    return hash((paper.title, paper.abstract, paper.summary, paper.keywords, paper.categories))
