"""A feed that is late: the digest waits, then goes out with an honest line; what came late is offered next time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.app import App, Parts
from bot.model import Channel, Fetch, Filters, Post, Request, Subscription, UserId
from bot.ports import Reading
from bot.recommend import NewestFirst
from bot.search.tantivy_index import TantivyIndex
from bot.settings import DigestSettings
from bot.store.memory import MemoryStore
from tests.papers import DAY, paper
from tests.sources.scripted import Scripted

CHANNEL = Channel("slack", "T1", "C1")
TUESDAY, WEDNESDAY = DAY + timedelta(days=1), DAY + timedelta(days=2)
OLD = [paper(i, f"Of Monday {i}", categories=("cs.CL",)) for i in range(2)]
NEW = [paper(10 + i, f"Of Tuesday {i}", categories=("cs.CL",), announced_on=TUESDAY) for i in range(2)]


def at(hour: int, minute: int, day: date = TUESDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


class Morning:
    """An app with one channel served at 09:00 UTC, which is four in the morning in New York."""

    def __init__(self, **chosen: object) -> None:
        self.now = at(4, 30)
        self.feed = Scripted(name="arxiv", area="cs.CL")
        self.store = MemoryStore()
        self.store.add_subscription(Subscription(CHANNEL, at(0, 0, DAY), **chosen))  # type: ignore[arg-type]
        self.app = App(
            Parts(
                self.store,
                TantivyIndex(None),
                NewestFirst(),
                lambda: self.now,
                sources=[self.feed],
                defaults=DigestSettings(patience_hours=2.0, grace_hours=6),
            )
        )
        self.store.record_fetch(Fetch("arxiv", at(5, 30, DAY), area="cs.CL", batch=DAY))
        self.stale()

    def stale(self) -> None:
        self.feed.entries = (
            *OLD,
            Reading(200, "2603.00001", DAY, stale=True, note="still the batch of 2 March"),
        )

    def fresh(self) -> None:
        self.feed.entries = (*NEW, Reading(200, "2603.00011", TUESDAY))

    async def at(self, hour: int, minute: int, day: date = TUESDAY) -> list[Post]:
        """The day's messages once the clock says so."""
        self.now = at(hour, minute, day)
        await self.app.fetch()
        await self.app.plan()
        return self.store.posts(CHANNEL, day)


@pytest.fixture
def morning() -> Morning:
    return Morning()


def text_of(posts: list[Post]) -> str:
    return " ".join([post.message.text for post in posts] + [c.title for p in posts for c in p.message.cards])


async def test_a_digest_waits_for_what_is_late_and_goes_out_when_it_comes(morning: Morning) -> None:
    assert await morning.at(9, 1) == []
    assert await morning.at(9, 50) == []
    morning.fresh()
    posts = await morning.at(10, 0)
    assert "Of Tuesday 0" in text_of(posts)
    assert "late at arXiv" not in text_of(posts)


async def test_meanwhile_everybody_who_asks_is_told_what_it_waits_for(morning: Morning) -> None:
    assert await morning.at(9, 1) == []
    request = Request(CHANNEL, UserId("slack:T1/U1"), "status")
    text = (await morning.app.on_command(request)).text
    assert "Today's papers in cs.CL are late at arXiv" in text
    assert "Today's digest waits for them, until Tue 3 Mar, 11:00 at the latest." in text
    assert "next: Tue 3 Mar, 11:00" in (await morning.app.on_command(replace(request, text="when"))).text
    await morning.at(11, 1)
    assert "waits" not in (await morning.app.on_command(request)).text


async def test_after_its_patience_it_goes_out_and_says_what_is_missing(morning: Morning) -> None:
    assert await morning.at(10, 59) == []
    posts = await morning.at(11, 1)
    assert "Today's papers in cs.CL are late at arXiv; they come with the next digest." in text_of(posts)
    assert "Of Monday 0" in text_of(posts)


async def test_what_came_late_is_offered_the_next_morning(morning: Morning) -> None:
    await morning.at(11, 1)
    morning.fresh()
    await morning.at(15, 0)
    morning.feed.entries = (paper(20, "Of Wednesday", announced_on=WEDNESDAY), Reading(200, "x", WEDNESDAY))
    posts = await morning.at(9, 1, WEDNESDAY)
    assert "Of Tuesday 0" in text_of(posts)
    assert "Of Wednesday" in text_of(posts)
    assert "Of Monday" not in text_of(posts)


async def test_a_channel_that_reads_something_else_does_not_wait() -> None:
    for chosen in (Filters(sources=("huggingface",)), Filters(categories=("hep-th",))):
        assert await Morning(filters=chosen).at(9, 1)


async def test_patience_never_outlasts_the_grace() -> None:
    morning = Morning()
    defaults = DigestSettings(patience_hours=22.0, grace_hours=3)
    morning.app = App(
        Parts(
            morning.store,
            TantivyIndex(None),
            NewestFirst(),
            lambda: morning.now,
            sources=[morning.feed],
            defaults=defaults,
        )
    )
    assert await morning.at(11, 45) == []
    assert await morning.at(11, 55), "a digest that is dropped would be worse than a poor one"
