"""What all baselines have in common: rank by one score."""

from collections.abc import Sequence

import numpy as np

from benchmarks.baselines.words import Words
from bot.model import Paper, Recommendation
from bot.ports import Likes, Profile


def liked(profile: Profile) -> list[Paper]:
    """Seeds and liked papers in the order in which they were added."""
    return [*profile.seeds, *(paper for paper, worth in profile.ratings if worth > 0)]


class Baseline:
    """Fulfils Ranker: a subclass says what its scores are."""

    version = ""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._last: tuple[Profile, Sequence[Paper], list[Recommendation]] | None = None

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """How words are used; it learns nothing from other channels."""
        self.words.study(papers)

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        """The best k; equal scores in the order of `candidates`. The same question again costs nothing."""
        last = self._last
        if last is None or last[0] is not profile or last[1] is not candidates:
            ranked = self.ranked(profile, candidates)
            self._last = last = (profile, candidates, ranked)
        return last[2][:k]

    def ranked(self, profile: Profile, candidates: Sequence[Paper]) -> list[Recommendation]:
        """All candidates, best first."""
        scores = self.scores(profile, candidates) if liked(profile) else np.zeros(len(candidates))
        order = np.argsort(-scores, kind="stable")
        return [Recommendation(candidates[i], float(scores[i]), "") for i in order]

    def scores(self, profile: Profile, candidates: Sequence[Paper]) -> np.ndarray:
        """(candidates,): higher is better. The profile likes at least one paper."""
        raise NotImplementedError
