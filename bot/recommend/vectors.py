"""Texts as sparse rows in one fixed space: a row never depends on which papers were seen before.

Grams are hashed (scikit-learn's HashingVectorizer), so nothing has to be fitted again when the archive grows.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

COLUMNS = 2**20

Array = np.ndarray
"""Of floats or ints; each function says of what shape."""

_hasher = HashingVectorizer(
    analyzer=lambda row: row, n_features=COLUMNS, alternate_sign=False, norm=None, dtype=np.float32
)


def rows(texts: Sequence[Sequence[str]]) -> csr_matrix:
    """(len(texts), 2^20): 1 + ln(count) of each gram."""
    if not texts:
        return csr_matrix((0, COLUMNS), dtype=np.float32)
    matrix = csr_matrix(_hasher.transform(texts))
    matrix.data = (1.0 + np.log(matrix.data)).astype(np.float32)
    return matrix


def columns(grams: Sequence[str]) -> list[int]:
    """Where each gram lives."""
    return [int(i) for i in _hasher.transform([[gram] for gram in grams]).indices] if grams else []


def scaled(matrix: csr_matrix, weights: Array) -> csr_matrix:
    """Rows times the column weights (2^20,), each of length 1 (a row without a word stays 0)."""
    out = csr_matrix(
        (matrix.data * weights[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape
    )
    lengths = np.sqrt(np.bincount(_row_numbers(out), out.data.astype(np.float64) ** 2, out.shape[0]))
    lengths[lengths == 0] = 1.0
    out.data = (out.data / np.repeat(lengths, np.diff(out.indptr))).astype(np.float32)
    return out


def _row_numbers(matrix: csr_matrix) -> Array:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
