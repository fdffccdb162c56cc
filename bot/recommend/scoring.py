"""How much a taste wants each candidate: log-odds per interest, an affine function of the candidate's words.

A strand's raw score is likeness to its direction. What its likes and its passed-over papers would have got, each left
out of its own mean, tells which score makes a paper wanted (linear discriminant of two normals, Fisher 1936): so scores
of different interests can be compared, and a narrow interest does not drown a broad one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log, log1p
from threading import local

import numpy as np
from scipy.sparse import csr_matrix

from bot.model import Interest, Paper
from bot.recommend.meaning import Meanings
from bot.recommend.people import is_followed
from bot.recommend.pool import Pool
from bot.recommend.shelf import Shelf
from bot.recommend.taste import (
    COMMON,
    FEW_PASSED,
    FEW_TURNED,
    FOLLOWED,
    OFF_TOPIC,
    PASSED_OVER,
    TURNED_DOWN,
    Evidence,
    Strand,
    Taste,
)
from bot.recommend.vectors import COLUMNS, Array, row_sums
from bot.recommend.words import is_about

PSEUDO = 10.0
"""So many imagined papers steady the calibration."""
EXPECTED = 3.0
"""Where a wanted paper stands while nothing was liked: so many standard deviations above the mean candidate."""
LEAST_HIGH = 1.0
"""… and never lower than that: where the likes themselves are turned down, what is unlike them is not wanted for it."""
LEAST_GAP = 0.2
PEOPLE = 20.0
"""What a followed author or lab adds, in log-odds: who follows somebody wants all they write."""
VOTES = 1.5
"""What 100 upvotes are worth."""
AGE = 0.3
"""What each day behind the newest candidate costs, a week at most: old papers may be news to a channel's own feed."""
_OLDEST = 7
MEANING = 0.7
"""What the meaning of texts counts beside the words' 1, where there are vectors of a language model."""
AVOIDED, QUIET = 20.0, -1.0
"""What it costs to belong to a muted interest; and the log-odds below which nothing belongs to it."""


@dataclass(frozen=True, eq=False)
class Weights:
    """The parts of a strand's direction, each as weights of the rows of its evidence; all but `liked` are negative.

    `topic` and `background` are the weights of those rows.
    """

    liked: Array
    turned: Array
    passed: Array
    off: Array
    topic: float
    background: float


@dataclass(frozen=True, eq=False)
class Line:
    """One strand's log-odds: slope × (raw − mean) / deviation − slope × middle + prior."""

    weights: Weights
    scores: Array
    slope: float
    base: float


@dataclass(frozen=True, eq=False)
class Scores:
    """`lines` by strand; `extras` are (candidates,) by name and count for every strand; `total` is the best sum.

    `meant` (strands, candidates) is what the meaning of texts adds; None without a language model.
    """

    lines: tuple[Line, ...]
    extras: dict[str, Array]
    by_strand: Array
    total: Array
    meant: Array | None = None

    def strand(self, candidate: int) -> int:
        """For whose place it competes."""
        return int(self.by_strand[:, candidate].argmax())

    def barred(self) -> Array:
        """(candidates,) of bool: those of a muted interest."""
        return np.asarray(self.extras[MUTED] < 0 if MUTED in self.extras else np.zeros(len(self.total), bool))


def scores_of(
    taste: Taste,
    pool: Pool,
    numbers: Array,
    interests: Sequence[Interest],
    crowd: Array | None = None,
    meanings: Meanings | None = None,
) -> Scores:
    """For the candidates with these numbers in the pool, one at least. `interests` may name people.

    `crowd` (candidates,) is what similar channels say, in units of the spread of the channel's own scores.
    """
    papers = [pool.papers[i] for i in numbers]
    extras = {
        "authors and labs you follow": _people(papers, interests),
        "upvotes": np.array([votes(paper) for paper in papers]),
        "age": _ages(papers),
    }
    sources = _sources(taste, pool, numbers)
    lines = tuple(_line(taste, number, sources, pool) for number in range(len(taste.strands)))
    shares = np.array([log(s.interest.share) if s.interest else 0.0 for s in taste.strands])
    strands = np.round(np.array([line.scores for line in lines]) + shares[:, None], 6)
    meant = None if meanings is None else _meant(lines, meanings)
    if meant is not None:
        strands = strands + meant
    if crowd is not None:
        extras[CROWD] = np.round(crowd * float(strands.max(axis=0).std()), 6)
    avoided = _avoided(strands, taste, papers)
    if avoided is not None:
        extras[MUTED] = avoided
    added = np.sum(list(extras.values()), axis=0)
    strands[sorted(taste.muted)] = -np.inf
    by_strand = strands + added
    return Scores(lines, extras, by_strand, by_strand.max(axis=0), meant)


