"""What is not wanted goes, visibly; and what nobody should see twice is not shown twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Interest, Paper, PaperId
from bot.ports import Profile
from bot.recommend import Learner
from bot.recommend.taste import FEW_LIKED, FOLLOWED
from tests.core.archive import DAY, TOPICS, counted, liked, made, new, old, studied, topic_of

BOTH = Profile(ratings=liked("robot", "galaxy", count=5))
UNWANTED = old("galaxy", 1, 20)[0]
TURNED = replace(BOTH, ratings=(*BOTH.ratings, (UNWANTED, -1.0)))
OFF = replace(TURNED, off_topic=(UNWANTED.id,))


def share(profile: Profile, topic: str = "galaxy", k: int = 10) -> float:
    """The topic's part of two digests in a row."""
    first = studied().recommend(profile, new(), k)
    shown = {pick.paper.id for pick in first}
    second = studied().recommend(profile, [paper for paper in new() if paper.id not in shown], k)
    picks = [*first, *second]
    return sum(topic_of(pick.paper) == topic for pick in picks) / len(picks)


def test_one_not_this_topic_lowers_its_share_of_the_next_digests_and_undo_brings_it_back() -> None:
    before = share(BOTH)
    assert before >= 0.4
    assert share(OFF) <= before / 4
    assert share(OFF) < share(TURNED) <= before
    assert share(replace(TURNED, ratings=BOTH.ratings)) == before


def test_what_was_liked_elsewhere_takes_the_places() -> None:
    picks = studied().recommend(OFF, new(), 10)
    assert counted(picks).get("robot", 0) >= 8


def test_not_this_topic_works_before_anything_is_liked_and_beside_followed_words() -> None:
    alone = Profile(ratings=((UNWANTED, -1.0),), off_topic=(UNWANTED.id,))
    assert share(alone) == 0
    wide = Profile(interests=(Interest("survey"), Interest("telescope"), Interest("gripper")))
    unwanted = replace(wide, ratings=alone.ratings, off_topic=alone.off_topic)
    assert share(unwanted) < share(wide)


def test_a_second_unwanted_topic_does_not_make_the_first_welcome_again() -> None:
    more = tuple(old(topic, 1, 20)[0] for topic in ("protein", "climate", "market", "speech"))
    profile = replace(
        OFF,
        ratings=(*OFF.ratings, *((paper, -1.0) for paper in more)),
        off_topic=(UNWANTED.id, *(paper.id for paper in more)),
    )
    assert share(profile) <= share(BOTH) / 2


def test_one_person_does_not_veto_what_five_others_like_and_alone_is_heard_in_full() -> None:
    both = Profile(ratings=liked("robot", "galaxy", count=15), voters=6)
    off = replace(both, ratings=(*both.ratings, (UNWANTED, -1.0)), off_topic=(UNWANTED.id,))
    alone = [replace(one, voters=1) for one in (both, off)]
    assert 0.1 <= share(off) < share(both)
    assert share(alone[1]) <= share(alone[0]) / 4


def test_what_five_others_like_elsewhere_does_not_protect_a_topic() -> None:
    robots = Profile(ratings=liked("robot", count=15), voters=6)
    candidates = [*new("galaxy"), *new("market"), *new("climate")]
    off = replace(robots, ratings=(*robots.ratings, (UNWANTED, -1.0)), off_topic=(UNWANTED.id,))
    assert "galaxy" not in counted(studied().recommend(off, candidates, 8))


def test_dislikes_count_by_what_they_weigh_and_not_by_their_number() -> None:
    def lowered(worth: float) -> float:
        down = tuple((paper, worth) for paper in old("galaxy", 8, 30))
        profile = Profile(ratings=(*liked("robot"), *down))
        return dict(studied().explain(profile, new(), new("galaxy")[0]).parts)["words you turn down"]

    assert lowered(-1.0) < 2 * lowered(-0.1) < 0


def said(profile: Profile, part: str) -> float:
    """What a part takes off a paper, in units of what the words of any paper do, which no opinion changes."""
    parts = dict(studied().explain(profile, new(), new("robot")[0]).parts)
    return parts[part] / parts["words of any paper"]


@pytest.mark.parametrize("part", ["words you turn down", "shown and passed over"])
def test_what_is_not_wanted_says_the_more_the_better_it_is_known_what_is(part: str) -> None:
    down = tuple((paper, -1.0) for paper in old("robot", 2, 30))

    def beside(likes: int, **fields: object) -> float:
        ratings = (*liked("robot", count=likes), *down)
        return said(Profile(ratings=ratings, ignored=tuple(old("robot", 2, 40)), **fields), part)  # type: ignore[arg-type]

    full = beside(3) / (3 / (3 + FEW_LIKED))
    assert full > 0
    for likes in (1, 9, 27):
        assert beside(likes) == pytest.approx(full * likes / (likes + FEW_LIKED))
    for followed in (Interest("robot"), Interest("ro", category="cs.RO")):
        topic = beside(0, interests=(followed,))
        assert topic == pytest.approx(full * FOLLOWED / (FOLLOWED + FEW_LIKED))


