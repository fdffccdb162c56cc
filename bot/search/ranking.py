"""In which order candidates are shown: their words, how they are spelt out, and mildly what else speaks for them.

Most parts are z-scores over the candidates of one question, so that they can be added. The weights were chosen on
SciFact's training claims, on held-out sentences, words of titles and topics of arXiv papers, and on titles of
CiteULike; SciFact's test claims confirmed them. What did not help everywhere was left out: asking again with the words
of the best (Rocchio) and latent semantic indexing gained 0.001 to 0.004 of nDCG@10 and cost as much where a title was
typed.
"""

from collections.abc import Sequence
from datetime import date
from math import log1p

import numpy as np
import numpy.typing as npt

from bot.model import Paper
from bot.search.analysis import folded, stand_in, stems

GRAMS_WEIGHT = 0.4
"""What the likeness of spelling counts, beside 1 for the words: it knows endings, compounds and the order of words."""
TITLE_WEIGHT = 0.1
"""What the share of the words that stand in the title counts."""
NAMED_BONUS = 1.0
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
_TOGETHER = 25
_BITS = 16
_PRIME = np.uint32(2654435761)
_BETWEEN = "-_/"
_DROPPED = bytes(
    byte
    for byte in range(1, 128)
    if not (chr(byte).isalnum() or chr(byte).isspace() or chr(byte) in _BETWEEN)
)
_SPELT = bytes(
    32 if chr(byte) in f"{_BETWEEN}\t\n\r\v\f" else ord(chr(byte).lower()) if byte < 128 else byte
    for byte in range(256)
)
_COMMUNITY_TOP = log1p(1000)

Floats = npt.NDArray[np.float64]
_Hashes = npt.NDArray[np.uint32]


def ranked(words: Sequence[float], papers: Sequence[Paper], asked: str, today: date) -> list[float]:
    """What each paper is worth, higher is better. `words`: the index's scores; `asked`: what was typed as words."""
    total = z_scores(words)
    if asked:
        total += GRAMS_WEIGHT * z_scores(spelt_alike(asked, [_text(paper) for paper in papers]))
        total += _titled(asked, papers)
    total += RECENCY_WEIGHT * np.array([_newness(paper, today) for paper in papers])
    total += COMMUNITY_WEIGHT * np.array([_regard(paper) for paper in papers])
    return list(map(float, total))


def added(
    base: Sequence[float] | Floats, told: Sequence[tuple[float, Sequence[float]]], *, scaled: bool = False
) -> list[float]:
    """The z-scores of `base` (`scaled`: it is made of such already), and each other one's as often as it counts."""
    total = np.asarray(base, dtype=np.float64) if scaled else z_scores(base)
    for weight, values in told:
        total = total + weight * z_scores(values)
    return list(map(float, total))


def z_scores(values: Sequence[float] | Floats) -> Floats:
    """With mean 0 and deviation 1; 0 for all where they do not differ."""
    numbers = np.asarray(values, dtype=np.float64)
    deviation = numbers.std() if numbers.size else 0.0
    return (numbers - numbers.mean()) / deviation if deviation > 1e-9 else np.zeros(numbers.size)


def _text(paper: Paper) -> str:
    return f"{paper.title} {paper.abstract or paper.summary}"


def _titled(asked: str, papers: Sequence[Paper]) -> Floats:
    wanted = stems(asked)
    sought = set(wanted)
    titles = [stems(paper.title) for paper in papers]
    shares = [len(sought.intersection(title)) / max(len(sought), 1) for title in titles]
    named = [
        share == 1 and len(wanted) > 1 and stand_in(wanted, title)
        for share, title in zip(shares, titles, strict=True)
    ]
    return TITLE_WEIGHT * z_scores(shares) + NAMED_BONUS * np.array(named, dtype=np.float64)


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
    codes = _codes(_spelling(" ".join(asked[:_MOST_ASKED].replace("\0", " ").split())))
    sought = [np.unique(runs, return_counts=True) for runs in _runs(codes)]
    times = np.concatenate([count for _, count in sought])
    if not times.size or not texts:
        return np.zeros(len(texts))
    counts, lengths = _counted([runs for runs, _ in sought], texts)
    having = (counts > 0).sum(axis=0)
    rarity = np.log1p((len(texts) - having + 0.5) / (having + 0.5))
    logs = np.log(counts, where=counts > 0, out=np.full_like(counts, -1.0)) + 1
    alike: Floats = logs @ (rarity**2 * (1 + np.log(times))) / np.sqrt(lengths)
    return alike


