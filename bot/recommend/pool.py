"""The papers of a morning, made ready once for all channels: how like each is to any other paper or topic."""

from collections.abc import Sequence
from threading import Lock
from typing import Protocol

import numpy as np
from scipy.sparse import csr_matrix

from bot.recommend.directions import Voices
from bot.recommend.seen import Seen
from bot.recommend.shelf import Shelf
from bot.recommend.vectors import Array, numbered, row_key, within

_MOST_KEPT = 30_000_000
"""So many likenesses are kept, at 4 bytes each."""
_PART_KEPT = 4
"""The lines of one product are at most such a part of them, so that others need not be forgotten for it."""
_PIECE = 100
"""So many lines are worked out before somebody else who needs the pool has a turn."""


class AnyPool(Protocol):
    """Papers by number: `places` on the shelf, and `common`, how like they are to any paper at all."""

    shelf: Shelf
    places: Array
    common: Array

    def numbers(self, places: Array) -> Array:
        """(len(places),): of papers that are in the pool."""

    def likeness(self, places: Array, numbers: Array | None = None) -> Array:
        """(len(places), papers of the pool or those `numbers`): of papers of the shelf."""

    def topic_likeness(self, row: csr_matrix) -> Array:
        """(papers of the pool,): of a topic's row (1, 2^20)."""

    def said(self, voices: Voices) -> Array:
        """(strands, papers of the pool): how like each is to what is spoken there, all in all."""

    def spots(self) -> Array:
        """(dimensions, papers of the pool): where they are in the latent space."""

    def crowd_likeness(self, seen: Seen, vector: Array) -> Array:
        """(papers of the pool,): to a channel (rank,), where the crowd sees them as if nobody had liked them."""


