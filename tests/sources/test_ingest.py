"""Sources and files into the store: nothing lost, nothing silent, one failure never stops another."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.errors import SourceError, StoreError
from bot.identity import cleaned
from bot.ingest import drain, drain_all, load_files
from bot.model import Fetch, Paper
from bot.ports import Added, Skipped
from bot.sources.arxiv_api import ArxivApi
from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.files import load, size
from bot.sources.http import Door
from bot.sources.huggingface import HuggingFaceDaily
from bot.store.memory import MemoryStore
from tests.sources.site import BUSY, DATA, HTML, Reply, Site, Write, lines, sample

NOW = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)
DAY = date(2026, 6, 12)


class Scripted:
    """A source that yields what a test says, and then fails if it says so."""

    def __init__(
        self, *entries: Paper | Skipped, name: str = "scripted", error: SourceError | None = None
    ) -> None:
        self.name = name
        self.asked: list[date] = []
        self._entries, self._error = entries, error

    async def fetch(self, since: date) -> AsyncIterator[Paper | Skipped]:
        self.asked.append(since)
        for entry in self._entries:
            yield entry
        if self._error:
            raise self._error

    async def check(self) -> str:
        return "answers"


class CountingStore(MemoryStore):
    """Remembers the size of every batch, and fails where a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []
        self.broken = False

    def add_papers(self, papers: Sequence[Paper]) -> Added:
        self.batches.append(len(papers))
        if self.broken:
            raise StoreError("the database is locked")
        return super().add_papers(papers)


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


def papers(count: int, first: int = 0) -> list[Paper]:
    numbers = range(first, first + count)
    return [
        cleaned(Paper(f"arxiv:9913.{number:05}", f"A paper with the number {number}")) for number in numbers
    ]


async def test_a_drain_counts_what_it_stored_and_records_it(store: CountingStore):
    source = Scripted(*papers(3), Skipped("entry 4", "no title"))
    fetch = await drain(source, store, since=DAY, now=NOW)
    assert fetch == Fetch("scripted", NOW, seen=3, new=3, changed=0, skipped=("entry 4: no title",))
    assert (store.paper_count(), store.last_fetches(), source.asked) == (3, [fetch], [DAY])


async def test_a_second_drain_of_the_same_changes_nothing(store: CountingStore):
    await drain(Scripted(*papers(3)), store, since=DAY, now=NOW)
    fetch = await drain(Scripted(*papers(4)), store, since=DAY, now=NOW)
    assert (fetch.seen, fetch.new, fetch.changed) == (4, 1, 0)


async def test_papers_go_into_the_store_in_batches(store: CountingStore):
    await drain(Scripted(*papers(25)), store, since=DAY, now=NOW, batch=10)
    assert store.batches == [10, 10, 5]


async def test_no_papers_is_a_good_drain(store: CountingStore):
    assert await drain(Scripted(), store, since=DAY, now=NOW) == Fetch("scripted", NOW)
    assert [one.started_at for one in store.last_successes()] == [NOW]


async def test_what_came_before_an_error_is_kept_and_the_error_recorded(store: CountingStore):
    source = Scripted(*papers(7), error=SourceError("scripted", "HTTP 503, tried 4 times"))
    fetch = await drain(source, store, since=DAY, now=NOW, batch=5)
    assert (fetch.new, fetch.error, store.paper_count()) == (7, "scripted: HTTP 503, tried 4 times", 7)
    assert store.last_successes() == []


async def test_twenty_reasons_are_kept_and_the_rest_counted(store: CountingStore):
    fetch = await drain(
        Scripted(*(Skipped(f"entry {n}", "bad") for n in range(57))), store, since=DAY, now=NOW
    )
    assert len(fetch.skipped) == 21
    assert (fetch.skipped[0], fetch.skipped[-1]) == ("entry 0: bad", "and 37 more")


async def test_the_store_is_only_called_through_run(store: CountingStore):
    calls = 0

    async def run(work: Callable[[], object]) -> object:
        nonlocal calls
        calls += 1
        return work()

    await drain(Scripted(*papers(3)), store, since=DAY, now=NOW, batch=2, run=run)
    assert calls == 3


async def test_sources_are_drained_side_by_side_and_fail_alone(store: CountingStore):
    meet = asyncio.Barrier(2)

    class Meeting(Scripted):
        async def fetch(self, since: date) -> AsyncIterator[Paper | Skipped]:
            async with asyncio.timeout(10):
                await meet.wait()  # passed only if both run at once
            async for entry in super().fetch(since):
                yield entry

    sources = [
        Scripted(error=SourceError("down", "cannot connect"), name="down"),
        Meeting(*papers(2), name="one"),
        Meeting(*papers(3, first=1), name="two"),
    ]
    fetches = await drain_all(sources, store, since=lambda _: DAY, now=NOW)
    assert [(fetch.source, fetch.seen, fetch.error) for fetch in fetches] == [
        ("down", 0, "down: cannot connect"),
        ("one", 2, ""),
        ("two", 3, ""),
    ]
    assert store.paper_count() == 4


