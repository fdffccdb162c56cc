"""From settings to an app: the one place where every vendor's adapter is named."""

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot import commands, recommend
from bot.app import App, Parts
from bot.errors import UserError
from bot.model import Channel, Message, Paper, PaperId
from bot.polling import OPERATORS_FEEDS
from bot.ports import ChatPlatform, Clock, PaperSource, Recommender, SearchIndex, Store
from bot.recommend.named import interleaved
from bot.search.fts5 import Fts5Index, remove_fts5_file
from bot.search.tantivy_index import TantivyIndex
from bot.settings import Settings, SlackSettings
from bot.sources.chosen import chosen_finders, chosen_sources, paces_of
from bot.sources.feeds.source import FeedSource, feed_title
from bot.sources.semantic_scholar.picks import Taste
from bot.sources.web.guard import Guard
from bot.sources.web.http import Door
from bot.store.open import MigratedStore
from bot.store.open import open_store as store_from_url
from bot.turns import StoreTurns

if TYPE_CHECKING:
    from bot.recommend.meaning import Meaning

log = logging.getLogger(__name__)

_ARCHIVE_WITHIN = timedelta(minutes=5)
"""A page of an archive has thousands of records."""
_MARGIN = timedelta(seconds=5)


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
    """The search index of this machine: where the settings say, beside an SQLite file, or else in memory."""
    path = settings.store.url.removeprefix("sqlite:///")
    beside = "" if path == settings.store.url else path
    old = f"{beside}.search" if beside else ""
    if settings.search.engine == "fts5":
        return Fts5Index(settings.search.path or old or None)
    place = settings.search.path or (f"{beside}.index" if beside else "")
    if old and remove_fts5_file(Path(old).expanduser()):
        log.info("removed %s, the search index of former versions", old)
    return TantivyIndex(place or None)


@asynccontextmanager
async def build_app(
    settings: Settings,
    clock: Clock,
    shards: Shards | None = None,
    *,
    alone: bool = False,
) -> AsyncIterator[App]:
    """The app as the settings want it, given back at the end. Connects nowhere yet.

    `alone`: no other process asks the sources, so that no turn of theirs is waited for in the database.
    """
    store = open_store(settings)
    doors = _doors(settings, None if alone else store, clock)
    meaning = meaning_of(settings)
    recommender = interleaved(recommender_of(settings, meaning), settings.taste.against)
    app = App(
        Parts(
            store=store,
            index=open_index(settings),
            recommender=recommender,
            clock=clock,
            platforms=_platforms(settings, shards or Shards()),
            sources=[*_sources(settings, doors, store, clock), *_feeds(settings, doors.people, clock)],
            defaults=settings.digest,
            lease=timedelta(seconds=settings.delivery.lease_seconds),
            pace=timedelta(seconds=settings.delivery.pace_seconds),
            keep=timedelta(days=settings.store.keep_days),
            crowd=settings.taste.crowd,
            finders=chosen_finders(settings.sources, doors.sources),
            open_feed=lambda feed: FeedSource(doors.people, feed.url, title=feed.title, clock=clock),
            feed_title=lambda url: feed_title(doors.people, url),
            report=lambda channel, now: _report(store, settings, channel, now),
            meaning=meaning,
        )
    )
    try:
        yield app
    finally:
        await app.close()
        await doors.close()
        if meaning:
            meaning.close()


def recommender_of(settings: Settings, meaning: "Meaning | None" = None) -> Recommender:
    """The one that serves the channels, alone; with the language model of the settings."""
    return recommend.Learner(meaning=meaning)


def meaning_of(settings: Settings) -> "Meaning | None":
    """The language model that the settings want, and the file of its vectors: beside an SQLite file, if nowhere else.

    Raises SettingsError where the model, its library or that file cannot be had.
    """
    taste, path = settings.taste, settings.store.url.removeprefix("sqlite:///")
    if not taste.semantic_model:
        return None
    from bot.recommend.embedder import embedder_from_settings
    from bot.recommend.meaning import Meaning
    from bot.recommend.vector_file import vector_file_at

    model = embedder_from_settings(taste.semantic_model, taste.semantic_download)
    place = taste.semantic_vectors or ("" if path == settings.store.url else path)
    return Meaning(model, vector_file_at(place, model.name, model.dimensions))


def _report(store: Store, settings: Settings, channel: Channel, now: datetime) -> Message:
    from bot.evaluate import report_message

    return report_message(store, settings.digest.window_days, channel, now)


class Doors(NamedTuple):
    """To the sources that the settings name, to their archives, and to addresses that people give."""

    sources: Door
    archives: Door
    people: Door

    async def close(self) -> None:
        """Give back all connections."""
        for door in self:
            await door.close()


def _doors(settings: Settings, store: Store | None, clock: Clock) -> Doors:
    wanted = settings.sources
    usual = timedelta(seconds=wanted.timeout_seconds)
    paces = paces_of(wanted)

    def door(total: timedelta) -> Door:
        # arXiv's terms count over all our machines, and over both doors.
        arxiv, longest = {"arxiv": paces["arxiv"]}, total + _MARGIN
        turns = StoreTurns(store, clock, arxiv, longest=longest).turn if store else None
        most = wanted.max_megabytes * 2**20
        return Door(contact=wanted.contact, paces=paces, total=total, max_bytes=most, turns=turns)

    people = Door(contact=wanted.contact, guard=Guard(wanted.private_hosts))
    return Doors(door(usual), door(max(usual, _ARCHIVE_WITHIN)), people)


def _sources(settings: Settings, doors: Doors, store: Store, clock: Clock) -> list[PaperSource]:
    window = timedelta(days=settings.digest.window_days)

    def papers() -> list[Paper]:
        today = clock().date()
        return store.recent_papers(today - window, today)

    def recent() -> list[PaperId]:
        return [paper.id for paper in papers()]

    def bare() -> list[PaperId]:
        return [paper.id for paper in papers() if paper.id.startswith("arxiv:") and not paper.categories]

    def tastes() -> list[Taste]:
        return [taste_of(store, one.channel) for one in store.subscriptions() if not one.paused]

    return chosen_sources(
        settings.sources, doors.sources, doors.archives, clock, recent=recent, bare=bare, tastes=tastes
    )


def taste_of(store: Store, channel: Channel) -> Taste:
    """What the channel's members liked and turned down, the newest last."""
    rated = recommend.ratings(store.reactions(channel))
    liked = tuple(paper for paper, worth in rated.items() if worth > 0)
    return Taste(channel, liked, tuple(paper for paper, worth in rated.items() if worth < 0))


def _feeds(settings: Settings, door: Door, clock: Clock) -> list[PaperSource]:
    """The operator's own, which everybody reads: their papers come from the source `feeds`."""
    return [
        FeedSource(door, url, clock=clock, name=OPERATORS_FEEDS, source_name=OPERATORS_FEEDS, trusted=True)
        for url in settings.sources.feeds
    ]


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
