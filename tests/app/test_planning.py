"""Planning for many channels: some hundred at a time, each digest once, nothing asked twice."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.app import App, Parts
from bot.model import UP, Channel, Digest, Fetch, Paper, Reaction, Recommendation, Subscription, UserId
from bot.planning import CHOSEN, TOGETHER
from bot.ports import Facts, Profile
from bot.recommend import NewestFirst
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.papers import DAY, paper, shelf
from tests.sources.scripted import Scripted

NOW = datetime(DAY.year, DAY.month, DAY.day, 9, 1, tzinfo=UTC)
CHANNELS = [Channel("slack", "T1", f"C{number:04}") for number in range(2 * TOGETHER + 10)]
LAST = CHANNELS[-1]


class Watched(MemoryStore):
    """It remembers whose facts were asked for together, and which leases were taken."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[Channel]] = []
        self.leases: list[str] = []

    def facts(self, channels: Collection[Channel]) -> dict[Channel, Facts]:
        self.asked.append(list(channels))
        return super().facts(channels)

    def take_lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        self.leases.append(name)
        return super().take_lease(name, holder, now, until)


class Listening(NewestFirst):
    """It remembers the profiles that it was asked about; before the first of them something happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens: list[Callable[[], object]] = [happens]
        self.profiles: list[Profile] = []

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        while self._happens:
            self._happens.pop()()
        self.profiles.append(profile)
        return super().recommend(profile, candidates, k)


def app_over(store: MemoryStore, recommender: NewestFirst | None = None, now: datetime = NOW) -> App:
    sources = [Scripted(name="arxiv", area="cs.CL")]
    return App(Parts(store, TantivyIndex(None), recommender or NewestFirst(), lambda: now, sources=sources))


@pytest.fixture
def store() -> Watched:
    made = Watched()
    made.add_papers(shelf(1))
    for channel in CHANNELS:
        made.add_subscription(Subscription(channel, NOW - timedelta(days=3), size=1))
    return made


async def test_facts_are_read_for_some_hundred_channels_at_a_time(store: Watched) -> None:
    assert await app_over(store).plan() == len(CHANNELS)
    assert [len(some) for some in store.asked] == [TOGETHER, TOGETHER, 10]
    assert len(store.leases) == 3
    assert all(store.digest(channel, DAY) for channel in CHANNELS)


async def test_a_reaction_while_others_are_ranked_counts(store: Watched) -> None:
    liked = Reaction(LAST, UserId("slack:T1/U1"), UP, NOW, paper=paper(1).id)
    recommender = Listening(lambda: store.set_reaction(liked))
    await app_over(store, recommender).plan()
    assert [one.id for one, _ in recommender.profiles[-1].ratings] == [paper(1).id]
    assert not any(profile.ratings for profile in recommender.profiles[:-1])


async def test_who_stops_chooses_for_a_few_more_at_most(store: Watched) -> None:
    recommender = Listening(lambda: setattr(app._planning, "_closed", True))
    app = app_over(store, recommender)
    assert await app.plan() == 0
    assert len(recommender.profiles) == CHOSEN


async def test_what_is_planned_is_not_asked_for_again(store: Watched) -> None:
    app = app_over(store)
    await app.plan()
    store.asked.clear()
    store.leases.clear()
    assert await app.plan() == 0
    assert (store.asked, store.leases) == ([], [])
    recommender = Listening(lambda: None)
    assert await app_over(store, recommender).plan() == 0, "another process looks for itself"
    assert recommender.profiles == [], "and ranks for nobody"


async def test_two_processes_share_the_work(store: Watched) -> None:
    apps = [app_over(store), app_over(store)]
    assert sum(await asyncio.gather(*(app.plan() for app in apps))) == len(CHANNELS)
    assert all(len(store.posts(channel, DAY)) == 2 for channel in CHANNELS)


async def test_a_day_that_another_process_claimed_without_papers_is_left_alone() -> None:
    store = MemoryStore()
    store.add_subscription(Subscription(LAST, NOW - timedelta(days=3)))
    assert store.plan_digest(Digest(LAST, DAY, NOW), [])
    assert await app_over(store).plan() == 0


async def test_who_waits_for_what_is_late_takes_no_lease_and_logs_nothing(
    store: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    tuesday = NOW + timedelta(days=1)
    store.record_fetch(Fetch("arxiv", NOW, area="cs.CL", batch=date(2026, 3, 2)))
    assert await app_over(store, now=tuesday).plan() == 0
    assert store.leases == []
    assert not [record for record in caplog.records if record.name.startswith("bot")]
    assert await app_over(store, now=tuesday + timedelta(hours=2)).plan() == len(CHANNELS)
