"""Papers that came without arXiv's word are made whole by it, and are no news for that."""

from datetime import date

from bot.ingest import drain
from bot.model import Paper, PaperId
from bot.ports import Reading
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.details import ArxivDetails
from bot.sources.web.http import Door
from bot.store.memory import MemoryStore
from tests.sources.site import Site, sample, taken
from tests.sources.test_ingest import DAY, now

BARE = PaperId("arxiv:2202.12139")


async def test_a_paper_without_categories_gets_them(site: Site, door: Door):
    site.says("/api/query", sample("query.xml"))
    store = MemoryStore()
    store.add_papers([Paper(BARE, "A title", announced_on=DAY, upvotes=7, sources=("huggingface",))])
    source = ArxivDetails(ArxivApi(door, base_url=site.url), lambda: [BARE])
    fetch = await drain(source, store, since=DAY, clock=now)
    known = store.papers([BARE])[BARE]
    assert known.categories
    assert known.authors
    assert (known.announced_on, known.upvotes, known.sources) == (DAY, 7, ("huggingface", "arxiv"))
    assert fetch.error == ""
    assert site.requests[0].query["id_list"] == "2202.12139"


async def test_a_hundred_are_asked_for_at_once_and_a_thousand_at_most(site: Site, door: Door):
    site.says("/api/query", sample("nothing.xml"))
    wanted = [PaperId(f"arxiv:9913.{n:05}") for n in range(1234)]
    await taken(ArxivDetails(ArxivApi(door, base_url=site.url), lambda: wanted), date(2026, 6, 1))
    assert [len(seen.query["id_list"].split(",")) for seen in site.requests] == [100] * 10


async def test_nothing_is_asked_where_nothing_is_missing(site: Site, door: Door):
    entries, error = await taken(ArxivDetails(ArxivApi(door, base_url=site.url), list), date(2026, 6, 1))
    assert error is None
    assert entries == [Reading(0, note="every recent paper has its categories")]
    assert site.requests == []
