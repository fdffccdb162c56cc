"""What each word of a paper gets from a taste: exact, because a score is affine in words."""

import numpy as np

from bot.recommend.directions import LIKED, OFF, PASSED, TOPIC, TURNED, Voices
from bot.recommend.scratch import SCRATCH
from bot.recommend.shelf import Shelf, Words
from bot.recommend.vectors import Array

NAMES = {
    LIKED: "words you like",
    TOPIC: "topics you follow",
    TURNED: "words you turn down",
    PASSED: "shown and passed over",
    OFF: "not this topic",
}
ANY = "words of any paper"


def parts_of(voices: Voices, common: float, asked: Words, shelf: Shelf) -> dict[str, Array]:
    """By name of the part, (stored values of `asked`,): what each word of each row gets from one strand's direction.

    Their sum is the raw score. `common` is what the mean row weighs in it.
    """
    parts = {name: spoken_by(voices, kind, asked, shelf) for kind, name in NAMES.items()}
    return parts | {ANY: -common * asked.weights.astype(np.float64) * shelf.language.common[asked.columns]}


def spoken_by(voices: Voices, kind: int, asked: Words, shelf: Shelf) -> Array:
    """The same from the voices of one kind."""
    rows, weights = voices.only(kind)
    return spoken(shelf.words(rows, voices.topics), weights, asked)


def spoken(evidence: Words, weights: Array, asked: Words) -> Array:
    """(stored values of `asked`,): what each word of each row gets from these papers, which weigh so much."""
    by_word = evidence.weights * np.repeat(weights, np.diff(evidence.ends))
    return SCRATCH.products(evidence.columns, by_word, asked)
