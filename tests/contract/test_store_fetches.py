"""How the sources' drains went, in every store."""

from dataclasses import replace
from datetime import timedelta

from bot.model import Fetch
from bot.ports import Store
from tests.store.samples import MINUTE, NOW

GOOD = Fetch("arxiv", NOW, seen=9, new=4, changed=2, skipped=("entry 3: no title", "x" * 5000))


def test_nothing_was_fetched_at_first(store: Store) -> None:
    assert store.last_fetches() == []
    assert store.last_success("arxiv") is None


def test_a_record_comes_back_as_it_went_in(store: Store) -> None:
    store.record_fetch(GOOD)
    assert store.last_fetches() == [GOOD]
    assert store.last_success("arxiv") == NOW
    assert store.last_success("huggingface") is None


def test_the_newest_of_every_source_is_shown(store: Store) -> None:
    failed = replace(GOOD, started_at=NOW + MINUTE, error="HTTP 503")
    for fetch in (replace(GOOD, source="rss"), failed, GOOD, replace(GOOD, source="biorxiv")):
        store.record_fetch(fetch)
    assert [one.source for one in store.last_fetches()] == ["arxiv", "biorxiv", "rss"]
    assert store.last_fetches()[0] == failed, "by when it started, not by when it was recorded"
    assert store.last_success("arxiv") == NOW


def test_of_two_at_one_moment_the_later_call_is_the_newest(store: Store) -> None:
    store.record_fetch(GOOD)
    store.record_fetch(replace(GOOD, seen=1))
    assert [one.seen for one in store.last_fetches()] == [1]


def test_a_source_that_never_succeeded_has_no_success(store: Store) -> None:
    store.record_fetch(replace(GOOD, error="HTTP 500"))
    assert store.last_success("arxiv") is None


def test_the_last_success_outlives_any_number_of_failures(store: Store) -> None:
    store.record_fetch(GOOD)
    for number in range(1, 520):
        store.record_fetch(Fetch("arxiv", NOW + number * MINUTE, error="HTTP 503"))
    assert store.last_success("arxiv") == NOW
    assert store.last_fetches()[0].started_at == NOW + timedelta(minutes=519)
