"""Papers found on Hugging Face by words and by ids."""

import json
import logging
from datetime import date

import pytest

from bot.errors import SourceError
from bot.sources.huggingface.finder import HuggingFaceFinder
from bot.sources.web.http import Door
from tests.sources.site import HTML, Reply, Site, sample

SEARCH = "/api/papers/search"


@pytest.fixture
def finder(site: Site, door: Door) -> HuggingFaceFinder:
    return HuggingFaceFinder(door, base_url=site.url)


def one(**fields: object) -> bytes:
    """The answer for one id."""
    paper = {"id": "2606.00001", "title": "A paper", "publishedAt": "2026-06-01T00:00:00.000Z", "upvotes": 0}
    return json.dumps({**paper, "numTotalModels": 3, **fields}).encode()


async def test_words_find_papers_that_are_not_announced(site: Site, finder: HuggingFaceFinder):
    site.says(SEARCH, sample("daily-papers.json"))
    papers = await finder.find("web  agents\u202e & more?", 5)
    assert finder.name == "huggingface"
    assert [paper.id for paper in papers] == ["arxiv:2606.00467", "arxiv:2606.10423", "arxiv:2606.13392"]
    assert {paper.announced_on for paper in papers} == {None}
    assert site.requests[0].query == {"q": "web agents & more?", "limit": "5"}


async def test_no_more_are_given_than_asked_for(site: Site, finder: HuggingFaceFinder):
    site.says(SEARCH, sample("daily-papers.json"))
    assert len(await finder.find("agents", 2)) == 2
    await finder.find("x" * 5000, 1000)
    assert (len(site.requests[1].query["q"]), site.requests[1].query["limit"]) == (250, "100")


async def test_no_words_find_nothing(site: Site, finder: HuggingFaceFinder):
    assert await finder.find(" \u202e ", 5) == []
    assert await finder.find("agents", 0) == []
    assert site.requests == []


async def test_one_bad_entry_is_logged_and_the_others_come(
    site: Site, finder: HuggingFaceFinder, caplog: pytest.LogCaptureFixture
):
    site.says(SEARCH, json.dumps([{"paper": None}, {"paper": json.loads(one())}]).encode())
    with caplog.at_level(logging.WARNING):
        assert len(await finder.find("agents", 5)) == 1
    assert "skipped entry 1 of what was found: no paper in it" in caplog.text


async def test_an_id_is_looked_up(site: Site, finder: HuggingFaceFinder):
    site.says(
        "/api/papers/2606.00001",
        one(submittedOnDailyAt="2026-06-12T00:00:00.000Z", organization={"name": "x"}),
    )
    site.says("/api/papers/some-report", one(id="some-report"))
    paper = await finder.look_up("arxiv:2606.00001")
    assert paper is not None
    assert (paper.id, paper.title, paper.upvotes, paper.labs) == ("arxiv:2606.00001", "A paper", 0, ("x",))
    assert (paper.announced_on, paper.published_on) == (None, date(2026, 6, 1))
    assert await finder.look_up("arxiv:2606.00001v2") == paper
    report = await finder.look_up("hf:some-report")
    assert report is not None and report.id == "hf:some-report"


async def test_an_unknown_id_gives_nothing(site: Site, finder: HuggingFaceFinder):
    assert await finder.look_up("arxiv:9999.99999") is None
    assert [request.path for request in site.requests] == ["/api/papers/9999.99999"]


@pytest.mark.parametrize(
    "paper",
    [
        "doi:10.1/x",
        "title:00",
        "arxiv:nonsense",
        "hf:..",
        "hf:../../models",
        "hf:a?b",
        "hf:",
        "hf:a/b",
        "2606.00001",
    ],
)
async def test_foreign_ids_are_not_asked_for(site: Site, finder: HuggingFaceFinder, paper: str):
    assert await finder.look_up(paper) is None
    assert site.requests == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HTML, "a web page instead of an answer"),
        (b"", "not JSON, or half of it"),
        (b"[]", "no paper in the answer"),
        (b"{}", "no paper in the answer (no usable id: '')"),
        (one(title=None), "no paper in the answer (no title)"),
    ],
)
async def test_what_is_no_answer_is_an_error(site: Site, finder: HuggingFaceFinder, body: bytes, reason: str):
    site.says("/api/papers/2606.00001", body)
    with pytest.raises(SourceError) as caught:
        await finder.look_up("arxiv:2606.00001")
    assert caught.value.reason == reason


async def test_a_search_that_fails_is_an_error(site: Site, finder: HuggingFaceFinder):
    site.says(SEARCH, Reply(b'{"error": "x"}', 400), b'{"papers": []}')
    for reason in ("HTTP 400", "no list of papers in the answer"):
        with pytest.raises(SourceError, match=reason):
            await finder.find("agents", 5)
