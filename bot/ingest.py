"""Drains paper sources and files into the store, batch by batch, and says how it went."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from bot.errors import SourceError
from bot.model import Fetch, Paper
from bot.polling import next_try
from bot.ports import Added, Clock, Entry, PaperSource, Reading, Skipped, Store

_REASONS = 20

Load = Callable[[Path, Callable[[int], None]], Iterator[Paper | Skipped]]
"""Reads a file: `bot.sources.files.load.load`. The callback is told how many bytes are read so far."""


T = TypeVar("T")


class Run(Protocol):
    """Runs blocking work elsewhere and awaits it, as `asyncio.to_thread` does."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """The result of `work()`."""


@dataclass(slots=True)
class _Tally:
    """What came so far: papers not yet stored, counts, the first reasons, what the last answer was like."""

    waiting: list[Paper] = field(default_factory=list)
    seen: int = 0
    new: int = 0
    changed: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)
    last: Reading = field(default_factory=Reading)

    def take(self, entry: Entry) -> None:
        if isinstance(entry, Reading):
            self.last = _joined(self.last, entry)
        elif isinstance(entry, Paper):
            self.seen += 1
            self.waiting.append(entry)
        else:
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
        return Fetch(
            source,
            started_at,
            self.seen,
            self.new,
            self.changed,
            reasons,
            error,
            status=self.last.status,
            greatest=self.last.greatest,
            batch=self.last.batch,
            stale=self.last.stale,
            note=self.last.note,
        )


def _joined(before: Reading, now: Reading) -> Reading:
    """What several answers were like together: the last word counts, the greatest id and the newest batch stay."""
    return replace(
        now,
        greatest=max(before.greatest, now.greatest),
        batch=max((day for day in (before.batch, now.batch) if day), default=None),
        stale=before.stale or now.stale,
    )


async def drain(
    source: PaperSource,
    store: Store,
    *,
    since: date,
    clock: Clock,
    last: Fetch | None = None,
    batch: int = 500,
    run: Run = asyncio.to_thread,
    on_entry: Callable[[Entry], None] | None = None,
) -> Fetch:
    """Store all that the source has since that day; record and return how it went.

    `last` is the record of the drain before. A SourceError becomes `error`, and what came before it is kept: the
    source's cursor moves on only once everything told before it is stored. Raises StoreError.
    """
    tally, started_at = _Tally(), clock()
    failure: SourceError | None = None
    try:
        cursor = await run(lambda: store.cursor(source.name, source.area))
        async for entry in source.fetch(since, cursor):
            tally.take(entry)
            if on_entry:
                on_entry(entry)
            if len(tally.waiting) >= batch or isinstance(entry, Reading):
                await _store(tally, store, run)
            if isinstance(entry, Reading) and entry.cursor is not None:
                kept = entry.cursor
                await run(lambda kept=kept: store.save_cursor(source.name, source.area, kept))  # type: ignore[misc]
    except SourceError as error:
        failure = error
    await _store(tally, store, run)
    fetch = _concluded(
        tally.fetch(source.name, started_at, str(failure or "")), source, clock(), last, failure
    )
    await run(lambda: store.record_fetch(fetch))
    return fetch


def _concluded(
    fetch: Fetch, source: PaperSource, now: datetime, last: Fetch | None, failure: SourceError | None
) -> Fetch:
    """The record with what follows from it: how often in a row it failed, and when to ask again."""
    failures = (last.failures if last else 0) + 1 if failure else 0
    again = next_try(
        now,
        source.every,
        failures,
        retry_after=failure.retry_after if failure else None,
        stale=fetch.stale,
    )
    status = (failure.status if failure else 0) or fetch.status
    return replace(fetch, area=source.area, failures=failures, retry_at=again, status=status)


def failed_drain(
    source: PaperSource, started_at: datetime, now: datetime, last: Fetch | None, why: str
) -> Fetch:
    """The record of a drain that ended in a way nobody foresaw."""
    failure = SourceError(source.name, why)
    return _concluded(Fetch(source.name, started_at, error=str(failure)), source, now, last, failure)


async def _store(tally: _Tally, store: Store, run: Run) -> None:
    if papers := tally.batch():
        tally.count(await run(lambda: store.add_papers(papers)))


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
