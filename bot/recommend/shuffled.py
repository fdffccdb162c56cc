"""The recommender that knows nothing: chance. What it reaches is the least that any other must beat."""

from collections.abc import Sequence
from hashlib import blake2b

from bot.model import Paper, PaperId, Recommendation
from bot.ports import Explanation, Likes, Profile, Theme, Wish
from bot.recommend.newest import newness


class Shuffled:
    """Another order for every set of candidates, always the same one for the same set."""

    version = "random-1"

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """It learns nothing."""

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        """Any k, whatever the profile; none of them explores."""
        pool = {paper.id: paper for paper in candidates}
        drawn = sorted(((chance, one) for one, chance in _chances(candidates).items()), reverse=True)
        return [Recommendation(pool[one], chance, newness(pool[one])) for chance, one in drawn[: max(k, 0)]]

    def recommend_all(self, wishes: Sequence[Wish]) -> list[list[Recommendation]]:
        """One by one."""
        return [self.recommend(*wish) for wish in wishes]

    def questions(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Paper]:
        """Any."""
        return [pick.paper for pick in self.recommend(profile, candidates, k)]

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        """Its score is chance."""
        chances = _chances((*candidates, paper))
        score = chances[paper.id]
        rank = 1 + sum((chance, one) > (score, paper.id) for one, chance in chances.items())
        return Explanation(score, (("chance", score),), (), (), None, 0.0, rank, len(chances))

    def themes(self, profile: Profile) -> tuple[Theme, ...]:
        """It knows none."""
        return ()

    def halves(self, papers: Sequence[Paper]) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        """All, and none."""
        return tuple(papers), ()

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        """It has none."""
        return [], []


def seed_of(candidates: Sequence[Paper]) -> bytes:
    """The same 8 bytes for the same set of papers, in whatever order."""
    ids = sorted({paper.id for paper in candidates})
    return blake2b("\n".join(ids).encode(), digest_size=8).digest()


def _chances(candidates: Sequence[Paper]) -> dict[PaperId, float]:
    """0 … 1 for each paper."""
    salt = seed_of(candidates)
    drawn = {paper.id: blake2b(paper.id.encode(), key=salt, digest_size=6).digest() for paper in candidates}
    return {one: int.from_bytes(number) / 2**48 for one, number in drawn.items()}