def _meant(lines: Sequence[Line], meanings: Meanings) -> Array:
    """In units of the spread of each strand's own scores, so that a strand that knows little says little."""

    def said(line: Line) -> Array:
        weights = line.weights
        found = meanings.say(weights.liked, weights.turned, weights.passed, weights.off)
        return MEANING * float(line.scores.std()) * found

    return np.round(np.array([said(line) for line in lines]), 6)


def votes(paper: Paper) -> float:
    """Grows with the logarithm: the first upvotes say most."""
    return VOTES * log1p(max(paper.upvotes or 0, 0)) / log1p(100)


def _people(papers: Sequence[Paper], interests: Sequence[Interest]) -> Array:
    people = [one for one in interests if one.author or one.lab]
    if not people:
        return np.zeros(len(papers))
    return np.array([PEOPLE * any(is_followed(paper, one) for one in people) for paper in papers])


def _ages(papers: Sequence[Paper]) -> Array:
    days = np.array([(paper.announced_on or date.min).toordinal() for paper in papers])
    return np.asarray(-AGE * np.minimum(days.max() - days, _OLDEST))


def _avoided(strands: Array, taste: Taste, papers: Sequence[Paper]) -> Array | None:
    """What is more of a muted interest than of any other, or is named by one that is followed."""
    if not taste.muted and not taste.silenced:
        return None
    rest = [i for i in range(len(strands)) if i not in taste.muted]
    other = np.maximum(strands[rest].max(axis=0), QUIET)
    named = np.array([any(is_about(paper, one) for one in taste.silenced) for paper in papers])
    return np.where(named | (strands[sorted(taste.muted)] > other).any(axis=0), -AVOIDED, 0.0)


@dataclass(frozen=True, eq=False)
class _Sources:
    """Likenesses of the candidates (columns) to the rows of each kind of evidence, and to the topics."""

    liked: Array
    turned: Array
    passed: Array
    off: Array
    topics: tuple[Array | None, ...]
    background: Array | None
    common: Array


def _sources(taste: Taste, pool: Pool, numbers: Array) -> _Sources:
    whole = len(numbers) == len(pool.papers) and bool((numbers == np.arange(len(numbers))).all())

    def here(lines: Array) -> Array:
        return lines if whole else lines[..., numbers]

    def topic(strand: Strand | None) -> Array | None:
        if strand is None or strand.row is None:
            return None
        return np.asarray(here(pool.topic_likeness(strand.row.indices.tobytes(), strand.row))[0])

    return _Sources(
        liked=here(pool.likeness(taste.likes.places)),
        turned=here(pool.likeness(taste.turned.places)),
        passed=here(pool.likeness(taste.passed.places)),
        off=here(pool.likeness(taste.off.places)),
        topics=tuple(topic(strand) for strand in taste.strands),
        background=topic(taste.background),
        common=here(pool.common),
    )


def weights_of(taste: Taste, number: int) -> Weights:
    """What each piece of evidence weighs in the direction of that strand."""
    liked = _mean(taste.likes.weights, taste.likes.strands == number)
    turned, passed = taste.turned.strands == number, taste.passed.strands == number
    few = FOLLOWED if liked.any() else 1.0
    return Weights(
        liked=liked,
        turned=-TURNED_DOWN * _some(turned, FEW_TURNED) * _mean(taste.turned.weights, turned),
        passed=-PASSED_OVER * _some(passed, FEW_PASSED) * _mean(taste.passed.weights, passed),
        off=-OFF_TOPIC * taste.off.weights,
        topic=few if taste.strands[number].row is not None else 0.0,
        background=few if taste.background is not None else 0.0,
    )


def _common(taste: Taste) -> float:
    """Where nothing is liked, the common is no worse than the odd."""
    return 0.0 if taste.is_blank() else COMMON


def _mean(weights: Array, mine: Array) -> Array:
    chosen = np.where(mine, weights, 0.0)
    return chosen / (chosen.sum() or 1.0)


def _some(mine: Array, few: float) -> float:
    count = int(mine.sum())
    return count / (count + few)


def _line(taste: Taste, number: int, sources: _Sources, pool: Pool) -> Line:
    weights = weights_of(taste, number)
    raw = weights.liked @ sources.liked + weights.turned @ sources.turned + weights.passed @ sources.passed
    raw = raw + weights.off @ sources.off - _common(taste) * sources.common
    topic = sources.topics[number]
    if topic is not None:
        raw = raw + weights.topic * topic
    if sources.background is not None:
        raw = raw + weights.background * sources.background
    mean, deviation = float(raw.mean()), float(raw.std()) or 1.0
    liked, other = _left_out(taste, number, weights, pool)
    slope, middle = _discriminant((liked - mean) / deviation, (other - mean) / deviation)
    wanted = float(taste.likes.weights[taste.likes.strands == number].sum())
    turned = float(taste.turned.weights[taste.turned.strands == number].sum())
    prior = log((wanted + 1.0) / (len(taste.passed.of(number)) + 3.0 * turned + 3.0))
    base = prior - slope * (middle + mean / deviation)
    return Line(weights, slope / deviation * raw + base, slope / deviation, base)


