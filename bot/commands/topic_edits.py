"""What people type after `/papers topics`, as an act of steering."""

import re
from collections.abc import Callable
from difflib import get_close_matches

from bot import steering
from bot.commands.desk import Desk, shortened
from bot.commands.steer import Scene
from bot.errors import UserError
from bot.identity import clean_text
from bot.model import Paper
from bot.ports import Profile
from bot.steering import Edit

_EXAMPLES = {
    "rename": "rename 2 robot hands",
    "merge": "merge 1 3",
    "split": "split 2",
    "boost": "boost 2",
    "mute": "mute 2 7 days",
    "unmute": "unmute 2",
    "pin": "pin 2",
    "unpin": "unpin 2",
    "delete": "delete 2",
    "wild": "wild 1",
}
_SYNONYMS = {"remove": "delete", "forget": "delete", "name": "rename", "join": "merge", "hide": "mute"}
_NUMBER = re.compile(r"#?(\d{1,3})\.?(?:\s+(.*))?", re.ASCII)
_DAYS = re.compile(r"(?:for\s+)?(\d{1,4})\s*(d|days?|w|weeks?)?", re.ASCII | re.IGNORECASE)
_FACTOR = re.compile(r"[x×*]?\s*(\d{1,3}(?:[.,]\d{1,3})?)\s*[x×]?", re.ASCII | re.IGNORECASE)
_AND = re.compile(r"(and|with|into)\s+", re.IGNORECASE)
_OFF = {"off", "none", "no"}
_USUAL_DAYS, _USUAL_BOOST = 7, 2.0


def edit_of(desk: Desk, scene: Scene, text: str) -> Edit:
    """Raises UserError, with the nearest example, where it cannot be understood or done."""
    verb, _, rest = clean_text(text).partition(" ")
    verb = verb.casefold().rstrip(":")
    verb = _SYNONYMS.get(verb, verb)
    if verb not in _EXAMPLES:
        raise UserError(_unknown(text, verb))
    if verb == "wild":
        return steering.wild(scene.outline, _whole(rest, verb))
    number, rest = _numbered(scene, rest, verb)
    return _edit(desk, scene, verb, number, rest)


def _edit(desk: Desk, scene: Scene, verb: str, number: int, rest: str) -> Edit:
    now, today = scene.outline, scene.today
    worded: dict[str, Callable[[], Edit]] = {
        "rename": lambda: steering.rename(now, number, rest),
        "merge": lambda: steering.merge(now, number, _whole(_AND.sub("", rest), verb)),
        "boost": lambda: steering.boost(now, number, _factor(rest)),
        "mute": lambda: steering.mute(now, number, _days(rest), today),
    }
    plain: dict[str, Callable[[], Edit]] = {
        "split": lambda: _split(desk, scene, number),
        "unmute": lambda: steering.unmute(now, number, today),
        "pin": lambda: steering.pin(now, number),
        "unpin": lambda: steering.pin(now, number, on=False),
        "delete": lambda: steering.delete(now, number),
    }
    if verb in plain and rest:
        raise UserError(f"I do not understand “{rest[:40]}”. {_example(verb)}")
    return (worded | plain)[verb]()


def _split(desk: Desk, scene: Scene, number: int) -> Edit:
    ids = steering.known_by(steering.theme_numbered(scene.outline, number))
    stored = desk.store.papers(ids)
    first, second = desk.recommender.halves([stored[one] for one in ids if one in stored])
    name = _named(desk, second) if second else ""
    halves = [paper.id for paper in first], [paper.id for paper in second]
    return steering.split(scene.outline, number, halves, name)


def _named(desk: Desk, papers: tuple[Paper, ...]) -> str:
    """What the learner would call the papers, if they were all that is liked."""
    themes = desk.recommender.themes(Profile(seeds=papers))
    return themes[0].name if themes else shortened(papers[-1].title, 40).rstrip("…")


def _numbered(scene: Scene, text: str, verb: str) -> tuple[int, str]:
    """The number of the theme, or of that whose name the text begins with, and what follows it."""
    if match := _NUMBER.fullmatch(text):
        return int(match[1]), (match[2] or "").strip()
    by_length = sorted(enumerate(scene.outline.themes, 1), key=lambda one: -len(one[1].name))
    for number, theme in by_length:
        name = theme.name.casefold()
        if text.casefold() == name or text.casefold().startswith(f"{name} "):
            return number, text[len(name) :].strip()
    raise UserError(f"Which topic? Name its number from /papers topics. {_example(verb)}")


def _whole(text: str, verb: str) -> int:
    match = _NUMBER.fullmatch(text)
    if match is None or match[2]:
        raise UserError(f"{'How many' if verb == 'wild' else 'And which other topic'}? {_example(verb)}")
    return int(match[1])


def _days(text: str) -> int:
    if not text:
        return _USUAL_DAYS
    match = _DAYS.fullmatch(text)
    if match is None:
        raise UserError(f"For how many days? {_example('mute')}")
    return int(match[1]) * (7 if (match[2] or "").casefold().startswith("w") else 1)


def _factor(text: str) -> float:
    if not text:
        return _USUAL_BOOST
    if text.casefold() in _OFF:
        return 1.0
    match = _FACTOR.fullmatch(text)
    if match is None:
        raise UserError("How much? /papers topics boost 2 ×2, or /papers topics boost 2 off")
    return float(match[1].replace(",", "."))


def _unknown(text: str, verb: str) -> str:
    near = get_close_matches(verb, _EXAMPLES, 1)
    return f"I do not understand “{clean_text(text)[:60]}”. {_example(near[0] if near else 'mute')}"


def _example(verb: str) -> str:
    return f"For example: /papers topics {_EXAMPLES[verb]}"
