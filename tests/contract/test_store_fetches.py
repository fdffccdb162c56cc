"""How the sources' drains went, in every store."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta, timezone

from bot.model import Fetch
from bot.ports import Store
from tests.store.samples import MINUTE, NOW

GOOD = Fetch(
    "arxiv",
    NOW,
    seen=9,
    new=4,
    changed=2,
    skipped=("entry 3: no title", "x" * 5000),
    area="cs.CL",
    status=200,
    greatest="arxiv:2601.00009",
    batch=NOW.date(),
    stale=True,
    note="it claims to be <!channel> of tomorrow",
    failures=3,
    retry_at=NOW + MINUTE,
)
BARE = Fetch("arxiv", NOW)


def test_nothing_was_fetched_at_first(store: Store) -> None:
    assert store.last_fetches() == []
    assert store.last_successes() == []
    assert store.recent_fetches(NOW) == []
    assert store.cursor("arxiv", "") == ""


def test_a_record_comes_back_as_it_went_in(store: Store) -> None:
    store.record_fetch(GOOD)
    store.record_fetch(BARE)
    assert store.last_fetches() == store.last_successes() == [BARE, GOOD]
    assert store.recent_fetches(NOW) == [GOOD, BARE]


def test_the_newest_of_every_source_is_shown(store: Store) -> None:
    failed = replace(GOOD, started_at=NOW + MINUTE, error="HTTP 503")
    for fetch in (replace(GOOD, source="rss"), failed, GOOD, replace(GOOD, source="biorxiv")):
        store.record_fetch(fetch)
    assert [one.source for one in store.last_fetches()] == ["arxiv", "biorxiv", "rss"]
    assert store.last_fetches()[0] == failed, "by when it started, not by when it was recorded"
    assert store.last_successes()[0] == GOOD


def test_areas_of_one_source_are_told_apart(store: Store) -> None:
    failed = replace(GOOD, started_at=NOW + MINUTE, error="HTTP 503")
    down = replace(GOOD, area="cs.AI", error="HTTP 503")
    for fetch in (GOOD, failed, down, BARE):
        store.record_fetch(fetch)
    assert store.last_fetches() == [BARE, down, failed]
    assert store.last_successes() == [BARE, GOOD]


def test_recent_records_are_of_all_sources_oldest_first(store: Store) -> None:
    times = {"a": 3, "b": 1, "c": 2, "d": 0}
    for source, minutes in times.items():
        store.record_fetch(Fetch(source, NOW + minutes * MINUTE, error="x" if source == "c" else ""))
    assert [one.source for one in store.recent_fetches(NOW + MINUTE)] == ["b", "c", "a"]
    assert store.recent_fetches(NOW + 4 * MINUTE) == []
    india = timezone(timedelta(hours=5, minutes=30))
    assert [one.source for one in store.recent_fetches((NOW + 3 * MINUTE).astimezone(india))] == ["a"]


def test_of_two_at_one_moment_the_later_call_is_the_newest(store: Store) -> None:
    store.record_fetch(GOOD)
    store.record_fetch(replace(GOOD, seen=1))
    assert [one.seen for one in store.last_fetches()] == [1]


def test_a_source_that_never_succeeded_has_no_success(store: Store) -> None:
    store.record_fetch(replace(GOOD, error="HTTP 500"))
    assert store.last_successes() == []


def test_the_last_success_outlives_any_number_of_failures(store: Store) -> None:
    elsewhere = replace(GOOD, started_at=NOW + timedelta(days=1))
    store.record_fetch(BARE)
    store.record_fetch(elsewhere)
    for number in range(1, 520):
        store.record_fetch(Fetch("arxiv", NOW + number * MINUTE, error="HTTP 503"))
    assert store.last_successes() == [BARE, elsewhere]
    assert store.last_fetches()[0].started_at == NOW + timedelta(minutes=519)
    kept = store.recent_fetches(NOW)
    assert len(kept) == 502
    assert kept[:2] == [BARE, Fetch("arxiv", NOW + 20 * MINUTE, error="HTTP 503")]


def test_one_area_does_not_crowd_out_another(store: Store) -> None:
    store.record_fetch(replace(GOOD, error="HTTP 503"))
    for number in range(1, 503):
        store.record_fetch(Fetch("arxiv", NOW + number * MINUTE))
    assert [one.area for one in store.last_fetches()] == ["", "cs.CL"]
    assert len(store.recent_fetches(NOW)) == 501


def test_a_cursor_is_replaced_and_kept_by_source_and_area(store: Store) -> None:
    store.save_cursor("arxiv", "", "one")
    store.save_cursor("arxiv", "cs.CL", "two")
    store.save_cursor("s2", "", "three")
    store.save_cursor("arxiv", "", "four")
    asked = [("arxiv", ""), ("arxiv", "cs.CL"), ("s2", ""), ("s2", "cs.CL")]
    assert [store.cursor(*one) for one in asked] == ["four", "two", "three", ""]
    store.save_cursor("arxiv", "", "")
    assert store.cursor("arxiv", "") == ""


def test_a_hostile_cursor_is_only_text(store: Store) -> None:
    store.save_cursor("feed:x\0", "\ud800", "'; DROP TABLE cursors; -- \u202e\0")
    assert store.cursor("feed:x\0", "\ud800") == "'; DROP TABLE cursors; -- \u202e\ufffd"


def test_threads_saving_one_cursor_all_may(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.save_cursor("arxiv", "", str(number)), range(24)))
    assert store.cursor("arxiv", "") in map(str, range(24))
