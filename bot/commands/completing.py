"""What a person may mean who is typing after `/papers COMMAND`: the index is asked, and few papers are read.

Only what the channel may read is offered. Each answer is fast enough to come with every key that is pressed.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from bot.commands.desk import Desk, latest_digest, shortened, subscription_or_new
from bot.commands.lookups import (
    MOST_TITLES,
    SHORTEST,
    categories,
    category_text,
    completed,
    last_words,
    titles,
)
from bot.commands.named import is_number
from bot.commands.steer import scene_of
from bot.identity import clean_text
from bot.model import Channel, Completion, Interest, Paper, Typing
from bot.steering import is_muted

MOST = 25
"""So many are looked at by people, and taken by Discord."""
_LONGEST = 100
_TITLES, _AUTHORS, _CATEGORIES = 3, 3, 10
_FIELD = re.compile(r'(?:^|(?<=\s))(-?)(cat|category|author):\s*("?)([^"]*)$', re.IGNORECASE)
_LONGEST_TYPED = 200
_SCOPES = {
    "posted:here": "posted in this channel",
    "saved:me": "saved by you here",
    "liked:here": "liked in this channel",
    "order:us": "what this channel likes comes first",
}
_TELLING = 3
"""Characters of a scope that hardly begin a word that is meant instead."""
_STEPS = ("boost", "mute", "pin", "split", "delete")
"""What a topic's number is enough for."""

Offer = tuple[str, str]
"""How it is shown, and what stands after the command then."""


def completions(offers: Iterable[Offer]) -> list[Completion]:
    """At most 25, each value once; what is too long to be chosen is not offered."""
    found: dict[str, Completion] = {}
    for label, value in ((clean_text(label), clean_text(value)) for label, value in offers):
        if label and 0 < len(value) <= _LONGEST:
            found.setdefault(value.casefold(), Completion(_label(label), value))
        if len(found) == MOST:
            break
    return list(found.values())


def _label(text: str) -> str:
    return text if len(text) <= _LONGEST else shortened(text, _LONGEST - 1)[:_LONGEST]


def complete_search(desk: Desk, typing: Typing) -> Iterator[Offer]:
    """Titles, words, authors and topics; inside `cat:` and `author:` what may stand there."""
    text = _typed(typing)
    if match := _FIELD.search(text):
        yield from _in_field(desk, match, text[: match.start()])
        return
    topics = [one.name for one in _followed(desk, typing.channel) if not one.paper]
    if len(text) < SHORTEST:
        yield from ((name, name) for name in topics)
        return
    last = last_words(desk, typing.channel, text)
    yield from titles(desk, typing.channel, text, last, _TITLES)
    yield from ((name, name) for name in topics if text.casefold() in name.casefold())
    yield from ((words, words) for words in completed(text, last))
    yield from ((f"Papers by {name}", f'author:"{name}"') for name in desk.index.authors(text, _AUTHORS))
    yield from _scopes(text)


def _scopes(text: str) -> Iterator[Offer]:
    """What the last word may narrow the words before it down to."""
    before, _, last = text.rpartition(" ")
    for scope, meaning in _SCOPES.items():
        if len(last) >= _TELLING and scope.startswith(last.casefold()):
            whole = f"{before} {scope}".strip()
            yield f"{whole} · {meaning}", whole


def _in_field(desk: Desk, match: re.Match[str], before: str) -> Iterator[Offer]:
    minus, field, _, begun = match.groups()
    if field.casefold() == "author":
        names = desk.index.authors(begun, MOST) if begun.strip() else []
        yield from ((f"{before}{minus}author: {name}", f'{before}{minus}author:"{name}"') for name in names)
        return
    for name in categories(begun, MOST):
        yield f"{before}{minus}{category_text(name)}", f"{before}{minus}cat:{name}"


