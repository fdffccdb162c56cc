"""What the words of a text are: one analysis for what is indexed, asked and highlighted."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from bot.model import Paper

TITLE_WEIGHT = 3
"""A title counts as if it stood so often in the text; chosen on ten collections of questions."""

JOINED_WEIGHT = 0.25
"""What `gpt4` counts in a query for `GPT-4`, beside `gpt` and `4` that count 1 each."""

LONGEST_WORD = 60
"""Longer ones (in bytes, folded) are no words: addresses, formulas, sequences."""

_MOST_AUTHORS = 50
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon "
    "phi chi psi omega"
)
_SPELT_OUT = {chr(0x3B1 + place): name for place, name in enumerate(_GREEK.split())} | {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "\xad": "", "’": "'",
    **dict.fromkeys("‐‑‒–−", "-"),
}  # fmt: skip
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_AROUND = ".,;:()"
_HYPHENED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")

STOP_WORDS = frozenset(
    """
    a an and are as at be been but by can do does for from had has have how if in into is it its may no not of on or our
    such than that the their then there these they this to was we were what when where which who why will with
    """.split()
)
"""Words that a query need not have: left out where it has others."""


def folded(text: str) -> str:
    """In lower case, without diacritics and ligatures, Greek letters by name; anything else stays where it is."""
    if text.isascii():
        return text.lower()
    return _NOT_ASCII.sub(_plain, unicodedata.normalize("NFKD", text).casefold())


def _plain(found: re.Match[str]) -> str:
    character = found[0]
    if unicodedata.combining(character):
        return ""
    # A lone half of a pair cannot be written as UTF-8, which the index is.
    return _SPELT_OUT.get(character, " " if unicodedata.category(character) == "Cs" else character)


def prepared(text: str) -> str:
    """Folded, for the tokenizer; what hyphens join is added as one word (`BERT-base … bertbase`).

    At the end, so that the words of a phrase stay next to one another.
    """
    return _with_joined(folded(text))


def _with_joined(plain: str) -> str:
    return " ".join((plain, *joined(plain))) if "-" in plain else plain


def joined(plain: str) -> list[str]:
    """The hyphened words of a folded text, without their hyphens."""
    found: list[str] = []
    end = 0
    # Most words have no hyphen: to look only at what stands between the spaces around one is many times as fast.
    while (at := plain.find("-", end)) >= 0:
        start, end = plain.rfind(" ", 0, at) + 1, plain.find(" ", at)
        if end < 0:
            end = len(plain)
        found += _without_hyphens(plain[start:end].strip(_AROUND))
    return found


def _without_hyphens(piece: str) -> Iterable[str]:
    together = piece.replace("-", "")
    if together.isalnum() and "--" not in piece and piece[0] != "-" != piece[-1]:
        return (together,)
    return (word.replace("-", "") for word in _HYPHENED.findall(piece))


def indexed_text(paper: Paper, title: str) -> str:
    """All that is searched for plain words, prepared: the prepared title as often as it counts, and the rest once."""
    rest = (paper.abstract, paper.summary, *paper.keywords, *paper.labs, *paper.authors[:_MOST_AUTHORS])
    # One by one: to fold what is not ASCII takes ten times as long, and authors' names often are not.
    return " ".join((*[title] * TITLE_WEIGHT, _with_joined(" \n ".join(map(folded, rest)))))


def tokenizer() -> TextAnalyzer:
    """Prepared text → stems, as it is registered with the index."""
    words = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(LONGEST_WORD + 1))
    return words.filter(Filter.stemmer("english")).build()


_TOKENIZER = tokenizer()


def stems(text: str) -> list[str]:
    """The stems of a text in their order, hyphened words split: `GPT-4 models` → gpt, 4, model."""
    return _TOKENIZER.analyze(folded(text))


def stand_in(phrase: Iterable[str], text: Iterable[str]) -> bool:
    """Whether these stems stand among those of the text, next to one another and in that order."""
    return f" {' '.join(phrase)} " in f" {' '.join(text)} "


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """The stem of one folded word; empty where it is none."""
    return next(iter(_TOKENIZER.analyze(word)), "")


def asked_stems(text: str) -> dict[str, float]:
    """The stems of a query, and what each counts. Stop words are left out where there are others."""
    found = stems(text)
    counts = dict.fromkeys([one for one in found if one not in _STOP_STEMS] or found, 1.0)
    for word in joined(folded(text)):
        counts.setdefault(stem(word), JOINED_WEIGHT)
    return {one: count for one, count in counts.items() if one}


_STOP_STEMS = frozenset(map(stem, STOP_WORDS))
