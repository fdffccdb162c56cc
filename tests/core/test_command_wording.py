"""What commands call things: categories, the same words, wild cards, the parts of a score, hints to install."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from bot.commands import Desk
from bot.digest import Choice, choose, fitting
from bot.errors import UserError
from bot.model import Paper
from bot.morning import Morning
from bot.ports import Explanation, Profile
from bot.recommend import NewestFirst
from tests.core.asking import CHANNEL, NOW, ask, like, open_desk, serve
from tests.papers import DAY, shelf, topic_of


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield from open_desk()


@pytest.mark.parametrize("typed", ["cat:cs.RO", "cat: cs.ro", "Category : cs.RO"])
def test_a_category_may_be_called_cat_everywhere(desk: Desk, typed: str) -> None:
    assert "Following cs.RO (category)" in ask(desk, f"follow {typed}").text
    assert "No longer following “cs.RO”" in ask(desk, f"unfollow {typed}").text
    ask(desk, f"filter categories {typed}, cat:cs.CL")
    found = desk.store.subscription(CHANNEL)
    assert found and found.filters.categories == ("cs.RO", "cs.CL")
    assert "Categories: cs.CL" in ask(desk, f"filter remove {typed}").text
    for words, said in (
        ("filter only", "/papers filter categories cs.RO"),
        ("exclude", "cannot be kept out"),
        ("filter", "categories cs.RO"),
    ):
        if words != "filter" or ":c" in typed:
            with pytest.raises(UserError, match=said):
                ask(desk, f"{words} {typed}")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("follow cat:", "Name the category too"),
        ("follow cat:cs.XX", "arXiv has no category “cs.XX”"),
        ("exclude cat:math", "cannot be kept out"),
        ("filter cat cs.XX", "arXiv has no category “cs.XX”"),
    ],
)
def test_what_is_called_a_category_is_never_words(desk: Desk, typed: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        ask(desk, typed)


def test_the_same_words_are_followed_once(desk: Desk) -> None:
    ask(desk, "follow robot hand")
    for typed in ("Robot hands", "hands of robots"):
        with pytest.raises(UserError, match="“robot hand” is followed here already"):
            ask(desk, f"follow {typed}")
    ask(desk, "follow robot")
    ask(desk, "follow author: Robot Hand")


def test_a_wild_card_is_labelled(desk: Desk) -> None:
    ask(desk, "follow robot")
    labels = [card.reason.startswith("Wild card: ") for card in ask(desk, "today").cards]
    assert labels == [False] * 4 + [True]
    serve(desk)
    posted = [card for post in desk.store.posts(CHANNEL, DAY) for card in post.message.cards]
    assert [card.reason.startswith("Wild card: ") for card in posted] == labels
    assert "because Wild card" not in ask(desk, "why 5").text


def test_papers_that_come_nearest_to_what_was_liked_are_not_simply_new(desk: Desk) -> None:
    given = choose_with(desk, "seeds add 2603.00001")
    assert fitting(given) == "None matches what you follow or like; they come nearest to it."
    ask(desk, "seeds remove 1")
    given = choose_with(desk, "follow quokkas")
    assert fitting(given) == "None matches what you follow; they are simply new."
    assert fitting(replace(given, picks=tuple(replace(one, explores=True) for one in given.picks))) == ""


def choose_with(desk: Desk, typed: str) -> Choice:
    """What would be chosen after that command, if none of it matched."""
    ask(desk, typed)
    found = desk.store.subscription(CHANNEL)
    assert found
    given = choose(Morning(desk.store, NOW), desk.recommender, found, DAY, 4)
    return replace(given, picks=tuple(replace(one, matches=False, explores=False) for one in given.picks))


def test_why_speaks_plainly(desk: Desk) -> None:
    ask(desk, "follow robot grasping")
    like(desk, *[p for p in shelf() if topic_of(p) == "robot"][:2])
    text = ask(desk, f"why {[p for p in shelf() if topic_of(p) == 'robot'][5].id}").text
    assert "what you follow (“robot grasping”) +" in text
    assert "starting point" in text
    for technical in ("topics you follow", "how much is liked there", "age "):
        assert technical not in text


def test_why_leaves_faint_words_out(desk: Desk) -> None:
    told = Explanation(
        1.0, (("age", 1.0),), (("robot", 1.0), ("hand", 0.04)), (("survey", -0.051),), None, 0.0, 1, 1
    )
    known = replace(desk, recommender=Told(told))
    text = ask(known, f"why {shelf()[0].id}").text
    assert "freshness +1.000" in text
    assert "Raised by: robot +1.000" in text and "hand" not in text
    assert "Lowered by: survey -0.051" in text


class Told(NewestFirst):
    """Explains everything in one way."""

    def __init__(self, told: Explanation) -> None:
        self._told = told

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        return self._told
