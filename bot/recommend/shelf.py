"""What is computed once per paper, under one language: its words, and where it stands among the others."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from bot.model import Paper
from bot.recommend.language import Language
from bot.recommend.vectors import COLUMNS, Array, paper_rows, row_key

MOST = 120_000
"""So many papers are kept, at about 2 KB each; then the learner takes a new shelf."""

_TOPICS = 20_000


class Growing:
    """An array that is only ever appended to; what was read of it before stays as it is."""

    def __init__(self, empty: Array) -> None:
        self._all, self._used = empty, len(empty)

    def append(self, more: Array) -> None:
        """Rows that come last."""
        needed = self._used + len(more)
        if needed > len(self._all):
            larger = np.empty((max(needed, 2 * len(self._all)), *self._all.shape[1:]), self._all.dtype)
            larger[: self._used] = self._all[: self._used]
            self._all = larger
        self._all[self._used : needed] = more
        self._used = needed

    def now(self) -> Array:
        """All rows so far."""
        return self._all[: self._used]


class Words(NamedTuple):
    """Rows of words as plain arrays, which cost less to make than a matrix: row i has columns[ends[i] : ends[i+1]]."""

    ends: Array
    columns: Array
    weights: Array

    def part(self, first: int, last: int) -> "Words":
        """The rows from `first` until before `last`."""
        start, end = self.ends[[first, last]].tolist()
        return Words(self.ends[first : last + 1] - start, self.columns[start:end], self.weights[start:end])


class Shelf:
    """Papers get places; everything else is asked by place. Safe from many threads."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._lock = Lock()
        self._place: dict[int, int] = {}
        self._ends = Growing(np.zeros(1, np.int64))
        self._columns = Growing(np.zeros(0, np.int32))
        self._weights = Growing(np.zeros(0, np.float32))
        self._spots = Growing(np.zeros((0, language.axes.shape[1]), np.float32))
        self._topics: dict[tuple[str, str], csr_matrix] = {}
        self._topic_spots: dict[tuple[bytes, bytes], Array] = {}
        self._commons = Growing(np.zeros(0, np.float64))

    def places(self, papers: Sequence[Paper]) -> Array:
        """(len(papers),): valid as long as the shelf is."""
        keys = [_key(paper) for paper in papers]
        with self._lock:
            places = [*map(self._place.get, keys)]
            if None in places:
                pairs = zip(keys, papers, strict=True)
                self._add({key: paper for key, paper in pairs if key not in self._place})
                places = [self._place[key] for key in keys]
            return np.array(places, np.int64)

    def topic(self, name: tuple[str, str], made: Callable[[], csr_matrix]) -> csr_matrix:
        """The row (1, 2^20) of a topic, made once; to be left as it is."""
        row = self._topics.get(name)
        if row is None:
            if len(self._topics) >= _TOPICS:
                self._topics.clear()
            row = self._topics[name] = made()
        return row

    def topic_spot(self, row: csr_matrix) -> Array:
        """(dimensions,): where a topic's row (1, 2^20) stands, worked out once; to be left as it is."""
        name = row_key(row)
        spot = self._topic_spots.get(name)
        if spot is None:
            if len(self._topic_spots) >= _TOPICS:
                self._topic_spots.clear()
            spot = self._topic_spots[name] = self.language.spots(row)[0]
        return spot

    def full(self) -> bool:
        """Whether it is time for a new one."""
        return len(self._place) > MOST

    def words(self, places: Array, topics: Sequence[csr_matrix] = ()) -> Words:
        """The rows of these papers, each of length 1; place -1 - t is that of `topics[t]`, a row (1, 2^20)."""
        with self._lock:
            ends, columns, weights = self._ends.now(), self._columns.now(), self._weights.now()
        papers = np.maximum(places, 0)
        # Copied piece by piece, in half the time that it takes to ask for each value by its number.
        pieces = [*map(slice, ends[papers].tolist(), ends[papers + 1].tolist())]
        many = [*map(columns.__getitem__, pieces)], [*map(weights.__getitem__, pieces)]
        for i in np.flatnonzero(places < 0).tolist():
            row = topics[-1 - places[i]]
            many[0][i], many[1][i] = row.indices, row.data
        bounds = np.zeros(len(places) + 1, np.int32)
        np.cumsum([*map(len, many[0])], out=bounds[1:])
        return Words(bounds, _joined(many[0], columns), _joined(many[1], weights))

    def rows(self, places: Array, topics: Sequence[csr_matrix] = ()) -> csr_matrix:
        """The same as (len(places), 2^20)."""
        ends, columns, weights = self.words(places, topics)
        return csr_matrix((weights, columns, ends), shape=(len(places), COLUMNS))

    def commons(self, places: Array) -> Array:
        """(len(places),): how like they are to any paper at all."""
        with self._lock:
            commons = self._commons.now()
        return np.asarray(commons[places])

    def spots(self, places: Array) -> Array:
        """(len(places), dimensions), each of length 1."""
        with self._lock:
            spots = self._spots.now()
        found: Array = spots[places]
        return found

    def fill(self, papers: Sequence[Paper], rows: csr_matrix) -> None:
        """Take in papers whose rows are known already; on an empty shelf only."""
        with self._lock:
            self._put([_key(paper) for paper in papers], rows)

    def _add(self, papers: dict[int, Paper]) -> None:
        self._put(list(papers), self.language.rows(paper_rows(list(papers.values()))))

    def _put(self, keys: Sequence[int], rows: csr_matrix) -> None:
        first = len(self._ends.now()) - 1
        self._ends.append(self._ends.now()[-1] + rows.indptr[1:])
        self._columns.append(rows.indices)
        self._weights.append(rows.data)
        self._spots.append(self.language.spots(rows))
        self._commons.append(rows @ self.language.common.astype(np.float64))
        self._place |= {key: first + i for i, key in enumerate(keys)}


def _joined(pieces: Sequence[Array], like: Array) -> Array:
    return np.concatenate(pieces) if pieces else like[:0]


def _key(paper: Paper) -> int:
    return hash((paper.title, paper.abstract, paper.summary, paper.keywords, paper.categories))
