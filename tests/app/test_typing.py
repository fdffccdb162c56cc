"""Who types is served at once or not at all, and costs nobody else anything."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from threading import Event

import pytest

from bot.answering import Answering
from bot.app import App, Parts
from bot.commands import Desk
from bot.errors import StoreError
from bot.model import Channel, Request, Subscription, Typing
from bot.recommend import NewestFirst
from bot.search.catchup import catch_up
from bot.search.fts5 import Fts5Index
from bot.store.memory import MemoryStore
from tests.core.asking import ALICE, CHANNEL, NOW
from tests.papers import shelf


class Slow(MemoryStore):
    """Reads no subscription before it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = Event()

    def subscription(self, channel: Channel) -> Subscription | None:
        self.may.wait(30)
        return super().subscription(channel)


class Broken(MemoryStore):
    """A database that went away, or an accident of ours."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def subscription(self, channel: Channel) -> Subscription | None:
        raise self._error


def app_over(store: MemoryStore) -> App:
    store.add_papers(shelf(3))
    index = Fts5Index(None)
    catch_up(index, store)
    return App(Parts(store, index, NewestFirst(), lambda: NOW))


@pytest.fixture
def slow() -> Iterator[Slow]:
    store = Slow()
    yield store
    store.may.set()


async def test_who_types_is_offered_what_may_be_meant() -> None:
    app = app_over(MemoryStore())
    found = await app.on_typing(Typing(CHANNEL, ALICE, "search", "galaxy tel"))
    assert "galaxy telescope" in [one.value for one in found]
    await app.close()


@pytest.mark.parametrize("error", [StoreError("gone"), ArithmeticError("an accident of ours")])
async def test_what_fails_is_logged_and_offers_nothing(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_over(Broken(error))
    with caplog.at_level(logging.ERROR):
        assert await app.on_typing(Typing(CHANNEL, ALICE, "search", "galaxy")) == ()
    assert "typing failed" in caplog.text
    await app.close()


async def test_who_types_while_the_store_is_slow_is_not_kept_waiting_nor_does_it_cost_a_command(
    slow: Slow,
) -> None:
    desk = Desk(slow, Fts5Index(None), NewestFirst(), NOW)
    answering = Answering(lambda _, __: desk, lambda _: nullcontext(), typing_within=0.02)
    typing = Typing(CHANNEL, ALICE, "search", "galaxy")
    async with asyncio.timeout(10):
        assert await asyncio.gather(*(answering.completions(typing) for _ in range(20))) == [()] * 20
        assert (await answering.answer(Request(CHANNEL, ALICE, "help"))).heading == "Paperboy"
    slow.may.set()
    answering.close()
