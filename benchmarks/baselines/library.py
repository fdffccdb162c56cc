"""Those that compare papers with the liked ones: no training at all."""

from collections.abc import Iterator, Sequence
from itertools import cycle

import numpy as np
from sklearn.cluster import KMeans

from benchmarks.baselines.base import Baseline, liked
from bot.model import Paper, Recommendation
from bot.ports import Profile


class PlainRocchio(Baseline):
    """The product with the mean liked paper, and nothing else."""

    version = "plain-rocchio"

    def scores(self, profile: Profile, candidates: Sequence[Paper]) -> np.ndarray:
        taste = np.asarray(self.words.rows(liked(profile)).mean(axis=0)).ravel()
        return np.asarray(self.words.candidates(candidates) @ taste)


class Rocchio(PlainRocchio):
    """Minus 0.6 × the mean of what was shown and ignored."""

    version = "rocchio"

    def scores(self, profile: Profile, candidates: Sequence[Paper]) -> np.ndarray:
        towards = super().scores(profile, candidates)
        if not profile.ignored:
            return towards
        ignored = np.asarray(self.words.rows(profile.ignored).mean(axis=0)).ravel()
        return towards - 0.6 * np.asarray(self.words.candidates(candidates) @ ignored)


class LibrarySimilarity(Baseline):
    """zotero-arxiv-daily: the mean similarity to the library, the latest addition weighing most.

    The weight of the paper at rank 0, 1, … by date added is 1 / (1 + log10(rank + 1)). Here similarity is that of
    words; there it is that of sentence embeddings.
    """

    version = "zotero-arxiv-daily"

    def scores(self, profile: Profile, candidates: Sequence[Paper]) -> np.ndarray:
        latest_first = liked(profile)[::-1]
        weights = 1 / (1 + np.log10(np.arange(len(latest_first)) + 1))
        taste = self.words.rows(latest_first).T @ (weights / weights.sum())
        return np.asarray(self.words.candidates(candidates) @ taste)


class Slots(Baseline):
    """The places dealt in turn to three clusters of the liked papers (k-means), each with its own Rocchio taste."""

    version = "k-means-slots"
    _CLUSTERS = 3

    def ranked(self, profile: Profile, candidates: Sequence[Paper]) -> list[Recommendation]:
        if not (likes := liked(profile)):
            return [Recommendation(paper, 0.0, "") for paper in candidates]
        products = np.asarray(self.words.candidates(candidates) @ self._centres(likes).T)
        dealt = deal([iter(np.argsort(-column, kind="stable").tolist()) for column in products.T])
        return [Recommendation(candidates[i], float(-turn), "") for turn, i in enumerate(dealt)]

    def _centres(self, likes: Sequence[Paper]) -> np.ndarray:
        """(clusters, features), the largest cluster first."""
        rows = self.words.rows(likes)
        model = KMeans(min(self._CLUSTERS, len(likes)), n_init=2, random_state=0).fit(rows)
        sizes = np.bincount(model.labels_, minlength=model.n_clusters)
        return np.asarray(model.cluster_centers_[np.argsort(-sizes, kind="stable")])


def deal(queues: Sequence[Iterator[int]]) -> list[int]:
    """Each queue in turn gives the first that no other gave before; all hold the same, so all end together."""
    given: dict[int, None] = {}
    for queue in cycle(queues):
        if (first := next((one for one in queue if one not in given), None)) is None:
            break
        given[first] = None
    return list(given)
