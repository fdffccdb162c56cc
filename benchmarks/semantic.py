"""Replay real announcement days with and without the vectors of a language model beside the words.

usage: python -m benchmarks.semantic DIR MODEL [--days N] [--channels N] [--vectors FILE]

As `benchmarks.replay`, on the first N days with at least 50 papers. MODEL is a folder as for taste.semantic_model. The
vectors are kept in FILE, if given, so that a second run need not compute them again. `gain` is the difference of mean
recall@10; `per_channel` has both recalls of each channel.
"""

import argparse
import json
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from benchmarks.figures import rounded
from benchmarks.folders import Days, channels_in, days_of, papers_in
from benchmarks.readers import LEAST, Reader, Run, replayed
from benchmarks.replay import reader_of, row
from bot.model import PaperId
from bot.recommend import Learner
from bot.recommend.embedder import Embedder, embedder_from_settings
from bot.recommend.meaning import Meaning
from bot.recommend.vector_file import VectorFile


def compare(meaning: Meaning, days: Days, channels: dict[str, list[PaperId]]) -> dict[str, object]:
    """Figures of the learner without and with the meaning of texts, on the same days."""
    papers = {paper.id: paper for day in days.values() for paper in day}

    def readers() -> list[Reader]:
        return [reader_of(name, listed, papers) for name, listed in channels.items()]

    plain, beside = replayed([Learner(), Learner(meaning=meaning)], days, readers)
    return {
        "words": row(plain),
        "words_and_meaning": row(beside),
        "gain": rounded(gain(plain.readers, beside.readers)),
        "per_channel": both(plain, beside),
    }


def gain(before: Sequence[Reader], after: Sequence[Reader]) -> float:
    """The mean difference of recall, over the channels."""
    differences = [b.recall() - a.recall() for a, b in zip(before, after, strict=True) if a.announced]
    return sum(differences) / max(len(differences), 1)


def both(plain: Run, beside: Run) -> dict[str, list[object]]:
    pairs = zip(plain.readers, beside.readers, strict=True)
    return {a.name: [rounded(a.recall()), rounded(b.recall()), len(a.announced)] for a, b in pairs}


def measure(
    folder: Path,
    embedder: Embedder,
    file: Path | None = None,
    most_days: int | None = None,
    most_channels: int | None = None,
) -> dict[str, object]:
    full = ((day, papers) for day, papers in days_of(papers_in(folder)).items() if len(papers) >= LEAST)
    days = dict(islice(full, most_days))
    meaning = Meaning(embedder, VectorFile(file, embedder.dimensions))
    start = time.perf_counter()
    done = meaning.embed([paper for papers in days.values() for paper in papers])
    speed = done / max(time.perf_counter() - start, 1e-9)
    figures = compare(meaning, days, dict(islice(channels_in(folder).items(), most_channels)))
    meaning.close()
    return {"days": len(days), "papers_per_second": rounded(speed, 1) if done else None, **figures}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("model")
    parser.add_argument("--days", type=int)
    parser.add_argument("--channels", type=int)
    parser.add_argument("--vectors", type=Path)
    given = parser.parse_args()
    model = embedder_from_settings(given.model, download=False)
    print(json.dumps(measure(given.folder, model, given.vectors, given.days, given.channels)))
