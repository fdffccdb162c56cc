"""What a button or a picker carries, so that it works for ever: all of it is in its `value` or its action id."""

import re
from urllib.parse import quote, unquote

from bot.adapters.slack.text import line, weight
from bot.identity import clean_text
from bot.model import Button, Completion, PaperId

PRESSED = re.compile(r"\Areact:\d+\Z")
"""The action ids of our buttons; the number only tells them apart within one message."""

PICKED = re.compile(r"\Apick:(.+)\Z")
"""The action ids of our pickers, which hold the command."""

LIMIT = 2_000
"""Characters in a value (docs.slack.dev/reference/block-kit/block-elements/button-element)."""

_OPTION_LABEL, _OPTION_VALUE = 75, 150
"""Characters in an option (docs.slack.dev/reference/block-kit/composition-objects/option-object)."""
_MEANINGFUL = re.compile(r"[%&<>\"']")


def action_id(position: int) -> str:
    """The action id of the n-th button of a message."""
    return f"react:{position}"


def picked_id(command: str) -> str:
    """The action id of a picker of that command: `pick:follow`."""
    return f"pick:{_quoted(command)}"


def command_from_id(action_id: str) -> str:
    """The command of a picker; empty where the action id is not one of ours."""
    found = PICKED.match(action_id)
    return unquote(found[1]) if found else ""


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


def to_option(completion: Completion) -> dict[str, object] | None:
    """An option of a picker; None where its value does not fit, because cut it would mean something else."""
    meant = clean_text(completion.value)
    # Only what Slack escapes is quoted: all of it would seldom fit.
    value = _MEANINGFUL.sub(lambda found: f"%{ord(found[0]):02X}", meant)
    label = line(completion.label, _OPTION_LABEL) or line(meant, _OPTION_LABEL)
    if not value or weight(value) > _OPTION_VALUE:
        return None
    return {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": value}


def value_from_option(value: str) -> str:
    """What stands after the command."""
    return unquote(value)


def _quoted(text: str) -> str:
    return quote(text, safe=":/", errors="replace")
