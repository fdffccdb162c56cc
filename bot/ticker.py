"""The alarm clock (APScheduler): a few interval jobs in memory. What is due, and who does it, is decided elsewhere."""

from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Job = Callable[[], Awaitable[object]]


class Ticker:
    """Rings jobs at intervals on the running event loop, each at most once at a time, late rings made up once."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def every(self, seconds: float, job: Job, name: str) -> None:
        """Ring every `seconds`, first after that long."""

        # APScheduler awaits coroutine functions only: what a lambda returns it would drop without a word.
        async def ring() -> None:
            await job()

        self._scheduler.add_job(ring, "interval", seconds=seconds, id=name, name=name)

    def start(self) -> None:
        """Begin ringing."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more; a job that is running is cancelled."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
