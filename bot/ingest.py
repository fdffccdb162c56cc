"""Drains paper sources and files into the store, batch by batch, and says how it went."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from bot.errors import SourceError
from bot.model import Fetch, Paper
from bot.ports import Added, PaperSource, Skipped, Store

_REASONS = 20

Load = Callable[[Path, Callable[[int], None]], Iterator[Paper | Skipped]]
"""Reads a file: `bot.sources.files.load`. The callback is told how many bytes are read so far."""


T = TypeVar("T")


class Run(Protocol):
    """Runs blocking work elsewhere and awaits it, as `asyncio.to_thread` does."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """The result of `work()`."""


@dataclass(slots=True)
class _Tally:
    """What came so far: papers not yet stored, counts, the first reasons."""

    waiting: list[Paper] = field(default_factory=list)
    seen: int = 0
    new: int = 0
    changed: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)

    def take(self, entry: Paper | Skipped) -> None:
        if isinstance(entry, Paper):
            self.seen += 1
            self.waiting.append(entry)
            return
        self.skipped += 1
        if len(self.reasons) < _REASONS:
            self.reasons.append(f"{entry.what}: {entry.why}")

    def batch(self) -> list[Paper]:
        papers, self.waiting = self.waiting, []
        return papers

    def count(self, added: Added) -> None:
        self.new += added.new
        self.changed += added.changed

    def fetch(self, source: str, started_at: datetime, error: str) -> Fetch:
        more = self.skipped - len(self.reasons)
        reasons = (*self.reasons, *([f"and {more} more"] if more else ()))
        return Fetch(source, started_at, self.seen, self.new, self.changed, reasons, error)


async def drain(
    source: PaperSource,
    store: Store,
    *,
    since: date,
    now: datetime,
    batch: int = 500,
    run: Run = asyncio.to_thread,
) -> Fetch:
    """Store all that the source has since that day; record and return how it went.

    A SourceError becomes `error`, and what came before it is kept. Raises StoreError.
    """
    tally, error = _Tally(), ""
    try:
        async for entry in source.fetch(since):
            tally.take(entry)
            if len(tally.waiting) >= batch:
                await _store(tally, store, run)
    except SourceError as failure:
        error = str(failure)
    await _store(tally, store, run)
    fetch = tally.fetch(source.name, now, error)
    await run(lambda: store.record_fetch(fetch))
    return fetch


async def _store(tally: _Tally, store: Store, run: Run) -> None:
    if papers := tally.batch():
        tally.count(await run(lambda: store.add_papers(papers)))


async def drain_all(
    sources: Sequence[PaperSource],
    store: Store,
    *,
    since: Callable[[PaperSource], date],
    now: datetime,
    batch: int = 500,
    run: Run = asyncio.to_thread,
) -> list[Fetch]:
    """Drain all at once, each since its own day and as if it were alone; the records come in the order of the sources.

    Raises what one of them raised beside SourceError (the database failed), but only when all have ended.
    """
    drains = (drain(source, store, since=since(source), now=now, batch=batch, run=run) for source in sources)
    ended = await asyncio.gather(*drains, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in ended if isinstance(outcome, Fetch)]


def load_files(
    paths: Iterable[Path],
    load: Load,
    store: Store,
    *,
    now: datetime,
    on_progress: Callable[[int], None] | None = None,
    batch: int = 1000,
) -> Fetch:
    """Store the papers of all files; loading them again changes nothing. Not recorded as a fetch.

    `on_progress` is told how many bytes are read so far, over all files together. A file that fails does not
    stop the next: `error` names them all.
    """
    tally, meter, errors = _Tally(), _Meter(on_progress), []
    for path in paths:
        try:
            for entry in load(path, meter.read):
                tally.take(entry)
                if len(tally.waiting) >= batch:
                    tally.count(store.add_papers(tally.batch()))
        except SourceError as failure:
            errors.append(str(failure))
        meter.next_file()
    if papers := tally.batch():
        tally.count(store.add_papers(papers))
    return tally.fetch("import", now, "; ".join(errors))


@dataclass(slots=True)
class _Meter:
    """Adds up the bytes read over several files."""

    tell: Callable[[int], None] | None
    before: int = 0
    here: int = 0

    def read(self, count: int) -> None:
        self.here = count
        if self.tell:
            self.tell(self.before + count)

    def next_file(self) -> None:
        self.before += self.here
        self.here = 0
