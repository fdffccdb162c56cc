import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Paper, PaperId
from bot.search.analysis import (
    JOINED_WEIGHT,
    LONGEST_WORD,
    asked_stems,
    folded,
    indexed_text,
    joined,
    prepared,
    stem,
    stems,
    tokenizer,
)

TEXTS = st.text(max_size=300) | st.text(alphabet="aé-β’ \ud800\u00ad–GPT4", max_size=60)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Café Müller", "cafe muller"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("eﬃcient", "efficient"),
        ("TGF-β", "tgf-beta"),
        ("α‑synuclein", "alpha-synuclein"),
        ("H₂O", "h2o"),
        ("Navier–Stokes", "navier-stokes"),
        ("Straße", "strasse"),
        ("co\xadoperate", "cooperate"),
        ("Ångström ΔE", "angstrom deltae"),
    ],
)
def test_words_are_the_same_however_they_are_spelt(written: str, plain: str) -> None:
    assert folded(written) == plain


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("gpt4", "GPT-4 is a model"),
        ("GPT-4", "we use GPT4"),
        ("bert base", "BERT-base"),
        ("bertbase", "BERT-base"),
        ("3D", "three-D and 3D"),
        ("beta catenin", "β-catenin"),
        ("TGFβ", "TGF-beta"),
        ("cooperating robots", "co-operating robot"),
    ],
)
def test_a_hyphened_word_is_found_whole_and_split(asked: str, written: str) -> None:
    assert asked_stems(asked).keys() & set(tokenizer().analyze(prepared(written)))


def test_words_of_a_text_keep_their_order_and_neighbours() -> None:
    assert stems("Fine-tuning the BERT-base models") == ["fine", "tune", "the", "bert", "base", "model"]
    assert tokenizer().analyze(prepared("BERT-base models")) == ["bert", "base", "model", "bertbas"]


def test_what_a_hyphen_joins_counts_less_than_its_parts() -> None:
    assert asked_stems("GPT-4") == {"gpt": 1.0, "4": 1.0, "gpt4": JOINED_WEIGHT}


def test_stop_words_are_asked_only_where_there_is_nothing_else() -> None:
    assert asked_stems("attention is all you need").keys() == {"attent", "all", "you", "need"}
    assert asked_stems("The Who").keys() == {"the", "who"}


def test_what_is_too_long_is_no_word() -> None:
    assert asked_stems("a" * LONGEST_WORD)
    assert not asked_stems("a" * (LONGEST_WORD + 1))


def test_the_title_counts_more_than_the_rest() -> None:
    paper = Paper(PaperId("arxiv:1"), "Low-rank", "of matrices", authors=("Ada Łovelace",), labs=("CERN",))
    words = tokenizer().analyze(indexed_text(paper, prepared(paper.title)))
    assert [words.count(word) for word in ("low", "lowrank", "matric", "lovelac", "cern")] == [3, 3, 1, 1, 1]


@given(TEXTS)
def test_any_text_is_analysed_alike_for_index_and_query(text: str) -> None:
    indexed = tokenizer().analyze(prepared(text))
    assert indexed[: len(stems(text))] == stems(text)
    assert asked_stems(text).keys() <= set(indexed)


@given(TEXTS | st.text(alphabet="ab-- \n.,(_é", max_size=40))
def test_hyphened_words_are_those_whose_parts_hyphens_join(text: str) -> None:
    plain = folded(text)
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)+", plain)
    assert joined(plain) == [word.replace("-", "") for word in words]


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TEXTS)
def test_a_stem_has_no_space(text: str) -> None:
    assert not any(" " in word for word in stems(text))
    assert stem("") == ""
