"""Messages that show a paper which was withdrawn afterwards, in every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.model import Channel, DeliveryKey, Message, MessageId, Paper, PaperId, Post
from bot.ports import Store
from tests.store.samples import DAY, DISCORD, LONG_AGO, NOW, SLACK, key, paper, plan, send, thumb

PAPERS = [paper(1, version=1), paper(2, version=1)]
ONE_DAY = timedelta(days=1)
TEXT = Message("Withdrawn by its authors \0")


def withdraw(store: Store, one: Paper) -> None:
    store.add_papers([replace(one, version=9, withdrawn=True)])


def places(posts: list[Post]) -> list[tuple[Channel, int, int]]:
    return [(one.channel, (one.day - DAY).days, one.position) for one in posts]


@pytest.fixture(autouse=True)
def _papers(store: Store) -> None:
    store.add_papers(PAPERS)


def test_nothing_is_withdrawn_at_first(store: Store) -> None:
    send(store, PAPERS)
    assert store.withdrawn_posts(DAY) == []


def test_a_message_of_a_withdrawn_paper_is_told_until_it_is_corrected(store: Store) -> None:
    send(store, PAPERS)
    withdraw(store, PAPERS[0])
    shown = store.posts(SLACK, DAY)[1]
    assert store.withdrawn_posts(DAY) == [shown]
    store.mark_corrected(shown.key, TEXT)
    assert store.withdrawn_posts(DAY) == []
    stored = store.posts(SLACK, DAY)[1]
    assert stored == replace(shown, message=Message("Withdrawn by its authors \ufffd"))
    withdraw(store, PAPERS[1])
    assert places(store.withdrawn_posts(DAY)) == [(SLACK, 0, 2)]


def test_they_are_told_oldest_first_then_by_channel_and_position(store: Store) -> None:
    other = Channel("slack", "T1-x", "C1")
    for channel in (SLACK, other, DISCORD):
        for number in range(2):
            send(store, PAPERS, channel, DAY + number * ONE_DAY)
    for one in PAPERS:
        withdraw(store, one)
    told = [
        (channel, number, place)
        for number in range(2)
        for channel in (DISCORD, SLACK, other)
        for place in (1, 2)
    ]
    assert places(store.withdrawn_posts(DAY)) == told
    assert places(store.withdrawn_posts(DAY + ONE_DAY)) == told[6:]
    assert store.withdrawn_posts(DAY + 2 * ONE_DAY) == []


def test_only_what_was_sent_can_be_corrected(store: Store) -> None:
    plan(store, [*PAPERS, paper(3)])
    for one in PAPERS:
        withdraw(store, one)
    store.mark_unsent(key(SLACK, DAY, 1), "too long", None)
    header = store.claim_post(NOW, LONG_AGO)
    assert header is not None
    store.mark_unknown(key(SLACK, DAY, 2), "no history")
    assert store.withdrawn_posts(DAY) == []
    store.mark_sent(key(SLACK, DAY, 2), MessageId("slack:T1/C1/2"))
    assert places(store.withdrawn_posts(DAY)) == [(SLACK, 0, 2)]


def test_a_paper_is_found_by_whatever_id_it_was_shown_under(store: Store) -> None:
    alias = PaperId("hf:1")
    send(store, [replace(PAPERS[0], id=alias)])
    withdraw(store, PAPERS[0])
    assert store.withdrawn_posts(DAY) == [], "nobody knows as yet that it is the same"
    store.add_papers([replace(PAPERS[0], aliases=(alias,))])
    (post,) = store.withdrawn_posts(DAY)
    assert post.paper == PAPERS[0].id
    journal = replace(paper(3), id=PaperId("doi:10.1/j"))
    store.add_papers([journal])
    send(store, [journal], DISCORD)
    store.add_papers([replace(journal, aliases=(PAPERS[0].id,))])
    assert places(store.withdrawn_posts(DAY)) == [(DISCORD, 0, 1), (SLACK, 0, 1)]


def test_a_corrected_message_still_takes_reactions_and_may_be_marked_twice(store: Store) -> None:
    _, first, _ = send(store, PAPERS)
    for text in ("one", "two"):
        store.mark_corrected(key(SLACK, DAY, 1), Message(text))
    assert store.posts(SLACK, DAY)[1].message == Message("two")
    assert store.set_reaction(thumb(message=first)) == PAPERS[0].id


def test_correcting_an_unknown_post_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="#99"):
        store.mark_corrected(DeliveryKey("slack:T1/C1#2026-11-20#99"), TEXT)
