"""Digests and the messages on their way, in every store."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from sys import getswitchinterval, setswitchinterval
from threading import Barrier, Lock
from time import monotonic

import pytest

from bot.errors import StoreError
from bot.model import Button, Card, Channel, DeliveryKey, Link, Message, MessageId, PaperId, Post
from bot.ports import Store
from tests.store.samples import (
    DAY,
    DISCORD,
    LONG_AGO,
    MINUTE,
    NOW,
    SLACK,
    digest,
    key,
    message,
    paper,
    plan,
    send,
)

ONE_DAY = timedelta(days=1)
PAPERS = [paper(1), paper(2), paper(3)]


def claim(store: Store, now: datetime = NOW, stale: datetime = LONG_AGO) -> Post | None:
    return store.claim_post(now, stale)


def claimed(store: Store, now: datetime = NOW, stale: datetime = LONG_AGO) -> Post:
    post = store.claim_post(now, stale)
    assert post is not None
    return post


def test_nothing_was_offered_at_first(store: Store) -> None:
    assert store.digest(SLACK, DAY) is None
    assert store.offers(SLACK) == []
    assert store.posts(SLACK, DAY) == []
    assert claim(store) is None


def test_a_digest_comes_back_as_it_went_in(store: Store) -> None:
    store.add_papers(PAPERS)
    planned, posts = digest(PAPERS)
    assert store.plan_digest(planned, posts)
    assert store.digest(SLACK, DAY) == planned
    assert store.posts(SLACK, DAY) == posts
    assert [offer.impression for offer in store.offers(SLACK)] == list(planned.impressions)
    assert {(offer.day, offer.planned_at) for offer in store.offers(SLACK)} == {(DAY, NOW)}
    assert store.digest(SLACK, DAY + ONE_DAY) is None
    assert store.digest(DISCORD, DAY) is None
    assert store.offers(DISCORD) == []


def test_a_message_comes_back_as_it_went_in(store: Store) -> None:
    full = Message(
        "text <!channel> \u202e",
        "heading",
        (
            Card(PaperId("x:1"), "t" * 5000, "u", "b", "s", "r", (Link("l", "u"), Link("m", "v")), 1),
            Card(PaperId("x:2"), ""),
        ),
        (Button("👍", "👍", PaperId("x:1")), Button("Undo", "👍", PaperId("x:1"), on=False)),
    )
    planned, posts = digest([])
    assert store.plan_digest(planned, [replace(posts[0], message=full)])
    assert claimed(store).message == full


def test_a_day_is_claimed_once(store: Store) -> None:
    store.add_papers(PAPERS)
    assert plan(store, PAPERS[:1])
    assert not plan(store, PAPERS)
    assert len(store.posts(SLACK, DAY)) == 2
    assert len(store.offers(SLACK)) == 1
    assert plan(store, PAPERS, day=DAY + ONE_DAY)
    assert plan(store, PAPERS, DISCORD)


def test_an_empty_day_can_be_claimed(store: Store) -> None:
    planned, _ = digest([])
    assert store.plan_digest(planned, [])
    assert store.digest(SLACK, DAY) == planned
    assert not plan(store, PAPERS)


def _other_channel(post: Post) -> Post:
    return replace(post, channel=DISCORD)


def _other_day(post: Post) -> Post:
    return replace(post, day=DAY + ONE_DAY)


def _same_place(post: Post) -> Post:
    return replace(post, position=0)


def _same_key(post: Post) -> Post:
    return replace(post, key=key(SLACK, DAY, 0))


def _key_of_another_digest(post: Post) -> Post:
    return replace(post, key=key(DISCORD, DAY, 0))


@pytest.mark.parametrize(
    "spoil", [_other_channel, _other_day, _same_place, _same_key, _key_of_another_digest]
)
def test_a_digest_with_a_wrong_post_is_refused_whole(store: Store, spoil: object) -> None:
    assert plan(store, [], DISCORD)
    planned, posts = digest(PAPERS)
    with pytest.raises(StoreError):
        store.plan_digest(planned, [*posts[:2], spoil(posts[2])])  # type: ignore[operator]
    assert store.digest(SLACK, DAY) is None
    assert store.posts(SLACK, DAY) == []
    assert store.plan_digest(planned, posts), "the day is still free"


def test_offers_are_oldest_first_then_by_rank(store: Store) -> None:
    later, later_posts = digest(PAPERS[:2], day=DAY + ONE_DAY)
    turned = replace(later, planned_at=NOW + ONE_DAY, impressions=later.impressions[::-1])
    assert store.plan_digest(turned, later_posts)
    assert plan(store, PAPERS[2:])
    assert [(one.day, one.impression.rank) for one in store.offers(SLACK)] == [
        (DAY, 1),
        (DAY + ONE_DAY, 1),
        (DAY + ONE_DAY, 2),
    ]
    stored = store.digest(SLACK, DAY + ONE_DAY)
    assert stored is not None
    assert [one.rank for one in stored.impressions] == [2, 1], "in the order of the offer"


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads are switched as often as can be."""
    before = getswitchinterval()
    setswitchinterval(1e-6)
    yield
    setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_of_eight_threads_claiming_one_day_one_wins(store: Store) -> None:
    store.add_papers(PAPERS)
    for number in range(10):
        _race_for(store, DAY + number * ONE_DAY)


