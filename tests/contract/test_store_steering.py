"""How people steer what channels get, and take it back, in every store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from threading import Barrier

import pytest

from bot.errors import StoreError
from bot.model import (
    Cadence,
    Change,
    Feed,
    Filters,
    Interest,
    PaperId,
    Steering,
    Subscription,
    UserId,
    steering_of,
)
from bot.ports import Store
from tests.store.samples import ANNA, BEN, DAY, DISCORD, MINUTE, NOW, SLACK, paper, plan, subscribed

ONE, TWO = paper(1, aliases=(PaperId("hf:1"),)), paper(2)
BEFORE = Steering((Interest("words"), Interest("Ada", author="Ada Lovelace")), Filters(exclude=("surveys",)))
AFTER = Steering(
    (
        Interest("Zeta", papers=(TWO.id, ONE.id), share=0.1, muted_until=DAY, pinned=True),
        Interest("words", share=2.5),
        Interest("alpha", category="cs.CL", lab="École"),
    ),
    Filters(sources=("arxiv",)),
    wild_cards=3,
    reset_at=NOW,
)
FULL = Subscription(
    SLACK, NOW, BEFORE.interests, Cadence((1,)), size=7, filters=BEFORE.filters, reports=True, paused="away"
)
CHANGE = Change(SLACK, ANNA, NOW, "topics pin 1", BEFORE, AFTER)


def steered(store: Store) -> Steering:
    stored = store.subscription(SLACK)
    assert stored is not None
    assert stored in store.subscriptions()
    return steering_of(stored)


def steer(store: Store, after: Steering, user: UserId = ANNA, what: str = "") -> Change:
    """As a command does it; what was recorded."""
    change = Change(SLACK, user, NOW, what, steered(store), after)
    assert store.steer(SLACK, change.before, after)
    store.record_change(change)
    return change


def test_what_is_steered_at_first_comes_back_as_it_went_in(store: Store) -> None:
    full = replace(FULL, interests=AFTER.interests, wild_cards=0, reset_at=NOW)
    assert store.add_subscription(full) == full
    assert store.subscription(SLACK) == full
    assert store.subscriptions() == [full]


def test_steering_replaces_all_of_it_and_leaves_all_else_alone(store: Store) -> None:
    store.add_papers([ONE, TWO])
    store.add_subscription(FULL)
    assert store.steer(SLACK, BEFORE, AFTER)
    assert steered(store) == AFTER
    assert store.subscription(SLACK) == replace(
        FULL, interests=AFTER.interests, filters=AFTER.filters, wild_cards=3, reset_at=NOW
    )
    assert store.steer(SLACK, AFTER, Steering())
    assert steered(store) == Steering()


@pytest.mark.parametrize(
    "other",
    [
        replace(BEFORE, interests=BEFORE.interests[::-1]),
        replace(BEFORE, interests=BEFORE.interests[:1]),
        replace(BEFORE, interests=(replace(BEFORE.interests[0], pinned=True), BEFORE.interests[1])),
        replace(BEFORE, filters=Filters()),
        replace(BEFORE, wild_cards=0),
        replace(BEFORE, reset_at=NOW),
    ],
)
def test_what_is_not_as_it_was_is_not_steered(store: Store, other: Steering) -> None:
    store.add_subscription(FULL)
    assert not store.steer(SLACK, other, AFTER)
    assert store.subscription(SLACK) == FULL


def test_channels_are_steered_each_for_itself(store: Store) -> None:
    for channel in (SLACK, DISCORD):
        subscribed(store, channel)
    assert store.steer(SLACK, Steering(), AFTER)
    assert store.subscription(DISCORD) == Subscription(DISCORD, NOW)


def test_only_a_subscribed_channel_can_be_steered(store: Store) -> None:
    subscribed(store, DISCORD)
    with pytest.raises(StoreError, match="not subscribed"):
        store.steer(SLACK, Steering(), AFTER)
    with pytest.raises(StoreError, match="not subscribed"):
        store.record_change(CHANGE)
    with pytest.raises(StoreError, match="not subscribed"):
        store.save_reports(SLACK, True)
    assert not store.take_back(CHANGE)
    assert store.subscriptions() == [Subscription(DISCORD, NOW)]


def test_examples_and_seeds_are_compared_and_told_by_their_ids_of_today(store: Store) -> None:
    by_alias = Steering((Interest("kept", papers=(PaperId("hf:1"), TWO.id)), Interest("seed", paper=ONE.id)))
    subscribed(store)
    assert store.steer(SLACK, Steering(), by_alias)
    assert steered(store) == by_alias, "unknown as yet"
    change = Change(SLACK, ANNA, NOW, "", Steering(), by_alias)
    store.record_change(change)
    store.add_papers([ONE, TWO])
    canonical = Steering((Interest("kept", papers=(ONE.id, TWO.id)), Interest("seed", paper=ONE.id)))
    assert steered(store) == canonical
    assert store.last_change(SLACK) == replace(change, after=canonical)
    assert store.steer(SLACK, by_alias, by_alias), "whichever id it is named by"
    assert store.take_back(change)
    assert steered(store) == Steering()


def test_examples_that_become_one_paper_are_one(store: Store) -> None:
    other = replace(TWO, id=PaperId("doi:10.1/j"))
    store.add_papers([ONE, other])
    both = Steering((Interest("kept", papers=(other.id, ONE.id)),))
    subscribed(store)
    change = steer(store, both)
    store.add_papers([replace(ONE, aliases=(*ONE.aliases, other.id))])
    assert steered(store) == Steering((Interest("kept", papers=(ONE.id,)),))
    assert store.steer(SLACK, both, both)
    assert store.take_back(change)
    assert steered(store) == Steering()


def test_an_example_keeps_its_paper(store: Store) -> None:
    old = [replace(one, announced_on=DAY - timedelta(days=9)) for one in (ONE, TWO, paper(3))]
    store.add_papers(old)
    subscribed(store)
    store.steer(SLACK, Steering(), Steering((Interest("kept", papers=(PaperId("hf:1"), TWO.id)),)))
    assert store.prune_papers(DAY) == 1
    assert set(store.papers([one.id for one in old])) == {ONE.id, TWO.id}


def test_of_two_interests_of_one_name_the_first_stays(store: Store) -> None:
    subscribed(store)
    twice = Steering((Interest("One"), Interest("two"), Interest("ONE", pinned=True)))
    change = steer(store, twice)
    assert steered(store) == Steering(twice.interests[:2])
    assert store.take_back(change)
    assert steered(store) == Steering()


def test_hostile_words_are_only_words(store: Store) -> None:
    subscribed(store)
    hostile = Steering((Interest("nul \0 and \ud800"), Interest("'; DROP TABLE changes; --")))
    change = replace(CHANGE, before=Steering(), after=hostile, what="\0%s :x ?")
    assert store.steer(SLACK, Steering(), hostile)
    store.record_change(change)
    names = [one.name for one in steered(store).interests]
    assert names == ["nul \ufffd and \ufffd", "'; DROP TABLE changes; --"]
    last = store.last_change(SLACK)
    assert last is not None
    assert last.what == "\ufffd%s :x ?"
    assert store.steer(SLACK, hostile, hostile)
    assert store.take_back(change)


def test_times_are_kept_in_utc_and_one_without_a_zone_is_refused(store: Store) -> None:
    subscribed(store)
    india = timezone(timedelta(hours=5, minutes=30))
    assert store.steer(SLACK, Steering(), Steering(reset_at=NOW.astimezone(india)))
    reset_at = steered(store).reset_at
    assert reset_at is not None
    assert (reset_at, reset_at.utcoffset()) == (NOW, timedelta(0))
    with pytest.raises(StoreError, match="zone"):
        store.steer(SLACK, Steering(reset_at=NOW), Steering(reset_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    with pytest.raises(StoreError, match="zone"):
        store.record_change(replace(CHANGE, at=datetime(2026, 1, 1)))  # noqa: DTZ001
    assert store.last_change(SLACK) is None


def test_the_latest_change_is_told_of_anyone_and_of_each(store: Store) -> None:
    store.add_subscription(FULL)
    assert store.last_change(SLACK) is None
    first = steer(store, AFTER, ANNA, "one")
    second = steer(store, replace(AFTER, wild_cards=0), BEN, "two")
    assert store.last_change(SLACK) == second
    assert store.last_change(SLACK, BEN) == second
    assert store.last_change(SLACK, ANNA) == first
    assert store.last_change(SLACK, UserId("slack:T1/U9")) is None
    assert store.last_change(DISCORD) is None


def test_changes_are_taken_back_one_after_another(store: Store) -> None:
    store.add_subscription(FULL)
    first = steer(store, AFTER)
    second = steer(store, replace(AFTER, wild_cards=0))
    assert not store.take_back(first), "the second stands on it"
    assert store.last_change(SLACK) == second
    assert store.take_back(second)
    assert steered(store) == AFTER
    assert store.last_change(SLACK) == first
    assert store.take_back(first)
    assert store.subscription(SLACK) == FULL
    assert store.last_change(SLACK) is None


def test_a_change_is_taken_back_once(store: Store) -> None:
    store.add_subscription(FULL)
    change = steer(store, AFTER, what="once")
    assert store.take_back(change)
    again = steer(store, AFTER, what="again")
    assert not store.take_back(change), "though it would fit"
    assert not store.take_back(replace(again, user=BEN))
    assert not store.take_back(replace(again, at=NOW + MINUTE))
    assert steered(store) == AFTER
    assert store.take_back(again)


def test_of_changes_that_are_alike_each_is_taken_back_once(store: Store) -> None:
    store.add_subscription(FULL)
    there = steer(store, AFTER)
    back = steer(store, BEFORE)
    assert steer(store, AFTER) == there
    for change in (there, back, there):
        assert store.last_change(SLACK) == change
        assert store.take_back(change)
    assert not store.take_back(there)
    assert steered(store) == BEFORE


def test_the_latest_twenty_changes_of_a_channel_are_kept(store: Store) -> None:
    subscribed(store, DISCORD)
    subscribed(store)
    other = Change(DISCORD, BEN, NOW, "other", Steering(), Steering())
    store.record_change(other)
    changes = [steer(store, Steering(wild_cards=number % 4), what=str(number)) for number in range(1, 23)]
    assert store.last_change(DISCORD) == other
    for change in changes[:1:-1]:
        assert store.last_change(SLACK) == change
        assert store.take_back(change)
    assert store.last_change(SLACK) is None
    assert steered(store) == changes[1].after


def test_of_threads_steering_from_one_state_one_does(store: Store) -> None:
    """Several times: the first time, a thread that still has to connect comes late."""
    store.add_subscription(FULL)
    together = Barrier(6)

    def go(before: Steering, after: Steering) -> bool:
        together.wait()
        return store.steer(SLACK, before, after)

    with ThreadPoolExecutor(together.parties) as pool:
        for turn in range(5):
            wanted = [
                replace(AFTER, interests=(Interest(f"topic {turn} {number}"),))
                for number in range(together.parties)
            ]
            did = list(pool.map(go, [steered(store)] * together.parties, wanted))
            assert did.count(True) == 1
            assert steered(store) == wanted[did.index(True)]


def test_of_threads_taking_back_one_change_one_does(store: Store) -> None:
    store.add_subscription(FULL)
    change = steer(store, BEFORE, what="nothing changed")
    with ThreadPoolExecutor(8) as pool:
        did = list(pool.map(store.take_back, [change] * 8))
    assert did.count(True) == 1
    assert store.subscription(SLACK) == FULL


def test_threads_steering_and_following_lose_nothing(store: Store) -> None:
    """Whoever comes second either sees what the first one did or is refused."""
    store.add_subscription(FULL)
    together = Barrier(4)

    def go(work: Callable[[], bool]) -> bool:
        together.wait()
        return work()

    with ThreadPoolExecutor(together.parties) as pool:
        for turn in range(5):
            before, another = steered(store), f"another {turn}"
            words = before.interests[0].name
            wanted = replace(before, interests=(*before.interests, Interest(f"wanted {turn}")))
            works: list[Callable[[], bool]] = [
                lambda before=before, wanted=wanted: store.steer(SLACK, before, wanted),  # type: ignore[misc]
                lambda another=another: store.add_interest(SLACK, Interest(another)),  # type: ignore[misc]
                lambda words=words: store.forget_interest(SLACK, words),  # type: ignore[misc]
                lambda turn=turn: store.add_feed(Feed(SLACK, f"https://example.org/{turn}", "", NOW)),  # type: ignore[misc]
            ]
            did, *others = pool.map(go, works)
            names = [one.name for one in steered(store).interests]
            assert others == [True, True, True]
            assert another in names
            assert words not in names
            assert (f"wanted {turn}" in names) == did


def test_a_forgotten_person_is_in_no_journal(store: Store) -> None:
    store.add_subscription(FULL)
    steer(store, AFTER, ANNA)
    kept = steer(store, replace(AFTER, wild_cards=0), BEN)
    steer(store, replace(AFTER, wild_cards=1), ANNA)
    assert store.forget_user(ANNA) == 2
    assert store.last_change(SLACK, ANNA) is None
    assert store.last_change(SLACK) == kept
    assert steered(store) == replace(AFTER, wild_cards=1), "what the channel asked for stays"
    assert store.forget_user(ANNA) == 0


def test_a_forgotten_channel_has_no_journal(store: Store) -> None:
    subscribed(store, DISCORD)
    store.record_change(Change(DISCORD, ANNA, NOW, "", Steering(), Steering()))
    store.add_subscription(FULL)
    change = steer(store, AFTER)
    steer(store, replace(AFTER, wild_cards=0))
    # a subscription, three interests, two changes
    assert store.forget_channel(SLACK) == 1 + 3 + 2
    assert not store.take_back(change)
    store.add_subscription(FULL)
    assert store.last_change(SLACK) is None
    assert store.last_change(DISCORD) is not None


def test_reports_are_switched_on_and_off(store: Store) -> None:
    store.add_subscription(replace(FULL, reports=False))
    store.save_reports(SLACK, True)
    assert store.subscription(SLACK) == FULL
    store.save_reports(SLACK, True)
    store.save_reports(SLACK, False)
    assert store.subscriptions() == [replace(FULL, reports=False)]


def test_every_workspace_is_in_the_crowd_until_it_says_otherwise(store: Store) -> None:
    assert store.not_in_crowd() == frozenset()
    store.save_crowd("slack", "T1", True)
    assert store.not_in_crowd() == frozenset()
    for _ in range(2):
        store.save_crowd("slack", "T1", False)
        store.save_crowd("discord", "T1", False)
    assert store.not_in_crowd() == {("slack", "T1"), ("discord", "T1")}
    store.save_crowd("slack", "T1", True)
    assert store.not_in_crowd() == {("discord", "T1")}


def test_leaving_the_crowd_outlasts_a_channel(store: Store) -> None:
    subscribed(store)
    store.save_crowd("slack", "T1", False)
    store.forget_channel(SLACK)
    assert store.not_in_crowd() == {("slack", "T1")}


def test_an_impression_tells_whose_place_it_got(store: Store) -> None:
    store.add_papers([ONE])
    assert plan(store, [ONE])
    assert [offer.impression.interest for offer in store.offers(SLACK)] == [""]
