"""As many papers as wanted, recombined from real ones: their sentences, halves of titles, authors and categories."""

import gzip
import json
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from bot.model import Paper, PaperId
from bot.store.sqlite import SqliteStore

SNAPSHOT = Path(os.environ.get("BENCH_DATA", "../shared/data")) / "replay" / "papers.jsonl.gz"

_BATCH = 5000
_DAYS = 4000
_FIRST = date(2015, 1, 1)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Parts:
    """What real papers are made of; `lengths` are sentences an abstract."""

    titles: list[list[str]]
    sentences: list[str]
    lengths: list[int]
    authors: list[str]
    categories: list[tuple[str, ...]]


def load_parts(snapshot: Path) -> Parts:
    """From a snapshot of arXiv's, or from our sample where there is none."""
    if snapshot.exists():
        with gzip.open(snapshot, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
    else:
        lines = (files("bot.sample") / "papers.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
    abstracts = [_SENTENCE.split(row.get("abstract") or row["summary"]) for row in rows]
    return Parts(
        [row["title"].split() for row in rows],
        [sentence for abstract in abstracts for sentence in abstract],
        list(map(len, abstracts)),
        [name for row in rows for name in row.get("authors", ())] or ["Ada Lovelace"],
        [tuple(row.get("categories", ())) for row in rows],
    )


def recombined(parts: Parts, count: int) -> Iterator[Paper]:
    """Always the same ones; spread over eleven years."""
    dice = random.Random(7)
    for number in range(count):
        first, second = dice.choice(parts.titles), dice.choice(parts.titles)
        yield Paper(
            id=PaperId(f"arxiv:{1501 + number // 100_000:04}.{number:07}"),
            title=" ".join((*first[: (len(first) + 1) // 2], *second[len(second) // 2 :])),
            abstract=" ".join(dice.choices(parts.sentences, k=dice.choice(parts.lengths))),
            authors=tuple(dice.choices(parts.authors, k=4)),
            categories=dice.choice(parts.categories),
            sources=("arxiv",),
            published_on=_FIRST + timedelta(days=number * _DAYS // count),
        )


def fill(path: Path, count: int, snapshot: Path = SNAPSHOT) -> None:
    """A database of so many papers at `path`."""
    store = SqliteStore(path)
    store.migrate()
    papers = recombined(load_parts(snapshot), count)
    while batch := [paper for _, paper in zip(range(_BATCH), papers, strict=False)]:
        store.add_papers(batch)
    store.close()


def stored(path: Path) -> Iterator[list[Paper]]:
    """All papers of a database, some thousand at a time."""
    store, position = SqliteStore(path), 0
    while batch := store.papers_after(position, _BATCH):
        position = batch[-1][0]
        yield [paper for _, paper in batch]
    store.close()


QUERIES = [
    line.strip()
    for line in """
    transformers
    reinforcement
    hallucination
    privacy
    segmentation
    graphs
    benchmark
    jailbreak
    speculative decoding
    gaussian splatting
    diffusion models
    protein folding
    federated learning
    contrastive loss
    medical imaging
    GPT-4 evaluation
    object detection
    large language models
    retrieval augmented generation
    visual question answering
    chain of thought
    reward model hacking
    multi-agent path planning
    low-rank adaptation finetuning
    speech recognition noise
    3D human pose
    out-of-distribution detection calibration
    efficient attention long context
    graph neural network explainability
    text to image generation
    autonomous driving scene understanding
    machine translation low-resource languages
    time series forecasting transformer
    robot manipulation imitation learning
    differential privacy stochastic gradient
    mixture of experts routing balance
    knowledge distillation small language models
    video generation with temporal consistency
    code generation benchmark unit tests
    uncertainty estimation deep neural networks
    point cloud registration without correspondences
    instruction tuning data selection quality
    brain tumor segmentation from MRI
    learning to rank for web search
    federated learning with heterogeneous client data
    vision language models for remote sensing
    robustness of neural networks to perturbations
    automatic evaluation of summarization with models
    speculative decoding for large language model inference
    quantization aware training of convolutional neural networks
    """.strip().splitlines()
]
"""Fifty, of one to six words that are no stop words."""
