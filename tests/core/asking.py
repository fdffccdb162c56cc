"""A channel that can be asked anything: its desk, a person who types, a morning's digest."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.circumstances import Circumstances
from bot.commands import Desk, dispatch
from bot.digest import choose, plan
from bot.model import UP, Channel, Message, Paper, Reaction, Request, UserId
from bot.morning import Morning
from bot.recommend import Learner
from bot.search.catchup import catch_up
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.papers import DAY, shelf

CHANNEL = Channel("slack", "T1", "C1")
NOW = datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC)
ALICE = UserId("slack:T1/U1")


def open_desk() -> Iterator[Desk]:
    """For a fixture: over a few papers of four topics."""
    store, index = MemoryStore(), TantivyIndex(None)
    store.add_papers(shelf())
    catch_up(index, store)
    yield Desk(store, index, Learner(), NOW)
    store.close()


def ask(desk: Desk, text: str) -> Message:
    return dispatch(desk, Request(CHANNEL, ALICE, text))


def serve(desk: Desk) -> None:
    """A digest as on any morning."""
    subscription = desk.store.subscription(CHANNEL)
    assert subscription
    choice = choose(Morning(desk.store, NOW), desk.recommender, subscription, DAY, 4)
    assert desk.store.plan_digest(*plan(choice, subscription, DAY, NOW, Circumstances(NOW)))


def like(desk: Desk, *papers: Paper) -> None:
    for one in papers:
        assert desk.store.set_reaction(Reaction(CHANNEL, ALICE, UP, NOW, paper=one.id))
