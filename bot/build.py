"""From settings to an app: the one place where every vendor's adapter is named."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot import commands, recommend
from bot.app import App, Parts
from bot.errors import UserError
from bot.model import Paper, PaperId
from bot.ports import ChatPlatform, Clock, PaperSource, SearchIndex
from bot.search.fts5 import Fts5Index
from bot.settings import Settings, SlackSettings
from bot.sources.arxiv_api import ArxivApi
from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.http import Door
from bot.sources.huggingface import HuggingFaceDaily
from bot.store.open import MigratedStore
from bot.store.open import open_store as store_from_url


@dataclass(frozen=True, slots=True)
class Shards:
    """The Discord connections of this process: `ids` out of `count`. None of them: one hears everything."""

    ids: tuple[int, ...] = ()
    count: int = 0


def shards_from_text(text: str) -> Shards:
    """`0-3/16` or `5/16`. Raises UserError."""
    match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?/(\d{1,4})", text.strip(), re.ASCII)
    first, last, count = (int(match[1]), int(match[2] or match[1]), int(match[3])) if match else (0, 0, 0)
    if not first <= last < count:
        raise UserError(
            f"--shards: {text!r} is not a range of shards: write 0-3/16 for the first four of sixteen, "
            "5/16 for one; they are numbered from 0 to 15"
        )
    return Shards(tuple(range(first, last + 1)), count)


def open_store(settings: Settings) -> MigratedStore:
    """The database that the settings name."""
    return store_from_url(settings.store.url)


def open_index(settings: Settings) -> SearchIndex:
    """This process's own search index: beside an SQLite file, otherwise in memory."""
    path = settings.store.url.removeprefix("sqlite:///")
    return Fts5Index(None if path == settings.store.url else f"{path}.search")


@asynccontextmanager
async def build_app(
    settings: Settings,
    clock: Clock,
    shards: Shards | None = None,
) -> AsyncIterator[App]:
    """The app as the settings want it, given back at the end. Connects nowhere yet."""
    wanted = settings.sources
    door = Door(
        contact=wanted.contact,
        paces={"arxiv": wanted.arxiv_seconds_between_requests},
        total=timedelta(seconds=wanted.timeout_seconds),
        max_bytes=wanted.max_megabytes * 2**20,
    )
    app = App(
        Parts(
            store=open_store(settings),
            index=open_index(settings),
            recommender=recommend.Rocchio(),
            clock=clock,
            platforms=_platforms(settings, shards or Shards()),
            sources=_sources(settings, door, clock),
            defaults=settings.digest,
            lease=timedelta(seconds=settings.delivery.lease_seconds),
            pace=timedelta(seconds=settings.delivery.pace_seconds),
            keep=timedelta(days=settings.store.keep_days),
            ask_source=_ask_arxiv(ArxivApi(door, base_url=wanted.arxiv_api_url)) if wanted.arxiv else None,
        )
    )
    try:
        yield app
    finally:
        await app.close()
        await door.close()


def _sources(settings: Settings, door: Door, clock: Clock) -> list[PaperSource]:
    wanted = settings.sources
    sources: list[PaperSource] = []
    if wanted.arxiv:
        sources.append(
            ArxivFeed(
                door,
                wanted.arxiv_categories,
                base_url=wanted.arxiv_feed_url,
                form="atom" if wanted.arxiv_form == "atom" else "rss",
            )
        )
    if wanted.huggingface:
        sources.append(HuggingFaceDaily(door, clock=clock, base_url=wanted.huggingface_url))
    return sources


def _platforms(settings: Settings, shards: Shards) -> list[ChatPlatform]:
    platforms: list[ChatPlatform] = []
    # Imported only where used: the vendors' libraries take longer to load than all the rest.
    if settings.slack.enabled:
        platforms.append(_slack(settings.slack))
    if settings.discord.enabled:
        from bot.adapters.discord import DiscordPlatform

        discord = settings.discord
        platforms.append(
            DiscordPlatform(
                discord.token.reveal(),
                commands.SPECS,
                api_url=discord.api_url,
                gateway_url=discord.gateway_url,
                shards=shards.ids,
                shard_count=shards.count,
            )
        )
    return platforms


def _slack(slack: SlackSettings) -> ChatPlatform:
    from bot.adapters.slack import SlackHttpPlatform, SlackPlatform

    bot_token, api_url = slack.bot_token.reveal(), slack.api_url
    if slack.mode == "http":
        secret = slack.signing_secret.reveal()
        return SlackHttpPlatform(bot_token, secret, host=slack.host, port=slack.port, api_url=api_url)
    return SlackPlatform(bot_token, slack.app_token.reveal(), api_url=api_url)


def _ask_arxiv(api: ArxivApi) -> Callable[[PaperId], Awaitable[Paper | None]]:
    async def ask(paper: PaperId) -> Paper | None:
        if not paper.startswith("arxiv:"):
            return None
        return next(iter(await api.by_ids([paper.removeprefix("arxiv:")])), None)

    return ask
