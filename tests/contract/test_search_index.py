"""Words → papers, in every index."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.model import Paper, PaperId
from bot.ports import SearchIndex
from bot.search.catchup import catch_up
from bot.search.fts5 import Fts5Index
from bot.search.query import Query, parse
from bot.search.scan import ScanIndex
from bot.store.open import MigratedStore


def about(number: int, title: str, abstract: str = "", **fields: object) -> Paper:
    return Paper(id=PaperId(f"arxiv:2601.{number:05}"), title=title, abstract=abstract, **fields)  # type: ignore[arg-type]


PAPERS = [
    about(1, "Speculative decoding for transformers", "We draft tokens with a small model."),
    about(
        2,
        "Graph networks",
        "Attention is not needed; transformers are mentioned, decoding is not speculative.",
    ),
    about(3, "Protein folding at scale", "A study of molecules.", authors=("Émile Zola", "Grace Hopper")),
    about(4, "GPT-4 and its class", "Large models.", summary="What it can do.", keywords=("benchmarking",)),
    about(5, "Die Größe der Modelle", "Über naïve Ansätze und eﬃcient coding."),
]
NUMBERS = {paper.id: number for number, paper in enumerate(PAPERS, start=1)}


def found(index: SearchIndex, query: str, limit: int = 10, offset: int = 0) -> list[int]:
    return [NUMBERS[hit.paper] for hit in index.search(query, limit, offset)]


@pytest.fixture
def full(index: SearchIndex) -> SearchIndex:
    index.add(PAPERS, 5)
    return index


def test_an_empty_index_answers(index: SearchIndex) -> None:
    assert index.position() == 0
    assert index.search("decoding", 10) == []


def test_an_unknown_word_finds_nothing(full: SearchIndex) -> None:
    assert found(full, "blockchain") == []


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("folding", 3),
        ("molecules", 3),
        ("draft", 1),
        ("hopper", 3),
        ("benchmarking", 4),
        ("summary of what it can do", 4),
    ],
)
def test_a_paper_is_found_by_a_word_of_any_of_its_texts(full: SearchIndex, query: str, number: int) -> None:
    assert found(full, query)[0] == number


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("FOLDING", 3),
        ("proteins", 3),
        ("molecule", 3),
        ("emile", 3),
        ("Émile", 3),
        ("E\u0301mile", 3),
        ("naive", 5),
        ("uber", 5),
        ("GRÖSSE", 5),
        ("efficient", 5),
    ],
)
def test_case_plural_diacritics_and_ligatures_do_not_matter(
    full: SearchIndex, query: str, number: int
) -> None:
    assert found(full, query) == [number]


def test_a_title_counts_more_than_an_abstract(full: SearchIndex) -> None:
    assert found(full, "transformers") == [1, 2]
    assert found(full, "decoding transformer") == [1, 2]


def test_papers_with_all_words_come_before_those_with_some(full: SearchIndex) -> None:
    assert found(full, "molecules protein graph") == [3, 2]
    assert found(full, "graph transformers speculative attention") == [2, 1], "2 has them all"


def test_even_a_weak_match_of_all_words_comes_before_a_strong_one_of_some(index: SearchIndex) -> None:
    strong = about(1, "Decoding, decoding and decoding", "Decoding.")
    weak = about(2, "Something else", "filler " * 300 + "decoding of graphs")
    index.add([strong, weak, *PAPERS[2:]], 5)
    assert found(index, "decoding graphs") == [2, 1]


def test_a_word_in_double_s_is_no_plural(index: SearchIndex) -> None:
    index.add([about(1, "The mass of stars")], 1)
    assert found(index, "mass") == [1]
    assert found(index, "mas") == []


def test_scores_fall(full: SearchIndex) -> None:
    scores = [hit.score for hit in full.search("graph transformers attention folding models", 10)]
    assert len(scores) > 2
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "query", ['"decoding for transformers"', "“decoding for transformers”", "speculative-decoding"]
)
def test_a_phrase_is_found_only_together(full: SearchIndex, query: str) -> None:
    assert found(full, query) == [1]


def test_a_hyphenated_word_is_a_phrase(full: SearchIndex) -> None:
    assert found(full, "gpt-4") == [4]
    assert found(full, "4-gpt") == []


@pytest.mark.parametrize(
    "query", ["transformers -graph", 'transformers -"graph networks"', "-graph transformers"]
)
def test_a_word_with_a_minus_is_not_wanted(full: SearchIndex, query: str) -> None:
    assert found(full, query) == [1]


def test_what_is_not_wanted_is_kept_out_of_partial_matches_too(full: SearchIndex) -> None:
    assert found(full, "transformers folding -speculative") == [3]


@pytest.mark.parametrize(
    "query", ["", "   ", "-", '"', '""', "-graph", "?!*", "\0", "\ud800", "“”", "-“”", "___"]
)
def test_a_query_without_a_word_finds_nothing(full: SearchIndex, query: str) -> None:
    assert found(full, query) == []


@pytest.mark.parametrize(
    "query",
    [
        'folding"',
        '"folding',
        "folding AND",
        "folding OR NOT",
        "folding NEAR(",
        "title:folding",
        "folding*",
        "^folding",
        "(folding",
        "{title abstract}: folding",
        "folding'; DROP TABLE papers; --",
        "folding\0",
        "\ud800 folding",
        "folding " * 500,
        "folding " + " ".join(f"word{number}" for number in range(500)),
        "folding " + "x" * 5000,
        "folding \u202e",
        "+folding ~x",
    ],
)
def test_hostile_queries_are_only_words(full: SearchIndex, query: str) -> None:
    assert found(full, query)[0] == 3


def test_words_of_the_index_own_language_are_words(index: SearchIndex) -> None:
    index.add([about(1, "AND OR NOT NEAR"), about(2, "Something else")], 2)
    assert found(index, "not") == [1]
    assert found(index, "near") == [1]


def test_pages_do_not_overlap_and_leave_nothing_out(index: SearchIndex) -> None:
    both = [about(number, f"Alpha beta {'gamma ' * (number % 3)}") for number in range(1, 8)]
    one = [about(number, f"Alpha {'delta ' * (number % 2)}") for number in range(8, 15)]
    index.add([*both, *one, about(15, "Nothing of it")], 15)
    whole = index.search("alpha beta", 100)
    assert {hit.paper for hit in whole[:7]} == {paper.id for paper in both}
    assert {hit.paper for hit in whole[7:]} == {paper.id for paper in one}
    for size in (1, 3, 7, 10):
        pages = [index.search("alpha beta", size, offset) for offset in range(0, 21, size)]
        assert [hit for page in pages for hit in page] == whole
        assert all(len(page) <= size for page in pages)


def test_a_limit_of_nothing_finds_nothing(full: SearchIndex) -> None:
    assert full.search("transformers", 0) == []
    assert full.search("transformers", 10, 99) == []


def test_an_updated_paper_is_found_by_its_new_words_only(full: SearchIndex) -> None:
    full.add([replace(PAPERS[2], title="Protein unfolding", abstract="Nothing", authors=())], 6)
    assert found(full, "unfolding") == [3]
    assert found(full, "folding") == found(full, "molecules") == found(full, "hopper") == []
    assert found(full, "protein") == [3]


def test_adding_again_changes_nothing(full: SearchIndex) -> None:
    before = full.search("transformers models", 10)
    full.add(PAPERS, 5)
    assert full.search("transformers models", 10) == before


def test_one_paper_twice_in_a_batch_is_indexed_once(index: SearchIndex) -> None:
    index.add([PAPERS[0], replace(PAPERS[0], title="Renamed decoding")], 2)
    assert found(index, "decoding") == [1]
    assert found(index, "renamed") == [1]
    assert found(index, "transformers") == []


def test_a_paper_that_was_merged_away_is_not_found(full: SearchIndex) -> None:
    full.add([replace(PAPERS[0], aliases=(PAPERS[1].id,))], 6)
    assert found(full, "graph") == []
    assert found(full, "transformers") == [1]


def test_the_position_is_remembered(index: SearchIndex) -> None:
    index.add(PAPERS[:2], 17)
    assert index.position() == 17
    index.add([], 18)
    assert index.position() == 18


def test_hostile_papers_are_only_text(index: SearchIndex) -> None:
    texts = [
        "'; DROP TABLE papers; --",
        '"quoted"',
        "nul \0 byte",
        "lone \ud800 half",
        "x" * 5000,
        "",
        "\u202eabc",
        "שלום",
    ]
    papers = [
        about(number, text, text, authors=(text,), keywords=(text,)) for number, text in enumerate(texts)
    ]
    index.add(papers, len(papers))
    assert [hit.paper for hit in index.search("drop", 9)] == [papers[0].id]
    assert [hit.paper for hit in index.search("byte", 9)] == [papers[2].id]
    assert [hit.paper for hit in index.search("half", 9)] == [papers[3].id]
    assert [hit.paper for hit in index.search("שלום", 9)] == [papers[7].id]


def test_closing_twice_is_allowed(full: SearchIndex) -> None:
    full.close()
    full.close()


def test_threads_may_search_while_one_adds(index: SearchIndex) -> None:
    def work(number: int) -> int:
        if number % 4 == 0:
            index.add([about(number, f"Common word{number}")], number)
        return len(index.search("common", 100))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert len(index.search("common", 100)) == 10


@pytest.mark.parametrize("make", [ScanIndex, lambda: Fts5Index(None)], ids=["scan", "fts5"])
@settings(max_examples=100, deadline=None)
@given(query=st.text(st.characters(codec=None), max_size=40) | st.text('ab"-_ .(*:', max_size=20))
@example(query='a "b')
def test_any_string_is_a_query(make: Callable[[], SearchIndex], query: str) -> None:
    index = make()
    index.add([about(1, "a b ab", query)], 1)
    hits = index.search(query, 10)
    index.close()
    wanted = parse(query).wanted
    assert wanted or not hits


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    word=st.text(st.characters(categories=["Ll", "Lu", "Nd"], max_codepoint=0x24F), min_size=4, max_size=9)
)
def test_any_word_finds_the_paper_that_has_it(index: SearchIndex, word: str) -> None:
    index.add([about(1, f"Some {word} words")], 1)
    assert [hit.paper for hit in index.search(word, 10)] == [about(1, "").id]


def test_both_indexes_find_the_same_papers() -> None:
    scan, fts5 = ScanIndex(), Fts5Index(None)
    for index in (scan, fts5):
        index.add(PAPERS, 5)
    for query in (
        "transformers",
        "speculative decoding -graph",
        '"small model"',
        "molecule",
        "gpt-4 coding naive",
    ):
        assert set(found(scan, query)) == set(found(fts5, query)), query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Speculative  Decoding", Query((("speculative",), ("decoding",)))),
        ('a "b c" -d -"e f"', Query((("a",), ("b", "c")), (("d",), ("e", "f")))),
        ("GPT-4, BERT_base: don't", Query((("gpt", "4"), ("bert", "base"), ("don", "t")))),
        ("state-of-the-art", Query((("state", "of", "the", "art"),))),
        ("input/output a,b;c", Query((("input",), ("output",), ("a",), ("b",), ("c",)))),
        ("twice Twice TWICE", Query((("twice",),))),
        ("- --x", Query((), (("x",),))),
        ('"open end', Query((("open",), ("end",)))),
    ],
)
def test_the_query_language(text: str, query: Query) -> None:
    assert parse(text) == query


@given(st.text(st.characters(codec=None)))
@example('"' + "a b " * 99 + '"')
@example("word-" * 99)
@example("x y " + "-z " * 99)
def test_a_parsed_query_has_only_short_lists_of_words(text: str) -> None:
    query = parse(text)
    words = [word for phrase in (*query.wanted, *query.unwanted) for word in phrase]
    assert len(words) <= 64
    assert all(re.fullmatch(r"[^\W_]+", word) for word in words)
    assert all(phrase for phrase in (*query.wanted, *query.unwanted))


def test_catching_up_indexes_what_is_new_or_changed(index: SearchIndex, store: MigratedStore) -> None:
    told: list[int] = []
    store.add_papers(PAPERS)
    assert catch_up(index, store, batch=2, on_progress=told.append) == 5
    assert told == [2, 4, 5]
    assert catch_up(index, store) == 0
    store.add_papers([replace(PAPERS[2], title="Protein unfolding", version=2), PAPERS[0]])
    assert catch_up(index, store) == 1
    assert found(index, "unfolding") == [3]
    assert found(index, "transformers") == [1, 2]


def test_catching_up_follows_a_merge(index: SearchIndex, store: MigratedStore) -> None:
    journal = replace(PAPERS[1], id=PaperId("doi:10.1/j"))
    store.add_papers([PAPERS[0], journal])
    catch_up(index, store)
    store.add_papers([replace(PAPERS[0], aliases=(journal.id,))])
    catch_up(index, store)
    assert found(index, "decoding") == [1]
