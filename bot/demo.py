"""`paperboy demo`: the whole loop in one terminal, over the sample papers, with a clock that can be turned."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console as Screen
from rich.rule import Rule
from rich.text import Text

from bot import recommend
from bot.adapters.console import CHANNEL, Console
from bot.app import App, Parts
from bot.model import PaperId, Subscription
from bot.morning import Morning
from bot.search.tantivy_index import TantivyIndex
from bot.sources.sample import SamplePapers
from bot.store.sqlite import SqliteStore

TOPIC = "3D scenes"
"""What the reader of the story likes: one of the areas that the sample papers are labelled with."""

_MORNING = time(9, 0)
_STORY_SIZE = 3
HINT = "+ 2 like · - 3 dislike · save 1 · next: tomorrow · watch: play the story · quit"


@dataclass
class Stage:
    """The demo's world: an SQLite file in a temporary folder, a terminal, and a clock that `next` turns."""

    app: App
    console: Console
    screen: Screen
    days: Sequence[date]
    now: datetime
    mornings: int = 0
    picks: list[list[PaperId]] = field(default_factory=list)

    async def next_morning(self) -> None:
        """Turn the clock to the next day with new papers; fetch, plan and deliver as any morning."""
        coming = self.coming()
        if not coming:
            return self.console.say("That was the last morning of the sample. Type quit, or go on searching.")
        if (coming[0] - self.now.date()).days > 1 and self.mornings:
            self.tell(
                f"next turns to the next day with papers: {coming[0]:%A} {coming[0].day} {coming[0]:%B}."
            )
        self.now = datetime.combine(coming[0], _MORNING, UTC)
        self.mornings += 1
        self.screen.print()
        self.screen.print(Rule(f"Morning {self.mornings}", style="cyan"))
        await self.app.fetch()
        await self.app.morning()
        offered = self.app.parts.store.digest(CHANNEL, coming[0])
        self.picks.append([one.paper for one in offered.impressions] if offered else [])
        return None if offered else self.console.say(_why_nothing(self))

    def coming(self) -> list[date]:
        """The days with papers that are still to come."""
        return [day for day in self.days if day > self.now.date()]

    async def next_asked(self) -> None:
        """What `next` does: tomorrow, what the reactions changed, and what can be typed now."""
        before = self.mornings
        await self.next_morning()
        if self.mornings > before and (changed := _leanings_text(self)):
            self.tell(changed)
        self.console.remind()

    async def watch(self) -> None:
        """What `watch` does: the story on a stage of its own, then back to this one."""
        await play(self.screen, topic=TOPIC, mornings=4, size=_STORY_SIZE)
        self.tell(f"Back in your channel, on {self.now:%A} {self.now.day} {self.now:%B}.")
        self.console.remind()

    async def type(self, line: str) -> None:
        """Play a person typing a line."""
        self.screen.print(Text(f"\n› {line}", style="bold magenta"))
        await self.console.handle(line, self.app)

    def hits(self, areas: Mapping[PaperId, str], topic: str) -> list[bool]:
        """Which of the latest picks are about that topic, in order."""
        return [areas[paper] == topic for paper in self.picks[-1]]

    async def judge(self, hits: Sequence[bool]) -> None:
        """Play the reader: 👍 for a hit, 👎 for the rest."""
        for position, hit in enumerate(hits, 1):
            await self.type(f"{'+' if hit else '-'} {position}")

    def tell(self, text: str) -> None:
        """The story's own voice."""
        self.screen.print(Text(f"\n{text}", style="italic"))


async def demo(screen: Screen, *, interactive: bool, mornings: int = 4) -> None:
    """With a person at the keyboard, or by itself."""
    if interactive:
        async with open_stage(screen) as stage:
            await _with_person(stage)
    else:
        await play(screen, topic=TOPIC, mornings=mornings, size=_STORY_SIZE)


async def play(screen: Screen, *, topic: str, mornings: int, size: int) -> list[float]:
    """The story of a reader who likes one of the sample's areas; returns the hit rate of each morning."""
    async with open_stage(screen) as stage:
        return await _story(stage, topic, mornings, size)


def sample_areas() -> dict[PaperId, str]:
    """The area each sample paper is labelled with."""
    return {PaperId(row["id"]): row["area"] for row in _sample()}


