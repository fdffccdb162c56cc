"""Replay real announcement days: does the recommender find what a channel's people would have picked?

usage: python -m benchmarks.replay DIR      DIR holds papers.jsonl(.gz) and channels.jsonl

For each channel the first 5 listed papers are seeds. On every later day with at least 50 papers all of the day's
papers are ranked and 10 shown; the listed ones among them get 👍, the others no reaction. recall@10 is listed papers
shown ÷ listed papers announced; AUC is the mean over days with a listed paper.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.model import Paper
from bot.ports import Profile, Recommender, Skipped
from bot.recommend import NewestFirst, Rocchio
from bot.sources.files.load import load

SEEDS, SHOWN, LEAST = 5, 10, 50


def days_of(folder: Path) -> dict[date, list[Paper]]:
    path = next(p for p in (folder / "papers.jsonl.gz", folder / "papers.jsonl") if p.exists())
    days: dict[date, list[Paper]] = defaultdict(list)
    for paper in load(path):
        if not isinstance(paper, Skipped) and paper.announced_on:
            days[paper.announced_on].append(paper)
    return dict(sorted(days.items()))


def auc(ranked: Sequence[Paper], listed: set[str]) -> float:
    hits = [i for i, paper in enumerate(ranked) if paper.id in listed]
    others = len(ranked) - len(hits)
    better = sum(others - (rank - before) for before, rank in enumerate(hits))
    return better / (len(hits) * others) if hits and others else float("nan")


def replay(
    recommender: Recommender, days: dict[date, list[Paper]], listed: Sequence[str]
) -> tuple[float, float, float]:
    """recall@10, AUC, milliseconds per day."""
    by_id = {paper.id: paper for papers in days.values() for paper in papers}
    seeds = tuple(by_id[p] for p in listed[:SEEDS] if p in by_id)  # type: ignore[index]
    wanted = set(listed[SEEDS:])
    last_seed = max(p.announced_on for p in seeds)  # type: ignore[type-var]
    liked: list[Paper] = []
    ignored: list[Paper] = []
    shown_hits = announced = 0
    aucs: list[float] = []
    spent, ranked_days = 0.0, 0
    for day, papers in days.items():
        if day <= last_seed or len(papers) < LEAST:  # type: ignore[operator]
            continue
        profile = Profile((), seeds, tuple((p, 1.0) for p in liked), tuple(ignored[-200:]))
        start = time.perf_counter()
        shown = [r.paper for r in recommender.recommend(profile, papers, SHOWN)]
        spent += time.perf_counter() - start
        ranked_days += 1
        hits = [p for p in shown if p.id in wanted]
        shown_hits += len(hits)
        announced += sum(p.id in wanted for p in papers)
        if any(p.id in wanted for p in papers):
            ranked = recommender.recommend(profile, papers, len(papers))
            aucs.append(auc([r.paper for r in ranked], wanted))
        liked += hits
        ignored += [p for p in shown if p.id not in wanted]
    return shown_hits / announced, sum(aucs) / len(aucs), 1000 * spent / ranked_days


def measure(folder: Path) -> dict[str, object]:
    days = days_of(folder)
    channels = [json.loads(line) for line in (folder / "channels.jsonl").read_text().splitlines()]
    results: dict[str, dict[str, float]] = {}
    for recommender in (Rocchio(), NewestFirst()):
        rows = [replay(recommender, days, channel["papers"]) for channel in channels]
        means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        keys = ("recall_at_10", "auc", "ms_per_channel_day")
        results[recommender.version] = {key: round(value, 4) for key, value in zip(keys, means, strict=True)}
        print(recommender.version, results[recommender.version])
    return results.pop(Rocchio.version) | {"baselines": results}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(json.dumps(measure(Path(sys.argv[1]))))
