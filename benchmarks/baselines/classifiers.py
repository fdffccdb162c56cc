"""The two that train a classifier for each channel: liked papers against random ones."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import vstack
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from benchmarks.baselines.base import Baseline, liked
from bot.model import Paper
from bot.ports import Profile


class ArxivSanity(Baseline):
    """arxiv-sanity-lite: LinearSVC, C = 0.01, classes balanced; all other papers are negative.

    Here at most 5,000 of these, drawn by lot.
    """

    version = "arxiv-sanity-lite"

    def scores(self, profile: Profile, candidates: Sequence[Paper]) -> np.ndarray:
        rows = self.words.candidates(candidates)
        likes = liked(profile)
        others = self.words.random(5_000, {paper.id for paper in likes})
        if not others.shape[0]:
            return np.zeros(len(candidates))
        wanted = [1] * len(likes) + [0] * others.shape[0]
        model = LinearSVC(C=0.01, class_weight="balanced", max_iter=10_000, tol=1e-6, random_state=0)
        model.fit(vstack([self.words.rows(likes), others]), wanted)
        return np.asarray(model.decision_function(rows))


class ScholarInbox(Baseline):
    """Scholar Inbox: logistic regression, C = 0.1, with weights for liked, disliked and random papers.

    w_P = 1/n_P, w_N = S·V/(V·n_N + (1−V)·n_R), w_R = S·(1−V)/(V·n_N + (1−V)·n_R), V = 0.8, S = 5. Here at most
    2,000 random papers instead of 5,000.
    """

    version = "scholar-inbox"
    _V, _S = 0.8, 5.0

    def scores(self, profile: Profile, candidates: Sequence[Paper]) -> np.ndarray:
        rows = self.words.candidates(candidates)
        likes = liked(profile)
        dislikes = [paper for paper, worth in profile.ratings if worth < 0]
        others = self.words.random(2_000, {paper.id for paper in (*likes, *dislikes)})
        groups = (len(likes), len(dislikes), others.shape[0])
        if not sum(groups[1:]):
            return np.zeros(len(candidates))
        known = vstack([self.words.rows([*likes, *dislikes]), others])
        wanted = np.repeat([1, 0, 0], groups)
        # The same optimum as the default solver's, in a fifth of the time.
        model = LogisticRegression(C=0.1, solver="newton-cg")
        model.fit(known, wanted, sample_weight=np.repeat(self._weights(*groups), groups))
        return np.asarray(model.decision_function(rows))

    def _weights(self, likes: int, dislikes: int, others: int) -> tuple[float, float, float]:
        below = self._V * dislikes + (1 - self._V) * others
        return 1 / likes, self._S * self._V / below, self._S * (1 - self._V) / below