class Pool:
    """Likenesses (products of rows of length 1) of its papers, each computed once. Safe from many threads."""

    def __init__(self, shelf: Shelf, places: Array) -> None:
        self.shelf = shelf
        self._number = {place: i for i, place in enumerate(dict.fromkeys(places.tolist()))}
        self.places = np.fromiter(self._number, np.int64, len(self._number))
        self.common = shelf.commons(self.places)
        rows = shelf.rows(self.places)
        self._column = numbered(np.unique(rows.indices))
        self._turned = within(rows, self._column, int(self._column.max()) + 1).T.tocsr()
        self._lock = Lock()
        self._lines = np.empty((64, len(self.places)), np.float32)
        self._used = 0
        self._line = np.full(1, -1, np.int32)
        self._topic_line: dict[tuple[bytes, bytes], int] = {}
        self._crowd: Array | None = None
        self._spots = np.ascontiguousarray(shelf.spots(self.places).T)

    def __contains__(self, place: object) -> bool:
        return place in self._number

    def has(self, places: set[int]) -> int:
        """How many of these."""
        return len(self._number.keys() & places)

    def numbers(self, places: Array) -> Array:
        """(len(places),): KeyError where one is not in the pool."""
        return np.array([self._number[place] for place in places.tolist()], np.int64)

    def likeness(self, places: Array, numbers: Array | None = None) -> Array:
        """(len(places), papers of the pool or those `numbers`), each computed once."""
        with self._lock:
            lines = self._lines_of(places)
            found: Array = (
                self._lines.take(lines, axis=0) if numbers is None else self._lines[lines[:, None], numbers]
            )
            return found

    def topic_likeness(self, row: csr_matrix) -> Array:
        """(papers of the pool,), computed once for a row."""
        with self._lock:
            return np.array(self._lines[self._lines_of(np.array([-1]), (row,))[0]])

    def said(self, voices: Voices) -> Array:
        """(strands, papers of the pool): one product for all strands, of the likenesses that are known already."""
        out = np.empty((len(voices.ends) - 1, len(self.places)), np.float32)
        most, first = _MOST_KEPT // (_PART_KEPT * len(self.places)), 0
        while first < len(out):
            end = voices.ends[first] + most
            last = max(int(voices.ends.searchsorted(end, "right")) - 1, first + 1)
            out[first:last] = self._said(voices.of(first, last))
            first = last
        return out

    def _said(self, voices: Voices) -> Array:
        weights, ends = voices.weights.astype(np.float32), voices.ends.astype(np.int32)
        for start in range(0, len(weights), _PIECE):
            with self._lock:
                self._lines_of(voices.rows[start : start + _PIECE], voices.topics)
        with self._lock:
            lines = self._lines_of(voices.rows, voices.topics)
            told = csr_matrix((weights, lines, ends), shape=(len(ends) - 1, len(self._lines)))
            return np.asarray(told @ self._lines)

    def spots(self) -> Array:
        """(dimensions, papers of the pool): lying so, a product with a few directions takes a fifth of the time."""
        return self._spots

    def crowd_likeness(self, seen: Seen, vector: Array) -> Array:
        """(papers of the pool,): their places are worked out once."""
        if self._crowd is None:
            self._crowd = seen.carried(self.places)
        return np.asarray(self._crowd @ vector)

    def _lines_of(self, rows: Array, topics: Sequence[csr_matrix] = ()) -> Array:
        """(len(rows),): the lines of papers and topics, which are numbered as for `Shelf.words`."""
        lines = self._known(rows, topics)
        if lines.min(initial=0) >= 0:
            return lines
        new = np.unique(rows[lines < 0])
        if (self._used + len(new)) * len(self.places) > _MOST_KEPT:
            self._line[:] = -1
            self._topic_line.clear()
            self._used = 0
            new = np.unique(rows)
        added = self._keep(self.shelf.rows(new, topics))
        of_papers = new >= 0
        self._line[new[of_papers]] = added[of_papers]
        names = [row_key(topics[-1 - topic]) for topic in new[~of_papers].tolist()]
        self._topic_line |= zip(names, added[~of_papers].tolist(), strict=True)
        return self._known(rows, topics)

    def _known(self, rows: Array, topics: Sequence[csr_matrix]) -> Array:
        """(len(rows),): -1 for one without a line."""
        # What stands at the negative numbers of topics is none of theirs, and is written over.
        try:
            lines: Array = self._line[rows]
        except IndexError:
            larger = np.full(max(int(np.abs(rows).max()) + 1, 2 * len(self._line)), -1, np.int32)
            larger[: len(self._line)] = self._line
            self._line, lines = larger, larger[rows]
        for i in np.flatnonzero(rows < 0).tolist() if topics else ():
            lines[i] = self._topic_line.get(row_key(topics[-1 - rows[i]]), -1)
        return lines

    def _keep(self, rows: csr_matrix) -> Array:
        """(rows,): the lines that they have from now on."""
        first, needed = self._used, self._used + rows.shape[0]
        if needed > len(self._lines):
            larger = np.empty((max(needed, 2 * len(self._lines)), len(self.places)), np.float32)
            larger[:first] = self._lines[:first]
            self._lines = larger
        narrow = within(rows, self._column, self._turned.shape[0])
        self._lines[first:needed] = (narrow @ self._turned).toarray()
        self._used = needed
        return np.arange(first, needed, dtype=np.int32)


class Beside:
    """A pool and a small one, whose papers come last."""

    def __init__(self, main: AnyPool, small: AnyPool) -> None:
        self.shelf = main.shelf
        self._both = (main, small)
        self.places = np.concatenate([pool.places for pool in self._both])
        self.common = np.concatenate([pool.common for pool in self._both])

    def numbers(self, places: Array) -> Array:
        """(len(places),): KeyError where one is not in the pool."""
        number = {place: i for i, place in enumerate(self.places.tolist())}
        return np.array([number[place] for place in places.tolist()], np.int64)

    def likeness(self, places: Array, numbers: Array | None = None) -> Array:
        """(len(places), papers of the pool or those `numbers`): of both."""
        lines = np.hstack([pool.likeness(places) for pool in self._both])
        return lines if numbers is None else lines[:, numbers]

    def topic_likeness(self, row: csr_matrix) -> Array:
        """(papers of the pool,): of both."""
        return np.concatenate([pool.topic_likeness(row) for pool in self._both])

    def said(self, voices: Voices) -> Array:
        """(strands, papers of the pool): of both."""
        return np.hstack([pool.said(voices) for pool in self._both])

    def spots(self) -> Array:
        """(dimensions, papers of the pool): of both."""
        return np.hstack([pool.spots() for pool in self._both])

    def crowd_likeness(self, seen: Seen, vector: Array) -> Array:
        """(papers of the pool,): of both."""
        return np.concatenate([pool.crowd_likeness(seen, vector) for pool in self._both])
