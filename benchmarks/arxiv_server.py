"""A local arXiv: announcement feeds and OAI-PMH rebuilt day by day from recorded papers, with injected faults."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aiohttp import web

from bot.arxiv_calendar import HOME, batch_of

Record = Mapping[str, object]

_OPEN = "<?xml version='1.0' encoding='UTF-8'?>"
_PAGE = 500


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong on a day, for one category, until an hour of that day (Eastern)."""

    kind: str
    category: str
    day: date
    until: int = 24


@dataclass
class World:
    """What arXiv announces on each batch day, and what goes wrong."""

    batches: dict[date, list[Record]]
    categories: tuple[str, ...]
    faults: list[Fault] = field(default_factory=list)
    replaced: dict[date, list[Record]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.of_category = {
            (day, category): [row for row in rows if category in row["categories"]]  # type: ignore[operator]
            for day, rows in self.batches.items()
            for category in self.categories
        }

    def previous(self, day: date) -> date:
        """The batch day before."""
        return max((known for known in self.batches if known < day), default=day)

    def fault(self, category: str, now: datetime) -> str:
        """What is wrong with a category's feed at that local time."""
        for fault in self.faults:
            if (fault.category, fault.day) == (category, now.date()) and now.hour < fault.until:
                return fault.kind
        return ""


def inject(world: World, seed: int = 7) -> None:
    """Faults of every kind in turn, one category a day; replacements every day; a doubled batch on some Saturdays."""
    dice = random.Random(seed)
    kinds = [("stale", 8), ("throttled", 3), ("truncated", 4), ("outage", 24), ("bad entry", 24)]
    days = sorted(world.batches)
    for number, day in enumerate(days[1:], 1):
        kind, until = kinds[number % len(kinds)]
        full = [
            c
            for c in world.categories
            if world.of_category[day, c] and world.of_category[days[number - 1], c]
        ]
        world.faults.append(Fault(kind, dice.choice(full), day, until))
        if day.weekday() == 4 and number % 2:
            world.faults.append(Fault("duplicate batch", dice.choice(full), day + timedelta(days=1)))
        older = [row for row in world.batches[days[number - 1]] if row["id"] not in _replaced_ids(world)]
        world.replaced[day] = dice.sample(older, min(5, len(older)))


def _replaced_ids(world: World) -> set[object]:
    return {row["id"] for rows in world.replaced.values() for row in rows}


class ArxivServer:
    """Answers as arXiv would at the clock's time. Runs on the caller's loop."""

    def __init__(self, world: World, clock: Callable[[], datetime]) -> None:
        self._world = world
        self._clock = clock
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.requests = 0

    async def __aenter__(self) -> "ArxivServer":
        app = web.Application()
        app.router.add_get("/rss/{category}", self._feed)
        app.router.add_get("/oai", self._oai)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _feed(self, request: web.Request) -> web.Response:
        self.requests += 1
        now = self._clock().astimezone(HOME)
        category = request.match_info["category"]
        fault = self._world.fault(category, now)
        if fault == "throttled":
            return web.Response(status=429, text="Rate exceeded.", headers={"Retry-After": "60"})
        if fault == "outage":
            return web.Response(status=503, text="busy")
        body = feed(self._world, category, now.date(), fault)
        tag = f'"{hash(body) & 0xFFFFFFFF:x}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        whole = body.encode()
        cut = whole[: len(whole) // 2] if fault == "truncated" else whole
        return web.Response(body=cut, content_type="application/rss+xml", headers={"ETag": tag})

    async def _oai(self, request: web.Request) -> web.Response:
        self.requests += 1
        token = request.query.get("resumptionToken", "")
        if token:
            set_spec, since, start = token.split("|")
        else:
            set_spec, since, start = request.query["set"], request.query["from"], "0"
        category = ".".join(set_spec.split(":")[-2:])
        today = self._clock().astimezone(HOME).date()
        rows = list(changed(self._world, category, date.fromisoformat(since), today))
        return web.Response(text=oai_page(rows, int(start), f"{set_spec}|{since}"), content_type="text/xml")


def feed(world: World, category: str, today: date, fault: str = "") -> str:
    """The feed of a category on a day: its batch, nothing on other days, or what the fault makes of it."""
    shown = today
    if fault in {"stale", "duplicate batch"}:
        shown = world.previous(today)
    rows = world.of_category.get((shown, category), [])
    at = format_datetime(datetime.combine(today, time(), HOME))
    items = [item(row, category, at) for row in rows]
    items += [
        item(second_version(row), category, at, "replace")
        for row in world.replaced.get(shown, ())
        if category in row["categories"]  # type: ignore[operator]
    ]
    if fault == "bad entry":
        items.insert(len(items) // 2, f"<item><title>No id at all</title><pubDate>{at}</pubDate></item>")
    return rss(category, at, items)


def rss(category: str, at: str, items: Iterable[str]) -> str:
    """A whole feed: its head and these entries; `at` is a mail date."""
    head = (
        f"{_OPEN}<rss xmlns:arxiv='http://arxiv.org/schemas/atom' xmlns:dc='http://purl.org/dc/elements/1.1/' "
        f"version='2.0'><channel><title>{category} updates on arXiv.org</title><lastBuildDate>{at}</lastBuildDate>"
    )
    return f"{head}{''.join(items)}</channel></rss>"


def second_version(row: Record) -> Record:
    """A replacement: version 2 under a changed title."""
    return {**row, "title": f"{row['title']} (revised)", "version": 2}


def item(row: Record, category: str, at: str, kind: str = "new") -> str:
    """One entry; it is new in the feed of its primary category and cross-listed in the others."""
    categories: Sequence[str] = row["categories"]  # type: ignore[assignment]
    if categories[0] != category:
        kind = "cross" if kind == "new" else "replace-cross"
    local = str(row["id"]).removeprefix("arxiv:")
    version = row.get("version", 1)
    text = f"arXiv:{local}v{version} Announce Type: {kind} \nAbstract: {row['abstract']}"
    names = ", ".join(row["authors"] or ())  # type: ignore[arg-type]
    return (
        f"<item><title>{escape(str(row['title']))}</title><link>https://arxiv.org/abs/{local}</link>"
        f"<description>{escape(text)}</description><guid isPermaLink='false'>oai:arXiv.org:{local}v{version}</guid>"
        f"{''.join(f'<category>{escape(one)}</category>' for one in categories)}<pubDate>{at}</pubDate>"
        f"<arxiv:announce_type>{kind}</arxiv:announce_type><dc:creator>{escape(names)}</dc:creator></item>"
    )


def changed(world: World, category: str, since: date, today: date) -> Iterator[tuple[date, Record, date]]:
    """Records of a category with a datestamp from `since` to `today`: (datestamp, record, batch day)."""
    latest: dict[object, tuple[date, Record, date]] = {}
    first: dict[object, date] = defaultdict(date.today)
    for day in sorted(world.batches):
        for row in world.of_category.get((day, category), ()) if day <= today else ():
            first[row["id"]] = day
            latest[row["id"]] = (day, row, day)
        for row in world.replaced.get(day, ()) if day <= today else ():
            if row["id"] in latest:
                latest[row["id"]] = (day, second_version(row), first[row["id"]])
    yield from (found for found in latest.values() if found[0] >= since)


def oai_page(rows: Sequence[tuple[date, Record, date]], start: int, token: str) -> str:
    """One page of ListRecords."""
    if not rows:
        inside = "<error code='noRecordsMatch'>nothing</error>"
    else:
        more = f"{token}|{start + _PAGE}" if start + _PAGE < len(rows) else ""
        end = f"<resumptionToken cursor='{start}' completeListSize='{len(rows)}'>{more}</resumptionToken>"
        inside = (
            f"<ListRecords>{''.join(raw(*row) for row in rows[start : start + _PAGE])}{end}</ListRecords>"
        )
    return f"{_OPEN}<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>{inside}</OAI-PMH>"


def raw(stamp: date, row: Record, batch: date) -> str:
    """One record in the form arXivRaw."""
    local = str(row["id"]).removeprefix("arxiv:")
    submitted = format_datetime(submitted_for(batch).astimezone(UTC), usegmt=True)
    count: int = row.get("version", 1)  # type: ignore[assignment]
    versions = "".join(
        f"<version version='v{n}'><date>{submitted}</date></version>" for n in range(1, count + 1)
    )
    categories = escape(" ".join(row["categories"]))  # type: ignore[arg-type]
    names = escape(", ".join(row["authors"] or ()))  # type: ignore[arg-type]
    return (
        f"<record><header><identifier>oai:arXiv.org:{local}</identifier><datestamp>{stamp}</datestamp></header>"
        f"<metadata><arXivRaw xmlns='http://arxiv.org/OAI/arXivRaw/'><id>{local}</id>{versions}"
        f"<title>{escape(str(row['title']))}</title><authors>{names}</authors><categories>{categories}</categories>"
        f"<abstract>{escape(str(row['abstract']))}</abstract></arXivRaw></metadata></record>"
    )


def submitted_for(batch: date) -> datetime:
    """A moment of submission whose paper is announced in that batch."""
    for back in range(1, 8):
        moment = datetime.combine(batch - timedelta(days=back), time(10), HOME)
        if batch_of(moment) == batch:
            return moment
    raise ValueError(f"nothing can be submitted for {batch}")
