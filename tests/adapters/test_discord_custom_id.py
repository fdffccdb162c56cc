"""What a button's id carries comes back to the letter, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord.custom_id import LIMIT, button_from_custom_id, custom_id
from bot.model import Button, PaperId

EMOJI = st.sampled_from(["👍", "👎", "🔖", "🚫", ":party:"])


@given(st.text(min_size=1, max_size=90))
def test_a_command_comes_back(command):
    carried = custom_id(Button("x", command=command), set())
    assert carried is not None
    assert len(carried) <= LIMIT
    assert button_from_custom_id(carried) == Button("", command=command)


@given(st.text(min_size=1, max_size=80), EMOJI, st.booleans())
def test_a_reaction_comes_back(paper, reaction, on):
    button = Button("", reaction, PaperId(paper), on)
    carried = custom_id(button, set())
    assert carried is not None
    assert button_from_custom_id(carried) == button


@given(st.text(min_size=1, max_size=90), st.integers(2, 10))
def test_twins_are_told_apart_and_carry_the_same(command, count):
    taken = set()
    for _ in range(count):
        carried = custom_id(Button("x", command=command), taken)
        assert carried not in taken
        taken.add(carried)
    assert {button_from_custom_id(one) for one in taken} == {Button("", command=command)}


@given(st.text(min_size=98, max_size=300))
def test_what_does_not_fit_has_no_id(command):
    assert custom_id(Button("x", command=command), set()) is None


@pytest.mark.parametrize("text", ["", "pc", "pc:", "pc1:why", "pb:2:👍:x:1", "pb:1:👍:", "other"])
def test_a_foreign_id_is_no_button(text):
    assert button_from_custom_id(text) is None
