"""How much a taste wants each candidate: log-odds per interest, an affine function of the candidate's words.

A strand's raw score is likeness to its direction. What its likes and its passed-over papers would have got, each left
out of its own mean, tells which score makes a paper wanted (linear discriminant of two normals, Fisher 1936): so scores
of different interests can be compared, and a narrow interest does not drown a broad one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log, log1p
from threading import local
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from bot.model import Interest, Paper
from bot.recommend.hand import Hand
from bot.recommend.meaning import Meanings
from bot.recommend.people import is_followed
from bot.recommend.pool import AnyPool
from bot.recommend.shelf import Shelf, Words
from bot.recommend.taste import (
    COMMON,
    FEW_PASSED,
    FEW_TURNED,
    FIRST,
    FOLLOWED,
    OFF_TOPIC,
    PASSED_OVER,
    TURNED_DOWN,
    Evidence,
    Taste,
)
from bot.recommend.vectors import COLUMNS, Array, spread
from bot.recommend.words import is_about

PSEUDO = 10.0
"""So many imagined papers steady the calibration."""
EXPECTED = 3.0
"""Where a wanted paper stands while nothing was liked: so many standard deviations above the mean candidate."""
LEAST_HIGH = 1.0
"""… and never lower than that: where the likes themselves are turned down, what is unlike them is not wanted for it."""
LEAST_GAP = 0.2
MOST_HIGH = 6.0
"""Where words are followed, likes that stand higher count as if they stood there: that says how rare the words are."""
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
    """One strand's log-odds: slope × (raw − mean) / deviation − slope × middle + prior.

    Above `prior` a paper is more like the strand's likes than like what was passed over.
    """

    weights: Weights
    scores: Array
    slope: float
    base: float
    prior: float


@dataclass(frozen=True, eq=False)
class Scores:
    """`lines` by strand; `extras` are (candidates,) by name and count for every strand; `total` is the best sum.

    `evidence` are the rows of all of the taste's papers, as `Taste.places` has them. `meant` (strands, candidates) is
    what the meaning of texts adds; None without a language model.
    """

    lines: tuple[Line, ...]
    extras: dict[str, Array]
    by_strand: Array
    total: Array
    evidence: Words
    meant: Array | None = None

    def strand(self, candidate: int) -> int:
        """For whose place it competes."""
        return int(self.by_strand[:, candidate].argmax())

    def barred(self) -> Array:
        """(candidates,) of bool: those of a muted interest."""
        return np.asarray(self.extras[MUTED] < 0 if MUTED in self.extras else np.zeros(len(self.total), bool))


def scores_of(
    taste: Taste,
    hand: Hand,
    interests: Sequence[Interest],
    crowd: Array | None = None,
    meanings: Meanings | None = None,
) -> Scores:
    """For the candidates, one at least. `interests` may name people.

    `crowd` (candidates,) is what similar channels say, in units of the spread of the channel's own scores.
    """
    extras = {
        "authors and labs you follow": _people(hand.papers, interests),
        "upvotes": VOTES / log1p(100) * hand.upvoted,
        "age": -AGE * np.minimum(hand.days.max() - hand.days, _OLDEST),
    }
    weights = _weights(taste)
    raw = _raw(taste, weights, hand.pool)[:, hand.numbers]
    evidence = hand.pool.shelf.words(taste.places)
    lines = _lines(taste, weights, raw, *_left_out(taste, weights, evidence, hand.pool.shelf))
    shares = np.array([log(s.interest.share) if s.interest else 0.0 for s in taste.strands])
    strands = np.round(np.array([line.scores for line in lines]) + shares[:, None], 6)
    meant = None if meanings is None else _meant(lines, meanings)
    if meant is not None:
        strands = strands + meant
    if crowd is not None:
        best = strands.max(axis=0)
        extras[CROWD] = np.round(crowd * spread(best - best.mean()), 6)
    avoided = _avoided(strands, taste, hand.papers)
    if avoided is not None:
        extras[MUTED] = avoided
    added = np.sum(list(extras.values()), axis=0)
    strands[sorted(taste.muted)] = -np.inf
    by_strand = strands + added
    return Scores(tuple(lines), extras, by_strand, by_strand.max(axis=0), evidence, meant)


def _meant(lines: Sequence[Line], meanings: Meanings) -> Array:
    """In units of the spread of each strand's own scores, so that a strand that knows little says little."""

    def said(line: Line) -> Array:
        weights = line.weights
        found = meanings.say(weights.liked, weights.turned, weights.passed, weights.off)
        return MEANING * float(line.scores.std()) * found

    return np.round(np.array([said(line) for line in lines]), 6)


