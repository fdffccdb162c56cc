"""Semantic Scholar against answers recorded from the real service, where these are at hand."""

from pathlib import Path

import pytest

from bot.model import Paper
from bot.sources.http import Answer
from bot.sources.semantic_scholar import entries_of, page_of, refusal
from bot.sources.semantic_scholar_details import details

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "sources" / "semantic-scholar"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded answers beside this checkout")


def answers(name: str) -> list[Answer]:
    """The answers of one cassette, in order."""
    yaml = pytest.importorskip("yaml")
    recorded = yaml.safe_load((RECORDED / name).read_text(encoding="utf-8"))["interactions"]
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
    papers = entries_of(page_of(answer), field)
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
