"""What channels asked for, in every store."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, time, timedelta, timezone

import pytest

from bot.errors import StoreError
from bot.model import Cadence, Channel, Filters, Interest, PaperId, Subscription
from bot.ports import Store
from tests.store.samples import DISCORD, NOW, SLACK, paper, subscribed

FULL = Subscription(
    SLACK,
    since=NOW,
    interests=(Interest("speculative decoding"), Interest("cs.CL", category="cs.CL")),
    cadence=Cadence((0, 6), time(7, 30), "Asia/Kolkata"),
    size=7,
    paused="on holiday",
    filters=Filters(
        ("arxiv", "feed:https://example.org/é"), ("cs.CL",), ("speech",), ("surveys", "<!channel>")
    ),
)


def test_nothing_is_subscribed_at_first(store: Store) -> None:
    assert store.subscription(SLACK) is None
    assert store.subscriptions() == []


def test_a_subscription_comes_back_as_it_went_in(store: Store) -> None:
    assert store.add_subscription(FULL) == FULL
    assert store.subscription(SLACK) == FULL
    assert store.subscription(DISCORD) is None


def test_subscribing_again_changes_nothing(store: Store) -> None:
    store.add_subscription(FULL)
    other = Subscription(SLACK, NOW + timedelta(days=1), interests=(Interest("other"),))
    assert store.add_subscription(other) == FULL
    assert store.subscriptions() == [FULL]


def test_times_come_back_in_utc(store: Store) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    store.add_subscription(replace(FULL, since=NOW.astimezone(india)))
    stored = store.subscription(SLACK)
    assert stored is not None
    assert (stored.since, stored.since.utcoffset()) == (NOW, timedelta(0))


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="zone"):
        store.add_subscription(Subscription(SLACK, datetime(2026, 1, 1)))  # noqa: DTZ001
    assert store.subscriptions() == []


@pytest.mark.parametrize(
    "channel", [Channel("slack", "T/1", "C"), Channel("slack", "", "C"), Channel("a:b", "c", "d")]
)
def test_a_channel_that_would_be_read_as_another_is_refused(store: Store, channel: Channel) -> None:
    with pytest.raises(StoreError, match="not a channel"):
        store.add_subscription(Subscription(channel, NOW))
    assert store.subscriptions() == []


def test_saving_replaces_cadence_size_and_since_alone(store: Store) -> None:
    store.add_subscription(FULL)
    since, cadence = NOW + timedelta(days=1), Cadence((1,), time(8), "UTC")
    store.save_subscription(Subscription(SLACK, since, (), cadence, 3, "other", Filters(("other",))))
    assert store.subscription(SLACK) == replace(FULL, since=since, cadence=cadence, size=3)


def test_pausing_and_resuming_leave_all_else_alone(store: Store) -> None:
    running = replace(FULL, paused="")
    store.add_subscription(running)
    assert store.save_paused(SLACK, "away \0")
    assert store.subscription(SLACK) == replace(running, paused="away \ufffd")
    assert store.save_paused(SLACK, "")
    assert store.subscription(SLACK) == running


def test_whoever_pauses_first_gives_the_reason(store: Store) -> None:
    subscribed(store)
    later = NOW + timedelta(days=1)
    assert not store.save_paused(SLACK, "", later)
    assert store.save_paused(SLACK, "channel gone")
    assert not store.save_paused(SLACK, "on holiday", later)
    assert store.subscription(SLACK) == Subscription(SLACK, NOW, paused="channel gone")


def test_resuming_may_say_from_when_on_mornings_count(store: Store) -> None:
    store.add_subscription(FULL)
    later = NOW + timedelta(days=1)
    assert store.save_paused(SLACK, "", later.astimezone(timezone(timedelta(hours=5))))
    assert store.subscription(SLACK) == replace(FULL, paused="", since=later)
    with pytest.raises(StoreError, match="zone"):
        store.save_paused(SLACK, "x", datetime(2026, 1, 1))  # noqa: DTZ001


def test_nobody_can_pause_what_is_not_subscribed(store: Store) -> None:
    subscribed(store, DISCORD)
    assert not store.save_paused(SLACK, "on holiday")
    assert store.subscriptions() == [Subscription(DISCORD, NOW)]


def test_of_threads_pausing_one_channel_one_does(store: Store) -> None:
    subscribed(store)
    reasons = [f"reason {number}" for number in range(8)]
    with ThreadPoolExecutor(len(reasons)) as pool:
        did = list(pool.map(lambda reason: store.save_paused(SLACK, reason), reasons))
    assert did.count(True) == 1
    assert store.subscription(SLACK) == Subscription(SLACK, NOW, paused=reasons[did.index(True)])


def test_threads_pausing_and_choosing_lose_nothing(store: Store) -> None:
    subscribed(store)
    chosen = Subscription(SLACK, NOW, size=9)
    works = [
        lambda: store.save_subscription(chosen),
        lambda: store.save_paused(SLACK, "on holiday"),
        lambda: store.save_filters(SLACK, FULL.filters),
        lambda: store.add_interest(SLACK, Interest("one")),
    ]
    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(lambda work: work(), works))
    expected = replace(chosen, paused="on holiday", filters=FULL.filters, interests=(Interest("one"),))
    assert store.subscription(SLACK) == expected


def test_filters_are_replaced_and_leave_all_else_alone(store: Store) -> None:
    store.add_subscription(FULL)
    filters = Filters(categories=("cs.RO",), exclude=("nul \0",))
    store.save_filters(SLACK, filters)
    assert store.subscription(SLACK) == replace(FULL, filters=replace(filters, exclude=("nul \ufffd",)))
    store.save_filters(SLACK, Filters())
    assert store.subscriptions() == [replace(FULL, filters=Filters())]
    with pytest.raises(StoreError, match="not subscribed"):
        store.save_filters(DISCORD, filters)


def test_saving_what_is_not_subscribed_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="not subscribed"):
        store.save_subscription(FULL)
    assert store.subscriptions() == []


def test_subscriptions_are_sorted_by_channel(store: Store) -> None:
    channels = [
        Channel("slack", "T1", "C2"),
        Channel("slack", "T1-x", "C1"),
        Channel("slack", "T1", "C10"),
        Channel("discord", "9", "7"),
        Channel("slack", "T1", "C1"),
    ]
    for channel in channels:
        subscribed(store, channel)
    assert [one.channel for one in store.subscriptions()] == sorted(channels)


def test_interests_are_kept_in_the_order_they_were_added(store: Store) -> None:
    subscribed(store)
    topics = [
        Interest("z topic"),
        Interest("a topic", category="cs.AI"),
        Interest("m topic", paper=PaperId("x:1")),
        Interest("Ada", author="Ada Lovelace"),
        Interest("École", lab="École normale supérieure"),
    ]
    assert all(store.add_interest(SLACK, topic) for topic in topics)
    assert store.forget_interest(SLACK, "z topic")
    assert store.add_interest(SLACK, topics[0])
    stored = store.subscription(SLACK)
    assert stored is not None
    assert list(stored.interests) == [*topics[1:], topics[0]]
    assert store.subscriptions() == [stored]


def test_an_interest_is_followed_once_whatever_its_case(store: Store) -> None:
    subscribed(store)
    assert store.add_interest(SLACK, Interest("Straße"))
    assert not store.add_interest(SLACK, Interest("STRASSE", category="cs.AI"))
    assert store.forget_interest(SLACK, "strasse")
    assert not store.forget_interest(SLACK, "strasse")


def test_channels_follow_for_themselves(store: Store) -> None:
    subscribed(store)
    subscribed(store, DISCORD)
    assert store.add_interest(SLACK, Interest("one"))
    assert store.add_interest(DISCORD, Interest("one"))
    assert store.forget_interest(SLACK, "one")
    stored = store.subscription(DISCORD)
    assert stored is not None
    assert stored.interests == (Interest("one"),)


def test_only_a_subscribed_channel_can_follow(store: Store) -> None:
    with pytest.raises(StoreError, match="not subscribed"):
        store.add_interest(SLACK, Interest("one"))
    assert not store.forget_interest(SLACK, "one")


def test_a_subscription_with_one_interest_twice_has_it_once(store: Store) -> None:
    twice = replace(FULL, interests=(Interest("One"), Interest("one"), Interest("two")))
    assert store.add_subscription(twice).interests == (Interest("One"), Interest("two"))


def test_a_seed_paper_is_named_by_its_canonical_id(store: Store) -> None:
    subscribed(store)
    store.add_interest(SLACK, Interest("seed", paper=PaperId("hf:seed")))
    stored = store.subscription(SLACK)
    assert stored is not None
    assert stored.interests[0].paper == "hf:seed", "unknown as yet"
    store.add_papers([paper(1, aliases=(PaperId("hf:seed"),))])
    stored = store.subscription(SLACK)
    assert stored is not None
    assert stored.interests[0].paper == paper(1).id


def test_hostile_names_are_only_names(store: Store) -> None:
    subscribed(store)
    names = ["x" * 5000, "'; DROP TABLE interests; --", "<!channel>", "\u202eabc", "%", "_", ""]
    assert all(store.add_interest(SLACK, Interest(name)) for name in names)
    assert store.add_interest(SLACK, Interest("nul \0 and \ud800"))
    stored = store.subscription(SLACK)
    assert stored is not None
    assert [one.name for one in stored.interests] == [*names, "nul \ufffd and \ufffd"]
    assert store.forget_interest(SLACK, "nul \0 and \ud800")


def test_of_threads_following_one_topic_one_does(store: Store) -> None:
    subscribed(store)
    cases = ["topic", "Topic", "TOPIC", "tOPIC"] * 2
    with ThreadPoolExecutor(len(cases)) as pool:
        followed = list(pool.map(lambda name: store.add_interest(SLACK, Interest(name)), cases))
    assert followed.count(True) == 1
    stored = store.subscription(SLACK)
    assert stored is not None
    assert len(stored.interests) == 1


def test_threads_following_different_topics_all_do(store: Store) -> None:
    subscribed(store)
    names = [f"topic {number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda name: store.add_interest(SLACK, Interest(name)), names))
    stored = store.subscription(SLACK)
    assert stored is not None
    assert {one.name for one in stored.interests} == set(names)
