"""What several commands of the command line share: the clock, what they print, the app and its parts, given back."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from bot.model import Feed
from bot.ports import PaperSource, SearchIndex
from bot.settings import Settings

# What takes long to load is loaded by the command that needs it.
if TYPE_CHECKING:
    from bot.app import App
    from bot.build import Shards
    from bot.store.open import MigratedStore


def clock() -> datetime:
    """The wall clock, made here and handed in everywhere."""
    return datetime.now(UTC)


def echo(as_json: bool, value: dict[str, Any], text: str) -> None:
    """Print for a program or for a person."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False) if as_json else text)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def closing_store(settings: Settings) -> Iterator["MigratedStore"]:
    """The database, given back at the end."""
    from bot.store.open import open_store

    store = open_store(settings.store.url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def closing_index(settings: Settings) -> Iterator[SearchIndex]:
    """The search index, given back at the end."""
    from bot.build import open_index

    index = open_index(settings)
    try:
        yield index
    finally:
        index.close()


def sources_of(app: "App") -> tuple[list[PaperSource], list[Feed]]:
    """What the app reads, each once: the sources of the settings, then channels' feeds; and these feeds themselves."""
    parts = app.parts
    feeds = parts.store.feeds() if parts.open_feed else []
    added = {feed.url: parts.open_feed(feed) for feed in feeds} if parts.open_feed else {}
    known = {(source.name, source.area): source for source in (*added.values(), *parts.sources)}
    theirs = [source for source in added.values() if known[source.name, source.area] is source]
    return [*parts.sources, *theirs], feeds


def with_app(
    settings: Settings,
    use: "Callable[[App], Awaitable[Any]]",
    shards: "Shards | None" = None,
    *,
    alone: bool = False,
) -> Any:
    """Build the app, use it once on an event loop, give everything back; `alone` as for `build_app`."""
    from bot.build import build_app

    async def go() -> Any:
        async with build_app(settings, clock, shards, alone=alone) as app:
            return await use(app)

    return asyncio.run(go())
