"""From settings to an app: the one place where every vendor's adapter is named."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot import commands, recommend
from bot.app import App, Parts
from bot.model import Paper, PaperId
from bot.ports import ChatPlatform, Clock, PaperSource, SearchIndex
from bot.search.fts5 import Fts5Index
from bot.settings import Settings
from bot.sources.arxiv_api import ArxivApi
from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.http import Door
from bot.sources.huggingface import HuggingFaceDaily
from bot.store.open import MigratedStore
from bot.store.open import open_store as store_from_url


def open_store(settings: Settings) -> MigratedStore:
    """The database that the settings name."""
    return store_from_url(settings.store.url)


def open_index(settings: Settings) -> SearchIndex:
    """This process's own search index: beside an SQLite file, otherwise in memory."""
    path = settings.store.url.removeprefix("sqlite:///")
    return Fts5Index(None if path == settings.store.url else f"{path}.search")


@asynccontextmanager
async def build_app(settings: Settings, clock: Clock) -> AsyncIterator[App]:
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
            platforms=_platforms(settings),
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


def _platforms(settings: Settings) -> list[ChatPlatform]:
    platforms: list[ChatPlatform] = []
    # Imported only where used: the vendors' libraries take longer to load than all the rest.
    if settings.slack.enabled:
        from bot.adapters.slack import SlackPlatform

        slack = settings.slack
        platforms.append(
            SlackPlatform(slack.bot_token.reveal(), slack.app_token.reveal(), api_url=slack.api_url)
        )
    if settings.discord.enabled:
        from bot.adapters.discord import DiscordPlatform

        discord = settings.discord
        platforms.append(
            DiscordPlatform(
                discord.token.reveal(),
                commands.SPECS,
                api_url=discord.api_url,
                gateway_url=discord.gateway_url,
            )
        )
    return platforms


def _ask_arxiv(api: ArxivApi) -> Callable[[PaperId], Awaitable[Paper | None]]:
    async def ask(paper: PaperId) -> Paper | None:
        if not paper.startswith("arxiv:"):
            return None
        return next(iter(await api.by_ids([paper.removeprefix("arxiv:")])), None)

    return ask
