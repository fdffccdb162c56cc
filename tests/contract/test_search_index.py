"""Words → papers, in every index."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.model import PaperId
from bot.ports import Query, SearchIndex, Words
from bot.search.catchup import catch_up
from bot.search.fts5 import Fts5Index
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from bot.store.open import MigratedStore
from tests.contract.index_papers import NUMBERS, PAPERS, about, found, ids, phrase, words


@pytest.fixture
def full(index: SearchIndex) -> SearchIndex:
    index.add(PAPERS, 5)
    return index


def test_an_empty_index_answers(index: SearchIndex) -> None:
    assert index.position() == 0
    assert index.search(words("decoding"), 10) == []
    assert index.search(Query(), 10) == []


def test_an_unknown_word_finds_nothing(full: SearchIndex) -> None:
    assert found(full, words("blockchain")) == []


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("folding", 3),
        ("molecules", 3),
        ("draft", 1),
        ("zola", 3),
        ("benchmarking", 4),
        ("summary of what it can do: 3D", 4),
    ],
)
def test_a_paper_is_found_by_a_word_of_any_of_its_texts(full: SearchIndex, word: str, number: int) -> None:
    assert found(full, words(*word.split()))[0] == number


@pytest.mark.parametrize(
    ("word", "number"),
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
        ("café", 5),
        ("cafe", 5),
        ("β-VAE", 5),
        ("beta", 5),
        ("3D", 4),
        ("3d", 4),
    ],
)
def test_case_plural_diacritics_ligatures_and_greek_letters_do_not_matter(
    full: SearchIndex, word: str, number: int
) -> None:
    assert found(full, words(word)) == [number]


@pytest.mark.parametrize("word", ["GPT-4", "gpt", "GPT4", "gpt4", "gpt 4"])
def test_a_hyphened_word_is_found_whole_and_split(full: SearchIndex, word: str) -> None:
    assert found(full, words(word)) == [4]


def test_a_title_counts_more_than_an_abstract(full: SearchIndex) -> None:
    assert found(full, words("transformers")) == [1, 2]
    assert found(full, words("decoding", "transformer")) == [1, 2]


def test_more_words_and_rarer_ones_come_first(full: SearchIndex) -> None:
    assert found(full, words("molecules", "protein", "graph")) == [3, 2]
    assert found(full, words("transformers", "protein"))[0] == 3, "the rarer one"


def test_scores_fall(full: SearchIndex) -> None:
    hits = full.search(words("graph", "transformers", "attention", "folding", "models"), 10)
    scores = [hit.score for hit in hits]
    assert len(scores) > 2
    assert scores == sorted(scores, reverse=True)


def test_of_equal_papers_the_latest_comes_first(index: SearchIndex) -> None:
    days = {1: date(2025, 12, 31), 2: date(2026, 1, 5), 3: date(2026, 1, 9), 4: None, 5: date(2024, 2, 29)}
    index.add([about(number, "The same", published_on=day) for number, day in days.items()], 5)
    assert [NUMBERS[hit] for hit in ids(index, words("same"))] == [3, 2, 1, 5, 4]


@pytest.mark.parametrize("text", ["decoding for transformers", "speculative-decoding", "Small  model"])
def test_a_phrase_is_found_only_together(full: SearchIndex, text: str) -> None:
    assert found(full, phrase(text)) == [1]


@pytest.mark.parametrize("text", ["transformers decoding", "decoding tokens", "4-gpt"])
def test_words_in_another_order_or_place_are_no_phrase(full: SearchIndex, text: str) -> None:
    assert found(full, phrase(text)) == []


def test_a_phrase_may_have_small_words(full: SearchIndex) -> None:
    assert found(full, phrase("state of the art")) == [1]
    assert found(full, phrase("and its class")) == [4]


def test_phrases_are_needed_and_of_other_words_one(full: SearchIndex) -> None:
    query = Query(wanted=(Words("decoding", phrase=True), Words("attention"), Words("blockchain")))
    assert found(full, query) == [2]


@pytest.mark.parametrize(
    "unwanted", [Words("graph"), Words("graph networks", phrase=True), Words("graph", field="title")]
)
def test_what_is_not_wanted_is_left_out(full: SearchIndex, unwanted: Words) -> None:
    assert found(full, Query(wanted=(Words("transformers"),), unwanted=(unwanted,))) == [1]


def test_of_a_hyphened_word_that_is_not_wanted_all_parts_count(full: SearchIndex) -> None:
    some = (Words("models"), Words("modelle"))
    assert 4 in found(full, Query(wanted=some, unwanted=(Words("GPT-3"),)))
    assert 4 not in found(full, Query(wanted=some, unwanted=(Words("GPT-4"),)))


@pytest.mark.parametrize("text", ["", "   ", "-", '"', "?!*", "\0", "\ud800", "“”", "___"])
def test_words_without_a_letter_find_nothing(full: SearchIndex, text: str) -> None:
    for query in (words(text), phrase(text), Query(wanted=(Words(text, field="author"),))):
        assert found(full, query) == []
    assert len(found(full, Query(unwanted=(Words(text),)))) == 5


@pytest.mark.parametrize(
    "more",
    [
        '"',
        "AND",
        "OR NOT",
        "NEAR(",
        "title:",
        "*",
        "^",
        "(",
        "{title abstract}:",
        "'; DROP TABLE papers; --",
        "\0",
        "\ud800",
        "x" * 5000,
        "\u202e",
        "+ ~x [a TO b] /./",
    ],
)
def test_hostile_words_are_only_words(full: SearchIndex, more: str) -> None:
    assert found(full, words("folding", more))[0] == 3
    assert found(full, words(f"folding{more}"))[:1] in ([3], [])
    assert found(full, Query(wanted=(Words("folding"),), unwanted=(Words(f"?{more}graph"),)))[0] == 3


def test_many_words_are_searched(full: SearchIndex) -> None:
    assert found(full, words("folding", *(f"word{number}" for number in range(500)))) == [3]


def test_words_of_the_index_own_language_are_words(index: SearchIndex) -> None:
    index.add([about(1, "AND OR NOT NEAR"), about(2, "Something else")], 2)
    for word in ("not", "AND", "or", "near"):
        assert len(ids(index, words(word))) == 1, "in a title even words that everything has are found"
    assert len(ids(index, phrase("and or not"))) == 1


def test_pages_do_not_overlap_and_leave_nothing_out(index: SearchIndex) -> None:
    both = [about(number, f"Alpha beta {'gamma ' * (number % 3)}") for number in range(1, 8)]
    one = [about(number, f"Alpha {'delta ' * (number % 2)}") for number in range(8, 15)]
    same = [about(number, "Alpha") for number in range(16, 400)]
    index.add([*both, *one, *same, about(15, "Nothing of it")], 15)
    for query in (words("alpha", "beta"), words("alpha"), Query()):
        whole = index.search(query, 1000)
        assert len({hit.paper for hit in whole}) == len(whole) == (399 if query == Query() else 398)
        for size in (3, 100, 130):
            pages = [index.search(query, size, offset) for offset in range(0, 420, size)]
            assert [hit for page in pages for hit in page] == whole
            assert all(len(page) <= size for page in pages)


def test_a_limit_of_nothing_finds_nothing(full: SearchIndex) -> None:
    assert full.search(words("transformers"), 0) == []
    assert full.search(words("transformers"), 10, 99) == []
    assert full.search(Query(), 0) == []


def test_an_updated_paper_is_found_by_its_new_words_only(full: SearchIndex) -> None:
    full.add([replace(PAPERS[2], title="Protein unfolding", abstract="Nothing", authors=())], 6)
    assert found(full, words("unfolding")) == [3]
    assert (
        found(full, words("folding")) == found(full, words("molecules")) == found(full, words("zola")) == []
    )
    assert found(full, words("protein")) == [3]


def test_adding_again_changes_nothing(full: SearchIndex) -> None:
    before = ids(full, words("transformers", "models"))
    full.add(PAPERS, 5)
    assert ids(full, words("transformers", "models")) == before
    assert len(ids(full, Query())) == 5


def test_one_paper_twice_in_a_batch_is_indexed_once(index: SearchIndex) -> None:
    index.add([PAPERS[0], replace(PAPERS[0], title="Renamed decoding")], 2)
    assert found(index, words("decoding")) == [1]
    assert found(index, words("renamed")) == [1]
    assert found(index, words("transformers")) == []


def test_a_paper_that_was_merged_away_is_not_found(full: SearchIndex) -> None:
    full.add([replace(PAPERS[0], aliases=(PAPERS[1].id,))], 6)
    assert found(full, words("graph")) == []
    assert found(full, words("transformers")) == [1]


def test_a_paper_of_a_large_batch_may_come_again_at_once(index: SearchIndex) -> None:
    many = [about(number, f"Alpha word{number}") for number in range(1, 1200)]
    index.add(many, 1199)
    assert index.position() == 1199
    index.add([replace(paper, title="Beta") for paper in many[:1100]], 2299)
    index.add([replace(many[1150], aliases=(many[1151].id,))], 2300)
    assert len(ids(index, words("alpha"), 2000)) == 98
    assert len(ids(index, words("beta"), 2000)) == 1100


def test_a_large_batch_is_found_once_an_empty_one_follows(index: SearchIndex) -> None:
    index.add([about(number, "Alpha") for number in range(1, 1200)], 1199)
    index.add([], 1199)
    assert len(ids(index, words("alpha"), 2000)) == 1199


def test_the_position_is_remembered(index: SearchIndex) -> None:
    index.add(PAPERS[:2], 17)
    assert index.position() == 17
    index.add([], 18)
    assert index.position() == 18


def test_forgotten_papers_are_not_found(full: SearchIndex) -> None:
    full.forget([PAPERS[0].id, PaperId("arxiv:none")])
    full.add([], 6)
    assert found(full, words("transformers")) == [2]
    assert len(ids(full, Query())) == len(PAPERS) - 1
    full.add(PAPERS[:1], 7)
    assert found(full, words("transformers")) == [1, 2]


def test_a_paper_is_forgotten_before_its_large_batch_is_found(index: SearchIndex) -> None:
    index.add([about(number, "Alpha") for number in range(1, 1200)], 1199)
    index.forget([about(7, "").id])
    index.add([], 1200)
    assert len(ids(index, words("alpha"), 2000)) == 1198


def test_a_cleared_index_is_empty_and_can_be_filled_again(full: SearchIndex) -> None:
    full.clear()
    assert full.position() == 0
    assert full.search(Query(), 10) == full.search(words("transformers"), 10) == []
    assert full.complete("trans", 5) == full.authors("hop", 5) == full.alike("protien", 5) == []
    full.add(PAPERS[:1], 1)
    assert found(full, words("transformers")) == [1]
    assert full.complete("trans", 5) == ["transformers"]


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
        about(number, text, text, authors=(text,), keywords=(text,), categories=(text,), sources=(text,))
        for number, text in enumerate(texts)
    ]
    index.add(papers, len(papers))
    for word, number in (("drop", 0), ("byte", 2), ("half", 3), ("שלום", 7)):
        assert ids(index, words(word)) == [papers[number].id]
    assert index.position() == len(texts)


def test_closing_twice_is_allowed(full: SearchIndex) -> None:
    full.close()
    full.close()


def test_threads_may_search_while_one_adds(index: SearchIndex) -> None:
    def work(number: int) -> int:
        if number % 4 == 0:
            index.add([about(number, f"Common word{number}", authors=("Ann Common",))], number)
        index.complete("com", 5)
        index.authors("com", 5)
        return len(ids(index, words("common"), 100))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert len(ids(index, words("common"), 100)) == 10


HOSTILE = st.text(st.characters(codec=None), max_size=40) | st.text('ab"-_ .(*:', max_size=20)
WORDS = st.builds(Words, HOSTILE, st.booleans(), st.sampled_from(["", "title", "author"]))


@pytest.mark.parametrize("make", [TantivyIndex, Fts5Index])
@settings(max_examples=60, deadline=None)
@given(text=HOSTILE, wanted=st.lists(WORDS, max_size=3), unwanted=st.lists(WORDS, max_size=2))
@example(text='a "b', wanted=[Words('a "b')], unwanted=[])
def test_any_string_is_text_and_can_be_asked_for(
    make: Callable[[None], SearchIndex], text: str, wanted: list[Words], unwanted: list[Words]
) -> None:
    index = make(None)
    index.add([about(1, "a b ab", text, authors=(text,), categories=(text,))], 1)
    query = Query(tuple(wanted), tuple(unwanted), categories=(text,), no_sources=(text,))
    assert ids(index, query) in ([], [about(1, "").id])
    for typed in (text, *(one.text for one in wanted)):
        index.complete(typed, 3)
        index.authors(typed, 3)
        index.alike(typed, 3)
        index.frequencies([typed])
    index.close()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    word=st.text(st.characters(categories=["Ll", "Lu", "Nd"], max_codepoint=0x24F), min_size=4, max_size=9)
)
def test_any_word_finds_the_paper_that_has_it(index: SearchIndex, word: str) -> None:
    index.add([about(1, f"Some {word} words")], 1)
    assert ids(index, words(word)) == [about(1, "").id]


def test_both_indexes_find_the_same_papers() -> None:
    tantivy, fts5 = TantivyIndex(None), Fts5Index(None)
    for index in (tantivy, fts5):
        index.add(PAPERS, 5)
    for query in (
        words("transformers"),
        words("molecule", "gpt-4", "coding", "naive"),
        phrase("small model"),
        Query((Words("speculative"), Words("decoding")), (Words("graph"),)),
        Query((Words("hopper", field="author"), Words("large"))),
    ):
        assert set(found(tantivy, query)) == set(found(fts5, query)), query


def test_catching_up_indexes_what_is_new_or_changed(index: SearchIndex, store: MigratedStore) -> None:
    told: list[int] = []
    store.add_papers(PAPERS)
    assert catch_up(index, store, batch=2, on_progress=told.append) == 5
    assert told == [2, 4, 5]
    assert catch_up(index, store) == 0
    store.add_papers([replace(PAPERS[2], title="Protein unfolding", version=2), PAPERS[0]])
    assert catch_up(index, store) == 1
    assert found(index, words("unfolding")) == [3]
    assert found(index, words("transformers")) == [1, 2]


def test_an_index_of_another_store_is_built_again(index: SearchIndex, store: MigratedStore) -> None:
    index.add(PAPERS, 10**6)
    store.add_papers([about(9, "Zeolites")])
    assert catch_up(index, store) == 1
    assert index.position() <= store.edition()
    assert [hit.paper for hit in index.search(Query((Words("zeolites protein"),)), 5)] == [about(9, "").id]


def test_an_index_remembers_of_which_store_it_is(index: SearchIndex) -> None:
    assert index.identity() == ""
    index.add(PAPERS, 5)
    assert index.clear("a store")
    assert (index.identity(), index.position()) == ("a store", 0)
    index.add(PAPERS, 5)
    index.close()
    assert index.identity() in {"a store", ""}, "in memory nothing is left"
    assert index.clear()
    assert index.identity() == ""


def test_an_index_of_another_store_that_has_overtaken_it_is_built_again(
    index: SearchIndex, store: MigratedStore, caplog: pytest.LogCaptureFixture
) -> None:
    other = MemoryStore()
    other.add_papers(PAPERS[:2])
    with caplog.at_level("WARNING"):
        catch_up(index, other)
        assert not caplog.records
        store.add_papers([about(number, f"Zeolites {number}") for number in range(6, 10)])
        assert catch_up(index, store) == 4
    assert "of another database: it is built again" in caplog.text
    assert set(ids(index, Query())) == {about(number, "").id for number in range(6, 10)}
    assert index.identity() == store.identity()
    assert catch_up(index, store) == 0


def test_catching_up_stops_when_it_is_told_to(index: SearchIndex, store: MigratedStore) -> None:
    store.add_papers(PAPERS)
    answers = iter([True, True, False])
    assert catch_up(index, store, batch=2, go_on=lambda: next(answers)) == 4
    assert index.position() == 4
    assert len(ids(index, Query())) == 4


def test_catching_up_follows_what_went(index: SearchIndex, store: MigratedStore) -> None:
    day = date(2026, 1, 1)
    store.add_papers([replace(one, announced_on=day) for one in PAPERS])
    catch_up(index, store)
    store.add_papers([about(9, "Zeolites", announced_on=day)])
    assert store.prune_papers(day + timedelta(days=1)) == 6
    store.add_papers([replace(PAPERS[1], announced_on=day)])
    assert catch_up(index, store, batch=2) == 1
    assert ids(index, Query()) == [PAPERS[1].id]
    assert catch_up(index, store) == 0
    assert store.prune_papers(day + timedelta(days=1)) == 1
    assert catch_up(index, store) == 0
    assert ids(index, Query()) == []
    assert index.position() == store.edition()


def test_catching_up_follows_a_merge(index: SearchIndex, store: MigratedStore) -> None:
    journal = replace(PAPERS[1], id=PaperId("doi:10.1/j"))
    store.add_papers([PAPERS[0], journal])
    catch_up(index, store)
    store.add_papers([replace(PAPERS[0], aliases=(journal.id,))])
    catch_up(index, store)
    assert found(index, words("decoding")) == [1]
