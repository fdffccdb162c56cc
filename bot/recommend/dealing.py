"""The places of a digest, dealt to interests: each in its turn, no two nearly alike, some for wild cards."""

from collections.abc import Collection, Sequence

import numpy as np

from bot.recommend.hand import Hand
from bot.recommend.scoring import Scores
from bot.recommend.taste import Taste
from bot.recommend.vectors import Array

NEXT = 0.25
"""The log-odds that every place costs an interest which it already has in the same digest."""
TWINS = 0.75
"""Two papers that are so like each other are not both shown."""
_DEALT = 25
"""So many places are dealt; whoever asks for more gets the rest by score."""
_SPARE = 10
PLAUSIBLE = 0.05
"""A wild card is among this share of the candidates with the best scores …"""
_LEAST_PLAUSIBLE = 20
_PRIOR = 1.0


def deal(scores: Scores, hand: Hand, k: int, pinned: Collection[int] = ()) -> list[tuple[int, int]]:
    """At most k (candidate, strand), best score first."""
    dealt = _dealt(scores, hand, min(k, _DEALT))
    _give_pinned(dealt, scores, pinned)
    if k > _DEALT:
        taken = {candidate for candidate, _ in dealt}
        rest = np.argsort(-scores.total, kind="stable").tolist()
        dealt += [(i, scores.strand(i)) for i in rest if i not in taken][: k - len(dealt)]
    return sorted(dealt, key=lambda pair: (-scores.total[pair[0]], pair[0]))


def _dealt(scores: Scores, hand: Hand, k: int) -> list[tuple[int, int]]:
    """Each place goes to the best pair of strand and candidate that are left, a strand paying for what it has."""
    table = scores.by_strand
    most = min(k + _SPARE, table.shape[1])
    few = np.unique(np.argpartition(-table, most - 1, axis=1)[:, :most])
    left, had = table[:, few].copy(), np.zeros((len(table), 1))
    shown: list[tuple[int, int]] = []
    while len(shown) < k:
        strand, place = np.unravel_index(int((left - NEXT * had).argmax()), left.shape)
        if left[strand, place] == -np.inf:
            break
        shown.append((int(few[place]), int(strand)))
        had[strand] += 1
        left[:, hand.alike(int(few[place]), few) >= TWINS] = -np.inf
        left[:, place] = -np.inf
    return shown


def _give_pinned(dealt: list[tuple[int, int]], scores: Scores, pinned: Collection[int]) -> None:
    """A pinned interest that came away empty gets the last place of one that has several, if it has a paper at all."""
    for strand in pinned:
        held = [owner for _, owner in dealt]
        taken = {candidate for candidate, _ in dealt}
        mine = [
            i for i in np.flatnonzero(scores.by_strand.argmax(axis=0) == strand).tolist() if i not in taken
        ]
        if strand in held or not mine or not dealt:
            continue
        several = [place for place, owner in enumerate(held) if held.count(owner) > 1]
        dealt[several[-1] if several else -1] = (max(mine, key=lambda i: scores.total[i]), strand)


def wild_cards(scores: Scores, taste: Taste, hand: Hand, k: int, taken: Collection[int]) -> list[int]:
    """k candidates that are plausible, and of which the least is known: each picked as if those before were judged."""
    most = max(int(len(scores.total) * PLAUSIBLE), _LEAST_PLAUSIBLE) + len(taken)
    barred = set(taken)
    left = [i for i in _best(scores.total, most) if i not in barred and scores.total[i] > -np.inf]
    spots = dict(zip(left, hand.pool.shelf.spots(hand.places[left]), strict=True))
    judged = _judged(taste, hand, list(taken))
    chosen: list[int] = []
    while left and len(chosen) < k:
        unknown = uncertainty(np.array([spots[i] for i in left]), judged)
        best = left[int(unknown.argmax())]
        chosen.append(best)
        judged = np.vstack([judged, spots[best]])
        left.remove(best)
    return chosen


def _best(scores: Array, most: int) -> list[int]:
    """The numbers of so many of the greatest, the greatest first; of equal ones the first."""
    worst = max(len(scores) - most, 0)
    few = np.flatnonzero(scores >= np.partition(scores, worst)[worst])
    best: list[int] = few[np.argsort(-scores[few], kind="stable")][:most].tolist()
    return best


def _judged(taste: Taste, hand: Hand, shown: Sequence[int]) -> Array:
    known = np.concatenate(
        [taste.likes.places, taste.turned.places, taste.passed.places, hand.places[np.array(shown, np.int64)]]
    )
    return hand.pool.shelf.spots(known)


def uncertainty(spots: Array, judged: Array) -> Array:
    """(n,): leverage x'(prior·I + J'J)⁻¹x of unit rows: 1 where nothing alike was judged, towards 0 where much was.

    The variance of a linear prediction at x, up to the noise; by Woodbury's identity over the judged rows.
    """
    across = spots @ judged.T
    gram = judged @ judged.T + _PRIOR * np.eye(len(judged))
    known = np.einsum("ij,ij->i", across, np.linalg.solve(gram, across.T).T) if len(judged) else 0.0
    return np.asarray((np.einsum("ij,ij->i", spots, spots) - known) / _PRIOR)
