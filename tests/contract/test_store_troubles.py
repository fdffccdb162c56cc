"""Messages whose end is unknown or bad, in every store."""

from datetime import datetime, timedelta

import pytest

from bot.errors import StoreError
from bot.model import Channel, DeliveryKey, MessageId, Post
from bot.ports import Store
from tests.store.samples import DAY, DISCORD, LONG_AGO, MINUTE, NOW, SLACK, key, message, paper, plan

PAPERS = [paper(1), paper(2)]
ONE_DAY = timedelta(days=1)


def claimed(store: Store, now: datetime = NOW, stale: datetime = LONG_AGO) -> Post:
    post = store.claim_post(now, stale)
    assert post is not None
    return post


def test_a_first_attempt_has_no_lost_one_before_it(store: Store) -> None:
    plan(store, PAPERS)
    assert claimed(store).sending_since is None
    assert store.posts(SLACK, DAY)[0].sending_since is None


def test_a_lost_attempt_is_told_to_whoever_takes_over(store: Store) -> None:
    plan(store, PAPERS)
    claimed(store)
    again = claimed(store, NOW + 5 * MINUTE, stale=NOW + MINUTE)
    assert (again.position, again.attempts, again.sending_since) == (0, 2, NOW)
    assert store.posts(SLACK, DAY)[0] == again


def test_of_several_lost_attempts_the_first_is_told(store: Store) -> None:
    plan(store, PAPERS)
    claimed(store)
    claimed(store, NOW + 5 * MINUTE, stale=NOW + MINUTE)
    third = claimed(store, NOW + 10 * MINUTE, stale=NOW + 6 * MINUTE)
    assert (third.attempts, third.sending_since) == (3, NOW)


def test_a_lost_attempt_is_remembered_over_a_refusal(store: Store) -> None:
    plan(store, PAPERS)
    claimed(store)
    again = claimed(store, NOW + 5 * MINUTE, stale=NOW + MINUTE)
    store.mark_unsent(again.key, "cannot be found out now", NOW + 6 * MINUTE)
    assert claimed(store, NOW + 6 * MINUTE).sending_since == NOW


def test_a_refused_attempt_is_no_lost_one(store: Store) -> None:
    plan(store, PAPERS)
    store.mark_unsent(claimed(store).key, "rate limit", NOW)
    assert claimed(store, NOW + MINUTE).sending_since is None


def test_once_sent_nothing_is_lost(store: Store) -> None:
    plan(store, PAPERS)
    claimed(store)
    again = claimed(store, NOW + 5 * MINUTE, stale=NOW + MINUTE)
    store.mark_sent(again.key, MessageId("slack:T1/C1/1"))
    assert store.posts(SLACK, DAY)[0].sending_since is None


def test_an_unknown_post_is_never_sent_again_and_holds_up_nobody(store: Store) -> None:
    plan(store, PAPERS)
    store.mark_unknown(claimed(store).key, "no history")
    unknown = store.posts(SLACK, DAY)[0]
    assert (unknown.state, unknown.error, unknown.attempts) == ("unknown", "no history", 1)
    second = claimed(store)
    assert second.position == 1
    store.mark_sent(second.key, message(SLACK, DAY, 1))
    assert claimed(store).position == 2
    assert store.claim_post(NOW, LONG_AGO) is None
    assert store.claim_post(NOW + ONE_DAY, LONG_AGO) is None


def test_an_unknown_post_cannot_be_planned_again(store: Store) -> None:
    plan(store, PAPERS)
    post = claimed(store)
    store.mark_unknown(post.key, "no history")
    store.mark_unsent(post.key, "late", NOW)
    unknown = store.posts(SLACK, DAY)[0]
    assert (unknown.state, unknown.error) == ("unknown", "no history")


def test_an_unknown_post_may_turn_out_sent(store: Store) -> None:
    plan(store, PAPERS)
    post = claimed(store)
    store.mark_unknown(post.key, "no history")
    store.mark_sent(post.key, message(SLACK, DAY, 0))
    assert store.posts(SLACK, DAY)[0].state == "sent"
    store.mark_unknown(post.key, "late")
    sent = store.posts(SLACK, DAY)[0]
    assert (sent.state, sent.error) == ("sent", "")


def test_a_post_never_planned_cannot_be_unknown(store: Store) -> None:
    with pytest.raises(StoreError, match="#99"):
        store.mark_unknown(DeliveryKey("slack:T1/C1#2026-11-20#99"), "why")


def test_troubled_posts_are_by_channel_day_and_position(store: Store) -> None:
    other = Channel("slack", "T1", "C10")
    for channel in (SLACK, other, DISCORD):
        for number in range(2):
            plan(store, PAPERS, channel, DAY + number * ONE_DAY)
    bad = [(SLACK, 1, 2), (SLACK, 1, 0), (other, 0, 1), (SLACK, 0, 1), (DISCORD, 1, 1)]
    for turn, (channel, number, position) in enumerate(bad):
        where = key(channel, DAY + number * ONE_DAY, position)
        if turn % 2:
            store.mark_unknown(where, "why")
        else:
            store.mark_unsent(where, "why", None)
    store.mark_sent(key(SLACK, DAY, 0), message(SLACK, DAY, 0))
    found = [(one.channel, (one.day - DAY).days, one.position) for one in store.troubled_posts(DAY)]
    assert found == sorted(bad)
    assert {one.state for one in store.troubled_posts(DAY)} == {"failed", "unknown"}
    late = store.troubled_posts(DAY + ONE_DAY)
    assert [(one.channel, one.position) for one in late] == [(DISCORD, 1), (SLACK, 0), (SLACK, 2)]
    assert store.troubled_posts(DAY + 2 * ONE_DAY) == []
