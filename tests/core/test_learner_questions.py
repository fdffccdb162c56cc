"""The quick questions: about many things, about nothing that is known, and worth their answers."""

import pytest

from bot.model import Interest, Paper
from bot.ports import Profile
from bot.recommend import Learner
from tests.core.archive import TOPICS, new, old, studied, topic_of

WANTED = frozenset({"robot", "speech", "climate"})


def topics(papers: list[Paper]) -> list[str]:
    return [topic_of(paper) for paper in papers]


def test_a_newcomer_is_asked_about_many_topics_in_any_order_of_papers() -> None:
    for candidates in (new(), new()[::-1]):
        asked = studied().questions(Profile(), candidates, 6)
        assert len(set(topics(asked))) >= 5


def test_who_follows_several_topics_is_asked_about_each() -> None:
    profile = Profile(
        interests=(Interest("robot grasping"), Interest("galaxy survey"), Interest("speech audio"))
    )
    assert {"robot", "galaxy", "speech"} <= set(topics(studied().questions(profile, new(), 6)))


NARROW = [
    Profile(interests=(Interest("robot gripper grasping manipulation"),)),
    Profile(interests=(Interest("cs.RO", category="cs.RO"),)),
    Profile(ratings=tuple((paper, 1.0) for paper in old("robot", 5))),
]


@pytest.mark.parametrize("profile", NARROW)
@pytest.mark.parametrize("candidates", [new(), [*new("robot")[:9], *new("galaxy", "speech", "market")]])
def test_questions_and_wild_cards_are_like_what_is_read(profile: Profile, candidates: list[Paper]) -> None:
    picks = studied().recommend(profile, candidates, 4, 2)
    wild = [pick.paper for pick in picks if pick.explores]
    assert topics([*wild, *studied().questions(profile, candidates, 4)]) == ["robot"] * 6


def test_where_little_is_like_it_the_likest_are_asked_about() -> None:
    candidates = [*new("robot")[:2], *new("galaxy", "market")[:9]]
    assert len(studied().questions(NARROW[0], candidates, 5)) == 5


@pytest.mark.parametrize("learner", [studied, Learner], ids=["studied", "new"])
def test_what_was_rated_is_not_asked_again(learner: type[Learner]) -> None:
    candidates = [*old("robot", 3), *old("galaxy", 3)]
    profile = Profile(ratings=((candidates[0], 1.0), (candidates[3], -1.0)), seeds=(candidates[4],))
    asked = learner().questions(profile, candidates, 6)
    assert sorted(paper.id for paper in asked) == sorted(candidates[i].id for i in (1, 2, 5))


def test_no_candidates_no_questions() -> None:
    assert studied().questions(Profile(), [], 5) == []
    assert studied().questions(Profile(), new(), 0) == []
    assert len(studied().questions(Profile(), new()[:3], 5)) == 3


def taught(asked: list[Paper], before: Profile) -> tuple[int, int]:
    """Of the next 12 picks, once these were answered: how many are wanted, and how many of the wanted topics come."""
    answers = tuple((paper, 1.0 if topic_of(paper) in WANTED else -1.0) for paper in asked)
    profile = Profile(interests=before.interests, ratings=(*before.ratings, *answers))
    left = [paper for paper in new() if paper not in asked]
    found = [topic_of(pick.paper) for pick in studied().recommend(profile, left, 12)]
    return sum(topic in WANTED for topic in found), len(WANTED & set(found))


def test_five_answers_teach_more_than_the_verdicts_on_the_five_best_picks() -> None:
    """For newcomers who begin with one old paper of any topic: no fewer hits, and a fifth more wanted topics."""
    asked, shown = [], []
    for topic in TOPICS:
        for first in old(topic, 3):
            start = Profile(ratings=((first, 1.0 if topic in WANTED else -1.0),))
            asked.append(taught(studied().questions(start, new(), 5), start))
            shown.append(taught([pick.paper for pick in studied().recommend(start, new(), 5)], start))
    assert sum(hits for hits, _ in asked) >= sum(hits for hits, _ in shown)
    assert sum(topics for _, topics in asked) > 1.2 * sum(topics for _, topics in shown)
