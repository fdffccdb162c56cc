"""The sources against answers recorded from the real services, where these are at hand."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.model import Paper
from bot.sources.arxiv_api import answered
from bot.sources.arxiv_feed import announcements
from bot.sources.files import load
from bot.sources.huggingface import daily_papers

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded answers beside this checkout")


def api(name: str, query: str = "") -> list[Paper]:
    return list(answered((RECORDED / "sources" / "arxiv-api" / name).read_bytes(), query))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("query-100-entries.xml", 100),
        ("query-page-2-of-10.xml", 10),
        ("old-style-id.xml", 1),
        ("paper-titled-0.xml", 1),
        ("two-ids-one-wrong.xml", 1),
        ("empty.xml", 0),
        ("unknown-id.xml", 0),
    ],
)
def test_recorded_answers_of_the_query_api_are_read_to_the_last_entry(name: str, count: int):
    papers = api(name)
    assert [type(paper) for paper in papers] == [Paper] * count
    assert all(
        paper.authors and paper.abstract and paper.categories and paper.published_on for paper in papers
    )


def test_recorded_answers_of_the_query_api_have_these_facts():
    first = api("query-100-entries.xml")[0]
    assert (first.id, first.aliases) == ("arxiv:2202.12139", ("doi:10.1109/icstw55395.2022.00035",))
    assert api("paper-titled-0.xml")[0].title == "0"
    assert api("old-style-id.xml")[0].id == "arxiv:astro-ph/0601001"
    assert len(api("two-ids-one-wrong.xml")[0].authors) == 34


@pytest.mark.parametrize(
    ("name", "query", "reason"),
    [
        ("error.xml", "", "start must be an integer"),
        ("malformed-id.xml", "", "incorrect id format for abc"),
        ("rate-limited.txt", "", "too many requests"),
        ("rewritten-query.xml", "badfield:xyz", "unknown search field 'badfield'"),
    ],
)
def test_recorded_refusals_of_the_query_api_are_errors(name: str, query: str, reason: str):
    with pytest.raises(SourceError, match=reason):
        api(name, query)


def test_the_rebuilt_feed_has_its_new_crossed_and_replaced_papers():
    body = (RECORDED / "sources" / "arxiv-feed" / "cs.CL-2025-06-12.rebuilt.rss").read_bytes()
    papers = [announced.entry for announced in announcements(body)]
    assert Counter(paper.announced_on for paper in papers) == {date(2025, 6, 12): 8, None: 3}
    assert [paper.version for paper in papers] == [1] * 8 + [3, 3, 2]
    assert papers[0].categories == ("cs.CL",)
    assert papers[0].authors[0] == "Barry Menglong Yao"
    assert papers[0].abstract.startswith("We propose attribute-aware multimodal entity linking")
    weekend = (RECORDED / "sources" / "arxiv-feed" / "cs.CL-2025-06-14-weekend.rebuilt.rss").read_bytes()
    assert list(announcements(weekend)) == []


def test_the_recorded_day_of_hugging_face_is_read_as_it_is():
    body = (RECORDED / "sources" / "huggingface" / "daily-papers-2026-06-12.json").read_bytes()
    papers = list(daily_papers(body, date(2026, 6, 12)))
    assert [type(paper) for paper in papers] == [Paper] * 30
    assert {paper.announced_on for paper in papers} == {date(2026, 6, 12)}
    assert (min(p.upvotes for p in papers), max(p.upvotes for p in papers)) == (0, 118)
    assert all(paper.summary and paper.keywords for paper in papers)
    labels = Counter(link.label for paper in papers for link in paper.links)
    assert labels == {"PDF": 30, "Hugging Face": 30, "code": 16, "project page": 13}
    assert sum(paper.stars is not None for paper in papers) == 16
    assert papers[0].published_on == date(2026, 5, 30)


def test_the_first_lines_of_the_replay_are_papers_of_its_first_day():
    lines = load(RECORDED / "replay" / "papers.jsonl.gz")
    papers = [next(lines) for _ in range(200)]
    assert {paper.announced_on for paper in papers} == {date(2025, 3, 18)}
    assert papers[1].title == "CORDIC Is All You Need"
    assert all(paper.id.startswith("arxiv:") for paper in papers)


def test_the_seed_papers_get_ids_from_their_titles():
    papers = list(load(RECORDED / "seed-papers.jsonl"))
    assert len(papers) == 50
    assert all(paper.id.startswith("title:") and paper.abstract for paper in papers)
