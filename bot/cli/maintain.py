"""The commands that move whole databases, rebuild and forget: `paperboy backup, restore, copy, reindex, forget`."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import Options
from bot.cli.terminal import closing_index, closing_store, echo
from bot.errors import UserError
from bot.model import UserId, channel_from_text

# What takes long to load is loaded by the command that needs it.
if TYPE_CHECKING:
    from rich.progress import TaskID

    from bot.store.open import MigratedStore


@click.command(short_help="Write all facts into a new file, while running.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(options: Options, file: Path) -> None:
    """Write all facts into FILE, a new SQLite database; the bot may go on running."""
    from bot.store import transfer

    with _store(options.settings().store.url) as store, _progress() as told:
        transfer.backup(store, file, told)
    click.echo(f"{file} holds everything. `paperboy restore {file}` brings it back into an empty database.")


@click.command(short_help="Bring a backup back into an empty database.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def restore(options: Options, file: Path) -> None:
    """Bring back what `paperboy backup` wrote into FILE. The database must be empty; it is migrated first."""
    from bot.store import transfer

    settings = options.settings()
    with closing_store(settings) as store, _progress() as told:
        store.migrate()
        transfer.restore(file, store, told)
    click.echo(
        f"Restored from {file}. The search index is built again by itself: by a bot that runs, within seconds, "
        "otherwise by the next that starts."
    )


@click.command(short_help="Copy all facts to another database and verify them.")
@click.argument("source")
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="The counts as one JSON object.")
def copy(source: str, target: str, as_json: bool) -> None:
    """Copy all facts from SOURCE to TARGET, both addresses of databases, and compare every row afterwards.

    TARGET must be empty; it is migrated first. Stop the bot before, and start it on TARGET afterwards.
    """
    from bot.store import transfer

    with _store(source) as first, _store(target) as second, _progress() as told:
        second.migrate()
        counts = transfer.copy(first, second, told)
    if as_json:
        click.echo(json.dumps({table: {"copied": c, "verified": v} for table, (c, v) in counts.items()}))
    else:
        click.echo("\n".join(f"{table}: {c:,} copied, {v:,} verified" for table, (c, v) in counts.items()))


@click.command(short_help="Build the search index again.")
@click.option("--json", "as_json", is_flag=True, help="The counts as one JSON object.")
@click.pass_obj
def reindex(options: Options, as_json: bool) -> None:
    """Build the search index again from the database; if it is stopped, the bot or the next start goes on with it.

    Stop the bot before: it keeps the index to itself while it runs.
    """
    from bot.search.catchup import catch_up

    settings = options.settings()
    with closing_store(settings) as store, closing_index(settings) as index, _progress() as told:
        if not index.clear(store.identity()):
            raise UserError("another process keeps the search index up to date; stop that one first")
        total = store.paper_count()
        told("papers", 0, total)
        done = catch_up(index, store, on_progress=lambda count: told("papers", count, total))
    echo(as_json, {"papers": done}, f"The search index was built again: {done:,} papers.")


@click.command(short_help="Forget a person or a channel for good.")
@click.option("--user", default="", metavar="ID", help="Such as slack:T1/U1 or discord:123.")
@click.option("--channel", default="", metavar="ID", help="Such as slack:T1/C1.")
@click.pass_obj
def forget(options: Options, user: str, channel: str) -> None:
    """Remove everything that names a person or belongs to a channel. It cannot be undone."""
    if bool(user) == bool(channel):
        raise UserError("name one of --user and --channel")
    with _store(options.settings().store.url) as store:
        gone = store.forget_user(UserId(user)) if user else _forget_channel(store, channel)
    click.echo(f"Forgotten: {gone} facts.")


def _forget_channel(store: "MigratedStore", text: str) -> int:
    try:
        return store.forget_channel(channel_from_text(text))
    except ValueError as error:
        raise UserError(str(error)) from error


MAINTENANCE: tuple[click.Command, ...] = (backup, restore, copy, reindex, forget)


@contextmanager
def _store(url: str) -> "Iterator[MigratedStore]":
    from bot.store.open import open_store

    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar per table on standard error, where that is a terminal."""
    from rich.console import Console as Screen
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    tasks: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description:>14}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Screen(stderr=True), disable=not sys.stderr.isatty()) as bar:

        def told(table: str, done: int, total: int) -> None:
            if table not in tasks:
                tasks[table] = bar.add_task(table, total=total)
            bar.update(tasks[table], completed=done)

        yield told
