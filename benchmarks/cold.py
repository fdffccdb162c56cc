"""Papers that nobody has liked yet: do those who would keep them see them first?

usage: python -m benchmarks.cold DIR [--libraries N]      DIR holds papers.jsonl(.gz), train.csv and test.csv

Both tables are `channel,paper`; no paper of test.csv is in train.csv. What all libraries of train.csv hold is studied
once. Then all papers of test.csv are ranked for each library with one of them in test.csv, from its own likes alone.
Recall@M is the mean over libraries of their test papers among the first M ÷ their test papers; so is nDCG@20.
`seconds` is all of it: reading the files, studying, ranking. `--libraries` ranks for the first N only.
"""

import argparse
import json
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from benchmarks.baselines import Chance, Counts, PlainRocchio, Words
from benchmarks.figures import mean, ndcg, recall, rounded
from benchmarks.folders import libraries_in, papers_in
from benchmarks.ours import Ranker, ours
from bot.model import Paper, PaperId
from bot.ports import Profile

DEPTHS, GAIN_DEPTH = (50, 100, 300), 20
Libraries = dict[str, list[PaperId]]


def ranked(
    ranker: Ranker, papers: dict[PaperId, Paper], train: Libraries, test: Libraries, most: int | None
) -> dict[str, list[PaperId]]:
    """The first 300 unseen papers for the first `most` libraries of `test`, after one study of all of `train`."""
    ranker.study(list(papers.values()), [[(paper, 1.0) for paper in likes] for likes in train.values()])
    wanted = dict.fromkeys(paper for kept in test.values() for paper in kept)
    unseen = [papers[paper] for paper in wanted if paper in papers]
    found = {}
    for name in islice(test, most):
        likes = tuple((papers[paper], 1.0) for paper in train.get(name, ()) if paper in papers)
        picks = ranker.recommend(Profile(ratings=likes), unseen, max(DEPTHS))
        found[name] = [pick.paper.id for pick in picks]
    return found


def figures(found: dict[str, list[PaperId]], test: Libraries) -> dict[str, object]:
    """Means over the libraries that were ranked for."""
    pairs = [(ids, frozenset(test[name])) for name, ids in found.items()]
    recalls: dict[str, object] = {
        f"recall_at_{k}": rounded(mean(recall(ids, kept, k) for ids, kept in pairs)) for k in DEPTHS
    }
    return recalls | {
        f"ndcg_at_{GAIN_DEPTH}": rounded(mean(ndcg(ids, kept, GAIN_DEPTH) for ids, kept in pairs))
    }


def timed(ranker: Ranker, folder: Path, most: int | None) -> dict[str, object]:
    """One ranker's figures and its seconds, from the files on."""
    start = time.perf_counter()
    papers, train = papers_in(folder), libraries_in(folder, "train.csv")
    test = libraries_in(folder, "test.csv")
    found = ranked(ranker, papers, train, test, most)
    return figures(found, test) | {"seconds": round(time.perf_counter() - start, 1)}


def compare(
    recommender: Ranker, baselines: Sequence[Ranker], folder: Path, most: int | None
) -> dict[str, object]:
    """Our figures and those of the baselines."""
    mine = timed(recommender, folder, most)
    rows = {baseline.version: timed(baseline, folder, most) for baseline in baselines}
    for version, figures_ in {recommender.version: mine, **rows}.items():
        print(f"{version:20} {figures_}")
    return {**mine, "version": recommender.version, "baselines": rows}


def measure(folder: Path, most: int | None = None) -> dict[str, object]:
    words = Words(Counts(papers_in(folder).values()))
    return compare(ours(), [PlainRocchio(words), Chance()], folder, most)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--libraries", type=int)
    given = parser.parse_args()
    print(json.dumps(measure(given.folder, given.libraries)))
