"""What was likely meant, where few papers have a word that was asked for."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA

from bot.ports import Query, SearchIndex, Words
from bot.search.analysis import STOP_WORDS, folded
from bot.search.entries import plain_name

FEW = 3
"""A word that so many papers have, or fewer, may be misspelt; in a large archive, one of 100,000 papers."""
_LARGE = 100_000
_TIMES_MORE = 100
"""So many times as many papers must have what was likely meant."""
_NEAR = 1 / 6
"""The share of a word's letters that a slip of the finger gets wrong."""
_NEAR_PAPERS, _FAR_PAPERS = 20_000, 500
"""One of so many papers must have the guess: one that is far off must be common, for there are many such words."""
_GUESSES = 5
_NAMES = 100
_SHORTEST_BEGINNING = 2
_MOST_DOUBTED = 4
"""To look through all known words takes a moment for each."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_HYPHENED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")


def suggested(index: SearchIndex, query: Query, text: str = "") -> str:
    """`text` with the words that few papers have replaced; empty where there is none or no better one.

    Without a text: the words of the query, with their fields. Of the rest of the text nothing is changed.
    """
    better = {**_better_words(index, query), **_better_names(index, query)}
    written = text or " ".join(map(_written, query.wanted))
    meant = _replaced(written, better)
    return meant if meant != written else ""


def _written(words: Words) -> str:
    quoted = words.phrase or (words.field and " " in words.text)
    return f"{words.field}{':' if words.field else ''}" + (f'"{words.text}"' if quoted else words.text)


def _replaced(text: str, better: Mapping[str, str]) -> str:
    whole = _HYPHENED.sub(lambda found: better.get(found[0], found[0]), text)
    return _WORD.sub(lambda found: better.get(found[0], found[0]), whole)


def _better_words(index: SearchIndex, query: Query) -> dict[str, str]:
    text = " ".join(one.text for one in query.wanted if one.field != "author")
    words = {word: folded(word) for word in _WORD.findall(text)}
    known = index.frequencies(set(words.values()))
    doubted = [word for word, plain in words.items() if _is_rare(index, known[plain], plain)]
    found = {word: _better(index, words[word], known[words[word]]) for word in doubted[:_MOST_DOUBTED]}
    joined = {word: _joined(index, word) for word in _HYPHENED.findall(text)[:_MOST_DOUBTED]}
    return {word: guess for word, guess in (found | joined).items() if guess}


def _is_rare(index: SearchIndex, having: int, plain: str) -> bool:
    return having <= max(FEW, index.position() // _LARGE) and plain not in STOP_WORDS


def _better(index: SearchIndex, word: str, having: int) -> str:
    """The first guess that many more papers have."""
    guesses = [guess for guess in index.alike(word, _GUESSES) if guess.isalpha()]
    counts = index.frequencies(guesses)
    return next((one for one in guesses if counts[one] > having * _TIMES_MORE + _least(index, word, one)), "")


def _least(index: SearchIndex, word: str, guess: str) -> int:
    far = OSA.distance(word, guess) / len(word) > _NEAR
    return index.position() // (_FAR_PAPERS if far else _NEAR_PAPERS)


def _joined(index: SearchIndex, word: str) -> str:
    """What is written as one word in titles, and never with these hyphens: `alpha-fold` is AlphaFold."""
    plain = folded(word)
    one = plain.replace("-", "")
    return one if _is_written(index, one) and not _is_written(index, plain) else ""


def _is_written(index: SearchIndex, plain: str) -> bool:
    return plain in index.complete(plain, _GUESSES)


def _better_names(index: SearchIndex, query: Query) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in [one.text for one in query.wanted if one.field == "author"][:_MOST_DOUBTED]:
        known = index.frequencies(_WORD.findall(name))
        if any(_is_rare(index, having, folded(part)) for part, having in known.items()):
            found |= _better_name(index, name)
    return found


def _better_name(index: SearchIndex, name: str) -> dict[str, str]:
    """The one part of a name nobody has that, spelt a little differently, makes it the name of somebody."""
    parts = [part for part in plain_name(name).split() if len(part) > 1]
    if any(set(parts) <= set(there) for there in _names(index, parts)):
        return {}
    for typed in _WORD.findall(name):
        others = [part for part in parts if part != folded(typed)]
        if guess := next(_guessed_parts(index, folded(typed), others), ""):
            return {typed: guess}
    return {}


def _guessed_parts(index: SearchIndex, part: str, others: Sequence[str]) -> Iterator[str]:
    """Parts of names of people that have the others, too, and begin like it: the longer that is, the earlier."""
    most = 1 if len(part) < len("letter") else 2
    for end in range(len(part), _SHORTEST_BEGINNING - 1, -1):
        there = [one for names in _names(index, [*others, part[:end]]) for one in names if one not in others]
        near = [one for one in there if OSA.distance(one, part) <= most]
        yield from sorted(near, key=lambda one: OSA.distance(one, part))


def _names(index: SearchIndex, parts: Sequence[str]) -> list[list[str]]:
    return [plain_name(name).split() for name in index.authors(" ".join(parts), _NAMES)]
