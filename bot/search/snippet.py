"""The part of an abstract that shows best what was looked for, and which words of it to emphasise."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.model import Paper
from bot.ports import Words
from bot.search.analysis import asked_stems, folded, joined, stem

LONGEST = 280
"""So many characters an excerpt has at most."""
_BEFORE = 60
"""So much of a long sentence is shown before the first word that was looked for."""
_MOST_MARKS = 20
_MOST_PLACES = 40
_WORD = re.compile(r"[^\W_]+(?:[-‐‑–'’][^\W_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(“\"])")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A word of a text that was looked for: where it stands, and which stems it has."""

    start: int
    end: int
    stems: frozenset[str]


def excerpt_and_marks(paper: Paper, wanted: Sequence[Words]) -> tuple[str, tuple[str, ...]]:
    """The telling part of the abstract, empty where none of the words stands there; and the words as they stand.

    What stands in the title is among the marks, too. What was left out is shown as `…`.
    """
    sought = sought_stems(wanted)
    text = " ".join((paper.abstract or paper.summary).split())
    found = sightings(text, sought)
    excerpt = _best_part(text, found) if found else ""
    shown = {
        source[one.start : one.end]: None
        for source in (paper.title, excerpt)
        for one in sightings(source, sought)
    }
    return excerpt, tuple(shown)[:_MOST_MARKS]


def sought_stems(wanted: Sequence[Words]) -> frozenset[str]:
    """The stems of all that was asked for but names of authors."""
    return frozenset(
        found for words in wanted if words.field != "author" for found in asked_stems(words.text)
    )


def sightings(text: str, sought: frozenset[str]) -> list[Sighting]:
    """The words of the text that have one of the stems, in their order; a hyphened word counts as one."""
    return [
        Sighting(match.start(), match.end(), stems & sought)
        for match in _WORD.finditer(text)
        if not sought.isdisjoint(stems := _stems(match[0]))
    ]


@lru_cache(maxsize=20_000)
def _stems(word: str) -> frozenset[str]:
    plain = folded(word)
    parts = (*re.split(r"[-']", plain), *joined(plain))
    return frozenset(filter(None, map(stem, parts)))


def _best_part(text: str, found: Sequence[Sighting]) -> str:
    """The part with most of the stems, then with most of the words, then one that begins with a sentence of them."""
    if len(text) <= LONGEST:
        return text
    sentences = [0, *(match.end() for match in _SENTENCE.finditer(text))]
    inside = (_word_start(text, one.start - _BEFORE) for one in found[:_MOST_PLACES])
    # A part that begins with its sentence reads best: on equal terms it comes first.
    starts = [*sentences, *inside]
    best = max(
        starts, key=lambda start: (*_worth(found, start, start + LONGEST - 2), start in sentences, -start)
    )
    return _cut(text, best)


def _worth(found: Sequence[Sighting], start: int, end: int) -> tuple[int, int]:
    there = [one for one in found if one.start >= start and one.end <= end]
    return len(frozenset[str]().union(*(one.stems for one in there))), len(there)


def _word_start(text: str, place: int) -> int:
    return text.find(" ", place) + 1 if place > 0 else 0


def _cut(text: str, start: int) -> str:
    head = "…" if start else ""
    rest = text[start:]
    room = LONGEST - len(head)
    if len(rest) <= room:
        return head + rest
    whole = rest[: room - 1].rpartition(" ")[0] or rest[: room - 1]
    return f"{head}{whole.rstrip(' ,;:')}…"
