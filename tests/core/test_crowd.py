"""What other channels like: it helps who is like them, needs enough of them, and gives nobody away."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from random import Random

import numpy as np
import pytest

from bot.model import Paper
from bot.ports import Likes, Profile
from bot.recommend import Learner
from bot.recommend.crowd import CHANNELS, LIKES, LIKES_EACH, crowd_from_likes, trust
from bot.recommend.language import language_from_rows
from bot.recommend.vectors import paper_rows
from tests.core.archive import OLD, archive, everything, liked, new, old, taught, topic_of

TASTES = (("robot", "climate"), ("speech", "market"))
"""Each goes together in a channel, though no word of the one is in the other."""


@cache
def channels(count: int = 80, each: int = 30) -> tuple[Likes, ...]:
    """Made-up channels, half of them of either taste; the same numbers make the same channels."""
    random = Random(7)
    known = [[paper.id for topic in taste for paper in old(topic, OLD)] for taste in TASTES]
    return tuple(tuple((p, 1.0) for p in random.sample(known[i % 2], each)) for i in range(count))


@cache
def crowded() -> Learner:
    return taught(channels())


@cache
def alone() -> Learner:
    return taught(())


NEWCOMER = Profile(ratings=liked("robot", count=2))


def mean_rank(learner: Learner, profile: Profile, topic: str) -> float:
    order = learner.recommend(profile, new(), len(new()))
    return float(np.mean([rank for rank, pick in enumerate(order) if topic_of(pick.paper) == topic]))


def test_a_newcomer_with_two_likes_gets_unseen_papers_that_similar_channels_would_like() -> None:
    """Robots and climate go together among the others; the newcomer said nothing of climate."""
    assert mean_rank(alone(), NEWCOMER, "climate") > 50
    assert mean_rank(crowded(), NEWCOMER, "climate") < 40
    assert mean_rank(crowded(), NEWCOMER, "climate") + 20 < mean_rank(crowded(), NEWCOMER, "market")
    assert mean_rank(crowded(), NEWCOMER, "robot") < 15
    other = Profile(ratings=liked("speech", count=2))
    assert mean_rank(crowded(), other, "market") + 20 < mean_rank(crowded(), other, "climate")


def told(profile: Profile, paper: Paper) -> dict[str, float]:
    explanation = crowded().explain(profile, new(), paper)
    assert sum(value for _, value in explanation.parts) == pytest.approx(explanation.score, rel=1e-12)
    return dict(explanation.parts)


def test_an_explanation_names_the_crowd_and_still_adds_up() -> None:
    assert told(NEWCOMER, new("climate")[0])["channels like yours"] > 0
    assert told(NEWCOMER, new("market")[0])["channels like yours"] < 0
    assert "channels like yours" not in told(replace(NEWCOMER, crowd=False), new("climate")[0])
    assert "channels like yours" not in told(Profile(), new("climate")[0])


def test_who_takes_no_part_gets_what_there_would_be_without_a_crowd_to_the_last_bit() -> None:
    for likes in (NEWCOMER, Profile(ratings=liked("robot", "speech", count=8)), Profile()):
        apart = replace(likes, crowd=False)
        assert crowded().recommend(apart, new(), 20, 3) == alone().recommend(apart, new(), 20, 3)
        assert crowded().recommend(apart, new(), 20, 3) == alone().recommend(likes, new(), 20, 3)
        assert crowded().questions(apart, new(), 5) == alone().questions(apart, new(), 5)


def few_channels() -> list[Likes]:
    return [library[: LIKES // CHANNELS + 5] for library in channels(CHANNELS)]


SMALL = {
    "too few channels": few_channels()[:-1],
    "too few likes in all": [library[:LIKES_EACH] for library in few_channels()],
    "too few likes each": [library[: LIKES_EACH - 1] for library in channels(300)],
    "dislikes only": [[(paper, -1.0) for paper, _ in library] for library in channels()],
    "papers that nobody knows": [[(paper + "x", 1.0) for paper, _ in library] for library in channels()],
    "each likes what nobody else does": [[(p.id, 1.0) for p in everything()[i * 9 :][:9]] for i in range(60)],
}


def crowd_of(libraries: Sequence[Sequence[tuple[str, float]]]) -> object:
    papers = everything()
    counts = paper_rows(papers)
    rows = language_from_rows(counts, latent=False).rows(counts)
    return crowd_from_likes(libraries, [p.id for p in papers], rows)  # type: ignore[arg-type]


def test_a_crowd_speaks_only_when_there_are_enough() -> None:
    assert crowd_of(few_channels()) is not None
    for reason, libraries in SMALL.items():
        assert crowd_of(libraries) is None, reason


def test_a_paper_that_one_channel_alone_likes_has_no_factor_and_moves_nothing() -> None:
    secret = archive()["galaxy"][3].id
    libraries = [list(library) for library in channels()]
    without = crowd_of(libraries)
    libraries[5].append((secret, 1.0))
    with_it = crowd_of(libraries)
    assert secret not in with_it.number  # type: ignore[attr-defined]
    assert np.array_equal(with_it.places, without.places)  # type: ignore[attr-defined]
    libraries[6].append((secret, 1.0))
    assert secret in crowd_of(libraries).number  # type: ignore[attr-defined]


def test_the_order_of_channels_is_no_matter() -> None:
    turned = taught(channels()[::-1]).recommend(NEWCOMER, new(), 9)
    assert {p.paper.id for p in turned} == {p.paper.id for p in crowded().recommend(NEWCOMER, new(), 9)}


def test_strange_ratings_do_not_break_it() -> None:
    zeros = tuple(
        (paper, worth) for paper, (_, worth) in zip(old("robot", 8), liked("climate", count=8), strict=True)
    )
    bare = replace(new()[0], title="of the", abstract="", categories=())
    for profile in (
        Profile(ratings=((bare, 1.0),)),
        Profile(ratings=((old("robot", 1)[0], -1.0),)),
        Profile(seeds=(bare, bare), ratings=zeros),
    ):
        picks = crowded().recommend(profile, [*new(), bare], 5, 1)
        assert len(picks) == 5
        assert all(abs(pick.score) < 100 for pick in picks)


def test_trust_grows_with_ratings() -> None:
    assert [trust(n) for n in (0, 1, 5, 50, 5000)] == sorted(trust(n) for n in (0, 1, 5, 50, 5000))
    assert trust(0) == 0
    assert 0.9 < trust(50) < 1


class Interrupting(tuple[Paper, ...]):
    """Papers; whoever looks at them first lets the learner study something else meanwhile."""

    learner: Learner

    def __iter__(self) -> Iterator[Paper]:
        if not self.learner.version.endswith("again"):
            self.learner.study(everything()[::2], channels())
            self.learner.version += "again"
        return super().__iter__()


def test_a_study_that_ends_meanwhile_changes_nothing_of_what_was_asked_before() -> None:
    candidates = Interrupting(new())
    candidates.learner = taught(channels())
    before = crowded().recommend(NEWCOMER, new(), 20, 1)
    assert candidates.learner.recommend(NEWCOMER, candidates, 20, 1) == before
    assert candidates.learner.version.endswith("again")
