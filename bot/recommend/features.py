"""Papers and words as sparse vectors in one fixed space.

Words are hashed (scikit-learn's HashingVectorizer), so a vector never depends on which papers were seen before:
nothing has to be fitted again when the archive grows. How rare a word is, is measured on the papers at hand.
"""

import re
import sys
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from threading import Lock

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, HashingVectorizer

from bot.arxiv_categories import within
from bot.model import Interest, Paper
from bot.recommend.people import is_followed

_COLUMNS = 2**20
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_KEPT_ROWS = 20_000

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
    return [_singular(w) for w in (m[0].casefold() for m in _WORD.finditer(text)) if w not in _PLAIN_WORDS]


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
    return [w for w in row if len(w) > 1] + [f"{a} {b}" for a, b in pairwise(row)]


def paper_grams(paper: Paper) -> list[str]:
    """The title counts twice; categories are words of their own (`cat:cs.CL`)."""
    title = grams(paper.title)
    body = grams(" ".join((paper.abstract, paper.summary)))
    keywords = [gram for keyword in paper.keywords for gram in grams(keyword)]
    return [*title, *title, *body, *keywords, *(f"cat:{c}" for c in paper.categories)]


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
    wanted = _topic_words(interest.name)
    return interest.paper is None and bool(wanted) and wanted <= bare_paper_words(paper)


def bare_paper_words(paper: Paper) -> frozenset[str]:
    """The content words of all that is written about the paper."""
    return _text_words((paper.title, paper.abstract, paper.summary, *paper.keywords))


@lru_cache(maxsize=4096)
def _text_words(texts: tuple[str, ...]) -> frozenset[str]:
    """Kept, because each channel asks the same papers about its own topics."""
    return frozenset(map(sys.intern, bare_words(" ".join(texts))))


@lru_cache(maxsize=10_000)
def _topic_words(topic: str) -> frozenset[str]:
    return bare_words(topic)


_hasher = HashingVectorizer(
    analyzer=lambda row: row, n_features=_COLUMNS, alternate_sign=False, norm=None, dtype=np.float64
)


def vectors(rows: Sequence[Sequence[str]]) -> csr_matrix:
    """(len(rows), 2^20): 1 + ln(count) of each gram."""
    if not rows:
        return csr_matrix((0, _COLUMNS), dtype=np.float64)
    matrix = csr_matrix(_hasher.transform(rows))
    matrix.data = 1.0 + np.log(matrix.data)
    return matrix


def columns(grams: Sequence[str]) -> list[int]:
    """Where each gram lives."""
    return [int(i) for i in _hasher.transform([[gram] for gram in grams]).indices] if grams else []


class PaperVectors:
    """Vectors of papers, each computed once; the latest 20,000 are kept. Safe from many threads."""

    def __init__(self) -> None:
        self._rows: OrderedDict[int, csr_matrix] = OrderedDict()
        self._lock = Lock()

    def matrix(self, papers: Sequence[Paper]) -> csr_matrix:
        """(len(papers), 2^20) in the order given."""
        if not papers:
            return vectors([])
        texts = [hash((p.title, p.abstract, p.summary, p.keywords, p.categories)) for p in papers]
        with self._lock:
            found = {text: self._rows[text] for text in texts if text in self._rows}
        missing = {text: paper for text, paper in zip(texts, papers, strict=True) if text not in found}
        if missing:
            fresh = vectors([paper_grams(paper) for paper in missing.values()])
            found |= {text: fresh[i] for i, text in enumerate(missing)}
            self._keep({text: found[text] for text in missing})
        return vstack([found[text] for text in texts], format="csr")

    def _keep(self, rows: dict[int, csr_matrix]) -> None:
        with self._lock:
            self._rows.update(rows)
            while len(self._rows) > _KEPT_ROWS:
                self._rows.popitem(last=False)


def rarity(matrix: csr_matrix) -> np.ndarray:
    """(2^20,): ln((1 + n) / (1 + papers with the gram)) + 1, the smoothed inverse document frequency."""
    seen = np.bincount(matrix.indices, minlength=_COLUMNS)
    return np.asarray(np.log((1.0 + matrix.shape[0]) / (1.0 + seen)) + 1.0)


def weighted(matrix: csr_matrix, idf: np.ndarray) -> csr_matrix:
    """Rows times rarity, each of length 1 (a row without a word stays 0)."""
    out = csr_matrix((matrix.data * idf[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)
    lengths = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    out.data /= np.repeat(lengths, np.diff(out.indptr))
    return out


def topic_rows(interests: Sequence[Interest], idf: np.ndarray) -> csr_matrix:
    """(len(interests), 2^20), each of length 1: pairs of words weigh double, a common word beside a rare one little."""
    rows = [_topic_row(list(dict.fromkeys(interest_grams(interest))), idf) for interest in interests]
    return weighted(vstack(rows, format="csr"), idf) if rows else vectors([])


def _topic_row(grams: Sequence[str], idf: np.ndarray) -> csr_matrix:
    places = columns(grams)
    rarest = max((idf[i] for i, gram in zip(places, grams, strict=True) if " " not in gram), default=1.0)
    weights = [2.0 if " " in gram else (idf[i] / rarest) ** 2 for i, gram in zip(places, grams, strict=True)]
    return csr_matrix((weights, ([0] * len(places), places)), shape=(1, _COLUMNS))


def telling_word(word: str) -> bool:
    """Whether a person learns anything from it: no number, no word that stands in any abstract."""
    return word not in _DULL_WORDS and any(char.isalpha() for char in word)


def strongest(terms: Iterable[tuple[str, float]], most: int) -> list[tuple[str, float]]:
    """The telling grams with the greatest values; a word is left out where a stronger gram has its stem."""
    chosen: list[tuple[str, float]] = []
    taken: set[str] = set()
    for gram, value in sorted(terms, key=lambda t: (-t[1], t[0])):
        stems = {_stem(part) for part in gram.split()}
        if len(chosen) < most and not stems & taken and all(map(telling_word, gram.split())):
            chosen.append((gram, value))
            taken |= stems
    return chosen


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
