"""What else a query asks for, beside words, in every index."""

from datetime import date

import pytest

from bot.model import PaperId
from bot.ports import Query, SearchIndex, Words
from tests.contract.index_papers import NUMBERS, PAPERS, about, found, ids, words

IDS = {number: paper for paper, number in NUMBERS.items()}


@pytest.fixture
def full(index: SearchIndex) -> SearchIndex:
    index.add(PAPERS, 5)
    return index


def field(name: str, text: str, *, phrase: bool = False) -> Query:
    return Query(wanted=(Words(text, phrase, name),))


@pytest.mark.parametrize(
    ("text", "is_phrase", "numbers"),
    [
        ("transformers", False, [1]),
        ("Transformer", False, [1]),
        ("decoding transformers", False, [1]),
        ("transformers decoding", False, [1]),
        ("transformers decoding", True, []),
        ("decoding for transformers", True, [1]),
        ("attention", False, []),
        ("gpt-4", False, [4]),
        ("and", False, [4]),
        ("groesse", False, []),
        ("grösse", False, [5]),
        ("transformers networks", False, []),
    ],
)
def test_words_of_a_title(full: SearchIndex, text: str, is_phrase: bool, numbers: list[int]) -> None:
    assert found(full, field("title", text, phrase=is_phrase)) == numbers


@pytest.mark.parametrize(
    ("text", "is_phrase", "numbers"),
    [
        ("hopper", False, [4, 3]),
        ("Émile", False, [3]),
        ("emile zola", False, [3]),
        ("Zola, Emile", False, [3]),
        ("zola emile", True, []),
        ("grace hopper", False, [3]),
        ("grace hopper", True, []),
        ("brewster hopper", True, [3]),
        ("zola hopper", False, []),
        ("G. Hopper", False, [3]),
        ("hop", False, []),
        ("decoding", False, []),
    ],
)
def test_words_of_one_author(full: SearchIndex, text: str, is_phrase: bool, numbers: list[int]) -> None:
    assert found(full, field("author", text, phrase=is_phrase)) == numbers


def test_fields_and_words_together(full: SearchIndex) -> None:
    hopper = Words("hopper", field="author")
    assert found(full, Query((hopper, Words("protein")))) == [3]
    assert found(full, Query((hopper, Words("graph")))) == []
    assert found(full, Query((Words("grace"),), (Words("zola", field="author"),))) == [4]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (Query(categories=("cs.LG",)), {1, 2}),
        (Query(categories=("CS.lg",)), {1, 2}),
        (Query(categories=("cs",)), {1, 2}),
        (Query(categories=("q-bio", "cs.CL")), {1, 3}),
        (Query(categories=("c",)), set()),
        (Query(no_categories=("cs.CL",)), {2, 3, 4, 5}),
        (Query(no_categories=("cs", "q-bio")), {4, 5}),
        (Query(sources=("arxiv",)), {1, 2}),
        (Query(sources=("huggingface", "biorxiv")), {2, 3}),
        (Query(no_sources=("arxiv",)), {3, 4, 5}),
        (Query(categories=("cs",), no_sources=("huggingface",)), {1}),
        (Query(since=date(2026, 1, 5)), {1, 2, 4}),
        (Query(since=date(2026, 1, 6)), {2}),
        (Query(before=date(2026, 1, 5)), {3}),
        (Query(before=date(2026, 1, 6)), {1, 3, 4}),
        (Query(since=date(2026, 1, 1), before=date(2026, 1, 9)), {1, 4}),
        (Query(since=date(2026, 2, 1), before=date(2026, 1, 1)), set()),
        (Query(since=date.min, before=date.max), {1, 2, 3, 4}),
        (Query(within=frozenset({IDS[1], IDS[5], PaperId("x:1")})), {1, 5}),
        (Query(within=frozenset()), set()),
        (Query(beyond=frozenset({IDS[1], IDS[5], PaperId("x:1")})), {2, 3, 4}),
        (Query(unwanted=(Words("transformers"),)), {3, 4, 5}),
    ],
)
def test_filters(full: SearchIndex, query: Query, numbers: set[int]) -> None:
    assert set(found(full, query)) == numbers


def test_a_paper_without_a_day_is_of_no_time(full: SearchIndex) -> None:
    assert found(full, Query(since=date.min)) == [2, *found(full, Query(since=date.min))[1:]]
    assert 5 not in found(full, Query(before=date.max))


def test_without_words_the_latest_come_first(full: SearchIndex) -> None:
    numbers = found(full, Query())
    assert numbers[0] == 2
    assert set(numbers[1:3]) == {1, 4}
    assert numbers[3:] == [3, 5]
    assert found(full, Query(), 2, 1) == numbers[1:3]


def test_filters_and_words_together(full: SearchIndex) -> None:
    wanted = (Words("transformers"), Words("protein"))
    assert found(full, Query(wanted, categories=("cs.CL",))) == [1]
    assert found(full, Query(wanted, beyond=frozenset({IDS[3]}))) == [1, 2]
    assert found(full, Query(wanted, before=date(2026, 1, 1))) == [3]


def test_a_filter_changes_no_order(full: SearchIndex) -> None:
    plain = full.search(words("transformers", "decoding"), 10)
    assert full.search(Query((Words("transformers"), Words("decoding")), sources=("arxiv",)), 10) == plain


def test_many_papers_may_be_named(index: SearchIndex) -> None:
    index.add([about(number, "Alpha") for number in range(1, 900)], 900)
    some = frozenset(about(number, "").id for number in range(1, 5000, 2))
    assert len(ids(index, Query((Words("alpha"),), within=some), 1000)) == 450
    assert len(ids(index, Query((Words("alpha"),), beyond=some), 1000)) == 449
