"""How much a taste wants each candidate: the log-odds that its words give, and what counts besides words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import log, log1p
from operator import add

import numpy as np

from bot.model import Interest, Paper
from bot.recommend.directions import LIKED, OFF, PASSED, TURNED
from bot.recommend.hand import Hand
from bot.recommend.lines import Lines
from bot.recommend.meaning import Meanings
from bot.recommend.people import is_followed
from bot.recommend.taste import Evidence, Taste
from bot.recommend.vectors import Array, spread
from bot.recommend.words import is_about

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
class Scores:
    """`by_strand` (strands, candidates) has all sums, `total` (candidates,) the best of them.

    `extras` are (candidates,) by name and count for every strand. `meant` (strands, candidates) is what the meaning of
    texts adds; None without a language model.
    """

    lines: Lines
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

    def allowed(self, values: Array) -> Array:
        """`values` (…, candidates), and -inf for those that are `barred`."""
        return np.where(self.extras[MUTED] < 0, -np.inf, values) if MUTED in self.extras else values


def scores_of(
    taste: Taste,
    lines: Lines,
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
    shares = np.array([[log(s.interest.share) if s.interest else 0.0] for s in taste.strands])
    strands = (lines.odds + shares).round(_DIGITS)
    meant = None if meanings is None else _meant(taste, lines, meanings)
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
    return Scores(lines, extras, by_strand, by_strand.max(axis=0), meant)


def _meant(taste: Taste, lines: Lines, meanings: Meanings) -> Array:
    """In units of the spread of each strand's own scores, so that a strand that knows little says little."""

    def said(strand: int) -> Array:
        voices = lines.voices(strand)
        kinds = ((LIKED, taste.likes), (TURNED, taste.turned), (PASSED, taste.passed), (OFF, taste.off))
        weights = (_spread_out(voices.only(kind)[1], evidence, strand) for kind, evidence in kinds)
        return MEANING * float(lines.odds[strand].std()) * meanings.say(*weights)

    return np.array([said(strand) for strand in range(len(taste.strands))]).round(_DIGITS)


def _spread_out(weights: Array, evidence: Evidence, strand: int) -> Array:
    """(papers of the evidence,): the weights of those that speak in the strand, 0 for the others."""
    found = np.zeros(len(evidence.papers))
    found[(evidence.strands == strand) | (evidence.strands < 0)] = weights
    return found


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
