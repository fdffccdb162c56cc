"""The recommender that the bot itself uses, and what a benchmark may ask of any ranker."""

from collections.abc import Sequence
from typing import Protocol

from bot import recommend
from bot.model import Paper, Recommendation
from bot.ports import Likes, Profile, Recommender


class Ranker(Protocol):
    """The part of Recommender that the benchmarks compare; the baselines have no more."""

    version: str

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None: ...

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]: ...


def ours() -> Recommender:
    """A new one, as the bot makes it."""
    # The learner takes Rocchio's place in the bot and here at the same moment.
    kind = getattr(recommend, "Learner", None) or recommend.Rocchio
    made: Recommender = kind()
    return made
