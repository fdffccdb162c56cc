"""`/papers reset`: forget what was learned from reactions."""

from bot import steering
from bot.commands.desk import Desk
from bot.commands.steer import Scene, steer
from bot.errors import UserError
from bot.model import Message, Request
from bot.steering import Edit


def reset(desk: Desk, request: Request) -> Message:
    """Preview the channel without what its members taught it, or save that; it holds at once."""
    return steer(desk, request, lambda scene, words: _edit_of(desk, scene, words))


def _edit_of(desk: Desk, scene: Scene, words: str) -> Edit:
    if words:
        raise UserError(
            "/papers reset forgets all that was learned; /papers topics delete 2 lets one topic go, "
            "/papers undo takes back what you did last."
        )
    profile = scene.profile
    if not (profile.ratings or profile.ignored or any(one.papers for one in scene.subscription.interests)):
        raise UserError("Nothing was learned here yet, so there is nothing to forget.")
    return steering.reset(scene.outline, desk.now)
