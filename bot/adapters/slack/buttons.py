"""What a button carries, so that it works for ever: all of it is in its `value`."""

import re
from urllib.parse import quote, unquote

from bot.model import Button, PaperId

PRESSED = re.compile(r"react:\d+")
"""The action ids of our buttons; the number only tells them apart within one message."""

LIMIT = 2_000
"""Characters in a value (docs.slack.dev/reference/block-kit/block-elements/button-element)."""


def action_id(position: int) -> str:
    """The action id of the n-th button of a message."""
    return f"react:{position}"


def to_value(button: Button) -> str:
    """`on %F0%9F%91%8D arxiv:2401.01234` or `ask topics%20mute%202`.

    Plain ASCII, because Slack escapes `&`, `<` and `>` in payloads.
    """
    if button.command:
        return f"ask {_quoted(button.command)}"
    return f"{'on' if button.on else 'off'} {_quoted(button.reaction)} {_quoted(button.paper)}"


def button_from_value(value: str) -> Button | None:
    """The button, without its label; None where the value is not one of ours."""
    match value.split(" "):
        case ["ask", command] if command:
            return Button("", command=unquote(command))
        case [("on" | "off") as state, reaction, paper] if reaction and paper:
            return Button("", unquote(reaction), PaperId(unquote(paper)), on=state == "on")
    return None


def _quoted(text: str) -> str:
    return quote(text, safe=":/", errors="replace")
