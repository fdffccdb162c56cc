"""Followed authors and labs."""

import pytest

from bot.model import Interest
from bot.ports import Profile
from bot.recommend import Learner
from bot.recommend.people import is_by, is_from
from bot.recommend.scoring import PEOPLE
from tests.papers import paper


@pytest.mark.parametrize(
    ("name", "wanted", "same"),
    [
        ("Yann LeCun", "Yann LeCun", True),
        ("Y. LeCun", "Yann LeCun", True),
        ("Yann LeCun", "lecun", True),
        ("LeCun, Yann", "Yann Lecun", True),
        ("Yves LeCun", "Yann LeCun", False),
        ("Jürgen Schmidhuber", "Jurgen Schmidhuber", True),
        ("Fei-Fei Li", "Fei Fei Li", True),
        ("Fei-Fei Li", "Feng Li", False),
        ("Jane Q. Public", "Jane Public", True),
        ("J Smithson", "J Smith", False),
        ("", "Jane Public", False),
        ("Jane Public", "...", False),
    ],
)
def test_a_person_is_told_by_surname_and_first_names_that_agree(name: str, wanted: str, same: bool) -> None:
    assert is_by(paper(1, authors=("Somebody Else", name)), wanted) is same


def test_a_lab_is_told_by_its_words_in_order() -> None:
    one = paper(1, labs=("Allen Institute for AI, Seattle", "ETH Zürich"))
    assert is_from(one, "allen institute for ai")
    assert is_from(one, "ETH Zurich")
    assert not is_from(one, "Allen Institute for Brain Science")
    assert not is_from(one, "Zur")
    assert not is_from(one, "")


def test_a_followed_author_comes_first_and_the_reason_says_so() -> None:
    papers = [paper(i, f"Robot arm number {i}") for i in range(5)]
    papers.append(paper(9, "Of quarks", authors=("Yann LeCun",)))
    profile = Profile(interests=(Interest("robot arm"), Interest("author: Yann LeCun", author="Yann LeCun")))
    first = Learner().recommend(profile, papers, 3)[0]
    assert first.paper.title == "Of quarks"
    assert first.reason.startswith("you follow author: Yann LeCun")
    assert first.matches


def test_the_parts_of_an_explanation_still_add_up() -> None:
    papers = [paper(1, "Of quarks", labs=("CERN",)), paper(2, "Of stars")]
    profile = Profile(interests=(Interest("lab: CERN", lab="CERN"),))
    told = Learner().explain(profile, papers, papers[0])
    assert dict(told.parts)["authors and labs you follow"] == PEOPLE
    assert sum(value for _, value in told.parts) == pytest.approx(told.score)


def test_a_followed_name_does_not_weaken_followed_words() -> None:
    papers = [paper(1, "Robot arm"), paper(2, "Stars far away")]
    words = Learner().explain(Profile(interests=(Interest("robot arm"),)), papers, papers[0])
    both = Learner().explain(
        Profile(interests=(Interest("robot arm"), Interest("author: A B", author="A B"))), papers, papers[0]
    )
    assert both.score == words.score
