"""The query language: words, "phrases" and -exclusions. Any string is a query."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from bot import ports
from bot.model import PaperId

Phrase = tuple[str, ...]
"""Folded words that stand next to one another; most often one."""

_MOST_WORDS = 64
_PART = re.compile(r'(-?)(?:["“”]([^"“”]*)["“”]|([^\s"“”]+))')
_JOINED = re.compile(r"[^\W_]+(?:[-._'’‐‑][^\W_]+)*")
_WORD = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Query:
    """What a paper should have, and what it must not have."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()


def folded(text: str) -> str:
    """Without case, diacritics and ligatures; texts and queries are folded alike."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return _NOT_ASCII.sub(_plain, apart)


def _plain(found: re.Match[str]) -> str:
    character = found[0]
    if unicodedata.combining(character):
        return ""
    return " " if unicodedata.category(character) == "Cs" else character


def words(text: str) -> Phrase:
    """The folded words of a text in their order: runs of letters and digits."""
    return tuple(_WORD.findall(folded(text)))


def parse(text: str) -> Query:
    """Never fails. A hyphened word (`GPT-4`) is a phrase; only the first 64 words count."""
    wanted: dict[Phrase, None] = {}
    unwanted: dict[Phrase, None] = {}
    left = _MOST_WORDS
    for sign, quoted, bare in _PART.findall(text):
        for phrase in [words(quoted)] if quoted else map(words, _JOINED.findall(folded(bare))):
            if phrase := phrase[:left]:
                left -= len(phrase)
                (unwanted if sign else wanted)[phrase] = None
    return Query(tuple(wanted), tuple(unwanted))


@dataclass(frozen=True, slots=True)
class Scope:
    """`posted:here`, `saved:me`, `liked:here`: papers that facts name; `without` where it has a minus."""

    name: str
    without: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person's words mean.

    `paper` is the one paper whose id or address they are. `scopes` have to be looked up by whoever knows the facts, and
    go into `query.within` and `query.beyond`. `page` is 1 at first. `for_us`: in the order of the channel's taste.
    `notes` say what was not understood and what was made of it. `text` is the words without `page:`.
    """

    query: "ports.Query"
    text: str
    paper: PaperId | None = None
    scopes: tuple[Scope, ...] = ()
    page: int = 1
    for_us: bool = False
    notes: tuple[str, ...] = ()


def asked_from_text(text: str, today: date) -> Asked:
    """Never fails: any string is a question."""
    raise NotImplementedError