async def inline(work: Callable[[], object]) -> object:
    """Runs it here and now, so that who comes first does not depend on threads."""
    return work()


async def test_a_failing_database_is_raised_after_all_have_ended(store: CountingStore):
    store.broken = True

    class Slow(Scripted):
        async def fetch(self, since: date) -> AsyncIterator[Paper | Skipped]:
            for _ in range(100):
                await asyncio.sleep(0)
            async for entry in super().fetch(since):
                yield entry

    sources = [Scripted(*papers(1)), Slow(name="slow")]
    with pytest.raises(StoreError, match="locked"):
        await drain_all(sources, store, since=lambda _: DAY, now=NOW, run=inline)
    assert [one.source for one in store.last_successes()] == ["slow"]


async def test_a_paper_that_comes_by_three_routes_in_two_versions_is_one(
    site: Site, door: Door, store: CountingStore, today: Callable[[], datetime]
):
    query = sample("query.xml").replace(b"2202.12139v1", b"2606.00467v2")
    feed = sample("cs.CL.rss").replace(b"2305.14725v1", b"2606.00467v1")
    site.says("/rss/cs.CL", feed.replace(b"12 Jun 2025", b"01 Jun 2026"))
    site.says("/api/daily_papers", sample("daily-papers.json"))
    site.says("/api/query", query)
    sources = [
        ArxivFeed(door, ["cs.CL"], base_url=site.url),
        HuggingFaceDaily(door, clock=today, base_url=site.url),
    ]
    await drain_all(sources, store, since=lambda _: date(2026, 6, 1), now=NOW)
    store.add_papers(await ArxivApi(door, base_url=site.url).by_ids(["2606.00467"]))
    paper = store.papers(["doi:10.1109/icstw55395.2022.00035"])["doi:10.1109/icstw55395.2022.00035"]
    assert (paper.id, paper.version, paper.upvotes) == ("arxiv:2606.00467", 2, 0)
    assert paper.announced_on == DAY
    assert set(paper.sources) == {"arxiv", "huggingface"}
    assert [link.label for link in paper.links].count("PDF") == 1


@pytest.mark.parametrize(
    "bad", [Reply(HTML), BUSY, Reply(sample("cs.CL.rss")[:900]), Reply(b"", 429, {"Retry-After": "999"})]
)
async def test_one_bad_source_never_costs_another(
    site: Site, door: Door, store: CountingStore, today: Callable[[], datetime], bad: Reply
):
    site.says("/rss/cs.CL", bad)
    site.says("/api/daily_papers", sample("daily-papers.json"))
    sources = [
        ArxivFeed(door, ["cs.CL"], base_url=site.url),
        HuggingFaceDaily(door, clock=today, base_url=site.url),
    ]
    arxiv, huggingface = await drain_all(sources, store, since=lambda _: DAY, now=NOW)
    assert arxiv.error.startswith("arxiv: cs.CL: ")
    assert (huggingface.error, huggingface.new) == ("", 3)


def test_files_are_loaded_and_loading_them_again_changes_nothing(store: CountingStore):
    paths = [DATA / name for name in ("snapshot.jsonl", "query.xml", "library.bib")]
    first = load_files(paths, load, store, now=NOW)
    assert (first.source, first.started_at, first.seen, first.error) == ("import", NOW, 10, "")
    assert first.new == store.paper_count() == 8
    assert [reason.split(":")[0] for reason in first.skipped] == [
        "library.bib line 16",
        "library.bib line 24",
    ]
    before = store.papers_after(0, 100)
    second = load_files(paths, load, store, now=NOW)
    assert (second.seen, second.new, second.changed) == (10, 0, 0)
    assert store.papers_after(0, 100) == before
    assert store.last_fetches() == []


def test_a_file_that_fails_does_not_stop_the_next(write: Write, store: CountingStore):
    paths = [write("page.jsonl", HTML), write("good.jsonl", lines({"title": "T"})), Path("absent.bib")]
    fetch = load_files(paths, load, store, now=NOW)
    assert fetch.new == 1
    assert fetch.error == "page.jsonl: a web page, not papers; absent.bib: no such file or directory"


def test_files_are_stored_in_batches_across_files(store: CountingStore):
    def scripted(path: Path, progress: Callable[[int], None]) -> Iterator[Paper | Skipped]:
        yield from papers(7, first=int(path.name) * 7)

    load_files([Path("1"), Path("2")], scripted, store, now=NOW, batch=5)
    assert store.batches == [5, 5, 4]


def test_progress_runs_over_all_files_to_their_whole_size(store: CountingStore):
    paths = [DATA / name for name in ("snapshot.jsonl", "query.xml", "library.bib")]
    told: list[int] = []
    load_files(paths, load, store, now=NOW, on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == sum(size(path) for path in paths)
