"""The papers that one channel may be offered, among those that many channels choose from."""

from collections.abc import Sequence
from itertools import chain, compress

import numpy as np

from bot.model import Paper
from bot.recommend.vectors import Array


class Among(tuple[Paper, ...]):
    """Papers, each once, that know where in `whole` they are, so that nobody has to look them up one by one.

    `numbers` are their places there, in order; `own` papers, which the whole lacks, come last.
    """

    whole: tuple[Paper, ...]
    numbers: Array
    own: tuple[Paper, ...]


def among(whole: tuple[Paper, ...], passing: bytes | bytearray, own: Sequence[Paper] = ()) -> Among:
    """Those of the whole (each paper once) where `passing` is not 0, and then `own` ones."""
    found = Among(chain(compress(whole, passing), own))
    found.whole, found.own = whole, tuple(own)
    found.numbers = np.flatnonzero(np.frombuffer(passing, np.uint8))
    return found
