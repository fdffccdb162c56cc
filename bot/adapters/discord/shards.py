"""Several connections in one process, each for its share of the servers; direct messages come to shard 0.

https://discord.com/developers/docs/events/gateway#sharding

One client each, because of discord.py's own sharding client nobody can say which connection is silent.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shard:
    """The servers whose id, shifted right by 22 bits, is `id` modulo `count`."""

    id: int
    count: int


class Turns:
    """Lets shards begin: of those with the same id modulo `at_once`, one in `every` seconds."""

    def __init__(self, at_once: int, every: float) -> None:
        self._gates = [asyncio.Lock() for _ in range(max(1, at_once))]
        self._every = every

    async def take(self, shard: Shard) -> None:
        """Wait until that shard may begin."""
        gate = self._gates[shard.id % len(self._gates)]
        await gate.acquire()
        asyncio.get_running_loop().call_later(self._every, gate.release)


async def together(works: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Do all until the first one ends, and end as it does; the others are cancelled and waited for."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
