"""Random order: what any method has to beat."""

import random
from collections.abc import Sequence

from bot.model import Paper, Recommendation
from bot.ports import Likes, Profile


class Chance:
    """A new lot each time it is asked; the same ones in every run."""

    version = "random"

    def __init__(self) -> None:
        self._random = random.Random(0)

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """Nothing."""

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        """Any k."""
        drawn = self._random.sample(candidates, min(k, len(candidates)))
        return [Recommendation(paper, float(-place), "") for place, paper in enumerate(drawn)]
