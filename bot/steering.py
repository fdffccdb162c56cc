"""How people steer what a channel gets: each act makes a new Steering of the present one. Pure.

A number is a place among the listed themes. Whatever is done to a theme that the learner found keeps it as an Interest
of its papers. Each act raises UserError, with what to type, where it cannot be done or would change nothing.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count

from bot.errors import UserError
from bot.identity import clean_text
from bot.model import Interest, PaperId, Steering, Subscription
from bot.ports import Theme
from bot.recommend import bare_words

MOST_INTERESTS = 50
LONGEST_NAME = 60
MOST_WILD_CARDS = 3
MARK_LENGTH = 6
DELETED = "(deleted topics)"
"""The interest of share 0 that holds the papers of all deleted themes: their names are free for others."""
_BOOSTS = (0.2, 5.0)
_MUTED_DAYS = 365
_NAMED = 5
"""So many topics are named that a reset lets go."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An act that may be saved: its words after `/papers`, what it does in words, and the steering it makes."""

    command: str
    effect: str
    after: Steering


@dataclass(frozen=True, slots=True)
class Outline:
    """A channel's steering and its listed themes, which numbers mean."""

    steering: Steering
    themes: tuple[Theme, ...]

    @property
    def mark(self) -> str:
        """Six hexadecimal digits that are others once the steering, or what a number means, is another."""
        names = tuple(theme.name for theme in self.themes)
        return hashlib.sha256(repr((self.steering, names)).encode()).hexdigest()[:MARK_LENGTH]


def outline(steering: Steering, themes: Sequence[Theme]) -> Outline:
    """Kept and followed topics in their order, then those found; neither seed papers nor deleted ones are listed."""
    known = {theme.interest.name.casefold(): theme for theme in themes if theme.interest}
    kept = (
        replace(known.get(one.name.casefold(), Theme(one.name, 0.0)), name=one.name, interest=one)
        for one in steering.interests
        if one.share and not one.paper
    )
    return Outline(steering, (*kept, *(theme for theme in themes if theme.interest is None)))


def steered(subscription: Subscription, steering: Steering) -> Subscription:
    """The subscription as it is steered then."""
    return replace(
        subscription,
        interests=steering.interests,
        filters=steering.filters,
        wild_cards=steering.wild_cards,
        reset_at=steering.reset_at,
    )


def rename(now: Outline, number: int, text: str) -> Edit:
    """Give the theme another name; a topic that is followed by its words looks for the new words then."""
    theme = theme_numbered(now, number)
    name = _sound(text)
    if name.casefold() != theme.name.casefold():
        _require_free(now, name)
    elif name == theme.name:
        raise UserError(f"“{name}” is its name already.")
    words = " It looks for these words then." if by_words(theme.interest) else ""
    if words and not bare_words(name):
        raise UserError(f"“{theme.name}” is followed by its words: its name needs telling ones.")
    after = _with(now, number, lambda one: replace(one, name=name))
    return Edit(f"topics rename {number} {name}", f"“{theme.name}” is called “{name}”.{words}", after)


def merge(now: Outline, first: int, second: int) -> Edit:
    """Make one theme of two: the first keeps its name and all that was said of it."""
    one, other = theme_numbered(now, first), theme_numbered(now, second)
    if first == second:
        raise UserError(f"Name two topics: /papers topics merge {first} {2 if first == 1 else 1}")
    for theme in (one, other):
        if not known_by(theme):
            raise UserError(
                f"No paper that was liked belongs to “{theme.name}”, so there is nothing to merge. "
                f"Like papers of it first, or let it go: /papers topics delete {second if theme is other else first}"
            )
    both = tuple(dict.fromkeys((*known_by(one), *known_by(other))))
    kept = _with(now, first, lambda one: replace(one, papers=both))
    gone = other.interest.name if other.interest else ""
    after = replace(kept, interests=tuple(i for i in kept.interests if not gone or i.name != gone))
    effect = f"“{one.name}” and “{other.name}” are one topic, “{one.name}”, with {_papers(both)}."
    by_hand = any(theme.interest and not theme.interest.papers for theme in (one, other))
    note = " What was followed by hand is known by these papers then, not by its words." if by_hand else ""
    return Edit(f"topics merge {first} {second}", f"{effect}{note}", after)


def split(now: Outline, number: int, halves: tuple[Sequence[PaperId], Sequence[PaperId]], name: str) -> Edit:
    """Make two themes of one: the second half of its papers goes by `name`, or one like it that is free."""
    theme = theme_numbered(now, number)
    first, second = map(tuple, halves)
    if not (first and second):
        raise UserError(f"“{theme.name}” has too few liked papers to be split. Like more of it first.")
    _require_room(now.steering, 1 + (theme.interest is None))
    found = theme.interest is None or bool(theme.interest.papers)
    kept = _with(now, number, lambda one: replace(one, papers=first)) if found else now.steering
    other = Interest(_free_name(kept, now.themes, name), papers=second)
    after = replace(kept, interests=(*kept.interests, other))
    parts = f"itself with {_papers(first)}, and “{other.name}” with {_papers(second)}"
    return Edit(f"topics split {number}", f"“{theme.name}” is two topics: {parts}.", after)


