"""arXiv's query API and its ways to say no."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime

import pytest

from bot.errors import SourceError
from bot.model import Link, Paper
from bot.sources.arxiv.api import ArxivApi, query_from_words
from bot.sources.arxiv.history import ArxivHistory
from bot.sources.web.http import Door
from tests.sources.site import HTML, Reply, Site, apart, sample

QUERY = "/api/query"


@pytest.fixture
def api(site: Site, door: Door) -> ArxivApi:
    return ArxivApi(door, base_url=site.url)


async def refused(api: ArxivApi, query: str = "all:testing") -> SourceError:
    with pytest.raises(SourceError) as caught:
        await api.search(query, 4)
    return caught.value


async def test_a_search_gives_papers_that_are_not_announced(site: Site, api: ArxivApi):
    site.says(QUERY, sample("query.xml"))
    papers = await api.search("all:testing", 4)
    assert papers[0] == Paper(
        id="arxiv:2202.12139",
        title="Testing Deep Learning Models: A First Comparative Study of Multiple Testing Techniques",
        abstract="Ways to test what a network has learned, side by side.",
        authors=("Mohit Kumar Ahuja", "Arnaud Gotlieb", "Helge Spieker"),
        categories=("cs.SE", "cs.LG"),
        url="https://arxiv.org/abs/2202.12139",
        links=(Link("PDF", "https://arxiv.org/pdf/2202.12139"),),
        published_on=date(2022, 2, 24),
        version=1,
        aliases=("doi:10.1109/icstw55395.2022.00035",),
        sources=("arxiv",),
        labs=("Simula",),
    )
    assert [paper.venue for paper in papers] == ["", "ActaAstron.56:1-50, 2006", "", ""]
    assert (papers[3].version, papers[3].published_on) == (2, date(2020, 5, 28))
    assert site.requests[0].query == {"search_query": "all:testing", "start": "0", "max_results": "4"}


async def test_old_ids_and_the_paper_titled_0_are_papers_like_others(site: Site, api: ArxivApi):
    site.says(QUERY, sample("query.xml"))
    papers = await api.by_ids(["arxiv:astro-ph/0601001", "2104.12255"])
    assert [(paper.id, paper.title) for paper in papers[1:3]] == [
        (
            "arxiv:astro-ph/0601001",
            "Frequency of Hot Jupiters and Very Hot Jupiters from the OGLE-III Transit Surveys Toward the Galactic "
            "Bulge and Carina",
        ),
        ("arxiv:2104.12255", "0"),
    ]
    assert site.requests[0].query == {"id_list": "astro-ph/0601001,2104.12255", "max_results": "2"}


async def test_ids_are_asked_for_in_batches_and_foreign_ones_not_at_all(site: Site, api: ArxivApi):
    site.says(QUERY, sample("nothing.xml"))
    ids = [f"arxiv:2401.{number:05}v2" for number in range(250)]
    assert await api.by_ids([*ids, "doi:10.1/x", "abc", "title:00"]) == []
    asked = [request.query["id_list"].split(",") for request in site.requests]
    assert [len(batch) for batch in asked] == [100, 100, 50]
    assert asked[0][0] == "2401.00000"
    assert await api.by_ids(["nonsense"]) == []
    assert len(site.requests) == 3


async def test_an_unknown_id_gives_nothing_and_no_error(site: Site, api: ArxivApi):
    site.says(QUERY, sample("nothing.xml"))
    assert await api.by_ids(["9999.99999"]) == []


async def test_a_long_search_goes_page_by_page_until_a_short_one(site: Site, api: ArxivApi):
    entry = sample("query.xml").split(b"<entry>")[1].split(b"</entry>")[0]
    page = sample("nothing.xml").replace(b"</feed>", b"<entry>%s</entry>" % entry * 500 + b"</feed>")
    site.says(QUERY, page, sample("query.xml"))
    assert len(await api.search("all:testing", 1200)) == 504
    assert [request.query["start"] for request in site.requests] == ["0", "500"]


@pytest.mark.parametrize("status", [200, 400])
async def test_an_error_entry_is_an_error_whatever_the_status(site: Site, api: ArxivApi, status: int):
    site.says(QUERY, Reply(sample("error.xml"), status))
    assert str(await refused(api)) == "arxiv: refused the request: incorrect id format for abc"


async def test_a_bad_request_without_a_reason_is_an_error_too(site: Site, api: ArxivApi):
    site.says(QUERY, Reply(sample("nothing.xml"), 400))
    assert (await refused(api)).reason == "HTTP 400 without a reason"


async def test_a_throttled_answer_is_no_document_and_says_when_to_come_back(site: Site, api: ArxivApi):
    site.says(QUERY, b"Rate exceeded.")
    error = await refused(api)
    assert (error.reason, error.retry_after) == ("too many requests (it answers: Rate exceeded.)", 60.0)


async def test_a_throttled_status_is_tried_again(site: Site, api: ArxivApi):
    site.says(QUERY, Reply(b"Rate exceeded.", 429), sample("query.xml"))
    assert len(await api.search("all:testing", 4)) == 4


async def test_a_query_that_arxiv_rewrote_names_the_unknown_field(site: Site, api: ArxivApi):
    site.says(QUERY, sample("rewritten.xml"))
    assert (await refused(api, "badfield:xyz")).reason == (
        "unknown search field 'badfield'; known are ti, au, abs, co, jr, cat, rn, all"
    )
    assert await api.search("all:badfield:xyz", 4) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HTML, "a web page instead of an answer"),
        (sample("query.xml")[:3000], "half a document"),
        (b'<!DOCTYPE x [<!ENTITY a "ha">]><feed/>', "a document type or entity"),
        (b"<html/>", "a web page"),
        (b"", "half a document"),
    ],
)
async def test_what_is_no_answer_is_an_error(site: Site, api: ArxivApi, body: bytes, reason: str):
    site.says(QUERY, body)
    assert (await refused(api)).reason.startswith(reason)


async def test_one_bad_entry_is_logged_and_the_others_come(
    site: Site, api: ArxivApi, caplog: pytest.LogCaptureFixture
):
    site.says(QUERY, sample("query.xml").replace(b"abs/2104.12255v1", b"abs/nothing"))
    with caplog.at_level(logging.WARNING):
        assert len(await api.search("all:testing", 4)) == 3
    assert "no arXiv id" in caplog.text


async def test_a_withdrawn_paper_says_so_in_its_comment(site: Site, api: ArxivApi):
    comment = b"<arxiv:comment>12 pages; this paper has been withdrawn by the author</arxiv:comment><summary>A learning"
    site.says(QUERY, sample("query.xml").replace(b"<summary>A learning", comment))
    papers = await api.search("all:testing", 4)
    assert [paper.withdrawn for paper in papers] == [False, False, False, True]


async def test_affiliations_come_each_once_and_clean(site: Site, api: ArxivApi):
    one = b"<arxiv:affiliation>MIT,\n  Boston</arxiv:affiliation>"
    two = b"<arxiv:affiliation>\xe2\x80\xae</arxiv:affiliation>"
    author = b"<author><name>A. One</name>" + one + two + one + b"</author>"
    site.says(QUERY, sample("query.xml").replace(b"<author>", author + b"<author>", 1))
    papers = await api.search("all:testing", 4)
    assert papers[0].labs == ("MIT, Boston", "Simula")


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("speculative decoding", "all:speculative AND all:decoding"),
        ('"graph neural networks" for chemistry', 'all:"graph neural networks" AND all:chemistry'),
        ("self-supervised GPT-4", 'all:"self supervised" AND all:"GPT 4"'),
        ("ti:attention ANDNOT (cat:x OR y)", "all:ti AND all:attention AND all:cat AND all:x AND all:y"),
        ('"AND" AND or NOT', ""),
        ('submittedDate:[2020 TO *] "unclosed', "all:submittedDate AND all:2020 AND all:unclosed"),
        ("the memory of attention and memory", "all:memory AND all:attention"),
        ("<!channel> \u202eve\u0301lo", "all:channel AND all:v\u00e9lo"),
        ("  ?!  ", ""),
        ("", ""),
    ],
)
def test_words_of_people_become_a_query_without_its_operators(words: str, query: str):
    assert query_from_words(words) == query


def test_a_novel_is_no_question():
    query = query_from_words(" ".join(f"word{number}" for number in range(5000)))
    assert query.count("all:") == 12
    assert len(query_from_words("x" * 5000)) < 400


async def test_finding_asks_for_words_and_nothing_for_none(site: Site, api: ArxivApi):
    site.says(QUERY, sample("query.xml"))
    papers = await api.find("testing machines", 4)
    assert (api.name, len(papers), papers[0].announced_on) == ("arxiv", 4, None)
    assert site.requests[0].query["search_query"] == "all:testing AND all:machines"
    assert await api.find("?!", 4) == []
    assert len(site.requests) == 1


async def test_looking_up_knows_arxiv_ids_only(site: Site, api: ArxivApi):
    site.says(QUERY, sample("query.xml"), sample("nothing.xml"))
    found = await api.look_up("arxiv:2202.12139")
    assert found is not None and found.id == "arxiv:2202.12139"
    assert await api.look_up("arxiv:9999.99999") is None
    assert await api.look_up("doi:10.1/x") is None
    assert await api.look_up("arxiv:nonsense") is None
    assert len(site.requests) == 2


async def test_the_history_and_the_api_share_one_pace(
    site: Site, door: Door, api: ArxivApi, today: Callable[[], datetime]
):
    site.says("/oai", sample("history.xml"))
    site.says(QUERY, sample("query.xml"))
    histories = [
        ArxivHistory(door, name, clock=today, batch_of=datetime.date, base_url=site.url)
        for name in ("cs", "hep-th")
    ]

    async def drained(history: ArxivHistory) -> list[object]:
        return [entry async for entry in history.fetch(date(2026, 6, 11))]

    await asyncio.gather(api.search("all:testing", 4), *map(drained, histories), api.by_ids(["2104.12255"]))
    times = [request.at for request in site.requests]
    assert len(times) == 4
    assert apart(times, 3.0)
    assert site.most_together == 1
