"""Turns over all processes: one request per pace and one connection at a time, kept by leases in the store."""

import asyncio
import logging
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from bot.errors import SourceError, StoreError
from bot.ports import Clock, Store

log = logging.getLogger(__name__)

_SHORTEST_NAP, _LONGEST_NAP = 0.02, 1.0


class StoreTurns:
    """Gives out turns under the names of `paces` (seconds between the end of one turn and the start of the next).

    A process that dies in its turn holds up the others for `longest`, which must be more than any single try of a
    request takes: a turn that lasts longer may meet another one. All processes' clocks should agree to well under
    a pace. Who waits in vain for three times `longest` gets a SourceError.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        paces: Mapping[str, float],
        *,
        longest: timedelta,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._paces = {name: timedelta(seconds=seconds) for name, seconds in paces.items()}
        self._longest = longest
        self._patience = 3 * longest
        self._sleep = sleep

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn of that name and hold it; at once where the name has no pace.

        Raises SourceError where none comes in time, also because the database does not answer.
        """
        pace = self._paces.get(name)
        if pace is None:
            yield
            return
        # A lease may always be taken again by its holder, so each turn is a holder of its own.
        holder = secrets.token_hex(8)
        await self._wait(name, holder, pace)
        try:
            yield
        finally:
            await self._end(name, holder, pace)

    async def _wait(self, name: str, holder: str, pace: timedelta) -> None:
        give_up = self._clock() + self._patience
        nap = min(max(pace.total_seconds() / 10, _SHORTEST_NAP), _LONGEST_NAP)
        while not await self._begun(name, holder, pace):
            if self._clock() >= give_up:
                waited = self._patience.total_seconds()
                raise SourceError(name, f"other processes kept us from asking for {waited:.0f} s")
            await self._sleep(nap * (0.5 + random.random()))  # noqa: S311 - spreads, and protects nothing

    async def _begun(self, name: str, holder: str, pace: timedelta) -> bool:
        """Whether the turn is ours now. Cancelled in between, it does not stay ours unknown to anybody."""
        taking = asyncio.ensure_future(self._lease(name, holder, self._longest))
        try:
            return await asyncio.shield(taking)
        except StoreError as error:  # a busy database may answer the next time
            log.warning("%s: the turn could not be asked for: %s", name, error)
            return False
        except asyncio.CancelledError:
            with suppress(StoreError):
                if await taking:
                    await self._end(name, holder, pace)
            raise

    async def _end(self, name: str, holder: str, pace: timedelta) -> None:
        """Nobody may start before the pace is over."""
        try:
            await self._lease(name, holder, pace)
        except StoreError as error:  # what was asked for is not lost over it: the lease ends by itself
            log.warning("%s: the turn could not be given back: %s", name, error)

    async def _lease(self, name: str, holder: str, length: timedelta) -> bool:
        return await asyncio.to_thread(self._take, f"pace:{name}", holder, length)

    def _take(self, lease: str, holder: str, length: timedelta) -> bool:
        now: datetime = self._clock()
        return self._store.take_lease(lease, holder, now, now + length)
