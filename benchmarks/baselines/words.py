"""The word features that the baselines share: TF-IDF over 1–2-grams, the title twice.

Words are counted once, for all papers of a folder, before any clock runs; that is in the baselines' favour. Which of
them are features and how rare each is, is learned from studied papers only.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from bot.model import Paper, PaperId

_HASHED = 2**22


class Counts:
    """`matrix`: (papers, 2^22), 1 + ln(count) of each gram; `place` tells a paper's row."""

    def __init__(self, papers: Collection[Paper]) -> None:
        hasher = HashingVectorizer(
            ngram_range=(1, 2),
            stop_words="english",
            n_features=_HASHED,
            alternate_sign=False,
            norm=None,
            dtype=np.float32,
        )
        self.matrix = csr_matrix(hasher.transform(f"{p.title}. {p.title}. {p.abstract}" for p in papers))
        self.matrix.data = 1.0 + np.log(self.matrix.data)
        self.place = {paper.id: row for row, paper in enumerate(papers)}

    def rows(self, papers: Iterable[Paper]) -> list[int]:
        return [self.place[paper.id] for paper in papers]


class Words:
    """The `most` commonest grams of the papers studied last. Several baselines may share one."""

    def __init__(self, counts: Counts, most: int = 50_000) -> None:
        self._counts, self._most = counts, most
        self._studied: Sequence[Paper] = ()
        self._asked: tuple[Sequence[Paper], csr_matrix] | None = None
        self._drawn: dict[int, tuple[list[Paper], csr_matrix]] = {}
        self._matrix = csr_matrix((0, 0))

    def study(self, papers: Sequence[Paper]) -> None:
        """Choose the features and weigh every paper's row with them."""
        if papers is self._studied:
            return
        self._studied, self._asked, self._drawn = papers, None, {}
        seen = np.bincount(self._counts.matrix[self._counts.rows(papers)].indices, minlength=_HASHED)
        chosen = np.sort(np.argsort(-seen, kind="stable")[: min(self._most, int((seen > 0).sum()))])
        rarity = np.log((1 + len(papers)) / (1 + seen[chosen])) + 1
        kept = csr_matrix(self._counts.matrix[:, chosen])
        kept.data *= rarity[kept.indices].astype(np.float32)
        self._matrix = csr_matrix(normalize(kept, copy=False))

    def rows(self, papers: Sequence[Paper]) -> csr_matrix:
        """(papers, features), each of length 1. Asked before any study, it studies these."""
        if not self._studied:
            self.study(papers)
        return csr_matrix(self._matrix[self._counts.rows(papers)])

    def candidates(self, papers: Sequence[Paper]) -> csr_matrix:
        """The same for a day's papers, made once a day, for all channels together."""
        if self._asked is None or self._asked[0] is not papers:
            self._asked = papers, self.rows(papers)
        return self._asked[1]

    def random(self, most: int, but: Collection[PaperId]) -> csr_matrix:
        """(at most `most`, features): studied papers drawn by lot once for all, without those of `but`."""
        if most not in self._drawn:
            lot = np.random.default_rng(0).permutation(len(self._studied))[:most]
            papers = [self._studied[i] for i in lot]
            self._drawn[most] = papers, self.rows(papers)
        papers, rows = self._drawn[most]
        kept = [row for row, paper in enumerate(papers) if paper.id not in but]
        return rows if len(kept) == rows.shape[0] else csr_matrix(rows[kept])
