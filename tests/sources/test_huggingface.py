"""Hugging Face Daily Papers, day by day."""

import json
from collections.abc import Callable
from datetime import date, datetime

import pytest

from bot.errors import SourceError
from bot.model import Link, Paper
from bot.ports import Skipped
from bot.sources.http import Door
from bot.sources.huggingface import HuggingFaceDaily, daily_papers
from tests.sources.site import HTML, Reply, Site, sample, taken

PATH = "/api/daily_papers"
DAY = date(2026, 6, 12)


@pytest.fixture
def daily(site: Site, door: Door, today: Callable[[], datetime]) -> HuggingFaceDaily:
    return HuggingFaceDaily(door, clock=today, base_url=site.url)


def entry(**fields: object) -> dict[str, object]:
    """One entry of the answer, with other fields."""
    paper = {
        "id": "2606.00001",
        "title": "A paper",
        "submittedOnDailyAt": "2026-06-12T00:00:00.000Z",
        **fields,
    }
    return {"paper": paper, "publishedAt": "2026-06-11T20:00:00.000Z"}


def entries_of(*entries: object) -> list[Paper | Skipped]:
    return list(daily_papers(json.dumps(entries).encode(), DAY))


async def test_a_day_gives_what_the_json_says(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, sample("daily-papers.json"))
    entries, error = await taken(daily, DAY)
    assert error is None
    assert entries[0] == Paper(
        id="arxiv:2606.00467",
        title="On the Limits of LLM Adaptability: Impact of Model-Internalized Priors on Annotation Task Performance",
        abstract="What a model believes already decides how well it follows a definition.",
        summary="Prompts correct few zero-shot errors.",
        authors=("Etienne Casanova", "R. Michael Alvarez"),
        keywords=("zero-shot annotation", "decision stickiness"),
        url="https://arxiv.org/abs/2606.00467",
        links=(
            Link("PDF", "https://arxiv.org/pdf/2606.00467"),
            Link("Hugging Face", "https://huggingface.co/papers/2606.00467"),
        ),
        published_on=date(2026, 5, 30),
        announced_on=DAY,
        upvotes=0,
        sources=("huggingface",),
    )
    assert site.requests[0].query == {"date": "2026-06-12", "limit": "100"}


async def test_votes_stars_and_links_come_from_the_entry(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, sample("daily-papers.json"))
    entries, _ = await taken(daily, DAY)
    assert [(paper.upvotes, paper.stars) for paper in entries] == [(0, None), (2, 2), (103, 251)]
    assert entries[1].links[1:3] == (
        Link("code", "https://github.com/jayoohwang1/webchallenger"),
        Link("project page", "https://jayoohwang1.github.io/webchallenger-site/"),
    )
    assert [link.label for link in entries[2].links] == ["PDF", "code", "Hugging Face"]


async def test_every_day_since_is_asked_for_the_newest_first(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, b"[]")
    assert await taken(daily, date(2026, 6, 10)) == ([], None)
    assert [request.query["date"] for request in site.requests] == ["2026-06-12", "2026-06-11", "2026-06-10"]


async def test_it_goes_back_fourteen_days_at_most(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, b"[]")
    await taken(daily, date(2020, 1, 1))
    assert [site.requests[n].query["date"] for n in (0, -1)] == ["2026-06-12", "2026-05-30"]
    assert len(site.requests) == 14


async def test_nothing_is_asked_of_the_future(site: Site, daily: HuggingFaceDaily):
    assert await taken(daily, date(2026, 6, 13)) == ([], None)
    assert site.requests == []


async def test_a_failure_keeps_the_days_before_it(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, sample("daily-papers.json"), Reply(HTML))
    entries, error = await taken(daily, date(2026, 6, 11))
    assert len(entries) == 3
    assert str(error) == "huggingface: a web page instead of a list of papers"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(HTML), "a web page instead of a list of papers"),
        (Reply(sample("daily-papers.json")[:700]), "not JSON, or half of it"),
        (Reply(b""), "not JSON, or half of it"),
        (Reply(b"[" * 100_000), "not JSON, or half of it"),
        (Reply(b'{"error": "Invalid date"}'), "no list of papers in the answer"),
        (Reply(b'{"error": "x"}', 400), "HTTP 400"),
        (Reply(b"", 500), "HTTP 500, tried 4 times"),
        (Reply(b"", 429, {"Retry-After": "300"}), "HTTP 429, asked us to wait 300 s"),
    ],
)
async def test_what_is_no_answer_is_an_error(site: Site, daily: HuggingFaceDaily, reply: Reply, reason: str):
    site.says(PATH, reply)
    entries, error = await taken(daily, DAY)
    assert (entries, error.reason) == ([], reason)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (None, "no paper in it"),
        ([], "no paper in it"),
        ({"paper": None}, "no paper in it"),
        (entry(id=None), "no usable id: ''"),
        (entry(id="../../etc"), "no usable id: '../../etc'"),
        (entry(title=None), "no title"),
        (entry(title="\ud800\u202e"), "no title"),
    ],
)
def test_one_bad_entry_among_good_ones_is_skipped(bad: object, why: str):
    first, second, third = entries_of(entry(), bad, entry(id="2606.00002"))
    assert (first.title, third.title) == ("A paper", "A paper")
    assert second == Skipped("entry 2 of 2026-06-12", why)


def test_fields_of_a_wrong_kind_are_as_good_as_absent():
    (paper,) = entries_of(
        entry(
            authors=[{"name": "A"}, None, {"name": 3}, "B", {"hidden": False}],
            ai_keywords="words",
            ai_summary=5,
            upvotes=True,
            githubStars=-1,
            githubRepo=["x"],
            publishedAt="soon",
            summary={"text": "x"},
        )
    )
    assert (paper.authors, paper.keywords, paper.summary, paper.abstract) == (("A",), (), "", "")
    assert (paper.upvotes, paper.stars, paper.published_on) == (None, None, None)
    assert [link.label for link in paper.links] == ["PDF", "Hugging Face"]


def test_hostile_text_stays_text_in_one_line():
    (paper,) = entries_of(entry(title="<!channel>\n@everyone\u202e", ai_keywords=["a\u0000b", "\ud800"]))
    assert (paper.title, paper.keywords) == ("<!channel> @everyone", ("ab",))


def test_a_withdrawn_paper_is_marked():
    assert [
        paper.withdrawn for paper in entries_of(entry(), entry(withdrawnAt="2026-06-12T00:00:00.000Z"))
    ] == [
        False,
        True,
    ]


def test_a_paper_that_is_not_on_arxiv_has_an_id_of_its_own():
    (paper,) = entries_of(entry(id="some-report"))
    assert (paper.id, paper.url) == ("hf:some-report", "https://huggingface.co/papers/some-report")


async def test_check_says_how_many_and_of_which_day(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, b"[]", sample("daily-papers.json"), b"[]", b"[]", Reply(b"", 404))
    assert await daily.check() == "3 papers on 11 June 2026"
    assert await daily.check() == "answers; no papers today or yesterday, as on weekends"
    with pytest.raises(SourceError, match="huggingface: HTTP 404"):
        await daily.check()
