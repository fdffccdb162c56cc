"""arXiv's announcement calendar: on which days there is a batch, and in which one a submission can be.

arXiv freezes a batch at 14:00, announces it at 20:00, and its feeds carry it from about midnight on, all in US
Eastern time: what is frozen from Monday to Thursday is in the feeds of the next day, what is frozen on Friday is
announced on Sunday and in the feeds of Monday (info.arxiv.org/help/availability.html). A day here is such a feed day,
the "batch day" that feeds name in their entries.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("America/New_York")
"""arXiv announces by the calendar of its home."""

# arXiv's lists of deferred mailings, year by year, as month-day. The list of another year is added by hand from
# https://info.arxiv.org/help/availability.html, where it appears around the turn of the year; nothing is guessed
# from federal holidays, because arXiv keeps some of them, not all, and days of its own (29 December 2026).
_LISTED = {2026: "01-01 01-19 06-19 07-03 09-07 11-26 12-25 12-29 12-31"}

_DAY = timedelta(days=1)
_SLACK = timedelta(hours=1)
_CUT_OFF = 14
_SATURDAY = 5


def _workday_from(day: date) -> date:
    return day if day.weekday() < _SATURDAY else day + (7 - day.weekday()) * _DAY


def _workday_after(day: date) -> date:
    return _workday_from(day + _DAY)


# A listed date is a day on which arXiv neither freezes nor announces, so the batch of the next weekday falls away:
# that of Tuesday for a Monday, that of Monday for a Friday. The listed day itself has its batch, announced the
# evening before. In 2025 and 2026 the feeds bore this out: none on Friday 20 June 2025 (19 June was listed) and
# Tuesday 2 September 2025 (1 September), but one on Friday 3 July 2026 (listed), and then none until Tuesday 7 July.
_MISSING = {
    _workday_after(date.fromisoformat(f"{year}-{listed}")): date.fromisoformat(f"{year}-{listed}")
    for year, row in _LISTED.items()
    for listed in row.split()
}


def is_listed(year: int) -> bool:
    """Whether arXiv's deferred mailings of that year are known here; else only weekends are."""
    return year in _LISTED


def home_day(now: datetime) -> date:
    """The day it is at arXiv at that (aware) moment."""
    return now.astimezone(HOME).date()


def has_batch(day: date) -> bool:
    """Whether feeds carry a batch of that day: Monday to Friday, but not after a deferred mailing."""
    return day.weekday() < _SATURDAY and day not in _MISSING


def next_batch(day: date) -> date:
    """The first batch day after that day."""
    day = _workday_after(day)
    while not has_batch(day):
        day = _workday_after(day)
    return day


def last_batch(day: date) -> date:
    """The newest batch day up to that day, itself included."""
    while not has_batch(day):
        day -= _DAY
    return day


def feed_day(now: datetime) -> date:
    """The day whose feed ought to be served at that (aware) moment: from 01:00 Eastern on, today's."""
    return home_day(now - _SLACK)


def batch_due(now: datetime) -> date:
    """The newest batch day that feeds ought to carry at that (aware) moment."""
    return last_batch(feed_day(now))


def why_none(day: date) -> str:
    """Why there is no batch on that day, for readers; empty where there is one."""
    if day.weekday() >= _SATURDAY:
        return "arXiv announces nothing at weekends"
    if listed := _MISSING.get(day):
        return f"arXiv had no mailing on {_plain(listed)}, a holiday"
    return ""


def _plain(day: date) -> str:
    return f"{day.day} {day:%B}"


def batch_of(submitted_at: datetime) -> date:
    """The earliest batch day on which a paper submitted at that (aware) moment can be announced.

    From 14:00 Eastern on, a submission belongs to the next working day. Moderation may make it later.
    """
    local = submitted_at.astimezone(HOME)
    frozen = _workday_from(local.date() + (_DAY if local.hour >= _CUT_OFF else timedelta()))
    batch = _workday_after(frozen)
    return batch if has_batch(batch) else next_batch(batch)
