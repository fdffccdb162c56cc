"""The sample papers as a source."""

from datetime import UTC, date, datetime

from bot.model import Paper
from bot.sources.sample import SamplePapers
from tests.sources.site import taken


def at(day: date) -> SamplePapers:
    return SamplePapers(lambda: datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC))


async def test_papers_of_the_asked_days_come_with_all_they_have():
    entries, error = await taken(at(date(2100, 1, 1)), date(2000, 1, 1))
    assert error is None
    assert len(entries) >= 300
    assert all(isinstance(entry, Paper) for entry in entries)
    assert all(entry.summary and entry.url and entry.categories and entry.announced_on for entry in entries)
    assert {entry.sources for entry in entries} == {("sample",)}
    assert len({entry.id for entry in entries}) == len(entries)


async def test_only_the_days_from_since_to_today_count():
    everything, _ = await taken(at(date(2100, 1, 1)), date(2000, 1, 1))
    days = sorted({entry.announced_on for entry in everything})
    entries, _ = await taken(at(days[4]), days[2])
    assert {entry.announced_on for entry in entries} == set(days[2:5])
    assert await taken(at(days[4]), days[5]) == ([], None)


async def test_check_counts_them():
    everything, _ = await taken(at(date(2100, 1, 1)), date(2000, 1, 1))
    assert await at(date(2025, 1, 1)).check() == f"{len(everything)} papers come with the package"
