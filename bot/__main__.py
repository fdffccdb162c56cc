"""Command line: parse, call, exit."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from platformdirs import user_data_path
from rich.console import Console as Screen
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot import __version__
from bot.app import App
from bot.build import Shards, build_app, open_index, open_store, shards_from_text
from bot.checkup import NO_PLATFORM, check_all, status_lines, status_of
from bot.demo import demo as run_demo
from bot.errors import BotError, SettingsError, UserError
from bot.ingest import load_files
from bot.model import Message, Request, UserId, channel_from_text
from bot.ports import SearchIndex
from bot.search.catchup import catch_up
from bot.settings import Settings, load_settings
from bot.sources.files import load
from bot.store.open import MigratedStore

DEFAULT_CONFIG = Path("config/paperboy.toml")
ROLES = ("all", "gateway", "worker")


@dataclass
class Options:
    """What stands before the command; settings are read when a command needs them."""

    config: tuple[Path, ...]
    store: str
    debug: bool

    def settings(self) -> Settings:
        """Files, then environment, then --store. Raises SettingsError with every problem at once."""
        files = self.config or ((DEFAULT_CONFIG,) if DEFAULT_CONFIG.exists() else ())
        settings = load_settings(files, os.environ)
        if self.store:
            settings = replace(settings, store=replace(settings.store, url=self.store))
        if not settings.store.url:
            settings = replace(settings, store=replace(settings.store, url=default_store()))
        return settings


def default_store() -> str:
    """The SQLite file in the user's data directory, said on first use."""
    path = user_data_path("paperboy") / "paperboy.db"
    if not path.exists():
        click.echo(f"Using a new database: {path} (choose another with --store or PAPERBOY_STORE)", err=True)
        path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def clock() -> datetime:
    """The wall clock, made here and handed in everywhere."""
    return datetime.now(UTC)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="paperboy")
@click.option(
    "--config", type=click.Path(path_type=Path), multiple=True, help="Settings file; may be repeated."
)
@click.option("--store", default="", metavar="URL", help="Database, such as sqlite:///papers.db.")
@click.option("--debug", is_flag=True, help="Show tracebacks and debug lines.")
@click.pass_context
def cli(context: click.Context, config: tuple[Path, ...], store: str, debug: bool) -> None:
    """Paperboy: a daily pick of new research papers for a chat channel, better every day."""
    chosen = config or tuple(Path(p) for p in os.environ.get("PAPERBOY_CONFIG", "").split(os.pathsep) if p)
    context.obj = Options(chosen, store, debug)


@cli.command()
@click.option(
    "--mornings", default=4, show_default=True, help="How many mornings to play without a terminal."
)
def demo(mornings: int) -> None:
    """Try it here and now: sample papers, this terminal as the channel, nothing to set up."""
    logging.basicConfig(level=logging.WARNING)
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    screen = Screen(highlight=False, width=None if interactive else 100)
    asyncio.run(run_demo(screen, interactive=interactive, mornings=mornings))


@cli.command()
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="all",
    show_default=True,
    help="gateway listens to people; worker fetches, ranks and posts; all does both.",
)
@click.option(
    "--shards", metavar="RANGE", default="", help="Discord connections of this process, such as 0-3/16."
)
@click.pass_obj
def run(options: Options, role: str, shards: str) -> None:
    """Serve every configured platform until stopped."""
    chosen = shards_from_text(shards) if shards else Shards()
    settings = options.settings()
    configure_logging(settings, options.debug)
    if not (settings.slack.enabled or settings.discord.enabled):
        raise SettingsError([f"no platform is configured. {NO_PLATFORM}"])
    if shards and (role == "worker" or not settings.discord.enabled):
        missing = "a role that listens: gateway or all" if settings.discord.enabled else "DISCORD_TOKEN"
        raise UserError(f"--shards {shards} needs {missing}")
    with_app(settings, lambda app: _serve(app, settings, role), chosen)


async def _serve(app: App, settings: Settings, role: str) -> None:
    task = asyncio.ensure_future(app.run(settings.sources.every_minutes, role))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        logging.getLogger("bot").info("stopped")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per finding.")
@click.pass_obj
def check(options: Options, as_json: bool) -> None:
    """Validate the settings, ask every platform and source, say what to do about each failure."""
    settings = options.settings()
    configure_logging(settings, options.debug, level="error")

    async def ask(app: App) -> bool:
        parts = app.parts
        findings = await check_all(parts.store, parts.platforms, parts.sources)
        for finding in findings:
            mark = "ok  " if finding.ok else "FAIL"
            advice = f"\n      {finding.advice}" if finding.advice else ""
            echo(as_json, asdict(finding), f"{mark}  {finding.what}: {finding.text}{advice}")
        return all(finding.ok for finding in findings)

    if not with_app(settings, ask):
        sys.exit(1)


@cli.command()
@click.pass_obj
def migrate(options: Options) -> None:
    """Bring the database to this version's form; does nothing where it is."""
    settings = options.settings()
    with closing_store(settings) as store:
        applied = store.migrate()
    click.echo("\n".join(f"applied {name}" for name in applied) or "The database is up to date.")


