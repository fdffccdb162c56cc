"""The same candidates give the same picks, however they are handed over."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Filters, Interest, Paper, PaperId
from bot.pool import Pool
from bot.ports import Profile
from bot.recommend import Learner
from bot.recommend.vectors import _hasher, columns

TOPICS = ("robot arm grasp", "galaxy dust survey", "protein folding energy")


def paper(number: int) -> Paper:
    topic = TOPICS[number % len(TOPICS)]
    return Paper(PaperId(f"arxiv:2601.{number:05}"), f"{topic} {number // 2}", f"About {topic} and {number}.")


PAPERS = [paper(number) for number in range(60)]
OLD = [paper(number) for number in range(100, 112)]
OWN = [replace(paper(number), sources=("feed:x",)) for number in range(200, 203)]
PROFILE = Profile(
    interests=(Interest("galaxy survey"),),
    ratings=tuple((one, 1.0 if number % 3 else -1.0) for number, one in enumerate(OLD[:8])),
    ignored=tuple(OLD[8:]),
)


@pytest.fixture(scope="module")
def learner() -> Learner:
    learner = Learner()
    learner.study([*PAPERS, *OLD], [])
    return learner


@settings(max_examples=30, deadline=None)
@given(
    known=st.sets(st.sampled_from([one.id for one in PAPERS])),
    own=st.sets(st.sampled_from(OWN)),
    k=st.integers(1, 40),
)
def test_candidates_of_a_pool_are_ranked_as_the_same_papers_in_a_list(
    learner: Learner, known: set[PaperId], own: set[Paper], k: int
) -> None:
    mine = sorted(own, key=lambda one: one.id)
    candidates, _ = Pool(PAPERS).left(known, Filters(), mine)
    wanted = Learner()
    wanted.study([*PAPERS, *OLD], [])
    picks = wanted.recommend(PROFILE, deepcopy(list(candidates)), k, 1)
    assert _told(learner.recommend(PROFILE, candidates, k, 1)) == _told(picks)
    assert _told(learner.recommend(PROFILE, deepcopy(list(candidates)), k, 1)) == _told(picks)


def _told(picks: list) -> list[tuple[str, float, str]]:
    return [(pick.paper.id, pytest.approx(pick.score, abs=2e-6), pick.reason) for pick in picks]


def test_what_a_pick_says_is_of_the_paper_handed_over_now(learner: Learner) -> None:
    learner.recommend(PROFILE, PAPERS, 3)
    loved = replace(PAPERS[0], upvotes=10**6, venue="new")
    assert learner.recommend(PROFILE, [loved, *PAPERS[1:]], 60)[0].paper is loved


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_a_gram_has_the_column_that_the_hasher_gives_it(grams: list[str]) -> None:
    assert columns(grams) == [int(_hasher.transform([[gram]]).indices[0]) for gram in grams]