def _spelling(text: str) -> bytes:
    """Folded words as bytes; a zero stays what it is."""
    # Lower case comes with the table: most texts need no other folding, which is the dear part.
    return (text if text.isascii() else folded(text)).encode().translate(_SPELT, _DROPPED)


def _codes(spelt: bytes) -> _Hashes:
    return np.frombuffer(spelt, np.uint8).astype(np.uint32)


def _threes(codes: _Hashes) -> _Hashes:
    """A hash of the three characters from each place on."""
    pairs = codes[:-1] * _PRIME + codes[1:]
    return pairs[: max(codes.size - 2, 0)] * _PRIME + codes[2:]


def _runs(codes: _Hashes) -> list[_Hashes]:
    """The same for three, four and five characters."""
    runs = [_threes(codes)]
    for length in (4, 5):
        runs.append(runs[-1][: max(codes.size - length + 1, 0)] * _PRIME + codes[length - 1 :])
    return runs


def _counted(sought: Sequence[_Hashes], texts: Sequence[str]) -> tuple[Floats, Floats]:
    """How often each text (row) has each of the sought runs (column), the shorter ones first; and the texts' lengths.

    Some texts at a time: arrays that fit the processor's cache, and that it need not ask the system for, take half as
    long.
    """
    groups = (texts[first : first + _TOGETHER] for first in range(0, len(texts), _TOGETHER))
    counts, lengths = zip(*(_counted_together(sought, group) for group in groups), strict=True)
    return np.concatenate(counts), np.concatenate(lengths)


def _counted_together(sought: Sequence[_Hashes], texts: Sequence[str]) -> tuple[Floats, Floats]:
    """The same. A longer run is looked for only where its beginning was found."""
    # No run goes from one text into the next: a zero stands in none that is sought.
    spelt = (_spelling(text[:MOST_CHARACTERS].replace("\0", " ")) for text in texts)
    codes = _codes(b"\0".join((*spelt, b"\0\0")))
    lengths = np.diff(np.flatnonzero(codes == 0)[: len(texts)], prepend=-1)
    width, first = sum(runs.size for runs in sought), 0
    total = np.zeros(len(texts) * width)
    rows = np.repeat(np.arange(len(texts)) * width, lengths)
    hashes = _threes(codes)
    places = np.arange(hashes.size)
    for known, length in zip(sought, (3, 4, 5), strict=True):
        if length > 3:
            hashes = hashes * _PRIME + codes[places + length - 1]
        columns, there = _found_in(known, hashes)
        places, hashes = places[there], hashes[there]
        total += np.bincount(rows[places] + columns + first, minlength=total.size)
        first += known.size
    return total.reshape(len(texts), width), lengths.astype(np.float64)


def _found_in(known: _Hashes, hashes: _Hashes) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.intp]]:
    """Which of the known ones, and where among `hashes`."""
    column = np.full(1 << _BITS, -1, np.int16)
    column[_slots(known)] = np.arange(known.size)
    # No slot is out of bounds: "wrap" saves looking.
    columns = column.take(_slots(hashes), mode="wrap")
    there = np.flatnonzero(columns >= 0)
    there = there[known[columns[there]] == hashes[there]]
    return columns[there], there


def _slots(hashes: _Hashes) -> _Hashes:
    # Multiplied once more: the last character of a run has touched only the lowest bits.
    return hashes * _PRIME >> np.uint32(32 - _BITS)