@cli.command()
@click.option("--source", "names", multiple=True, help="Only this source; may be repeated.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per source.")
@click.pass_obj
def fetch(options: Options, names: tuple[str, ...], since: datetime | None, as_json: bool) -> None:
    """Read the paper sources once, now."""
    settings = options.settings()
    configure_logging(settings, options.debug, level="warning")

    async def drain(app: App) -> bool:
        known = {source.name for source in app.parts.sources}
        if unknown := [name for name in names if name not in known]:
            raise UserError(
                f"no source {unknown[0]!r} is switched on; there is {', '.join(sorted(known)) or 'none'}"
            )
        app.parts = replace(app.parts, sources=[s for s in app.parts.sources if not names or s.name in names])
        fetches = await app.fetch(since.date() if since else None)
        for one in fetches:
            line = f"{one.source}: {one.seen} seen, {one.new} new, {one.changed} changed, {len(one.skipped)} skipped"
            echo(as_json, asdict(one), line + (f"\n  FAILED: {one.error}" if one.error else ""))
        return not any(one.error for one in fetches)

    if not with_app(settings, drain):
        sys.exit(1)


@cli.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The counts as one JSON object.")
@click.pass_obj
def import_(options: Options, files: tuple[Path, ...], as_json: bool) -> None:
    """Read papers from FILES: JSON Lines (ours or arXiv's snapshot), arXiv Atom, BibTeX; gzip or not."""
    settings = options.settings()
    with closing_store(settings) as store, closing_index(settings) as index, progress_bar() as bar:
        sizes = sum(file.stat().st_size for file in files if file.exists())
        reading = bar.add_task("papers", total=sizes or None)

        def told(count: int) -> None:
            bar.update(reading, completed=count)

        result = load_files(files, load, store, now=clock(), on_progress=told)
        bar.update(reading, completed=sizes)
        behind = bar.add_task("search index", total=None)
        catch_up(index, store, on_progress=lambda n: bar.update(behind, completed=n))
    unchanged = result.seen - result.new - result.changed
    echo(as_json, asdict(result), f"{result.new} new, {result.changed} changed, {unchanged} known already")
    for skipped in result.skipped:
        click.echo(f"skipped {skipped}", err=True)
    if result.error:
        raise UserError(result.error)


@cli.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per paper.")
@click.pass_obj
def search(options: Options, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find papers by WORDS in the whole archive."""
    settings = options.settings()
    with closing_store(settings) as store, closing_index(settings) as index:
        catch_up(index, store)
        hits = index.search(" ".join(words), limit)
        papers = store.papers([hit.paper for hit in hits])
        for paper in (papers[hit.paper] for hit in hits if hit.paper in papers):
            echo(as_json, asdict(paper), f"{paper.title}\n  {paper.url or paper.id}")
        if not papers and not as_json:
            click.echo("Nothing found.")


@cli.command()
@click.argument("channel")
@click.option("--json", "as_json", is_flag=True, help="The preview as one JSON object.")
@click.pass_obj
def preview(options: Options, channel: str, as_json: bool) -> None:
    """Show what CHANNEL (such as slack:T1/C1) would get next; nothing is sent or learned."""
    settings = options.settings()
    try:
        request = Request(channel_from_text(channel), UserId("console:operator"), "today")
    except ValueError as error:
        raise UserError(str(error)) from error

    async def show(app: App) -> None:
        message = await app.on_command(request)
        echo(as_json, asdict(message), message_text(message))

    with_app(settings, show)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="The status as one JSON object.")
@click.pass_obj
def status(options: Options, as_json: bool) -> None:
    """What the database knows: papers, sources, channels."""
    settings = options.settings()
    with closing_store(settings) as store, closing_index(settings) as index:
        found = status_of(store, index)
        echo(as_json, asdict(found), "\n".join(status_lines(found, clock())))


def message_text(message: Message) -> str:
    """A message as plain lines."""
    cards = [f"{card.number}. {card.title}\n   {card.reason}\n   {card.url}" for card in message.cards]
    return "\n".join(part for part in (message.heading, message.text, *cards) if part)


def echo(as_json: bool, value: dict[str, Any], text: str) -> None:
    """Print for a program or for a person."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False) if as_json else text)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


@contextmanager
def closing_store(settings: Settings) -> Iterator[MigratedStore]:
    """The database, given back at the end."""
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def closing_index(settings: Settings) -> Iterator[SearchIndex]:
    """The search index, given back at the end."""
    index = open_index(settings)
    try:
        yield index
    finally:
        index.close()


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """On standard error, and only on a terminal."""
    columns = (TextColumn("{task.description:>12}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Screen(stderr=True), disable=not sys.stderr.isatty()) as progress:
        yield progress


def with_app(
    settings: Settings,
    use: Callable[[App], Awaitable[Any]],
    shards: Shards = Shards(),  # noqa: B008 - frozen
) -> Any:
    """Build the app, use it once on an event loop, give everything back."""

    async def go() -> Any:
        async with build_app(settings, clock, shards) as app:
            return await use(app)

    return asyncio.run(go())


def configure_logging(settings: Settings, debug: bool, level: str = "") -> None:
    """To standard error; vendors' libraries only from warnings on: their debug lines hold payloads."""
    handler = logging.StreamHandler()
    text = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    handler.setFormatter(JsonLines() if settings.log.json else logging.Formatter(text))
    chosen = logging.DEBUG if debug else (level or settings.log.level).upper()
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(chosen)


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, where, what; the traceback where there is one."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "from": record.name,
            "text": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def main() -> None:
    """Run the command line: one line per error, exit code 1; 2 for wrong usage; tracebacks only with --debug."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BotError as error:
        if "--debug" in sys.argv:
            raise
        for line in str(error).splitlines():
            click.echo(f"paperboy: {line}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
