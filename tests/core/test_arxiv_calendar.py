"""arXiv's batch days: weekends, deferred mailings, cut-offs, and both changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arxiv_calendar import (
    batch_due,
    batch_of,
    feed_day,
    has_batch,
    home_day,
    is_listed,
    last_batch,
    next_batch,
    why_none,
)

EASTERN = ZoneInfo("America/New_York")
DAY = timedelta(days=1)

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("listed", "without"),
    [
        (date(2026, 1, 1), date(2026, 1, 2)),
        (date(2026, 1, 19), date(2026, 1, 20)),
        (date(2026, 6, 19), date(2026, 6, 22)),
        (date(2026, 7, 3), date(2026, 7, 6)),
        (date(2026, 9, 7), date(2026, 9, 8)),
        (date(2026, 11, 26), date(2026, 11, 27)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2026, 12, 29), date(2026, 12, 30)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_after_a_deferred_mailing_a_batch_falls_away_and_the_listed_day_keeps_its_own(
    listed: date, without: date
):
    assert has_batch(listed)
    assert not has_batch(without)
    assert next_batch(listed) > without
    assert last_batch(without) == listed


def test_the_batch_days_around_the_end_of_2026():
    first, last = date(2026, 12, 21), date(2027, 1, 8)
    found = [first + n * DAY for n in range((last - first).days + 1) if has_batch(first + n * DAY)]
    december = [date(2026, 12, day) for day in (21, 22, 23, 24, 25, 29, 31)]
    assert found == december + [date(2027, 1, day) for day in (4, 5, 6, 7, 8)]


def test_a_year_without_a_list_has_weekends_only_and_says_so():
    assert [is_listed(year) for year in (2025, 2026, 2027)] == [False, True, False]
    assert has_batch(date(2028, 7, 5))
    assert has_batch(date(2028, 12, 26))
    assert not has_batch(date(2028, 7, 8))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 8, 12), ""),
        (date(2026, 8, 15), "arXiv announces nothing at weekends"),
        (date(2026, 8, 16), "arXiv announces nothing at weekends"),
        (date(2026, 11, 26), ""),
        (date(2026, 11, 27), "arXiv had no mailing on 26 November, a holiday"),
        (date(2026, 12, 28), "arXiv had no mailing on 25 December, a holiday"),
        (date(2027, 1, 1), "arXiv had no mailing on 31 December, a holiday"),
    ],
)
def test_readers_are_told_why_there_is_nothing(day: date, why: str):
    assert why_none(day) == why


@given(days)
def test_there_is_a_reason_exactly_where_there_is_no_batch(day: date):
    assert (why_none(day) == "") == has_batch(day)


@given(days)
def test_the_next_batch_is_the_first_one_after_and_the_last_one_the_newest_up_to(day: date):
    after, up_to = next_batch(day), last_batch(day)
    assert up_to <= day < after
    assert has_batch(after) and has_batch(up_to)
    between = (up_to + n * DAY for n in range(1, (after - up_to).days))
    assert not any(has_batch(other) for other in between)
    assert after - up_to <= timedelta(days=4)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # Summer: Eastern midnight is 04:00 UTC, and feeds have an hour of slack.
        ("2026-08-12T04:59:59", date(2026, 8, 11)),
        ("2026-08-12T05:00:00", date(2026, 8, 12)),
        ("2026-08-13T03:59:59", date(2026, 8, 12)),
        # Winter: it is 05:00 UTC.
        ("2026-12-02T05:59:59", date(2026, 12, 1)),
        ("2026-12-02T06:00:00", date(2026, 12, 2)),
        # A weekend, and a Friday without a batch before one.
        ("2026-08-16T12:00:00", date(2026, 8, 14)),
        ("2026-11-29T12:00:00", date(2026, 11, 26)),
        # The clocks go forward on Sunday 8 March: Friday by winter time, Monday by summer time.
        ("2026-03-06T05:59:59", date(2026, 3, 5)),
        ("2026-03-06T06:00:00", date(2026, 3, 6)),
        ("2026-03-08T06:59:59", date(2026, 3, 6)),
        ("2026-03-08T07:00:00", date(2026, 3, 6)),
        ("2026-03-09T04:59:59", date(2026, 3, 6)),
        ("2026-03-09T05:00:00", date(2026, 3, 9)),
        # They go back on Sunday 1 November: Friday by summer time, Monday by winter time.
        ("2026-10-30T04:59:59", date(2026, 10, 29)),
        ("2026-10-30T05:00:00", date(2026, 10, 30)),
        ("2026-11-01T05:30:00", date(2026, 10, 30)),
        ("2026-11-01T06:30:00", date(2026, 10, 30)),
        ("2026-11-02T05:59:59", date(2026, 10, 30)),
        ("2026-11-02T06:00:00", date(2026, 11, 2)),
    ],
)
def test_what_feeds_ought_to_carry_summer_and_winter_and_between(now: str, due: date):
    assert batch_due(utc(now)) == due


def test_the_day_at_arxiv_turns_an_hour_before_its_feeds_are_due():
    assert (home_day(utc("2026-08-12T04:30:00")), feed_day(utc("2026-08-12T04:30:00"))) == (
        date(2026, 8, 12),
        date(2026, 8, 11),
    )


@given(moments, st.timedeltas(timedelta(0), timedelta(days=10)))
def test_what_is_due_never_goes_back_and_is_never_of_tomorrow(now: datetime, later: timedelta):
    due = batch_due(now)
    assert has_batch(due)
    assert due <= home_day(now)
    assert batch_due(now + later) >= due


@given(days)
def test_each_batch_is_due_from_one_in_the_morning_on_and_not_before(day: date):
    batch = next_batch(day)
    due_at = datetime(batch.year, batch.month, batch.day, 1, tzinfo=EASTERN).astimezone(UTC)
    assert batch_due(due_at) == batch
    assert batch_due(due_at - timedelta(seconds=1)) < batch


@pytest.mark.parametrize(
    ("submitted", "batch"),
    [
        # The table of arXiv's page on availability, in an ordinary week.
        ("2026-08-10T14:00", date(2026, 8, 12)),
        ("2026-08-11T13:59", date(2026, 8, 12)),
        ("2026-08-11T14:00", date(2026, 8, 13)),
        ("2026-08-12T14:00", date(2026, 8, 14)),
        ("2026-08-13T13:59", date(2026, 8, 14)),
        ("2026-08-13T14:00", date(2026, 8, 17)),
        ("2026-08-14T13:59", date(2026, 8, 17)),
        ("2026-08-14T14:00", date(2026, 8, 18)),
        ("2026-08-15T09:00", date(2026, 8, 18)),
        ("2026-08-16T23:59", date(2026, 8, 18)),
        ("2026-08-17T13:59", date(2026, 8, 18)),
        ("2026-08-17T14:00", date(2026, 8, 19)),
        # Thanksgiving, Thursday 26 November: it waits for Friday's cut-off, and so for Monday.
        ("2026-11-25T13:59", date(2026, 11, 26)),
        ("2026-11-25T14:00", date(2026, 11, 30)),
        ("2026-11-26T15:00", date(2026, 11, 30)),
        ("2026-11-27T14:00", date(2026, 12, 1)),
        # Friday 3 July: nothing is announced on Sunday, and all waits for Monday's cut-off.
        ("2026-07-02T13:59", date(2026, 7, 3)),
        ("2026-07-02T14:00", date(2026, 7, 7)),
        ("2026-07-03T10:00", date(2026, 7, 7)),
        ("2026-07-05T12:00", date(2026, 7, 7)),
        ("2026-07-06T14:00", date(2026, 7, 8)),
        # Over the year's end.
        ("2026-12-30T14:00", date(2027, 1, 4)),
        # The days on which the clocks change, and the cut-offs after them.
        ("2026-03-08T01:59", date(2026, 3, 10)),
        ("2026-03-08T03:00", date(2026, 3, 10)),
        ("2026-03-09T13:59", date(2026, 3, 10)),
        ("2026-03-09T14:00", date(2026, 3, 11)),
        ("2026-11-01T01:30", date(2026, 11, 3)),
        ("2026-11-02T13:59", date(2026, 11, 3)),
        ("2026-11-02T14:00", date(2026, 11, 4)),
    ],
)
def test_a_submission_is_in_the_batch_of_arxivs_table_at_the_earliest(submitted: str, batch: date):
    assert batch_of(eastern(submitted)) == batch
    assert batch_of(eastern(submitted).astimezone(UTC)) == batch


@pytest.mark.parametrize(
    ("cut_off", "before", "after"),
    [
        ("2026-03-06T19:00", date(2026, 3, 9), date(2026, 3, 10)),
        ("2026-03-09T18:00", date(2026, 3, 10), date(2026, 3, 11)),
        ("2026-10-30T18:00", date(2026, 11, 2), date(2026, 11, 3)),
        ("2026-11-02T19:00", date(2026, 11, 3), date(2026, 11, 4)),
    ],
)
def test_the_cut_off_moves_with_the_clocks(cut_off: str, before: date, after: date):
    at = utc(cut_off)
    assert (batch_of(at - timedelta(seconds=1)), batch_of(at)) == (before, after)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=10)))
def test_a_submission_is_announced_after_it_was_made_and_never_before_an_earlier_one(
    at: datetime, later: timedelta
):
    batch = batch_of(at)
    assert has_batch(batch)
    assert home_day(at) < batch <= home_day(at) + timedelta(days=6)
    assert batch_of(at + later) >= batch


@given(days)
def test_every_batch_has_submissions_that_wait_for_it(day: date):
    batch = next_batch(day)
    moments_before = (
        datetime(batch.year, batch.month, batch.day, 12, tzinfo=EASTERN) - n * DAY for n in range(1, 6)
    )
    assert batch in {batch_of(moment) for moment in moments_before}
