"""How much a taste wants each candidate: log-odds per interest, an affine function of the candidate's words.

A strand's raw score is likeness to its direction. What its likes and its passed-over papers would have got, each left
out of its own mean, tells which score makes a paper wanted (linear discriminant of two normals, Fisher 1936): so scores
of different interests can be compared, and a narrow interest does not drown a broad one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import log, log1p
from operator import add

import numpy as np

from bot.model import Interest, Paper
from bot.recommend.hand import Hand
from bot.recommend.left_out import Held, left_out
from bot.recommend.meaning import Meanings
from bot.recommend.people import is_followed
from bot.recommend.pool import AnyPool
from bot.recommend.shelf import Words
from bot.recommend.taste import Taste
from bot.recommend.vectors import Array, spread
from bot.recommend.weighing import AllWeights, Weights, common_of, weights_of
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
_DIGITS = 6
AVOIDED, QUIET = 20.0, -1.0
"""What it costs to belong to a muted interest; and the log-odds below which nothing belongs to it."""


CROWD, MUTED, MEANT = "channels like yours", "muted", "meaning"


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

    def allowed(self, values: Array) -> Array:
        """`values` (…, candidates), and -inf for those that are `barred`."""
        return np.where(self.extras[MUTED] < 0, -np.inf, values) if MUTED in self.extras else values


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
    weights = weights_of(taste)
    raw = _raw(taste, weights, hand.pool).take(hand.numbers, axis=1)
    evidence = hand.pool.shelf.words(taste.places)
    lines = _lines(taste, weights, raw, *left_out(taste, weights, evidence, hand.pool.shelf))
    shares = [log(s.interest.share) if s.interest else 0.0 for s in taste.strands]
    strands = np.array([line.scores + share for line, share in zip(lines, shares, strict=True)]).round(
        _DIGITS
    )
    meant = None if meanings is None else _meant(lines, meanings)
    if meant is not None:
        strands = strands + meant
    if crowd is not None:
        best = strands.max(axis=0)
        extras[CROWD] = (crowd * spread(best - best.sum() / len(best))).round(_DIGITS)
    avoided = _avoided(strands, taste, hand.papers)
    if avoided is not None:
        extras[MUTED] = avoided
    added: Array = reduce(add, extras.values())
    if taste.muted:
        strands[sorted(taste.muted)] = -np.inf
    by_strand = strands + added
    return Scores(tuple(lines), extras, by_strand, by_strand.max(axis=0), evidence, meant)


def _meant(lines: Sequence[Line], meanings: Meanings) -> Array:
    """In units of the spread of each strand's own scores, so that a strand that knows little says little."""

    def said(line: Line) -> Array:
        weights = line.weights
        found = meanings.say(weights.liked, weights.turned, weights.passed, weights.off)
        return MEANING * float(line.scores.std()) * found

    return np.array([said(line) for line in lines]).round(_DIGITS)


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


def _raw(taste: Taste, weights: AllWeights, pool: AnyPool) -> Array:
    """(strands, papers of the pool): likeness to each strand's direction."""
    by_row = np.hstack([weights.liked, weights.turned, weights.passed, weights.off])
    # As wide numbers from the start: a product of both kinds makes them so itself, and slower.
    raw: Array = by_row @ pool.likeness(taste.places).astype(np.float64)
    raw -= common_of(taste) * pool.common
    if taste.topics:
        raw += weights.topics @ np.array([pool.topic_likeness(row) for _, row in taste.topics], np.float64)
    return raw


def _lines(taste: Taste, weights: AllWeights, raw: Array, liked: Held, other: Held) -> list[Line]:
    """From the raw scores (strands, candidates)."""
    mean = raw.sum(axis=1) / raw.shape[1]
    deviation = np.array([spread(row) or 1.0 for row in raw - mean[:, None]])
    named = np.array([strand.row is not None for strand in taste.strands])
    most = np.where(named, MOST_HIGH, np.inf)
    slope, middle = _discriminants(
        Held(liked.strands, np.minimum(_standing(liked, mean, deviation), most[liked.strands])),
        Held(other.strands, _standing(other, mean, deviation)),
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


def _standing(held: Held, mean: Array, deviation: Array) -> Array:
    """(papers,): how many standard deviations above the mean candidate of their strands."""
    return np.asarray((held.raw - mean[held.strands]) / deviation[held.strands])


def _discriminants(liked: Held, other: Held, strands: int) -> tuple[Array, Array]:
    """(strands,): slope and middle of the log-odds of two normals of one spread, steadied by imagined papers."""

    def sums(held: Held, values: Array | None = None) -> Array:
        return np.bincount(held.strands, values, strands)

    likes, others = sums(liked), sums(other)
    high = np.maximum((sums(liked, liked.raw) + EXPECTED) / (likes + 1), LEAST_HIGH)
    low = (sums(other, other.raw) + PSEUDO * (high - 1.0)) / (others + PSEUDO)
    near_high = sums(liked, (liked.raw - high[liked.strands]) ** 2)
    near_low = sums(other, (other.raw - low[other.strands]) ** 2)
    spread = (near_high + near_low + PSEUDO) / (likes + others + PSEUDO)
    return np.maximum(high - low, LEAST_GAP) / spread, (high + low) / 2
