"""What an index knows of words and names by themselves, in every index."""

from dataclasses import replace

import pytest

from bot.ports import Query, SearchIndex, Words
from tests.contract.index_papers import PAPERS, about


@pytest.fixture
def full(index: SearchIndex) -> SearchIndex:
    index.add(PAPERS, 5)
    return index


def test_how_many_papers_have_a_word(full: SearchIndex) -> None:
    assert full.frequencies(
        ["transformer", "Transformers", "protein", "blockchain", "gpt-4", "and", "?"]
    ) == {
        "transformer": 2,
        "Transformers": 2,
        "protein": 1,
        "blockchain": 0,
        "gpt-4": 1,
        "and": 1,
        "?": 0,
    }
    assert full.frequencies([]) == {}


def test_words_are_completed_by_the_most_frequent(index: SearchIndex) -> None:
    titles = ["Transfer", "Transformers", "Transformers again", "Trees", "BERT-base", "Überall"]
    index.add([about(number, title) for number, title in enumerate(titles)], 6)
    assert index.complete("tr", 10) == ["transformers", "transfer", "trees"]
    assert index.complete("TR", 1) == ["transformers"]
    assert index.complete("bert", 5) == ["bert", "bert-base"]
    assert index.complete("über", 5) == ["uberall"]
    assert index.complete("x", 5) == index.complete("", 5) == index.complete("tr", 0) == []


def test_authors_are_completed_by_any_part_of_their_name(full: SearchIndex) -> None:
    assert full.authors("hop", 5) == ["Grace Brewster Hopper", "John Hopper"]
    assert full.authors("Emi", 5) == full.authors("éMI", 5) == full.authors("zo", 5) == ["Émile Zola"]
    assert full.authors("grace k", 5) == full.authors("kelly gr", 5) == ["Grace Kelly"]
    assert full.authors("g", 1) == ["Grace Brewster Hopper"]
    assert full.authors("x", 5) == full.authors("", 5) == full.authors("hop", 0) == []


def test_authors_with_most_papers_come_first(index: SearchIndex) -> None:
    index.add([about(1, "A", authors=("Ann Lee", "Bob van Lee")), about(2, "B", authors=("Bob van Lee",))], 2)
    assert index.authors("lee", 5) == ["Bob van Lee", "Ann Lee"]


def test_many_authors_share_a_beginning(index: SearchIndex) -> None:
    papers = [about(number, "A", authors=(f"Sam Sand{number % 300}", "Sue Most")) for number in range(3000)]
    index.add(papers, 3000)
    index.add([], 3000)
    assert index.authors("s", 3)[0] == "Sue Most"
    assert index.authors("sand29", 30)[0] == "Sam Sand29"
    assert len(index.authors("s", 25)) == 25


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("transfromers", "transformers"),
        ("protien", "protein"),
        ("specualtive", "speculative"),
        ("decodng", "decoding"),
        ("rpotein", "protein"),
        ("GROSE", "grosse"),
    ],
)
def test_a_misspelt_word_is_alike_to_what_was_meant(full: SearchIndex, typed: str, meant: str) -> None:
    assert full.alike(typed, 3)[0] == meant


def test_other_words_are_not_alike(full: SearchIndex) -> None:
    assert full.alike("blockchain", 3) == full.alike("x", 3) == full.alike("", 3) == []
    assert "protein" not in full.alike("protein", 5)
    assert full.alike("protien", 0) == []


def test_nearer_and_then_more_frequent_words_come_first(index: SearchIndex) -> None:
    index.add([about(1, "Attention inattention"), about(2, "Retention"), about(3, "Retention detention")], 3)
    assert index.alike("attention", 5) == ["retention", "detention", "inattention"]
    assert index.alike("etention", 5) == ["retention", "detention", "attention"]


def test_a_changed_paper_is_not_counted_twice(index: SearchIndex) -> None:
    index.add([about(1, "Alpha"), about(2, "Alphabet"), about(3, "Alphabet")], 3)
    index.add([replace(about(1, "Alpha", "changed"), authors=("Ann Lee",))] * 2, 4)
    assert index.complete("alp", 5) == ["alphabet", "alpha"]
    assert index.authors("lee", 5) == ["Ann Lee"]


def test_what_single_channels_read_is_offered_to_nobody(index: SearchIndex) -> None:
    own = about(1, "Unpublished zeolites", authors=("Zoe Quiet",), sources=("feed:https://lab.example/f",))
    index.add([own], 1)
    assert index.complete("zeo", 5) == index.authors("quiet", 5) == index.alike("zeolitse", 5) == []
    asked = Query((Words("quiet", field="author"),))
    assert [hit.paper for hit in index.search(asked, 5)] == [own.id]
    assert not index.search(Query((Words("zeolites"),), unwanted=asked.wanted), 5)
    index.add([replace(own, sources=(*own.sources, "arxiv"))], 2)
    assert index.complete("zeo", 5) == ["zeolites"]
    assert index.authors("quiet", 5) == ["Zoe Quiet"]
