"""Channels with three interests: is each of them served, or does the loudest take all places?

usage: python -m benchmarks.mixture DIR [--days N]      DIR as for benchmarks.replay

Each mixture is one channel made of three. Its seeds are the first 4 papers of each, unlabelled; otherwise as in
replay, with 👍 for a paper listed under any of the three. `recall_at_10` is over all three, `worst_interest` that of
the one served worst; both are means over the mixtures. Baselines: one Rocchio taste, without and with what
is ignored; places dealt in turn to three
k-means clusters of the likes.
"""

import argparse
import json
from collections.abc import Collection, Sequence
from datetime import date
from itertools import combinations, islice
from math import isnan, nan
from pathlib import Path

from benchmarks.baselines import Counts, PlainRocchio, Rocchio, Slots, Words
from benchmarks.figures import mean, rounded
from benchmarks.folders import Days, channels_in, days_of, papers_in
from benchmarks.ours import Ranker, ours
from benchmarks.readers import Reader, Run, replayed
from bot.model import Paper, PaperId

SEEDS, MOST = 4, 4
Mixture = tuple[str, ...]
NAMED: tuple[Mixture, ...] = (
    ("gui-agents", "video-diffusion", "jailbreak"),
    ("embodied-vla", "code-llm", "efficient-reasoning"),
    ("long-context", "video-diffusion", "embodied-vla"),
    ("gui-agents", "code-llm", "video-diffusion"),
)


def mixtures_of(channels: Collection[str]) -> tuple[Mixture, ...]:
    """Those that have names where their channels are there; otherwise four triples spread over all that can be made."""
    if named := tuple(mixture for mixture in NAMED if set(mixture) <= set(channels)):
        return named
    triples = list(combinations(channels, 3))
    return tuple(triples[:: max(1, len(triples) // MOST)][:MOST])


def reader_of(mixture: Mixture, channels: dict[str, list[PaperId]], papers: dict[PaperId, Paper]) -> Reader:
    """Three channels as one. Seeds stand by day, so that nobody can tell which is whose."""
    listed = [[paper for paper in channels[name] if paper in papers] for name in mixture]
    seeds = {paper for topic in listed for paper in topic[:SEEDS]}
    ordered = sorted((papers[seed] for seed in seeds), key=lambda p: (p.announced_on or date.min, p.id))
    return Reader(" + ".join(mixture), tuple(ordered), tuple(frozenset(topic) - seeds for topic in listed))


def row(run: Run) -> dict[str, object]:
    """One ranker's figures."""
    worst = [
        min((recall for recall in reader.topic_recalls() if not isnan(recall)), default=nan)
        for reader in run.readers
    ]
    return {
        "recall_at_10": rounded(mean(reader.recall() for reader in run.readers)),
        "worst_interest": rounded(mean(worst)),
        "ms_per_channel_day": rounded(run.milliseconds(), 2),
    }


def compare(
    recommender: Ranker, baselines: Sequence[Ranker], days: Days, channels: dict[str, list[PaperId]]
) -> dict[str, object]:
    """Our figures, each mixture's interests beside them, and those of the baselines."""
    papers = {paper.id: paper for day in days.values() for paper in day}
    mixtures = mixtures_of(channels)

    def readers() -> list[Reader]:
        return [reader_of(mixture, channels, papers) for mixture in mixtures]

    first, *others = replayed([recommender, *baselines], days, readers, with_auc=False)
    rows = {run.ranker.version: row(run) for run in others}
    for version, figures in {recommender.version: row(first), **rows}.items():
        print(f"{version:20} {figures}")
    each = {reader.name: [rounded(recall) for recall in reader.topic_recalls()] for reader in first.readers}
    return {**row(first), "version": recommender.version, "mixtures": each, "baselines": rows}


def measure(folder: Path, most_days: int | None = None) -> dict[str, object]:
    days = dict(islice(days_of(papers_in(folder)).items(), most_days))
    channels = channels_in(folder)
    if len(channels) < 3:
        raise SystemExit(f"{folder} holds {len(channels)} channels; a mixture takes three")
    words = Words(Counts([paper for day in days.values() for paper in day]))
    return compare(ours(), [PlainRocchio(words), Rocchio(words), Slots(words)], days, channels)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int)
    given = parser.parse_args()
    print(json.dumps(measure(given.folder, given.days)))
