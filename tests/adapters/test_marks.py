"""Emphasis falls on whole words, and no letter of the text is lost or moved."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.marks import marked

letters = st.text(st.sampled_from("ab -é\u0301👍🏽\u200d\ufe0f_Ωあ\n\ud800<*&"), max_size=30)
places = st.tuples(st.integers(0, 30), st.integers(1, 4))


def marks_of(text: str, cuts: list[tuple[int, int]]) -> list[str]:
    """Pieces of the text, cut out anywhere, and one that is none."""
    return [*(text[start : start + length] for start, length in cuts), "zz"]


def shown(text: str, *marks: str) -> str:
    """The text with [ ] around what is emphasised."""
    return "".join(f"[{piece}]" if is_marked else piece for piece, is_marked in marked(text, marks))


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("Attention is all you need", ["Attention", "need"], "[Attention] is all you [need]"),
        ("attention and inattention, attentions", ["attention"], "[attention] and inattention, attentions"),
        ("deep learning, deeply", ["deep", "learning"], "[deep learning], deeply"),
        ("a BERT-base model", ["BERT", "BERT-base"], "a [BERT-base] model"),
        ("a BERT-based model", ["BERT", "BERT-base"], "a [BERT]-based model"),
        ("C++ or C", ["C++"], "[C++] or C"),
        ("what? (this)", ["what", "this"], "[what]? ([this])"),
        ("cafe\u0301 cafe", ["cafe"], "cafe\u0301 [cafe]"),
        ("e\u0301t e\u0301", ["t", "e\u0301"], "e\u0301t [e\u0301]"),
        ("👩\u200d🔬 🔬", ["🔬", "👩"], "👩\u200d🔬 [🔬]"),
        ("👍🏽 👍", ["👍"], "👍🏽 [👍]"),
        ("β-amyloid Β", ["β"], "[β]-amyloid Β"),
        ("snake_case snake", ["snake"], "snake_case [snake]"),
        ("Attention", ["attention", "", " "], "Attention"),
        ("a.b a+b", ["a.b", ".*"], "[a.b] a+b"),
        ("", ["a"], ""),
        ("nothing", [], "nothing"),
    ],
)
def test_whole_words_are_marked_as_they_stand(text: str, marks: list[str], expected: str) -> None:
    assert shown(text, *marks) == expected


@given(letters, st.lists(places, max_size=5))
def test_the_pieces_are_the_text_and_take_turns(text: str, cuts: list[tuple[int, int]]) -> None:
    pieces = marked(text, marks_of(text, cuts))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
    assert all(one[1] != other[1] for one, other in pairwise(pieces))


@given(letters, st.lists(places, max_size=5))
def test_no_piece_begins_with_what_belongs_to_the_one_before(text: str, cuts: list[tuple[int, int]]) -> None:
    for (before, _), (after, _) in pairwise(marked(text, marks_of(text, cuts))):
        assert unicodedata.category(after[0])[0] != "M"
        assert before[-1] != "\u200d"
        assert not (before[-1].isalnum() and after[0].isalnum())


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=6), min_size=1, max_size=5))
def test_every_word_of_a_text_can_be_marked(words: list[str]) -> None:
    text = ", ".join(words)
    assert {piece for piece, is_marked in marked(text, words) if is_marked} == set(words)
