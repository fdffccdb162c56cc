"""Channels like yours: what other channels like, carried to papers that nobody has rated, in closed form.

1. The likes (channels × papers), each divided by the roots of its row's and its column's sum, are cut to RANK
   directions (truncated singular value decomposition). A paper's own factor: right singular vectors × singular values.
2. Words carry a factor to any paper: the mean of its nearest liked papers, plus ridge regression from words.
3. A liked paper stands at own + carried, any other at carried. A channel must find both in one place, so a liked
   paper's carried factor never uses its own one.
4. All places are whitened by the liked ones. A channel's vector is the ridge regression of its own ratings on the
   places of the papers it rated, so that who was not part of the study is served as well.

Only factors of papers and words are kept: no channel, no rating, and no factor of a paper that one channel alone likes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.linalg.lapack import dposv
from scipy.sparse import csr_matrix, diags

from bot.model import PaperId
from bot.ports import Likes
from bot.recommend.vectors import Array, numbered, right_singular, unit, within

RANK = 256
NEIGHBOURS = 100
RIDGE = 3.0
STEPS = 12
UNRATED = 0.5
"""How much the papers that a channel did not rate stretch the space."""
NOISE = 1.0
FEWEST = 2
"""A paper that fewer channels like has no factor of its own: nobody could hide in it."""
CHANNELS, LIKES_EACH, LIKES = 50, 5, 1_000
"""It takes so many channels with so many likes each, and so many likes in all, before a crowd says anything."""
FULL_AT, MOST = 3_500.0, 4.0
"""Its weight beside words: likes / FULL_AT, at most MOST; measured by leaving channels out of a large collection."""
_CHUNK = 500


@dataclass(frozen=True, eq=False)
class Crowd:
    """`turned` (columns, papers) has the rows of the liked papers, `own` (papers, rank) their factors, `words`
    (columns, rank) carries words; `column` (2^20,) is where a word has its column there, -1 where it has none.

    `white` (rank, rank) whitens; `places` (papers, rank) is where the liked papers stand, by `number`. `weight` counts
    beside the words' 1.
    """

    turned: csr_matrix
    own: Array
    column: Array
    words: Array
    white: Array
    places: Array
    number: Mapping[PaperId, int]
    weight: float

    def carried(self, rows: csr_matrix) -> Array:
        """(n, rank): where papers without a factor of their own stand, from their words (n, 2^20) alone."""
        narrow = within(rows, self.column, len(self.words))
        near = _near(narrow, self.turned, self.own, themselves=False)
        return np.asarray(unit(near + unit(narrow @ self.words)) @ self.white, np.float32)

    def vector(self, places: Array, ratings: Array) -> Array:
        """(rank,): the channel whose ratings (n,) these are of papers at `places` (n, rank)."""
        if len(places) <= places.shape[1]:
            gram = places @ places.T
            gram.flat[:: len(gram) + 1] += NOISE
            # Of a positive definite matrix: a third of the time of any.
            return np.asarray(dposv(gram.astype(np.float64), ratings)[1] @ places)
        gram = places.T @ places
        gram.flat[:: len(gram) + 1] += NOISE
        return np.asarray(np.linalg.solve(gram, places.T @ ratings))


def crowd_from_likes(libraries: Sequence[Likes], ids: Sequence[PaperId], rows: csr_matrix) -> Crowd | None:
    """From channels' ratings of the papers `ids`, whose words are `rows` (n, 2^20); None while there are too few."""
    likes, kept = _likes(libraries, ids)
    if likes is None:
        return None
    weight = min(MOST, likes.nnz / FULL_AT)
    rank = min(RANK, max(8, likes.shape[0] // 4), *(size - 1 for size in likes.shape))
    liked = rows[kept]
    column = numbered(np.flatnonzero(np.bincount(liked.indices, minlength=rows.shape[1]) >= 2))
    narrow = within(liked, column, int(column.max()) + 1)
    turned = narrow.T.tocsr()
    own = _own(likes, rank)
    coefficients = _ridge(narrow, own)
    words = np.asarray(narrow.T @ coefficients, np.float32)
    carried = unit(
        _near(narrow, turned, own, themselves=True) + unit(own - np.float32(RIDGE + 1.0) * coefficients)
    )
    spots = unit(own + carried)
    spread = spots.T @ spots * (UNRATED * rank / len(kept)) + np.eye(rank)
    white = np.linalg.inv(np.linalg.cholesky(spread)).T
    number = {ids[place]: i for i, place in enumerate(kept.tolist())}
    places = (spots @ white).astype(np.float32)
    return Crowd(turned, own, column, words, white, places, number, weight)


def _likes(libraries: Sequence[Likes], ids: Sequence[PaperId]) -> tuple[csr_matrix | None, Array]:
    """(channels, kept papers) of likes > 0, and which of `ids` these papers are."""
    place = {paper: i for i, paper in enumerate(ids)}
    liked = [{p: w for p, w in library if w > 0 and p in place} for library in libraries]
    count = Counter(paper for library in liked for paper in library)
    kept = np.array(sorted(place[paper] for paper, channels in count.items() if channels >= FEWEST), np.int64)
    here = {ids[p]: i for i, p in enumerate(kept.tolist())}
    rows = [[(here[p], w) for p, w in library.items() if p in here] for library in liked]
    enough = sum(len(row) >= LIKES_EACH for row in rows)
    if enough < CHANNELS or sum(map(len, rows)) < LIKES:
        return None, kept
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    flat = [pair for row in rows for pair in row]
    columns, weights = np.array([c for c, _ in flat]), np.array([w for _, w in flat], np.float32)
    return csr_matrix((weights, columns, indptr), shape=(len(rows), len(kept))), kept


def _own(likes: csr_matrix, rank: int) -> Array:
    """(papers, rank), each of length 1."""
    by_channel, by_paper = (np.maximum(np.asarray(likes.sum(axis=axis)).ravel(), 1.0) for axis in (1, 0))
    right, values = right_singular(csr_matrix(diags(by_channel**-0.5) @ likes @ diags(by_paper**-0.5)), rank)
    return unit(right * values).astype(np.float32)


def _near(rows: csr_matrix, turned: csr_matrix, own: Array, *, themselves: bool) -> Array:
    """(n, rank) of length 1: the mean factor of the nearest liked papers, weighted by the square of the likeness.

    `themselves`: `rows` are the liked papers, and each leaves itself out.
    """
    out = np.zeros((rows.shape[0], own.shape[1]), np.float32)
    count = min(NEIGHBOURS, turned.shape[1] - 1)
    for start in range(0, rows.shape[0], _CHUNK):
        near = (rows[start : start + _CHUNK] @ turned).toarray()
        if themselves:
            near[np.arange(len(near)), start + np.arange(len(near))] = 0.0
        best = np.argpartition(-near, count - 1, axis=1)[:, :count]
        squares = np.take_along_axis(near, best, axis=1) ** 2
        picks = csr_matrix(
            (squares.ravel(), best.ravel(), np.arange(len(near) + 1) * count), shape=near.shape
        )
        out[start : start + _CHUNK] = picks @ own
    return unit(out)


def _ridge(rows: csr_matrix, own: Array) -> Array:
    """(papers, rank): a = (K + RIDGE)⁻¹ own with K = rows rowsᵀ, by conjugate gradients (Hestenes and Stiefel 1952)."""
    found, rest = np.zeros_like(own), own.copy()
    way, size = rest.copy(), (rest * rest).sum(axis=0)
    turned = rows.T.tocsr()
    for _ in range(STEPS):
        step = rows @ (turned @ way) + np.float32(RIDGE) * way
        length = size / np.maximum((way * step).sum(axis=0), 1e-20)
        found += length * way
        rest -= length * step
        size, before = (rest * rest).sum(axis=0), size
        way = rest + size / np.maximum(before, 1e-20) * way
    return found


def trust(ratings: int) -> float:
    """0 … 1: how far a channel of so many ratings is known to the crowd."""
    return sqrt(ratings / (ratings + 4.0))
