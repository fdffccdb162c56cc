"""Folders of public data: papers.jsonl(.gz), channels.jsonl, train.csv and test.csv, as values of the bot."""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.model import Paper, PaperId
from bot.sources.files.records import paper_from_record

Days = dict[date, list[Paper]]
"""The papers of each day, oldest day first."""


def papers_in(folder: Path) -> dict[PaperId, Paper]:
    """The papers in the order of the file, read as the bot reads them, under the file's own ids."""
    found: dict[PaperId, Paper] = {}
    for line in _lines(folder, "papers.jsonl"):
        row = json.loads(line)
        try:
            paper = paper_from_record(row, "benchmark")
        except ValueError:
            continue  # without a title there is nothing to rank
        found[PaperId(row["id"])] = replace(paper, id=PaperId(row["id"]))
    return found


def days_of(papers: dict[PaperId, Paper]) -> Days:
    days: Days = defaultdict(list)
    for paper in papers.values():
        if paper.announced_on:
            days[paper.announced_on].append(paper)
    return dict(sorted(days.items()))


def channels_in(folder: Path) -> dict[str, list[PaperId]]:
    """Each channel's listed papers, by day."""
    rows = map(json.loads, _lines(folder, "channels.jsonl"))
    return {row["channel"]: [PaperId(paper) for paper in row["papers"]] for row in rows}


def libraries_in(folder: Path, name: str) -> dict[str, list[PaperId]]:
    """Each library's papers out of a table `channel,paper`, in the order of the file."""
    libraries: dict[str, list[PaperId]] = defaultdict(list)
    for row in csv.DictReader(_lines(folder, name)):
        libraries[row["channel"]].append(PaperId(row["paper"]))
    return dict(libraries)


def _lines(folder: Path, name: str) -> Iterator[str]:
    packed = folder / f"{name}.gz"
    if not (packed.exists() or (folder / name).exists()):
        raise SystemExit(f"{folder} holds no {name}")
    with (
        gzip.open(packed, "rt", encoding="utf-8")
        if packed.exists()
        else (folder / name).open(encoding="utf-8") as file
    ):
        yield from (line for line in file if line.strip())