def _race_for(store: Store, day: date) -> None:
    together = Barrier(8)

    def attempt(number: int) -> bool:
        planned, posts = digest(PAPERS, day=day)
        impressions = tuple(one._replace(model=f"model-{number}") for one in planned.impressions)
        together.wait()
        return store.plan_digest(replace(planned, impressions=impressions), posts)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(attempt, range(8)))
    assert won.count(True) == 1
    stored = store.digest(SLACK, day)
    assert stored is not None
    assert [one.model for one in stored.impressions] == [f"model-{won.index(True)}"] * 3
    assert len(store.posts(SLACK, day)) == 4


def test_posts_are_claimed_strictly_in_order(store: Store) -> None:
    plan(store, PAPERS[:1], day=DAY + ONE_DAY)
    plan(store, PAPERS[:2])
    order = []
    while post := claim(store):
        assert claim(store) is None, "the next one waits for this one"
        assert (post.state, post.attempts) == ("sending", 1)
        store.mark_sent(post.key, message(SLACK, post.day, post.position))
        order.append((post.day, post.position))
    assert order == [(DAY, 0), (DAY, 1), (DAY, 2), (DAY + ONE_DAY, 0), (DAY + ONE_DAY, 1)]


def test_channels_do_not_wait_for_one_another(store: Store) -> None:
    plan(store, PAPERS)
    plan(store, PAPERS, DISCORD)
    assert {claimed(store).channel, claimed(store).channel} == {SLACK, DISCORD}
    assert claim(store) is None


def test_skipped_channels_are_passed_over(store: Store) -> None:
    plan(store, PAPERS)
    plan(store, PAPERS, DISCORD)
    assert store.claim_post(NOW, LONG_AGO, [SLACK, DISCORD]) is None
    post = store.claim_post(NOW, LONG_AGO, {DISCORD})
    assert post is not None
    assert post.channel == SLACK
    assert store.claim_post(NOW, LONG_AGO, {DISCORD}) is None


def test_a_sent_post_names_its_message(store: Store) -> None:
    plan(store, PAPERS)
    post = claimed(store)
    store.mark_sent(post.key, MessageId("slack:T1/C1/1.0"))
    assert store.posts(SLACK, DAY)[0] == replace(post, state="sent", message_id=MessageId("slack:T1/C1/1.0"))


def test_a_refused_post_waits_until_its_time_and_keeps_its_place(store: Store) -> None:
    plan(store, PAPERS)
    later = NOW + 5 * MINUTE
    store.mark_unsent(claimed(store).key, "rate limit", later)
    refused = store.posts(SLACK, DAY)[0]
    assert (refused.state, refused.error, refused.not_before) == ("planned", "rate limit", later)
    assert claim(store, later - MINUTE) is None, "neither it nor a later one"
    again = claimed(store, later)
    assert (again.key, again.attempts) == (refused.key, 2)
    store.mark_sent(again.key, MessageId("slack:T1/C1/1.0"))
    sent = store.posts(SLACK, DAY)[0]
    assert (sent.state, sent.error, sent.not_before) == ("sent", "", None)