def _people(papers: Sequence[Paper], interests: Sequence[Interest]) -> Array:
    people = [one for one in interests if one.author or one.lab]
    if not people:
        return np.zeros(len(papers))
    return np.array([PEOPLE * any(is_followed(paper, one) for one in people) for paper in papers])


def _avoided(strands: Array, taste: Taste, papers: Sequence[Paper]) -> Array | None:
    """What is more of a muted interest than of any other, or is named by one that is followed."""
    if not taste.muted and not taste.silenced:
        return None
    rest = [i for i in range(len(strands)) if i not in taste.muted]
    other = np.maximum(strands[rest].max(axis=0), QUIET)
    named = np.array([any(is_about(paper, one) for one in taste.silenced) for paper in papers])
    return np.where(named | (strands[sorted(taste.muted)] > other).any(axis=0), -AVOIDED, 0.0)


def _raw(taste: Taste, weights: "_Weights", pool: AnyPool) -> Array:
    """(strands, papers of the pool): likeness to each strand's direction."""
    by_row = np.hstack([weights.liked, weights.turned, weights.passed, weights.off])
    raw: Array = by_row @ pool.likeness(taste.places) - _common(taste) * pool.common
    if taste.topics:
        raw += weights.topics @ np.array([pool.topic_likeness(row) for _, row in taste.topics], np.float64)
    return raw


@dataclass(frozen=True, eq=False)
class _Weights:
    """What each piece of evidence weighs in the directions: (strands, papers of that kind), `topics` (strands, topics).

    `known` (strands,) is what its likes weigh together, `against` what was turned down there; `topic` and `background`
    (strands,) what their topics and the followed categories weigh, where there are any.
    """

    liked: Array
    turned: Array
    passed: Array
    off: Array
    topics: Array
    known: Array
    against: Array
    topic: Array
    background: Array

    def of(self, strand: int) -> Weights:
        """Of one of them."""
        return Weights(
            liked=self.liked[strand],
            turned=self.turned[strand],
            passed=self.passed[strand],
            off=self.off[strand],
            topic=float(self.topic[strand]),
            background=float(self.background[strand]),
        )


def _weights(taste: Taste) -> _Weights:
    numbers = np.arange(len(taste.strands))
    liked, known = _means(taste.likes, numbers)
    turned, against = _means(taste.turned, numbers)
    passed, seen = _means(taste.passed, numbers)
    few = np.where(known > 0, FOLLOWED + FIRST / np.where(known > 0, known, 1.0), 1.0)
    topic = few * [strand.row is not None for strand in taste.strands]
    background = few * (taste.background is not None)
    owner = np.array([strand for strand, _ in taste.topics], np.int64)
    return _Weights(
        liked=liked,
        turned=-TURNED_DOWN * (against / (against + FEW_TURNED))[:, None] * turned,
        passed=-PASSED_OVER * (seen / (seen + FEW_PASSED))[:, None] * passed,
        off=np.tile(-OFF_TOPIC * taste.off.weights, (len(numbers), 1)),
        topics=topic[:, None] * (owner == numbers[:, None]) + background[:, None] * (owner < 0),
        known=known,
        against=against,
        topic=topic,
        background=background,
    )


def _means(evidence: Evidence, strands: Array) -> tuple[Array, Array]:
    """(strands, papers): each paper's part in the mean of its strand; (strands,): what these papers weigh together.

    By what they weigh, not by their number, a damped or faded vote says less.
    """
    chosen = np.where(evidence.strands == strands[:, None], evidence.weights, 0.0)
    total = chosen.sum(axis=1)
    return chosen / np.where(total > 0, total, 1.0)[:, None], total


def _common(taste: Taste) -> float:
    """Where nothing is liked, the common is no worse than the odd."""
    return 0.0 if taste.is_blank() else COMMON


