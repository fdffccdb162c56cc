"""What a button carries: the reaction or the command it stands for, readable years after the message was sent."""

import re
import string

from bot.model import Button, PaperId

PATTERN = re.compile(
    r"pb:(?P<on>[01])[a-z]?:(?P<reaction>:[^:]+:|[^:]+):(?P<paper>.+)|pc[a-z]?:(?P<command>.+)",
    re.DOTALL,
)
"""`pb:1:👍:arxiv:2401.01234`, `pc:topics mute 2`; a letter before the second colon tells twins in one message apart."""

MENU_PATTERN = re.compile(r"pm:(?P<place>\d):(?P<turn>[ab])")
"""`pm:0:a`, the first menu of a message. Its options have buttons' ids; the turn means nothing."""

LIMIT = 100
"""Characters in a custom id. https://discord.com/developers/docs/components/reference"""


def custom_id(button: Button, taken: set[str]) -> str | None:
    """An id unlike those in `taken`; None where it would be too long or there are too many twins."""
    for twin in ("", *string.ascii_lowercase):
        voted = f"pb:{int(button.on)}{twin}:{button.reaction}:{button.paper}"
        text = f"pc{twin}:{button.command}" if button.command else voted
        if text not in taken:
            return text if len(text) <= LIMIT and PATTERN.fullmatch(text) else None
    return None


def button_from_custom_id(text: str) -> Button | None:
    """The button as it was offered, without its label; None where it is not one of ours."""
    match = PATTERN.fullmatch(text)
    if match is None:
        return None
    if match["command"]:
        return Button("", command=match["command"])
    return Button("", match["reaction"], PaperId(match["paper"]), on=match["on"] == "1")


def menu_id(place: int) -> str:
    """The id of the menu in that place of a message, from 0 to 9."""
    return f"pm:{place}:a"


def other_turn(menu: str) -> str:
    """Another id for the same menu; any other text comes back as it is."""
    match = MENU_PATTERN.fullmatch(menu)
    return f"pm:{match['place']}:{'b' if match['turn'] == 'a' else 'a'}" if match else menu
