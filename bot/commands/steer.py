"""Acts of steering in two steps: a preview of what the next digest would be, then saving what was previewed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.commands.desk import Desk, coming_morning, local_day, shortened, subscribed, subscription_or_new
from bot.digest import Choice, choose
from bot.errors import UserError
from bot.model import Button, Channel, Message, Request, Subscription, steering_of
from bot.morning import Morning
from bot.ports import Profile
from bot.steering import MARK_LENGTH, Edit, Outline, outline, steered

_MARK = re.compile(rf"[0-9a-f]{{{MARK_LENGTH}}}", re.IGNORECASE)
_LONGEST_COMMAND = 90
_MEANWHILE = "The topics have changed meanwhile, so nothing was saved."
UNDO = Button("Undo", command="undo")


@dataclass(frozen=True)
class Scene:
    """What a channel's topics are at the moment.

    `today` is the day where the channel is, `day` that of its next digest; `morning` has read its facts for that.
    """

    subscription: Subscription
    today: date
    day: date
    morning: Morning
    profile: Profile
    outline: Outline


def scene_of(desk: Desk, channel: Channel) -> Scene:
    """The themes are numbered as `/papers topics` lists them."""
    subscription = subscription_or_new(desk, channel)
    day, morning = coming_morning(desk, subscription)
    profile = morning.profile(subscription, day)
    now = outline(steering_of(subscription), desk.recommender.themes(profile))
    return Scene(subscription, local_day(desk, subscription), day, morning, profile, now)


def without_mark(text: str) -> tuple[str, str]:
    """`mute 2 save@1a2b3c` → (`mute 2`, `1a2b3c`); the second is empty where the text does not end with one."""
    words, _, mark = text.rpartition("save@")
    ends = _MARK.fullmatch(mark) and (not words or words[-1].isspace())
    return (words.strip(), mark.lower()) if ends else (text, "")


def steer(desk: Desk, request: Request, edit_of: Callable[[Scene, str], Edit]) -> Message:
    """Preview what the words ask for, or save it, where they end with `save@` and what the preview called for.

    `edit_of` makes the edit of the words without that; it raises UserError where it cannot be done.
    """
    words, mark = without_mark(request.text)
    scene = scene_of(desk, request.channel)
    if mark and mark == scene.outline.mark:
        edit = edit_of(scene, words)
        subscribed(desk, request.channel)
        if desk.store.steer(request.channel, scene.outline.steering, edit.after):
            return Message(f"Saved. {edit.effect} /papers undo takes it back.", buttons=(UNDO,))
        scene = scene_of(desk, request.channel)
    try:
        edit = edit_of(scene, words)
    except UserError as error:
        raise UserError(f"{_MEANWHILE} {error}" if mark else str(error)) from error
    return _preview(desk, scene, edit, _MEANWHILE if mark else "")


def _preview(desk: Desk, scene: Scene, edit: Edit, note: str) -> Message:
    command = f"{edit.command} save@{scene.outline.mark}"
    save = (Button("Save", command=command),) if len(command) <= _LONGEST_COMMAND else ()
    lines = (
        note,
        edit.effect,
        *_difference(*_choices(desk, scene, edit)),
        f"Nothing is saved yet: {'press Save, or type' if save else 'type'} /papers {command}",
    )
    return Message("\n".join(line for line in lines if line), "Preview of the next digest", buttons=save)


def _choices(desk: Desk, scene: Scene, edit: Edit) -> tuple[Choice, Choice]:
    """The next digest as things are, and as they would be."""
    now = scene.subscription
    before, after = (
        choose(scene.morning, desk.recommender, one, scene.day, desk.window_days)
        for one in (now, steered(now, edit.after))
    )
    return before, after


def _difference(before: Choice, after: Choice) -> tuple[str, ...]:
    """Which papers would come in and which would go."""
    old, new = ({pick.paper.id: pick.paper.title for pick in choice.picks} for choice in (before, after))
    if old == new:
        return ("The next digest would have the same papers as without it.",)
    came, went = (
        [shortened(one[i]) for i in one if i not in other] for one, other in ((new, old), (old, new))
    )
    said = (("Would come in", came), ("Would go", went))
    return tuple(f"{what}: {', '.join(f'“{title}”' for title in titles)}" for what, titles in said if titles)
