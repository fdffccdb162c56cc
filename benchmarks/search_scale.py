"""How fast a search of a large archive is built and answered, beside other engines on the same papers.

usage: python -m benchmarks.search_scale --papers N [--database FILE]

Real papers are recombined and put into an SQLite database, which is not timed; --database names one that has been
made before. `build_papers_per_s`: from papers in memory to an index that can be searched; `catch_up_papers_per_s`:
the same from the database, reading included.
`ms_p50` and `ms_p99`: 50 queries as `/papers search` answers them, with the best hundred papers read from the
database and ranked; `index_ms_p50` and `index_ms_p99`: the index's part of it. `autocomplete_ms_p50` and
`autocomplete_ms_p99`: what `/papers search` offers while these queries are typed, letter by letter: titles, words,
authors, topics. `index_autocomplete_ms_p99`: words and authors alone, as the index knows them. `peak_mb`: the largest
that the process was that built and searched, files that it maps included.
`ratios`: the median of another engine, each in a process of its own, over `ms_p50`, though it only names papers and
reads and ranks none; `ratios_index`: over `index_ms_p50`, which only names them, too.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.memory import peak_mb
from benchmarks.scale_papers import QUERIES, fill
from bot.model import Paper
from bot.search.archive import Archive, search
from bot.search.catchup import catch_up
from bot.search.query import asked_from_text
from bot.search.tantivy_index import TantivyIndex
from bot.store.sqlite import SqliteStore

ENGINES = ("fts5", "bm25s", "tantivy")
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)

_PAGE = 5
_CANDIDATES = 100
_ROUNDS = 4
_COMPLETIONS = 25


def timed(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Milliseconds of each, several times over in changing order, after one round that is not counted."""
    dice, times = random.Random(3), []
    for call in calls:
        call()
    for _ in range(_ROUNDS):
        for call in dice.sample(calls, len(calls)):
            start = time.perf_counter()
            call()
            times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


def percentile(times: Sequence[float], part: float) -> float:
    """Of times in order."""
    return round(times[min(len(times) - 1, int(len(times) * part))], 2)


class TimedIndex(TantivyIndex):
    """Counts the seconds spent indexing."""

    seconds = 0.0

    def add(self, papers: Sequence[Paper], position: int) -> None:
        start = time.perf_counter()
        super().add(papers, position)
        self.seconds += time.perf_counter() - start


def built(database: Path, folder: Path) -> dict[str, object]:
    """Index the database into a new folder."""
    store, index = SqliteStore(database), TimedIndex(folder)
    start = time.perf_counter()
    done = catch_up(index, store)
    seconds = time.perf_counter() - start
    # What is still being merged is finished first: an archive is built once and searched for long.
    index.close()
    store.close()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "papers": done,
        "build_papers_per_s": round(done / index.seconds),
        "catch_up_papers_per_s": round(done / seconds),
        "bytes_per_paper": round(size / done),
        "build_peak_mb": peak_mb(),
    }


def asked(database: Path, folder: Path) -> dict[str, object]:
    """Ask the index for the queries, and for completions."""
    store, index = SqliteStore(database), TantivyIndex(folder)
    archive = Archive(index, store, NOW)
    queries = [asked_from_text(text, NOW.date()).query for text in QUERIES]
    alone = timed([lambda one=one: index.search(one, _CANDIDATES) for one in queries])  # type: ignore[misc]
    whole = timed([lambda one=one: search(archive, one, _PAGE) for one in queries])  # type: ignore[misc]
    typed = sorted({word[:length] for text in QUERIES for word in text.split() for length in range(1, 6)})
    words = [lambda one=one: index.complete(one, _COMPLETIONS) for one in typed]  # type: ignore[misc]
    names = [lambda one=one: index.authors(one, _COMPLETIONS) for one in typed]  # type: ignore[misc]
    completed = timed([*words, *names])
    index.close()
    store.close()
    return {
        "ms_p50": percentile(whole, 0.5),
        "ms_p99": percentile(whole, 0.99),
        "index_ms_p50": percentile(alone, 0.5),
        "index_ms_p99": percentile(alone, 0.99),
        "index_autocomplete_ms_p99": percentile(completed, 0.99),
        "peak_mb": peak_mb(),
    }


def _alone(*words: str) -> dict[str, Any]:
    """The last line of a process of its own."""
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def times_ours(theirs: Mapping[str, Mapping[str, float]], ours: float) -> dict[str, float]:
    """How many times as long as ours the median of each other engine is."""
    return {name: round(one["ms_p50"] / ours, 2) for name, one in theirs.items()}


def measure(papers: int, database: Path | None = None, engines: Iterable[str] = ENGINES) -> dict[str, object]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = database or folder / "papers.db"
        if database is None:
            _alone("benchmarks.search_scale", "--fill", str(papers), str(made))
        index = str(folder / "index")
        figures = _alone("benchmarks.search_scale", "--ours", str(made), index)
        figures |= _alone("benchmarks.search_scale_typing", str(made), index)
        theirs = {
            engine: _alone("benchmarks.search_scale_engines", engine, str(made), str(folder))
            for engine in engines
        }
        ratios = {
            "ratios": times_ours(theirs, figures["ms_p50"]),
            "ratios_index": times_ours(theirs, figures["index_ms_p50"]),
        }
        return {**figures, **ratios, "others": theirs}


def main(words: list[str]) -> dict[str, object]:
    """Called by itself with other words for what needs a process of its own."""
    match words:
        case ["--fill", count, database]:
            fill(Path(database), int(count))
            return {}
        case ["--ours", database, folder]:
            return built(Path(database), Path(folder)) | asked(Path(database), Path(folder))
        case ["--papers", count]:
            return measure(int(count))
        case ["--papers", count, "--database", database]:
            return measure(int(count), Path(database))
    sys.exit(__doc__)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
