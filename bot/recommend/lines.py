"""The log-odds that words give a candidate, per interest: a line over its likeness to the interest's direction.

What an interest's likes and its passed-over papers would have got, each left out of its own mean, tells which likeness
makes a paper wanted (linear discriminant of two normals, Fisher 1936): so scores of different interests can be
compared, and a narrow interest does not drown a broad one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from bot.recommend.directions import LIKED, Directions, Voices
from bot.recommend.hand import Hand
from bot.recommend.left_out import Held, left_out
from bot.recommend.shelf import Words
from bot.recommend.vectors import Array, spread

PSEUDO = 10.0
"""So many imagined papers steady the calibration."""
EXPECTED = 3.0
"""Where a wanted paper stands while nothing was liked: so many standard deviations above the mean candidate."""
LEAST_HIGH = 1.0
"""… and never lower than that: where the likes themselves are turned down, what is unlike them is not wanted for it."""
LEAST_GAP = 0.2
MOST_HIGH = 6.0
"""Where words are followed, likes that stand higher count as if they stood there: that says how rare the words are."""


@dataclass(frozen=True, eq=False)
class Lines:
    """One taste's: by strand, log-odds = slope × likeness + base. `odds` are (strands, candidates).

    Above `prior` a paper is more like the strand's likes than like what was passed over. The strands are those of
    `directions` from `first` on.
    """

    directions: Directions
    first: int
    slope: Array
    prior: Array
    odds: Array

    def voices(self, strand: int) -> Voices:
        """Who speaks in it."""
        return self.directions.voices.of(self.first + strand, self.first + strand + 1)

    def common(self, strand: int) -> float:
        """What of the mean paper is taken off there."""
        return float(self.directions.common[self.first + strand])

    def liked_words(self, strand: int) -> tuple[Words, Array]:
        """The rows of its likes, and what each weighs."""
        _, weights = self.voices(strand).only(LIKED)
        # They are the first to speak.
        start = int(self.directions.voices.ends[self.first + strand])
        return self.directions.words.part(start, start + len(weights)), weights


def lines_of(directions: Directions, hands: Sequence[Hand]) -> Iterator[Lines]:
    """For each taste, in turn, over its hand of candidates, one at least."""
    raw = _raw(directions, hands)
    slope, base, prior = _fitted(directions, raw)
    for number, mine in enumerate(raw):
        first, last = directions.of(number)
        odds = slope[first:last, None] * mine + base[first:last, None]
        yield Lines(directions, first, slope[first:last], prior[first:last], odds)


def _raw(directions: Directions, hands: Sequence[Hand]) -> list[Array]:
    """For each taste (strands, candidates): likeness to each strand's direction."""
    found: list[Array] = []
    for pool, some in groupby(range(len(hands)), key=lambda number: hands[number].pool):
        numbers = list(some)
        start, end = directions.of(numbers[0])[0], directions.of(numbers[-1])[1]
        said = pool.said(directions.voices.of(start, end)) - directions.common[start:end, None] * pool.common
        for number in numbers:
            first, last = directions.of(number)
            found.append(said[first - start : last - start].take(hands[number].numbers, axis=1))
    return found


def _fitted(directions: Directions, raw: Sequence[Array]) -> tuple[Array, Array, Array]:
    """(strands,) each: slope, base and prior of the log-odds."""
    liked, other = left_out(directions)
    means = [mine.sum(axis=1) / mine.shape[1] for mine in raw]
    from_mean = [mine - its[:, None] for mine, its in zip(raw, means, strict=True)]
    mean = np.concatenate(means)
    deviation = np.array([spread(row) or 1.0 for mine in from_mean for row in mine])
    named = np.array([strand.row is not None for taste in directions.tastes for strand in taste.strands])
    most = np.where(named, MOST_HIGH, np.inf)
    slope, middle = _discriminants(
        Held(liked.strands, np.minimum(_standing(liked, mean, deviation), most[liked.strands])),
        Held(other.strands, _standing(other, mean, deviation)),
        len(named),
    )
    prior = np.log((directions.known + 1.0) / (directions.passed + 3.0 * directions.against + 3.0))
    return slope / deviation, prior - slope * (middle + mean / deviation), prior


def _standing(held: Held, mean: Array, deviation: Array) -> Array:
    """(papers,): how many standard deviations above the mean candidate of their strands."""
    return np.asarray((held.raw - mean[held.strands]) / deviation[held.strands])


def _discriminants(liked: Held, other: Held, strands: int) -> tuple[Array, Array]:
    """(strands,): slope and middle of the log-odds of two normals of one spread, steadied by imagined papers."""

    def sums(held: Held, values: Array | None = None) -> Array:
        return np.bincount(held.strands, values, strands)

    likes, others = sums(liked), sums(other)
    high = np.maximum((sums(liked, liked.raw) + EXPECTED) / (likes + 1), LEAST_HIGH)
    low = (sums(other, other.raw) + PSEUDO * (high - 1.0)) / (others + PSEUDO)
    near_high = sums(liked, (liked.raw - high[liked.strands]) ** 2)
    near_low = sums(other, (other.raw - low[other.strands]) ** 2)
    spread = (near_high + near_low + PSEUDO) / (likes + others + PSEUDO)
    return np.maximum(high - low, LEAST_GAP) / spread, (high + low) / 2
