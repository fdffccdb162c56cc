"""What makes two descriptions one paper."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity import (
    arxiv_version,
    clean_text,
    cleaned,
    doi_id,
    id_from_text,
    keys,
    merged,
    same_work,
    title_id,
    url_id,
)
from bot.model import Link, Paper, PaperId
from tests.papers import paper


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2203.01250v3", ("arxiv:2203.01250", 3)),
        ("arXiv:2203.01250", ("arxiv:2203.01250", 0)),
        ("oai:arXiv.org:2203.01250v12", ("arxiv:2203.01250", 12)),
        ("http://arxiv.org/abs/1706.03762v7", ("arxiv:1706.03762", 7)),
        ("https://arxiv.org/pdf/1706.03762.pdf", ("arxiv:1706.03762", 0)),
        ("https://export.arxiv.org/abs/hep-ex/0307015v1", ("arxiv:hep-ex/0307015", 1)),
        ("math.GT/0309136", ("arxiv:math/0309136", 0)),
        ("https://huggingface.co/papers/2606.00467", ("arxiv:2606.00467", 0)),
        ("0704.0001", ("arxiv:0704.0001", 0)),
    ],
)
def test_knows_an_arxiv_paper_however_it_is_written(text: str, found: tuple[str, int]) -> None:
    assert arxiv_version(text) == found


@pytest.mark.parametrize(
    "text", ["", "diffusion", "3.14", "2203.012", "10.1145/3292500", "http://arxiv.org/list/cs.CL"]
)
def test_takes_nothing_else_for_an_arxiv_paper(text: str) -> None:
    assert arxiv_version(text) is None


def test_an_arxiv_doi_is_the_arxiv_paper() -> None:
    assert doi_id("https://doi.org/10.48550/arXiv.2401.01234") == "arxiv:2401.01234"


def test_dois_are_folded_and_freed_of_their_address() -> None:
    assert doi_id("https://doi.org/10.1145/3292500.ABC.") == "doi:10.1145/3292500.abc"
    assert doi_id("no doi") is None


def test_every_id_fits_into_a_button() -> None:
    assert len(doi_id("10.1000/" + "x" * 500) or "") <= 80
    assert len(url_id("https://example.org/" + "y" * 500)) <= 80


def test_people_may_mean_an_id_an_address_or_words() -> None:
    assert id_from_text("<https://arxiv.org/abs/2401.01234>") == "arxiv:2401.01234"
    assert id_from_text("title:0123abcd") == "title:0123abcd"
    assert id_from_text("speculative decoding") is None
    assert id_from_text("title: something with words") is None


def test_the_paper_titled_0_is_a_paper_but_its_title_tells_nothing() -> None:
    zero = cleaned(Paper(PaperId("arxiv:2104.12255"), "0"))
    assert keys(zero) == ("arxiv:2104.12255",)
    assert not same_work(zero, Paper(PaperId("title:x"), "0"))


def test_titles_are_compared_by_their_words() -> None:
    assert title_id("Attention Is All  You Need!") == title_id("attention is all you need")
    assert title_id("Attention is all you need") != title_id("Attention is all you want")


def test_same_title_and_first_author_is_one_work_unless_ids_say_otherwise() -> None:
    arxiv = Paper(PaperId("arxiv:2401.00001"), "A Study of Very Long Titles", authors=("Ada Lovelace",))
    journal = Paper(
        PaperId("doi:10.1/x"), "A study of very long titles", authors=("Lovelace, A.", "B. Second")
    )
    assert same_work(arxiv, journal)
    assert not same_work(arxiv, replace(journal, id=PaperId("arxiv:2401.00002")))
    assert not same_work(arxiv, replace(journal, authors=("Charles Babbage",)))
    assert same_work(arxiv, Paper(title_id(arxiv.title), arxiv.title))


def test_a_newer_version_wins_and_an_older_one_changes_nothing() -> None:
    first = paper(1, "First title", abstract="one", version=1)
    second = replace(first, title="Second title", abstract="two", version=2)
    both = merged(first, second)
    assert (both.title, both.abstract, both.version) == ("Second title", "two", 2)
    assert merged(both, first) == both


def test_two_routes_fill_each_others_gaps() -> None:
    feed = paper(1, abstract="long", categories=("cs.CL",), sources=("arxiv",), version=1)
    daily = replace(
        feed,
        abstract="",
        summary="short",
        upvotes=12,
        version=0,
        announced_on=date(2026, 3, 5),
        categories=(),
        links=(Link("code", "https://example.org/x"),),
        sources=("huggingface",),
    )
    both = merged(feed, daily)
    assert (both.abstract, both.summary, both.upvotes) == ("long", "short", 12)
    assert both.announced_on == date(2026, 3, 5)
    assert both.sources == ("arxiv", "huggingface")
    assert both.links == (Link("code", "https://example.org/x"),)


def test_upvotes_are_the_latest_even_when_they_fall() -> None:
    assert merged(paper(1, upvotes=12), paper(1, upvotes=0)).upvotes == 0
    assert merged(paper(1, upvotes=12), paper(1)).upvotes == 12


papers = st.builds(
    lambda **fields: cleaned(Paper(PaperId("arxiv:2401.00001"), **fields)),
    title=st.sampled_from(["One title", "Another title"]),
    abstract=st.sampled_from(["", "a", "b"]),
    authors=st.sampled_from([(), ("A",), ("B", "C")]),
    categories=st.sampled_from([(), ("cs.CL",), ("cs.CV", "cs.CL")]),
    version=st.integers(0, 3),
    withdrawn=st.booleans(),
    upvotes=st.none() | st.integers(0, 3),
    announced_on=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 3)),
    aliases=st.sampled_from([(), (PaperId("doi:10.1/a"),)]),
)


@given(papers, papers)
def test_seeing_the_same_again_changes_nothing(known: Paper, seen: Paper) -> None:
    once = merged(known, seen)
    assert merged(once, seen) == once


def test_a_line_is_freed_of_control_and_direction_characters() -> None:
    assert clean_text("a\u202eb\x00c\ud800\n  d\u200b") == "abc d"


def test_a_paper_without_a_title_is_refused() -> None:
    with pytest.raises(ValueError, match="no title"):
        cleaned(Paper(PaperId("arxiv:2401.00001"), " \u202e "))
