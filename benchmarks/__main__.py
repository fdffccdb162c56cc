"""Measure everything and write docs/benchmarks.md: `python -m benchmarks`, or `make bench`.

Benchmarks that need public data sets look in the folder that PAPERBOY_BENCH_DATA names (default: ../shared/data)
and are left out, saying so, where it is absent.
"""

import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import importing, replay, story

DATA = Path(os.environ.get("PAPERBOY_BENCH_DATA", "../shared/data"))
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

Measure = Callable[[], dict[str, object]]


def plan() -> dict[str, tuple[str, Measure]]:
    """Command → what it shows, and the function behind it."""
    snapshot = DATA / "replay" / "papers.jsonl.gz"
    todo: dict[str, tuple[str, Measure]] = {
        "python -m benchmarks.story": (f"{_about(story)}", story.measure),
        "python -m benchmarks.importing": (f"{_about(importing)}", importing.measure),
    }
    if snapshot.exists():
        todo["python -m benchmarks.importing …/replay/papers.jsonl.gz"] = (
            "The same with 61,484 real arXiv papers.",
            lambda: importing.measure(snapshot),
        )
        todo["python -m benchmarks.replay …/replay"] = (
            _about(replay),
            lambda: replay.measure(DATA / "replay"),
        )
    else:
        print(
            f"left out: replay and the import of real papers, because {snapshot} is not there",
            file=sys.stderr,
        )
    return todo


def _about(module: object) -> str:
    return str(module.__doc__).splitlines()[0]


def main() -> None:
    """Run, print, write."""
    rows: dict[str, dict[str, object]] = {}
    lines = [
        "<!-- Written by `make bench`: run it again instead of editing. -->",
        "# Benchmarks",
        "",
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()}, {os.cpu_count()} cores.",
        "Shared machines are noisy: compare figures of one run with each other, not with another day's.",
    ]
    for command, (about, measure) in plan().items():
        print(f"== {command}")
        rows[command] = measure()
        print(json.dumps(rows[command]))
        lines += ["", f"## `{command}`", "", about, "", "```json", json.dumps(rows[command], indent=1), "```"]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
