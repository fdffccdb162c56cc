"""Announcement feeds made of many papers, served by a process of their own, so that its work is not counted as ours."""

import asyncio
import gzip
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from email.utils import format_datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiohttp import web

from benchmarks.arxiv_server import Record, item, rss
from benchmarks.importing import recombined
from bot import arxiv_calendar

CATEGORY = "cs.LG"
_FIRST_DAY = date(2026, 1, 1)
_processes = multiprocessing.get_context("spawn")


def records(file: Path | None, folder: Path, count: int) -> Iterator[Record]:
    """So many papers: those of the file, then the same again under other ids; without a file, recombined ones."""
    rows: list[dict[str, Any]] = list(_rows(file or recombined(folder, count)))
    for number in range(count):
        row = rows[number % len(rows)]
        again = {} if number < len(rows) else {"id": f"arxiv:{6001 + number // 10**5}.{number % 10**5:05}"}
        yield {"authors": ["A. Reader"], **row, "categories": row.get("categories") or [CATEGORY], **again}


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open() as lines:
        yield from map(json.loads, lines)


def write_feeds(rows: Iterator[Record], folder: Path, size: int) -> list[date]:
    """One file of `size` papers for each batch day, as it would be served that day; returns the days."""
    days, day = [], _FIRST_DAY
    while batch := list(islice(rows, size)):
        day = arxiv_calendar.next_batch(day)
        at = format_datetime(datetime.combine(day, time(), arxiv_calendar.HOME))
        body = rss(CATEGORY, at, (item(row, CATEGORY, at) for row in batch))
        (folder / f"{day}.rss").write_text(body, encoding="utf-8")
        days.append(day)
    return days


def _serve(pipe: Connection, file: Path | None, folder: Path, count: int, size: int) -> None:
    pipe.send(write_feeds(records(file, folder, count), folder, size))
    asyncio.run(_answer(pipe, folder))


async def _answer(pipe: Connection, folder: Path) -> None:
    """`/DAY/rss/CATEGORY` is the feed of that day, until the pipe says stop."""

    async def answer(request: web.Request) -> web.FileResponse:
        headers = {"Content-Type": "application/rss+xml"}
        return web.FileResponse(folder / f"{request.match_info['day']}.rss", headers=headers)

    app = web.Application()
    app.router.add_get(r"/{day:[\d-]+}/rss/{category}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.to_thread(pipe.recv)
    await runner.cleanup()


@contextmanager
def served_feeds(file: Path | None, folder: Path, count: int, size: int) -> Iterator[tuple[str, list[date]]]:
    """The address of the server and the days it has a feed of, ready to be asked: `ADDRESS/DAY/rss/cs.LG`."""
    ours, theirs = _processes.Pipe()
    process: Any = _processes.Process(target=_serve, args=(theirs, file, folder, count, size), daemon=True)
    process.start()
    theirs.close()  # so that a server that failed is an EOFError here and no endless wait
    try:
        days: list[date] = ours.recv()
        yield ours.recv(), days
    finally:
        if process.is_alive():
            ours.send("stop")
        process.join(10)
        process.kill()
