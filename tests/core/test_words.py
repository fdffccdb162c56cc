"""What a text is about: found without looking at each of its words, and yet by whole words only."""

from hypothesis import example, given
from hypothesis import strategies as st

from bot.model import Interest, Paper, PaperId
from bot.recommend import Texts, bare_words, is_about

TEXTS = st.text("aesyxchS'’-_ 1.éßİſ", max_size=40)


def about(topic: str, text: str) -> bool:
    return is_about(Paper(PaperId("arxiv:1"), "", abstract=text), Interest(topic))


@given(TEXTS, TEXTS)
@example("study", "Case studies")
@example("box", "Boxes, etc.")
@example("ex'a", "s'ex'a")
@example("İs", "an İs")
def test_a_paper_is_about_a_topic_if_it_has_all_its_content_words(topic: str, text: str) -> None:
    wanted = bare_words(topic)
    assert about(topic, text) == (bool(wanted) and wanted <= bare_words(text))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6), TEXTS)
@example([("a s", "x"), ("s", "x s")], "x s")
def test_many_papers_are_about_what_each_alone_is_about(written: list[tuple[str, str]], topic: str) -> None:
    papers = [Paper(PaperId("arxiv:1"), title, abstract=text) for title, text in written]
    assert list(Texts(papers).about(Interest(topic))) == [is_about(one, Interest(topic)) for one in papers]


def test_a_part_of_a_word_is_no_word() -> None:
    assert not about("rank", "Cranks and ranking")
    assert about("rank", "Cranks, then ranks")
