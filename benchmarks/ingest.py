"""How fast announcement feeds become stored and searchable papers, and that memory stays flat over 100,000 of them.

usage: python -m benchmarks.ingest [FILE]      FILE: papers.jsonl(.gz); without it, papers recombined from the sample

A local server hands out arXiv feeds of 1,500 papers, one for each batch day. From the bytes of a feed to an indexed
paper it is the bot's own path: the door, the source, the drain into an SQLite file, the full-text index in a file. A
FILE with fewer papers is repeated under other ids.
"""

import asyncio
import json
import logging
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.feeds_process import CATEGORY, served_feeds
from benchmarks.memory import held_mb, peak_mb
from bot.arxiv_calendar import HOME
from bot.ingest import drain
from bot.search.catchup import catch_up
from bot.search.fts5 import Fts5Index
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.web.http import Door
from bot.store.sqlite import SqliteStore

PAPERS = 100_000
_FEED = 1500
_EARLY = 20_000


@dataclass
class Run:
    """The store and the index in files, and what came of the feeds so far."""

    store: SqliteStore
    index: Fts5Index
    door: Door
    seen: int = 0
    skipped: int = 0
    indexed: int = 0

    async def day(self, address: str, day: date) -> None:
        """One feed, as the app takes it: drained, then indexed."""
        now = datetime.combine(day, datetime.min.time().replace(hour=9), HOME)
        feed = ArxivFeed(self.door, CATEGORY, base_url=f"{address}/{day}", clock=lambda: now)
        fetch = await drain(feed, self.store, since=day, clock=lambda: now)
        if fetch.error:
            raise SystemExit(f"the feed of {day}: {fetch.error}")
        self.seen += fetch.seen
        self.skipped += len(fetch.skipped)
        self.indexed += await asyncio.to_thread(catch_up, self.index, self.store)


async def ingested(file: Path | None, papers: int) -> dict[str, object]:
    """The figures of this process, which should have done nothing else before."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        store = SqliteStore(folder / "papers.db")
        store.database.migrate()
        run = Run(store, Fts5Index(folder / "papers.search"), Door(paces={}))
        memory: dict[str, object] = {}
        with served_feeds(file, folder, papers, _FEED) as (address, days):
            start, busy = time.perf_counter(), time.process_time()
            for day in days:
                await run.day(address, day)
                if run.seen >= _EARLY:
                    memory.setdefault(f"mb_at_{_EARLY}", held_mb())
            seconds, busy = time.perf_counter() - start, time.process_time() - busy
        memory[f"mb_at_{papers}"] = held_mb()
        await run.door.close()
        return {
            "papers": store.paper_count(),
            "indexed": run.indexed,
            "skipped": run.skipped,
            "feeds": len(days),
            "papers_per_s": round(run.seen / seconds),
            "papers_per_cpu_s": round(run.seen / busy),
            "peak_mb": peak_mb(),
        } | memory


def measure(file: Path | None = None) -> dict[str, object]:
    """All of it in a process of its own, because its memory is measured."""
    command = [sys.executable, "-m", "benchmarks.ingest", *([str(file)] if file else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    logging.disable(logging.CRITICAL)
    print(json.dumps(asyncio.run(ingested(Path(sys.argv[1]) if len(sys.argv) == 2 else None, PAPERS))))