def complete_follow(desk: Desk, typing: Typing) -> Iterator[Offer]:
    """Categories, authors and words that may be followed."""
    text = _typed(typing)
    if match := _FIELD.fullmatch(text):
        if match[2].casefold() == "author":
            names = desk.index.authors(match[4], MOST) if match[4].strip() else []
            yield from ((f"author: {name}", f"author: {name}") for name in names)
        else:
            yield from ((category_text(name), name) for name in categories(match[4], MOST))
        return
    if len(text) < SHORTEST:
        return
    yield from ((category_text(name), name) for name in categories(text, _CATEGORIES))
    yield from ((words, words) for words in completed(text, last_words(desk, typing.channel, text)))
    yield from ((f"author: {name}", f"author: {name}") for name in desk.index.authors(text, _AUTHORS))


def complete_unfollow(desk: Desk, typing: Typing) -> Iterator[Offer]:
    """What is followed."""
    text = _typed(typing).casefold()
    for one in _followed(desk, typing.channel):
        if text in one.name.casefold():
            yield (f"papers like “{one.name}”" if one.paper else one.name), str(one.paper or one.name)


def complete_paper(desk: Desk, typing: Typing) -> Iterator[Offer]:
    """The latest digest's papers by number, then titles."""
    text = _typed(typing)
    if not text or is_number(text):
        numbered = _of_digest(desk, typing.channel)
        yield from (
            (f"{number} · {paper.title}", number) for number, paper in numbered if number.startswith(text)
        )
    elif len(text) >= SHORTEST:
        yield from titles(desk, typing.channel, text, last_words(desk, typing.channel, text), MOST_TITLES)


def complete_seeds(desk: Desk, typing: Typing) -> Iterator[Offer]:
    """`add` and a paper's id, `remove` and a number."""
    verb, _, rest = _typed(typing).partition(" ")
    seeds = [one for one in subscription_or_new(desk, typing.channel).interests if one.paper]
    if verb.casefold() == "add":
        if len(rest) >= SHORTEST:
            found = titles(desk, typing.channel, rest, last_words(desk, typing.channel, rest), MOST_TITLES)
            yield from ((f"add {title}", f"add {value}") for title, value in found)
        return
    if "list".startswith(verb.casefold()):
        yield "list", "list"
    if "remove".startswith(verb.casefold()):
        yield from ((f"remove {i} · {one.name}", f"remove {i}") for i, one in enumerate(seeds, 1))


def complete_topics(desk: Desk, typing: Typing) -> Iterator[Offer]:
    """What can be done, to each topic by its number."""
    verb, _, rest = _typed(typing).partition(" ")
    scene = scene_of(desk, typing.channel)
    for number, theme in enumerate(scene.outline.themes, 1):
        for step in _steps(theme.interest, scene.today):
            if step.startswith(verb.casefold()) and str(number).startswith(rest.strip()):
                yield f"{step} {number} · {theme.name}", f"{step} {number}"


def _steps(interest: Interest | None, today: date) -> Iterator[str]:
    """Those that would change something."""
    undone = {
        "mute": "unmute" if interest and interest.muted_until and is_muted(interest, today) else "mute",
        "pin": "unpin" if interest and interest.pinned else "pin",
    }
    return (undone.get(step, step) for step in _STEPS)


def _typed(typing: Typing) -> str:
    return typing.text[:_LONGEST_TYPED].lstrip()


def _followed(desk: Desk, channel: Channel) -> list[Interest]:
    return [one for one in subscription_or_new(desk, channel).interests if one.share]


def _of_digest(desk: Desk, channel: Channel) -> Iterator[tuple[str, Paper]]:
    digest = latest_digest(desk, channel)
    ranks = {one.paper: one.rank for one in digest.impressions} if digest else {}
    papers = desk.store.papers(list(ranks))
    return ((str(rank), papers[one]) for one, rank in ranks.items() if one in papers)


COMPLETERS: dict[str, Callable[[Desk, Typing], Iterator[Offer]]] = {
    "search": complete_search,
    "follow": complete_follow,
    "unfollow": complete_unfollow,
    "seeds": complete_seeds,
    "topics": complete_topics,
    **dict.fromkeys(("like", "why", "share", "cite"), complete_paper),
}
"""Who completes what follows which command."""
