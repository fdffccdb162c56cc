"""The composition root: takes the parts, answers what platforms hand in, holds the recurring jobs."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from bot import commands, digest, schedule
from bot.delivery import Delivery, pause
from bot.errors import BotError, PlatformError, SourceError, UserError
from bot.ingest import drain_all
from bot.model import (
    Button,
    Cadence,
    Channel,
    Fetch,
    Message,
    Paper,
    PaperId,
    Reaction,
    Request,
)
from bot.ports import ChatPlatform, Clock, PaperSource, Recommender, SearchIndex, Store
from bot.recommend import Rocchio
from bot.search.catchup import catch_up
from bot.search.fts5 import Fts5Index
from bot.settings import DigestSettings, Settings
from bot.sources.arxiv_api import ArxivApi
from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.http import Door
from bot.sources.huggingface import HuggingFaceDaily
from bot.store.open import MigratedStore
from bot.store.open import open_store as store_from_url
from bot.ticker import Ticker

log = logging.getLogger(__name__)

T = TypeVar("T")

PLAN_EVERY = 20
DELIVER_EVERY = 5
_LOOK_UP_WITHIN = 20
_OVERLAP = timedelta(days=1)
_BACK_OFF = (1, 5, 15, 60, 300)


@dataclass(frozen=True)
class Parts:
    """Everything the app mixes. `ask_source` fetches one paper that the store lacks, by its id."""

    store: Store
    index: SearchIndex
    recommender: Recommender
    clock: Clock
    platforms: Sequence[ChatPlatform] = ()
    sources: Sequence[PaperSource] = ()
    defaults: DigestSettings = field(default_factory=DigestSettings)
    ask_source: Callable[[PaperId], Awaitable[Paper | None]] | None = None


class App:
    """Fulfils Inbox. Each job may be called at any time, by a timer or by hand; the store decides races."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._delivery = Delivery(parts.store, {p.name: p for p in parts.platforms}, parts.clock)
        # One thread of its own for ranking, so that it never takes the threads that answer people.
        self._ranking = ThreadPoolExecutor(1, thread_name_prefix="ranking")

    # -- what platforms hand in

    async def on_command(self, request: Request) -> Message:
        """The answer, or what to type instead; an accident of ours is said as one."""
        try:
            answer = await _job("command", lambda: self._answer(request))
        except UserError as error:
            return Message(str(error))
        return answer or Message(
            "Something failed on my side. Try again in a minute; the operator can see why."
        )

    async def _answer(self, request: Request) -> Message:
        try:
            desk = self._desk(asyncio.get_running_loop())
            return await asyncio.to_thread(commands.dispatch, desk, request)
        except SourceError as error:
            return Message(
                f"I could not ask {error.source} just now ({error.reason}). Try again in a minute."
            )

    async def on_reaction(self, reaction: Reaction) -> Message | None:
        """Store the fact; say what it does, with a way back."""
        store = self.parts.store
        paper_id = await asyncio.to_thread(store.set_reaction, reaction)
        if paper_id is None:
            return None
        title = (await asyncio.to_thread(store.papers, [paper_id]))[paper_id].title
        if not reaction.on:
            return Message(f"Taken back: {reaction.name} for “{title}”.")
        undo = Button("Undo", reaction.name, paper_id, on=False)
        return Message(f"{reaction.name} noted for “{title}”. The next pick will know.", buttons=(undo,))

    async def on_left(self, channel: Channel, reason: str) -> None:
        """Pause what can no longer be reached: the channel, or all of its workspace."""
        await asyncio.to_thread(self._pause_all, channel, reason)

    def _pause_all(self, channel: Channel, reason: str) -> None:
        for subscription in self.parts.store.subscriptions():
            if channel in (subscription.channel, replace(subscription.channel, id="*")):
                pause(self.parts.store, subscription.channel, reason)

    def _desk(self, loop: asyncio.AbstractEventLoop) -> commands.Desk:
        parts, defaults = self.parts, self.parts.defaults
        ask = parts.ask_source

        def look_up(paper: PaperId) -> Paper | None:
            if ask is None:
                return None
            future = asyncio.run_coroutine_threadsafe(_awaited(ask(paper)), loop)
            try:
                return future.result(_LOOK_UP_WITHIN)
            except TimeoutError as error:
                future.cancel()
                raise SourceError("the source", f"no answer within {_LOOK_UP_WITHIN} s") from error

        return commands.Desk(
            store=parts.store,
            index=parts.index,
            recommender=parts.recommender,
            now=parts.clock(),
            cadence=Cadence(defaults.weekdays, defaults.at, defaults.zone),
            size=defaults.size,
            window_days=defaults.window_days,
            look_up=look_up,
        )

    # -- the recurring jobs

    async def fetch(self, since: date | None = None) -> list[Fetch]:
        """Drain every source since its last good day (or `since`), all at once; then bring the index up to date."""
        now = self.parts.clock()
        days = await asyncio.to_thread(
            lambda: {s.name: since or self._first_day(s, now) for s in self.parts.sources}
        )
        store = self.parts.store
        fetches = await drain_all(self.parts.sources, store, since=lambda source: days[source.name], now=now)
        await self.index()
        return fetches

    def _first_day(self, source: PaperSource, now: datetime) -> date:
        last = self.parts.store.last_success(source.name)
        return (last - _OVERLAP if last else now - timedelta(days=self.parts.defaults.window_days)).date()

    async def index(self) -> int:
        """Index what the store has and the index lacks; returns how many papers that was."""
        return await asyncio.to_thread(catch_up, self.parts.index, self.parts.store)

    async def plan(self) -> int:
        """Choose and plan every digest that is due; returns how many this process claimed."""
        store, now = self.parts.store, self.parts.clock()
        grace = timedelta(hours=self.parts.defaults.grace_hours)
        subscriptions = await asyncio.to_thread(store.subscriptions)
        loop = asyncio.get_running_loop()
        claimed = 0
        for due in schedule.due(subscriptions, now, grace):
            claimed += await loop.run_in_executor(self._ranking, self._plan, due)
        return claimed

    def _plan(self, due: schedule.Due) -> bool:
        parts, subscription = self.parts, due.subscription
        if parts.store.digest(subscription.channel, due.day):
            return False
        window = parts.defaults.window_days
        choice = digest.choose(parts.store, parts.recommender, subscription, due.day, window)
        fetches = parts.store.last_fetches()
        version = parts.recommender.version
        planned = digest.plan(choice, subscription, due.day, parts.clock(), version, fetches)
        return parts.store.plan_digest(*planned)

    async def deliver(self) -> int:
        """Post what is planned; returns how many messages were sent."""
        return await self._delivery.send_all()

    async def morning(self) -> None:
        """Plan and deliver at once, as the timers would one after the other."""
        await self.plan()
        await self.deliver()

    # -- running

    async def run(self, fetch_minutes: float) -> None:
        """Serve until cancelled. Raises PlatformError once every platform has refused us for good."""
        ticker = Ticker()
        serving = asyncio.ensure_future(self._serve_all())
        try:
            # Papers first: a digest planned before the first fetch would say that there are none.
            await _job("fetch", self.fetch)
            await _job("morning", self.morning)
            ticker.every(fetch_minutes * 60, lambda: _job("fetch", self.fetch), "fetch")
            ticker.every(PLAN_EVERY, lambda: _job("plan", self.plan), "plan")
            ticker.every(DELIVER_EVERY, lambda: _job("deliver", self.deliver), "deliver")
            ticker.start()
            await serving
        finally:
            ticker.stop()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    async def _serve_all(self) -> None:
        refusals = await asyncio.gather(*(self._serve(platform) for platform in self.parts.platforms))
        if refusals:
            raise refusals[0]

    async def _serve(self, platform: ChatPlatform) -> PlatformError:
        """Keep a platform running, with back-off; returns its refusal when that is for good."""
        failures = 0
        while True:
            try:
                await platform.run(self)
            except PlatformError as error:
                log.error("%s", error)
                if error.permanent:
                    return error
            pause_s = _BACK_OFF[min(failures, len(_BACK_OFF) - 1)]
            failures += 1
            log.warning("%s: connection ended; again in %d s", platform.name, pause_s)
            await asyncio.sleep(pause_s)

    async def close(self) -> None:
        """Give everything back. May be called twice."""
        for platform in self.parts.platforms:
            await platform.close()
        self._ranking.shutdown(wait=True, cancel_futures=True)
        self.parts.index.close()
        self.parts.store.close()


async def _awaited(awaitable: Awaitable[T]) -> T:
    return await awaitable


async def _job(name: str, job: Callable[[], Awaitable[T]]) -> T | None:
    """The outermost wrapper: what fails is logged, with its traceback where nobody foresaw it, and gives None.

    A UserError passes: it is an answer.
    """
    try:
        return await job()
    except UserError:
        raise
    except BotError as error:
        log.error("%s failed: %s", name, error)
    except Exception:
        log.exception("%s failed unexpectedly", name)
    return None


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
            recommender=Rocchio(),
            clock=clock,
            platforms=_platforms(settings),
            sources=_sources(settings, door, clock),
            defaults=settings.digest,
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
