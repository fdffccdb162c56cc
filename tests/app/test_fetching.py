"""Sources are asked when their time has come, each on its own, each by one process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import SourceError, StoreError
from bot.fetching import BUSY, Fetching
from bot.model import Fetch
from bot.ports import Entry, PaperSource, Reading
from bot.store.memory import MemoryStore
from tests.rig import eventually
from tests.sources.scripted import Scripted, papers

START = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


class Turned:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Hanging(Scripted):
    """Answers only once a test lets it."""

    def __init__(self, name: str) -> None:
        super().__init__(*papers(2, 500), name=name)
        self.go = asyncio.Event()

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        await self.go.wait()
        async for entry in super().fetch(since, cursor):
            yield entry


FAILURES: list[str] = []


async def job(name: str, work: Callable[[], Awaitable[Fetch | None]]) -> Fetch | None:
    try:
        return await work()
    except (StoreError, KeyError) as error:
        FAILURES.append(f"{name}: {error}")
        return None


@pytest.fixture
def clock() -> Turned:
    FAILURES.clear()
    return Turned()


def fetching(store: MemoryStore, clock: Turned, *sources: PaperSource, holder: str = "one") -> Fetching:
    return Fetching(store, clock, lambda: sources, window_days=4, holder=holder, job=job)


def is_held(store: MemoryStore, clock: Turned) -> bool:
    """Whether a process is reading the slow source."""
    free = store.take_lease("fetch:slow/", "a test", clock(), clock() + timedelta(seconds=1))
    if free:
        store.drop_lease("fetch:slow/", "a test")
    return not free


async def test_a_source_is_asked_when_its_time_has_come_and_not_before(clock: Turned) -> None:
    store, source = MemoryStore(), Scripted(*papers(2))
    reading = fetching(store, clock, source)
    for minutes in (0, 10, 29, 31):
        clock.now = START + timedelta(minutes=minutes)
        await reading.poll()
        await reading.idle()
    assert len(source.asked) == 2


async def test_it_is_asked_from_its_window_first_and_then_from_its_last_good_day(clock: Turned) -> None:
    store, source = MemoryStore(), Scripted()
    reading = fetching(store, clock, source)
    await reading.fetch()
    clock.now += timedelta(days=2)
    await reading.fetch()
    assert [since for since, _ in source.asked] == [date(2026, 6, 6), date(2026, 6, 9)]


async def test_what_a_failure_missed_is_asked_for_again(clock: Turned) -> None:
    store, source = MemoryStore(), Scripted()
    reading = fetching(store, clock, source)
    await reading.fetch()
    source.error = SourceError("scripted", "HTTP 503")
    for _ in range(3):
        clock.now += timedelta(days=1)
        await reading.fetch()
    assert [since for since, _ in source.asked][-1] == date(2026, 6, 9)
    assert store.last_fetches()[0].failures == 3


async def test_failures_are_asked_less_and_less_often_and_a_success_ends_that(clock: Turned) -> None:
    store = MemoryStore()
    source = Scripted(error=SourceError("scripted", "HTTP 503"))
    reading = fetching(store, clock, source)
    asked = []
    for minute in range(80):
        clock.now = START + timedelta(minutes=minute)
        if minute > 70:
            source.error = None
        await reading.poll()
        await reading.idle()
        if len(source.asked) > len(asked):
            asked.append(minute)
    assert asked == [0, 5, 15, 35, 75]
    last = store.last_fetches()[0]
    assert (last.failures, last.retry_at) == (0, clock.now - timedelta(minutes=4) + timedelta(minutes=30))


async def test_a_source_says_itself_when_it_wants_to_be_asked_again(clock: Turned) -> None:
    store = MemoryStore()
    source = Scripted(error=SourceError("scripted", "HTTP 429", retry_after=7200.0))
    await fetching(store, clock, source).fetch()
    assert store.last_fetches()[0].retry_at == START + timedelta(hours=2)


async def test_one_that_hangs_delays_nobody(clock: Turned) -> None:
    store, quick, slow = MemoryStore(), Scripted(*papers(2), name="quick"), Hanging("slow")
    reading = fetching(store, clock, quick, slow)
    for minutes in (0, 31, 62):
        clock.now = START + timedelta(minutes=minutes)
        await reading.poll()
        await eventually(lambda wanted=minutes // 31 + 1: len(store.recent_fetches(START)) == wanted)
    assert (len(quick.asked), slow.asked) == (3, [])
    slow.go.set()
    await reading.idle()
    assert len(slow.asked) == 1, "it was begun once, not three times"
    assert store.paper_count() == 4


async def test_two_processes_read_a_source_once(clock: Turned) -> None:
    store, slow = MemoryStore(), Hanging("slow")
    first, second = (fetching(store, clock, slow, holder=name) for name in ("one", "two"))
    await first.poll()
    await eventually(lambda: is_held(store, clock))
    await second.poll()
    await second.idle()
    assert slow.asked == []
    slow.go.set()
    await first.idle()
    assert len(slow.asked) == 1
    assert [one.note for one in await second.fetch()] == [""], "and the lease is given back"


async def test_one_that_another_process_reads_is_said_to_be_so(clock: Turned) -> None:
    store = MemoryStore()
    store.take_lease("fetch:scripted/", "another process", clock(), clock() + timedelta(minutes=2))
    [fetch] = await fetching(store, clock, Scripted(*papers(2))).fetch()
    assert (fetch.note, fetch.seen) == (BUSY, 0)
    assert store.last_fetches() == []


async def test_an_accident_of_ours_is_recorded_and_backs_off(clock: Turned) -> None:
    class Broken(Scripted):
        async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
            self.asked.append((since, cursor))
            raise KeyError("nobody foresaw this")
            yield  # an asynchronous iterator

    store, source = MemoryStore(), Broken()
    reading = fetching(store, clock, source)
    for minute in range(7):
        clock.now = START + timedelta(minutes=minute)
        await reading.poll()
        await reading.idle()
    assert len(source.asked) == 2
    assert [one.failures for one in store.last_fetches()] == [2]
    assert store.last_fetches()[0].error.startswith("scripted: reading it failed on our side")


async def test_after_a_stale_answer_it_is_asked_from_the_batch_it_had(clock: Turned) -> None:
    source = Scripted(Reading(200, batch=date(2026, 6, 3), stale=True))
    reading = fetching(MemoryStore(), clock, source)
    await reading.fetch()
    clock.now += timedelta(days=2)
    await reading.fetch()
    assert source.asked[-1][0] == date(2026, 6, 3)


async def test_areas_of_one_source_have_records_of_their_own(clock: Turned) -> None:
    store = MemoryStore()
    good = Scripted(*papers(3), Reading(200, "9913.00002", date(2026, 6, 10)), name="arxiv", area="cs.CL")
    bad = Scripted(name="arxiv", area="cs.CV", error=SourceError("arxiv", "HTTP 500", status=500))
    one, other = await fetching(store, clock, good, bad).fetch()
    assert (one.area, one.status, one.greatest, one.batch) == ("cs.CL", 200, "9913.00002", date(2026, 6, 10))
    assert (other.area, other.status, other.error) == ("cs.CV", 500, "arxiv: HTTP 500")
    assert store.last_fetches() == [one, other]
    assert store.last_successes() == [one]


async def test_only_the_named_ones_are_asked(clock: Turned) -> None:
    store, one, other = MemoryStore(), Scripted(name="one"), Scripted(name="other")
    await fetching(store, clock, one, other).fetch(["other"], date(2026, 1, 1))
    assert (one.asked, other.asked) == ([], [(date(2026, 1, 1), "")])


async def test_a_stale_source_is_looked_at_again_soon(clock: Turned) -> None:
    store = MemoryStore()
    stale = Scripted(Reading(200, stale=True, note="still yesterday's batch"), every=timedelta(hours=12))
    fetch = (await fetching(store, clock, stale).fetch())[0]
    assert (fetch.stale, fetch.note) == (True, "still yesterday's batch")
    assert fetch.retry_at == START + timedelta(minutes=10)


async def test_a_broken_database_is_told_and_stops_nobody_else(clock: Turned) -> None:
    class Broken(MemoryStore):
        def cursor(self, source: str, area: str) -> str:
            if source == "bad":
                raise StoreError("the disk is full")
            return super().cursor(source, area)

    store, good = Broken(), Scripted(*papers(2), name="good")
    reading = fetching(store, clock, Scripted(name="bad"), good)
    await reading.poll()
    await reading.idle()
    assert FAILURES == ["fetch bad : the disk is full"]
    assert store.paper_count() == 2


async def test_stopping_breaks_off_what_is_being_read_and_gives_the_lease_back(clock: Turned) -> None:
    store, slow = MemoryStore(), Hanging("slow")
    reading = fetching(store, clock, slow)
    await reading.poll()
    await eventually(lambda: is_held(store, clock))
    await reading.stop()
    assert not is_held(store, clock)


async def test_progress_is_told_entry_by_entry(clock: Turned) -> None:
    told: list[tuple[str, Entry]] = []
    source = Scripted(*papers(2), Reading(200, note="page 1 of 1"))
    reading = fetching(MemoryStore(), clock, source)
    await reading.fetch(on_entry=lambda source, entry: told.append((source.name, entry)))
    assert [type(entry).__name__ for _, entry in told] == ["Paper", "Paper", "Reading"]
