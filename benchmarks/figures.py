"""The figures of merit: AUC, recall, nDCG. All are between 0 and 1, and higher is better."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from math import isnan, log2, nan

from bot.model import PaperId, Recommendation


def auc(ranked: Sequence[Recommendation], wanted: Collection[PaperId], of: int) -> float:
    """How often a wanted paper stands above another one; equal neighbours count half.

    `of` is how many papers there were to rank: those that are not in `ranked` are equal, and last. nan where
    all or none are wanted; all wanted ones must have been there to rank.
    """
    runs = [[pick.paper.id in wanted for pick in run] for _, run in groupby(ranked, lambda pick: pick.score)]
    hits = sum(map(sum, runs))
    missing = len(wanted) - hits
    runs.append([True] * missing + [False] * (of - len(ranked) - missing))
    others = of - len(wanted)
    won, below = 0.0, others
    for run in runs:
        here = len(run) - sum(run)
        below -= here
        won += sum(run) * (below + here / 2)
    return won / (len(wanted) * others) if wanted and others else nan


def recall(ranked: Sequence[PaperId], wanted: Collection[PaperId], k: int) -> float:
    """The share of the wanted papers that stand among the first k; nan where none is wanted."""
    return sum(paper in wanted for paper in ranked[:k]) / len(wanted) if wanted else nan


def ndcg(ranked: Sequence[PaperId], wanted: Collection[PaperId], k: int) -> float:
    """Discounted cumulative gain of the first k, each wanted paper worth 1, beside the best possible one."""
    gain = sum(1 / log2(place + 2) for place, paper in enumerate(ranked[:k]) if paper in wanted)
    best = sum(1 / log2(place + 2) for place in range(min(len(wanted), k)))
    return gain / best if best else nan


def mean(values: Iterable[float]) -> float:
    """Of those that are numbers; nan where none is."""
    known = [value for value in values if not isnan(value)]
    return sum(known) / len(known) if known else nan


def rounded(value: float, digits: int = 4) -> float | None:
    """For JSON, which has no nan."""
    return None if isnan(value) else round(value, digits)
