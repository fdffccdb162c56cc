"""Words: what a text says as words and pairs of words, which of them tell a person anything, what is about what."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from bot.arxiv_categories import within
from bot.model import Interest, Paper
from bot.recommend.people import is_followed

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")

_WHOLE_WORD = re.compile(r"(?<![^\W_])(?<![^\W_]['’])" + _WORD.pattern)
"""One that is no part of a longer one."""

_PLAIN_WORDS = {
    *ENGLISH_STOP_WORDS,
    *"paper propose proposed show results method methods approach based using use used new novel".split(),
    *"study present work existing however via".split(),
}


_ODD_PLURALS = {"series": "series", "species": "species"} | {
    f"{word}s": word for word in "cache niche axe movie cookie die lie tie calorie".split()
}
_DULL_WORDS = frozenset(
    "better best including include includes achieve improve enable introduce demonstrate provide address require "
    "outperform significantly significant effective efficient various different important high higher low lower "
    "large small number first second two three make made allow leverage like just only need look state-of-the-art "
    "recent current many several way".split()
)
_SUFFIXES = ("ation", "ment", "ing", "ers", "er", "or", "ics", "ic", "ed", "ly", "al", "es", "e", "s", "y")


def words(text: str) -> list[str]:
    """Folded content words in order; a plural ending is dropped so that `models` finds `model`."""
    return [word for word in map(_content, _WORD.findall(text)) if word]


@lru_cache(maxsize=200_000)
def _content(written: str) -> str:
    """The word as it counts; empty for one that says nothing. Kept, because texts share most of their words."""
    word = written.casefold()
    return "" if word in _PLAIN_WORDS else _singular(word)


def _singular(word: str) -> str:
    if word in _ODD_PLURALS:
        return _ODD_PLURALS[word]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zzes", "tzes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as")):
        return word[:-1]
    return word


def grams(text: str) -> list[str]:
    """Words and pairs of neighbouring words."""
    row = words(text)
    return [w for w in row if len(w) > 1] + list(map(" ".join, pairwise(row)))


def paper_grams(paper: Paper) -> list[str]:
    """What is written about it; the title counts twice."""
    title = grams(paper.title)
    body = grams(" ".join((paper.abstract, paper.summary)))
    return [*title, *title, *body, *(gram for keyword in paper.keywords for gram in grams(keyword))]


def category_grams(paper: Paper) -> list[str]:
    """Categories are words of their own: `cat:cs.CL`."""
    return [f"cat:{category}" for category in paper.categories]


def interest_grams(interest: Interest) -> list[str]:
    """The followed words, or the followed category; an archive stands for all of its categories."""
    if interest.category:
        return [f"cat:{name}" for name in within(interest.category)]
    return grams(interest.name)


def bare_words(text: str) -> frozenset[str]:
    """The content words without order; one with a hyphen stands for its parts."""
    return frozenset(words(text.replace("-", " ")))


def is_about(paper: Paper, interest: Interest) -> bool:
    """Whether it has all words of the topic, stands in the category, or is by or from whom is followed.

    A followed paper has no topic.
    """
    if interest.author or interest.lab:
        return is_followed(paper, interest)
    if interest.category:
        return not set(within(interest.category)).isdisjoint(paper.categories)
    return interest.paper is None and has_words(paper, topic_words(interest.name))


def has_words(paper: Paper, wanted: frozenset[str]) -> bool:
    """Whether all of these content words, and there are some, stand in what is written about the paper."""
    texts = texts_of(paper)
    text = folded(texts)
    if not text:
        return bool(wanted) and wanted <= bare_words(" ".join(texts))
    for word, mark in marks(wanted):
        at = text.find(mark)
        if at < 0 or word_at(text, word, mark, at, len(text)) < 0:
            return False
    return bool(wanted)


def texts_of(paper: Paper) -> tuple[str, ...]:
    """What is written about it."""
    return (paper.title, paper.abstract, paper.summary, *paper.keywords)


@lru_cache(maxsize=10_000)
def folded(texts: tuple[str, ...]) -> str:
    """All in one, as words are looked for in it. Kept, because each channel asks the same papers about its own topics.

    Empty where a letter becomes several (`İ`): words may fall apart then, and must be found before they are folded.
    """
    text = " ".join(texts).replace("-", " ")
    small = text.casefold()
    return small if len(small) == len(text) else ""


@lru_cache(maxsize=10_000)
def marks(wanted: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The content words, each with the letters with which it begins in whatever form."""
    return tuple((word, word[:-1] if word.endswith("y") else word) for word in sorted(wanted))


def word_at(text: str, word: str, mark: str, at: int, end: int) -> int:
    """Where in the folded text before `end` a word counts as that content word; -1 for nowhere.

    Its mark is first found at `at`. Not all words of the text are looked at, because few begin so.
    """
    while at >= 0:
        found = _WHOLE_WORD.match(text, at)
        if found and _content(found[0]) == word:
            return at
        at = text.find(mark, at + 1, end)
    return -1


@lru_cache(maxsize=10_000)
def topic_words(topic: str) -> frozenset[str]:
    """The content words of a topic that is followed in words."""
    return bare_words(topic)


@lru_cache(maxsize=50_000)
def telling_word(word: str) -> bool:
    """Whether a person learns anything from it: no number, no word that stands in any abstract."""
    return word not in _DULL_WORDS and any(char.isalpha() for char in word)


def strongest(terms: Iterable[tuple[str, float]], most: int) -> list[tuple[str, float]]:
    """The telling grams with the greatest values; a word is left out where a stronger gram has its stem."""
    values = dict(terms)
    ordered = sorted(values, key=lambda gram: (-values[gram], gram))
    return [(gram, values[gram]) for gram in first_telling(ordered, most)]


def first_telling(grams: Iterable[str], most: int, known: frozenset[str] = frozenset()) -> list[str]:
    """The first that tell anything and have no `known` word; a word is left out where one before it has its stem.

    Asks for no more.
    """
    chosen: list[str] = []
    taken: set[str] = set()
    for gram in grams if most > 0 else ():
        parts, stems = _telling_parts(gram)
        if parts and stems.isdisjoint(taken) and known.isdisjoint(parts):
            chosen.append(gram)
            taken |= stems
            if len(chosen) == most:
                break
    return chosen


@lru_cache(maxsize=50_000)
def _telling_parts(gram: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Its words and their stems; none where one of the words tells nothing. Kept: the strong ones come again."""
    parts = tuple(gram.split())
    return (parts, frozenset(map(_stem, parts))) if all(map(telling_word, parts)) else ((), frozenset())


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    ending = next((s for s in _SUFFIXES if word.endswith(s) and len(word) - len(s) >= 4), "")
    return word.removesuffix(ending)


def telling(terms: Sequence[tuple[str, float]], most: int) -> list[str]:
    """The strongest grams as people would say them: a pair of words stands for its two words too."""
    values = dict(terms)

    def strength(gram: str) -> float:
        parts = gram.split()
        return values[gram] + (min(values.get(part, 0.0) for part in parts) if len(parts) > 1 else 0.0)

    return [gram for gram, _ in strongest([(gram, strength(gram)) for gram in values], most)]
