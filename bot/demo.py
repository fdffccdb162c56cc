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

from bot.adapters.console import CHANNEL, Console
from bot.app import App, Parts
from bot.digest import profile_of
from bot.model import PaperId, Subscription
from bot.recommend import Rocchio
from bot.search.fts5 import Fts5Index
from bot.sources.sample import SamplePapers
from bot.store.sqlite import SqliteStore

TOPIC = "3D scenes"
"""What the reader of the story likes: one of the areas that the sample papers are labelled with."""

_MORNING = time(9, 0)
_STORY_SIZE = 3


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
        coming = [day for day in self.days if day > self.now.date()]
        if not coming:
            return self.console.say("That was the last morning of the sample. Type quit, or go on searching.")
        self.now = datetime.combine(coming[0], _MORNING, UTC)
        self.mornings += 1
        self.screen.print()
        self.screen.print(Rule(f"Morning {self.mornings}", style="cyan"))
        await self.app.fetch()
        await self.app.morning()
        offered = self.app.parts.store.digest(CHANNEL, coming[0])
        self.picks.append([one.paper for one in offered.impressions] if offered else [])
        return None

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
        await stage.next_morning()

    console = Console(screen, clock, {"next": turn})
    index = Fts5Index(folder / "paperboy.search")
    parts = Parts(store, index, Rocchio(), clock, [console], [SamplePapers(clock)])
    stage = Stage(App(parts), console, screen, days, datetime.combine(days[0], _MORNING, UTC))
    store.add_subscription(Subscription(CHANNEL, since=stage.now - timedelta(days=1)))
    return stage


async def _with_person(stage: Stage) -> None:
    stage.tell(
        "Paperboy brings new papers into your channel every morning and learns from your reactions.\n"
        "This terminal is the channel; the papers are real, from October 2025. Nothing leaves this machine.\n"
        "React with + 2 (👍), - 3 (👎) or save 1; next turns to tomorrow; /papers help shows the rest; quit ends."
    )
    await stage.next_morning()
    await stage.console.run(stage.app)


async def _story(stage: Stage, topic: str, mornings: int, size: int) -> list[float]:
    areas = sample_areas()
    stage.tell(
        "Paperboy posts a few new papers into a channel every morning and learns from the reactions.\n"
        f"Here is a reader who likes one topic, {topic}, in a channel that follows nothing yet. They react 👍 to\n"
        "their topic and 👎 to the rest, and never type a keyword. The papers are real, from October 2025."
    )
    await stage.type(f"/papers when mon-fri 09:00 {size} papers")
    rates: list[float] = []
    for number in range(1, mornings + 1):
        await stage.next_morning()
        hits = stage.hits(areas, topic)
        rates.append(sum(hits) / len(hits) if hits else 0.0)
        stage.tell(f"Hit rate of morning {number}: {sum(hits)} of {len(hits)} picks are about {topic}.")
        if number > 1:
            _what_changed(stage, rates)
        if number < mornings:
            await stage.judge(hits)
    await _ask_around(stage)
    _summary(stage, rates)
    return rates


def _what_changed(stage: Stage, rates: Sequence[float]) -> None:
    towards, away = _leanings(stage)
    stage.tell(
        f"What changed since morning 1: {rates[0]:.0%} → {rates[-1]:.0%} on topic. The reactions so far speak for\n"
        f"{', '.join(towards) or 'nothing yet'} and against {', '.join(away) or 'nothing yet'}."
    )


def _leanings(stage: Stage) -> tuple[list[str], list[str]]:
    parts = stage.app.parts
    subscription = parts.store.subscription(CHANNEL)
    assert subscription is not None
    return parts.recommender.leanings(profile_of(parts.store, subscription), 4)


async def _ask_around(stage: Stage) -> None:
    stage.tell("Anybody can ask why, see what was learned, and search the archive:")
    for line in ("/papers why 1", "/papers topics", "/papers search jailbreak"):
        await stage.type(line)
    stage.tell("And anybody can simply say what they read; the next pick follows at once:")
    for line in ("/papers follow speech recognition", "/papers today"):
        await stage.type(line)


def _summary(stage: Stage, rates: Sequence[float]) -> None:
    stage.tell("Share of the morning's picks that the reader liked:")
    for number, rate in enumerate(rates, 1):
        stage.screen.print(
            Text(f"  morning {number}  {'█' * round(rate * 25):25} {rate:4.0%}", style="green")
        )
    stage.tell(
        "Now yours: run `make demo` in a terminal, or read the README: Slack or Discord in five minutes."
    )
