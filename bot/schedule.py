"""Which digests are due: pure arithmetic on local dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model import Cadence, Subscription


@dataclass(frozen=True, slots=True)
class Due:
    """A channel's local day whose moment has come."""

    subscription: Subscription
    day: date
    moment: datetime


def moment(cadence: Cadence, day: date) -> datetime:
    """When that local day's digest is due, in UTC.

    A time that the clock change skips is taken as the hour after; one that it repeats, as the first of the two.
    """
    local = datetime.combine(day, cadence.at, tzinfo=ZoneInfo(cadence.zone))
    return local.astimezone(UTC)


def due(subscriptions: Iterable[Subscription], now: datetime, grace: timedelta) -> list[Due]:
    """At most one day per running channel: the latest that is not more than `grace` (< 24 h) late.

    A moment before the cadence was chosen is not made up. Whether the day is claimed already is the store's to say.
    """
    # Thousands of channels have few cadences among them.
    latest = cache(lambda cadence: _readable(cadence, now))
    running = [(one, latest(one.cadence)) for one in subscriptions if not one.paused]
    return [
        Due(one, *found)
        for one, found in running
        if found and now - found[1] <= grace and one.since <= found[1]
    ]


def _readable(cadence: Cadence, now: datetime) -> tuple[date, datetime] | None:
    """None for a zone that this machine does not know: one channel's odd zone must not stop the others."""
    try:
        return _latest(cadence, now)
    except ZoneInfoNotFoundError:
        return None


def _latest(cadence: Cadence, now: datetime) -> tuple[date, datetime] | None:
    """The latest day of today and yesterday that has a digest and whose moment has come, and that moment."""
    today = now.astimezone(ZoneInfo(cadence.zone)).date()
    for day in (today, today - timedelta(days=1)):
        at = moment(cadence, day)
        if day.weekday() in cadence.weekdays and at <= now:
            return day, at
    return None


def next_due(cadence: Cadence, now: datetime) -> tuple[date, datetime] | None:
    """The next local day and its moment after `now`; None for a cadence without weekdays."""
    today = now.astimezone(ZoneInfo(cadence.zone)).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        if day.weekday() in cadence.weekdays and moment(cadence, day) > now:
            return day, moment(cadence, day)
    return None
