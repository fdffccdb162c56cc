from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.model import Paper, PaperId
from bot.search.ranking import (
    COMMUNITY_WEIGHT,
    MOST_CHARACTERS,
    RECENCY_WEIGHT,
    added,
    ranked,
    spelt_alike,
    z_scores,
)

TODAY = date(2026, 11, 22)


def paper(title: str, abstract: str = "", **more: object) -> Paper:
    return Paper(PaperId(f"title:{title}"), title, abstract, **more)  # type: ignore[arg-type]


def best(asked: str, *papers: Paper) -> str:
    """The title of the first, where the index has no preference."""
    scores = ranked([1.0] * len(papers), papers, asked, TODAY)
    return max(zip(scores, papers, strict=True), key=lambda pair: pair[0])[1].title


def test_z_scores_have_mean_zero_and_deviation_one() -> None:
    assert list(z_scores([1.0, 3.0])) == [-1.0, 1.0]
    assert list(z_scores([7.0, 7.0])) == [0.0, 0.0]
    assert z_scores([]).size == 0


def test_what_else_is_told_counts_as_much_as_it_weighs() -> None:
    assert added([5.0, 9.0], [(0.5, [2.0, 1.0])]) == [-0.5, 0.5]
    assert added([5.0, 9.0], [], scaled=True) == [5.0, 9.0]


def test_words_in_their_order_are_more_alike_than_the_same_words_apart() -> None:
    apart, together, other = spelt_alike(
        "neural scaling laws",
        ["laws of scaling for neural nets", "on neural scaling laws today", "a survey of cats"],
    )
    assert together > apart > other == 0.0


def test_endings_and_compounds_are_alike() -> None:
    joined, split, other = spelt_alike(
        "microbiome", ["microbiomes of the soil here", "micro biome of the soil", "the machine of the soil"]
    )
    assert joined > split > other


def test_accents_capitals_and_hyphens_do_not_matter() -> None:
    plain, written = spelt_alike("poincare-map", ["on the poincare map", "on the Poincaré-Map"])
    assert plain == pytest.approx(written)


def test_no_run_goes_from_one_text_into_the_next() -> None:
    assert list(spelt_alike("abcdef", ["abc", "def"])) == pytest.approx(
        list(spelt_alike("abcdef", ["abc", "def"]))
    )
    assert not spelt_alike("cdx", ["abc", "dxy", "c", "dx"]).any()


def test_a_zero_inside_a_text_does_not_end_it() -> None:
    first, second = spelt_alike("abcd", ["x\0y abcd", "x y abcd"])
    assert first == pytest.approx(second)
    assert not spelt_alike("a\0\0\0b", ["cd", "ef"]).any()


def test_the_same_words_in_a_longer_text_are_less_alike() -> None:
    short, long = spelt_alike("deep sets", ["deep sets", "deep sets and what else there is"])
    assert short > long > 0


def test_only_the_beginning_of_a_long_text_is_compared() -> None:
    assert not spelt_alike("quark", ["a " * MOST_CHARACTERS + "quark", "b"]).any()


def test_a_title_as_it_was_typed_comes_first() -> None:
    wanted = paper("Deep sets", "We study permutations.")
    about = paper("Learning on sets with deep networks", "Deep sets are deep sets. Deep sets.")
    assert best("deep sets", about, wanted) == "Deep sets"


def test_of_equal_papers_the_newer_and_the_noticed_one_is_ahead() -> None:
    old, new = paper("a", published_on=date(2016, 1, 1)), paper("b", announced_on=TODAY)
    assert best("", old, new, paper("c")) == "b"
    assert best("", old, paper("d", published_on=date(2016, 1, 1), citations=3)) == "d"


def test_age_and_notice_never_count_more_than_stated() -> None:
    best_of_all = paper("a", published_on=TODAY, upvotes=10**6, stars=10**6, citations=10**6)
    scores = ranked([1.0, 1.0], [best_of_all, paper("b", upvotes=-5)], "", TODAY)
    assert scores == [pytest.approx(RECENCY_WEIGHT + COMMUNITY_WEIGHT), 0.0]
    future = ranked([1.0], [paper("a", published_on=date(2030, 1, 1))], "", TODAY)
    assert future == [pytest.approx(RECENCY_WEIGHT)]


def test_without_papers_there_is_nothing_to_rank() -> None:
    assert ranked([], [], "words", TODAY) == []


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=6))
def test_any_texts_can_be_compared(asked: str, texts: list[str]) -> None:
    alike = spelt_alike(asked, texts)
    assert alike.shape == (len(texts),)
    assert (alike >= 0).all()
    assert list(alike[::-1]) == pytest.approx(list(spelt_alike(asked, texts[::-1])))


@given(
    st.text(alphabet="ab c", max_size=40),
    st.lists(st.text(alphabet="ab c-,", max_size=40), min_size=1, max_size=4),
)
@example("bbba", ["bba"])
@example("abcabd", ["abd"])
def test_runs_are_counted_as_one_counts_by_hand(asked: str, texts: list[str]) -> None:
    plain = [text.replace("-", " ").replace(",", "") for text in texts]
    words = " ".join(asked.split())
    shares = [any(words[at : at + 3] in text for at in range(len(words) - 2)) for text in plain]
    assert [bool(one) for one in spelt_alike(asked, texts)] == shares


def test_how_many_others_are_compared_changes_no_length_and_no_count() -> None:
    texts = ["abcd " * (place % 7 + 1) for place in range(120)]
    alike = spelt_alike("abcd", texts)
    assert alike.shape == (120,)
    assert list(alike[:7]) * 17 == pytest.approx(list(alike[:119]))
