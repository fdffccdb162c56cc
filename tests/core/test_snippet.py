from hypothesis import given
from hypothesis import strategies as st

from bot.model import Paper, PaperId
from bot.ports import Words
from bot.search.snippet import LONGEST, excerpt_and_marks

FILLER = "Nothing of interest is said here at all, and it goes on for quite a while. " * 6


def paper(abstract: str, title: str = "A title") -> Paper:
    return Paper(PaperId("arxiv:1"), title, abstract)


def found(abstract: str, *words: Words, title: str = "A title") -> tuple[str, tuple[str, ...]]:
    return excerpt_and_marks(paper(abstract, title), words)


def test_a_short_abstract_is_shown_whole() -> None:
    assert found("We train networks.", Words("network")) == ("We train networks.", ("networks",))


def test_the_sentence_with_most_of_the_words_is_shown() -> None:
    text = f"{FILLER}A network is here. {FILLER}Graph networks reason about molecules. {FILLER}"
    excerpt, marks = found(text, Words("graph network"))
    assert "Graph networks reason about molecules." in excerpt
    assert "A network is here." not in excerpt
    assert excerpt.startswith("…")
    assert marks == ("Graph", "networks")


def test_a_sentence_without_end_is_shown_from_shortly_before_the_word() -> None:
    text = "and so on " * 100 + "quarks " + "and so on " * 100
    excerpt, marks = found(text, Words("quark"))
    assert marks == ("quarks",)
    assert "quarks" in excerpt
    assert not excerpt.startswith("…quarks")


def test_without_a_word_in_the_abstract_there_is_no_excerpt() -> None:
    assert found(FILLER, Words("quark"), title="Quarks") == ("", ("Quarks",))
    assert found("", Words("quark")) == ("", ())


def test_words_are_marked_as_they_stand() -> None:
    _, marks = found(
        "BERT-base, café and β-decay of GPT4.", Words("bertbase cafe GPT-4"), Words("beta decay", True)
    )
    assert marks == ("BERT-base", "café", "β-decay", "GPT4")


def test_neither_authors_nor_stop_words_are_marked() -> None:
    assert found("The lee of the hill.", Words("lee", field="author"), Words("the hill"))[1] == ("hill",)


@given(st.text(max_size=900), st.text(max_size=900), st.text(max_size=60))
def test_marks_stand_in_what_is_shown(title: str, abstract: str, words: str) -> None:
    excerpt, marks = found(abstract, Words(words), title=title)
    assert len(excerpt) <= LONGEST
    assert all(mark in title or mark in excerpt for mark in marks)
    assert excerpt.strip("…") in " ".join(abstract.split())


@given(st.lists(st.sampled_from(["quarks", "are", "bound.", "So", "gluons", "-"]), max_size=200))
def test_an_excerpt_holds_what_was_looked_for(parts: list[str]) -> None:
    excerpt, marks = found(" ".join(parts), Words("quark"))
    assert bool(excerpt) == ("quarks" in parts) == bool(marks)
