"""Turns over all processes: one at a time, a pace apart, and none held for ever."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import SourceError, StoreError
from bot.sources.web.http import Door
from bot.store.memory import MemoryStore
from bot.turns import StoreTurns
from tests.sources.site import BUSY, TICK, FakeTime, Site, apart

LONGEST = timedelta(minutes=2)


def turns(store: MemoryStore, time: FakeTime, **paces: float) -> StoreTurns:
    def clock() -> datetime:
        return datetime(2026, 6, 12, tzinfo=UTC) + timedelta(seconds=time.now)

    return StoreTurns(store, clock, paces or {"slow": 3.0}, longest=LONGEST, sleep=time.sleep)


class Watch:
    """Notes when a turn was held, and that no two were at once."""

    def __init__(self, time: FakeTime) -> None:
        self._time = time
        self.begun: list[float] = []
        self.ended: list[float] = []
        self.held = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        assert not self.held
        self.held = True
        self.begun.append(self._time.now)
        yield
        self.ended.append(self._time.now)
        self.held = False


async def test_turns_of_two_processes_are_a_pace_apart(time: FakeTime):
    store, watch = MemoryStore(), Watch(time)

    async def work(mine: StoreTurns) -> None:
        for _ in range(3):
            async with mine.turn("slow"):
                with watch():
                    await time.sleep(0.5)

    await asyncio.gather(work(turns(store, time)), work(turns(store, time)))
    assert len(watch.begun) == 6
    assert all(
        later - earlier >= 3.0 - TICK for earlier, later in zip(watch.ended, watch.begun[1:], strict=False)
    )


async def test_one_process_takes_turns_with_itself_too(time: FakeTime):
    mine, watch = turns(MemoryStore(), time), Watch(time)

    async def work() -> None:
        async with mine.turn("slow"):
            with watch():
                await time.sleep(0.5)

    await asyncio.gather(*(work() for _ in range(3)))
    assert apart(watch.begun, 3.5)


async def test_another_name_is_another_turn(time: FakeTime):
    store = MemoryStore()
    mine = turns(store, time, slow=3.0, other=3.0)
    async with mine.turn("slow"), mine.turn("other"):
        assert time.naps == []


async def test_without_a_pace_there_is_no_turn(time: FakeTime):
    store = MemoryStore()
    async with turns(store, time).turn("quick"):
        now = datetime(2026, 6, 12, tzinfo=UTC)
        assert store.take_lease("pace:quick", "anybody", now, now + LONGEST)


async def test_a_dead_process_holds_the_others_up_for_so_long_only(time: FakeTime):
    store = MemoryStore()
    dead = turns(store, time).turn("slow")
    await dead.__aenter__()
    died = time.now
    async with turns(store, time).turn("slow"):
        assert time.now - died >= LONGEST.total_seconds() - TICK


async def test_who_waits_in_vain_says_so(time: FakeTime):
    store = MemoryStore()
    far = datetime(2030, 1, 1, tzinfo=UTC)
    store.take_lease("pace:slow", "somebody", datetime(2026, 1, 1, tzinfo=UTC), far)
    with pytest.raises(SourceError) as caught:
        await turns(store, time).turn("slow").__aenter__()
    assert str(caught.value) == "slow: other processes kept us from asking for 360 s"
    assert 360 - TICK <= sum(time.naps) < 362


async def test_a_turn_that_fails_keeps_the_pace_too(time: FakeTime):
    store = MemoryStore()
    with pytest.raises(ZeroDivisionError):
        async with turns(store, time).turn("slow"):
            raise ZeroDivisionError
    failed = time.now
    async with turns(store, time).turn("slow"):
        assert 3.0 - TICK <= time.now - failed < 10.0


class Gated(MemoryStore):
    """Takes a lease only once it is let, as a busy database does."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = threading.Event(), threading.Event()

    def take_lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        self.asked.set()
        assert self.let.wait(20)
        return super().take_lease(name, holder, now, until)


async def test_who_is_cancelled_while_taking_a_turn_does_not_keep_it(time: FakeTime):
    store = Gated()
    waiting = asyncio.create_task(turns(store, time).turn("slow").__aenter__())
    await asyncio.to_thread(store.asked.wait, 20)
    waiting.cancel()
    await asyncio.sleep(0)
    store.let.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    cancelled = time.now
    async with turns(store, time).turn("slow"):
        assert time.now - cancelled < 10.0


class Failing(MemoryStore):
    """A database that is gone from the second call on."""

    calls = 0

    def take_lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        self.calls += 1
        if self.calls > 1:
            raise StoreError("gone")
        return super().take_lease(name, holder, now, until)


async def test_an_answer_is_not_lost_over_a_turn_that_cannot_be_given_back(
    time: FakeTime, caplog: pytest.LogCaptureFixture
):
    mine = turns(Failing(), time)
    async with mine.turn("slow"):
        pass
    assert "slow: the turn could not be given back: gone" in caplog.text
    with pytest.raises(SourceError):
        await mine.turn("slow").__aenter__()
    assert "slow: the turn could not be asked for: gone" in caplog.text


async def test_doors_of_two_processes_keep_the_pace_between_them(site: Site, time: FakeTime):
    store = MemoryStore()
    site.says("/page", BUSY, b"", BUSY, b"")
    doors = [
        Door(
            paces={"slow": 3.0},
            turns=turns(store, time).turn,
            clock=time.clock,
            sleep=time.sleep,
            jitter=lambda: 0.5,
        )
        for _ in range(2)
    ]
    urls = [f"{site.url}/page"] * 3
    await asyncio.gather(*(door.get(url, source="slow", pace="slow") for door in doors for url in urls))
    for door in doors:
        await door.close()
    times = [seen.at for seen in site.requests]
    assert len(times) == 8
    assert apart(times, 3.0)
    assert site.most_together == 1


async def test_a_request_without_a_pace_takes_no_turn(site: Site, time: FakeTime):
    site.says("/page", b"")

    def turn(name: str):
        raise AssertionError(name)

    door = Door(turns=turn)
    await door.get(f"{site.url}/page", source="somewhere")
    await door.close()
