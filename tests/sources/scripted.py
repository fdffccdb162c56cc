"""A source that yields what a test says."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

from bot.errors import SourceError
from bot.identity import cleaned
from bot.model import Paper
from bot.ports import Entry


def papers(count: int, first: int = 0) -> list[Paper]:
    """Papers of a month that never was."""
    numbers = range(first, first + count)
    return [
        cleaned(Paper(f"arxiv:9913.{number:05}", f"A paper with the number {number}"))  # type: ignore[arg-type]
        for number in numbers
    ]


class Scripted:
    """Yields its entries, and then fails if it says so. `asked` are the days and cursors it was handed."""

    def __init__(
        self,
        *entries: Entry,
        name: str = "scripted",
        area: str = "",
        every: timedelta = timedelta(minutes=30),
        error: SourceError | None = None,
    ) -> None:
        self.name, self.area, self.every = name, area, every
        self.asked: list[tuple[date, str]] = []
        self.entries, self.error = entries, error

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        self.asked.append((since, cursor))
        for entry in self.entries:
            yield entry
        if self.error:
            raise self.error

    async def check(self) -> str:
        return "answers"
