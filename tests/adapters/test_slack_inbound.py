"""Slack's payloads become our values, and nothing else is taken for one."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.buttons import action_id, button_from_value, to_value
from bot.adapters.slack.inbound import (
    EMOJI,
    Asker,
    asker_from_press,
    emoji_from_name,
    pressed,
    reaction_from_event,
)
from bot.model import UP, Button, Channel, PaperId, Reaction, UserId, message_id
from tests.adapters.slack_payloads import button_press
from tests.adapters.slack_rig import NAMES

DATA = Path(__file__).parent.parent / "data" / "slack"


def test_a_guest_of_a_shared_channel_reacts_in_our_workspace() -> None:
    body: dict[str, Any] = json.loads((DATA / "reaction_added.json").read_text())
    channel = Channel("slack", "T1", "C1")
    assert reaction_from_event(body) == Reaction(
        channel=channel,
        user=UserId("slack:T1/UGUEST"),
        name=UP,
        at=datetime.fromtimestamp(1763800001.5, UTC),
        message=message_id(channel, "1763800000.000100"),
        event_id=body["event_id"],
    )
    assert body["event_id"].startswith("Ev")


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("thumbsup", "👍"),
        ("+1::skin-tone-6", "👍"),
        ("thumbsdown", "👎"),
        ("-1", "👎"),
        ("bookmark", "🔖"),
        ("yawning_face", "🥱"),
        ("party_parrot", ":party_parrot:"),
        ("wave::skin-tone-2", ":wave:"),
    ],
)
def test_an_emojis_name_becomes_the_emoji(name: str, emoji: str) -> None:
    assert emoji_from_name(name) == emoji


def test_every_known_emoji_can_be_typed_by_the_rig() -> None:
    assert {emoji: EMOJI[name] for emoji, name in NAMES.items()} == {emoji: emoji for emoji in EMOJI.values()}


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=80), st.booleans())
def test_a_buttons_value_survives_whatever_slack_escapes(reaction: str, paper: str, on: bool) -> None:
    button = Button("", reaction, PaperId(paper), on)
    value = to_value(button)
    assert value.isascii()
    assert len(value) <= 2000
    assert not set(value) & set("&<>\"'")
    assert button_from_value(value) == button


@given(st.text(min_size=1, max_size=90))
def test_a_buttons_command_survives_whatever_slack_escapes(command: str) -> None:
    value = to_value(Button("", command=command))
    assert value.isascii()
    assert len(value) <= 2000
    assert not set(value) & set("&<>\"'")
    assert button_from_value(value) == Button("", command=command)


@pytest.mark.parametrize(
    "value", ["", "ask", "ask ", "ask two words", "on", "on 👍", "maybe 👍 x:1", "on  x:1", "on 👍 x:1 more"]
)
def test_a_foreign_value_is_no_button(value: str) -> None:
    assert button_from_value(value) is None


def test_a_press_is_named_by_who_pressed_what_when() -> None:
    def name(user: str, at: str, place: int) -> str:
        button = {"value": to_value(Button("", UP, PaperId("x:1"))), "action_id": action_id(place)}
        reaction = pressed(button_press(button, "C1", user, at, {}))
        assert isinstance(reaction, Reaction)
        return reaction.event_id

    assert name("U1", "2.0", 0) == name("U1", "2.0", 0)
    assert len({name(*which) for which in [("U1", "2.0", 0), ("U2", "2.0", 0), ("U1", "2.1", 0)]}) == 3
    assert name("U1", "2.0", 0) != name("U1", "2.0", 1)


def test_a_press_in_a_thread_is_answered_there_whichever_field_names_it() -> None:
    press = button_press({}, "C1", "U1", "2.0", {"message_ts": "1.0"}) | {"response_url": "http://x.test/r"}
    assert asker_from_press(press) == Asker("http://x.test/r", "C1", "U1", None)
    assert asker_from_press(press | {"message": {"thread_ts": "0.5"}}).thread == "0.5"
    assert asker_from_press(press | {"container": {"thread_ts": "0.7"}}).thread == "0.7"
