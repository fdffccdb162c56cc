"""The app's own jobs: one channel's trouble is its own, and what changed meanwhile counts."""

from asyncio import gather
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import App, Parts
from bot.model import Cadence, Channel, Interest, Paper, Recommendation, Request, Subscription, UserId
from bot.ports import Profile, Query
from bot.recommend import NewestFirst
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.papers import DAY, shelf
from tests.store.samples import paper

NOW = datetime(DAY.year, DAY.month, DAY.day, 9, 1, tzinfo=UTC)
FIRST, SECOND = Channel("slack", "T1", "C1"), Channel("slack", "T1", "C2")


class Fussy(NewestFirst):
    """Fails for whoever follows anything."""

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        if profile.interests:
            raise ArithmeticError("an accident of ours")
        return super().recommend(profile, candidates, k)


class Meddling(NewestFirst):
    """While it ranks for the first channel, something happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens: Callable[[], object] | None = happens
        self.profiles: list[Profile] = []

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        happens, self._happens = self._happens, None
        if happens:
            happens()
        self.profiles.append(profile)
        return super().recommend(profile, candidates, k)


def app_over(store: MemoryStore, recommender: NewestFirst) -> App:
    return App(Parts(store, TantivyIndex(None), recommender, lambda: NOW))


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    made.add_papers(shelf(2))
    for channel in (FIRST, SECOND):
        made.add_subscription(Subscription(channel, NOW - timedelta(days=3)))
    return made


async def test_an_accident_with_one_channel_does_not_cost_the_others_their_digest(
    store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.add_interest(FIRST, Interest("robots"))
    assert await app_over(store, Fussy()).plan() == 1
    assert store.digest(FIRST, DAY) is None
    assert store.digest(SECOND, DAY)
    said = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert said == [f"the digest of {FIRST} failed unexpectedly"]


async def test_who_is_steered_while_all_are_ranked_gets_what_is_wanted_now(store: MemoryStore) -> None:
    follows = Interest("robots")
    recommender = Meddling(lambda: store.add_interest(SECOND, follows))
    assert await app_over(store, recommender).plan() == 2
    assert [profile.interests for profile in recommender.profiles] == [(), (), (follows,)]


async def test_of_two_who_index_at_once_one_does_it_all(store: MemoryStore) -> None:
    store.add_papers([paper(number) for number in range(500)])
    app = app_over(store, NewestFirst())
    assert sorted(await gather(app.index(), app.index(), app.index())) == [0, 0, store.paper_count()]
    assert len(app.parts.index.search(Query(), 999)) == store.paper_count()


async def test_what_is_pruned_is_found_no_more(store: MemoryStore) -> None:
    app = App(Parts(store, TantivyIndex(None), NewestFirst(), lambda: NOW, keep=timedelta(days=30)))
    store.add_papers([paper(1, announced_on=DAY - timedelta(days=31))])
    await app.index()
    assert (await app.prune(), await app.index()) == (1, 0)
    found = {hit.paper for hit in app.parts.index.search(Query(), 99)}
    assert found == {one.id for _, one in store.papers_after(0, 99)}


async def test_a_zone_this_machine_does_not_know_stops_nobody_else(store: MemoryStore) -> None:
    odd = store.subscription(FIRST)
    assert odd
    store.save_subscription(replace(odd, cadence=Cadence(zone="Mars/Olympus")))
    assert await app_over(store, NewestFirst()).plan() == 1


async def test_a_channel_paused_while_others_were_ranked_gets_no_digest(store: MemoryStore) -> None:
    app = app_over(store, Meddling(lambda: store.save_paused(SECOND, "enough")))
    assert await app.plan() == 1
    assert store.posts(SECOND, DAY) == []


async def test_a_pick_is_of_the_version_that_began_to_rank(store: MemoryStore) -> None:
    recommender = Meddling(lambda: setattr(recommender, "version", "newest-2"))
    await app_over(store, recommender).plan()
    for channel in (FIRST, SECOND):
        digest = store.digest(channel, DAY)
        assert digest
        assert {one.model for one in digest.impressions} == {"newest-1"}


async def test_choosing_only_the_size_does_not_drop_a_morning_that_is_due(store: MemoryStore) -> None:
    app = app_over(store, NewestFirst())
    await app.on_command(Request(FIRST, UserId("slack:T1/U1"), "when 2 papers"))
    assert await app.plan() == 2
    assert len(store.posts(FIRST, DAY)) == 3


async def test_an_accident_of_ours_is_said_as_one(store: MemoryStore) -> None:
    store.add_interest(FIRST, Interest("robots"))
    app = app_over(store, Fussy())
    said = await app.on_command(Request(FIRST, UserId("slack:T1/U1"), "today"))
    assert "failed on my side" in said.text
