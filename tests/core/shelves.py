"""A recommender whose taste is plain to see: a theme is the topic of a paper, its first keyword."""

from collections.abc import Sequence

from bot.model import Interest, Paper, Recommendation
from bot.ports import Explanation, Likes, Profile, Theme, Wish
from tests.papers import topic_of


class Shelves:
    """Fulfils Recommender. The greatest share comes first, then the smallest id; what is muted or 🚫 comes never."""

    version = "shelves-1"

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """It learns nothing."""

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        themes = self.themes(profile)
        barred = {_topic(theme) for theme in themes if theme.name in profile.muted}
        barred |= {topic_of(paper) for paper, _ in profile.ratings if paper.id in profile.off_topic}
        order = sorted((p for p in candidates if topic_of(p) not in barred), key=lambda p: _order(themes, p))
        wild = min(wild_cards, k, len(order))
        picks = [self._pick(themes, paper) for paper in order[: k - wild]]
        explored = [self._pick(themes, paper, explores=True) for paper in order[len(order) - wild :]]
        return [*picks, *(one for one in explored if one.paper not in {pick.paper for pick in picks})]

    def recommend_all(self, wishes: Sequence[Wish]) -> list[list[Recommendation]]:
        return [self.recommend(*wish) for wish in wishes]

    def _pick(self, themes: Sequence[Theme], paper: Paper, *, explores: bool = False) -> Recommendation:
        mine = [theme for theme in themes if _topic(theme) == topic_of(paper)]
        reason = "unlike the rest" if explores else f"about {topic_of(paper)}"
        return Recommendation(
            paper, _score(themes, paper), reason, explores, bool(mine), mine[0].name if mine else ""
        )

    def questions(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Paper]:
        """One of each topic, then another."""
        places: dict[str, int] = {}
        ranked = []
        for paper in sorted(candidates, key=lambda one: one.id):
            places[topic_of(paper)] = places.get(topic_of(paper), 0) + 1
            ranked.append((places[topic_of(paper)], paper.id, paper))
        return [paper for _, _, paper in sorted(ranked)[:k]]

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        themes = self.themes(profile)
        pool = sorted({p.id: p for p in (*candidates, paper)}.values(), key=lambda one: _order(themes, one))
        score = _score(themes, paper)
        theme = next((one.name for one in themes if _topic(one) == topic_of(paper)), "")
        rank = 1 + next(i for i, one in enumerate(pool) if one.id == paper.id)
        return Explanation(score, (("share", score),), (), (), None, 0.0, rank, len(pool), theme)

    def themes(self, profile: Profile) -> tuple[Theme, ...]:
        kept = {group.interest.name: (group.interest, group.papers) for group in profile.groups}
        kept |= {one.name: (one, ()) for one in profile.interests}
        taken = {paper.id for _, papers in kept.values() for paper in papers}
        found: dict[str, tuple[Paper, ...]] = {}
        for paper in (*profile.seeds, *(paper for paper, worth in profile.ratings if worth > 0)):
            if paper.id not in taken:
                found[topic_of(paper)] = (*found.get(topic_of(paper), ()), paper)
        rows: list[tuple[Interest | None, str, tuple[Paper, ...], float]] = [
            (one, name, papers, 0.0 if name in profile.muted else one.share)
            for name, (one, papers) in kept.items()
        ]
        rows += [(None, topic, papers, 1.0) for topic, papers in found.items()]
        everything = sum(share for *_, share in rows) or 1.0
        return tuple(
            Theme(name, share / everything, (name.split()[0],), papers, one)
            for one, name, papers, share in rows
        )

    def halves(self, papers: Sequence[Paper]) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        middle = (len(papers) + 1) // 2
        return tuple(papers[:middle]), tuple(papers[middle:])

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        liked = {topic_of(paper): None for paper, worth in profile.ratings if worth > 0}
        return list(liked)[:most], []


def _topic(theme: Theme) -> str:
    """That of its papers; of one that has none, its first word."""
    return topic_of(theme.papers[0]) if theme.papers else theme.name.split()[0]


def _score(themes: Sequence[Theme], paper: Paper) -> float:
    return sum(theme.share for theme in themes if _topic(theme) == topic_of(paper))


def _order(themes: Sequence[Theme], paper: Paper) -> tuple[float, str]:
    return -_score(themes, paper), paper.id
