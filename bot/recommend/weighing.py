"""What each piece of evidence weighs in the directions of a taste."""

from dataclasses import dataclass

import numpy as np

from bot.recommend.taste import (
    COMMON,
    FEW_LIKED,
    FEW_PASSED,
    FEW_TURNED,
    FIRST,
    FOLLOWED,
    OFF_TOPIC,
    PASSED_OVER,
    TURNED_DOWN,
    Evidence,
    Taste,
)
from bot.recommend.vectors import Array


@dataclass(frozen=True, eq=False)
class Weights:
    """The parts of a strand's direction, each as weights of the rows of its evidence; all but `liked` are negative.

    `topic` and `background` are the weights of those rows.
    """

    liked: Array
    turned: Array
    passed: Array
    off: Array
    topic: float
    background: float


@dataclass(frozen=True, eq=False)
class AllWeights:
    """What each piece of evidence weighs in the directions: (strands, papers of that kind), `topics` (strands, topics).

    `known` (strands,) is what its likes weigh together, `against` what was turned down there; `topic` and `background`
    (strands,) what their topics and the followed categories weigh, where there are any.
    """

    liked: Array
    turned: Array
    passed: Array
    off: Array
    topics: Array
    known: Array
    against: Array
    topic: Array
    background: Array

    def of(self, strand: int) -> Weights:
        """Of one of them."""
        return Weights(
            liked=self.liked[strand],
            turned=self.turned[strand],
            passed=self.passed[strand],
            off=self.off[strand],
            topic=float(self.topic[strand]),
            background=float(self.background[strand]),
        )


def weights_of(taste: Taste) -> AllWeights:
    """In each strand's direction."""
    numbers = np.arange(len(taste.strands))
    liked, known = _means(taste.likes, numbers)
    turned, against = _means(taste.turned, numbers)
    passed, seen = _means(taste.passed, numbers)
    few = np.where(known > 0, FOLLOWED + FIRST / np.where(known > 0, known, 1.0), 1.0)
    topic = few * [strand.row is not None for strand in taste.strands]
    background = few * (taste.background is not None)
    owner = np.array([strand for strand, _ in taste.topics], np.int64)
    told = _told(known, (topic > 0) | (background > 0))
    return AllWeights(
        liked=liked,
        turned=-TURNED_DOWN * (against / (against + FEW_TURNED))[:, None] * turned * _heard(taste, told),
        passed=-PASSED_OVER * (told * seen / (seen + FEW_PASSED))[:, None] * passed,
        off=np.tile(-OFF_TOPIC * taste.off.weights, (len(numbers), 1)),
        topics=topic[:, None] * (owner == numbers[:, None]) + background[:, None] * (owner < 0),
        known=known,
        against=against,
        topic=topic,
        background=background,
    )


def _means(evidence: Evidence, strands: Array) -> tuple[Array, Array]:
    """(strands, papers): each paper's part in the mean of its strand; (strands,): what these papers weigh together.

    By what they weigh, not by their number, a damped or faded vote says less.
    """
    chosen = np.where(evidence.strands == strands[:, None], evidence.weights, 0.0)
    total = chosen.sum(axis=1)
    return chosen / np.where(total > 0, total, 1.0)[:, None], total


def _told(known: Array, followed: Array) -> Array:
    """(strands,): 0 … 1, how well it is known what is wanted there; a topic stands for part of a like.

    What turned down and wanted papers share cancels only in a mean of many likes: few would have it against them.
    Where nothing is wanted, what is turned down is all there is, and counts in full.
    """
    wanted = known + FOLLOWED * followed
    return np.where(wanted > 0, wanted / (wanted + FEW_LIKED), 1.0)


def _heard(taste: Taste, told: Array) -> Array:
    """(strands, turned down): the same for each paper; of what is off topic it was said what is meant by it."""
    if not len(taste.off.places):
        return told[:, None]
    return np.where(np.isin(taste.turned.places, taste.off.places), 1.0, told[:, None])


def common_of(taste: Taste) -> float:
    """Where nothing is liked, the common is no worse than the odd."""
    return 0.0 if taste.is_blank() else COMMON
