"""Papers as sparse rows of words in one fixed space: a row never depends on which papers were seen before.

Grams are hashed (scikit-learn's HashingVectorizer), so nothing has to be fitted again when the archive grows.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.utils import murmurhash3_32
from sklearn.utils.extmath import randomized_range_finder

from bot.model import Paper
from bot.recommend.words import category_grams, paper_grams

COLUMNS = 2**20
CATEGORY = 2.5
"""What a category counts beside a word that occurs once."""

_OVER = 16

Array = np.ndarray
"""Of numbers; each function says of what shape."""

_hasher = HashingVectorizer(
    analyzer=lambda row: row, n_features=COLUMNS, alternate_sign=False, norm=None, dtype=np.float32
)


def paper_rows(papers: Sequence[Paper]) -> csr_matrix:
    """(len(papers), 2^20): 1 + ln(count) of each word and pair, and CATEGORY of each category."""
    if not papers:
        return csr_matrix((0, COLUMNS), dtype=np.float32)
    words = csr_matrix(_hasher.transform([paper_grams(paper) for paper in papers]))
    words.data = 1.0 + np.log(words.data)
    categories = csr_matrix(_hasher.transform([category_grams(paper) for paper in papers]))
    found = (words + np.float32(CATEGORY) * categories).tocsr()
    found.sort_indices()
    return found.astype(np.float32)


def columns(grams: Sequence[str]) -> list[int]:
    """Where each gram lives: where the hasher puts it, but that it takes ten times as long for one at a time."""
    return [abs(murmurhash3_32(gram)) % COLUMNS for gram in grams]


def scaled(matrix: csr_matrix, weights: Array) -> csr_matrix:
    """Rows times the column weights (2^20,), each of length 1 (a row without a word stays 0)."""
    data = matrix.data * weights[matrix.indices]
    lengths = np.sqrt(row_sums(data.astype(np.float64) ** 2, matrix.indptr))
    lengths[lengths == 0] = 1.0
    data = (data / np.repeat(lengths, np.diff(matrix.indptr))).astype(np.float32)
    return csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def numbered(columns: Array) -> Array:
    """(2^20,): the place of each of these columns among them, -1 for any other."""
    place = np.full(COLUMNS, -1, np.int32)
    place[columns] = np.arange(len(columns), dtype=np.int32)
    return place


def within(rows: csr_matrix, place: Array, count: int) -> csr_matrix:
    """(n, count): the columns that are `numbered`, of rows (n, 2^20)."""
    at = place[rows.indices]
    kept = at >= 0
    before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int32)
    return csr_matrix((rows.data[kept], at[kept], before[rows.indptr]), (rows.shape[0], count))


def right_singular(matrix: csr_matrix, rank: int) -> tuple[Array, Array]:
    """(columns, rank) and (rank,): the first right singular vectors and values, the greatest first (Halko 2011).

    scikit-learn finds the range; the rest is small, where its own `randomized_svd` decomposes (rank, columns) in full.
    """
    basis = randomized_range_finder(matrix.T.tocsr(), size=rank + _OVER, n_iter=3, random_state=0)
    projected = matrix @ basis
    squares, turns = np.linalg.eigh(projected.T @ projected)
    first = np.argsort(-squares)[:rank]
    return basis @ turns[:, first], np.sqrt(np.maximum(squares[first], 0.0))


def row_key(row: csr_matrix) -> tuple[bytes, bytes]:
    """The same for rows (1, n) of the same values in the same columns."""
    return row.indices.tobytes(), row.data.tobytes()


def row_sums(values: Array, indptr: Array) -> Array:
    """(rows,): the sums of a sparse matrix's values by row, which need not be its own."""
    sums = np.add.reduceat(np.append(values, 0.0), indptr[:-1]) if len(indptr) > 1 else np.zeros(0)
    return np.where(np.diff(indptr) > 0, sums, 0.0)


def unit(rows: Array) -> Array:
    """Rows of length 1; one of zeros stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1.0, lengths))


def spread(from_mean: Array) -> float:
    """The standard deviation of values (n,) whose mean is 0. In many small calls it takes a fifth of `std`'s time."""
    return sqrt(from_mean.dot(from_mean) / len(from_mean))
