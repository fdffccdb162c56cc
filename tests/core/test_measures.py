"""Measures worked out by hand, and intervals that hold what they promise."""

from math import log2
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Channel, PaperId
from bot.recommend.credit import credit, exact_interval, sign_test
from bot.recommend.measures import AUC, BALANCED, HIT, NDCG, Trial, measured
from tests.papers import DAY

IDS = tuple(PaperId(f"arxiv:{number}") for number in range(10))


def trial(
    liked: set[int], disliked: set[int] | None = None, k: int = 3, of: int = 10, channel: str = "C"
) -> Trial:
    """Ten papers in the order of their numbers."""
    ranking = IDS[:of]
    return Trial(
        Channel("slack", "T", channel),
        DAY,
        ranking[:k],
        {paper: rank for rank, paper in enumerate(ranking, 1)},
        of,
        frozenset(IDS[one] for one in liked),
        frozenset(IDS[one] for one in disliked or ()),
    )


def test_one_ranking_by_hand() -> None:
    got = measured([trial({0, 3}, {1, 9})])
    assert got[HIT].value == 1.0
    assert got[NDCG].value == pytest.approx(1 / (1 + 1 / log2(3)))
    assert got[AUC].value == pytest.approx(1 - 2 / 16)
    # Both liked ones stand above the middle; of the two disliked one does.
    assert got[BALANCED].value == pytest.approx((1 + 0.5) / 2)
    assert got[BALANCED].count == 4


def test_the_very_middle_counts_half() -> None:
    assert measured([trial({1}, {1}, of=3)])[BALANCED].value == pytest.approx(0.5)


def test_what_trials_cannot_tell_is_left_out() -> None:
    assert measured([]) == {}
    assert measured([trial(set(), {2})]) == {}
    assert measured([trial({0}, of=1)]).keys() == {HIT, NDCG}


@given(st.sets(st.integers(0, 9), min_size=1, max_size=9), st.integers(1, 10))
def test_auc_is_the_share_of_pairs_in_the_right_order(liked: set[int], k: int) -> None:
    pairs = [one < other for one in liked for other in range(10) if other not in liked]
    got = measured([trial(liked, k=k)])
    assert got[AUC].value == pytest.approx(sum(pairs) / len(pairs))
    assert 0.0 <= got[NDCG].value <= 1.0 + 1e-9
    assert got[HIT].value == float(min(liked) < k)


def test_the_same_trials_give_the_same_interval() -> None:
    trials = [trial({number % 7}) for number in range(20)]
    assert measured(trials) == measured(trials)
    assert measured(trials, seed=1) != measured(trials)


@pytest.mark.parametrize("truth", [0.3, 0.5, 0.8])
def test_intervals_hold_the_truth_about_as_often_as_they_say(truth: float) -> None:
    chance = Random(1)
    held = 0
    for _ in range(100):
        got = measured([trial({0} if chance.random() < truth else {9}) for _ in range(60)])[HIT]
        held += got.low <= truth <= got.high
    assert held >= 88


def test_trials_of_one_channel_that_agree_make_nothing_sure_where_channels_are_many() -> None:
    alike = [trial({0} if c % 2 else {9}, channel=f"C{c}") for c in range(12) for _ in range(50)]
    alone = [trial({0} if n % 2 else {9}) for n in range(600)]
    by_channel, by_trial = measured(alike)[HIT], measured(alone)[HIT]
    assert by_channel.value == by_trial.value == 0.5
    assert by_channel.high - by_channel.low > 3 * (by_trial.high - by_trial.low)


def test_exact_intervals_by_hand() -> None:
    assert exact_interval(0, 0) == (0.0, 1.0)
    assert exact_interval(5, 5) == (pytest.approx(0.025**0.2), 1.0)
    assert exact_interval(0, 5) == (0.0, pytest.approx(1 - 0.025**0.2))
    low, high = exact_interval(7, 9)
    assert (low, high) == (pytest.approx(0.3999, abs=1e-4), pytest.approx(0.9719, abs=1e-4))


def test_the_sign_test_by_hand() -> None:
    assert sign_test(0, 0) == 1.0
    assert sign_test(5, 0) == pytest.approx(2 / 32)
    assert sign_test(3, 3) == 1.0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=40))
def test_credit_is_the_same_from_both_sides(likes: list[tuple[int, int]]) -> None:
    ours, theirs = credit("a", "b", likes), credit("b", "a", [(b, a) for a, b in likes])
    assert (ours.wins, ours.losses, ours.digests) == (theirs.losses, theirs.wins, len(likes))
    assert (ours.low, ours.high) == (pytest.approx(1 - theirs.high), pytest.approx(1 - theirs.low))
    assert ours.p == pytest.approx(theirs.p)
    assert ours.share is None or ours.low <= ours.share <= ours.high


def test_exact_intervals_hold_the_truth_at_least_as_often_as_they_say() -> None:
    chance = Random(2)
    counts = [sum(chance.random() < 0.7 for _ in range(25)) for _ in range(400)]
    held = [low <= 0.7 <= high for low, high in (exact_interval(won, 25) for won in counts)]
    assert sum(held) >= 0.94 * len(held)