def test_not_this_topic_is_heard_in_full_beside_a_single_like() -> None:
    unwanted = old("robot", 1, 30)[0]

    def beside(likes: int, **fields: object) -> float:
        ratings = (*liked("robot", count=likes), (unwanted, -1.0))
        return said(Profile(ratings=ratings, **fields), "words you turn down")  # type: ignore[arg-type]

    alone, company = (beside(likes, off_topic=(unwanted.id,)) for likes in (1, 9))
    assert alone == pytest.approx(company)
    assert alone == pytest.approx(beside(1) * (1 + FEW_LIKED))


@pytest.mark.parametrize("count", [1, 5, 8])
def test_dislikes_alone_do_not_drive_the_field_of_a_followed_topic_away(count: int) -> None:
    """They share its words, as what is shown does, and nothing is known yet that is wanted more."""
    turned = tuple((paper, -1.0) for paper in old("robot", count, 30))
    picks = studied().recommend(Profile(interests=(Interest("robot arm"),), ratings=turned), new(), 10)
    assert counted(picks)["robot"] >= 8


def test_a_paper_that_is_liked_and_off_topic_is_no_contradiction() -> None:
    """People disagreed, and the likes won: the topic stays."""
    paper = BOTH.ratings[-1][0]
    assert share(replace(BOTH, off_topic=(paper.id,))) == share(BOTH)


def score(profile: Profile, paper: Paper) -> float:
    """In units of what robots get there."""
    robot = sum(studied().explain(profile, new(), one).score for one in new("robot")[:5]) / 5
    return studied().explain(profile, new(), paper).score - robot


def test_a_paper_passed_over_weighs_less_than_one_turned_down() -> None:
    likes = Profile(ratings=liked("robot"))
    some = old("galaxy", 2, 30)
    parts = [
        dict(studied().explain(profile, new(), new("galaxy")[0]).parts)
        for profile in (
            replace(likes, ignored=tuple(some)),
            replace(likes, ratings=(*likes.ratings, *((one, -1.0) for one in some))),
        )
    ]
    assert parts[1]["words you turn down"] < parts[0]["shown and passed over"] < 0


def test_a_dislike_does_not_raise_its_topic() -> None:
    assert share(TURNED) <= share(BOTH)


