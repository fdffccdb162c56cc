"""The places of a digest, dealt to interests: each in its turn, no two nearly alike, some for wild cards."""

from collections.abc import Sequence
from itertools import islice
from math import log

import numpy as np
from scipy.linalg.lapack import dposv

from bot.recommend.grouping import LEAST
from bot.recommend.hand import Hand
from bot.recommend.scoring import Scores
from bot.recommend.taste import Taste
from bot.recommend.vectors import Array

NEXT = 0.25
"""The log-odds that every place costs an interest which it already has in the same digest."""
FLAT_FROM, FLAT = 2.0, 0.1
"""Where words are followed, log-odds above the first count so much in the dealing: a paper has these words or not, so
that they say how narrow the words are more than how much a paper is wanted."""
ENOUGH = 2
"""With so many places for each interest none comes away empty that has a plausible paper."""
TWINS = 0.75
"""Two papers that are so like each other are not both shown."""
SPREAD = 2.0
"""What likeness to a paper that is in the digest already costs while nothing is liked: to ask about many things."""
LONGEST = 25
"""The most places that a digest has."""
_SPARE = 10
_AT_ONCE = 200
"""Of so few papers it is asked at once how like each other they are, and not for each place that is dealt."""
PLAUSIBLE = 0.05
"""A wild card is among this share of the candidates with the best scores …"""
_LEAST_PLAUSIBLE = 5
ASKED, _LEAST_ASKED = 0.2, 60
"""… and a question among so many: it may be about more than the best picks are."""
LIKELY, ALIKE = 0.9, 0.25
"""Both are more like what the channel reads than this share of the candidates, and as like as that …"""
_CHOICE = 2
"""… from so many for each that is asked for; where there are fewer, from the most like of all."""
_PRIOR = 1.0


Pinned = Sequence[tuple[int, Array]]
"""For each pinned interest: its strand, -1 where it has none of its own, and (candidates,) which of them are of it."""


def deal(scores: Scores, taste: Taste, hand: Hand, k: int, pinned: Pinned = ()) -> list[tuple[int, int]]:
    """At most k (candidate, strand), best score first. A list longer than any digest is not dealt, only ordered."""
    if k > LONGEST:
        order = np.argsort(-scores.total, kind="stable").tolist()
        barred = set(np.flatnonzero(scores.barred()).tolist())
        return [(i, scores.strand(i)) for i in islice((i for i in order if i not in barred), k)]
    table = scores.allowed(_flat(scores.by_strand, taste))
    everything = np.arange(table.shape[1])
    if taste.is_blank():
        near = SPREAD * hand.likeness(taste.turned.places, everything).max(axis=0, initial=0.0)
        dealt = _in_turn(table, hand, everything, k, near)
    else:
        dealt = _dealt(table, hand, k)
    due = [*pinned, *_fair(scores, taste, k)]
    for one in due:
        if not _of(one, dealt):
            _give_place(one, dealt, scores, _twins(hand, everything, [i for i, _ in dealt]), due)
    return sorted(dealt, key=lambda pair: (-scores.total[pair[0]], pair[0]))


def _fair(scores: Scores, taste: Taste, k: int) -> Pinned:
    """With places enough each interest has one, if a paper is more like its likes than like what is passed over."""
    if k < ENOUGH * len(taste.strands) or len(taste.strands) == 1 or taste.is_blank():
        return []
    best, lines = scores.by_strand.argmax(axis=0), scores.lines
    open_ones = [i for i in range(len(taste.strands)) if i not in taste.muted]
    return [(i, (best == i) & (lines.odds[i] > lines.prior[i])) for i in open_ones]


def _flat(by_strand: Array, taste: Taste) -> Array:
    """Those of several strands can be compared where they are high; what people made of a share counts in full."""
    if all(strand.row is None for strand in taste.strands):
        return by_strand
    shares = np.array([[log(s.interest.share) if s.interest else 0.0] for s in taste.strands])
    odds = by_strand - shares
    return np.asarray(shares + np.where(odds > FLAT_FROM, FLAT_FROM + FLAT * (odds - FLAT_FROM), odds))


