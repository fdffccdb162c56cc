"""The recommender without a taste: newest and most upvoted first. The baseline that learning has to beat."""

from collections.abc import Sequence
from datetime import date

from bot.model import Paper, Recommendation
from bot.ports import Explanation, Likes, Profile, Theme, Wish


class NewestFirst:
    """Latest announcement day first, then upvotes, then the greatest id."""

    version = "newest-1"

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """It learns nothing."""

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        """The newest k, whatever the profile; none of them explores."""
        order = sorted({paper.id: paper for paper in candidates}.values(), key=_order, reverse=True)
        return [Recommendation(paper, float(_order(paper)[0]), newness(paper)) for paper in order[:k]]

    def recommend_all(self, wishes: Sequence[Wish]) -> list[list[Recommendation]]:
        """One by one."""
        return [self.recommend(*wish) for wish in wishes]

    def questions(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Paper]:
        """The newest: it has no better idea."""
        return [pick.paper for pick in self.recommend(profile, candidates, k)]

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        """Its score is the number of its day."""
        pool = {p.id: p for p in (*candidates, paper)}
        rank = 1 + sum(_order(other) > _order(paper) for other in pool.values())
        score = float(_order(paper)[0])
        return Explanation(score, (("day of announcement", score),), (), (), None, 0.0, rank, len(pool))

    def themes(self, profile: Profile) -> tuple[Theme, ...]:
        """It knows none."""
        return ()

    def halves(self, papers: Sequence[Paper]) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        """The older half and the newer one."""
        ordered = sorted(papers, key=_order)
        middle = (len(ordered) + 1) // 2
        return tuple(ordered[:middle]), tuple(ordered[middle:])

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        """It has none."""
        return [], []


def _order(paper: Paper) -> tuple[int, int, str]:
    return (paper.announced_on or date.min).toordinal(), paper.upvotes or 0, paper.id


def newness(paper: Paper) -> str:
    """`new on 30 Oct, 12 upvotes`: the reason where there is no taste to speak of."""
    day = f"new on {paper.announced_on:%d %b}".replace(" 0", " ") if paper.announced_on else "new"
    return f"{day}, {paper.upvotes} upvotes" if paper.upvotes else day