def named(number: int, title: str, **fields: object) -> Paper:
    return Paper(PaperId(f"arxiv:2601.1{number:04}"), title, announced_on=DAY, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("wild", [0, 3])
@pytest.mark.parametrize("copies", [2, 15])
@pytest.mark.parametrize("learner", [studied, Learner], ids=["studied", "new"])
def test_no_two_papers_of_a_digest_are_nearly_the_same(
    learner: type[Learner], copies: int, wild: int
) -> None:
    best = new("robot")[0]
    twins = [
        replace(best, id=PaperId(f"arxiv:2601.2{i:04}"), title=f"{best.title} {i}") for i in range(copies)
    ]
    for profile in (Profile(ratings=liked("robot")), Profile(interests=(Interest("robot", pinned=True),))):
        picks = learner().recommend(profile, [*twins, *new("robot", "galaxy")], 6, wild)
        assert len(picks) == 6
        assert sum(pick.paper.abstract == best.abstract for pick in picks) <= 1


@pytest.mark.parametrize("wild", [0, 1, 3])
def test_wild_cards_are_few_flagged_last_plausible_and_not_of_muted_topics(wild: int) -> None:
    profile = Profile(
        interests=(Interest("market", category="econ"), Interest("galaxy survey")),
        ratings=liked("robot", "speech"),
        muted=frozenset({"galaxy survey"}),
    )
    candidates = [*new(), *(replace(made("market", 100 + i), categories=("econ",)) for i in range(9))]
    quiet = replace(profile, muted=frozenset({"market"}))
    for one in (profile, quiet):
        picks = studied().recommend(one, candidates, 6, wild)
        assert [pick.explores for pick in picks] == [False] * (6 - wild) + [True] * wild
        ranks = [studied().explain(one, candidates, pick.paper).rank for pick in picks if pick.explores]
        assert all(rank <= 60 for rank in ranks), ranks
    assert not any(
        "econ" in pick.paper.categories for pick in studied().recommend(quiet, candidates, 6, wild)
    )


def test_a_wild_card_is_less_known_than_the_rest() -> None:
    candidates = [*new("robot")[:5], *new("speech")[:4]]
    picks = studied().recommend(Profile(ratings=liked("robot", count=12)), candidates, 5, 1)
    assert [topic_of(pick.paper) for pick in picks] == ["robot"] * 4 + ["speech"]


def test_without_a_taste_nothing_explores() -> None:
    picks = studied().recommend(Profile(ratings=((old("robot", 1)[0], -1.0),)), new(), 5, 3)
    assert len(picks) == 5
    assert not any(pick.explores for pick in picks)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_fewer_candidates_than_places_are_all_picked(count: int) -> None:
    picks = studied().recommend(
        Profile(ratings=liked("robot", "galaxy")), new()[:: 120 // count][:count], 5, 3
    )
    assert len(picks) == count
    assert len({pick.paper.id for pick in picks}) == count


@pytest.mark.parametrize("profile", [Profile(), Profile(interests=(Interest("???"),))])
def test_without_a_taste_new_and_upvoted_papers_come_first(profile: Profile) -> None:
    loved = [replace(paper, upvotes=60) for paper in new()[::13]]
    rest = [p for p in new() if p.id not in {one.id for one in loved}]
    past = [replace(made("robot", 200 + i, DAY - timedelta(days=6)), upvotes=2) for i in range(20)]
    picks = studied().recommend(profile, [*past, *rest, *loved], 8)
    assert [pick.paper.id for pick in picks if pick.paper not in loved] == []


def test_papers_without_a_word_are_ranked_like_any() -> None:
    """Titles of stop words, of signs, of one letter: rows of zeros."""
    bare = [named(i, title) for i, title in enumerate(["", "of the", "∑ — !", "0", "the paper of results"])]
    profile = Profile(
        seeds=(bare[0],),
        ratings=((bare[1], 1.0), (bare[2], -1.0), *liked("robot")),
        ignored=(bare[3],),
        off_topic=(bare[2].id,),
    )
    picks = studied().recommend(profile, [*new(), *bare], 10, 2)
    assert len(picks) == 10
    assert all(-100 < pick.score < 100 for pick in picks)
    assert counted([pick for pick in picks if not pick.explores and pick.paper not in bare])["robot"] >= 5
    only = studied().recommend(Profile(ratings=((bare[1], 1.0), (bare[4], 1.0))), bare, 5)
    assert len(only) >= 1


HOSTILE = [
    "<!channel> ](http://x) <@U1>",
    "x" * 20_000,
    "\\(\\alpha\\) \x00 \ud7ff \u202e",
    "🙂" * 300,
    " ".join(["model"] * 5000),
    "'; drop table papers; --",
]


@pytest.mark.parametrize("learner", [studied, Learner], ids=["studied", "new"])
def test_hostile_texts_are_words_like_any(learner: type[Learner]) -> None:
    papers = [named(i, text, abstract=text, categories=(text[:50],)) for i, text in enumerate(HOSTILE)]
    profile = Profile(
        interests=tuple(Interest(text[:60]) for text in HOSTILE),
        ratings=tuple((paper, (-1.0) ** i) for i, paper in enumerate(papers)),
        off_topic=(papers[1].id,),
    )
    for candidates in (papers, [*new("robot"), *papers]):
        picks = learner().recommend(profile, candidates, 6, 2)
        assert 1 <= len(picks) <= 6
        assert all(pick.score == pick.score and pick.reason for pick in picks)
        assert learner().themes(profile)
        learner().questions(profile, candidates, 3)


def test_thousands_of_likes() -> None:
    topics = list(TOPICS)
    many = tuple((made(topics[i % 3], 1000 + i), 1.0) for i in range(2400))
    profile = Profile(ratings=many)
    picks = studied().recommend(profile, new(), 9)
    assert set(counted(picks)) == set(topics[:3])
    themes = studied().themes(profile)
    assert [len(theme.papers) for theme in themes] == pytest.approx([800] * 3, rel=0.05)


def test_the_same_paper_as_like_seed_and_example_counts_once() -> None:
    first = old("robot", 1)[0]
    once = Profile(ratings=liked("robot", "galaxy"))
    twice = replace(once, seeds=(first, first), ratings=(*once.ratings, (first, 1.0)))
    scores = [
        [(pick.paper.id, pick.score) for pick in studied().recommend(one, new(), 8)] for one in (once, twice)
    ]
    assert scores[0] == scores[1]
    assert [len(theme.papers) for theme in studied().themes(twice)] == [4, 4]