def _dealt(table: Array, hand: Hand, k: int) -> list[tuple[int, int]]:
    """From the best few of each strand; where these are too much alike to fill the places, from all."""
    everything = np.arange(table.shape[1])
    most = min(k + _SPARE, len(everything))
    few = np.unique(np.argpartition(table, -most, axis=1)[:, -most:])
    shown = _in_turn(table, hand, few, k)
    if len(shown) < k and most < len(everything):
        return _in_turn(table, hand, everything, k)
    return shown


def _in_turn(
    table: Array, hand: Hand, few: Array, k: int, near: Array | None = None
) -> list[tuple[int, int]]:
    """Each place goes to the best pair of strand and candidate that are left, a strand paying for what it has.

    `near` (few,), where given, is what likeness costs each candidate; likeness to those shown costs as well then.
    """
    left, had = table[:, few].copy(), np.zeros((len(table), 1))
    among = hand.likeness(hand.places[few], few) if len(few) <= _AT_ONCE else None
    shown: list[tuple[int, int]] = []
    while len(shown) < k:
        worth = left - NEXT * had
        strand, place = divmod(int((worth if near is None else worth - near).argmax()), len(few))
        if left[strand, place] == -np.inf:
            break
        shown.append((int(few[place]), strand))
        had[strand] += 1
        alike = among[place] if among is not None else hand.alike(int(few[place]), few)
        near = None if near is None else np.maximum(near, SPREAD * alike)
        left[:, alike >= TWINS] = -np.inf
        left[:, place] = -np.inf
    return shown


def _give_place(
    one: tuple[int, Array], dealt: list[tuple[int, int]], scores: Scores, twins: Array, pinned: Pinned
) -> None:
    """A pinned interest that came away empty gets the last place that no pinned one needs, if it has a paper at all.

    Sooner that of a strand which has several.
    """
    held = [_of(other, dealt) for other in pinned]
    mine = np.flatnonzero(one[1] & ~twins & ~scores.barred()).tolist()
    free = [i for i in range(len(dealt)) if not any(places == {i} for places in held)]
    if not mine or not free:
        return
    owners = [strand for _, strand in dealt]
    several = [place for place in free if owners.count(owners[place]) > 1]
    best = max(mine, key=lambda i: scores.total[i])
    dealt[(several or free)[-1]] = (best, one[0] if one[0] >= 0 else scores.strand(best))


def _of(one: tuple[int, Array], dealt: Sequence[tuple[int, int]]) -> set[int]:
    """The places that a pinned interest has."""
    return {place for place, (i, strand) in enumerate(dealt) if one[1][i] or strand == one[0]}


def _twins(hand: Hand, candidates: Array, taken: Sequence[int]) -> Array:
    """(candidates,) of bool: those that are one of the taken, or nearly."""
    if not len(taken):
        return np.zeros(len(candidates), bool)
    some = np.array(taken, np.int64)
    near = hand.likeness(hand.places[some], candidates) >= TWINS
    return np.asarray((near | (some[:, None] == candidates)).any(axis=0))


def wild_cards(
    scores: Scores, taste: Taste, hand: Hand, k: int, taken: Sequence[int], *, asking: bool = False
) -> list[int]:
    """k candidates that are plausible, and of which the least is known: each picked as if those before were judged.

    `asking`: as questions. To a blank taste everything is plausible.
    """
    if k <= 0:
        return []
    part, least = (ASKED, _LEAST_ASKED) if asking else (PLAUSIBLE, _LEAST_PLAUSIBLE)
    few = len(scores.total) if taste.is_blank() else max(int(len(scores.total) * part), least)
    best = _plausible(scores, hand, few, taken)
    wide = taste.is_blank() or (asking and not _is_told(taste))
    chosen: list[int] = []
    for left in (best if wide else _likely(best, scores, taste, hand, k, taken), best):
        if len(chosen) == k:
            break
        rest = left[~_twins(hand, left, chosen)]
        chosen += _unalike(hand, rest, _known(taste, hand, [*taken, *chosen]), k - len(chosen))
    return chosen


def _unalike(hand: Hand, left: Array, known: Array, k: int) -> list[int]:
    """At most k of these, of which the least is known."""
    chosen: list[int] = []
    while len(left) and len(chosen) < k:
        best = int(left[_unknown(hand, left, known).argmax()])
        chosen.append(best)
        if len(chosen) < k:
            known = np.append(known, hand.places[best])
            left = left[~_twins(hand, left, [best])]
    return chosen


