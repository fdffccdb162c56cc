"""Sources and files into the store: nothing lost, nothing silent, one failure never stops another."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import SourceError, StoreError
from bot.ingest import drain, load_files
from bot.model import Fetch, Paper
from bot.ports import Added, Reading, Skipped
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.files.load import load, size
from bot.sources.huggingface.daily import HuggingFaceDaily
from bot.sources.web.http import Door
from bot.store.memory import MemoryStore
from tests.sources.scripted import Scripted, papers
from tests.sources.site import BUSY, DATA, HTML, Reply, Site, Write, lines, sample

NOW = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)
DAY = date(2026, 6, 12)
HALF_AN_HOUR = timedelta(minutes=30)


def now() -> datetime:
    return NOW


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


async def test_a_drain_counts_what_it_stored_and_records_it(store: CountingStore):
    source = Scripted(*papers(3), Skipped("entry 4", "no title"))
    fetch = await drain(source, store, since=DAY, clock=now)
    assert fetch == Fetch(
        "scripted", NOW, seen=3, new=3, changed=0, skipped=("entry 4: no title",), retry_at=NOW + HALF_AN_HOUR
    )
    assert (store.paper_count(), store.last_fetches(), source.asked) == (3, [fetch], [(DAY, "")])


async def test_a_second_drain_of_the_same_changes_nothing(store: CountingStore):
    await drain(Scripted(*papers(3)), store, since=DAY, clock=now)
    fetch = await drain(Scripted(*papers(4)), store, since=DAY, clock=now)
    assert (fetch.seen, fetch.new, fetch.changed) == (4, 1, 0)


async def test_papers_go_into_the_store_in_batches(store: CountingStore):
    await drain(Scripted(*papers(25)), store, since=DAY, clock=now, batch=10)
    assert store.batches == [10, 10, 5]


async def test_no_papers_is_a_good_drain(store: CountingStore):
    fetch = await drain(Scripted(), store, since=DAY, clock=now)
    assert (fetch.seen, fetch.error) == (0, "")
    assert store.last_successes() == [fetch]


async def test_what_came_before_an_error_is_kept_and_the_error_recorded(store: CountingStore):
    source = Scripted(*papers(7), error=SourceError("scripted", "HTTP 503, tried 4 times"))
    fetch = await drain(source, store, since=DAY, clock=now, batch=5)
    assert (fetch.new, fetch.error, store.paper_count()) == (7, "scripted: HTTP 503, tried 4 times", 7)
    assert store.last_successes() == []


async def test_twenty_reasons_are_kept_and_the_rest_counted(store: CountingStore):
    fetch = await drain(
        Scripted(*(Skipped(f"entry {n}", "bad") for n in range(57))), store, since=DAY, clock=now
    )
    assert len(fetch.skipped) == 21
    assert (fetch.skipped[0], fetch.skipped[-1]) == ("entry 0: bad", "and 37 more")


async def test_the_store_is_only_called_through_run(store: CountingStore):
    calls = 0

    async def run(work: Callable[[], object]) -> object:
        nonlocal calls
        calls += 1
        return work()

    await drain(Scripted(*papers(3)), store, since=DAY, clock=now, batch=2, run=run)
    assert calls == 4


async def test_a_cursor_is_handed_back_and_moves_on_only_behind_what_is_stored(store: CountingStore):
    kept: list[tuple[str, int]] = []

    class Watched(CountingStore):
        def save_cursor(self, source: str, area: str, cursor: str) -> None:
            kept.append((cursor, self.paper_count()))
            super().save_cursor(source, area, cursor)

    store = Watched()
    pages = [*papers(3), Reading(200, cursor="page 2"), *papers(3, 3), Reading(200, cursor="page 3")]
    broken = Scripted(*pages, *papers(1, 6), area="cs.CL", error=SourceError("scripted", "it broke off"))
    fetch = await drain(broken, store, since=DAY, clock=now)
    assert kept == [("page 2", 3), ("page 3", 6)]
    assert (fetch.seen, fetch.error, fetch.area) == (7, "scripted: it broke off", "cs.CL")
    again = Scripted(Reading(304), area="cs.CL")
    await drain(again, store, since=DAY, clock=now)
    assert again.asked == [(DAY, "page 3")]
    assert store.cursor("scripted", "cs.CL") == "page 3", "an answer without a cursor leaves what was kept"


async def test_what_the_answers_were_like_is_recorded(store: CountingStore):
    first = Reading(200, "2606.00009", date(2026, 6, 11), stale=True, note="page 1")
    second = Reading(200, "2606.00007", date(2026, 6, 12), note="page 2")
    fetch = await drain(Scripted(first, second), store, since=DAY, clock=now)
    assert (fetch.status, fetch.greatest, fetch.batch) == (200, "2606.00009", date(2026, 6, 12))
    assert (fetch.stale, fetch.note) == (True, "page 2")


async def test_failures_in_a_row_are_counted_from_the_last_record(store: CountingStore):
    last = Fetch("scripted", NOW, failures=4, error="HTTP 503")
    failing = Scripted(error=SourceError("scripted", "HTTP 429", status=429, retry_after=9000.0))
    fetch = await drain(failing, store, since=DAY, clock=now, last=last)
    assert (fetch.failures, fetch.status, fetch.retry_at) == (5, 429, NOW + timedelta(seconds=9000))
    assert (await drain(Scripted(), store, since=DAY, clock=now, last=fetch)).failures == 0


async def test_a_paper_that_comes_by_three_routes_in_two_versions_is_one(
    site: Site, door: Door, store: CountingStore, today: Callable[[], datetime]
):
    query = sample("query.xml").replace(b"2202.12139v1", b"2606.00467v2")
    feed = sample("cs.CL.rss").replace(b"2305.14725v1", b"2606.00467v1")
    site.says("/rss/cs.CL", feed.replace(b"12 Jun 2025", b"01 Jun 2026"))
    site.says("/api/daily_papers", sample("daily-papers.json"))
    site.says("/api/query", query)
    sources = [
        ArxivFeed(door, "cs.CL", base_url=site.url, clock=today),
        HuggingFaceDaily(door, clock=today, base_url=site.url),
    ]
    for source in sources:
        await drain(source, store, since=date(2026, 6, 1), clock=now)
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
        ArxivFeed(door, "cs.CL", base_url=site.url, clock=today),
        HuggingFaceDaily(door, clock=today, base_url=site.url),
    ]
    arxiv, huggingface = [await drain(source, store, since=DAY, clock=now) for source in sources]
    assert arxiv.error.startswith("arxiv: ")
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
