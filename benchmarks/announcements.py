"""Real announcements replayed through a local arXiv with faults: nothing missing, nothing doubled, nothing silent.

usage: python -m benchmarks.announcements [FOLDER] [--days N]     FOLDER holds papers.jsonl.gz (../shared/data/replay)

A local server rebuilds arXiv's feeds day by day, on the batch days of 2026 (so that deferred mailings fall into them),
with a fault each day: a stale category, 429, a feed cut in half, a day's outage (made up for from the archive by
OAI-PMH), an entry without an id, a batch shown again on a Saturday, replacements, cross-lists, holidays. The bot's own
polling reads it every half hour; a channel with a narrow filter gets its digest every day.
"""

import argparse
import asyncio
import gzip
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.arxiv_server import ArxivServer, Fault, Record, World, inject
from bot import arxiv_calendar
from bot.app import App, Parts
from bot.arxiv_calendar import HOME
from bot.model import Cadence, Channel, Fetch, Filters, PaperId, Subscription
from bot.recommend import NewestFirst
from bot.search.tantivy_index import TantivyIndex
from bot.settings import DigestSettings
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.arxiv.history import ArxivHistory
from bot.sources.web.http import Door
from bot.store.sqlite import SqliteStore

CATEGORIES = ("cs.CV", "cs.CL", "cs.LG", "cs.AI", "cs.RO", "astro-ph.GA", "stat.ML", "eess.IV")
FIRST_DAY = date(2026, 6, 1)
CHANNEL = Channel("console", "benchmark", "narrow")
_NARROW = Filters(categories=("cs.RO",), include=("grasping", "soft robot"))
_POLLS = [time(hour, minute) for hour in range(12) for minute in (5, 35)] + [time(16), time(22, 45)]


