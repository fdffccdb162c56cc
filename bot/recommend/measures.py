"""How good rankings are: hit rate, nDCG, AUC and balanced accuracy, each with an interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log2

import numpy as np

from bot.model import Channel, PaperId

HIT, NDCG, AUC, BALANCED = "hit_rate", "ndcg", "auc", "balanced_accuracy"

_RESAMPLES = 1000
_ENOUGH_CHANNELS = 10
_UP, _DOWN = "up", "down"


@dataclass(frozen=True, slots=True)
class Trial:
    """One ranking, and what the channel said of its papers.

    `top` are the picks of a digest, best first. `ranks` are those of the liked and disliked papers among all
    candidates, 1 for the best; `candidates` is how many there are.
    """

    channel: Channel
    day: date
    top: tuple[PaperId, ...]
    ranks: Mapping[PaperId, int]
    candidates: int
    liked: frozenset[PaperId]
    disliked: frozenset[PaperId]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean of `count` trials (for balanced accuracy: of rated papers), with its 95 % interval."""

    value: float
    low: float
    high: float
    count: int


def measured(trials: Sequence[Trial], seed: int = 0) -> dict[str, Estimate]:
    """Each measure that the trials allow.

    `hit_rate`: how often one of the top was liked. `ndcg`: that of the top, gain 1 for a liked paper. `auc`: how often
    a liked paper stands above one that is not. `balanced_accuracy`: how many liked papers stand in the upper half of
    the candidates and how many disliked ones in the lower, averaged; chance gives 0.5. Intervals are percentiles of
    1,000 seeded bootstrap samples of channels, or of trials where fewer than ten channels have any.
    """
    scores = [_scores(trial) for trial in trials]
    many = len({trial.channel for trial in trials}) >= _ENOUGH_CHANNELS
    units = [str(trial.channel) if many else str(place) for place, trial in enumerate(trials)]
    tables = {name: _table(units, scores, name) for name in (HIT, NDCG, AUC, _UP, _DOWN)}
    count = len(dict.fromkeys(units))
    drawn = np.random.default_rng(seed).multinomial(count, [1 / count] * count, _RESAMPLES) if count else None
    found = {
        HIT: _estimate([tables[HIT]], drawn),
        NDCG: _estimate([tables[NDCG]], drawn),
        AUC: _estimate([tables[AUC]], drawn),
        BALANCED: _estimate([tables[_UP], tables[_DOWN]], drawn),
    }
    return {name: estimate for name, estimate in found.items() if estimate}


def _scores(trial: Trial) -> Mapping[str, tuple[float, int]]:
    """Per measure a sum and how many it is a sum of; a measure that the trial cannot tell is left out."""
    found: dict[str, tuple[float, int]] = {}
    places, count = {paper: rank - 1 for paper, rank in trial.ranks.items()}, trial.candidates
    if trial.liked:
        found[HIT] = (float(not trial.liked.isdisjoint(trial.top)), 1)
        found[NDCG] = (_ndcg(trial), 1)
        found[_UP] = (sum(_above(places[one], count) for one in trial.liked), len(trial.liked))
        if len(trial.liked) < count:
            found[AUC] = (_auc(sorted(places[one] for one in trial.liked), count), 1)
    if trial.disliked:
        found[_DOWN] = (
            sum(1 - _above(places[one], count) for one in trial.disliked),
            len(trial.disliked),
        )
    return found


def _ndcg(trial: Trial) -> float:
    gains = [1 / log2(place + 2) for place in range(len(trial.top))]
    gained = sum(gain for gain, paper in zip(gains, trial.top, strict=True) if paper in trial.liked)
    return gained / (sum(gains[: len(trial.liked)]) or 1.0)


def _auc(liked: Sequence[int], candidates: int) -> float:
    """From the places of the liked, counted from 0: which share of the pairs is in the right order."""
    above = sum(place - before for before, place in enumerate(liked))
    return 1 - above / (len(liked) * (candidates - len(liked)))


def _above(place: int, candidates: int) -> float:
    """1 in the upper half, 0 in the lower, 0.5 in the very middle."""
    return float(np.sign(candidates - 2 * place - 1)) / 2 + 0.5


def _table(
    units: Sequence[str], scores: Sequence[Mapping[str, tuple[float, int]]], name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Sums and counts of one measure, one of each per unit."""
    rows = {unit: row for row, unit in enumerate(dict.fromkeys(units))}
    sums, counts = np.zeros(len(rows)), np.zeros(len(rows))
    for unit, score in zip(units, scores, strict=True):
        total, count = score.get(name, (0.0, 0))
        sums[rows[unit]] += total
        counts[rows[unit]] += count
    return sums, counts


def _estimate(tables: Sequence[tuple[np.ndarray, np.ndarray]], drawn: np.ndarray | None) -> Estimate | None:
    """The mean of the tables' means; None where one of them is empty."""
    if drawn is None or not all(counts.sum() for _, counts in tables):
        return None
    value = sum(float(sums.sum() / counts.sum()) for sums, counts in tables) / len(tables)
    means = [(drawn @ sums) / np.maximum(drawn @ counts, 1e-9) for sums, counts in tables]
    # A sample that happens to hold nothing of a kind says nothing.
    told = np.logical_and.reduce([drawn @ counts > 0 for _, counts in tables])
    low, high = np.percentile(np.mean(means, axis=0)[told], [2.5, 97.5])
    return Estimate(value, float(low), float(high), int(sum(counts.sum() for _, counts in tables)))
