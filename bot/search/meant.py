"""What was likely meant, where few papers have a word that was asked for."""

import re
from collections.abc import Mapping

from bot.ports import Query, SearchIndex
from bot.search.analysis import STOP_WORDS, folded

FEW = 3
"""A word that so many papers have, or fewer, may be misspelt."""
_TIMES_MORE = 10
"""So many times as many papers must have what was likely meant."""
_GUESSES = 3
_MOST_DOUBTED = 8
_WORD = re.compile(r"[^\W\d_]{4,}")


def suggested(index: SearchIndex, query: Query) -> str:
    """The words without a field, those that few papers have replaced; empty where there is none or no better one."""
    text = " ".join(f'"{one.text}"' if one.phrase else one.text for one in query.wanted if not one.field)
    words = {word: folded(word) for word in _WORD.findall(text)}
    known = index.frequencies(set(words.values()))
    doubted = [word for word, plain in words.items() if known[plain] <= FEW and plain not in STOP_WORDS]
    better = {word: _better(index, words[word], known[words[word]]) for word in doubted[:_MOST_DOUBTED]}
    return _replaced(text, {word: guess for word, guess in better.items() if guess})


def _better(index: SearchIndex, word: str, having: int) -> str:
    """The first guess that many more papers have."""
    guesses = index.alike(word, _GUESSES)
    counts = index.frequencies(guesses)
    return next((guess for guess in guesses if counts[guess] > _TIMES_MORE * having), "")


def _replaced(text: str, better: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: better.get(found[0], found[0]), text) if better else ""
