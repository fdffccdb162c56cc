"""How much a taste wants each candidate: log-odds per interest, an affine function of the candidate's words.

A strand's raw score is likeness to its direction. What its likes and its passed-over papers would have got, each left
out of its own mean, tells which score makes a paper wanted (linear discriminant of two normals, Fisher 1936): so scores
of different interests can be compared, and a narrow interest does not drown a broad one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log1p
from threading import local

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
from bot.recommend.vectors import COLUMNS, Array
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
        "upvotes": VOTES * np.log1p(hand.upvotes) / log1p(100),
        "age": -AGE * np.minimum(hand.days.max() - hand.days, _OLDEST),
    }
    weights = [weights_of(taste, number) for number in range(len(taste.strands))]
    raw = _raw(taste, weights, hand.pool)[:, hand.numbers]
    held = _left_out(taste, weights, hand.pool.shelf)
    lines = tuple(_line(taste, i, weights[i], raw[i], *held[i]) for i in range(len(weights)))
    shares = np.array([log(s.interest.share) if s.interest else 0.0 for s in taste.strands])
    strands = np.round(np.array([line.scores for line in lines]) + shares[:, None], 6)
    meant = None if meanings is None else _meant(lines, meanings)
    if meant is not None:
        strands = strands + meant
    if crowd is not None:
        extras[CROWD] = np.round(crowd * float(strands.max(axis=0).std()), 6)
    avoided = _avoided(strands, taste, hand.papers)
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


def _raw(taste: Taste, weights: Sequence[Weights], pool: AnyPool) -> Array:
    """(strands, papers of the pool): likeness to each strand's direction."""
    by_row = np.array([np.concatenate([w.liked, w.turned, w.passed, w.off]) for w in weights])
    raw: Array = by_row @ pool.likeness(taste.places) - _common(taste) * pool.common
    for number, row in taste.topics:
        worth = [w.background if number < 0 else w.topic * (i == number) for i, w in enumerate(weights)]
        raw += np.outer(worth, pool.topic_likeness(row))
    return raw


