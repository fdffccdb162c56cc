"""Entries of Hugging Face's papers API, in good and in bad shape."""

import json
from datetime import date

import pytest

from bot.errors import SourceError
from bot.model import Link, Paper
from bot.ports import Skipped
from bot.sources.huggingface.entries import daily_papers, listed_papers
from tests.sources.site import HTML, sample

DAY = date(2026, 6, 12)


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


def test_an_entry_gives_what_the_json_says():
    papers = list(daily_papers(sample("daily-papers.json"), DAY))
    assert papers[0] == Paper(
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


def test_votes_stars_and_links_come_from_the_entry():
    papers = list(daily_papers(sample("daily-papers.json"), DAY))
    assert [(paper.upvotes, paper.stars) for paper in papers] == [(0, None), (2, 2), (103, 251)]
    assert papers[1].links[1:3] == (
        Link("code", "https://github.com/jayoohwang1/webchallenger"),
        Link("project page", "https://jayoohwang1.github.io/webchallenger-site/"),
    )
    assert [link.label for link in papers[2].links] == ["PDF", "code", "Hugging Face"]


def test_the_organisation_is_the_lab_by_its_full_name_where_it_has_one():
    papers = daily_papers(sample("daily-papers.json"), DAY)
    assert [paper.labs for paper in papers] == [(), ("The Example Lab",), ("another-lab",)]


@pytest.mark.parametrize(
    "organisation", [None, "x", [], {}, {"name": 5, "fullname": ["x"]}, {"name": "\u202e"}]
)
def test_an_organisation_without_a_name_is_none(organisation: object):
    (paper,) = entries_of(entry(organization=organisation))
    assert paper.labs == ()


@pytest.mark.parametrize(
    ("submitted", "day", "expected"),
    [
        ("2026-06-12T09:00:00.000Z", DAY, DAY),
        ("2026-06-11T23:00:00.000Z", DAY, date(2026, 6, 11)),
        ("2026-06-15T00:00:00.000Z", DAY, DAY),
        (None, DAY, DAY),
        ("soon", DAY, DAY),
        ("2026-06-10T00:00:00.000Z", None, date(2026, 6, 10)),
        (None, None, None),
    ],
)
def test_a_paper_is_news_when_submitted_and_not_after_the_day_that_lists_it(
    submitted: object, day: date | None, expected: date | None
):
    body = json.dumps([entry(submittedOnDailyAt=submitted)]).encode()
    (paper,) = listed_papers(body, "of some list", day)
    assert paper.announced_on == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HTML, "a web page instead of an answer"),
        (sample("daily-papers.json")[:700], "not JSON, or half of it"),
        (b"", "not JSON, or half of it"),
        (b"[" * 100_000, "not JSON, or half of it"),
        (b'{"error": "Invalid date"}', "no list of papers in the answer"),
    ],
)
def test_what_is_no_list_is_an_error(body: bytes, reason: str):
    with pytest.raises(SourceError) as caught:
        list(daily_papers(body, DAY))
    assert caught.value.reason == reason


def test_a_number_without_end_a_control_character_and_a_byte_of_no_text_cost_their_place_only():
    body = sample("daily-papers.json").replace(
        b'"upvotes":', b'"numComments": ' + b"9" * 10_000 + b', "upvotes":'
    )
    whole = list(daily_papers(sample("daily-papers.json"), DAY))
    assert list(daily_papers(body.replace(b'"title": "', b'"title": "\x01\xff', 1), DAY))[1:] == whole[1:]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (None, "no paper in it"),
        ([], "no paper in it"),
        ({"paper": None}, "no paper in it"),
        (entry(id=None), "no usable id: ''"),
        (entry(id="../../etc"), "no usable id: '../../etc'"),
        (entry(id=".."), "no usable id: '..'"),
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
