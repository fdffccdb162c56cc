"""How many interests some likes show, from where they stand."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.recommend.grouping import LEAST, grouped, halved, means, same
from bot.recommend.vectors import Array, unit


def cloud(*groups: int, loose: float = 0.6, dimensions: int = 32, seed: int = 1) -> Array:
    """Unit spots around as many axes that have nothing to do with one another; `loose`: noise beside 1."""
    random = np.random.default_rng(seed)
    axes = np.repeat(np.eye(dimensions)[: len(groups)], groups, axis=0)
    noise = random.normal(size=axes.shape) / np.sqrt(dimensions)
    return unit(axes + loose * noise).astype(np.float32)


def parts(labels: Array) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


@pytest.mark.parametrize("loose", [0.2, 0.6, 1.0])
@pytest.mark.parametrize("sizes", [(5,), (40,), (5, 5), (4, 30), (6, 6, 6), (10, 8, 6, 4)])
def test_as_many_groups_as_there_are_interests(sizes: tuple[int, ...], loose: float) -> None:
    ends = np.cumsum([0, *sizes]).tolist()
    expected = {frozenset(range(a, b)) for a, b in pairwise(ends)}
    assert parts(grouped(cloud(*sizes, loose=loose))) == expected


@pytest.mark.parametrize("count", range(2 * LEAST))
def test_a_few_likes_are_one_interest(count: int) -> None:
    assert set(grouped(cloud(*[1] * count)).tolist()) <= {0}


def test_old_likes_join_the_nearest_of_the_latest() -> None:
    old, late = cloud(20, 20, seed=2), cloud(150, 150, seed=3)
    labels = grouped(np.vstack([old, late]))
    assert len(parts(labels)) == 2
    assert (labels[:20] == labels[40]).all()
    assert (labels[20:40] == labels[-1]).all()


rows = st.lists(st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4), max_size=20)


@settings(deadline=None)
@given(rows)
def test_any_spots_are_grouped_and_halved_without_a_gap(spots: list[list[float]]) -> None:
    """Twins, zeros and opposites among them."""
    array = unit(np.array(spots, np.float32).reshape(-1, 4)).astype(np.float32)
    labels, halves = grouped(array), halved(array)
    assert len(labels) == len(halves) == len(array)
    assert set(labels.tolist()) == set(range(labels.max(initial=-1) + 1))
    assert all((labels == label).sum() >= min(LEAST, len(array)) for label in set(labels.tolist()))
    assert set(halves.tolist()) == ({0, 1} if len(array) > 1 else set(halves.tolist()))


def test_without_a_latent_space_all_is_one_and_halves_are_by_order() -> None:
    nowhere = np.zeros((8, 0), np.float32)
    assert grouped(nowhere).tolist() == [0] * 8
    assert halved(nowhere).tolist() == [0] * 4 + [1] * 4
    assert not same(nowhere, nowhere)


def test_the_same_interest_is_known_again() -> None:
    spots = cloud(12, 6)
    assert same(spots[:4], spots[4:12])
    assert same(spots[:1], spots[4:12])
    assert not same(spots[:6], spots[12:])
    assert not same(spots[:0], spots[12:])


def test_middles_have_length_one_and_an_empty_sum_stays() -> None:
    spots = np.array([[1, 0], [0, 1], [1, 0], [-1, 0]], np.float32)
    found = means(spots, np.array([0, 0, 1, 1]))
    assert np.allclose(np.linalg.norm(found, axis=1), [1, 0])
