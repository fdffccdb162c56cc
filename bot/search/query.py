"""The query language: words, "phrases" and -exclusions. Any string is a query."""

import re
import unicodedata
from dataclasses import dataclass

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
