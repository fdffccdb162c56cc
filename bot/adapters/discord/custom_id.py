"""What a button carries: the reaction it stands for, readable years after the message was sent."""

import re
import string

from bot.model import Button, PaperId

PATTERN = re.compile(
    r"pb:(?P<on>[01])(?P<twin>[a-z]?):(?P<reaction>:[^:]+:|[^:]+):(?P<paper>.+)",
    re.DOTALL,
)
"""`pb:1:👍:arxiv:2401.01234`; a letter after the 1 tells twins in one message apart."""

LIMIT = 100
"""Characters in a custom id. https://discord.com/developers/docs/components/reference"""


def custom_id(button: Button, taken: set[str]) -> str | None:
    """An id unlike those in `taken`; None where it would be too long or there are too many twins."""
    for twin in ("", *string.ascii_lowercase):
        text = f"pb:{int(button.on)}{twin}:{button.reaction}:{button.paper}"
        if text not in taken:
            return text if len(text) <= LIMIT and PATTERN.fullmatch(text) else None
    return None


def button_from_custom_id(text: str) -> Button | None:
    """The button as it was offered, without its label; None where it is not one of ours."""
    match = PATTERN.fullmatch(text)
    if match is None:
        return None
    return Button("", match["reaction"], PaperId(match["paper"]), on=match["on"] == "1")
