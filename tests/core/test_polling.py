"""Which sources are asked when, and which announcements are late."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.model import Fetch, Filters
from bot.polling import due_sources, late_categories, next_try, parts_for

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)  # a Wednesday morning in New York
TODAY, YESTERDAY = date(2026, 6, 10), date(2026, 6, 9)
HALF_AN_HOUR = timedelta(minutes=30)
CL = ("arxiv", "cs.CL")


@dataclass(frozen=True)
class Source:
    name: str = "arxiv"
    area: str = "cs.CL"
    every: timedelta = HALF_AN_HOUR


def test_a_source_that_answered_is_asked_again_after_its_own_time() -> None:
    assert next_try(NOW, HALF_AN_HOUR, 0) == NOW + HALF_AN_HOUR


def test_what_is_late_is_looked_for_sooner() -> None:
    assert next_try(NOW, timedelta(hours=12), 0, stale=True) == NOW + timedelta(minutes=10)
    assert next_try(NOW, timedelta(minutes=1), 0, stale=True) == NOW + timedelta(minutes=1)


def test_failures_double_the_wait_up_to_six_hours() -> None:
    waits = [(next_try(NOW, HALF_AN_HOUR, n) - NOW).total_seconds() / 60 for n in range(1, 12)]
    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == 360
    assert next_try(NOW, HALF_AN_HOUR, 10_000) == NOW + timedelta(hours=6)


def test_nobody_is_asked_before_they_said() -> None:
    assert next_try(NOW, HALF_AN_HOUR, 1, retry_after=3600.0) == NOW + timedelta(hours=1)
    assert next_try(NOW, HALF_AN_HOUR, 3, retry_after=1.0) == NOW + timedelta(minutes=20)


def test_one_never_asked_and_one_whose_time_has_come_are_due() -> None:
    fresh, waiting, ready = Source(area="new"), Source(area="waits"), Source(area="ready")
    last = {
        ("arxiv", "waits"): Fetch(
            "arxiv", NOW - HALF_AN_HOUR, retry_at=NOW + timedelta(seconds=1), failures=1
        ),
        ("arxiv", "ready"): Fetch("arxiv", NOW - HALF_AN_HOUR, retry_at=NOW),
    }
    assert due_sources([fresh, waiting, ready], last, NOW) == [fresh, ready]


def test_a_shorter_time_in_the_settings_counts_at_once() -> None:
    last = {CL: Fetch("arxiv", NOW - timedelta(minutes=40), retry_at=NOW + timedelta(hours=11))}
    assert due_sources([Source(every=timedelta(hours=12))], last, NOW) == []
    assert due_sources([Source()], last, NOW) == [Source()]


def good(batch: date | None) -> dict[tuple[str, str], Fetch]:
    return {CL: Fetch("arxiv", NOW, area="cs.CL", batch=batch)}


def test_a_category_is_late_when_todays_batch_is_due_and_not_there() -> None:
    assert late_categories(good(TODAY), [CL], NOW) == ()
    assert late_categories(good(YESTERDAY), [CL], NOW) == ("cs.CL",)
    assert late_categories(good(None), [CL], NOW) == ("cs.CL",)
    others = [("huggingface", "daily"), ("arxiv", "history cs.CL")]
    assert late_categories(good(YESTERDAY), [CL, *others], NOW) == ("cs.CL",)
    assert late_categories({}, [CL, *others], NOW) == (), "never read is not late"


@pytest.mark.parametrize(
    ("now", "batch"),
    [
        (
            datetime(2026, 6, 10, 4, 30, tzinfo=UTC),
            YESTERDAY,
        ),  # half past midnight in New York: it may still come
        (datetime(2026, 6, 13, 12, 0, tzinfo=UTC), date(2026, 6, 1)),  # a Saturday
        (datetime(2026, 11, 27, 15, 0, tzinfo=UTC), date(2026, 6, 1)),  # the day after Thanksgiving
    ],
)
def test_nothing_is_late_when_nothing_is_due(now: datetime, batch: date) -> None:
    assert late_categories(good(batch), [CL], now) == ()


def test_a_channel_gets_the_parts_that_it_did_not_filter_out() -> None:
    asked = [
        CL,
        ("arxiv", "cs.CV"),
        ("arxiv", "history cs.CV"),
        ("huggingface", "daily"),
        ("feed", "https://a"),
    ]
    assert parts_for(Filters(), ["https://a"], asked) == tuple(asked)
    assert parts_for(Filters(), [], asked) == tuple(asked[:-1]), "somebody else's feed"
    assert parts_for(Filters(sources=("arxiv",)), [], asked) == tuple(asked[:3])
    assert parts_for(Filters(sources=("arxiv",)), ["https://a"], asked)[-1] == ("feed", "https://a")
    asked.append(("arxiv", "history cs.CL"))
    only = parts_for(Filters(categories=("cs.CV",)), [], asked)
    assert only == (("arxiv", "cs.CV"), ("arxiv", "history cs.CV"), ("huggingface", "daily"))


def test_an_archive_stands_for_its_categories() -> None:
    archive = ("arxiv", "cs")
    assert parts_for(Filters(categories=("cs.CV",)), [], [archive]) == (archive,)
    assert parts_for(Filters(categories=("cs",)), [], [CL]) == (CL,)


def test_a_record_is_dated_by_when_it_began() -> None:
    last = replace(Fetch("arxiv", NOW, area="cs.CL"), retry_at=None)
    assert due_sources([Source()], {CL: last}, NOW) == [Source()]
