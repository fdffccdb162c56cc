"""A storm of reactions while digests of many channels are being ranked and posted.

usage: python -m benchmarks.reactions [--reactions 20000] [--channels 1000] [--per-second 400]

Reactions and slash commands enter where the platforms' adapters hand them in; digests are ranked by the learner and
posted through the real Slack client to a local Slack in another process; facts go into an SQLite file.
"""

import argparse
import asyncio
import json
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.slack_process import remote_slack
from bot.adapters.slack import SlackPlatform
from bot.app import App, Parts
from bot.model import DOWN, UP, Channel, Interest, Reaction, Request, Subscription, UserId
from bot.recommend import Learner
from bot.search.tantivy_index import TantivyIndex
from bot.settings import DigestSettings
from bot.store.sqlite import SqliteStore
from tests.adapters.slack_payloads import TEAM
from tests.adapters.slack_server import APP_TOKEN, BOT_TOKEN
from tests.app.victim import due_at_any_hour
from tests.papers import shelf


class Storm:
    """Who reacts to what, and how long each thing took, in milliseconds."""

    def __init__(self, app: App, channels: list[Channel], papers: list[str]) -> None:
        self._app, self._channels, self._papers = app, channels, papers
        self.stored: list[float] = []
        self.answered: list[float] = []
        self.wanted: set[tuple[Channel, str, str]] = set()

    async def blow(self, count: int, per_second: float) -> None:
        dice, waiting = random.Random(3), set()
        start = time.perf_counter()
        for number in range(count):
            late = start + number / per_second - time.perf_counter()
            if late > 0:
                await asyncio.sleep(late)
            task = asyncio.create_task(self._react(dice, number))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            if number % 200 == 0:
                await self._ask(dice.choice(self._channels))
        await asyncio.gather(*waiting)

    async def _react(self, dice: random.Random, number: int) -> None:
        channel, paper = dice.choice(self._channels), dice.choice(self._papers)
        user, name = UserId(f"slack:{TEAM}/U{number}"), dice.choice([UP, DOWN])
        arrived = time.perf_counter()
        reaction = Reaction(channel, user, name, datetime.now(UTC), paper=paper, event_id=f"Ev{number}")  # type: ignore[arg-type]
        await self._app.on_reaction(reaction)
        self.stored.append(1000 * (time.perf_counter() - arrived))
        self.wanted.add((channel, user, name))

    async def _ask(self, channel: Channel) -> None:
        arrived = time.perf_counter()
        await self._app.on_command(Request(channel, UserId("slack:T1/U1"), "when"))
        self.answered.append(1000 * (time.perf_counter() - arrived))


def percentile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 1)


async def run(
    store: SqliteStore, api_url: str, channels: list[Channel], count: int, per_second: float
) -> Storm:
    platform = SlackPlatform(BOT_TOKEN, APP_TOKEN, api_url=api_url)
    defaults = DigestSettings(grace_hours=23)
    app = App(
        Parts(store, TantivyIndex(None), Learner(), lambda: datetime.now(UTC), [platform], defaults=defaults)
    )
    storm = Storm(
        app,
        channels,
        [
            paper.id
            for paper in store.recent_papers(
                datetime.now(UTC).date(), datetime.now(UTC).date() + timedelta(days=1)
            )
        ],
    )
    working = asyncio.ensure_future(_work(app))
    await storm.blow(count, per_second)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await app.close()
    return storm


async def _work(app: App) -> None:
    planning = asyncio.ensure_future(app.plan())
    while True:
        await app.deliver()
        if planning.done():
            return
        await asyncio.sleep(0.2)


def measure(reactions: int = 20_000, channels: int = 1000, per_second: float = 400) -> dict[str, object]:
    places = [Channel("slack", TEAM, f"C{number:05}") for number in range(channels)]
    with TemporaryDirectory() as folder, remote_slack([place.id for place in places], 1.0) as slack:
        store = SqliteStore(Path(folder) / "papers.db")
        store.migrate()
        now = datetime.now(UTC)
        store.add_papers(shelf(50, day=now.date()))
        cadence = due_at_any_hour(now)
        for place in places:
            store.add_subscription(Subscription(place, now - timedelta(days=2), cadence=cadence))
            store.add_interest(place, Interest("robot grasping"))
        storm = asyncio.run(run(store, slack.api_url, places, reactions, per_second))
        kept = SqliteStore(Path(folder) / "papers.db")
        found = {(place, r.user, r.name) for place in places for r in kept.reactions(place)}
        planned = sum(bool(kept.offers(place)) for place in places)
        kept.close()
    return {
        "reactions": len(storm.stored),
        "lost": len(storm.wanted - found),
        "p50_ms": percentile(storm.stored, 0.5),
        "p99_ms": percentile(storm.stored, 0.99),
        "ack_p99_ms": percentile(storm.answered, 0.99),
        "digests_meanwhile": planned,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reactions", type=int, default=20_000)
    parser.add_argument("--channels", type=int, default=1000)
    parser.add_argument("--per-second", type=float, default=400)
    given = parser.parse_args()
    print(json.dumps(measure(given.reactions, given.channels, given.per_second)))