def _sample() -> list[dict[str, str]]:
    lines = (files("bot.sample") / "papers.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@asynccontextmanager
async def open_stage(screen: Screen) -> AsyncIterator[Stage]:
    """A demo before its first morning, given back at the end."""
    with TemporaryDirectory(prefix="paperboy-demo-") as folder:
        stage = _set(screen, Path(folder))
        try:
            yield stage
        finally:
            await stage.app.close()


def _set(screen: Screen, folder: Path) -> Stage:
    store = SqliteStore(folder / "paperboy.db")
    store.migrate()
    days = sorted({date.fromisoformat(row["announced_on"]) for row in _sample()})

    def clock() -> datetime:
        return stage.now

    async def turn() -> None:
        await stage.next_asked()

    async def watch() -> None:
        await stage.watch()

    console = Console(screen, clock, {"next": turn, "watch": watch}, hint=HINT)
    index = TantivyIndex(folder / "search")
    parts = Parts(
        store, index, recommend.Learner(), clock, [console], [SamplePapers(clock)], pace=timedelta(0)
    )
    stage = Stage(App(parts), console, screen, days, datetime.combine(days[0], _MORNING, UTC))
    store.add_subscription(Subscription(CHANNEL, since=stage.now - timedelta(days=1)))
    return stage


async def _with_person(stage: Stage) -> None:
    stage.tell(
        "Paperboy brings new papers into your channel every morning and learns from your reactions. This terminal is "
        "the channel; the papers are real, from October 2025. Nothing leaves this machine."
    )
    await stage.next_asked()
    await stage.console.run(stage.app)


async def _story(stage: Stage, topic: str, mornings: int, size: int) -> list[float]:
    areas = sample_areas()
    stage.tell(
        "Paperboy posts a few new papers into a channel every morning and learns from the reactions. Here is a reader "
        f"who likes one topic, {topic}, in a channel that follows nothing yet. They react 👍 to their topic and 👎 to "
        "the rest, and never type a keyword. The papers are real, from October 2025."
    )
    await stage.type(f"/papers when mon-fri 09:00 {size} papers")
    rates: list[float] = []
    hits: list[bool] = []
    while len(rates) < mornings and stage.coming():
        await stage.judge(hits)
        await stage.next_morning()
        hits = stage.hits(areas, topic)
        rates.append(sum(hits) / len(hits) if hits else 0.0)
        stage.tell(f"Hit rate of morning {len(rates)}: {sum(hits)} of {len(hits)} picks are about {topic}.")
        if len(rates) > 1:
            stage.tell(
                f"What changed since morning 1: {rates[0]:.0%} → {rates[-1]:.0%} on topic. {_leanings_text(stage)}"
            )
    await _ask_around(stage)
    _summary(stage, rates, areas, topic)
    return rates


def _why_nothing(stage: Stage) -> str:
    subscription = stage.app.parts.store.subscription(CHANNEL)
    if subscription and subscription.paused:
        return f"Nothing comes: digests are paused ({subscription.paused}). /papers resume starts them again."
    return (
        f"Nothing comes on {stage.now:%A at %H:%M} UTC. /papers when shows and changes the days and the time."
    )


def _leanings_text(stage: Stage) -> str:
    """What the reactions so far speak for and against; empty where there are none."""
    parts = stage.app.parts
    subscription = parts.store.subscription(CHANNEL)
    assert subscription is not None
    profile = Morning(parts.store, parts.clock()).profile(subscription)
    if not profile.ratings:
        return ""
    towards, away = (", ".join(side) or "nothing yet" for side in parts.recommender.leanings(profile, 4))
    return f"The reactions so far speak for {towards} and against {away}."


async def _ask_around(stage: Stage) -> None:
    stage.tell("Anybody can ask why, see what was learned, and search the archive:")
    for line in ("/papers why 1", "/papers topics", "/papers search jailbreak"):
        await stage.type(line)
    stage.tell("And anybody can simply say what they read; the next pick follows at once:")
    for line in ("/papers follow speech recognition", "/papers today"):
        await stage.type(line)


def _summary(stage: Stage, rates: Sequence[float], areas: Mapping[PaperId, str], topic: str) -> None:
    stage.tell("Share of the morning's picks on the topic:")
    for number, rate in enumerate(rates, 1):
        stage.screen.print(
            Text(f"  morning {number:2}  {'█' * round(rate * 25):25} {rate:4.0%}", style="green")
        )
    share = sum(area == topic for area in areas.values()) / len(areas)
    stage.tell(f"A random pick is on the topic {share:.0%} of the time.")
    stage.tell(
        "Now yours: run `make demo` in a terminal, or read the README: Slack or Discord in five minutes."
    )