class _Held(NamedTuple):
    """Papers that speak in one strand with others: their strands, and the raw scores they would get there."""

    strands: Array
    raw: Array


def _lines(taste: Taste, weights: _Weights, raw: Array, liked: _Held, other: _Held) -> list[Line]:
    """From the raw scores (strands, candidates)."""
    mean = raw.mean(axis=1)
    deviation = np.array([spread(row) or 1.0 for row in raw - mean[:, None]])
    named = np.array([strand.row is not None for strand in taste.strands])
    most = np.where(named, MOST_HIGH, np.inf)
    slope, middle = _discriminants(
        _Held(liked.strands, np.minimum(_standing(liked, mean, deviation), most[liked.strands])),
        _Held(other.strands, _standing(other, mean, deviation)),
        len(named),
    )
    passed = np.bincount(taste.passed.strands, minlength=len(named))
    prior = np.log((weights.known + 1.0) / (passed + 3.0 * weights.against + 3.0))
    base = prior - slope * (middle + mean / deviation)
    slope /= deviation
    each = zip(
        slope[:, None] * raw + base[:, None], slope.tolist(), base.tolist(), prior.tolist(), strict=True
    )
    return [Line(weights.of(number), *one) for number, one in enumerate(each)]


def _standing(held: _Held, mean: Array, deviation: Array) -> Array:
    """(papers,): how many standard deviations above the mean candidate of their strands."""
    return np.asarray((held.raw - mean[held.strands]) / deviation[held.strands])


def _discriminants(liked: _Held, other: _Held, strands: int) -> tuple[Array, Array]:
    """(strands,): slope and middle of the log-odds of two normals of one spread, steadied by imagined papers."""

    def sums(held: _Held, values: Array | None = None) -> Array:
        return np.bincount(held.strands, values, strands)

    likes, others = sums(liked), sums(other)
    high = np.maximum((sums(liked, liked.raw) + EXPECTED) / (likes + 1), LEAST_HIGH)
    low = (sums(other, other.raw) + PSEUDO * (high - 1.0)) / (others + PSEUDO)
    near_high = sums(liked, (liked.raw - high[liked.strands]) ** 2)
    near_low = sums(other, (other.raw - low[other.strands]) ** 2)
    spread = (near_high + near_low + PSEUDO) / (likes + others + PSEUDO)
    return np.maximum(high - low, LEAST_GAP) / spread, (high + low) / 2


def _left_out(taste: Taste, weights: _Weights, evidence: Words, shelf: Shelf) -> tuple[_Held, _Held]:
    """Likes, and what was passed over, each as if it were not part of the direction."""
    rows = _compact(evidence, [row for _, row in taste.topics])
    parts = (rows @ (rows.T @ _by_row(weights))).reshape(rows.shape[0], len(taste.strands), 3)
    parts[: len(taste.places), :, 2] -= _common(taste) * shelf.commons(taste.places)[:, None]
    return _likes_left_out(taste.likes, weights, parts), _passed_left_out(taste, weights, parts)


def _likes_left_out(likes: Evidence, weights: _Weights, parts: Array) -> _Held:
    mine = _in_company(likes, len(weights.known))
    strands = likes.strands[mine]
    at, own = parts[mine, strands], weights.liked[strands, mine]
    return _Held(strands, (at[:, 0] - own) / (1.0 - own) + at[:, 1] + at[:, 2])


def _passed_left_out(taste: Taste, weights: _Weights, parts: Array) -> _Held:
    mine = _in_company(taste.passed, len(weights.known))
    strands = taste.passed.strands[mine]
    at = parts[len(taste.likes.papers) + len(taste.turned.papers) + mine, strands]
    together = np.bincount(strands, minlength=len(weights.known))[strands]
    rest = (at[:, 1] - weights.passed[strands, mine]) * together / (together - 1)
    return _Held(strands, at[:, 0] + rest + at[:, 2])


def _in_company(evidence: Evidence, strands: int) -> Array:
    """The numbers of those that are not alone in their strand."""
    return np.flatnonzero(np.bincount(evidence.strands, minlength=strands)[evidence.strands] > 1)