def boost(now: Outline, number: int, factor: float) -> Edit:
    """Give the theme `factor` times the places that it would have; 1 is the usual part."""
    theme = theme_numbered(now, number)
    least, most = _BOOSTS
    _require_places(theme, number, factor)
    if not least <= factor <= most:
        raise UserError(
            f"A topic gets ×{least:g} to ×{most:g} of its usual part: /papers topics boost {number} ×2"
        )
    usual = f"“{theme.name}” has its usual part of a digest"
    if factor == _share(theme):
        raise UserError(f"{usual if factor == 1 else f'“{theme.name}” has ×{factor:g} of it'} already.")
    effect = usual if factor == 1 else f"“{theme.name}” gets ×{factor:g} of its usual part of a digest"
    said = "off" if factor == 1 else f"×{factor:g}"
    return Edit(
        f"topics boost {number} {said}",
        f"{effect}.",
        _with(now, number, lambda one: replace(one, share=factor)),
    )


def _require_places(theme: Theme, number: int, factor: float) -> None:
    """Raises UserError for what has no places of its own that could be more: it counts within all topics."""
    of = theme.interest
    kind = of and ("a category" if of.category else "an author" if of.author else "a lab" if of.lab else "")
    if kind and factor != 1:
        raise UserError(
            f"“{theme.name}” is {kind}, which has no part of a digest of its own, so a boost would change nothing. "
            f"/papers topics pin {number} keeps a place for it; a topic of words can be boosted."
        )


def mute(now: Outline, number: int, days: int, today: date) -> Edit:
    """Pick nothing of the theme for so many days, today included."""
    theme = theme_numbered(now, number)
    if not 1 <= days <= _MUTED_DAYS:
        raise UserError(
            f"A topic is muted for 1 to {_MUTED_DAYS} days: /papers topics mute {number} 7 days. "
            f"/papers topics delete {number} lets it go for good."
        )
    until = today + timedelta(days=days)
    if theme.interest and theme.interest.muted_until == until:
        raise UserError(f"“{theme.name}” is muted until then already.")
    effect = f"Nothing of “{theme.name}” comes until {until.day} {until:%B}."
    said = "1 day" if days == 1 else f"{days} days"
    return Edit(
        f"topics mute {number} {said}",
        effect,
        _with(now, number, lambda one: replace(one, muted_until=until)),
    )


def unmute(now: Outline, number: int, today: date) -> Edit:
    """Let the theme come again before its time."""
    theme = theme_numbered(now, number)
    if not is_muted(theme.interest, today):
        raise UserError(f"“{theme.name}” is not muted. /papers topics mute {number} 7 days would do that.")
    after = _with(now, number, lambda one: replace(one, muted_until=None))
    return Edit(f"topics unmute {number}", f"“{theme.name}” comes again.", after)


def pin(now: Outline, number: int, *, on: bool = True) -> Edit:
    """Keep a place for the theme wherever something of it is new; or, not `on`, no longer."""
    theme = theme_numbered(now, number)
    if on == bool(theme.interest and theme.interest.pinned):
        raise UserError(f"“{theme.name}” is {'pinned already' if on else 'not pinned'}.")
    effect = "has a place wherever something of it is new" if on else "competes like the others"
    said = f"topics {'pin' if on else 'unpin'} {number}"
    return Edit(said, f"“{theme.name}” {effect}.", _with(now, number, lambda one: replace(one, pinned=on)))


def delete(now: Outline, number: int) -> Edit:
    """Let the theme go: what is followed is followed no longer; of what was found, the likes speak for nothing.

    The seed papers in what was found are seed papers no longer.
    """
    theme, before = theme_numbered(now, number), now.steering
    followed = theme.interest is not None and not theme.interest.papers
    rest = tuple(one for one in before.interests if theme.interest is None or one.name != theme.interest.name)
    gone = known_by(theme)
    interests = rest if followed else _deleted(rest, gone)
    effect = "is not followed any more" if followed else "is gone, and its likes speak for nothing any more"
    if not followed and (seeds := sum(one.paper in gone for one in rest)):
        effect += f"; {'its seed paper goes' if seeds == 1 else f'its {seeds} seed papers go'}, too"
    return _bounded(
        Edit(f"topics delete {number}", f"“{theme.name}” {effect}.", replace(before, interests=interests))
    )


def wild(now: Outline, cards: int) -> Edit:
    """How many picks of a digest may be wild cards."""
    if not 0 <= cards <= MOST_WILD_CARDS:
        raise UserError(f"A digest has 0 to {MOST_WILD_CARDS} wild cards: /papers topics wild 1")
    if cards == now.steering.wild_cards:
        raise UserError(f"That is so already: {_wild_cards(cards).lower()}.")
    return Edit(f"topics wild {cards}", f"{_wild_cards(cards)}.", replace(now.steering, wild_cards=cards))