def weights_of(taste: Taste, number: int) -> Weights:
    """What each piece of evidence weighs in the direction of that strand."""
    liked = _mean(taste.likes.weights, taste.likes.strands == number)
    turned, passed = taste.turned.strands == number, taste.passed.strands == number
    known = float(taste.likes.weights[taste.likes.strands == number].sum())
    few = FOLLOWED + FIRST / known if known else 1.0
    return Weights(
        liked=liked,
        turned=-TURNED_DOWN
        * _some(taste.turned.weights[turned], FEW_TURNED)
        * _mean(taste.turned.weights, turned),
        passed=-PASSED_OVER
        * _some(taste.passed.weights[passed], FEW_PASSED)
        * _mean(taste.passed.weights, passed),
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


def _some(weights: Array, few: float) -> float:
    """By what they weigh, not by their number: a damped or faded vote says less."""
    total = float(weights.sum())
    return total / (total + few)


def _line(taste: Taste, number: int, weights: Weights, raw: Array, liked: Array, other: Array) -> Line:
    mean, deviation = float(raw.mean()), float(raw.std()) or 1.0
    most = np.inf if taste.strands[number].row is None else MOST_HIGH * deviation + mean
    slope, middle = _discriminant((np.minimum(liked, most) - mean) / deviation, (other - mean) / deviation)
    wanted = float(taste.likes.weights[taste.likes.strands == number].sum())
    turned = float(taste.turned.weights[taste.turned.strands == number].sum())
    prior = log((wanted + 1.0) / (len(taste.passed.of(number)) + 3.0 * turned + 3.0))
    base = prior - slope * (middle + mean / deviation)
    return Line(weights, slope / deviation * raw + base, slope / deviation, base, prior)


def _discriminant(liked: Array, other: Array) -> tuple[float, float]:
    """Slope and middle of the log-odds of two normals of one spread, steadied by imagined papers."""
    high = max((float(liked.sum()) + EXPECTED) / (len(liked) + 1), LEAST_HIGH)
    low = (float(other.sum()) + PSEUDO * (high - 1.0)) / (len(other) + PSEUDO)
    spread = float(((liked - high) ** 2).sum() + ((other - low) ** 2).sum() + PSEUDO)
    spread /= len(liked) + len(other) + PSEUDO
    return max(high - low, LEAST_GAP) / spread, (high + low) / 2


def _left_out(taste: Taste, weights: Sequence[Weights], shelf: Shelf) -> list[tuple[Array, Array]]:
    """By strand: raw scores of its likes, and of what it passed over, each as if it were not part of the direction."""
    rows, by_row = (
        _compact(taste, shelf),
        np.hstack([_by_row(taste, i, weight) for i, weight in enumerate(weights)]),
    )
    parts = rows @ (rows.T @ by_row)
    parts[: len(taste.places), 2::3] -= _common(taste) * shelf.commons(taste.places)[:, None]
    return [_without_itself(taste, i, weight, parts[:, 3 * i :][:, :3]) for i, weight in enumerate(weights)]


def _without_itself(taste: Taste, number: int, weights: Weights, parts: Array) -> tuple[Array, Array]:
    """From what each row gets from likes, from what was passed over, and from all else (3 columns)."""
    mine, passed = taste.likes.of(number), taste.passed.of(number)
    mine, passed = (few if len(few) > 1 else few[:0] for few in (mine, passed))
    own, at = weights.liked[mine], parts[mine]
    liked = (at[:, 0] - own) / (1.0 - own) + at[:, 1] + at[:, 2]
    own, at = weights.passed[passed], parts[passed + len(taste.likes.papers) + len(taste.turned.papers)]
    other = at[:, 0] + (at[:, 1] - own) * len(passed) / max(len(passed) - 1, 1) + at[:, 2]
    return liked, other


def _by_row(taste: Taste, number: int, weights: Weights) -> Array:
    """(rows of `_compact`, 3): the direction's parts: likes, what was passed over, and all else."""
    sizes = [len(part) for part in (weights.liked, weights.turned, weights.passed, weights.off)]
    turned, passed, off, topics = np.cumsum(sizes).tolist()
    out = np.zeros((topics + len(taste.topics), 3))
    out[:turned, 0] = weights.liked
    out[turned:passed, 2] = weights.turned
    out[passed:off, 1] = weights.passed
    out[off:topics, 2] = weights.off
    for place, (strand, _) in enumerate(taste.topics, topics):
        out[place, 2] = {number: weights.topic, -1: weights.background}.get(strand, 0.0)
    return out


def _compact(taste: Taste, shelf: Shelf) -> csr_matrix:
    """(evidence and topics, as many columns as needed): their rows, for products with one another only."""
    evidence, topics = shelf.words(taste.places), [row for _, row in taste.topics]
    columns = np.concatenate([evidence.columns, *(row.indices for row in topics)])
    values = np.concatenate([evidence.weights, *(row.data for row in topics)])
    lengths = [*np.diff(evidence.ends), *(row.nnz for row in topics)]
    at = _scratch.first(columns)
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return csr_matrix((values, at, ends), shape=(len(lengths), len(columns)))


CROWD, MUTED, MEANT = "channels like yours", "muted", "meaning"
LIKED, TOPICS, TURNED = "words you like", "topics you follow", "words you turn down"
PASSED, OFF, ANY = "shown and passed over", "not this topic", "words of any paper"


def parts_of(
    taste: Taste, number: int, weights: Weights, shelf: Shelf, asked: Words, *, all_of: bool = True
) -> dict[str, Array]:
    """By name of the part, (stored values of `asked`,): what each word of each row gets from the strand's direction.

    Their sum is the raw score. Not `all_of`: only what speaks for a paper.
    """
    speaks = {number: weights.topic, -1: weights.background}
    followed = [
        speaks[strand] * _scratch.products(row.indices, row.data, asked)
        for strand, row in taste.topics
        if strand in speaks
    ]
    found = {
        LIKED: _spoken(shelf, taste.likes, weights.liked, asked),
        TOPICS: np.sum(followed, axis=0) if followed else np.zeros(len(asked.weights)),
    }
    if all_of:
        found |= {
            TURNED: _spoken(shelf, taste.turned, weights.turned, asked),
            PASSED: _spoken(shelf, taste.passed, weights.passed, asked),
            OFF: _spoken(shelf, taste.off, weights.off, asked),
            ANY: -_common(taste) * asked.weights.astype(np.float64) * shelf.language.common[asked.columns],
        }
    return found


def _spoken(shelf: Shelf, evidence: Evidence, weights: Array, asked: Words) -> Array:
    """What each word of the rows gets from these papers; those of weight 0 say nothing."""
    kept = np.flatnonzero(weights)
    ends, columns, values = shelf.words(evidence.places[kept])
    return _scratch.products(columns, values * np.repeat(weights[kept], np.diff(ends)), asked)


class _Scratch(local):
    """Dense rows of words (2^20,); each thread has its own, because making one is slow."""

    def __init__(self) -> None:
        self._sums = np.zeros(COLUMNS, np.float32)
        self._places = np.zeros(COLUMNS, np.int32)

    def products(self, columns: Array, values: Array, asked: Words) -> Array:
        """(stored values of `asked`,): each times the sum of the `values` of its column."""
        np.add.at(self._sums, columns, values.astype(np.float32))
        found: Array = asked.weights.astype(np.float64) * self._sums[asked.columns]
        self._sums[columns] = 0.0
        return found

    def first(self, columns: Array) -> Array:
        """(len(columns),) of int32: numbers below len(columns), the same for the same column."""
        self._places[columns] = np.arange(len(columns), dtype=np.int32)
        found: Array = self._places[columns]
        return found


_scratch = _Scratch()
