"""The sample papers that come with the package, as a source: for the demo and for trying things out."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from importlib.resources import files

from bot.model import Paper
from bot.ports import Clock, Entry, Skipped
from bot.sources.fields import paper_or_skipped
from bot.sources.files.records import paper_from_record


class SamplePapers:
    """A PaperSource over `bot/sample/papers.jsonl`: each paper is news on its day, until the clock's today."""

    name = "sample"
    area = ""
    every = timedelta(hours=1)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Those announced from `since` to today; see PaperSource."""
        today = self._clock().date()
        for entry in _entries():
            if isinstance(entry, Skipped) or (entry.announced_on and since <= entry.announced_on <= today):
                yield entry

    async def check(self) -> str:
        """Count them; see PaperSource."""
        return f"{sum(isinstance(entry, Paper) for entry in _entries())} papers come with the package"


def _entries() -> Iterator[Paper | Skipped]:
    lines = files("bot.sample").joinpath("papers.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        yield paper_or_skipped(
            f"papers.jsonl line {number}",
            lambda line=line: paper_from_record(json.loads(line), SamplePapers.name),  # type: ignore[misc]
        )
