"""What each word of a paper gets from a taste: exact, because a score is affine in words."""

from itertools import pairwise

import numpy as np

from bot.recommend.scratch import SCRATCH
from bot.recommend.shelf import Words
from bot.recommend.taste import Taste
from bot.recommend.vectors import Array
from bot.recommend.weighing import Weights, common_of

LIKED, TOPICS, TURNED = "words you like", "topics you follow", "words you turn down"
PASSED, OFF, ANY = "shown and passed over", "not this topic", "words of any paper"


def parts_of(
    taste: Taste, number: int, weights: Weights, evidence: Words, asked: Words, common: Array
) -> dict[str, Array]:
    """By name of the part, (stored values of `asked`,): what each word of each row gets from the strand's direction.

    Their sum is the raw score. `evidence` are the rows of all of the taste's papers, `common` (2^20,) is the mean row.
    """
    ends = np.cumsum(
        [0, *(len(part) for part in (weights.liked, weights.turned, weights.passed, weights.off))]
    )
    parts = [evidence.part(first, last) for first, last in pairwise(ends.tolist())]
    return {
        LIKED: spoken(parts[0], weights.liked, asked),
        TOPICS: spoken_by_topics(taste, number, weights, asked),
        TURNED: spoken(parts[1], weights.turned, asked),
        PASSED: spoken(parts[2], weights.passed, asked),
        OFF: spoken(parts[3], weights.off, asked),
        ANY: -common_of(taste) * asked.weights.astype(np.float64) * common[asked.columns],
    }


def spoken(evidence: Words, weights: Array, asked: Words) -> Array:
    """(stored values of `asked`,): what each word of each row gets from these papers, which weigh so much."""
    by_word = evidence.weights * np.repeat(weights, np.diff(evidence.ends))
    return SCRATCH.products(evidence.columns, by_word, asked)


def spoken_by_topics(taste: Taste, number: int, weights: Weights, asked: Words) -> Array:
    """The same from the strand's own topic, and from the followed categories."""
    speaks = {number: weights.topic, -1: weights.background}
    found = np.zeros(len(asked.weights))
    for strand, row in taste.topics:
        if strand in speaks:
            found += speaks[strand] * SCRATCH.products(row.indices, row.data, asked)
    return found
