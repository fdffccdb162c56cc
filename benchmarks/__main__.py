"""Measure, keep the figures in docs/benchmarks.json and write docs/benchmarks.md from them.

usage: python -m benchmarks [NAME…]      NAME: story importing archive ingest announcements replay mixture cold
                                         learning search search_4 search_5 search_6 rank_3 rank rank_5
                                         delivery reactions crash; default: all

Benchmarks that need public data sets look in the folder that BENCH_DATA names (default: ../shared/data) and
are left out, saying so, where it is absent.
"""

import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import (
    announcements,
    cold,
    crash,
    delivery,
    importing,
    ingest,
    learning,
    mixture,
    rank,
    reactions,
    replay,
    search,
    search_scale,
    story,
)

DATA = Path(os.environ.get("BENCH_DATA", "../shared/data"))
SNAPSHOT = DATA / "replay" / "papers.jsonl.gz"
DOCS = Path(__file__).resolve().parent.parent / "docs"
KEPT = DOCS / "benchmarks.json"

Measure = Callable[[], dict[str, object]]


def _about(module: object) -> str:
    return str(module.__doc__).splitlines()[0]


BENCHMARKS: dict[str, tuple[str, str, Measure]] = {
    "story": ("python -m benchmarks.story", _about(story), story.measure),
    "importing": ("python -m benchmarks.importing", _about(importing), importing.measure),
    "archive": (
        "python -m benchmarks.importing …/replay/papers.jsonl.gz",
        "The same with 61,484 real arXiv papers.",
        lambda: importing.measure(SNAPSHOT),
    ),
    "ingest": (
        "python -m benchmarks.ingest …/replay/papers.jsonl.gz",
        _about(ingest),
        lambda: ingest.measure(SNAPSHOT if SNAPSHOT.exists() else None),
    ),
    "announcements": (
        "python -m benchmarks.announcements …/replay",
        _about(announcements),
        lambda: announcements.measure(DATA / "replay"),
    ),
    "replay": (
        "python -m benchmarks.replay …/replay",
        _about(replay),
        lambda: replay.measure(DATA / "replay"),
    ),
    "mixture": (
        "python -m benchmarks.mixture …/replay",
        _about(mixture),
        lambda: mixture.measure(DATA / "replay"),
    ),
    "cold": (
        "python -m benchmarks.cold …/citeulike-a",
        _about(cold),
        lambda: cold.measure(DATA / "citeulike-a"),
    ),
    "learning": (
        "python -m benchmarks.learning …/replay",
        _about(learning),
        lambda: learning.measure(DATA / "replay"),
    ),
    "search": (
        "python -m benchmarks.search …/scifact",
        _about(search),
        lambda: search.measure(DATA / "scifact"),
    ),
    "search_4": (
        "python -m benchmarks.search_scale --papers 10000",
        _about(search_scale),
        lambda: search_scale.measure(10**4),
    ),
    "search_5": (
        "python -m benchmarks.search_scale --papers 100000",
        "The same with ten times as many papers.",
        lambda: search_scale.measure(10**5),
    ),
    "search_6": (
        "python -m benchmarks.search_scale --papers 1000000",
        "The same with a million papers.",
        lambda: search_scale.measure(10**6),
    ),
    "rank_3": (
        "python -m benchmarks.rank --channels 1000 --papers 1000",
        "A tenth of the channels that the next one has.",
        lambda: rank.measure(1000),
    ),
    "rank": (
        "python -m benchmarks.rank --channels 10000 --papers 1000",
        _about(rank),
        rank.measure,
    ),
    "rank_5": (
        "python -m benchmarks.rank --channels 100000 --papers 1000",
        "Ten times the channels: the cost grows as they do.",
        lambda: rank.measure(100_000),
    ),
    "delivery": ("python -m benchmarks.delivery", _about(delivery), delivery.measure),
    "reactions": ("python -m benchmarks.reactions", _about(reactions), reactions.measure),
    "crash": ("python -m benchmarks.crash", _about(crash), crash.measure),
}
"""Name → the command, what it shows, and the function behind it."""

NEEDS = dict.fromkeys(("archive", "announcements", "replay", "mixture", "learning"), SNAPSHOT) | {
    "cold": DATA / "citeulike-a" / "test.csv",
    "search": DATA / "scifact" / "queries.jsonl",
}
"""Name → the public file without which it is left out."""

_HEAD = """\
<!-- Written by `make bench` from docs/benchmarks.json: run it again instead of editing. -->
# Benchmarks

Each is one command; its last line is the JSON shown here. Shared machines are noisy: compare figures of one run with
each other, not with another day's.
"""


def page(kept: dict[str, dict[str, object]]) -> str:
    """docs/benchmarks.md, from what was measured."""
    parts = [_HEAD]
    for name, (command, about, _) in BENCHMARKS.items():
        if name in kept:
            figures = json.dumps(kept[name]["figures"], indent=1)
            parts.append(
                f"## `{command}`\n\n{about} Measured {kept[name]['when']}.\n\n```json\n{figures}\n```\n"
            )
    return "\n".join(parts)


def main(names: list[str]) -> None:
    """Measure these, print, keep, write."""
    kept: dict[str, dict[str, object]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for name in names or list(BENCHMARKS):
        if name in NEEDS and not NEEDS[name].exists():
            print(f"left out: {name}, because {NEEDS[name]} is not there", file=sys.stderr)
            continue
        print(f"== {BENCHMARKS[name][0]}")
        figures = BENCHMARKS[name][2]()
        print(json.dumps(figures))
        when = f"on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()} on {os.cpu_count()} cores"
        kept[name] = {"when": when, "figures": figures}
        KEPT.write_text(json.dumps(kept, indent=1) + "\n")
        (DOCS / "benchmarks.md").write_text(page(kept), encoding="utf-8")


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - set(BENCHMARKS):
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}\n{__doc__}")
    main(sys.argv[1:])
