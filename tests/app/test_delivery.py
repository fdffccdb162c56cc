"""What happens to a message that a platform refuses, accepts without saying so, or never hears of."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.app import App, Parts
from bot.checkup import status_lines, status_of
from bot.circumstances import Circumstances
from bot.delivery import Delivery, deadline_after
from bot.digest import Choice, card_of, delivery_key, header, unsettled
from bot.errors import PlatformError
from bot.model import (
    FIRST_SHARED,
    Cadence,
    Channel,
    DeliveryKey,
    Digest,
    Impression,
    Message,
    MessageId,
    Paper,
    Post,
    Subscription,
    message_id,
)
from bot.ports import Profile
from bot.recommend import NewestFirst
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.papers import DAY, shelf

NOW = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC)
CHANNELS = [Channel("slack", "T1", f"C{number}") for number in range(3)]
LEASE = timedelta(seconds=90)


@dataclass
class Wall:
    """A platform that does what `answer` says, and remembers what stands on it."""

    answer: Callable[[DeliveryKey, int], PlatformError | None] = lambda key, attempt: None
    name: str = "slack"
    remembers_keys: timedelta = timedelta(0)
    readable: bool = True
    stands: list[DeliveryKey] = field(default_factory=list)
    tried: list[DeliveryKey] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def post(
        self, channel: Channel, message: Message, *, key: DeliveryKey, thread: MessageId | None = None
    ) -> MessageId:
        self.tried.append(key)
        if self.gate:
            await self.gate.wait()
        error = self.answer(key, self.tried.count(key))
        if error is None or error.unsure:
            self.stands.append(key)
        if error:
            raise error
        return message_id(channel, key.rpartition("#")[2])

    async def find(
        self, channel: Channel, message: Message, *, key: DeliveryKey, since: datetime
    ) -> MessageId | None:
        if not self.readable:
            raise PlatformError("slack", "may not read the channel's history", permanent=True)
        return message_id(channel, key.rpartition("#")[2]) if key in self.stands else None


@dataclass
class Desk:
    store: MemoryStore
    wall: Wall
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.delivery = self.over()

    def over(self, **more: timedelta) -> Delivery:
        return Delivery(
            self.store,
            {"slack": self.wall},  # type: ignore[dict-item]
            lambda: self.now,
            lambda post: NOW + timedelta(hours=6),
            lease=LEASE,
            pace=timedelta(0),
            **more,
        )

    def plan(self, channel: Channel, messages: int = 3) -> None:
        self.store.add_subscription(Subscription(channel, NOW))
        keys = [delivery_key(channel, DAY, i) for i in range(messages)]
        posts = [Post(key, channel, DAY, i, Message(f"message {i}")) for i, key in enumerate(keys)]
        assert self.store.plan_digest(Digest(channel, DAY, NOW), posts)

    def states(self, channel: Channel = CHANNELS[0]) -> list[str]:
        return [post.state for post in self.store.posts(channel, DAY)]

    async def later(self, passed: timedelta) -> int:
        self.now += passed
        return await self.delivery.send_all()


@pytest.fixture
def desk() -> Desk:
    made = Desk(MemoryStore(), Wall())
    made.plan(CHANNELS[0])
    return made


def refusing(
    error: PlatformError, *, times: int = 10**9
) -> Callable[[DeliveryKey, int], PlatformError | None]:
    return lambda key, attempt: error if key.endswith("#1") and attempt <= times else None


async def test_messages_go_out_once_and_in_order(desk: Desk) -> None:
    assert await desk.delivery.send_all() == 3
    assert await desk.delivery.send_all() == 0
    assert desk.wall.tried == [delivery_key(CHANNELS[0], DAY, i) for i in range(3)]


async def test_nothing_is_left_lying_when_messages_end_while_it_looks_for_more() -> None:
    for _ in range(20):
        desk = Desk(MemoryStore(), Wall())
        desk.plan(CHANNELS[0], 8)
        assert await desk.delivery.send_all() == 8


async def test_a_rate_limit_is_waited_for_and_holds_up_no_other_channel(desk: Desk) -> None:
    limit = PlatformError("slack", "too many requests", retry_after=30)
    desk.wall.answer = lambda key, attempt: limit if key.startswith("slack:T1/C0") and attempt == 1 else None
    desk.plan(CHANNELS[1])
    assert await desk.delivery.send_all() == 3
    assert desk.states(CHANNELS[1]) == ["sent"] * 3
    assert await desk.later(timedelta(seconds=29)) == 0
    assert await desk.later(timedelta(seconds=2)) == 1


async def test_what_may_have_arrived_is_looked_for_before_it_is_sent_again(desk: Desk) -> None:
    desk.wall.answer = refusing(PlatformError("slack", "no usable answer", unsure=True), times=1)
    assert await desk.delivery.send_all() == 1
    assert desk.states() == ["sent", "sending", "planned"]
    assert await desk.later(timedelta(seconds=60)) == 0
    await desk.later(timedelta(seconds=31))
    assert desk.states() == ["sent"] * 3
    assert len(desk.wall.tried) == 3


async def test_a_platform_that_remembers_the_key_is_simply_told_again(desk: Desk) -> None:
    desk.wall.remembers_keys = timedelta(minutes=2)
    desk.wall.readable = False
    desk.wall.answer = refusing(PlatformError("slack", "no usable answer", unsure=True), times=1)
    await desk.delivery.send_all()
    await desk.later(LEASE + timedelta(seconds=1))
    assert desk.states() == ["sent"] * 3


async def test_where_nobody_can_look_it_is_sent_at_most_once_and_marked(desk: Desk) -> None:
    desk.wall.readable = False
    desk.wall.answer = refusing(PlatformError("slack", "no usable answer", unsure=True))
    await desk.delivery.send_all()
    await desk.later(LEASE + timedelta(seconds=1))
    assert desk.states() == ["sent", "unknown", "sent"]
    assert [post.error for post in desk.store.troubled_posts(DAY)] == [
        "may or may not have been posted: may not read the channel's history"
    ]
    assert len(desk.wall.tried) == 3


async def test_a_channel_that_is_gone_is_paused_with_the_reason(desk: Desk) -> None:
    desk.wall.answer = refusing(PlatformError("slack", "the channel is gone", permanent=True))
    await desk.delivery.send_all()
    assert desk.states()[:2] == ["sent", "failed"]
    subscription = desk.store.subscription(CHANNELS[0])
    assert subscription
    assert subscription.paused == "the channel is gone"


async def test_a_wrong_token_loses_no_digest_and_pauses_no_channel(desk: Desk) -> None:
    wrong = PlatformError("slack", "SLACK_BOT_TOKEN is not accepted", permanent=True, about_us=True)
    desk.wall.answer = lambda key, attempt: wrong if desk.now < NOW + timedelta(hours=20) else None
    for _ in range(21 * 12):
        await desk.later(timedelta(minutes=5))
    assert desk.states() == ["sent"] * 3
    subscription = desk.store.subscription(CHANNELS[0])
    assert subscription
    assert not subscription.paused


async def test_a_passing_trouble_is_tried_again_with_growing_waits_until_the_grace_is_over(
    desk: Desk,
) -> None:
    desk.wall.answer = refusing(PlatformError("slack", "out of order"))
    attempts = []
    for _ in range(6 * 60 * 2):
        before = len(desk.wall.tried)
        await desk.later(timedelta(seconds=30))
        attempts += [desk.now - NOW] * (len(desk.wall.tried) - before)
    assert desk.states() == ["sent", "failed", "sent"]
    assert "given up, too late for its day: out of order" in desk.store.posts(CHANNELS[0], DAY)[1].error
    assert 20 < len(attempts) < 100


async def test_a_post_of_a_dead_process_is_taken_over_when_its_lease_ends(desk: Desk) -> None:
    claimed = desk.store.claim_post(NOW, NOW - LEASE)
    assert claimed
    assert await desk.later(timedelta(seconds=60)) == 0
    assert await desk.later(timedelta(seconds=31)) == 3
    assert len(desk.wall.stands) == 3


async def test_a_call_that_hangs_is_given_up_and_looked_for(desk: Desk) -> None:
    desk.delivery = desk.over(call_within=timedelta(seconds=0.01))
    desk.wall.gate = asyncio.Event()
    await desk.delivery.send_all()
    assert desk.states() == ["sending", "planned", "planned"]
    desk.wall.gate.set()
    await desk.later(LEASE + timedelta(seconds=1))
    assert desk.states() == ["sent"] * 3


async def test_stopping_lets_what_is_in_flight_finish_and_takes_nothing_new(desk: Desk) -> None:
    desk.wall.gate = asyncio.Event()
    sending = asyncio.ensure_future(desk.delivery.run(0.01))
    while not desk.wall.tried:  # noqa: ASYNC110 (no event of ours to wait for)
        await asyncio.sleep(0)
    stopping = asyncio.ensure_future(desk.delivery.stop(5))
    await asyncio.sleep(0)
    desk.wall.gate.set()
    await stopping
    await sending
    assert desk.states() == ["sent", "planned", "planned"]


async def test_what_does_not_finish_in_time_is_left_to_be_looked_for(desk: Desk) -> None:
    desk.wall.gate = asyncio.Event()
    sending = asyncio.ensure_future(desk.delivery.run(0.01))
    while not desk.wall.tried:  # noqa: ASYNC110 (no event of ours to wait for)
        await asyncio.sleep(0)
    await desk.delivery.stop(0.01)
    await sending
    assert desk.states() == ["sending", "planned", "planned"]


async def test_a_platform_that_is_not_configured_here_holds_up_nobody(desk: Desk) -> None:
    elsewhere = replace(CHANNELS[0], platform="discord")
    desk.plan(elsewhere, 1)
    assert await desk.delivery.send_all() == 3
    assert desk.states(elsewhere) == ["planned"]


async def test_the_next_digest_and_status_own_up_to_what_may_be_missing() -> None:
    store = MemoryStore()
    channel = CHANNELS[0]
    first = shelf(2)[0]
    store.add_papers([first])
    store.add_subscription(Subscription(channel, NOW))
    key = delivery_key(channel, DAY, 0)
    lost = Post(key, channel, DAY, 0, Message(cards=(card_of(first),)), first.id)
    impression = Impression(first.id, 1, 1.0, "newest-1", "new")
    assert store.plan_digest(Digest(channel, DAY, NOW, (impression,)), [lost])
    assert store.claim_post(NOW, NOW - LEASE)
    store.mark_unknown(key, "may not read the channel's history")

    tomorrow = NOW + timedelta(days=1)
    assert await App(Parts(store, TantivyIndex(None), NewestFirst(), lambda: tomorrow)).plan() == 1
    [header, *_] = store.posts(channel, tomorrow.date())
    assert f"may have come without “{first.title}”: may not read" in header.message.text
    lines = status_lines(status_of(store, TantivyIndex(None), NOW), NOW)
    assert f"{key}: UNKNOWN: may not read the channel's history" in lines


def shared(one: Paper, day: date) -> Post:
    key = DeliveryKey(f"{CHANNELS[0]}#{day}#shared {one.id}")
    return Post(key, CHANNELS[0], day, FIRST_SHARED, Message(cards=(card_of(one),)), one.id)


async def test_a_shared_message_that_did_not_come_is_owned_up_to_once() -> None:
    store, papers, days = MemoryStore(), shelf(2), [DAY + timedelta(days=number) for number in range(4)]
    store.add_papers(papers)
    store.add_subscription(Subscription(CHANNELS[0], NOW - timedelta(days=1), size=1))
    app = App(Parts(store, TantivyIndex(None), NewestFirst(), lambda: now))
    for one, day in zip(papers, days[:3], strict=False):
        post = shared(one, day)
        store.share(post)
        store.mark_unsent(post.key, f"refused on day {day.day - DAY.day}", None)
    told = []
    for day in days:
        now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        assert await app.plan() == 1
        [header, *_] = store.posts(CHANNELS[0], day)
        told.append(header.message.text)
    assert "shared" not in told[0]
    for number, text in enumerate(told[1:]):
        said = f"may not have come: “{papers[number].title}” (refused on day {number})."
        assert text.count("What was shared here") == text.count(said) == 1
        assert "The digest of" not in text


def test_a_digest_owns_up_to_its_forerunner_and_to_what_was_shared_since() -> None:
    title = shelf(2)[1].title
    own = replace(shared(shelf(2)[0], DAY), position=1)
    both = [own, shared(shelf(2)[1], DAY)]
    assert unsettled(both, DAY, DAY + timedelta(days=1)) == both
    assert unsettled(both, DAY - timedelta(days=1), DAY) == []
    assert unsettled(both, None, DAY + timedelta(days=1)) == both[1:]
    lost = replace(shared(shelf(2)[1], DAY), error="no history")
    choice = Choice(Profile(), (), (), 0)
    text = header(choice, DAY, Circumstances(NOW), [replace(own, error="too late"), lost]).text
    assert f"come without “{shelf(2)[0].title}”: too late. What was shared here may not have come:" in text
    assert text.endswith(f"“{title}” (no history).")


def test_what_is_shared_late_in_the_day_is_tried_for_hours() -> None:
    store, grace = MemoryStore(), timedelta(hours=6)
    deadline = deadline_after(store, grace)
    post = shared(shelf(1)[0], DAY)
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) + timedelta(days=1)
    assert deadline(post) == midnight + grace
    tokyo = Cadence(at=time(8, 30), zone="Asia/Tokyo")
    store.add_subscription(Subscription(CHANNELS[0], NOW, cadence=tokyo))
    assert deadline(post) == midnight - timedelta(hours=9) + grace
    assert deadline(replace(post, position=1)) == midnight - timedelta(hours=24.5) + grace


async def test_what_was_shared_is_offered_by_no_later_digest() -> None:
    store, papers = MemoryStore(), shelf(2)
    store.add_papers(papers)
    store.add_subscription(Subscription(CHANNELS[0], NOW, size=8))
    chosen = set()
    for one in papers[:3]:
        store.share(shared(one, DAY))
        chosen.add(one.id)
    app = App(Parts(store, TantivyIndex(None), NewestFirst(), lambda: NOW))
    assert await app.plan() == 1
    offered = {offer.impression.paper for offer in store.offers(CHANNELS[0])}
    assert len(offered) == 5
    assert not offered & chosen
