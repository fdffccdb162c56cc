"""How words are used in the archive: which are rare, and which papers use them alike. Shared by all channels.

Fitted seldom (`Recommender.study`) and named by its version. Latent semantic analysis (Deerwester 1990) by a randomised
singular value decomposition (Halko 2011, scikit-learn's), on the words that at least two papers use.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from scipy.sparse import csr_matrix

from bot.recommend.vectors import COLUMNS, Array, numbered, right_singular, scaled, unit, within

RARITY = 1.25
"""Power of the inverse document frequency."""
DIMENSIONS = 128
VOCABULARY = 60_000
ENOUGH = 500
"""Fewer papers than that have no latent space: words alone are known."""


@dataclass(frozen=True, eq=False)
class Language:
    """`rarity` and `common` (the mean row) are (2^20,); `axes` is (vocabulary, dimensions) for these columns.

    `axes` has no dimensions where there were too few papers; `centre` is the mean paper's place among them. `place`
    (2^20,) is where a word has its row in `axes`, -1 where it has none.
    """

    version: str
    rarity: Array
    common: Array
    place: Array
    axes: Array
    centre: Array

    def rows(self, counts: csr_matrix) -> csr_matrix:
        """(n, 2^20) of length 1 from (n, 2^20) of `paper_rows`."""
        return scaled(counts, self.rarity)

    def spots(self, rows: csr_matrix) -> Array:
        """(n, dimensions): where rows stand around the archive's centre, of length 1; (n, 0) with few papers."""
        if not self.axes.shape[1]:
            return np.zeros((rows.shape[0], 0), np.float32)
        narrow = within(rows, self.place, len(self.axes))
        return unit(unit(narrow @ self.axes) - self.centre).astype(np.float32)


def language_from_rows(counts: csr_matrix, *, latent: bool = True) -> Language:
    """From (n, 2^20) of `paper_rows`, n >= 0; with a latent space if wanted and possible."""
    n = counts.shape[0]
    latent = latent and n >= ENOUGH
    used_by = np.bincount(counts.indices, minlength=COLUMNS)
    rarity = ((np.log((1.0 + n) / (1.0 + used_by)) + 1.0) ** RARITY).astype(np.float32)
    rows = scaled(counts, rarity)
    common = (np.bincount(rows.indices, rows.data, minlength=COLUMNS) / max(n, 1)).astype(np.float32)
    vocabulary = _vocabulary(used_by) if latent else np.zeros(0, np.int64)
    place = numbered(vocabulary)
    narrow = within(rows, place, len(vocabulary))
    axes = _axes(narrow, n)
    places = unit(narrow @ axes)
    centre = places.mean(axis=0).astype(np.float32) if n else np.zeros(axes.shape[1], np.float32)
    version = sha256(rarity.tobytes()).hexdigest()[:8]
    return Language(version, rarity, common, place, axes, centre)


def _vocabulary(used_by: Array) -> Array:
    most_used = np.argsort(-used_by, kind="stable")[:VOCABULARY]
    return np.sort(most_used[used_by[most_used] >= 2])


def _axes(rows: csr_matrix, n: int) -> Array:
    dimensions = min(DIMENSIONS, n // 4, rows.shape[1] // 2)
    if not dimensions:
        return np.zeros((rows.shape[1], 0), np.float32)
    return np.ascontiguousarray(right_singular(rows, dimensions)[0], dtype=np.float32)
