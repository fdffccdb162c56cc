"""Asks every source when its time has come: each on its own, and each by one process only."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, timedelta

from bot.errors import StoreError
from bot.ingest import drain, failed_drain
from bot.model import Fetch
from bot.polling import Part, by_part, due_sources
from bot.ports import Clock, Entry, PaperSource, Store

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=2)
_RENEW_AFTER = 30.0
_OVERLAP = timedelta(days=1)
_AT_ONCE = 20
"""Sources that are read at the same time: more would wait for each other's connections and time out."""
BUSY = "being read by another process just now"

OnEntry = Callable[[PaperSource, Entry], None]
Job = Callable[[str, Callable[[], Awaitable[Fetch | None]]], Awaitable[Fetch | None]]


class Fetching:
    """Drains sources into the store. A slow or failing one never delays another.

    `sources` says which there are now. `holder` names this process in leases. `job` runs a piece of work and keeps
    its failure from anybody else.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        sources: Callable[[], Sequence[PaperSource]],
        *,
        window_days: int,
        holder: str,
        job: Job,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sources = sources
        self._window = timedelta(days=window_days)
        self._holder = holder
        self._job = job
        self._busy: dict[Part, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def fetch(
        self, names: Collection[str] = (), since: date | None = None, on_entry: OnEntry | None = None
    ) -> list[Fetch]:
        """Ask all sources now (or those of these names), since their last good day or `since`; wait for all.

        Raises what one of them raised beside SourceError (the database failed), but only when all have ended.
        """
        sources = [source for source in await self._known() if not names or source.name in names]
        last = by_part(await asyncio.to_thread(self._store.last_fetches))
        good = by_part(await asyncio.to_thread(self._store.last_successes))
        drains = (
            self._drain(
                source, since or self._since(good.get(_part(source))), last.get(_part(source)), on_entry
            )
            for source in sources
        )
        ended = await asyncio.gather(*drains, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, BaseException):
                raise outcome
        return [outcome for outcome in ended if isinstance(outcome, Fetch)]

    async def poll(self) -> None:
        """Begin with every source whose time has come; returns at once."""
        last = by_part(await asyncio.to_thread(self._store.last_fetches))
        good = by_part(await asyncio.to_thread(self._store.last_successes))
        for source in due_sources(await self._known(), last, self._clock()):
            part = _part(source)
            if part not in self._busy:
                since = self._since(good.get(part))
                task = asyncio.create_task(self._watched(source, since, last.get(part)))
                self._busy[part] = task
                task.add_done_callback(lambda _, part=part: self._busy.pop(part, None))  # type: ignore[misc]

    async def idle(self) -> None:
        """Wait until nothing is being read."""
        while self._busy:
            await asyncio.wait(tuple(self._busy.values()))

    async def stop(self) -> None:
        """Break off what is being read; what came so far is stored, and the next drain goes on from there."""
        tasks = tuple(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _known(self) -> Sequence[PaperSource]:
        return await asyncio.to_thread(self._sources)

    def _since(self, good: Fetch | None) -> date:
        """From the last good day; but what showed an old batch then may bring the next one late."""
        if good is None:
            return (self._clock() - self._window).date()
        return min((good.started_at - _OVERLAP).date(), good.batch or date.max)

    async def _watched(self, source: PaperSource, since: date, last: Fetch | None) -> None:
        """Drain it; an accident of ours is a failure of the source, so that it backs off and shows."""
        began = self._clock()
        fetch = await self._job(
            f"fetch {source.name} {source.area}", lambda: self._drain(source, since, last)
        )
        if fetch is None:
            failed = failed_drain(
                source, began, self._clock(), last, "reading it failed on our side (see the log)"
            )
            with suppress(StoreError):
                await asyncio.to_thread(self._store.record_fetch, failed)

    async def _drain(
        self, source: PaperSource, since: date, last: Fetch | None, on_entry: OnEntry | None = None
    ) -> Fetch:
        """Its record; one that was never kept, with the note BUSY, where another process is reading it just now."""
        async with self._room, self._alone(source) as alone:
            if not alone:
                return Fetch(source.name, self._clock(), area=source.area, note=BUSY)
            fetch = await drain(
                source,
                self._store,
                since=since,
                clock=self._clock,
                last=last,
                on_entry=on_entry and (lambda entry: on_entry(source, entry)),
            )
        _tell(fetch)
        return fetch

    @asynccontextmanager
    async def _alone(self, source: PaperSource) -> AsyncIterator[bool]:
        """Hold the source's lease, renewed as long as it takes; False where another process holds it."""
        name = f"fetch:{source.name}/{source.area}"
        taking = asyncio.ensure_future(asyncio.to_thread(self._take, name))
        try:
            alone = await asyncio.shield(taking)
        except asyncio.CancelledError:
            if await taking:  # cancelled in between, it must not stay ours unknown to anybody
                await self._drop(name)
            raise
        if not alone:
            yield False
            return
        renewing = asyncio.create_task(self._renew(name))
        try:
            yield True
        finally:
            renewing.cancel()
            await self._drop(name)

    async def _renew(self, name: str) -> None:
        while True:
            await asyncio.sleep(_RENEW_AFTER)
            try:
                await asyncio.to_thread(self._take, name)
            except StoreError as error:  # a busy database may answer the next time
                log.warning("%s: %s", name, error)

    async def _drop(self, name: str) -> None:
        with suppress(StoreError):  # it ends by itself
            await asyncio.to_thread(self._store.drop_lease, name, self._holder)

    def _take(self, name: str) -> bool:
        now = self._clock()
        return self._store.take_lease(name, self._holder, now, now + _LEASE)


def _part(source: PaperSource) -> Part:
    return source.name, source.area


def _tell(fetch: Fetch) -> None:
    told = (fetch.source, fetch.area, fetch.seen, fetch.new, fetch.changed, len(fetch.skipped), fetch.note)
    log.info("%s %s: %d papers read, %d new, %d changed, %d skipped; %s", *told)
    if fetch.error:
        again = (fetch.area, fetch.error, fetch.failures, fetch.retry_at)
        log.warning("%s %s (failure %d in a row, next try %s)", *again)