def load_world(folder: Path, days: int) -> World:
    """The first `days` full days of the file, on arXiv's batch days from FIRST_DAY on."""
    by_day: dict[str, list[Record]] = defaultdict(list)
    with gzip.open(folder / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            row["categories"] = row["categories"] or ["cs.LG"]
            if set(row["categories"]) & set(CATEGORIES):
                by_day[row["day"]].append(row)
    full = [rows for _, rows in sorted(by_day.items()) if len(rows) >= 50][:days]
    if len(full) < days:
        raise SystemExit(f"{folder} holds {len(full)} full days, not {days}")
    day, batches = FIRST_DAY - timedelta(days=1), {}
    for rows in full:
        day = arxiv_calendar.next_batch(day)
        batches[day] = rows
    world = World(batches, CATEGORIES)
    inject(world)
    return world


@dataclass
class Run:
    """The bot over the local arXiv, and what its log said day by day."""

    world: World
    app: App
    now: datetime
    log: dict[date, list[Fetch]] = field(default_factory=dict)

    async def day(self, day: date) -> None:
        """Poll as on any day, plan the digest after nine, and put the day's records aside."""
        start = datetime.combine(day, time(), HOME)
        for at in _POLLS:
            self.now = datetime.combine(day, at, HOME)
            await self.app.poll()
            await self.app._fetching.idle()
            if at >= time(9):
                await self.app.plan()
        self.log[day] = self.app.parts.store.recent_fetches(start)


async def _no_wait(seconds: float) -> None:
    """Instead of sleeping."""


def calendar_days(world: World) -> Iterator[date]:
    """From the first batch day to two days after the last, for the archive to catch up."""
    day = min(world.batches)
    while day <= max(world.batches) + timedelta(days=2):
        yield day
        day += timedelta(days=1)


def is_reported(fault: Fault, log: list[Fetch]) -> bool:
    """Whether the fetch log of that day shows the fault."""
    # A replaced paper changes in whichever of its categories is read first.
    records = [one for one in log if fault.kind == "replacements" or one.area == fault.category]
    shown = {
        "stale": lambda one: one.stale and bool(one.note),
        "throttled": lambda one: one.status == 429 and bool(one.error),
        "truncated": lambda one: "half" in one.error or "well-formed" in one.error,
        "outage": lambda one: one.status == 503 and bool(one.error),
        "bad entry": lambda one: bool(one.skipped),
        "duplicate batch": lambda one: one.new == 0 and "batch of" in one.note,
        "replacements": lambda one: one.changed > 0,
        "cross-lists": lambda one: one.seen > one.new,
        "holiday": lambda one: one.seen == 0 and "no mailing" in one.note,
    }
    return any(shown[fault.kind](one) for one in records)


def all_faults(world: World, days: list[date]) -> list[Fault]:
    """Those injected, and those that lie in the announcements themselves."""
    faults = list(world.faults)
    for day in sorted(world.batches):
        crossed = _most(world, [row for row in world.batches[day] if len(_known(row)) > 1])
        faults += [Fault("cross-lists", category, day) for category in crossed]
        faults += [Fault("replacements", c, day) for c in _most(world, world.replaced.get(day, []))]
    lost = {(fault.category, fault.day) for fault in faults if fault.kind == "outage"}
    quiet = [day for day in days if day.weekday() < 5 and not arxiv_calendar.has_batch(day)]
    return [
        fault for fault in faults if fault.kind == "outage" or (fault.category, fault.day) not in lost
    ] + [Fault("holiday", CATEGORIES[0], day) for day in quiet]


def _known(row: Record) -> list[str]:
    return [category for category in CATEGORIES if category in row["categories"]]  # type: ignore[operator]


def _most(world: World, rows: list[Record]) -> list[str]:
    """The category that most of the papers are in, if there is any."""
    counts = [(sum(c in _known(row) for row in rows), c) for c in world.categories]
    return [max(counts)[1]] if rows else []


def quiet_days(run: Run, days: list[date]) -> tuple[int, int]:
    """On how many days the channel got fewer papers than it asked for, and on how many the header says why."""
    quiet = explained = 0
    for day in days:
        posts = run.app.parts.store.posts(CHANNEL, day)
        if len(posts) > 5:
            continue
        quiet += 1
        text = posts[0].message.text if posts else ""
        wanted = arxiv_calendar.why_none(day) or "held back"
        explained += wanted in text
        if wanted not in text:
            print(f"not explained: {day}: {text!r}")
    return quiet, explained


async def replayed(folder: Path, days: int, *, archive: bool = True) -> dict[str, object]:
    """Live through the days, then compare the store with what was announced.

    Without the archive no feed is down for a whole day, because nothing else could make up for that.
    """
    world = load_world(folder, days)
    if not archive:
        world.faults = [fault for fault in world.faults if fault.kind != "outage"]
    with TemporaryDirectory() as place:
        store = SqliteStore(Path(place) / "papers.db")
        store.migrate()
        run = Run(world, None, datetime.combine(FIRST_DAY, time(), HOME))  # type: ignore[arg-type]

        def clock() -> datetime:
            return run.now

        # Waiting costs no time here: the clock is turned by hand.
        door = Door(paces={"arxiv": 0.0}, attempts=1, clock=lambda: clock().timestamp(), sleep=_no_wait)
        async with ArxivServer(world, clock) as server:
            feeds = [ArxivFeed(door, one, base_url=server.url, clock=clock) for one in CATEGORIES]
            archives = [
                ArxivHistory(door, one, base_url=server.url, clock=clock, batch_of=arxiv_calendar.batch_of)
                for one in (CATEGORIES if archive else ())
            ]
            defaults = DigestSettings(size=5, grace_hours=6, window_days=4)
            run.app = App(
                Parts(
                    store,
                    TantivyIndex(None),
                    NewestFirst(),
                    clock,
                    sources=[*feeds, *archives],
                    defaults=defaults,
                )
            )
            cadence = Cadence(tuple(range(7)), time(9), "America/New_York")
            since = run.now - timedelta(days=1)
            store.add_subscription(Subscription(CHANNEL, since, cadence=cadence, filters=_NARROW))
            lived = list(calendar_days(world))
            for day in lived:
                await run.day(day)
            figures = compared(run, lived) | {"requests": server.requests}
        await run.app.close()
        await door.close()
    return figures


def compared(run: Run, days: list[date]) -> dict[str, object]:
    """What is missing, doubled, silent."""
    store, world = run.app.parts.store, run.world
    announced = {PaperId(str(row["id"])): day for day, rows in world.batches.items() for row in rows}
    stored = store.papers(list(announced))
    missing = [one for one, day in announced.items() if one not in stored or stored[one].announced_on is None]
    misdated = [one for one, day in announced.items() if one in stored and stored[one].announced_on != day]
    offers = [offer.impression.paper for offer in store.offers(CHANNEL)]
    doubled = store.paper_count() - len(stored) + len(offers) - len(set(offers)) + len(misdated)
    _tell(world, announced, missing, misdated)
    faults = all_faults(world, days)
    reported = [fault for fault in faults if is_reported(fault, run.log.get(fault.day, []))]
    for fault in faults:
        if fault not in reported:
            print(f"not reported: {fault}")
    quiet, explained = quiet_days(run, days[:-2])
    kinds = sorted({fault.kind for fault in faults})
    return {
        "days": len(world.batches),
        "papers": len(announced),
        "missing": len(missing),
        "doubled": doubled,
        "revised": sum(paper.version == 2 and paper.title.endswith("(revised)") for paper in stored.values()),
        "faults_injected": len(faults),
        "faults_reported": len(reported),
        "kinds_of_faults": kinds,
        "quiet_days": quiet,
        "quiet_days_explained": explained,
    }


def _tell(
    world: World, announced: dict[PaperId, date], missing: list[PaperId], misdated: list[PaperId]
) -> None:
    """Where the losses are, for whoever has to mend them."""
    rows = {PaperId(str(row["id"])): row for batch in world.batches.values() for row in batch}
    for what, ids in (("missing", missing), ("misdated", misdated)):
        places = Counter((announced[one], ",".join(_known(rows[one]))) for one in ids)
        for (day, categories), count in sorted(places.items()):
            faults = [fault.kind for fault in world.faults if fault.day == day]
            print(f"{what}: {count} of {categories} on {day} (faults that day: {', '.join(faults)})")


def measure(folder: Path = Path("../shared/data/replay"), days: int = 60) -> dict[str, object]:
    """All of it, quietly."""
    logging.disable(logging.CRITICAL)
    try:
        figures = asyncio.run(replayed(folder, days))
        alone = asyncio.run(replayed(folder, days, archive=False))
        return figures | {
            "missing_by_feeds_alone": alone["missing"],
            "doubled_by_feeds_alone": alone["doubled"],
        }
    finally:
        logging.disable(logging.NOTSET)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("../shared/data/replay"))
    parser.add_argument("--days", type=int, default=60)
    given = parser.parse_args()
    print(json.dumps(measure(given.folder, given.days)))