def _discriminant(liked: Array, other: Array) -> tuple[float, float]:
    """Slope and middle of the log-odds of two normals of one spread, steadied by imagined papers."""
    high = max((float(liked.sum()) + EXPECTED) / (len(liked) + 1), LEAST_HIGH)
    low = (float(other.sum()) + PSEUDO * (high - 1.0)) / (len(other) + PSEUDO)
    spread = float(((liked - high) ** 2).sum() + ((other - low) ** 2).sum() + PSEUDO)
    spread /= len(liked) + len(other) + PSEUDO
    return max(high - low, LEAST_GAP) / spread, (high + low) / 2


def _left_out(taste: Taste, number: int, weights: Weights, pool: Pool) -> tuple[Array, Array]:
    """Raw scores of the strand's likes, and of what it passed over: each as if it were not part of the direction."""
    mine, passed = taste.likes.of(number), taste.passed.of(number)
    if len(mine) < 2:
        mine = mine[:0]
    if len(passed) < 2:
        passed = passed[:0]
    if not len(mine) and not len(passed):
        return np.zeros(0), np.zeros(0)
    asked = pool.shelf.rows(np.concatenate([taste.likes.places[mine], taste.passed.places[passed]]))
    parts = {
        name: row_sums(part, asked.indptr)
        for name, part in parts_of(taste, number, pool.shelf, asked).items()
    }
    n, own, own_passed = len(mine), weights.liked[mine], weights.passed[passed]
    parts[LIKED][:n] = (parts[LIKED][:n] - own) / (1.0 - own)
    if len(passed):
        parts[PASSED][n:] = (parts[PASSED][n:] - own_passed) * len(passed) / (len(passed) - 1)
    raw = np.sum(list(parts.values()), axis=0)
    return raw[:n], raw[n:]


CROWD, MUTED, MEANT = "channels like yours", "muted", "meaning"
LIKED, TOPICS, TURNED = "words you like", "topics you follow", "words you turn down"
PASSED, OFF, ANY = "shown and passed over", "not this topic", "words of any paper"


def parts_of(
    taste: Taste, number: int, shelf: Shelf, asked: csr_matrix, *, all_of: bool = True
) -> dict[str, Array]:
    """By name of the part, (stored values of `asked`,): what each word of each row gets from the strand's direction.

    Their sum is the raw score. Not `all_of`: only what speaks for a paper.
    """
    weights, strand = weights_of(taste, number), taste.strands[number]
    topics = [(strand.row, weights.topic), (taste.background and taste.background.row, weights.background)]
    followed = [weight * _field.products(row, asked) for row, weight in topics if row is not None]
    found = {
        LIKED: _field.products(_weighted(shelf, taste.likes, weights.liked), asked),
        TOPICS: np.sum(followed, axis=0) if followed else np.zeros(len(asked.data)),
    }
    if all_of:
        found |= {
            TURNED: _field.products(_weighted(shelf, taste.turned, weights.turned), asked),
            PASSED: _field.products(_weighted(shelf, taste.passed, weights.passed), asked),
            OFF: _field.products(_weighted(shelf, taste.off, weights.off), asked),
            ANY: -_common(taste) * asked.data.astype(np.float64) * shelf.language.common[asked.indices],
        }
    return found


class _Field(local):
    """A dense row of words (2^20,), zero between uses; each thread has its own, because making one is slow."""

    def __init__(self) -> None:
        self.values = np.zeros(COLUMNS, np.float32)

    def products(self, towards: csr_matrix, asked: csr_matrix) -> Array:
        """(stored values of `asked`,): each times its column's value in the sum of the rows `towards`."""
        if not towards.nnz:
            return np.zeros(len(asked.data))
        np.add.at(self.values, towards.indices, towards.data)
        found: Array = asked.data.astype(np.float64) * self.values[asked.indices]
        self.values[towards.indices] = 0.0
        return found


_field = _Field()


def _weighted(shelf: Shelf, evidence: Evidence, weights: Array) -> csr_matrix:
    """The rows of its papers times a weight each; those of weight 0 are left out."""
    kept = np.flatnonzero(weights)
    rows = shelf.rows(evidence.places[kept])
    rows.data = (rows.data * np.repeat(weights[kept], np.diff(rows.indptr))).astype(np.float32)
    return rows
