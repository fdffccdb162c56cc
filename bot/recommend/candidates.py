"""The papers that one channel may be offered, among those that many channels choose from."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import overload

import numpy as np

from bot.model import Paper
from bot.recommend.vectors import Array


class Among(Sequence[Paper]):
    """Papers, each once, that know where in `whole` they are, so that nobody has to look them up one by one.

    `numbers` are their places there, in order; `own` papers, which the whole lacks, come last. A paper is fetched when
    it is asked for: of a thousand, most never are.
    """

    def __init__(self, whole: tuple[Paper, ...], numbers: Array, own: tuple[Paper, ...] = ()) -> None:
        self.whole = whole
        self.numbers = numbers
        self.own = own

    def __len__(self) -> int:
        return len(self.numbers) + len(self.own)

    def __iter__(self) -> Iterator[Paper]:
        return chain(map(self.whole.__getitem__, self.numbers.tolist()), self.own)

    @overload
    def __getitem__(self, place: int) -> Paper: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Paper, ...]: ...
    def __getitem__(self, place: int | slice) -> Paper | tuple[Paper, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        from_start = place + len(self) if place < 0 else place
        if 0 <= from_start < len(self.numbers):
            return self.whole[int(self.numbers[from_start])]
        return self.own[from_start - len(self.numbers) if from_start >= 0 else len(self)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def among(whole: tuple[Paper, ...], passing: bytes | bytearray, own: Sequence[Paper] = ()) -> Among:
    """Those of the whole (each paper once) where `passing` is not 0, and then `own` ones."""
    return Among(whole, np.flatnonzero(np.frombuffer(passing, np.uint8)), tuple(own))