def test_a_post_planned_for_later_waits(store: Store) -> None:
    planned, posts = digest(PAPERS)
    assert store.plan_digest(planned, [replace(posts[0], not_before=NOW + MINUTE), *posts[1:]])
    assert claim(store) is None
    assert claimed(store, NOW + MINUTE).not_before == NOW + MINUTE


def test_a_failed_post_does_not_hold_up_the_others(store: Store) -> None:
    plan(store, PAPERS)
    first = claimed(store)
    store.mark_unsent(first.key, "too long", None)
    failed = store.posts(SLACK, DAY)[0]
    assert (failed.state, failed.error, failed.not_before) == ("failed", "too long", None)
    assert claimed(store).position == 1


def test_one_left_in_sending_is_handed_out_again_once_stale(store: Store) -> None:
    plan(store, PAPERS)
    first = claimed(store)
    assert claim(store, NOW + MINUTE, stale=NOW) is None, "since NOW is not before NOW"
    again = claimed(store, NOW + MINUTE, stale=NOW + timedelta(microseconds=1))
    assert (again.key, again.attempts) == (first.key, 2)
    assert claim(store, NOW + 2 * MINUTE, stale=NOW + MINUTE) is None, "it was claimed anew"


def test_a_late_refusal_does_not_unsend(store: Store) -> None:
    plan(store, PAPERS)
    post = claimed(store)
    store.mark_sent(post.key, MessageId("slack:T1/C1/1.0"))
    store.mark_unsent(post.key, "time-out", NOW)
    sent = store.posts(SLACK, DAY)[0]
    assert (sent.state, sent.error, sent.message_id) == ("sent", "", "slack:T1/C1/1.0")


def test_a_post_begins_planned_whatever_it_says(store: Store) -> None:
    planned, posts = digest([])
    hasty = replace(posts[0], state="sent", attempts=3, message_id=MessageId("slack:T1/C1/1"), error="x")
    assert store.plan_digest(planned, [hasty])
    assert store.posts(SLACK, DAY) == posts


def test_marking_an_unknown_post_is_refused(store: Store) -> None:
    plan(store, PAPERS)
    unknown = DeliveryKey("slack:T1/C1#2026-11-20#99")
    with pytest.raises(StoreError, match="#99"):
        store.mark_sent(unknown, MessageId("slack:T1/C1/1"))
    with pytest.raises(StoreError, match="#99"):
        store.mark_unsent(unknown, "why", None)
    assert {post.state for post in store.posts(SLACK, DAY)} == {"planned"}


@pytest.mark.usefixtures("restless")
def test_eight_threads_claim_every_post_once_and_in_order(store: Store) -> None:
    channels = [Channel("slack", "T1", f"C{number}") for number in range(4)]
    for channel in channels:
        plan(store, PAPERS, channel)
    order: list[tuple[Channel, int]] = []
    lock, deadline = Lock(), monotonic() + 30

    def work(_: int) -> None:
        while len(order) < len(channels) * 4 and monotonic() < deadline:
            if post := claim(store):
                with lock:
                    order.append((post.channel, post.position))
                store.mark_sent(post.key, message(post.channel, post.day, post.position))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    for channel in channels:
        assert [position for one, position in order if one == channel] == [0, 1, 2, 3]
    assert {post.attempts for channel in channels for post in store.posts(channel, DAY)} == {1}


def test_what_was_offered_is_named_by_canonical_ids(store: Store) -> None:
    shown = replace(paper(1), id=PaperId("hf:1"))
    assert send(store, [shown])
    assert store.offers(SLACK)[0].impression.paper == "hf:1", "unknown as yet"
    store.add_papers([paper(1, aliases=(PaperId("hf:1"),))])
    stored = store.digest(SLACK, DAY)
    assert stored is not None
    assert stored.impressions[0].paper == paper(1).id
    assert store.offers(SLACK)[0].impression.paper == paper(1).id
    assert store.posts(SLACK, DAY)[1].paper == paper(1).id


def test_a_claimed_post_names_its_paper_by_the_canonical_id(store: Store) -> None:
    store.add_papers([paper(1, aliases=(PaperId("hf:1"),))])
    plan(store, [replace(paper(1), id=PaperId("hf:1"))])
    header = claimed(store)
    store.mark_sent(header.key, MessageId("slack:T1/C1/1"))
    assert (header.paper, claimed(store).paper) == (None, paper(1).id)
