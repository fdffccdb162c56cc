"""Venues and labs in answers recorded from the real services, where these are at hand."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.sources.arxiv_api import answered
from bot.sources.huggingface import daily_papers

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "sources"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded answers beside this checkout")


def test_recorded_papers_of_the_query_api_name_their_journals_and_labs():
    papers = list(answered((RECORDED / "arxiv-api" / "query-100-entries.xml").read_bytes()))
    assert sum(paper.venue != "" for paper in papers) == 18
    assert [paper.labs for paper in papers if paper.labs] == [("LRI", "IBISC")]
    (old,) = answered((RECORDED / "arxiv-api" / "old-style-id.xml").read_bytes())
    assert (old.venue, old.labs) == (
        "ActaAstron.56:1-50,2006",
        ("Ohio State", "CfA", "Warsaw University Observatory"),
    )


def test_the_recorded_day_of_hugging_face_names_its_organisations():
    papers = list(
        daily_papers(
            (RECORDED / "huggingface" / "daily-papers-2026-06-12.json").read_bytes(), date(2026, 6, 12)
        )
    )
    assert Counter(len(paper.labs) for paper in papers) == {0: 14, 1: 16}
    assert papers[0].labs == ("California institute of technology",)
