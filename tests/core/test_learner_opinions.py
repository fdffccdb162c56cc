"""From people's reactions to a channel's opinions: one person one vote, nobody alone, nothing for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import (
    DOWN,
    OFF_TOPIC,
    UP,
    Channel,
    Impression,
    Interest,
    Offer,
    PaperId,
    Reaction,
    Subscription,
    UserId,
)
from bot.ports import Facts
from bot.recommend import opinions_from_facts
from bot.recommend.rating import FREE_VOTES, HALF_LIFE, influence, ratings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HERE = Channel("slack", "T1", "C1")


def vote(paper: str, name: str = UP, user: str = "U1", days: float = 0) -> Reaction:
    return Reaction(HERE, UserId(user), name, NOW - timedelta(days=days), paper=PaperId(paper))


def offer(paper: str, days: float = 1) -> Offer:
    at = NOW - timedelta(days=days)
    return Offer(at.date(), at, Impression(PaperId(paper), 1, 1.0, "linear-1", ""))


def subscription(**fields: object) -> Subscription:
    return Subscription(HERE, since=NOW - timedelta(days=900), **fields)  # type: ignore[arg-type]


counts = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=2).map(UserId), st.integers(1, 5000), min_size=1
)


@given(counts)
def test_nobody_outweighs_all_others_and_ten_votes(given_votes: dict[UserId, int]) -> None:
    weights = influence(given_votes)
    for user, count in given_votes.items():
        others = sum(given_votes.values()) - count
        assert 0 < weights[user] <= 1
        assert weights[user] * count <= others + FREE_VOTES + 1e-9 or not others
        if count <= others + FREE_VOTES:
            assert weights[user] == 1


def test_who_is_alone_is_heard_in_full_however_much_they_say() -> None:
    assert set(ratings([vote(f"p{i}") for i in range(500)], NOW).values()) == {1.0}


def test_a_prolific_person_does_not_take_the_channel_over() -> None:
    loud = [vote(f"loud{i}", user="U1") for i in range(300)]
    quiet = [vote(f"quiet{i}", user=f"U{2 + i % 4}") for i in range(20)]
    found = ratings([*loud, *quiet], NOW)
    assert sum(worth for paper, worth in found.items() if paper.startswith("loud")) == pytest.approx(30)
    assert all(worth == 1 for paper, worth in found.items() if paper.startswith("quiet"))


def test_a_paper_has_one_vote_of_each_person_and_the_mean_of_all() -> None:
    assert ratings([vote("p", "👍"), vote("p", "🔥"), vote("p", "🎉")])[PaperId("p")] == 1
    split = ratings([vote("p", UP, "U1"), vote("p", DOWN, "U2"), vote("p", UP, "U3")])
    assert split[PaperId("p")] == pytest.approx(1 / 3)
    assert ratings([vote("p", UP), vote("p", DOWN)])[PaperId("p")] == 0


@given(st.floats(0, 5000), st.floats(0, 5000))
def test_votes_fade_with_age_and_never_change_sides(one: float, other: float) -> None:
    older, newer = max(one, other), min(one, other)
    for name in (UP, DOWN):
        found = ratings([vote("old", name, days=older), vote("new", name, days=newer)], NOW)
        assert abs(found[PaperId("old")]) <= abs(found[PaperId("new")]) + 1e-12 <= 1 + 1e-12
        assert found[PaperId("old")] * found[PaperId("new")] > 0


def test_a_vote_counts_half_after_the_half_life_and_in_full_at_a_clock_that_is_behind() -> None:
    assert ratings([vote("p", days=HALF_LIFE)], NOW)[PaperId("p")] == pytest.approx(0.5)
    assert ratings([vote("p", days=-3)], NOW)[PaperId("p")] == 1


def test_two_who_disagree_have_no_opinion_whoever_was_later() -> None:
    for first, second in ((UP, DOWN), (DOWN, UP), (UP, OFF_TOPIC)):
        facts = Facts(reactions=(vote("p", first, "U1", 0.0003), vote("p", second, "U2")))
        found = opinions_from_facts(subscription(), facts, NOW)
        assert (found.rated, found.off_topic, found.voters) == ({}, frozenset(), 2)


def test_voters_are_those_whose_votes_count() -> None:
    facts = Facts(reactions=(vote("a"), vote("b"), vote("a", "🦆", "U2"), vote("a", DOWN, "U3", days=40)))
    assert opinions_from_facts(subscription(), facts, NOW).voters == 2
    late = subscription(reset_at=NOW - timedelta(days=10))
    assert opinions_from_facts(late, facts, NOW).voters == 1
    assert opinions_from_facts(subscription(), Facts(), NOW).voters == 1


def test_nothing_from_before_a_reset_is_learned_and_all_of_it_comes_back() -> None:
    facts = Facts(
        offers=(offer("seen", 40), offer("liked", 40), offer("later", 3), offer("other", 3)),
        reactions=(vote("liked", days=39), vote("gone", OFF_TOPIC, days=39), vote("later", DOWN, days=2)),
    )
    whole = opinions_from_facts(subscription(), facts, NOW)
    assert set(whole.rated) == {"liked", "gone", "later"}
    assert whole.ignored == ("seen", "other")
    reset = opinions_from_facts(subscription(reset_at=NOW - timedelta(days=10)), facts, NOW)
    assert set(reset.rated) == {"later"}
    assert (reset.ignored, reset.off_topic) == (("other",), frozenset())


def test_the_likes_of_a_deleted_theme_speak_for_nothing_but_its_dislikes_do() -> None:
    gone = Interest("(deleted topics)", papers=(PaperId("a"), PaperId("b")), share=0.0)
    facts = Facts(reactions=(vote("a"), vote("b", DOWN), vote("c")))
    found = opinions_from_facts(subscription(interests=(gone, Interest("robots"))), facts, NOW)
    assert set(found.rated) == {"b", "c"}
    assert found.interests == (Interest("robots"),)


def test_muted_until_that_day_excluded() -> None:
    interests = tuple(Interest(str(i), muted_until=(NOW + timedelta(days=i)).date()) for i in (-1, 0, 1))
    assert opinions_from_facts(subscription(interests=interests), Facts(), NOW).muted == {"1"}


def test_off_topic_counts_only_where_the_people_agree() -> None:
    facts = Facts(
        reactions=(vote("a", OFF_TOPIC), vote("b", OFF_TOPIC), vote("b", UP, "U2"), vote("b", UP, "U3"))
    )
    found = opinions_from_facts(subscription(), facts, NOW)
    assert found.off_topic == {"a"}
    assert found.rated[PaperId("b")] > 0


def test_a_day_that_nobody_looked_at_says_nothing() -> None:
    facts = Facts(offers=(offer("a", 2), offer("b", 1), offer("c", 1)), reactions=(vote("c"),))
    assert opinions_from_facts(subscription(), facts, NOW).ignored == ("b",)
