"""Where the crowd sees papers, each worked out once for all channels."""

from collections.abc import Sequence
from threading import Lock

import numpy as np

from bot.model import Paper
from bot.recommend.crowd import Crowd
from bot.recommend.shelf import Shelf
from bot.recommend.vectors import Array

_MOST = 30_000
"""So many papers that the crowd did not like are kept, at about 1 KB each."""


class Seen:
    """The crowd's places (rank dimensions each) of any papers. Safe from many threads."""

    def __init__(self, crowd: Crowd, shelf: Shelf) -> None:
        self.crowd = crowd
        self._shelf = shelf
        self._lock = Lock()
        self._carried: dict[int, Array] = {}

    def spots(self, papers: Sequence[Paper]) -> Array:
        """(len(papers), rank): a liked paper's own place, otherwise the one that its words carry it to."""
        number, own, kept = self.crowd.number, self.crowd.places, self._carried
        found = self._shelf.places(papers).tolist()
        with self._lock:
            if len(kept) > _MOST:
                kept.clear()
            new = {
                at: p for at, p in zip(found, papers, strict=True) if p.id not in number and at not in kept
            }
            if new:
                kept |= zip(new, self.carried(np.array(list(new))), strict=True)
            pairs = zip(found, papers, strict=True)
            return np.array([own[number[p.id]] if p.id in number else kept[at] for at, p in pairs])

    def carried(self, places: Array) -> Array:
        """(len(places), rank): where papers of the shelf are, as if nobody had liked them."""
        return self.crowd.carried(self._shelf.rows(places))
