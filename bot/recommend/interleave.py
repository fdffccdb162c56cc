"""Two recommenders in one digest, so that readers' likes say which of them picks better.

Team draft: Radlinski, Kurup and Joachims, How does clickthrough data reflect retrieval quality?, CIKM 2008.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from bot.model import Paper, Recommendation
from bot.ports import Explanation, Likes, Profile, Recommender, Theme, Wish
from bot.recommend.shuffled import seed_of


class Interleaved:
    """Fulfils Recommender: two teams draft the places of a digest in turns; each pick's `model` is its team's version.

    Wild cards stay with the first team and are no part of the match. Scores are each team's own and do not compare
    between teams. What is asked besides picks is answered by the first.
    """

    def __init__(self, first: Recommender, second: Recommender) -> None:
        self._first, self._second = first, second
        self.version = f"{first.version} × {second.version}"

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """Both learn."""
        self._first.study(papers, libraries)
        self._second.study(papers, libraries)

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        """Each team gets half of the places, or one more; who begins is drawn anew for each set of candidates."""
        return self.recommend_all([Wish(profile, candidates, k, wild_cards)])[0]

    def recommend_all(self, wishes: Sequence[Wish]) -> list[list[Recommendation]]:
        """Both teams rank for all channels."""
        ours = self._first.recommend_all(wishes)
        rest = [_rest(wish, picks) for wish, picks in zip(wishes, ours, strict=True)]
        theirs = self._second.recommend_all(rest)
        return [self._drafted(*one) for one in zip(wishes, ours, theirs, strict=True)]

    def _drafted(
        self, wish: Wish, ours: Sequence[Recommendation], theirs: Sequence[Recommendation]
    ) -> list[Recommendation]:
        wild = [pick for pick in ours if pick.explores]
        teams = (
            [replace(pick, model=pick.model or self._first.version) for pick in ours if not pick.explores],
            [replace(pick, model=pick.model or self._second.version) for pick in theirs if not pick.explores],
        )
        coin = Random(seed_of(wish.candidates))  # noqa: S311 (nothing secret)
        return [*team_draft(teams, wish.k - len(wild), coin), *wild]

    def questions(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Paper]:
        """As the first."""
        return self._first.questions(profile, candidates, k)

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        """As the first, whichever team picked it: that is the recommender whose learning is explained and steered."""
        return self._first.explain(profile, candidates, paper)

    def themes(self, profile: Profile) -> tuple[Theme, ...]:
        """As the first."""
        return self._first.themes(profile)

    def halves(self, papers: Sequence[Paper]) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        """As the first."""
        return self._first.halves(papers)

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        """As the first."""
        return self._first.leanings(profile, most)


def _rest(wish: Wish, picks: Sequence[Recommendation]) -> Wish:
    """What is left for the second team, which has no wild cards."""
    wild = {pick.paper.id for pick in picks if pick.explores}
    rest = [paper for paper in wish.candidates if paper.id not in wild]
    return Wish(wish.profile, rest, wish.k - len(wild))


def team_draft(
    teams: tuple[Sequence[Recommendation], Sequence[Recommendation]], places: int, coin: Random
) -> list[Recommendation]:
    """In each round both teams pick their best that is not taken yet; the coin says who picks first.

    A team that has nothing left leaves its turn to the other.
    """
    taken: set[str] = set()
    waiting = tuple(_free(team, taken) for team in teams)
    drafted: list[Recommendation] = []
    turns: list[int] = []
    while len(drafted) < places:
        turns = turns or coin.sample((0, 1), 2)
        turn = turns.pop()
        pick = next(waiting[turn], None) or next(waiting[1 - turn], None)
        if pick is None:
            break
        taken.add(pick.paper.id)
        drafted.append(pick)
    return drafted


def _free(team: Sequence[Recommendation], taken: set[str]) -> Iterator[Recommendation]:
    return (pick for pick in team if pick.paper.id not in taken)