def _by_row(weights: _Weights) -> Array:
    """(rows of `_compact`, 3 × strands): each direction's parts: likes, what was passed over, and all else."""
    kinds = (weights.liked, weights.turned, weights.passed, weights.off, weights.topics)
    out = np.zeros((sum(kind.shape[1] for kind in kinds), len(weights.known), 3))
    first = 0
    for kind, part in zip(kinds, (0, 2, 1, 2, 2), strict=True):
        last = first + kind.shape[1]
        out[first:last, :, part] = kind.T
        first = last
    return out.reshape(len(out), 3 * len(weights.known))


def _compact(evidence: Words, topics: Sequence[csr_matrix]) -> csr_matrix:
    """(evidence and topics, as many columns as needed): their rows, for products with one another only."""
    columns = np.concatenate([evidence.columns, *(row.indices for row in topics)])
    values = np.concatenate([evidence.weights, *(row.data for row in topics)])
    more = evidence.ends[-1] + np.cumsum([row.nnz for row in topics], dtype=np.int32)
    ends = np.concatenate([evidence.ends, more])
    return csr_matrix((values, _scratch.first(columns), ends), shape=(len(ends) - 1, len(columns)))


CROWD, MUTED, MEANT = "channels like yours", "muted", "meaning"
LIKED, TOPICS, TURNED = "words you like", "topics you follow", "words you turn down"
PASSED, OFF, ANY = "shown and passed over", "not this topic", "words of any paper"


def parts_of(
    taste: Taste, number: int, weights: Weights, evidence: Words, asked: Words, common: Array
) -> dict[str, Array]:
    """By name of the part, (stored values of `asked`,): what each word of each row gets from the strand's direction.

    Their sum is the raw score. `evidence` are the rows of all of the taste's papers, `common` (2^20,) is the mean row.
    """
    ends = np.cumsum(
        [0, *(len(part) for part in (weights.liked, weights.turned, weights.passed, weights.off))]
    )
    parts = [evidence.part(first, last) for first, last in pairwise(ends.tolist())]
    return {
        LIKED: spoken(parts[0], weights.liked, asked),
        TOPICS: spoken_by_topics(taste, number, weights, asked),
        TURNED: spoken(parts[1], weights.turned, asked),
        PASSED: spoken(parts[2], weights.passed, asked),
        OFF: spoken(parts[3], weights.off, asked),
        ANY: -_common(taste) * asked.weights.astype(np.float64) * common[asked.columns],
    }


def spoken(evidence: Words, weights: Array, asked: Words) -> Array:
    """(stored values of `asked`,): what each word of each row gets from these papers, which weigh so much."""
    by_word = evidence.weights * np.repeat(weights, np.diff(evidence.ends))
    return _scratch.products(evidence.columns, by_word, asked)


def spoken_by_topics(taste: Taste, number: int, weights: Weights, asked: Words) -> Array:
    """The same from the strand's own topic, and from the followed categories."""
    speaks = {number: weights.topic, -1: weights.background}
    found = np.zeros(len(asked.weights))
    for strand, row in taste.topics:
        if strand in speaks:
            found += speaks[strand] * _scratch.products(row.indices, row.data, asked)
    return found


_SHORT = np.iinfo(np.uint16).max
"""Columns that can be numbered in half the memory, of which the processor keeps more at hand."""


class _Scratch(local):
    """Dense rows of words (2^20,); each thread has its own, because making one is slow."""

    def __init__(self) -> None:
        self._sums = np.zeros(COLUMNS, np.float32)
        self._places = np.zeros(COLUMNS, np.uint16)

    def products(self, columns: Array, values: Array, asked: Words) -> Array:
        """(stored values of `asked`,): each times the sum of the `values` of its column."""
        np.add.at(self._sums, columns, values.astype(np.float32))
        found: Array = asked.weights.astype(np.float64) * self._sums[asked.columns]
        self._sums[columns] = 0.0
        return found

    def first(self, columns: Array) -> Array:
        """(len(columns),) of int32: numbers below len(columns), the same for the same column."""
        places = self._places if len(columns) <= _SHORT else self._more_places
        places[columns] = np.arange(len(columns), dtype=places.dtype)
        found: Array = places[columns].astype(np.int32)
        return found

    @cached_property
    def _more_places(self) -> Array:
        return np.zeros(COLUMNS, np.int32)


_scratch = _Scratch()
