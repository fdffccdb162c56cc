"""Room for sums over all words there are, made once."""

from functools import cached_property
from threading import local

import numpy as np

from bot.recommend.shelf import Words
from bot.recommend.vectors import COLUMNS, Array

_SHORT = np.iinfo(np.uint16).max
"""Columns that can be numbered in half the memory, of which the processor keeps more at hand."""


class Scratch(local):
    """Dense rows of words (2^20,); each thread has its own, because making one is slow."""

    def __init__(self) -> None:
        self._sums = np.zeros(COLUMNS, np.float32)
        self._places = np.zeros(COLUMNS, np.uint16)

    def products(self, columns: Array, values: Array, asked: Words) -> Array:
        """(stored values of `asked`,): each times the sum of the `values` of its column."""
        at = columns.astype(np.intp)
        np.add.at(self._sums, at, values.astype(np.float32))
        found: Array = asked.weights.astype(np.float64) * self._sums[asked.columns.astype(np.intp)]
        self._sums[at] = 0.0
        return found

    def first(self, columns: Array) -> Array:
        """(len(columns),) of int32: numbers below len(columns), the same for the same column."""
        places = self._places if len(columns) <= _SHORT else self._more_places
        # Each use as an index would turn them into such numbers again, and slower.
        at = columns.astype(np.intp)
        places[at] = np.arange(len(columns), dtype=places.dtype)
        found: Array = places[at].astype(np.int32)
        return found

    @cached_property
    def _more_places(self) -> Array:
        return np.zeros(COLUMNS, np.int32)


SCRATCH = Scratch()
