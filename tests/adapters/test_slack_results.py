"""What was found: highlights, buttons of its own, where it was posted, what to copy, a menu to find more."""

from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.blocks import MAX_WEIGHT, block_weight
from bot.adapters.slack.buttons import command_from_id, to_option, value_from_option
from bot.adapters.slack.render import to_body
from bot.adapters.slack.text import weight
from bot.identity import clean_text
from bot.model import DOWN, SAVE, UP, Button, Card, Channel, Completion, Message, PaperId, Picker, Standing
from tests.adapters.slack_blocks import bold, buttons, content_error, menus, options_problem, pings, visible
from tests.adapters.slack_cards import ACTIONS, found_card

PAPER = PaperId("arxiv:2401.01234")


def test_five_results_keep_all_they_have_and_the_words_looked_for_stand_out() -> None:
    paging = (
        Button("Back", command="search attention page:1"),
        Button("More", command="search attention page:3"),
    )
    found = tuple(found_card(n) for n in range(6, 11))
    message = Message(
        "About 312 papers.", "Search: attention", found, paging, picker=Picker("Find", "search")
    )
    body = to_body(message)
    assert content_error(body) is None
    assert [button["text"]["text"] for button in buttons(body["blocks"])] == ACTIONS * 5 + ["Back", "More"]
    assert bold(body["blocks"])[:5] == ["6. ", "network", "attention", "attention", "attends"]
    assert visible(body).count("Posted in #C1 on 3 Oct · 7 👍") == visible(body).count("PDF · code") == 5
    assert len(menus(body["blocks"])) == 1


def test_five_heavy_results_keep_the_words_looked_for() -> None:
    heavy = replace(found_card(6), summary="attention, " * 130, byline="y" * 300)
    body = to_body(Message("Found.", "Search", (heavy,) * 5))
    assert content_error(body) is None
    assert bold(body["blocks"]).count("attention") == 5 * 4
    assert len(buttons(body["blocks"])) == 25


def test_a_dozen_words_of_one_card_stand_out_and_none_is_lost() -> None:
    body = to_body(Message(cards=(replace(found_card(1), summary="an attention, " * 30),)))
    assert bold(body["blocks"]) == ["1. ", *["attention"] * 12]
    assert "an attention, " * 29 in visible(body)


def test_marked_words_are_bold_and_no_part_of_others() -> None:
    card = Card(
        PAPER,
        "attention",
        "https://x.test",
        summary="inattention & attention <b>attention</b>",
        marks=("attention",),
    )
    body = to_body(Message(cards=(card,)))
    assert bold(body["blocks"]) == ["attention", "attention"]
    assert "inattention & attention <b>attention</b>" in visible(body).splitlines()


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        ([("slack", "C1")], "Posted in #C1 on 3 Oct"),
        ([("slack", "D1")], "Posted here on 3 Oct"),
        ([("discord", "C1")], "Posted here on 3 Oct"),
        ([("slack", "C1"), ("slack", "<!here>")], "Posted in #C1 on 3 Oct, here on 3 Oct"),
        ([("slack", "C1")] * 5, "Posted in #C1 on 3 Oct, in #C1 on 3 Oct, in #C1 on 3 Oct and 2 more"),
    ],
)
def test_where_it_was_posted_is_said_by_name_where_slack_has_one(
    channels: list[tuple[str, str]], said: str
) -> None:
    posted = tuple(Standing(Channel(platform, "T1", id), date(2026, 10, 3)) for platform, id in channels)
    body = to_body(Message(cards=(Card(PAPER, "title", posted=posted),)))
    assert visible(body).splitlines()[1] == said
    assert not pings(body)


def test_a_card_has_its_own_buttons_or_the_three_votes() -> None:
    own = Card(PAPER, "title", buttons=(Button("Cite", command="cite 1"),))
    labels = [button["text"]["text"] for button in buttons(to_body(Message(cards=(own,)))["blocks"])]
    votes = [
        button["text"]["text"] for button in buttons(to_body(Message(cards=(Card(PAPER, "t"),)))["blocks"])
    ]
    assert (labels, votes) == (["Cite"], [UP, DOWN, SAVE])


def test_what_is_to_be_copied_stands_as_it_is_in_fixed_width() -> None:
    bibtex = "@article{a1,\n  title  = {{A <b> & *c* `d`}},\n\tyear   = 2026,\n}"
    body = to_body(Message("Cite it as", verbatim=bibtex))
    block = body["blocks"][1]
    assert [element["type"] for element in block["elements"]] == ["rich_text_preformatted"]
    assert block["elements"][0]["elements"] == [{"type": "text", "text": bibtex.replace("\t", "    ")}]
    assert "title  = " in body["text"]


def test_much_to_be_copied_is_one_block_and_leaves_less_room_for_text() -> None:
    bibtex = "\n".join(f"  author{n} = {{Nobody}}," for n in range(150))
    many = tuple(Button(f"Button {n} " + "x" * 60, command="help") for n in range(25))
    body = to_body(Message("word " * 5_000, buttons=many, verbatim=bibtex))
    assert content_error(body) is None
    assert block_weight(body["blocks"]) <= MAX_WEIGHT
    assert visible({"blocks": body["blocks"][-2:-1]}) == bibtex.strip("\n")
    assert visible({"blocks": body["blocks"][:1]}).startswith("word word")


def test_a_picker_is_a_menu_that_carries_its_command() -> None:
    [menu] = menus(to_body(Message("Type.", picker=Picker("Find a paper", "search author:x")))["blocks"])
    assert command_from_id(menu["action_id"]) == "search author:x"
    assert (menu["placeholder"]["text"], menu["min_query_length"]) == ("Find a paper", 2)


def test_a_picker_whose_command_does_not_fit_is_left_out() -> None:
    assert menus(to_body(Message("Type.", picker=Picker("Find", "あ" * 90)))["blocks"]) == []


@given(st.text(min_size=1, max_size=100), st.text(min_size=1, max_size=100))
def test_slack_takes_any_option_that_fits_and_gives_back_what_was_meant(label: str, value: str) -> None:
    option = to_option(Completion(label, value))
    if option is None:
        assert clean_text(value) == "" or weight(quote(value, errors="replace")) > 150
        return
    assert options_problem({"options": [option]}) is None
    assert value_from_option(str(option["value"])) == clean_text(value)
