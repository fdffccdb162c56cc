"""What a taste's own papers would have got in it, each as if it were not part of its direction."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from bot.recommend.directions import KINDS, LIKED, PASSED, Directions, Voices
from bot.recommend.scratch import SCRATCH
from bot.recommend.shelf import Words
from bot.recommend.vectors import Array

_PART = np.full(len(KINDS), 2)
_PART[[LIKED, PASSED]] = 0, 1
"""Which part of a direction each kind of voice belongs to: likes, what was passed over, all else."""
_FAINT = 1e-3
"""Whose company weighs less than that in a mean has none: what is left of such sums is the error of their products."""


class Held(NamedTuple):
    """Papers that speak in one strand with others: their strands, and the raw scores they would get there."""

    strands: Array
    raw: Array


def left_out(directions: Directions) -> tuple[Held, Held]:
    """Likes, and what was passed over, each as if it were not part of the direction."""
    voices = directions.voices
    parts = _parts(voices, directions.words)
    likes, passed = (_in_company(voices, kind) for kind in (LIKED, PASSED))
    likes = likes[voices.weights[likes] < 1.0 - _FAINT]
    held = np.concatenate([likes, passed])
    parts[held, 2] -= directions.common[voices.strands[held]] * directions.shelf.commons(voices.rows[held])
    return _likes_left_out(voices, likes, parts), _passed_left_out(voices, passed, parts, directions.passed)


def _likes_left_out(voices: Voices, mine: Array, parts: Array) -> Held:
    at, own = parts[mine], voices.weights[mine]
    return Held(voices.strands[mine], (at[:, 0] - own) / (1.0 - own) + at[:, 1] + at[:, 2])


def _passed_left_out(voices: Voices, mine: Array, parts: Array, passed: Array) -> Held:
    at, strands = parts[mine], voices.strands[mine]
    together = passed[strands]
    rest = (at[:, 1] - voices.weights[mine]) * together / (together - 1)
    return Held(strands, at[:, 0] + rest + at[:, 2])


def _in_company(voices: Voices, kind: int) -> Array:
    """The numbers of those of a kind that are not alone in their strand."""
    mine = np.flatnonzero(voices.kinds == kind)
    strands = voices.strands[mine]
    return np.asarray(mine[np.bincount(strands)[strands] > 1])


def _parts(voices: Voices, words: Words) -> Array:
    """(voices, 3): how like each is to the parts of its strand's direction."""
    rows = _compact(words, voices.ends)
    spoken = np.zeros((len(voices.rows), 3), np.float32)
    spoken[np.arange(len(spoken)), _PART[voices.kinds]] = voices.weights
    found: Array = rows @ (rows.T @ spoken)
    return found.astype(np.float64)


def _compact(words: Words, strands: Array) -> csr_matrix:
    """(rows, as many columns as needed): the rows, for products with others of their strand only.

    A word has another column in each strand, so that one product is for all strands and each row meets only its own.
    """
    bounds = words.ends[strands].tolist()
    columns = np.empty(len(words.columns), np.int32)
    for first, last in pairwise(bounds):
        columns[first:last] = SCRATCH.first(words.columns[first:last])
        columns[first:last] += first
    return csr_matrix((words.weights, columns, words.ends), shape=(len(words.ends) - 1, len(columns)))
