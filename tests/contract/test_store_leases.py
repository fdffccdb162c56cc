"""Who holds what alone, in every store."""

from concurrent.futures import ThreadPoolExecutor

from bot.ports import Store
from tests.store.samples import MINUTE, NOW


def test_a_lease_is_held_by_one(store: Store) -> None:
    assert store.take_lease("fetch", "a", NOW, NOW + MINUTE)
    assert not store.take_lease("fetch", "b", NOW, NOW + MINUTE)
    assert store.take_lease("rank", "b", NOW, NOW + MINUTE), "another name is another lease"


def test_its_holder_may_prolong_it(store: Store) -> None:
    store.take_lease("fetch", "a", NOW, NOW + MINUTE)
    assert store.take_lease("fetch", "a", NOW, NOW + 3 * MINUTE)
    assert not store.take_lease("fetch", "b", NOW + 2 * MINUTE, NOW + 9 * MINUTE)


def test_it_ends_with_its_time(store: Store) -> None:
    store.take_lease("fetch", "a", NOW, NOW + MINUTE)
    assert store.take_lease("fetch", "b", NOW + MINUTE, NOW + 2 * MINUTE)
    assert not store.take_lease("fetch", "a", NOW + MINUTE, NOW + 2 * MINUTE)


def test_only_its_holder_gives_it_back(store: Store) -> None:
    store.take_lease("fetch", "a", NOW, NOW + MINUTE)
    store.drop_lease("fetch", "b")
    assert not store.take_lease("fetch", "b", NOW, NOW + MINUTE)
    store.drop_lease("fetch", "a")
    store.drop_lease("never taken", "a")
    assert store.take_lease("fetch", "b", NOW, NOW + MINUTE)


def test_of_eight_threads_one_gets_it(store: Store) -> None:
    for name in map(str, range(10)):

        def take(holder: int, name: str = name) -> bool:
            return store.take_lease(name, str(holder), NOW, NOW + MINUTE)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(take, range(8))).count(True) == 1
