"""The recommender without a taste: newest and most upvoted first. The baseline that learning has to beat."""

from collections.abc import Sequence
from datetime import date

from bot.model import Paper, Recommendation
from bot.ports import Explanation, Profile


class NewestFirst:
    """Latest announcement day first, then upvotes, then the greatest id."""

    version = "newest-1"

    def recommend(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Recommendation]:
        """The newest k, whatever the profile."""
        order = sorted({paper.id: paper for paper in candidates}.values(), key=_order, reverse=True)
        return [Recommendation(paper, float(_order(paper)[0]), newness(paper)) for paper in order[:k]]

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        """Its score is the number of its day."""
        pool = {p.id: p for p in (*candidates, paper)}
        rank = 1 + sum(_order(other) > _order(paper) for other in pool.values())
        score = float(_order(paper)[0])
        return Explanation(score, (("day of announcement", score),), (), (), None, 0.0, rank, len(pool))

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        """It has none."""
        return [], []


def _order(paper: Paper) -> tuple[int, int, str]:
    return (paper.announced_on or date.min).toordinal(), paper.upvotes or 0, paper.id


def newness(paper: Paper) -> str:
    """`new on 30 Oct, 12 upvotes`: the reason where there is no taste to speak of."""
    day = f"new on {paper.announced_on:%d %b}".replace(" 0", " ") if paper.announced_on else "new"
    return f"{day}, {paper.upvotes} upvotes" if paper.upvotes else day
