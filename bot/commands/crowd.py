"""`/papers crowd`: whether the workspace's likes help similar channels, and theirs help its."""

from bot.commands.desk import Desk
from bot.errors import UserError
from bot.model import Message, Request

_TAKES_PART = (
    "This workspace takes part: what similar channels like helps to pick here, and what is liked here helps there. "
    "Only sums leave a workspace, never who, where or what was said."
)
_APART = "This workspace takes no part: nothing of it helps others, and others' likes do not help it."


def crowd(desk: Desk, request: Request) -> Message:
    """Without words: how it is. `on` and `off` need someone who may manage the channel."""
    wanted = request.text.casefold()
    here = (request.channel.platform, request.channel.workspace)
    if not wanted:
        apart = here in desk.store.not_in_crowd()
        return Message(
            f"{_APART} /papers crowd on changes that."
            if apart
            else f"{_TAKES_PART} /papers crowd off ends that."
        )
    if wanted not in {"on", "off"}:
        raise UserError(f"I do not understand “{request.text[:60]}”. For example: /papers crowd off")
    if not request.manages:
        raise UserError("Only those who may manage this channel can change that.")
    desk.store.save_crowd(*here, wanted == "on")
    return Message(f"Done. {_TAKES_PART if wanted == 'on' else _APART}")
