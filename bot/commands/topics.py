"""`/papers topics`: the interests of a channel, what was learned from its reactions, and how to steer them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.commands.desk import Desk, shortened
from bot.commands.follow import interest_text, next_text
from bot.commands.steer import Scene, scene_of, steer
from bot.commands.topic_edits import edit_of
from bot.digest import short_day
from bot.model import Interest, Message, Request
from bot.ports import Profile, Theme
from bot.steering import is_muted

_WORDS = 6
_OF = " of the likes"
"""What the share of a theme is a share of."""
_SHOWN = 40
_WITH_LIKES, _WITH_WORDS = 6, 15
"""Up to so many topics there is room to tell more of each."""
_HINT = (
    "Steer: /papers topics boost 1, mute 1 7 days, pin 1, rename 1 robot hands, merge 1 2, split 1, delete 1; "
    "each shows first what would change."
)


def topics(desk: Desk, request: Request) -> Message:
    """Without words: the topics by number, then what the channel's likes speak for. With words: steer one."""
    if request.text:
        return steer(desk, request, lambda scene, words: edit_of(desk, scene, words))
    scene = scene_of(desk, request.channel)
    lines = [*_listed(scene), *_seeds(scene), *_learned(desk, scene.profile)]
    if scene.outline.themes:
        lines.append(_HINT)
    lines.append(next_text(desk, scene.subscription))
    return Message("\n".join(lines), "Topics of this channel")


def _listed(scene: Scene) -> list[str]:
    themes = scene.outline.themes
    if not themes:
        return ["Nothing is followed yet: /papers follow robot learning (or cs.RO, or a paper's address)."]
    # Without a like there is nothing to have a share of.
    shared = [theme.share if any(one.papers for one in themes) else 0.0 for theme in themes]
    lines = [
        f"{i}. {_line(replace(theme, share=share), len(themes), scene.today)}"
        for i, (theme, share) in enumerate(zip(themes, shared, strict=True), 1)
    ]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"… and {len(lines) - _SHOWN} more, up to number {len(lines)}"]
    return lines


def _line(theme: Theme, of: int, today: date) -> str:
    """`“robot hands”, about 40 % of the likes, followed, boosted ×2: grasp, arm; liked “A robot …”`."""
    marks = [f"about {theme.share:.0%}".replace("%", " %") + _OF] if theme.share else []
    marks += _marks(theme.interest, today)
    more = [", ".join(theme.words[:3])] if of <= _WITH_WORDS and theme.words else []
    if of <= _WITH_LIKES and theme.papers:
        latest = reversed(theme.papers[-2:])
        more.append(f"liked {', '.join(f'“{shortened(paper.title, 40)}”' for paper in latest)}")
    return f"{_name(theme)}, {', '.join(marks)}" + (f": {'; '.join(more)}" if more else "")


def _name(theme: Theme) -> str:
    return interest_text(theme.interest) if theme.interest else f"“{theme.name}”"


def _marks(interest: Interest | None, today: date) -> list[str]:
    if interest is None:
        return ["found in your likes"]
    marks = ["kept" if interest.papers else "followed"]
    if interest.share != 1:
        marks.append(f"{'boosted' if interest.share > 1 else 'damped'} ×{interest.share:g}")
    if interest.muted_until and is_muted(interest, today):
        marks.append(f"muted until {short_day(interest.muted_until)}")
    return [*marks, *(["pinned"] if interest.pinned else [])]


def _seeds(scene: Scene) -> Sequence[str]:
    count = sum(one.paper is not None for one in scene.subscription.interests)
    papers = "1 seed paper" if count == 1 else f"{count} seed papers"
    return [f"And {papers}: /papers seeds"] if count else []


def _learned(desk: Desk, profile: Profile) -> list[str]:
    liked = sum(value > 0 for _, value in profile.ratings)
    disliked = sum(value < 0 for _, value in profile.ratings)
    towards, away = desk.recommender.leanings(profile, _WORDS)
    return [
        _learned_from(liked, disliked),
        "more of: " + (", ".join(towards) or "nothing yet; react 👍 to a paper, or /papers rate"),
        "less of: " + (", ".join(away) or "nothing yet; react 👎 to a paper"),
    ]


def _learned_from(liked: int, disliked: int) -> str:
    counts = ((liked, "liked"), (disliked, "turned-down"))
    said = [f"{count} {kind} {'paper' if count == 1 else 'papers'}" for count, kind in counts if count]
    return f"Learned from {' and '.join(said)}:" if said else "Nothing learned from reactions yet:"
