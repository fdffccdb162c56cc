"""Command line: parse, call, exit."""

import asyncio
import logging
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import click

from bot import __version__
from bot.checkup import NO_PLATFORM, check_all, feed_names, status_lines, status_of
from bot.cli.evaluate import evaluate
from bot.cli.intake import INTAKE, fetch_text
from bot.cli.logs import configure_logging
from bot.cli.maintain import MAINTENANCE
from bot.cli.options import Commands, Options, everywhere
from bot.cli.terminal import clock, closing_index, closing_store, echo, sources_of, with_app
from bot.errors import BotError, SettingsError, StoreError, UserError
from bot.model import Card, Message, Paper, channel_from_text
from bot.ports import Store
from bot.search.archive import Archive, suggestion
from bot.search.archive import search as search_archive
from bot.search.catchup import catch_up
from bot.search.query import Asked, asked_from_text
from bot.settings import Settings

# What takes long to load is loaded by the command that needs it.
if TYPE_CHECKING:
    from bot.app import App

ROLES = ("all", "gateway", "worker")
MOST_MORNINGS = 9
"""So long the sample has papers enough on the story's topic."""


@click.group(
    cls=Commands,
    params=everywhere(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="paperboy")
def cli() -> None:
    """Paperboy: a daily pick of new research papers for a chat channel, better every day."""


@cli.command(short_help="Try it here and now; nothing to set up.")
@click.option(
    "--mornings",
    type=click.IntRange(1, MOST_MORNINGS),
    default=4,
    show_default=True,
    help="How many mornings to play without a terminal.",
)
def demo(mornings: int) -> None:
    """Try it here and now: sample papers, this terminal as the channel, nothing to set up."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    logging.basicConfig(level=logging.WARNING)
    with suppress(KeyboardInterrupt):
        from rich.console import Console as Screen

        from bot.demo import demo as play

        screen = Screen(highlight=False, width=None if interactive else 100)
        asyncio.run(play(screen, interactive=interactive, mornings=mornings))


@cli.command(short_help="Serve every configured platform until stopped.")
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
    from bot.build import shards_from_text

    chosen = shards_from_text(shards) if shards else None
    settings = options.settings()
    configure_logging(settings, options.debug)
    if not (settings.slack.enabled or settings.discord.enabled):
        raise SettingsError([f"no platform is configured. {NO_PLATFORM}"])
    if shards and (role == "worker" or not settings.discord.enabled):
        missing = "a role that listens: gateway or all" if settings.discord.enabled else "DISCORD_TOKEN"
        raise UserError(f"--shards {shards} needs {missing}")
    with_app(settings, lambda app: _serve(app, settings, role), chosen)


async def _serve(app: "App", settings: Settings, role: str) -> None:
    task = asyncio.ensure_future(app.run(role))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        logging.getLogger("bot").info("stopped")


@cli.command(short_help="Ask every platform and source; say what to mend.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per finding.")
@click.pass_obj
def check(options: Options, as_json: bool) -> None:
    """Validate the settings, ask every platform and source, say what to do about each failure."""
    from bot.cli.advice import source_advice

    settings = options.settings()
    configure_logging(settings, options.debug, level="error")
    with closing_store(settings) as store:
        there = _answers(store)

    async def ask(app: "App") -> bool:
        parts = app.parts
        sources = (await asyncio.to_thread(sources_of, app))[0] if there else parts.sources
        advise = partial(source_advice, settings.sources)
        findings = await check_all(parts.store, parts.platforms, sources, advise)
        for finding in findings:
            mark = "ok  " if finding.ok else "FAIL"
            advice = f"\n      {finding.advice}" if finding.advice else ""
            echo(as_json, asdict(finding), f"{mark}  {finding.what}: {finding.text}{advice}")
        return all(finding.ok for finding in findings)

    # Without a database there are no turns to take in it, and a new user learns all the same whether sources answer.
    if not with_app(settings, ask, alone=not there):
        sys.exit(1)


def _answers(store: Store) -> bool:
    try:
        store.paper_count()
    except StoreError:
        return False
    return True


@cli.command(short_help="Create the database or bring it up to date.")
@click.pass_obj
def migrate(options: Options) -> None:
    """Bring the database to this version's form; does nothing where it is."""
    settings = options.settings()
    with closing_store(settings) as store:
        applied = store.migrate()
    click.echo("\n".join(f"applied {name}" for name in applied) or "The database is up to date.")


# -h would be found in `-human`, a word to leave out.
@cli.command(
    short_help="Find papers in the whole archive.",
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1), default=10, show_default=True, help="The most papers to show."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per paper.")
@click.pass_obj
def search(options: Options, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find papers by WORDS, as /papers search does, or one by its arXiv id, DOI or address, in the whole archive."""
    settings = options.settings()
    asked = asked_from_text(" ".join(words), clock().date())
    of_channels = [*(one.name for one in asked.scopes), *(["order:us"] if asked.for_us else [])]
    notes = [*asked.notes, *(f"{name} asks about a channel, and here is none." for name in of_channels)]
    with closing_store(settings) as store, closing_index(settings) as index:
        archive = Archive(index, store, clock())
        papers = _found(archive, asked, limit)
        meant = suggestion(archive, asked.query, asked.text) if asked.page == 1 else ""
        guess = f"Did you mean “{meant}”?" if meant else ""
        told = [*notes, guess] if papers and guess else notes
        click.echo("".join(f"{note}\n" for note in told), nl=False, err=True)
        for paper in papers:
            echo(as_json, asdict(paper), f"{paper.title}\n  {paper.url or paper.id}")
    if not papers and not as_json:
        click.echo(f"{_nothing_found(asked)} {guess}".strip())


def _nothing_found(asked: Asked) -> str:
    return f"{asked.paper} is not in the archive." if asked.paper else "Nothing found."


def _found(archive: Archive, asked: Asked, limit: int) -> list[Paper]:
    if asked.paper:
        return list(archive.store.papers([asked.paper]).values())
    first = (asked.page - 1) * limit
    catch_up(archive.index, archive.store)
    page = search_archive(archive, asked.query, limit, first)
    # An index that proves damaged as it is asked is emptied, and finds nothing.
    if not page.found and catch_up(archive.index, archive.store):
        page = search_archive(archive, asked.query, limit, first)
    return [one.paper for one in page.found]


@cli.command(short_help="Show what a channel would get next.")
@click.argument("channel")
@click.option("--json", "as_json", is_flag=True, help="The preview as one JSON object.")
@click.pass_obj
def preview(options: Options, channel: str, as_json: bool) -> None:
    """Show what CHANNEL (such as slack:T1/C1) would get next; nothing is sent or learned."""
    settings = options.settings()
    try:
        chosen = channel_from_text(channel)
    except ValueError as error:
        raise UserError(str(error)) from error

    async def show(app: "App") -> None:
        message = await app.preview(chosen)
        known = app.parts.store.subscription(chosen) is not None
        note = "" if known else "This channel has not subscribed; with the defaults it would get:\n"
        echo(as_json, asdict(message) | {"subscribed": known}, note + message_text(message))

    with_app(settings, show)


@cli.command(short_help="What the database knows: papers, sources, channels.")
@click.option(
    "--log", "hours", type=click.IntRange(1, 24 * 30), help="Instead: every fetch of so many hours."
)
@click.option("--json", "as_json", is_flag=True, help="The status, or each fetch, as one JSON object.")
@click.pass_obj
def status(options: Options, hours: int | None, as_json: bool) -> None:
    """What the database knows: papers, sources, channels."""
    settings = options.settings()
    if hours:
        with closing_store(settings) as store:
            fetches = store.recent_fetches(clock() - timedelta(hours=hours))
            titles = feed_names(
                [one.area for one in fetches if one.source in {"feed", "feeds"}], store.feeds()
            )
            for one in fetches:
                began = f"{one.started_at:%Y-%m-%d %H:%M} {one.status or '---'}"
                echo(as_json, asdict(one), f"{began} {fetch_text(one, titles)}")
        return
    with closing_store(settings) as store, closing_index(settings) as index:
        found = status_of(store, index, clock())
        echo(as_json, asdict(found), "\n".join(status_lines(found, clock())))


def message_text(message: Message) -> str:
    """A message as plain lines."""
    cards = [_card_text(card) for card in message.cards]
    return "\n".join(part for part in (message.heading, message.text, *cards) if part)


def _card_text(card: Card) -> str:
    """A card without a number, such as a preview's, gets a dash: its place is not yet sure."""
    first = f"{'-' if card.number is None else f'{card.number}.'} {card.title}"
    return "\n   ".join(line for line in (first, card.reason, card.url) if line)


for _command in (*INTAKE, *MAINTENANCE, evaluate):
    cli.add_command(_command)


def main() -> None:
    """Run the command line: one line per error, exit code 1; 2 for wrong usage; tracebacks only with --debug."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (BotError, OSError) as error:
        if "--debug" in sys.argv:
            raise
        for line in str(error).splitlines():
            click.echo(f"paperboy: {line}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
