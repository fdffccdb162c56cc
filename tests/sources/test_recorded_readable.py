"""Readable text over thousands of real titles and abstracts, where these are at hand."""

from itertools import islice
from pathlib import Path

import pytest

from bot.identity import normal_title
from bot.model import Paper
from bot.sources.files.load import load
from bot.sources.text.readable import readable

REPLAY = Path(__file__).resolve().parents[3] / "shared" / "data" / "replay" / "papers.jsonl.gz"

pytestmark = pytest.mark.skipif(not REPLAY.is_file(), reason="no recorded papers beside this checkout")


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return [entry for entry in islice(load(REPLAY), 6000) if isinstance(entry, Paper)]


def test_two_papers_in_ten_have_something_to_convert_and_keep_it_as_given(papers: list[Paper]):
    converted = [paper for paper in papers if paper.title_as_given or paper.abstract_as_given]
    assert len(papers) == 6000
    assert 0.15 < len(converted) / len(papers) < 0.4
    assert all(paper.abstract_as_given != paper.abstract for paper in converted)


def test_hardly_any_dollar_backslash_or_brace_is_left(papers: list[Paper]):
    left = [paper for paper in papers if set(paper.title + paper.abstract) & set("$\\{}")]
    given = [paper for paper in papers if set(paper.title_as_given + paper.abstract_as_given) & set("$\\{}")]
    assert len(left) < len(given) / 8


def test_reading_it_again_changes_nothing(papers: list[Paper]):
    changed = [paper for paper in papers if readable(paper.abstract) != paper.abstract]
    assert len(changed) <= 3
    assert [paper.title for paper in papers] == [readable(paper.title) for paper in papers]


def test_no_title_loses_its_words(papers: list[Paper]):
    """Those of at least eight letters: shorter ones may be commands, or have a raised letter after them."""
    for paper in papers:
        given = {
            word for word in normal_title(paper.title_as_given).split() if len(word) > 7 and word.isascii()
        }
        assert given - _COMMANDS <= set(normal_title(paper.title).split()), paper.title_as_given


_COMMANDS = {"boldmath", "underline", "operatorname", "textpertenthousand"}