def _plausible(scores: Scores, hand: Hand, few: int, taken: Sequence[int]) -> Array:
    """The best few that are neither barred nor taken nor like these, the best first; of equal ones the first."""
    worth = scores.allowed(scores.total).copy()
    worth[list(taken)] = -np.inf
    # Looked at from the best on, because likeness to all candidates is not asked for nothing.
    most = few + 2 * len(taken) + _SPARE
    while True:
        worst = max(len(worth) - most, 0)
        some = np.flatnonzero(worth >= np.partition(worth, worst)[worst])
        some = some[np.argsort(-worth[some], kind="stable")]
        left = some[worth[some] > -np.inf]
        left = left[~_twins(hand, left, taken)]
        if len(left) >= few or worst == 0:
            best: Array = left[:few]
            return best
        most *= 2


def _is_told(taste: Taste) -> bool:
    """Whether words are followed, or as much is liked as makes an interest; before that questions go wide."""
    return bool(taste.topics) or len(taste.likes.papers) >= LEAST


def _likely(best: Array, scores: Scores, taste: Taste, hand: Hand, k: int, taken: Sequence[int]) -> Array:
    """Those of the best that are like an open interest; where they are few, the most like of all.

    Few papers have the words of a narrow topic, and the best of the others are about anything.
    """
    alike = scores.allowed(_like_taste(taste, hand))
    place = int(LIKELY * (len(alike) - 1))
    close = best[alike[best] >= max(np.partition(alike, place)[place], ALIKE)]
    if len(close) >= _CHOICE * k:
        return np.asarray(close)
    most = np.argsort(-alike, kind="stable")[: _CHOICE * k + 2 * len(taken)]
    most = most[alike[most] > -np.inf]
    return np.asarray(most[~_twins(hand, most, taken)][: _CHOICE * k])


def _like_taste(taste: Taste, hand: Hand) -> Array:
    """(candidates,): likeness to the middle of the nearest strand that is not muted; in words without a space."""
    open_ones = [i for i in range(len(taste.strands)) if i not in taste.muted]
    middles = taste.middles[open_ones]
    if middles.shape[1]:
        return np.asarray((middles @ hand.pool.spots()).max(axis=0)[hand.numbers])
    liked = taste.likes.places[np.isin(taste.likes.strands, open_ones)]
    topics = [hand.pool.topic_likeness(row) for number, row in taste.topics if number in {*open_ones, -1}]
    found = np.vstack([hand.pool.likeness(liked), *topics])
    return np.asarray(found.max(axis=0, initial=0.0)[hand.numbers])


def _unknown(hand: Hand, candidates: Array, known: Array) -> Array:
    """(candidates,): how little is known of them, where papers at these places are judged or shown."""
    spots = hand.pool.shelf.spots(hand.places[candidates])
    if spots.shape[1]:
        return uncertainty(spots, hand.pool.shelf.spots(known))
    alike = hand.likeness(known, candidates)
    return np.asarray(1.0 - alike.max(axis=0)) if len(known) else np.ones(len(candidates))


def _known(taste: Taste, hand: Hand, shown: Sequence[int]) -> Array:
    """The places of papers that were judged, passed over, or are in the digest already."""
    judged = (taste.likes.places, taste.turned.places, taste.passed.places, hand.places[list(shown)])
    return np.concatenate(judged).astype(np.int64)


def uncertainty(spots: Array, judged: Array) -> Array:
    """(n,): leverage x'(prior·I + J'J)⁻¹x of unit rows: 1 where nothing alike was judged, towards 0 where much was.

    The variance of a linear prediction at x, up to the noise; by Woodbury's identity over the judged rows.
    """
    across = spots @ judged.T
    gram = (judged @ judged.T).astype(np.float64)
    gram.flat[:: len(gram) + 1] += _PRIOR
    # Of a positive definite matrix: half the work of any.
    known = np.einsum("ij,ji->i", across, dposv(gram, across.T)[1]) if len(judged) else 0.0
    return np.asarray((np.einsum("ij,ij->i", spots, spots) - known) / _PRIOR)
