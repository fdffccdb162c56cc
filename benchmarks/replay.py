"""Replay real announcement days: does the recommender find what a channel's people would have picked?

usage: python -m benchmarks.replay DIR [--quick] [--channels N] [--days N]

DIR holds papers.jsonl(.gz) and channels.jsonl. For each channel the first 5 listed papers are seeds. On every later
day with at least 50 papers all of the day's papers are ranked and 10 shown; the listed ones among them get 👍, the
others no reaction. recall@10 is listed papers shown ÷ listed papers announced, over all days; AUC is the mean over
days with a listed paper; both are means over the channels. Milliseconds are those of choosing 10; a baseline's words
are counted before its clock runs, ours within. What all rankers study on the way is timed apart (`study_seconds`).
No wild cards. `--quick` leaves out the classifiers; `--channels` and `--days` take the first N.
"""

import argparse
import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from benchmarks.baselines import (
    ArxivSanity,
    Chance,
    Counts,
    LibrarySimilarity,
    PlainRocchio,
    Rocchio,
    ScholarInbox,
    Words,
)
from benchmarks.figures import mean, rounded
from benchmarks.folders import Days, channels_in, days_of, papers_in
from benchmarks.ours import Ranker, ours
from benchmarks.readers import Reader, Run, replayed
from bot.model import Paper, PaperId
from bot.recommend import NewestFirst

SEEDS = 5


def reader_of(name: str, listed: Sequence[PaperId], papers: dict[PaperId, Paper]) -> Reader:
    """A channel as Replay begins it."""
    known = list(dict.fromkeys(paper for paper in listed if paper in papers))
    seeds = tuple(papers[paper] for paper in known[:SEEDS])
    return Reader(name, seeds, (frozenset(known[SEEDS:]),))


def row(run: Run) -> dict[str, object]:
    """One ranker's figures."""
    return {
        "recall_at_10": rounded(mean(reader.recall() for reader in run.readers)),
        "auc": rounded(mean(mean(reader.aucs) for reader in run.readers)),
        "ms_per_channel_day": rounded(run.milliseconds(), 2),
        "study_seconds": rounded(run.studying, 1),
    }


def rivals(papers: dict[PaperId, Paper], quick: bool) -> list[Ranker]:
    """The baselines: arxiv-sanity-lite with its own 20,000 features, the others with 50,000."""
    counts = Counts(papers.values())
    words = Words(counts)
    simple: list[Ranker] = [
        LibrarySimilarity(words),
        PlainRocchio(words),
        Rocchio(words),
        NewestFirst(),
        Chance(),
    ]
    return simple if quick else [ArxivSanity(Words(counts, 20_000)), ScholarInbox(words), *simple]


def compare(
    recommender: Ranker, baselines: Sequence[Ranker], days: Days, channels: dict[str, list[PaperId]]
) -> dict[str, object]:
    """Our figures, each channel's recall beside them, and those of the baselines."""
    papers = {paper.id: paper for day in days.values() for paper in day}

    def readers() -> list[Reader]:
        return [reader_of(name, listed, papers) for name, listed in channels.items()]

    first, *others = replayed([recommender, *baselines], days, readers)
    rows = {run.ranker.version: row(run) for run in others}
    for version, figures in {recommender.version: row(first), **rows}.items():
        print(f"{version:20} {figures}")
    per_channel = {reader.name: rounded(reader.recall()) for reader in first.readers}
    return {**row(first), "version": recommender.version, "channels": per_channel, "baselines": rows}


def measure(
    folder: Path, quick: bool = False, most_channels: int | None = None, most_days: int | None = None
) -> dict[str, object]:
    days = dict(islice(days_of(papers_in(folder)).items(), most_days))
    papers = {paper.id: paper for day in days.values() for paper in day}
    channels = dict(islice(channels_in(folder).items(), most_channels))
    return compare(ours(), rivals(papers, quick), days, channels)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--channels", type=int)
    parser.add_argument("--days", type=int)
    given = parser.parse_args()
    print(json.dumps(measure(given.folder, given.quick, given.channels, given.days)))
