"""Any feed's reader against a feed as arXiv really sends it, where one is at hand."""

from datetime import date
from pathlib import Path

import pytest

from bot.sources.feed_entry import paper_from_entry
from bot.sources.feed_parser import read

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "sources" / "arxiv-feed"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded answers beside this checkout")


def test_a_feed_of_arxiv_may_be_read_like_any_other():
    url = "https://rss.arxiv.org/rss/cs.CL"
    made = read((RECORDED / "cs.CL-2025-06-12.rebuilt.rss").read_bytes(), "application/rss+xml", url)
    papers = [paper_from_entry(entry, date.min, feed=url, source="feed") for entry in made["entries"]]
    assert (made["broken"], made["count"]) == (False, 11)
    assert all(paper.id.startswith("arxiv:") for paper in papers)
    assert {paper.published_on for paper in papers} == {date(2025, 6, 12)}
    assert papers[0].authors[0] == "Barry Menglong Yao"
