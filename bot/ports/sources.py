"""The promises of those who bring papers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from bot.model import Paper, PaperId


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that could not be read: what it was and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one answer of a source was like: told after the papers and the skipped entries in it.

    `status` is its HTTP status (304: nothing changed since the last time), 0 where nothing was asked. `greatest`,
    `batch`, `stale` and `note` are as in Fetch. `cursor` is what the source wants to be handed the next time; it is
    kept once everything told before it is stored. None: what was kept stays.
    """

    status: int = 0
    greatest: str = ""
    batch: date | None = None
    stale: bool = False
    note: str = ""
    cursor: str | None = None


Entry = Paper | Skipped | Reading
"""What comes out of a source."""


class PaperSource(Protocol):
    """Where papers come from: one source, or one part of it that can fail or be late on its own.

    `area` names the part (an arXiv category, a feed's address), empty where there is one only. `every` is how often
    asking makes sense.
    """

    name: str
    area: str
    every: timedelta

    def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Papers that were news on `since` or later, cleaned, with aliases; and what the answers were like.

        `cursor` is what the last Reading that had one asked to be handed back, empty at first and after nonsense.
        One bad entry is yielded as Skipped and never stops the rest. Raises SourceError when the source
        itself fails; what was yielded before stays valid. No papers is not an error.
        """

    async def check(self) -> str:
        """Say in plain words that it answers (`42 papers on 12 June`). Raises SourceError."""


class PaperFinder(Protocol):
    """Where papers are looked for that the store lacks. What comes back is cleaned and not announced."""

    name: str

    async def find(self, words: str, limit: int) -> list[Paper]:
        """The best `limit` papers for words as people type them. Raises SourceError."""

    async def look_up(self, paper: PaperId) -> Paper | None:
        """The paper of that id; None where it knows none, or no ids of that scheme. Raises SourceError."""
