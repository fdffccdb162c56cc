"""The commands that move whole databases and forget: `paperboy backup, restore, copy, forget`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console as Screen
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from bot.build import open_store
from bot.errors import UserError
from bot.model import UserId, channel_from_text
from bot.settings import Settings
from bot.store import transfer
from bot.store.open import open_store as store_from_url


def settings_of(options: object) -> Settings:
    """The settings behind what stood before the command."""
    found = options.settings()  # type: ignore[attr-defined]
    assert isinstance(found, Settings)
    return found


@click.command(short_help="Write all facts into a new file, while running.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(options: object, file: Path) -> None:
    """Write all facts into FILE, a new SQLite database; the bot may go on running."""
    store = open_store(settings_of(options))
    try:
        with _Told() as told:
            transfer.backup(store, file, told)
    finally:
        store.close()
    click.echo(f"{file} holds everything. `paperboy restore {file}` brings it back into an empty database.")


@click.command(short_help="Bring a backup back into an empty database.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def restore(options: object, file: Path) -> None:
    """Bring back what `paperboy backup` wrote into FILE. The database must be empty; it is migrated first."""
    store = open_store(settings_of(options))
    try:
        store.migrate()
        with _Told() as told:
            transfer.restore(file, store, told)
    finally:
        store.close()
    click.echo(f"Restored from {file}. The search index catches up by itself.")


@click.command(short_help="Copy all facts to another database and verify them.")
@click.argument("source")
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="The counts as one JSON object.")
def copy(source: str, target: str, as_json: bool) -> None:
    """Copy all facts from SOURCE to TARGET, both addresses of databases, and compare every row afterwards.

    TARGET must be empty; it is migrated first. Stop the bot before, and start it on TARGET afterwards.
    """
    first, second = store_from_url(source), store_from_url(target)
    try:
        second.migrate()
        with _Told() as told:
            counts = transfer.copy(first, second, told)
    finally:
        first.close()
        second.close()
    if as_json:
        click.echo(json.dumps({table: {"copied": c, "verified": v} for table, (c, v) in counts.items()}))
    else:
        click.echo("\n".join(f"{table}: {c:,} copied, {v:,} verified" for table, (c, v) in counts.items()))
    if any(copied != verified for copied, verified in counts.values()):
        raise UserError("not everything was verified: do not use the target")


@click.command(short_help="Forget a person or a channel for good.")
@click.option("--user", default="", metavar="ID", help="Such as slack:T1/U1 or discord:123.")
@click.option("--channel", default="", metavar="ID", help="Such as slack:T1/C1.")
@click.pass_obj
def forget(options: object, user: str, channel: str) -> None:
    """Remove everything that names a person or belongs to a channel. It cannot be undone."""
    if bool(user) == bool(channel):
        raise UserError("name one of --user and --channel")
    store = open_store(settings_of(options))
    try:
        if user:
            gone = store.forget_user(UserId(user))
        else:
            try:
                gone = store.forget_channel(channel_from_text(channel))
            except ValueError as error:
                raise UserError(str(error)) from error
    finally:
        store.close()
    click.echo(f"Forgotten: {gone} facts.")


class _Told:
    """Shows each table's progress on standard error, where that is a terminal."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description:>14}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, console=Screen(stderr=True), disable=not sys.stderr.isatty())
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._bar.start()
        return self._tell

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def _tell(self, table: str, done: int, total: int) -> None:
        if table not in self._tasks:
            self._tasks[table] = self._bar.add_task(table, total=total)
        self._bar.update(self._tasks[table], completed=done)