def reset(now: Outline, at: datetime) -> Edit:
    """Forget what reactions taught before `at`; what is followed by hand stays, as do seed papers."""
    stays = tuple(one for one in now.steering.interests if not one.papers)
    goes = [f"“{one.name}”" for one in now.steering.interests if one.papers and one.share]
    more = f" and {len(goes) - _NAMED} more" if len(goes) > _NAMED else ""
    topics = f", and with it what was kept of it: {', '.join(goes[:_NAMED])}{more}" if goes else ""
    effect = f"What I learned from reactions is forgotten{topics}. What is followed by hand and the seed papers stay."
    return Edit("reset", effect, replace(now.steering, interests=stays, reset_at=at))


def known_by(theme: Theme) -> tuple[PaperId, ...]:
    """The papers it is known by: those kept, and those liked since."""
    kept = theme.interest.papers if theme.interest else ()
    return tuple(dict.fromkeys((*kept, *(paper.id for paper in theme.papers))))


def is_muted(interest: Interest | None, today: date) -> bool:
    """Whether nothing of it is picked on that day."""
    return bool(interest and interest.muted_until and interest.muted_until > today)


def by_words(interest: Interest | None) -> bool:
    """Whether its name is also what it looks for."""
    named = interest and (
        interest.category or interest.author or interest.lab or interest.paper or interest.papers
    )
    return interest is not None and not named


def _papers(ids: Sequence[PaperId]) -> str:
    return "1 paper" if len(ids) == 1 else f"{len(ids)} papers"


def _wild_cards(cards: int) -> str:
    most = "No pick" if cards == 0 else f"At most {cards} {'pick' if cards == 1 else 'picks'}"
    return f"{most} of a digest {'is a wild card' if cards < 2 else 'are wild cards'}"


def theme_numbered(now: Outline, number: int) -> Theme:
    """The theme of that number, from 1. Raises UserError where there is none."""
    if not now.themes:
        raise UserError("There is no topic here yet: /papers follow robot learning, or like a few papers.")
    if not 1 <= number <= len(now.themes):
        raise UserError(f"There is no topic {number}; /papers topics lists 1 to {len(now.themes)}.")
    return now.themes[number - 1]


def _share(theme: Theme) -> float:
    return theme.interest.share if theme.interest else 1.0


def _with(now: Outline, number: int, change: Callable[[Interest], Interest]) -> Steering:
    """The steering with the theme's interest changed; one that was found is kept as the last from now on."""
    theme, before = theme_numbered(now, number), now.steering
    if theme.interest is None:
        _require_room(before, 1)
        kept = Interest(_free_name(before, (), theme.name), papers=known_by(theme))
        return replace(before, interests=(*before.interests, change(kept)))
    name = theme.interest.name
    return replace(before, interests=tuple(change(i) if i.name == name else i for i in before.interests))


def _deleted(interests: tuple[Interest, ...], papers: tuple[PaperId, ...]) -> tuple[Interest, ...]:
    """With these papers among those that speak for nothing, which is always the last interest."""
    rest = tuple(one for one in interests if one.name != DELETED and one.paper not in papers)
    before = tuple(paper for one in interests if one.name == DELETED for paper in one.papers)
    return (*rest, Interest(DELETED, papers=tuple(dict.fromkeys((*before, *papers))), share=0.0))


def _bounded(edit: Edit) -> Edit:
    if len(edit.after.interests) > MOST_INTERESTS:
        raise UserError(_FULL)
    return edit


_FULL = f"A channel has at most {MOST_INTERESTS} topics and seed papers. /papers topics delete makes room."


def _require_room(steering: Steering, more: int) -> None:
    if len(steering.interests) + more > MOST_INTERESTS:
        raise UserError(_FULL)


def _sound(text: str) -> str:
    """A name as it may be shown and typed."""
    name = clean_text(text).strip(" \"'“”")
    if not any(map(str.isalpha, name)) or any(sign in name for sign in "<>@`"):
        raise UserError("A name has letters, and neither @ nor < nor >: /papers topics rename 2 robot hands")
    if len(name) > LONGEST_NAME:
        raise UserError(f"A name has at most {LONGEST_NAME} characters: /papers topics rename 2 robot hands")
    return name


def _require_free(now: Outline, name: str) -> None:
    if name.casefold() in _taken(now.steering, now.themes):
        raise UserError(f"“{name}” is the name of another topic or seed paper here. Choose another one.")


def _free_name(steering: Steering, themes: Sequence[Theme], wanted: str) -> str:
    """That name, or one with the first number that makes it free."""
    taken = _taken(steering, themes)
    name = clean_text(wanted)[: LONGEST_NAME - 3].strip() or "topic"
    tried = (name if i == 1 else f"{name} {i}" for i in count(1))
    return next(one for one in tried if one.casefold() not in taken)


def _taken(steering: Steering, themes: Sequence[Theme]) -> set[str]:
    return {one.name.casefold() for one in steering.interests} | {one.name.casefold() for one in themes}
