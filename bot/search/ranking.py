"""In which order candidates are shown: their words, how they are spelt out, and mildly what else speaks for them.

All parts are z-scores over the candidates of one question, so that they can be added. The weights were chosen on
SciFact's training claims, held-out sentences, title words and topics of arXiv papers and titles of CiteULike; SciFact's
test claims confirmed them (docs/benchmarks.md).
"""

from collections.abc import Sequence
from datetime import date
from math import log1p

import numpy as np
import numpy.typing as npt

from bot.model import Paper
from bot.search.analysis import folded, stems

GRAMS_WEIGHT = 0.4
"""What the likeness of spelling counts, beside 1 for the words: it knows endings, compounds and the order of words."""
TITLE_WEIGHT = 0.1
"""What the share of the words that stand in the title counts."""
NAMED_BONUS = 0.5
"""What is added where all that was typed stands in the title as it was typed."""
RECENCY_WEIGHT = 0.1
"""What age counts: a paper of today is half of this above one of a year ago, and never more than this above any."""
COMMUNITY_WEIGHT = 0.1
"""What upvotes, stars and citations count; 10 of them a third of 1,000."""

HALF_YEARS = 1.0
"""After so many years, a paper has lost half of what it got for being new."""
MOST_CHARACTERS = 1500
"""So much of a paper's title and abstract is compared; with more, it was no better."""
_MOST_ASKED = 600
_BITS = 18
_PRIME = np.uint32(2654435761)
_SALTS = (np.uint32(0), np.uint32(1540483477), np.uint32(3080966954))
_NO_WORD = bytes(byte if (chr(byte).isalnum() and byte < 128) or byte > 127 else 32 for byte in range(256))
_COMMUNITY_TOP = log1p(1000)

Floats = npt.NDArray[np.float64]
_Hashes = npt.NDArray[np.uint32]


def ranked(words: Sequence[float], papers: Sequence[Paper], asked: str, today: date) -> Floats:
    """What each paper is worth, higher is better. `words`: the index's scores; `asked`: what was typed as words."""
    total = z_scores(words)
    if asked:
        total += GRAMS_WEIGHT * z_scores(spelt_alike(asked, [_text(paper) for paper in papers]))
        total += _titled(asked, papers)
    total += RECENCY_WEIGHT * np.array([_newness(paper, today) for paper in papers])
    return total + COMMUNITY_WEIGHT * np.array([_regard(paper) for paper in papers])


def z_scores(values: Sequence[float] | Floats) -> Floats:
    """With mean 0 and deviation 1; 0 for all where they do not differ."""
    numbers = np.asarray(values, dtype=np.float64)
    deviation = numbers.std() if numbers.size else 0.0
    return (numbers - numbers.mean()) / deviation if deviation > 1e-9 else np.zeros(numbers.size)


def _text(paper: Paper) -> str:
    return f"{paper.title} {paper.abstract or paper.summary}"


def _titled(asked: str, papers: Sequence[Paper]) -> Floats:
    wanted = stems(asked)
    titles = [stems(paper.title) for paper in papers]
    shares = [len(set(wanted) & set(title)) / max(len(set(wanted)), 1) for title in titles]
    named = [len(wanted) > 1 and _stands_in(wanted, title) for title in titles]
    return TITLE_WEIGHT * z_scores(shares) + NAMED_BONUS * np.array(named, dtype=np.float64)


def _stands_in(words: Sequence[str], text: Sequence[str]) -> bool:
    return f" {' '.join(words)} " in f" {' '.join(text)} "


def _newness(paper: Paper, today: date) -> float:
    """1 … 0: today's, halved with every year; 0 without a day."""
    day = paper.published_on or paper.announced_on
    return 0.5 ** (max((today - day).days, 0) / 365.25 / HALF_YEARS) if day else 0.0


def _regard(paper: Paper) -> float:
    """0 … 1: how many people noticed it, on a scale where the first ones count most."""
    noticed = max(paper.upvotes or 0, 0) + max(paper.stars or 0, 0) + max(paper.citations or 0, 0)
    return min(log1p(noticed) / _COMMUNITY_TOP, 1.0)


def spelt_alike(asked: str, texts: Sequence[str]) -> Floats:
    """How alike each text is to what was asked, by the runs of three to five characters of their folded words.

    As a cosine of log counts, weighted by rarity among the texts; a text's norm is taken from its length, so that only
    runs that were asked for need be counted: time is linear in the characters, whatever is asked.
    """
    sought, times = np.unique(_salted(_runs(_codes(_spelling(asked, _MOST_ASKED)))), return_counts=True)
    if not sought.size or not texts:
        return np.zeros(len(texts))
    spelt = [_spelling(text, MOST_CHARACTERS) for text in texts]
    counts = _counts(sought, spelt)
    having = (counts > 0).sum(axis=0)
    rarity = np.log1p((len(texts) - having + 0.5) / (having + 0.5))
    weight = rarity**2 * (1 + np.log(times))
    logs = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0.0)
    lengths = np.array([len(text) + 1 for text in spelt], dtype=np.float64)
    alike: Floats = logs @ weight / np.sqrt(lengths)
    return alike


def _spelling(text: str, most: int) -> bytes:
    """Folded words with single spaces between, as bytes."""
    return b" ".join(folded(text[:most]).encode().translate(_NO_WORD).split())


def _codes(spelt: bytes) -> _Hashes:
    return np.frombuffer(spelt, np.uint8).astype(np.uint32)


def _runs(codes: _Hashes) -> list[_Hashes]:
    """A hash of the three, four and five characters from each place on."""
    hashes, found = codes, []
    for length in range(2, 6):
        hashes = hashes[: max(codes.size - length + 1, 0)] * _PRIME + codes[length - 1 :]
        found.append(hashes)
    return found[1:]


def _salted(runs: Sequence[_Hashes]) -> _Hashes:
    return np.concatenate([hashes ^ salt for hashes, salt in zip(runs, _SALTS, strict=True)])


def _counts(sought: _Hashes, texts: Sequence[bytes]) -> Floats:
    """How often each text has each of the sought runs: one row for each text."""
    # No run goes from one text into the next: a zero stands in none that is sought.
    codes = _codes(b"\0".join(texts) + b"\0")
    owner = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])
    column = np.full(1 << _BITS, -1, np.int32)
    column[sought >> np.uint32(32 - _BITS)] = np.arange(sought.size)
    total = np.zeros(len(texts) * sought.size)
    for runs, salt in zip(_runs(codes), _SALTS, strict=True):
        hashes = runs ^ salt
        columns = column[hashes >> np.uint32(32 - _BITS)]
        places = np.flatnonzero(columns >= 0)
        places = places[sought[columns[places]] == hashes[places]]
        total += np.bincount(owner[places] * sought.size + columns[places], minlength=total.size)
    return total.reshape(len(texts), sought.size)
