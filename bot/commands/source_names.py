"""How people name the sources of an installation, and how the bot names them."""

import re
from urllib.parse import urlsplit

from bot.circumstances import source_named
from bot.commands.desk import Desk, subscription_or_new
from bot.model import Channel
from bot.polling import OPERATORS_FEEDS

_LONGEST_TITLE = 60
_LONGEST_NAME = 5
_BETWEEN = {"and", "the", "only", "source", "sources"}


def operators_feeds(desk: Desk) -> tuple[str, ...]:
    """The addresses of the feeds that are read for every channel: those that no channel added."""
    added = {feed.url for feed in desk.store.feeds()}
    return tuple(
        area for name, area in desk.asked if name == OPERATORS_FEEDS or (name == "feed" and area not in added)
    )


def host_named(url: str) -> str:
    """`“lab.example”`: a whole address may hold what only the operator should know."""
    return f"“{urlsplit(url).hostname or url[:_LONGEST_TITLE]}”"


def asked_names(desk: Desk) -> tuple[str, ...]:
    """The sources of this installation as they are typed, in order; `feeds` where the operator named some."""
    names = dict.fromkeys(name for name, _ in desk.asked if name not in {"feed", OPERATORS_FEEDS})
    return (*names, OPERATORS_FEEDS) if operators_feeds(desk) else tuple(names)


def source_for(desk: Desk, text: str) -> str:
    """The source of that name, however it is written (`Hugging Face`, `huggingface`); empty where there is none."""
    return _by_key(desk).get(_key(text), "")


def sources_in(desk: Desk, text: str) -> tuple[list[str], list[str]]:
    """The sources that a list names, as people or the bot itself write it, and the words that name none."""
    by_key = _by_key(desk)
    words = re.sub(r"\([^()]*\)|[,;&“”]", " ", text).split()
    names: list[str] = []
    unknown: list[str] = []
    at = 0
    while at < len(words):
        ends = range(min(len(words), at + _LONGEST_NAME), at, -1)
        end = next((end for end in ends if _key("".join(words[at:end])) in by_key), 0)
        if end:
            names.append(by_key[_key("".join(words[at:end]))])
        elif words[at].casefold() not in _BETWEEN:
            unknown.append(words[at])
        at = end or at + 1
    return list(dict.fromkeys(names)), unknown


def instead_of(desk: Desk, channel: Channel, name: str) -> str:
    """What to type so that the channel reads all it reads now but that source."""
    chosen = subscription_or_new(desk, channel).filters.sources or asked_names(desk)
    others = [other for other in chosen if other != name]
    if not others:
        return "it is the only one that is read here; /papers pause stops the digests"
    return f"/papers sources only {', '.join(others)} leaves it out"


def short_title(title: str) -> str:
    """A feed's title as it is shown: at most 60 characters."""
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1].rstrip()}…"


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _by_key(desk: Desk) -> dict[str, str]:
    names = asked_names(desk)
    keys = {_key(written): name for name in names for written in (source_named(name), name)}
    return keys | ({"feed": OPERATORS_FEEDS, "rss": OPERATORS_FEEDS} if OPERATORS_FEEDS in names else {})
