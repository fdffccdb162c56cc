"""The sources against answers recorded from the real services, where these are at hand: every file has a test."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.model import Paper
from bot.sources.arxiv.api import answered
from bot.sources.arxiv.feed import announcements
from bot.sources.feeds.entry import paper_from_entry
from bot.sources.feeds.parser import read
from bot.sources.files.load import load
from bot.sources.huggingface.entries import daily_papers
from bot.sources.openalex import page_of
from bot.sources.openalex_work import paper_from_work
from bot.sources.pubmed import found_in
from bot.sources.pubmed_xml import papers_of
from bot.sources.semantic_scholar.details import details
from bot.sources.semantic_scholar.records import entries_of, refusal
from bot.sources.semantic_scholar.records import page_of as scholar_page_of
from bot.sources.web.http import Answer
from bot.sources.web.jsonbody import value_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
RECORDED = DATA / "sources"

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(),
    reason=f"NO RECORDED ANSWERS: there is no {RECORDED.relative_to(DATA.parents[1])} here",
)


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def test_no_recorded_answer_is_without_a_test():
    names = {path.name for path in RECORDED.rglob("*") if path.is_file()}
    told = Path(__file__).read_text(encoding="utf-8")
    assert names
    assert {name for name in names if name not in told} == set()


def api(name: str, query: str = "") -> list[Paper]:
    return list(answered(recorded(f"arxiv-api/{name}"), query))


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
    second = api("query-page-2-of-10.xml")[0]
    assert (second.id, second.version, second.published_on) == ("arxiv:2403.16981", 2, date(2024, 3, 25))
    assert (second.authors[:2], second.categories) == (
        ("Ankit Pensia", "Varun Jog"),
        ("math.ST", "cs.IT", "stat.ML"),
    )
    assert api("paper-titled-0.xml")[0].title == "0"
    assert api("old-style-id.xml")[0].id == "arxiv:astro-ph/0601001"
    assert len(api("two-ids-one-wrong.xml")[0].authors) == 34


def test_recorded_papers_of_the_query_api_name_their_journals_and_labs():
    papers = api("query-100-entries.xml")
    assert sum(paper.venue != "" for paper in papers) == 18
    assert [paper.labs for paper in papers if paper.labs] == [("LRI", "IBISC")]
    (old,) = api("old-style-id.xml")
    assert (old.venue, old.labs) == (
        "ActaAstron.56:1-50,2006",
        ("Ohio State", "CfA", "Warsaw University Observatory"),
    )


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
    body = recorded("arxiv-feed/cs.CL-2025-06-12.rebuilt.rss")
    papers = [announced.entry for announced in announcements(body)]
    assert Counter(paper.announced_on for paper in papers) == {date(2025, 6, 12): 8, None: 3}
    assert [paper.version for paper in papers] == [1] * 8 + [3, 3, 2]
    assert papers[0].categories == ("cs.CL",)
    assert papers[0].authors[0] == "Barry Menglong Yao"
    assert papers[0].abstract.startswith("We propose attribute-aware multimodal entity linking")
    weekend = recorded("arxiv-feed/cs.CL-2025-06-14-weekend.rebuilt.rss")
    assert list(announcements(weekend)) == []


def test_a_feed_of_arxiv_may_be_read_like_any_other():
    url = "https://rss.arxiv.org/rss/cs.CL"
    made = read(recorded("arxiv-feed/cs.CL-2025-06-12.rebuilt.rss"), "application/rss+xml", url)
    papers = [paper_from_entry(entry, date.min, feed=url, source="feed") for entry in made["entries"]]
    assert (made["broken"], made["count"]) == (False, 11)
    assert all(paper.id.startswith("arxiv:") for paper in papers)
    assert {paper.published_on for paper in papers} == {date(2025, 6, 12)}
    assert papers[0].authors[0] == "Barry Menglong Yao"


def test_the_recorded_day_of_hugging_face_is_read_as_it_is():
    body = recorded("huggingface/daily-papers-2026-06-12.json")
    papers = list(daily_papers(body, date(2026, 6, 12)))
    assert [type(paper) for paper in papers] == [Paper] * 30
    assert {paper.announced_on for paper in papers} == {date(2026, 6, 12)}
    assert (min(p.upvotes for p in papers), max(p.upvotes for p in papers)) == (0, 118)
    assert all(paper.summary and paper.keywords for paper in papers)
    labels = Counter(link.label for paper in papers for link in paper.links)
    assert labels == {"PDF": 30, "Hugging Face": 30, "code": 16, "project page": 13}
    assert sum(paper.stars is not None for paper in papers) == 16
    assert papers[0].published_on == date(2026, 5, 30)
    assert Counter(len(paper.labs) for paper in papers) == {0: 14, 1: 16}
    assert papers[0].labs == ("California institute of technology",)


def test_the_recorded_search_of_pubmed():
    found = found_in(recorded("pubmed/esearch.json"))
    assert (found.ids[0], len(found.ids), found.count) == ("42286391", 5, 42111)
    assert found.note == "Unknown sort schema 'date' ignored"


def test_the_recorded_articles_of_pubmed():
    papers = list(papers_of(recorded("pubmed/efetch.xml"), date(2026, 6, 13)))
    assert [type(paper) for paper in papers] == [Paper] * 5
    assert {(paper.announced_on, paper.published_on) for paper in papers if isinstance(paper, Paper)} == {
        (date(2026, 6, 12), date(2026, 6, 12))
    }
    assert all(p.abstract and p.authors and p.labs and p.venue for p in papers if isinstance(p, Paper))
    first = papers[0]
    assert isinstance(first, Paper)
    assert (first.id, first.aliases) == ("doi:10.1186/s13550-026-01466-0", ("pubmed:42286391",))
    assert first.title.startswith("Early timepoint ⁹⁹ᵐTc-DPD whole body")
    assert (len(first.authors), first.venue) == (22, "EJNMMI research")
    assert first.labs[0] == "University Hospital Essen"
    assert first.abstract.startswith("BACKGROUND: Cardiac transthyretin")


def test_the_recorded_list_of_openalex():
    page = page_of(recorded("openalex/list.json"))
    assert (page.size, page.count, page.cursor) == (2, 348439, "")
    first, second = page.entries
    assert isinstance(first, Paper) and isinstance(second, Paper)
    assert (first.id, first.aliases) == ("doi:10.1126/science.1231143", ("openalex:W2064815984",))
    assert first.abstract.startswith("Functional elucidation of causal genetic variants")
    assert first.abstract.endswith("of the RNA-guided nuclease technology.")
    assert (second.title, second.abstract) == ("Genome engineering using the CRISPR-Cas9 system", "")


def test_the_recorded_works_of_openalex():
    whole = paper_from_work(value_of(recorded("openalex/work.json"), "openalex"))
    assert len(whole.abstract.split()) == 258
    bare = paper_from_work(value_of(recorded("openalex/no-abstract.json"), "openalex"))
    assert (bare.id, bare.abstract) == (whole.id, "")


def answers(name: str) -> list[Answer]:
    """The answers of one cassette, in order."""
    yaml = pytest.importorskip("yaml")
    recorded = yaml.safe_load((RECORDED / "semantic-scholar" / name).read_text(encoding="utf-8"))[
        "interactions"
    ]
    return [
        Answer(one["response"]["status"]["code"], one["response"]["body"]["string"].encode(), {})
        for one in recorded
    ]


@pytest.mark.parametrize(
    ("name", "field", "title", "sha"),
    [
        (
            "search-paper.yaml",
            "data",
            "Using DeepSpeed and Megatron to Train Megatron-Turing NLG 530B, A Large-Scale Generative Language Model",
            "7cbc2a7843411a1768ab762930707af0a3c33a19",
        ),
        (
            "get-recommended-papers-from-lists.yaml",
            "recommendedPapers",
            "The path sequence of a graph",
            "df02b0118f4d23c7dcdc7ef22b15bdd6302e8da2",
        ),
        (
            "get-recommended-papers.yaml",
            "recommendedPapers",
            "Report shows slight improvement on grantmaker diversity, but compensation lagging behind inflation",
            "3e9bc879e8ba944d3e830e4b8565dfe6f2ec4bd8",
        ),
    ],
)
def test_recorded_lists_are_read_to_the_last_paper(name: str, field: str, title: str, sha: str):
    (answer,) = answers(name)
    papers = entries_of(scholar_page_of(answer), field)
    assert [type(paper) for paper in papers] == [Paper] * 100
    assert (papers[0].id, papers[0].title) == (f"s2:{sha}", title)


def test_recorded_details_come_in_the_order_of_the_question():
    (answer,) = answers("get-papers.yaml")
    asked = ["s2corpus:470667", "doi:10.2139/ssrn.2250500", "s2:0f40b1f08821e22e859c6050916cec3667778613"]
    found = details(answer, asked)  # recorded with authors only: no title
    assert [(entry.what, entry.why) for entry in found] == [(one, "no title") for one in asked]


def test_a_recorded_refusal_is_told_in_its_own_words():
    paper, _ = answers("not-found.yaml")
    assert refusal(paper).reason == "HTTP 404: Paper with id 0 not found"


def test_the_first_lines_of_the_replay_are_papers_of_its_first_day():
    lines = load(DATA / "replay" / "papers.jsonl.gz")
    papers = [next(lines) for _ in range(200)]
    assert {paper.announced_on for paper in papers} == {date(2025, 3, 18)}
    assert papers[1].title == "CORDIC Is All You Need"
    assert all(paper.id.startswith("arxiv:") for paper in papers)


def test_the_seed_papers_get_ids_from_their_titles():
    papers = list(load(DATA / "seed-papers.jsonl"))
    assert len(papers) == 50
    assert all(paper.id.startswith("title:") and paper.abstract for paper in papers)
