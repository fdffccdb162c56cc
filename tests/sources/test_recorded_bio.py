"""PubMed and OpenAlex against answers recorded from the real services, where these are at hand."""

from datetime import date
from pathlib import Path

import pytest

from bot.model import Paper
from bot.sources.jsonbody import json_object
from bot.sources.openalex import page_of
from bot.sources.openalex_work import paper_from_work
from bot.sources.pubmed import found_in
from bot.sources.pubmed_xml import papers_of

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "sources"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded answers beside this checkout")


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


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
    assert first.title.startswith("Early timepoint <sup>99m</sup>Tc-DPD whole body")
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
    whole = paper_from_work(json_object(recorded("openalex/work.json"), "openalex"))
    assert len(whole.abstract.split()) == 258
    bare = paper_from_work(json_object(recorded("openalex/no-abstract.json"), "openalex"))
    assert (bare.id, bare.abstract) == (whole.id, "")
