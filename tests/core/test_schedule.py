"""Which digests are due: local dates, never doubled, never skipped."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Cadence, Channel, Subscription
from bot.schedule import due, moment, next_due

CHANNEL = Channel("slack", "T1", "C1")
GRACE = timedelta(hours=6)
MONDAY = date(2026, 3, 2)


def subscription(
    zone: str = "UTC", at: time = time(9), weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
) -> Subscription:
    return Subscription(CHANNEL, datetime(2025, 1, 1, tzinfo=UTC), cadence=Cadence(weekdays, at, zone))


def days_due(
    sub: Subscription, first: datetime, last: datetime, step: timedelta = timedelta(minutes=20)
) -> list[date]:
    """The days that anybody asking every `step` would see, each once, in order."""
    seen: dict[date, None] = {}
    now = first
    while now <= last:
        seen |= {one.day: None for one in due([sub], now, GRACE)}
        now += step
    return list(seen)


def test_due_from_its_minute_on() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert due([subscription()], at - timedelta(seconds=1), GRACE) == []
    assert [one.day for one in due([subscription()], at, GRACE)] == [MONDAY]


def test_a_missed_morning_is_made_up_within_the_grace_and_not_later() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert due([subscription()], at + GRACE, GRACE)
    assert not due([subscription()], at + GRACE + timedelta(seconds=1), GRACE)


def test_after_days_of_downtime_there_is_one_digest() -> None:
    assert [one.day for one in due([subscription()], datetime(2026, 3, 6, 10, tzinfo=UTC), GRACE)] == [
        date(2026, 3, 6)
    ]


def test_a_late_evening_is_made_up_after_midnight() -> None:
    evening = subscription(at=time(22))
    assert [one.day for one in due([evening], datetime(2026, 3, 3, 1, tzinfo=UTC), GRACE)] == [MONDAY]


def test_no_digest_on_other_weekdays_or_while_paused() -> None:
    saturday = datetime(2026, 3, 7, 9, tzinfo=UTC)
    assert not due([subscription()], saturday, GRACE)
    assert not due([replace(subscription(), paused="holiday")], datetime(2026, 3, 2, 9, tzinfo=UTC), GRACE)


def test_a_morning_before_the_cadence_was_chosen_is_not_made_up() -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert not due([replace(subscription(), since=now)], now, GRACE)


@pytest.mark.parametrize(
    ("zone", "at"),
    [("America/New_York", time(2, 30)), ("America/New_York", time(1, 30)), ("Europe/Berlin", time(2))],
)
def test_clock_changes_neither_skip_nor_double_a_day(zone: str, at: time) -> None:
    daily = subscription(zone, at, tuple(range(7)))
    for change in (date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)):
        start = datetime.combine(change - timedelta(days=2), time(), UTC)
        # A day that is due in the evening before the window's first noon is not ours to count.
        days = [
            d for d in days_due(daily, start, start + timedelta(days=5)) if d >= change - timedelta(days=1)
        ]
        assert days[:3] == [change - timedelta(days=1), change, change + timedelta(days=1)]


@given(
    zone=st.sampled_from(
        ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
    ),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0, tzinfo=None)),
    day=st.dates(date(2026, 1, 5), date(2028, 12, 20)),
)
@settings(max_examples=60, deadline=None)
def test_every_local_day_is_due_exactly_once(zone: str, at: time, day: date) -> None:
    daily = subscription(zone, at, tuple(range(7)))
    moments = [moment(daily.cadence, day + timedelta(days=i)) for i in range(3)]
    found = [due([daily], one, GRACE) for one in moments]
    assert [[d.day for d in one] for one in found] == [[day + timedelta(days=i)] for i in range(3)]


def test_next_due_is_the_next_matching_day() -> None:
    friday_noon = datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert next_due(Cadence(), friday_noon) == (date(2026, 3, 9), datetime(2026, 3, 9, 9, tzinfo=UTC))
    assert next_due(Cadence(weekdays=()), friday_noon) is None


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    at=st.sampled_from([(0, 0), (1, 30), (2, 30), (9, 0), (23, 59)]),
)
@settings(max_examples=40, deadline=None)
def test_in_every_zone_every_local_day_of_three_years_is_due_exactly_once(
    zone: str, at: tuple[int, int]
) -> None:
    daily = subscription(zone, time(*at), tuple(range(7)))
    first = date(2026, 1, 1)
    days = [first + timedelta(days=i) for i in range(3 * 365 + 1)]
    moments = [moment(daily.cadence, day) for day in days]
    assert moments == sorted(moments)
    for day, now in zip(days, moments, strict=True):
        assert [one.day for one in due([daily], now, GRACE)] == [day]
