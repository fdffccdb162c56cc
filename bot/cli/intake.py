"""The commands that bring papers in: `paperboy fetch, import`."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.checkup import feed_names
from bot.circumstances import source_named
from bot.cli.logs import configure_logging
from bot.cli.options import Options
from bot.cli.terminal import clock, closing_index, closing_store, echo, sources_of, with_app
from bot.errors import SourceError, UserError
from bot.ingest import Load, load_files
from bot.model import (
    Cadence,
    Channel,
    Feed,
    Fetch,
    Interest,
    Paper,
    PaperId,
    Subscription,
    channel_from_text,
)
from bot.ports import Entry, PaperSource, Reading, Skipped, Store
from bot.search.catchup import catch_up
from bot.settings import Settings

# What takes long to load is loaded by the command that needs it.
if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from bot.app import App
    from bot.fetching import OnEntry

MOST_SEEDS = 500
"""Papers that a channel may follow by import; more say nothing new about a taste."""

MOST_NAMED = 10
"""Feeds that were left out and are named; the others are counted."""


@click.command(short_help="Read the paper sources once, now.")
@click.option("--source", "names", multiple=True, help="Only this source; may be repeated.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per source.")
@click.pass_obj
def fetch(options: Options, names: tuple[str, ...], since: datetime | None, as_json: bool) -> None:
    """Read the paper sources once, now.

    With --since, arXiv's archive is read from that day on, page by page; one that was broken off goes on from there.
    """
    settings = options.settings()
    configure_logging(settings, options.debug, level="error")

    async def drain(app: "App") -> bool:
        sources, feeds = await asyncio.to_thread(sources_of, app)
        addresses = [source.area for source in sources if source.name in {"feed", "feeds"}]
        known, titles = {source.name for source in sources}, feed_names(addresses, feeds)
        if unknown := [name for name in names if name not in known]:
            raise UserError(
                f"no source {unknown[0]!r} is switched on; there is {', '.join(sorted(known)) or 'none'}"
            )
        with fetch_progress(titles) as told:
            fetches = await app.fetch(since.date() if since else None, names, told)
        for one in fetches:
            echo(as_json, asdict(one), fetch_text(one, titles))
        return not any(one.error for one in fetches)

    if not with_app(settings, drain):
        sys.exit(1)


@click.command("import", short_help="Read papers, or a channel's feeds, from files.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--channel", default="", help="The channel that shall read the feeds of an OPML file.")
@click.option(
    "--seeds", is_flag=True, help="With --channel: it follows the papers too, as examples of its taste."
)
@click.option("--json", "as_json", is_flag=True, help="The counts as one JSON object.")
@click.pass_obj
def import_(options: Options, files: tuple[Path, ...], channel: str, seeds: bool, as_json: bool) -> None:
    """Read papers from FILES, packed with gzip or not.

    JSON Lines (ours or arXiv's snapshot), arXiv Atom, BibTeX, RIS, CSV, CSL-JSON (Zotero exports all of these); and
    OPML, a list of feeds.
    """
    from bot.sources.files.load import load
    from bot.sources.files.opml import load_feeds

    settings, chosen, met = options.settings(), _channel(channel, seeds), _Met()
    with closing_store(settings) as store, closing_index(settings) as index, progress_bar() as bar:
        lists = {path.name: found for path in files if (found := load_feeds(path)) is not None}
        if lists and chosen is None:
            raise UserError(
                f"{', '.join(lists)}: a list of feeds; name the channel that shall read them (--channel)"
            )
        papers = [path for path in files if path.name not in lists]
        noted = met.noting(load)
        result = load_files(papers, noted, store, now=clock(), on_progress=_bytes_read(bar, papers))
        behind = bar.add_task("search index", total=None)
        catch_up(index, store, on_progress=lambda n: bar.update(behind, completed=n))
        feeds = [feed for found in lists.values() for feed in found.taken]
        told = _into_channel(store, settings, chosen, feeds, met.seeds() if seeds else []) if chosen else []
    left_out = [skipped for found in lists.values() for skipped in found.left_out]
    lines = [*_counts(result), *told, *_left_out(left_out)]
    unread = {"feeds_left_out": [asdict(skipped) for skipped in left_out]} if lists else {}
    if lines or as_json:
        echo(as_json, asdict(result) | unread, "; ".join(lines))
    for skipped in result.skipped:
        click.echo(f"skipped {skipped}", err=True)
    empty = [f"no feed found in {name}" for name, found in lists.items() if not found.taken]
    if errors := [*filter(None, [result.error]), *met.empty(), *empty]:
        raise UserError("\n".join(errors))


@dataclass(slots=True)
class _Met:
    """The papers that were met in each file, by its name, and the files that could not be read."""

    ids: dict[str, list[PaperId]] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def noting(self, load: Load) -> Load:
        """The same `load`, watched."""

        def noted(path: Path, on_read: Callable[[int], None]) -> Iterator[Paper | Skipped]:
            ids = self.ids.setdefault(path.name, [])
            try:
                for entry in load(path, on_read):
                    ids.extend([entry.id] if isinstance(entry, Paper) else ())
                    yield entry
            except SourceError:
                self.failed.add(path.name)
                raise

        return noted

    def seeds(self) -> list[PaperId]:
        """All papers, each once."""
        return list(dict.fromkeys(chain(*self.ids.values())))

    def empty(self) -> list[str]:
        """One line for each file that was read and held no paper."""
        return [
            f"no paper found in {name}"
            for name, ids in self.ids.items()
            if not ids and name not in self.failed
        ]


def _channel(text: str, seeds: bool) -> Channel | None:
    if seeds and not text:
        raise UserError("--seeds needs --channel: whose taste are these papers an example of?")
    try:
        return channel_from_text(text) if text else None
    except ValueError as error:
        raise UserError(str(error)) from error


def _into_channel(
    store: Store,
    settings: Settings,
    channel: Channel,
    feeds: Sequence[tuple[str, str]],
    seeds: Sequence[PaperId],
) -> list[str]:
    """Subscribe the channel if it is not, let it read the feeds and follow the papers; says how many were new."""
    defaults = settings.digest
    cadence = Cadence(defaults.weekdays, defaults.at, defaults.zone)
    subscription = store.add_subscription(Subscription(channel, clock(), cadence=cadence, size=defaults.size))
    room = MOST_SEEDS - sum(interest.paper is not None for interest in subscription.interests)
    papers = store.papers(seeds[: max(room, 0)])
    added = sum(store.add_feed(Feed(channel, url, title or url, clock())) for title, url in feeds)
    followed = sum(
        store.add_interest(channel, Interest(paper.title[:100], paper=paper.id)) for paper in papers.values()
    )
    told = [
        (added, f"{count_of(added, 'feed')} added"),
        (len(feeds) - added, f"{count_of(len(feeds) - added, 'feed')} read already"),
        (followed, f"follows {count_of(followed, 'paper')} more"),
        (len(papers) - followed, f"{count_of(len(papers) - followed, 'paper')} followed already"),
        (len(seeds) - len(papers), f"{count_of(len(seeds) - len(papers), 'paper')} more than it can follow"),
    ]
    said = ", ".join(text for number, text in told if number)
    return [f"{channel}: {said}"] if said else []


def _counts(result: Fetch) -> list[str]:
    """`40 new, 2 known already`: what is not zero."""
    known = result.seen - result.new - result.changed
    told = {"new": result.new, "changed": result.changed, "known already": known}
    said = ", ".join(f"{number} {what}" for what, number in told.items() if number)
    return [said] if said else []


def _left_out(left_out: Sequence[Skipped]) -> list[str]:
    """`2 feeds left out: “Bad” (ftp), “Lab” (no address)`."""
    named = ", ".join(f"“{skipped.what}” ({skipped.why})" for skipped in left_out[:MOST_NAMED])
    more = f" and {len(left_out) - MOST_NAMED} more" if len(left_out) > MOST_NAMED else ""
    return [f"{count_of(len(left_out), 'feed')} left out: {named}{more}"] if left_out else []


def count_of(number: int, what: str) -> str:
    """`1 feed`, `2 feeds`."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _bytes_read(bar: "Progress", files: Sequence[Path]) -> Callable[[int], None]:
    sizes = sum(file.stat().st_size for file in files if file.exists())
    reading = bar.add_task("papers", total=sizes or None)
    return lambda count: bar.update(reading, completed=count)


def fetch_text(one: Fetch, titles: Mapping[str, str]) -> str:
    """`arXiv cs.CL: 213 seen, 180 new, 33 known already …` and what went wrong; a feed is named as in `titles`."""
    known = one.seen - one.new
    merged = f"{known} known already ({one.changed} changed)"
    counts = f"{one.seen} seen, {one.new} new, {merged}, {len(one.skipped)} skipped"
    note = f"; {one.note}" if one.note else ""
    failed = f"\n  FAILED: {one.error.removeprefix(f'{one.source}: ')}" if one.error else ""
    return f"{source_named(one.source, one.area, titles)}: {counts}{note}{failed}"


@contextmanager
def fetch_progress(titles: Mapping[str, str]) -> "Iterator[OnEntry]":
    """A line for each part of a source: how many papers came so far, and on which page it is."""
    from rich.console import Console as Screen
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.completed} papers {task.fields[note]}"))
    with Progress(*columns, console=Screen(stderr=True), disable=not sys.stderr.isatty()) as bar:
        lines: dict[tuple[str, str], TaskID] = {}

        def told(source: PaperSource, entry: Entry) -> None:
            part = (source.name, source.area)
            if part not in lines:
                lines[part] = bar.add_task(source_named(*part, titles), total=None, note="")
            if isinstance(entry, Reading):
                bar.update(lines[part], note=entry.note)
            bar.advance(lines[part], isinstance(entry, Paper))

        yield told


@contextmanager
def progress_bar() -> Iterator["Progress"]:
    """On standard error, and only on a terminal."""
    from rich.console import Console as Screen
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:>12}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Screen(stderr=True), disable=not sys.stderr.isatty()) as progress:
        yield progress


INTAKE = (fetch, import_)
