"""What a taste's own papers would have got in it, each as if it were not part of its direction."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from bot.recommend.scratch import SCRATCH
from bot.recommend.shelf import Shelf, Words
from bot.recommend.taste import Evidence, Taste
from bot.recommend.vectors import Array
from bot.recommend.weighing import AllWeights, common_of


class Held(NamedTuple):
    """Papers that speak in one strand with others: their strands, and the raw scores they would get there."""

    strands: Array
    raw: Array


def left_out(taste: Taste, weights: AllWeights, evidence: Words, shelf: Shelf) -> tuple[Held, Held]:
    """Likes, and what was passed over, each as if it were not part of the direction."""
    rows = _compact(evidence, [row for _, row in taste.topics])
    parts = (rows @ (rows.T @ _by_row(weights))).reshape(rows.shape[0], len(taste.strands), 3)
    parts[: len(taste.places), :, 2] -= common_of(taste) * shelf.commons(taste.places)[:, None]
    return _likes_left_out(taste.likes, weights, parts), _passed_left_out(taste, weights, parts)


def _likes_left_out(likes: Evidence, weights: AllWeights, parts: Array) -> Held:
    mine = _in_company(likes, len(weights.known))
    strands = likes.strands[mine]
    at, own = parts[mine, strands], weights.liked[strands, mine]
    return Held(strands, (at[:, 0] - own) / (1.0 - own) + at[:, 1] + at[:, 2])


def _passed_left_out(taste: Taste, weights: AllWeights, parts: Array) -> Held:
    mine = _in_company(taste.passed, len(weights.known))
    strands = taste.passed.strands[mine]
    at = parts[len(taste.likes.papers) + len(taste.turned.papers) + mine, strands]
    together = np.bincount(strands, minlength=len(weights.known))[strands]
    rest = (at[:, 1] - weights.passed[strands, mine]) * together / (together - 1)
    return Held(strands, at[:, 0] + rest + at[:, 2])


def _in_company(evidence: Evidence, strands: int) -> Array:
    """The numbers of those that are not alone in their strand."""
    return np.flatnonzero(np.bincount(evidence.strands, minlength=strands)[evidence.strands] > 1)


def _by_row(weights: AllWeights) -> Array:
    """(rows of `_compact`, 3 × strands): each direction's parts: likes, what was passed over, and all else."""
    kinds = (weights.liked, weights.turned, weights.passed, weights.off, weights.topics)
    out = np.zeros((sum(kind.shape[1] for kind in kinds), len(weights.known), 3))
    first = 0
    for kind, part in zip(kinds, (0, 2, 1, 2, 2), strict=True):
        last = first + kind.shape[1]
        out[first:last, :, part] = kind.T
        first = last
    return out.reshape(len(out), 3 * len(weights.known))


def _compact(evidence: Words, topics: Sequence[csr_matrix]) -> csr_matrix:
    """(evidence and topics, as many columns as needed): their rows, for products with one another only."""
    columns = np.concatenate([evidence.columns, *(row.indices for row in topics)])
    values = np.concatenate([evidence.weights, *(row.data for row in topics)])
    more = evidence.ends[-1] + np.cumsum([row.nnz for row in topics], dtype=np.int32)
    ends = np.concatenate([evidence.ends, more])
    return csr_matrix((values, SCRATCH.first(columns), ends), shape=(len(ends) - 1, len(columns)))
