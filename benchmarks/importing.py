"""How fast a file of papers becomes a searchable archive, and that a second import changes nothing.

usage: python -m benchmarks.importing [FILE]      without FILE: 20,000 papers recombined from the sample

Calls `paperboy import` as an operator does: a real process, an SQLite file, the full-text index included.
"""

import json
import os
import random
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory


def recombined(folder: Path, count: int = 20_000) -> Path:
    """Papers with the sample's words in another order; deterministic."""
    rows = [
        json.loads(line) for line in (files("bot.sample") / "papers.jsonl").read_text("utf-8").splitlines()
    ]
    dice = random.Random(7)
    path = folder / "papers.jsonl"
    with path.open("w") as out:
        for number in range(count):
            about = " ".join(dice.choice(rows)["summary"] for _ in range(5))
            title = f"{dice.choice(rows)['title']} {number}"
            row = {"id": f"arxiv:2601.{number:05}", "title": title, "abstract": about, "day": "2026-01-05"}
            out.write(json.dumps(row) + "\n")
    return path


def paperboy(store: Path, *words: str) -> tuple[str, float]:
    """Standard output and seconds of one process."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--store", f"sqlite:///{store}", *words],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    return done.stdout, time.perf_counter() - start


def measure(file: Path | None = None) -> dict[str, object]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = file or recombined(folder)
        store = folder / "papers.db"
        paperboy(store, "migrate")
        first, seconds = paperboy(store, "import", "--json", str(file))
        second, again = paperboy(store, "import", "--json", str(file))
        counts, repeated = json.loads(first), json.loads(second)
        found, _ = paperboy(store, "search", "--json", "learning")
        size = sum(path.stat().st_size for path in folder.glob("papers.db*"))
        return {
            "papers": counts["new"],
            "papers_per_s": round(counts["seen"] / seconds),
            "again_papers_per_s": round(repeated["seen"] / again),
            "again_new": repeated["new"],
            "again_changed": repeated["changed"],
            "bytes_per_paper": round(size / counts["new"]),
            "found": len(found.splitlines()),
        }


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    print(json.dumps(measure(Path(sys.argv[1]) if len(sys.argv) == 2 else None)))
