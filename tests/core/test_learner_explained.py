"""What the learner says of a score is the score: to the last part, for any profile."""

from collections import defaultdict
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Interest, Paper
from bot.ports import Group, Profile
from bot.recommend import Learner
from tests.core.archive import everything, liked, made, new, old, studied, taught
from tests.core.profiles import FEW, profiles


@settings(max_examples=40, deadline=None)
@given(profile=profiles(), which=st.integers(0, len(FEW) - 1))
def test_the_parts_add_up_to_the_score_of_any_profile(profile: Profile, which: int) -> None:
    told = studied().explain(profile, FEW, FEW[which])
    assert sum(value for _, value in told.parts) == pytest.approx(told.score, rel=1e-12, abs=1e-9)
    assert 1 <= told.rank <= told.of == len(FEW)
    for pick in studied().recommend(profile, FEW, len(FEW)):
        if pick.paper.id == FEW[which].id:
            assert pick.score == told.score


@settings(max_examples=12, deadline=None)
@given(profile=profiles())
def test_what_the_words_do_not_say_is_the_same_for_all_papers_of_an_interest(profile: Profile) -> None:
    """So nothing hides in the last part."""
    rests = defaultdict(list)
    for paper in FEW:
        told = studied().explain(profile, FEW, paper)
        # Papers found in different strands without a name cannot be told apart from outside: one strand is enough.
        rests[told.theme].append((dict(told.parts)["how much is liked there"], told))
    one_strand = not (profile.ratings or profile.seeds)
    for name, found in rests.items():
        if name or one_strand:
            values = [rest for rest, _ in found]
            assert max(values) - min(values) < 1e-3 * max(1.0, *map(abs, values))


def test_ranks_are_the_order_of_the_digest_where_there_is_one_interest() -> None:
    profile = Profile(ratings=(*liked("robot"), (old("galaxy", 1)[0], -1.0)))
    picks = studied().recommend(profile, new(), 20)
    told = [studied().explain(profile, new(), pick.paper) for pick in picks]
    assert [one.rank for one in told] == list(range(1, 21))
    assert {one.of for one in told} == {len(new())}


def test_a_named_interest_is_told() -> None:
    kept = Interest("hands", papers=tuple(p.id for p in old("robot", 3)))
    profile = Profile(interests=(Interest("galaxy survey"),), groups=(Group(kept, tuple(old("robot", 3))),))
    assert studied().explain(profile, new(), new("robot")[0]).theme == "hands"
    assert studied().explain(profile, new(), new("galaxy")[0]).theme == "galaxy survey"


def test_it_names_words_that_raise_and_lower_and_the_nearest_liked_paper() -> None:
    twin = made("robot", 1, id=new("robot")[0].id)
    profile = Profile(ratings=(*liked("robot"), (old("market", 1)[0], -1.0)))
    told = studied().explain(profile, [*new(), twin], twin)
    assert told.nearest == old("robot", 4)[1]
    assert told.similarity == pytest.approx(1.0, abs=1e-3)
    assert told.raised
    assert all(value > 0 for _, value in told.raised)
    assert any(value < 0 for _, value in studied().explain(profile, new(), new("market")[0]).lowered)


def test_a_paper_from_elsewhere_is_explained_too() -> None:
    told = studied().explain(Profile(ratings=liked("robot")), new("galaxy"), new("robot")[0])
    assert (told.rank, told.of) == (1, len(new("galaxy")) + 1)


def ranked(learner: Learner, profile: Profile, candidates: list[Paper]) -> list[tuple[str, float, str]]:
    return [
        (pick.paper.id, pick.score, pick.reason) for pick in learner.recommend(profile, candidates, 12, 2)
    ]


WIDE = Profile(
    interests=(Interest("galaxy survey"), Interest("q-bio.BM", category="q-bio.BM")),
    seeds=(old("speech", 1, 9)[0],),
    ratings=(*liked("robot", "speech", count=5), (old("market", 1)[0], -1.0), (old("climate", 1)[0], -0.5)),
    ignored=tuple(old("galaxy", 4, 20)),
    off_topic=(old("market", 1)[0].id,),
)


def test_the_same_study_gives_the_same_answers_to_the_last_bit() -> None:
    again = Learner()
    again.study(everything()[::-1], ())
    assert ranked(again, WIDE, new()) == ranked(studied(), WIDE, new())
    assert again.version == studied().version


def test_what_was_asked_before_does_not_matter() -> None:
    fresh = taught(())
    before = ranked(fresh, WIDE, new())
    for some in (new("robot", "market"), new("galaxy")[::-1], everything()[:200]):
        fresh.recommend(Profile(ratings=liked("galaxy", "robot")), some, 5)
    assert ranked(fresh, WIDE, new()) == before


@settings(max_examples=15, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_the_order_of_facts_and_candidates_does_not_matter(random: Random) -> None:
    ratings, ignored, asked = list(WIDE.ratings), list(WIDE.ignored), new()
    for row in (ratings, ignored, asked):
        random.shuffle(row)
    mixed = replace(WIDE, ratings=tuple(ratings), ignored=tuple(ignored))
    assert [row[0] for row in ranked(studied(), mixed, asked)] == [
        row[0] for row in ranked(studied(), WIDE, new())
    ]
