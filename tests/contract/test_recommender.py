"""What every recommender promises, and what the learning one promises beyond."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Interest, Paper
from bot.ports import Profile, Recommender
from bot.recommend import Learner, NewestFirst
from bot.recommend.words import strongest, words
from tests.papers import DAY, paper, shelf, topic_of

PAPERS = shelf()
ROBOTS = [p for p in PAPERS if topic_of(p) == "robot"]
GALAXIES = [p for p in PAPERS if topic_of(p) == "galaxy"]


@pytest.fixture(params=[NewestFirst, Learner], ids=lambda kind: kind.__name__)
def recommender(request: pytest.FixtureRequest) -> Recommender:
    made: Recommender = request.param()
    return made


def rated(*pairs: tuple[Paper, float]) -> Profile:
    return Profile(ratings=pairs)


def share(picks: Sequence[object], topic: str) -> int:
    return sum(topic_of(pick.paper) == topic for pick in picks)  # type: ignore[attr-defined]


def test_offers_each_candidate_at_most_once_and_nothing_else(recommender: Recommender) -> None:
    picks = recommender.recommend(rated((ROBOTS[0], 1.0)), [*PAPERS, *PAPERS], len(PAPERS) + 10)
    assert sorted(pick.paper.id for pick in picks) == sorted(p.id for p in PAPERS)


def test_scores_fall_along_the_list(recommender: Recommender) -> None:
    scores = [p.score for p in recommender.recommend(rated((ROBOTS[0], 1.0)), PAPERS, 20)]
    assert scores == sorted(scores, reverse=True)


def test_the_order_of_candidates_does_not_matter(recommender: Recommender) -> None:
    profile = rated((ROBOTS[0], 1.0), (GALAXIES[0], -1.0))
    forth = [(p.paper.id, p.reason) for p in recommender.recommend(profile, PAPERS, 10)]
    assert [(p.paper.id, p.reason) for p in recommender.recommend(profile, PAPERS[::-1], 10)] == forth


def test_the_same_question_gets_the_same_answer(recommender: Recommender) -> None:
    profile = rated((ROBOTS[0], 1.0))
    assert recommender.recommend(profile, PAPERS, 10) == type(recommender)().recommend(profile, PAPERS, 10)


def test_no_candidates_no_picks(recommender: Recommender) -> None:
    assert recommender.recommend(rated((ROBOTS[0], 1.0)), [], 5) == []
    assert recommender.recommend(Profile(), PAPERS, 0) == []


def test_without_a_taste_the_newest_and_then_the_most_upvoted_come_first(recommender: Recommender) -> None:
    old = paper(100, announced_on=DAY - timedelta(days=20), upvotes=5)
    plain, loved = paper(101, upvotes=0), paper(102, upvotes=40)
    picks = recommender.recommend(Profile(), [old, plain, loved], 3)
    assert [p.paper.id for p in picks] == [loved.id, plain.id, old.id]


def test_every_pick_has_a_reason(recommender: Recommender) -> None:
    for profile in (Profile(), rated((ROBOTS[0], 1.0)), rated((ROBOTS[0], -1.0))):
        assert all(pick.reason for pick in recommender.recommend(profile, PAPERS, 10))


def test_the_parts_of_an_explanation_add_up_to_the_score(recommender: Recommender) -> None:
    profile = Profile(
        (Interest("robot grasping"),), (), ((ROBOTS[0], 1.0), (GALAXIES[0], -1.0)), (GALAXIES[1],)
    )
    candidates = [replace(p, upvotes=i) for i, p in enumerate(PAPERS[8:])]
    picks = recommender.recommend(profile, candidates, len(candidates))
    for rank, pick in enumerate(picks, 1):
        told = recommender.explain(profile, candidates, pick.paper)
        assert sum(value for _, value in told.parts) == pytest.approx(told.score)
        assert (told.score, told.rank, told.of) == (pytest.approx(pick.score), rank, len(candidates))


def test_hostile_papers_are_ranked_like_any(recommender: Recommender) -> None:
    hostile = [
        paper(200, "<!channel> ](http://x)"),
        paper(201, "x" * 5000),
        paper(202, "$\\alpha$"),
        paper(203, "0"),
    ]
    picks = recommender.recommend(Profile((Interest("???"),), (hostile[3],)), hostile, 4)
    assert len(picks) == 4


def test_liked_papers_pull_their_topic_up() -> None:
    picks = Learner().recommend(rated((ROBOTS[0], 1.0), (ROBOTS[1], 1.0)), PAPERS, 8)
    assert share(picks, "robot") == 8


def test_followed_words_pull_before_any_reaction() -> None:
    picks = Learner().recommend(Profile((Interest("speech recognition"),)), PAPERS, 8)
    assert share(picks, "speech") == 8


def test_a_followed_category_pulls() -> None:
    in_category = [replace(p, categories=("cs.RO",)) for p in GALAXIES[:3]]
    others = [replace(p, categories=("cs.CL",)) for p in PAPERS if p not in GALAXIES[:3]]
    picks = Learner().recommend(Profile((Interest("cs.RO", category="cs.RO"),)), [*in_category, *others], 3)
    assert {p.paper.id for p in picks} == {p.id for p in in_category}


def test_a_seed_paper_finds_others_like_it() -> None:
    picks = Learner().recommend(Profile(seeds=(GALAXIES[0],)), [p for p in PAPERS if p != GALAXIES[0]], 5)
    assert share(picks, "galaxy") == 5


def test_a_disliked_paper_pushes_its_topic_down() -> None:
    both = rated((ROBOTS[0], 1.0), (GALAXIES[0], 1.0))
    before = Learner().recommend(both, PAPERS, 10)
    after = Learner().recommend(replace(both, ratings=(*both.ratings, (GALAXIES[1], -1.0))), PAPERS, 10)
    assert share(after, "galaxy") < share(before, "galaxy")


def test_a_dislike_alone_keeps_its_topic_out() -> None:
    picks = Learner().recommend(rated((ROBOTS[0], -1.0)), PAPERS, 20)
    assert share(picks, "robot") == 0


def test_shown_and_ignored_papers_push_down_less_than_disliked_ones() -> None:
    def score(profile: Profile) -> float:
        return Learner().explain(profile, PAPERS, GALAXIES[5]).score

    likes = rated((ROBOTS[0], 1.0))
    ignored = score(replace(likes, ignored=tuple(GALAXIES[:2])))
    disliked = score(rated((ROBOTS[0], 1.0), (GALAXIES[0], -1.0), (GALAXIES[1], -1.0)))
    assert disliked < ignored < score(likes)


def test_the_reason_names_strong_words_and_the_nearest_liked_paper() -> None:
    pick = Learner().recommend(rated((ROBOTS[0], 1.0)), ROBOTS[1:] + GALAXIES, 1)[0]
    assert "you like" in pick.reason
    assert "robot" in pick.reason
    assert ROBOTS[0].title[:30] in pick.reason


def test_the_reason_tells_what_is_followed_from_what_is_liked() -> None:
    profile = Profile((Interest("galaxy survey"),), (), ((ROBOTS[0], 1.0),))
    reasons = {topic_of(r.paper): r.reason for r in Learner().recommend(profile, PAPERS[4:], len(PAPERS))}
    assert "you follow galaxy survey" in reasons["galaxy"]
    assert "you follow" not in reasons["robot"]


def test_leanings_name_the_words_for_and_against() -> None:
    towards, away = Learner().leanings(rated((ROBOTS[0], 1.0), (ROBOTS[1], 1.0), (GALAXIES[0], -1.0)), 5)
    assert any("robot" in word for word in towards)
    assert any("galaxy" in word for word in away)


def test_a_topic_is_not_claimed_for_one_of_its_words() -> None:
    whole = paper(300, "Robot learning in homes", abstract="We grasp cups.")
    apart = paper(301, "Learning to walk with a robot", abstract="Legs.")
    some = paper(302, "Learning curves of banks", abstract="Money.")
    fill = [paper(303 + i, f"Learning theory part {i}", abstract="Bounds.") for i in range(4)]
    picks = Learner().recommend(Profile((Interest("robot learning"),)), [whole, apart, some, *fill], 7)
    assert [pick.paper.id for pick in picks[:2]] == [whole.id, apart.id]
    assert [("you follow robot learning" in p.reason, p.matches) for p in picks[:3]] == [
        (True, True),
        (True, True),
        (False, False),
    ]
    assert picks[1].score > 2 * picks[2].score
    assert {p.reason for p in picks if p.paper.id == some.id} == {"shares “learning” with robot learning"}


def test_a_hyphen_does_not_hide_a_followed_topic() -> None:
    written = paper(310, "Retrieval-augmented generation of code")
    pick = Learner().recommend(Profile((Interest("retrieval augmented generation"),)), [written], 1)[0]
    assert "you follow retrieval augmented generation" in pick.reason


def test_a_seed_is_followed_not_liked() -> None:
    pick = Learner().recommend(Profile(seeds=(ROBOTS[0],)), ROBOTS[1:], 1)[0]
    assert "like the papers you follow" in pick.reason
    assert "you like" not in pick.reason


def test_passed_over_is_told_apart_from_turned_down() -> None:
    profile = Profile(ratings=((ROBOTS[0], 1.0),), ignored=(GALAXIES[0],))
    parts = dict(Learner().explain(profile, PAPERS, GALAXIES[1]).parts)
    assert parts["shown and passed over"] < 0
    assert parts["words you turn down"] == 0


def test_numbers_and_empty_words_are_no_reason() -> None:
    liked = paper(320, "Better 2024", abstract="42 better including 7")
    alike = paper(321, "Including better 2024", abstract="42 7")
    towards, _ = Learner().leanings(rated((liked, 1.0)), 5)
    assert towards == []
    assert (
        "better" not in Learner().recommend(rated((liked, 1.0)), [alike, *PAPERS], 1)[0].reason.split("“")[0]
    )


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("approaches searches", "search"),
        ("losses", "loss"),
        ("boxes", "box"),
        ("caches", "cache"),
        ("sizes", "size"),
        ("strategies", "strategy"),
        ("series", "series"),
    ],
)
def test_plurals_find_their_singulars(many: str, one: str) -> None:
    assert words(many)[-1] == one


def test_words_of_one_stem_are_named_once() -> None:
    terms = [("robotic", 3.0), ("robot", 2.0), ("galaxy", 1.0)]
    assert [gram for gram, _ in strongest(terms, 3)] == ["robotic", "galaxy"]
