"""Team draft: fair, the same for the same question, and every pick knows its team."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Paper, Recommendation
from bot.ports import Profile
from bot.recommend import NewestFirst, Rocchio
from bot.recommend.interleave import Interleaved, team_draft
from bot.recommend.named import RECOMMENDERS, interleaved
from bot.recommend.shuffled import Shuffled
from tests.history import INVERSE, PERFECT, Favourite
from tests.papers import paper, shelf

PAPERS = shelf()


class Adventurous(Favourite):
    """Its last picks explore."""

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        picks = super().recommend(profile, candidates, k - wild_cards)
        taken = {pick.paper.id for pick in picks}
        rest = [one for one in candidates if one.id not in taken]
        wild = super().recommend(profile, rest, len(rest))[-wild_cards:] if wild_cards else []
        return [*picks, *(Recommendation(one.paper, one.score, "wild", explores=True) for one in wild)]


def models(picks: Sequence[Recommendation]) -> list[str]:
    return [pick.model for pick in picks]


def picks_of(team: str, ids: Sequence[int]) -> list[Recommendation]:
    return [Recommendation(paper(number + 1), 1.0, "why", model=team) for number in ids]


orders = st.permutations(range(12))


@given(orders, orders, st.integers(0, 15), st.integers())
def test_each_team_drafts_half_and_always_its_best_left(
    ours: list[int], theirs: list[int], places: int, seed: int
) -> None:
    teams = (picks_of("a", ours), picks_of("b", theirs))
    drafted = team_draft(teams, places, Random(seed))
    assert len(drafted) == min(places, 12)
    assert len({pick.paper.id for pick in drafted}) == len(drafted)
    taken: set[str] = set()
    for place, pick in enumerate(drafted, 1):
        team = teams[pick.model == "b"]
        assert pick.paper.id == next(one.paper.id for one in team if one.paper.id not in taken)
        taken.add(pick.paper.id)
        counts = [models(drafted[:place]).count(name) for name in "ab"]
        assert abs(counts[0] - counts[1]) <= 1
        assert place % 2 or counts[0] == counts[1]


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 14))
def test_a_team_that_has_nothing_left_leaves_its_turn(ours: int, theirs: int, places: int) -> None:
    teams = (picks_of("a", range(ours)), picks_of("b", range(6, 6 + theirs)))
    assert len(team_draft(teams, places, Random(0))) == min(places, ours + theirs)


def test_who_begins_is_drawn() -> None:
    firsts = [
        team_draft((picks_of("a", [1]), picks_of("b", [2])), 1, Random(seed))[0].model for seed in range(200)
    ]
    assert 70 < firsts.count("a") < 130


def test_the_order_of_candidates_and_the_channel_do_not_matter() -> None:
    match = Interleaved(PERFECT, INVERSE)
    picks = match.recommend(Profile(), PAPERS, 6)
    assert match.recommend(Profile(), PAPERS[::-1], 6) == picks
    assert Interleaved(PERFECT, INVERSE).recommend(Profile(), PAPERS, 6) == picks
    assert sorted(models(picks)) == [INVERSE.version] * 3 + [PERFECT.version] * 3


def test_wild_cards_come_last_and_belong_to_no_team() -> None:
    first = Adventurous("robot", "speech", "protein", "galaxy")
    picks = Interleaved(first, INVERSE).recommend(Profile(), PAPERS, 5, 2)
    assert [pick.explores for pick in picks] == [False] * 3 + [True] * 2
    assert models(picks)[3:] == ["", ""]
    assert {*models(picks)[:3]} == {first.version, INVERSE.version}
    assert len({pick.paper.id for pick in picks}) == 5


def test_a_wild_card_that_the_other_team_wants_too_is_not_offered_twice() -> None:
    match = Interleaved(Adventurous("robot", "speech", "protein", "galaxy"), Shuffled())
    for first in range(10):
        picks = match.recommend(Profile(), PAPERS[first : first + 4], 4, 2)
        assert len({pick.paper.id for pick in picks}) == 4
        assert [pick.explores for pick in picks] == [False] * 2 + [True] * 2


def test_what_the_port_promises_of_picks_holds() -> None:
    match = Interleaved(Rocchio(), Shuffled())
    assert match.recommend(Profile(), [], 5) == []
    assert match.recommend(Profile(), PAPERS, 0) == []
    everything = match.recommend(Profile(), [*PAPERS, *PAPERS], 100)
    assert sorted(pick.paper.id for pick in everything) == sorted(one.id for one in PAPERS)


def test_what_is_not_a_pick_is_the_firsts() -> None:
    learner = Rocchio()
    match = Interleaved(learner, NewestFirst())
    profile = Profile(ratings=((PAPERS[0], 1.0),))
    assert match.explain(profile, PAPERS, PAPERS[4]) == learner.explain(profile, PAPERS, PAPERS[4])
    assert match.questions(profile, PAPERS, 3) == learner.questions(profile, PAPERS, 3)
    assert match.leanings(profile, 3) == learner.leanings(profile, 3)
    assert match.themes(profile) == learner.themes(profile)
    assert match.halves(PAPERS) == learner.halves(PAPERS)


@given(st.sets(st.integers(1, 60), min_size=1), st.integers(0, 70))
def test_chance_keeps_the_promises_of_a_recommender(numbers: set[int], k: int) -> None:
    pool = [paper(number) for number in numbers]
    picks = Shuffled().recommend(Profile(), [*pool, *pool], k)
    assert len(picks) == min(k, len(pool)) == len({pick.paper.id for pick in picks})
    assert [pick.score for pick in picks] == sorted((pick.score for pick in picks), reverse=True)
    assert picks == Shuffled().recommend(Profile(), pool[::-1], k)


def test_chance_explains_itself() -> None:
    picks = Shuffled().recommend(Profile(), PAPERS, len(PAPERS))
    for rank, pick in enumerate(picks, 1):
        told = Shuffled().explain(Profile(), PAPERS, pick.paper)
        assert (told.score, told.rank, told.of) == (pick.score, rank, len(PAPERS))
        assert sum(value for _, value in told.parts) == told.score


def test_chance_draws_anew_for_other_candidates() -> None:
    before = [pick.paper.id for pick in Shuffled().recommend(Profile(), PAPERS[:20], 20)]
    after = [pick.paper.id for pick in Shuffled().recommend(Profile(), PAPERS[:21], 21)]
    assert before != [one for one in after if one != PAPERS[20].id]


@pytest.mark.parametrize("name", RECOMMENDERS)
def test_every_name_makes_a_recommender_that_can_be_played_against(name: str) -> None:
    picks = interleaved(PERFECT, name).recommend(Profile(), PAPERS, 4)
    assert models(picks).count(PERFECT.version) == 2
    assert interleaved(PERFECT, "none") is PERFECT
