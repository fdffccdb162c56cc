"""The benchmarks' figures, against hand-made ones."""

from itertools import pairwise
from math import isnan, log2, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import auc, mean, ndcg, recall, rounded
from bot.model import Paper, PaperId, Recommendation


def ranking(*scores):
    return [Recommendation(Paper(PaperId(f"p{i}"), f"T{i}"), score, "") for i, score in enumerate(scores)]


def test_auc_counts_the_pairs_in_the_right_order():
    # p0 stands above p1 and p3, p2 only above p3: three of four pairs.
    assert auc(ranking(4, 3, 2, 1), {"p0", "p2"}, 4) == 3 / 4
    assert auc(ranking(4, 3, 2, 1), {"p0"}, 4) == 1
    assert auc(ranking(4, 3, 2, 1), {"p3"}, 4) == 0


def test_equal_neighbours_count_half():
    assert auc(ranking(1, 1, 1), {"p0"}, 3) == 1 / 2
    assert auc(ranking(2, 1, 1), {"p1"}, 3) == (0 + 1 / 2) / 2


def test_the_order_counts_where_scores_do_not_fall():
    # Places that are shared among interests are not in the order of the scores.
    assert auc(ranking(1, 5, 2), {"p0"}, 3) == 1


def test_what_was_not_ranked_is_equal_and_last():
    # p7 was not ranked, nor were two others: p0 beats 3, p7 loses to p1 and draws with the two.
    assert auc(ranking(9, 8), {"p0", "p7"}, 5) == (3 + 1) / 6


@pytest.mark.parametrize("wanted", [set(), {"p0", "p1"}])
def test_no_pairs_have_no_auc(wanted):
    assert isnan(auc(ranking(2, 1), wanted, 2))


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=12))
def test_auc_is_that_of_all_pairs(rows):
    rows.sort(key=lambda row: -row[0])
    ranked = ranking(*(score for score, _ in rows))
    wanted = {f"p{i}" for i, (_, hit) in enumerate(rows) if hit}
    pairs = [
        (a > b) + (a == b) / 2
        for i, (a, _) in enumerate(rows)
        for j, (b, _) in enumerate(rows)
        if f"p{i}" in wanted and f"p{j}" not in wanted
    ]
    expected = sum(pairs) / len(pairs) if pairs else nan
    assert auc(ranked, wanted, len(rows)) == pytest.approx(expected, nan_ok=True)


def test_recall_is_the_share_found():
    assert recall(["a", "b", "c"], {"a", "c", "d"}, 2) == 1 / 3
    assert recall(["a", "b", "c"], {"a", "c", "d"}, 3) == 2 / 3
    assert isnan(recall(["a"], set(), 1))


def test_ndcg_discounts_by_place():
    best = 1 + 1 / log2(3)
    assert ndcg(["x", "a", "b"], {"a", "b"}, 20) == pytest.approx((1 / log2(3) + 1 / 2) / best)
    assert ndcg(["a", "b"], {"a", "b"}, 20) == 1
    assert ndcg(["x", "a"], {"a"}, 1) == 0
    # No more than the first k can be found: that is the best possible.
    assert ndcg(["a"], {"a", "b", "c"}, 1) == 1


@given(st.permutations("abcde"))
def test_a_step_up_never_lowers_ndcg(order):
    for place, (above, below) in enumerate(pairwise(order)):
        if above != "a" and below == "a":
            swapped = [*order[:place], below, above, *order[place + 2 :]]
            assert ndcg(swapped, {"a"}, 3) >= ndcg(order, {"a"}, 3)


def test_means_leave_out_what_is_no_number():
    assert mean([1.0, nan, 3.0]) == 2
    assert isnan(mean([]))
    assert rounded(nan) is None
    assert rounded(0.123456) == 0.1235
