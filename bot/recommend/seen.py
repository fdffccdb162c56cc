"""Where the crowd sees papers, each worked out once for all channels."""

from collections.abc import Sequence
from threading import Lock

import numpy as np

from bot.model import Paper
from bot.recommend.crowd import Crowd
from bot.recommend.shelf import Growing, Shelf
from bot.recommend.vectors import Array

_MOST = 30_000
"""So many papers that the crowd did not like are kept, at about 1 KB each."""


class Seen:
    """The crowd's places (rank dimensions each) of any papers. Safe from many threads."""

    def __init__(self, crowd: Crowd, shelf: Shelf) -> None:
        self.crowd = crowd
        self._shelf = shelf
        self._lock = Lock()
        self._forget()

    def spots(self, papers: Sequence[Paper]) -> Array:
        """(len(papers), rank): a liked paper's own place, otherwise the one that its words carry it to."""
        rows = [self.crowd.number.get(paper.id, -1) for paper in papers]
        others = [i for i, row in enumerate(rows) if row < 0]
        with self._lock:
            if others:
                for i, row in zip(others, self._carried_rows([papers[i] for i in others]), strict=True):
                    rows[i] = row
            return np.asarray(self._spots.now()[np.array(rows, np.int64)])

    def carried(self, places: Array) -> Array:
        """(len(places), rank): where papers of the shelf are, as if nobody had liked them."""
        return self.crowd.carried(self._shelf.rows(places))

    def _forget(self) -> None:
        """Where the liked papers stand is known; then come the others, as they are asked for."""
        self._spots = Growing(self.crowd.places)
        self._row: dict[int, int] = {}

    def _carried_rows(self, papers: Sequence[Paper]) -> list[int]:
        places = self._shelf.places(papers).tolist()
        if len(self._row) > _MOST:
            self._forget()
        new = [place for place in dict.fromkeys(places) if place not in self._row]
        if new:
            first = len(self._spots.now())
            self._spots.append(self.carried(np.array(new)))
            self._row |= {place: first + i for i, place in enumerate(new)}
        return [self._row[place] for place in places]
