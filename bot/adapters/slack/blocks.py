"""Slack's blocks and what stands in them, within the limits of docs.slack.dev/reference/block-kit. Pure.

Foreign words go into rich_text and plain_text only, where `<!channel>`, `*`, `|` or `](…)` mean nothing and a link is a
field of its own.
"""

from collections.abc import Sequence
from typing import Any

from bot.adapters.slack.buttons import LIMIT, action_id, picked_id, to_value
from bot.adapters.slack.text import chunks, line, web_address, weight
from bot.model import Button, Picker

Block = dict[str, Any]

MAX_BLOCKS = 50
MAX_WEIGHT = 10_000
"""Of all texts and addresses of a message, plus a margin for each of Slack's objects."""
_OBJECT_WEIGHT = 30
_LABEL, _PLACEHOLDER, _ACTION_ID, _MAX_BUTTONS = 75, 150, 255, 25
_SHORTEST_QUERY = 2


def word(text: str, *, bold: bool = False) -> Block:
    """Words inside a rich_text block."""
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def link(text: str, url: str, *, bold: bool = False) -> Block:
    """A link, or the bare words where the address is not one to click on."""
    address = web_address(url)
    return {**word(text, bold=bold), "type": "link", "url": address} if address else word(text, bold=bold)


def channel_name(channel_id: str) -> Block:
    """The channel's name, which is a way into it; it notifies nobody."""
    return {"type": "channel", "channel_id": channel_id}


def plain(text: str, *, emoji: bool = False) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": text, "emoji": emoji}


def rich(*elements: Block) -> Block:
    """A block of words and links."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def fixed(text: str) -> list[Block]:
    """A block in fixed width; none where there is no text."""
    parts = [word(chunk) for chunk in chunks(text)]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": parts}]}
    return [block] if parts else []


def context(text: str) -> list[Block]:
    """A block in small print; none where there is no text."""
    return [{"type": "context", "elements": [plain(text)]}] if text else []


def button_row(buttons: Sequence[Button]) -> list[Block]:
    """One row; Slack takes at most 25 buttons in it, which is also all that a message of ours needs."""
    # A command that does not fit is no command any more when it is cut.
    fitting = [button for button in buttons if len(to_value(button)) <= LIMIT]
    elements = [_button(button) for button in fitting[:_MAX_BUTTONS]]
    return [{"type": "actions", "elements": elements}] if elements else []


def picker_row(picker: Picker | None) -> list[Block]:
    """A menu that asks us for its options while a person types."""
    if picker is None or len(picked_id(picker.command)) > _ACTION_ID:
        return []
    menu = {
        "type": "external_select",
        "action_id": picked_id(picker.command),
        "placeholder": plain(line(picker.label, _PLACEHOLDER) or "…"),
        "min_query_length": _SHORTEST_QUERY,
    }
    return [{"type": "actions", "elements": [menu]}]


def numbered(blocks: list[Block]) -> list[Block]:
    """Give every button an action id of its own: Slack refuses two alike in one message."""
    inside = (element for block in blocks if block["type"] == "actions" for element in block["elements"])
    buttons = (element for element in inside if element["type"] == "button")
    for position, button in enumerate(buttons):
        button["action_id"] = action_id(position)
    return blocks


def fits(blocks: list[Block]) -> bool:
    """Whether they may stand in one message."""
    return len(blocks) <= MAX_BLOCKS and block_weight(blocks) <= MAX_WEIGHT


def block_weight(part: Any) -> int:
    """Weight of all texts and addresses below, and of the objects that hold them."""
    match part:
        case list():
            return sum(map(block_weight, part))
        case dict():
            own = sum(
                weight(part[key]) for key in ("text", "url", "alt_text") if isinstance(part.get(key), str)
            )
            below = (block_weight(value) for value in part.values() if isinstance(value, list | dict))
            return own + _OBJECT_WEIGHT + sum(below)
    return 0


def _button(button: Button) -> Block:
    label = line(button.label, _LABEL) or line(button.reaction, _LABEL) or "…"
    return {"type": "button", "text": plain(label, emoji=True), "value": to_value(button)}
