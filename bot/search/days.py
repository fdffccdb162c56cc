"""Days as people write them in a query."""

import re
from calendar import monthrange
from datetime import date, timedelta

_DAY = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?", re.ASCII)
_AGO = re.compile(r"(?P<count>\d{1,4})(?P<unit>[dwmy])", re.ASCII | re.IGNORECASE)
_NAMED_DAYS = {"today": timedelta(), "yesterday": timedelta(days=1)}


def day_from_text(text: str, today: date) -> date | None:
    """The first day of `2026`, `2026-01` or `2026-01-15`; `2w` ago; `today`; None where no day is meant."""
    if text.casefold() in _NAMED_DAYS:
        return today - _NAMED_DAYS[text.casefold()]
    try:
        if ago := _AGO.fullmatch(text):
            return _ago(today, int(ago["count"]), ago["unit"].lower())
        if day := _DAY.fullmatch(text):
            return date(int(day["year"]), int(day["month"] or 1), int(day["day"] or 1))
    except (ValueError, OverflowError):
        return None
    return None


def _ago(today: date, count: int, unit: str) -> date:
    if unit in "dw":
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    year, month = divmod(today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1), 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
