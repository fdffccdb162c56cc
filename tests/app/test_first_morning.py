"""Whole days through the vendors' real client libraries: fetch → digest → reactions → next digest."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App, Parts
from bot.commands import SPECS
from bot.model import Recommendation
from bot.ports import ChatPlatform, Wish
from bot.recommend import Learner
from bot.search.fts5 import Fts5Index
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.web.http import Door
from bot.store.sqlite import SqliteStore
from tests.adapters.discord_rig import DiscordRig
from tests.adapters.slack_rig import SlackRig
from tests.app.feed_server import FeedServer
from tests.papers import DAY, paper, shelf
from tests.rig import Rig, Said, eventually

TUESDAY = DAY + timedelta(days=1)
WEDNESDAY = DAY + timedelta(days=2)
HOSTILE = paper(999, "<!channel> @everyone ](http://x.example) <@U1> robot " + "x" * 5000)


@dataclass
class Lab:
    """A running bot on one platform, its feed, and a clock that the test turns."""

    app: App
    rig: Rig
    feed: FeedServer
    now: datetime

    async def morning(self, at: datetime) -> list[Said]:
        """What the channel gets said at that time."""
        before = len(self.rig.said())
        self.now = at
        await self.app.fetch()
        await self.app.morning()
        return self.rig.said()[before:]


def nine(day: object) -> datetime:
    return datetime.fromisoformat(f"{day}T09:01:00+00:00").astimezone(UTC)


def robots(said: list[Said]) -> list[Said]:
    return [one for one in said if "robot" in one.text]


@pytest.fixture(params=[SlackRig, lambda: DiscordRig(SPECS)], ids=["slack", "discord"])
async def lab(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Lab]:
    rig: Rig = request.param()
    batches = {DAY: shelf(8), TUESDAY: [HOSTILE, *shelf(8, TUESDAY, 100)], WEDNESDAY: []}
    store = SqliteStore(tmp_path / "paperboy.db")
    store.migrate()
    door = Door(paces={"arxiv": 0.0}, sleep=no_sleep)
    async with FeedServer(batches, lambda: lab.now.date()) as feed:
        platform: ChatPlatform = rig.platform()
        source = ArxivFeed(door, "cs.LG", base_url=feed.url, clock=lambda: lab.now)
        index, pace = Fts5Index(tmp_path / "search"), timedelta(0)
        parts = Parts(store, index, Learner(), lambda: lab.now, [platform], [source], pace=pace)
        lab = Lab(App(parts), rig, feed, datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC))
        serving = asyncio.ensure_future(platform.run(lab.app))
        await rig.connected()
        yield lab
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await lab.app.close()
        await door.close()
        rig.close()


async def no_sleep(seconds: float) -> None:
    """Retries need no waiting here."""


async def test_a_channel_teaches_its_taste_in_a_day(lab: Lab) -> None:
    rig = lab.rig
    reply = await rig.command("when mon-fri 09:00")
    assert "5 papers Mon–Fri at 09:00 (UTC)" in reply.text

    header, *cards = await lab.morning(nine(DAY))
    assert "Monday 2 March" in header.text
    assert "5 of 32 new papers" in header.text
    assert len(cards) == 5
    assert all(label in card.buttons for card in cards for label in ("👍", "👎"))
    first = len(robots(cards))
    assert first < 4

    assert await lab.morning(nine(DAY)) == []  # one digest per channel and day, however often the clock rings

    for card in cards:
        assert card.id
        if "robot" in card.text:
            await rig.react(card.id, "👍")
        else:
            receipt = await rig.press(card.id, "👎")
            assert "👎 noted" in receipt.text
    taste = lab.app.parts.store
    await eventually(lambda: len(taste.reactions(rig.channel)) == 5)

    header, *cards = await lab.morning(nine(TUESDAY))
    assert len(cards) == 5
    assert len(robots(cards)) > first
    assert "Why: you like" in cards[0].text
    assert not any(one.pings for one in rig.said())

    why = await rig.command("why 1")
    assert "Raised by: " in why.text
    found = await rig.command("search galaxy telescope")
    assert "galaxy" in found.text


async def test_taking_a_reaction_back_takes_the_rating_back(lab: Lab) -> None:
    rig, store = lab.rig, lab.app.parts.store
    await rig.command("when daily 09:00")
    _, card, *_ = await lab.morning(nine(DAY))
    assert card.id

    await rig.react(card.id, "👍")
    await eventually(lambda: len(store.reactions(rig.channel)) == 1)
    await rig.react(card.id, "👍", on=False)
    await eventually(lambda: store.reactions(rig.channel) == [])

    receipt = await rig.press(card.id, "👍")
    assert len(store.reactions(rig.channel)) == 1
    undone = await rig.press_private(receipt, "Undo")
    assert "Taken back" in undone.text
    assert store.reactions(rig.channel) == []


async def test_the_bots_own_and_foreign_reactions_do_not_count(lab: Lab) -> None:
    rig, store = lab.rig, lab.app.parts.store
    await rig.command("when daily 09:00")
    header, first, second, *_ = await lab.morning(nine(DAY))
    assert header.id and first.id and second.id
    await rig.react(first.id, "👍", user="bot")
    await rig.react(header.id, "👍")
    await rig.react(second.id, "👍")
    await eventually(lambda: len(store.reactions(rig.channel)) == 1)
    assert [r.paper for r in store.reactions(rig.channel)] == [
        post.paper for post in store.posts(rig.channel, DAY) if post.message_id == second.id
    ]


async def test_a_button_still_works_after_a_restart_of_the_bot(lab: Lab) -> None:
    rig, store = lab.rig, lab.app.parts.store
    await rig.command("when daily 09:00")
    _, card, *_ = await lab.morning(nine(DAY))
    await lab.app.parts.platforms[0].close()

    again = rig.platform()
    serving = asyncio.ensure_future(again.run(lab.app))
    try:
        await rig.connected()
        assert card.id
        assert "noted" in (await rig.press(card.id, "👍")).text
        assert len(store.reactions(rig.channel)) == 1
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await again.close()


async def test_a_day_without_papers_says_why(lab: Lab) -> None:
    await lab.rig.command("when daily 09:00")
    lab.now = nine(WEDNESDAY)
    said = await lab.morning(nine(WEDNESDAY))
    assert [("Nothing new today" in one.text) for one in said] == [True]


async def test_a_source_that_is_down_is_named_and_stops_nothing(lab: Lab) -> None:
    await lab.rig.command("when daily 09:00")
    await lab.morning(nine(DAY))
    lab.feed.failing = True
    assert await lab.morning(nine(TUESDAY)) == [], "today's papers may still come"
    header, *cards = await lab.morning(nine(TUESDAY) + timedelta(hours=2))
    assert "arXiv could not be read" in header.text
    assert "HTTP" not in header.text
    assert len(cards) == 5  # of Monday's papers that were not offered yet


async def test_a_channel_that_is_gone_is_paused_with_the_reason(lab: Lab) -> None:
    rig, store = lab.rig, lab.app.parts.store
    await rig.command("when daily 09:00")
    await rig.expel()
    await eventually(lambda: bool((sub := store.subscription(rig.channel)) and sub.paused))
    assert await lab.morning(nine(DAY)) == []


async def test_commands_are_answered_while_a_digest_is_being_ranked(lab: Lab) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    slow = SlowRecommender(lambda: loop.call_soon_threadsafe(entered.set), go_on, loop)
    await lab.rig.command("when daily 09:00")
    lab.now = nine(DAY)
    await lab.app.fetch()
    lab.app._planning._recommender = slow
    planning = asyncio.ensure_future(lab.app.plan())
    async with asyncio.timeout(20):
        await entered.wait()
    assert "9:00" in (await lab.rig.command("when")).text
    assert not planning.done()
    go_on.set()
    assert await planning == 1


class SlowRecommender(Learner):
    """Ranks only when it is told to go on."""

    def __init__(
        self, entered: Callable[[], object], go_on: asyncio.Event, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__()
        self._entered, self._go_on, self._loop = entered, go_on, loop

    def recommend_all(self, wishes: Sequence[Wish]) -> list[list[Recommendation]]:
        self._entered()
        asyncio.run_coroutine_threadsafe(self._go_on.wait(), self._loop).result(10)
        return super().recommend_all(wishes)


async def test_an_act_of_steering_is_previewed_saved_and_taken_back_by_buttons(lab: Lab) -> None:
    rig, store = lab.rig, lab.app.parts.store
    await rig.command("follow robot grasping")
    preview = await rig.command("topics delete 1")
    assert "“robot grasping” is not followed any more." in preview.text
    saved = await rig.press_private(preview, "Save")
    assert "Saved." in saved.text
    assert [one.interests for one in store.subscriptions()] == [()]

    undone = await rig.press_private(saved, "Undo")
    assert "Taken back: /papers topics delete 1." in undone.text
    assert [one.name for found in store.subscriptions() for one in found.interests] == ["robot grasping"]


async def test_what_is_turned_down_may_be_the_whole_topic(lab: Lab) -> None:
    rig, store = lab.rig, lab.app.parts.store
    await rig.command("when daily 09:00")
    _, card, *_ = await lab.morning(nine(DAY))
    assert card.id
    receipt = await rig.press(card.id, "👎")
    told = await rig.press_private(receipt, "Not this topic")
    assert "rarer here" in told.text
    assert [one.name for one in store.reactions(rig.channel)] == ["👎", "🚫"]
