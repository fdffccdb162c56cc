"""The composition root: takes the parts, answers what platforms hand in, holds the recurring jobs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from bot import commands, finding
from bot.answering import Answering, Wait
from bot.commands.receipt import receipt
from bot.corrections import correct
from bot.delivery import LEASE, PACE, Delivery, deadline_after, pause
from bot.errors import BotError, PlatformError, UserError
from bot.fetching import Fetching, OnEntry
from bot.model import (
    Cadence,
    Channel,
    Completion,
    Feed,
    Fetch,
    Message,
    Reaction,
    Request,
    Typing,
    UserId,
)
from bot.planning import Planning
from bot.polling import Part
from bot.ports import ChatPlatform, Clock, PaperFinder, PaperSource, Recommender, SearchIndex, Store
from bot.search.catchup import catch_up
from bot.settings import DigestSettings
from bot.studying import Studying
from bot.ticker import Ticker

if TYPE_CHECKING:
    from bot.recommend.meaning import Meaning

log = logging.getLogger(__name__)

T = TypeVar("T")

PLAN_EVERY = 20
DELIVER_EVERY = 5
INDEX_EVERY = 5
POLL_EVERY = 20
CORRECT_EVERY = 60
PRUNE_EVERY = 3600
STUDY_EVERY = 300
EMBED_EVERY = 60
FIRST_FETCH_WITHIN = 60.0
FIRST_STUDY_WITHIN = 120.0
STOP_WITHIN = 5.0
"""Seconds that messages in flight are given when we are told to stop."""
_BACK_OFF = (1, 5, 15, 60)
_STEADY = timedelta(minutes=10)
"""A connection that held so long has proved that connecting works."""


@dataclass(frozen=True)
class Parts:
    """Everything the app mixes.

    `finders` are asked for papers that the store lacks. `open_feed` makes the source of a feed that a channel added;
    `feed_title` asks an address whether it is one. None: no channel may add any.
    `lease` is after how long a dead process's work is taken over; `pace` lies between two messages in one channel.
    `keep` is how long a paper that nobody was offered stays; 0: for ever. `crowd`: likes of channels are studied
    together. `report` tells how well a channel's picks did. `meaning`: vectors of papers are computed in the
    background; the recommender looks them up, and searches are compared with them.
    """

    store: Store
    index: SearchIndex
    recommender: Recommender
    clock: Clock
    platforms: Sequence[ChatPlatform] = ()
    sources: Sequence[PaperSource] = ()
    defaults: DigestSettings = field(default_factory=DigestSettings)
    finders: Sequence[PaperFinder] = ()
    open_feed: Callable[[Feed], PaperSource] | None = None
    feed_title: Callable[[str], Awaitable[tuple[str, str]]] | None = None
    lease: timedelta = LEASE
    pace: timedelta = PACE
    keep: timedelta = timedelta(0)
    crowd: bool = True
    report: Callable[[Channel, datetime], Message] | None = None
    meaning: "Meaning | None" = None


class App:
    """Fulfils Inbox. Each job may be called at any time, by a timer or by hand; the store decides races."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        platforms = {platform.name: platform for platform in parts.platforms}
        late = deadline_after(parts.store, timedelta(hours=parts.defaults.grace_hours))
        self._delivery = Delivery(
            parts.store, platforms, parts.clock, late, lease=parts.lease, pace=parts.pace
        )
        self._holder = uuid4().hex
        self._fetching = Fetching(
            parts.store,
            parts.clock,
            self._sources,
            window_days=parts.defaults.window_days,
            holder=self._holder,
            job=_job,
        )
        self._planning = Planning(
            parts.store,
            parts.recommender,
            parts.clock,
            self._asked,
            defaults=parts.defaults,
            lease=parts.lease,
            holder=self._holder,
            watch=_watch,
            report=parts.report,
        )
        self._studying = Studying(
            parts.store, parts.recommender, parts.clock, crowd=parts.crowd, meaning=parts.meaning
        )
        self._is_planning = self._is_closing = False
        self._indexing = asyncio.Lock()
        self._answering = Answering(self._desk, _watch)
        # A study is long, and no digest waits for it.
        self._studies = ThreadPoolExecutor(1, thread_name_prefix="study")

    # -- what platforms hand in

    async def on_command(self, request: Request) -> Message:
        """The answer, or what to type instead; an accident of ours is said as one."""
        try:
            answer = await _job("command", lambda: self._answering.answer(request))
        except UserError as error:
            return Message(str(error))
        return answer or Message(
            "Something failed on my side. Try again in a minute; the operator can see why."
        )

    async def on_typing(self, typing: Typing) -> Sequence[Completion]:
        """What the person may mean, the best first."""
        return await self._answering.completions(typing)

    async def preview(self, channel: Channel) -> Message:
        """What the channel would get next, for the operator. Raises BotError, as `on_command` never does."""
        request = Request(channel, UserId("console:operator"), "today")
        return await self._answering.dispatched(request)

    async def on_reaction(self, reaction: Reaction) -> Message | None:
        """Store the fact; say what it does, with a way back."""
        store = self.parts.store
        paper_id = await asyncio.to_thread(store.set_reaction, reaction)
        if paper_id is None:
            return None
        title = (await asyncio.to_thread(store.papers, [paper_id]))[paper_id].title
        return receipt(reaction, paper_id, title)

    async def on_left(self, channel: Channel, reason: str) -> None:
        """Pause what can no longer be reached: the channel, or all of its workspace."""
        await asyncio.to_thread(self._pause_all, channel, reason)

    def _pause_all(self, channel: Channel, reason: str) -> None:
        for subscription in self.parts.store.subscriptions():
            if channel in (subscription.channel, replace(subscription.channel, id="*")):
                pause(self.parts.store, subscription.channel, reason)

    def _desk(self, wait: Wait, hurried: bool) -> commands.Desk:
        """`hurried`: what is only told at leisure, such as which sources are read, is not looked up."""
        parts, defaults = self.parts, self.parts.defaults
        ask, report, now = parts.feed_title, parts.report, parts.clock()
        return commands.Desk(
            store=parts.store,
            index=parts.index,
            recommender=parts.recommender,
            now=now,
            cadence=Cadence(defaults.weekdays, defaults.at, defaults.zone),
            size=defaults.size,
            window_days=defaults.window_days,
            wild_cards=defaults.wild_cards,
            look_up=lambda paper: wait(finding.look_up(parts.finders, paper)),
            find=lambda words, limit: wait(finding.find(parts.finders, words, limit)),
            feed_title=None if ask is None else lambda url: wait(ask(url)),
            asked=() if hurried else self._asked(),
            grace=timedelta(hours=defaults.grace_hours),
            patience=self._planning.patience,
            report=None if report is None else lambda channel: report(channel, now),
            meaning=parts.meaning,
        )

    def _asked(self) -> tuple[Part, ...]:
        return tuple((source.name, source.area) for source in self._sources())

    def _sources(self) -> list[PaperSource]:
        """Those of the settings, and the feeds of all channels, each once."""
        parts = self.parts
        feeds = {feed.url: feed for feed in parts.store.feeds()} if parts.open_feed else {}
        mine = {(source.name, source.area) for source in parts.sources}
        added = [parts.open_feed(feed) for feed in feeds.values()] if parts.open_feed else []
        return [*parts.sources, *(source for source in added if (source.name, source.area) not in mine)]

    # -- the recurring jobs

    async def fetch(
        self, since: date | None = None, names: Collection[str] = (), on_entry: OnEntry | None = None
    ) -> list[Fetch]:
        """Ask every source now (or those of these names), wait for all, and bring the index up to date."""
        try:
            return await self._fetching.fetch(names, since, on_entry)
        finally:
            await self.index()

    async def poll(self) -> None:
        """Begin to read the sources whose time has come."""
        await self._fetching.poll()

    async def correct(self) -> int:
        """Edit the cards of papers that were withdrawn since; returns how many."""
        platforms = {platform.name: platform for platform in self.parts.platforms}
        return await correct(self.parts.store, platforms, self.parts.clock())

    async def prune(self) -> int:
        """Let go of papers that no fact names and that are older than they are to be kept."""
        if not self.parts.keep:
            return 0
        before = (self.parts.clock() - self.parts.keep).date()
        return await asyncio.to_thread(self.parts.store.prune_papers, before)

    async def index(self) -> int:
        """Index what the store has and the index lacks; returns how many papers that was."""
        parts = self.parts
        # One after the other: of two at once, each might empty what the other has begun.
        async with self._indexing:
            return await asyncio.to_thread(
                catch_up, parts.index, parts.store, go_on=lambda: not self._is_closing
            )

    async def study(self) -> bool:
        """Let the recommender study what all channels share, if there is enough that is new."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._studies, self._studying.study)

    async def plan(self) -> int:
        """Choose and plan every digest that is due; returns how many this process claimed."""
        self._is_planning = True
        try:
            return await self._planning.plan()
        finally:
            self._is_planning = False

    async def embed(self) -> int:
        """Compute vectors of papers that have none, as long as no digest is being planned; returns how many."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._studies, self._studying.embed, lambda: not (self._is_planning or self._is_closing)
        )

    async def deliver(self) -> int:
        """Post what is planned; returns how many messages were sent."""
        return await self._delivery.send_all()

    async def morning(self) -> None:
        """Plan and deliver at once, as the timers would one after the other."""
        await self.plan()
        await self.deliver()

    # -- running

    async def run(self, role: str = "all") -> None:
        """Serve until cancelled: `gateway` listens to people, `worker` fetches, ranks and posts, `all` does both.

        Raises PlatformError once a platform has refused us for good or stays lost, so that a supervisor starts anew.
        """
        await asyncio.to_thread(self._announce, role)
        ticker = Ticker()
        ticker.every(INDEX_EVERY, lambda: _job("index", self.index), "index")
        ticker.every(STUDY_EVERY, lambda: _job("study", self.study), "study")
        if self.parts.meaning:
            ticker.every(EMBED_EVERY, lambda: _job("embed", self.embed), "embed")
        first_study = asyncio.ensure_future(_job("study", self.study))
        jobs: list[Awaitable[None]] = [self._serve(platform) for platform in self._listening(role)]
        if role in {"all", "worker"}:
            jobs.append(self._work(ticker))
        tasks = [asyncio.ensure_future(job) for job in jobs]
        ticker.start()
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            ticker.stop()
            await self._delivery.stop(STOP_WITHIN)
            await self._fetching.stop()
            first_study.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, first_study, return_exceptions=True)

    def _announce(self, role: str) -> None:
        parts = self.parts
        platforms = ", ".join(p.name for p in parts.platforms) or "no platform"
        sources = ", ".join(dict.fromkeys(source.name for source in parts.sources)) or "no source"
        channels = sum(not subscription.paused for subscription in parts.store.subscriptions())
        told = (role, platforms, sources, f"{parts.store.paper_count():,}", channels)
        log.info("role %s; on %s; reading %s; %s papers; %d channels", *told)

    def _listening(self, role: str) -> Sequence[ChatPlatform]:
        return self.parts.platforms if role in {"all", "gateway"} else ()

    async def _work(self, ticker: Ticker) -> None:
        # What was planned before the start is sent while the first papers come.
        await asyncio.gather(self._delivery.run(DELIVER_EVERY), self._begin(ticker))

    async def _begin(self, ticker: Ticker) -> None:
        # Papers first: a digest planned before the first fetch would say that there are none.
        # A source that hangs does not hold up the morning for ever.
        await _job("poll", self.poll)
        await asyncio.wait([asyncio.ensure_future(self._fetching.idle())], timeout=FIRST_FETCH_WITHIN)
        await _job("index", self.index)
        await asyncio.wait([asyncio.ensure_future(_job("study", self.study))], timeout=FIRST_STUDY_WITHIN)
        await _job("plan", self.plan)
        ticker.every(POLL_EVERY, lambda: _job("poll", self.poll), "poll")
        ticker.every(PLAN_EVERY, lambda: _job("plan", self.plan), "plan")
        ticker.every(CORRECT_EVERY, lambda: _job("correct", self.correct), "correct")
        ticker.every(PRUNE_EVERY, lambda: _job("prune", self.prune), "prune")

    async def _serve(self, platform: ChatPlatform) -> None:
        """Keep a platform running, with back-off. Raises PlatformError when it refuses for good or stays lost."""
        failures = 0
        while True:
            began = self.parts.clock()
            lost = PlatformError(platform.name, "the connection ended")
            try:
                await platform.run(self)
            except PlatformError as error:
                lost = error
            failures = 0 if self.parts.clock() - began > _STEADY else failures + 1
            if lost.permanent or failures >= len(_BACK_OFF):
                raise lost
            log.warning("%s; connecting again in %d s", lost, _BACK_OFF[failures])
            await asyncio.sleep(_BACK_OFF[failures])

    async def close(self) -> None:
        """Give everything back. May be called twice."""
        for platform in self.parts.platforms:
            await platform.close()
        self._is_closing = True
        self._studies.shutdown(wait=True, cancel_futures=True)
        self._planning.close()
        self._answering.close()
        self.parts.index.close()
        self.parts.store.close()


async def _job(name: str, job: Callable[[], Awaitable[T]]) -> T | None:
    """What it gives; None where it failed."""
    with _watch(name):
        return await job()
    return None


@contextmanager
def _watch(name: str) -> Iterator[None]:
    """The outermost wrapper: what fails is logged, with its traceback where nobody foresaw it, and goes no further.

    A UserError passes: it is an answer.
    """
    try:
        yield
    except UserError:
        raise
    except BotError as error:
        log.error("%s failed: %s", name, error)
    except Exception:
        log.exception("%s failed unexpectedly", name)
