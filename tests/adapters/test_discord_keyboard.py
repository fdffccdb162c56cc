"""Every button can be reached on Discord: in a row where all fit, otherwise in a menu."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.discord.buttons import view_of
from bot.adapters.discord.custom_id import MENU_PATTERN, button_from_custom_id, other_turn
from bot.adapters.discord.keyboard import Keyboard, keyboard
from bot.model import DOWN, SAVE, UP, Button, Card, PaperId
from tests.adapters.discord_limits import problems

VERBS = ("share", "why", "like", "cite")
BACK, MORE = Button("‹ Back", command="search x page:1"), Button("More ›", command="search x page:3")


def card(number: int, count: int = 0) -> Card:
    paper = PaperId(f"arxiv:2401.{number:05}")
    asked = (Button(f"B{n}", command=f"{VERBS[n % 4]} {paper} {n}") for n in range(count))
    return Card(paper, f"Paper {number}", number=number, buttons=tuple(asked))


def labels(keys: Keyboard) -> list[list[str]]:
    groups = [menu.options for menu in keys.menus] + list(keys.rows)
    return [[key.label for key in group] for group in groups]


def test_a_card_that_says_nothing_else_offers_the_three_votes():
    assert labels(keyboard([card(1)], ())) == [["👍", "👎", "🔖"]]
    [row] = keyboard([card(1)], ()).rows
    votes = [button_from_custom_id(key.custom_id) for key in row]
    assert [button and button.reaction for button in votes] == [UP, DOWN, SAVE]


def test_a_cards_own_buttons_are_there_instead_of_votes():
    assert labels(keyboard([card(7, 4)], ())) == [["B0", "B1", "B2", "B3"]]


def test_more_than_five_buttons_of_a_card_go_on_in_the_next_row():
    assert labels(keyboard([card(1, 7), card(2, 1)], ())) == [
        ["1 B0", "1 B1", "1 B2", "1 B3", "1 B4"],
        ["1 B5", "1 B6"],
        ["2 B0"],
    ]


def test_five_cards_fit_in_rows_but_not_with_buttons_below():
    five = [card(n, 4) for n in range(1, 6)]
    assert [len(row) for row in keyboard(five, ()).rows] == [4] * 5
    keys = keyboard(five, (BACK, MORE))
    [menu] = keys.menus
    assert (menu.placeholder, menu.custom_id) == ("With a paper…", "pm:0:a")
    assert [key.label for key in menu.options][:5] == ["1 · B0", "1 · B1", "1 · B2", "1 · B3", "2 · B0"]
    assert labels(keys)[1:] == [["‹ Back", "More ›"]]
    assert keys.reached == 5


def test_a_menu_has_room_for_25_and_keeps_a_card_together():
    keys = keyboard([card(n, 4) for n in range(1, 9)], (MORE,))
    assert [menu.placeholder for menu in keys.menus] == ["With papers 1–6…", "With papers 7–8…"]
    assert [len(menu.options) for menu in keys.menus] == [24, 8]
    assert [menu.custom_id for menu in keys.menus] == ["pm:0:a", "pm:1:a"]


def test_a_card_with_more_than_25_buttons_has_two_menus():
    keys = keyboard([card(1, 30)], ())
    assert [len(menu.options) for menu in keys.menus] == [25, 5]
    assert {menu.placeholder for menu in keys.menus} == {"With a paper…"}


def test_many_buttons_below_become_a_menu_where_there_is_no_room():
    own = tuple(Button(f"Own {n}", command=f"search {n}") for n in range(24))
    keys = keyboard([card(1, 3)], own)
    assert [menu.placeholder for menu in keys.menus] == ["With a paper…", "More…"]
    assert labels(keys)[1] == [f"Own {n}" for n in range(24)]


def test_what_cannot_be_reached_is_counted():
    keys = keyboard([card(n) for n in range(1, 51)], (MORE,))
    assert (len(keys.menus), len(keys.rows), keys.reached) == (4, 1, 33)
    assert [len(menu.options) for menu in keys.menus] == [25] * 4


def test_where_room_is_short_a_card_may_begin_in_one_menu_and_end_in_the_next():
    keys = keyboard([card(n, 13) for n in range(1, 8)], (MORE,))
    assert [menu.placeholder for menu in keys.menus][:2] == ["With papers 1–2…", "With papers 2–4…"]
    assert ([len(menu.options) for menu in keys.menus], keys.reached) == ([25, 25, 25, 16], 7)


def test_a_button_that_cannot_be_carried_leaves_the_others_where_they_are():
    long = Button("Long", command="x" * 99)
    assert labels(keyboard([card(1)], (long, MORE))) == [["👍", "👎", "🔖"], ["More ›"]]


@pytest.mark.parametrize(
    ("button", "label"),
    [
        (Button("", "👍", PaperId("p")), "👍"),
        (Button(" \u200b", command="help"), "…"),
        (Button("x" * 90, command="help"), "x" * 79 + "…"),
    ],
)
def test_a_button_always_says_something(button, label):
    assert labels(keyboard([], (button,))) == [[label]]


def test_a_menu_has_two_ids_that_take_turns():
    assert other_turn("pm:3:a") == "pm:3:b"
    assert other_turn("pm:3:b") == "pm:3:a"
    assert other_turn("pc:help") == "pc:help"
    assert button_from_custom_id("pm:3:a") is None


buttons = st.builds(
    Button,
    st.text(max_size=100),
    st.sampled_from(["👍", ":party:"]),
    st.sampled_from([PaperId("arxiv:1"), PaperId("p" * 100)]),
    command=st.sampled_from(["", "help", "x" * 96]) | st.text(max_size=90),
)
some = st.lists(buttons, max_size=27).map(tuple)
cards = st.builds(Card, st.just(PaperId("arxiv:1")), st.just("T"), number=st.integers(), buttons=some)


@given(st.lists(cards, max_size=12), some)
@settings(max_examples=100, deadline=None)
@example([card(n, 27) for n in range(12)], (MORE,) * 26)
@example([card(n, 5) for n in range(24)], (MORE,))
def test_every_button_is_reachable_within_discords_limits(cards, own):
    keys = keyboard(cards, own)
    assert problems({"content": "x", "components": view_of(keys).to_components()}) == []
    assert all(MENU_PATTERN.fullmatch(menu.custom_id) for menu in keys.menus)
    carried = [button_from_custom_id(one) for one in keys.carried]
    offered = [*(one for card in cards[: keys.reached] for one in card.buttons), *own]
    alone = [*(keyboard([], (one,)).carried for one in offered)]
    twins = max((alone.count(one) for one in alone), default=0)
    if twins <= 27:  # beyond that Discord could not tell them apart
        for [one] in filter(None, alone):
            assert button_from_custom_id(one) in carried
    full = [len(menu.options) == 25 for menu in keys.menus if menu.placeholder != "More…"]
    assert keys.reached == len(cards) or all(full)
