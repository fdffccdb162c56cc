"""Messages that people share, and where papers were posted, in every store."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import StoreError
from bot.model import FIRST_SHARED, Channel, MessageId, Paper, PaperId, Post
from bot.ports import Facts, Shown, Store
from tests.store.samples import (
    ANNA,
    BEN,
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
    share,
    shared,
    subscribed,
    thumb,
)

ONE, TWO, THREE = paper(1, aliases=(PaperId("hf:1"),)), paper(2), paper(3)
A_DAY = timedelta(days=1)
NEAR = Channel("slack", "T1", "C2")
FAR = [Channel("slack", "T10", "C1"), Channel("slack", "T", "C1"), Channel("discord", "T1", "C1"), DISCORD]


def sent(store: Store, one: Paper, channel: Channel = SLACK, day: date = DAY) -> MessageId:
    """Share it, and send all there is."""
    post = shared(one, channel, day)
    assert store.share(post)
    ident = MessageId(f"{channel}/{post.key}")
    store.mark_sent(post.key, ident)
    return ident


def drained(store: Store) -> Iterator[Post]:
    while post := store.claim_post(NOW, LONG_AGO):
        store.mark_sent(post.key, message(post.channel, post.day, post.position))
        yield post


def test_a_shared_message_needs_no_digest_and_comes_back_as_it_went_in(store: Store) -> None:
    post = replace(shared(ONE), not_before=NOW - MINUTE, position=7, state="sent", attempts=3, error="x")
    assert store.share(post)
    kept = replace(shared(ONE), not_before=NOW - MINUTE, position=FIRST_SHARED)
    assert store.posts(SLACK, DAY) == [kept]
    assert kept.is_shared
    assert store.claim_post(NOW, LONG_AGO) == replace(kept, state="sending", attempts=1)
    assert store.digest(SLACK, DAY) is None


def test_one_key_is_planned_once(store: Store) -> None:
    assert store.share(shared(ONE))
    assert not store.share(shared(ONE))
    assert not store.share(replace(shared(ONE), day=DAY + A_DAY, paper=TWO.id))
    store.mark_unsent(shared(ONE).key, "gone", None)
    assert not store.share(shared(ONE))
    assert plan(store, [ONE])
    assert not store.share(replace(shared(TWO), key=key(SLACK, DAY, 1)))
    assert [post.position for post in store.posts(SLACK, DAY)] == [0, 1, FIRST_SHARED]


def test_what_is_shared_stands_behind_all_of_its_day(store: Store) -> None:
    for one in (TWO, ONE):
        share(store, one)
    share(store, THREE, day=DAY - A_DAY)
    share(store, THREE, NEAR)
    assert plan(store, [THREE, ONE])
    order = [(post.day, post.position, post.paper) for post in drained(store) if post.channel == SLACK]
    assert order == [
        (DAY - A_DAY, FIRST_SHARED, THREE.id),
        (DAY, 0, None),
        (DAY, 1, THREE.id),
        (DAY, 2, ONE.id),
        (DAY, FIRST_SHARED, TWO.id),
        (DAY, FIRST_SHARED + 1, ONE.id),
    ]


def test_a_digest_has_no_shared_messages(store: Store) -> None:
    planned, posts = digest([ONE])
    with pytest.raises(StoreError, match="not of the digest"):
        store.plan_digest(planned, [*posts, replace(shared(TWO), position=FIRST_SHARED)])
    assert store.posts(SLACK, DAY) == []


def test_threads_that_share_at_once_get_each_their_own_place(store: Store) -> None:
    papers = [paper(number) for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda one: store.share(shared(one)), papers * 2))
    assert won.count(True) == len(papers)
    posts = store.posts(SLACK, DAY)
    assert [post.position for post in posts] == [FIRST_SHARED + number for number in range(24)]
    assert {post.paper for post in posts} == {one.id for one in papers}


def test_a_reaction_to_a_shared_message_is_about_its_paper(store: Store) -> None:
    store.add_papers([ONE])
    where = sent(store, ONE)
    assert store.set_reaction(thumb(message=where)) == ONE.id
    assert store.reactions(SLACK) == [thumb(message=where, paper=ONE.id)]
    assert store.set_reaction(thumb(message=where, channel=NEAR, user=BEN)) == ONE.id
    assert {one.channel for one in store.reactions(SLACK)} == {SLACK}, "it counts where the message is"


def test_a_shared_message_that_failed_is_troubled(store: Store) -> None:
    share(store, ONE)
    share(store, TWO)
    store.mark_unsent(shared(ONE).key, "too long", None)
    assert [(post.paper, post.is_shared) for post in store.troubled_posts(DAY)] == [(ONE.id, True)]


def test_a_shared_paper_that_was_withdrawn_is_corrected(store: Store) -> None:
    store.add_papers([ONE])
    sent(store, ONE)
    store.add_papers([replace(ONE, withdrawn=True)])
    [post] = store.withdrawn_posts(DAY)
    assert post.paper == ONE.id
    store.mark_corrected(post.key, post.message)
    assert store.withdrawn_posts(DAY) == []


def test_facts_name_what_was_shared_oldest_first_and_once(store: Store) -> None:
    store.add_papers([ONE, TWO, THREE])
    send(store, [THREE])
    share(store, TWO, day=DAY + A_DAY)
    share(store, replace(ONE, id=ONE.aliases[0]))
    share(store, ONE, day=DAY + A_DAY)
    share(store, THREE, NEAR)
    share(store, THREE, day=DAY + A_DAY)
    store.mark_unsent(shared(THREE, day=DAY + A_DAY).key, "gone", None)
    found = store.facts([SLACK, NEAR, DISCORD])
    assert found[SLACK].shared == (ONE.id, TWO.id)
    assert found[NEAR] == Facts(shared=(THREE.id,))
    assert found[DISCORD] == Facts()


def test_shown_is_what_sent_messages_of_the_workspace_show_the_latest_first(store: Store) -> None:
    store.add_papers([ONE, TWO, THREE])
    send(store, [TWO, ONE], day=DAY - A_DAY)
    send(store, [ONE], NEAR)
    sent(store, ONE, NEAR)
    sent(store, TWO)
    for channel in FAR:
        sent(store, ONE, channel)
    plan(store, [ONE], day=DAY + A_DAY)
    asked = [ONE.id, TWO.id, PaperId("x:unknown")]
    assert store.shown(asked, "slack", "T1") == [
        Shown(TWO.id, SLACK, DAY),
        Shown(ONE.id, NEAR, DAY),
        Shown(ONE.id, SLACK, DAY - A_DAY),
        Shown(TWO.id, SLACK, DAY - A_DAY),
    ]
    assert store.shown([THREE.id], "slack", "T1") == store.shown([], "slack", "T1") == []
    assert store.shown([ONE.id], "discord", "9") == [Shown(ONE.id, DISCORD, DAY)]
    for odd in ("T2", "", "T1/C1", "T%", "\0"):
        assert store.shown([ONE.id], "slack", odd) == []
    assert store.shown([PaperId("\0")], "slack", "T1") == []


def test_posted_are_the_papers_of_a_channel_each_once_the_latest_first(store: Store) -> None:
    store.add_papers([ONE, TWO, THREE])
    send(store, [TWO, ONE], day=DAY - A_DAY)
    sent(store, THREE, day=DAY - A_DAY)
    sent(store, ONE, NEAR)
    assert store.posted(SLACK) == [THREE.id, ONE.id, TWO.id]
    send(store, [replace(TWO, id=PaperId("x:unknown"))])
    sent(store, TWO)
    plan(store, [THREE], day=DAY + A_DAY)
    assert store.posted(SLACK) == [TWO.id, PaperId("x:unknown"), THREE.id, ONE.id]
    assert store.posted(DISCORD) == []
    assert store.shown([PaperId("x:unknown")], "slack", "T1") == [Shown(PaperId("x:unknown"), SLACK, DAY)]


def test_what_became_one_paper_is_shown_and_posted_as_one(store: Store) -> None:
    other = replace(TWO, id=PaperId("doi:10.1/j"))
    store.add_papers([ONE, other])
    send(store, [other])
    sent(store, ONE, day=DAY + A_DAY)
    store.set_reaction(thumb(paper=other.id))
    store.set_reaction(thumb(paper=ONE.id, user=BEN, at=NOW + MINUTE))
    store.add_papers([replace(ONE, aliases=(*ONE.aliases, other.id))])
    places = [Shown(ONE.id, SLACK, DAY + A_DAY), Shown(ONE.id, SLACK, DAY)]
    for asked in (ONE.id, other.id, PaperId("hf:1")):
        assert store.shown([asked, other.id], "slack", "T1") == places
        assert [one.user for one in store.reactions_to([asked], "slack", "T1")] == [ANNA, BEN]
    assert store.posted(SLACK) == [ONE.id]


def test_reactions_to_papers_are_of_the_whole_workspace_and_oldest_first(store: Store) -> None:
    store.add_papers([ONE, TWO, THREE])
    kept = [
        thumb(paper=TWO.id, channel=NEAR),
        thumb(paper=ONE.id, at=NOW + MINUTE),
        thumb(paper=ONE.id, channel=NEAR, name="🔖", at=NOW + 2 * MINUTE),
    ]
    for reaction in reversed(kept):
        store.set_reaction(reaction)
    for channel in FAR:
        store.set_reaction(thumb(paper=ONE.id, channel=channel))
    store.set_reaction(thumb(paper=THREE.id))
    store.set_reaction(thumb(False, paper=ONE.id, user=BEN))
    assert store.reactions_to([ONE.id, TWO.id], "slack", "T1") == kept
    assert store.reactions_to([PaperId("hf:1")], "slack", "T1") == kept[1:]
    assert store.reactions_to([PaperId("hf:1")], "discord", "9") == [thumb(paper=ONE.id, channel=DISCORD)]
    assert store.reactions_to([], "slack", "T1") == store.reactions_to([ONE.id], "slack", "T2") == []


def test_a_reaction_that_another_id_took_off_is_off_everywhere(store: Store) -> None:
    other = replace(TWO, id=PaperId("doi:10.1/j"))
    store.add_papers([ONE, other])
    store.set_reaction(thumb(paper=other.id))
    store.set_reaction(thumb(False, paper=ONE.id, at=NOW + MINUTE))
    assert store.channels_of(ANNA) == {SLACK}
    store.add_papers([replace(ONE, aliases=(*ONE.aliases, other.id))])
    assert store.channels_of(ANNA) == frozenset()
    assert store.reactions_to([other.id], "slack", "T1") == []


def test_the_channels_of_a_person_are_where_a_reaction_is_on(store: Store) -> None:
    store.add_papers([ONE, TWO])
    for channel in (SLACK, NEAR, DISCORD):
        store.set_reaction(thumb(paper=ONE.id, channel=channel))
    store.set_reaction(thumb(paper=TWO.id))
    store.set_reaction(thumb(paper=ONE.id, channel=FAR[0], user=BEN))
    store.set_reaction(thumb(False, paper=ONE.id, channel=NEAR, at=NOW + MINUTE))
    assert store.channels_of(ANNA) == {SLACK, DISCORD}
    assert store.channels_of(BEN) == {FAR[0]}
    store.forget_user(ANNA)
    assert store.channels_of(ANNA) == frozenset()


def test_a_forgotten_channel_leaves_nothing_that_was_shared(store: Store) -> None:
    subscribed(store)
    store.add_papers([ONE])
    where = sent(store, ONE)
    share(store, TWO, day=DAY + A_DAY)
    sent(store, ONE, NEAR)
    store.set_reaction(thumb(message=where))
    # a subscription, two messages, a reaction
    assert store.forget_channel(SLACK) == 1 + 2 + 1
    assert (store.posts(SLACK, DAY), store.posted(SLACK), store.facts([SLACK])[SLACK]) == ([], [], Facts())
    assert store.shown([ONE.id], "slack", "T1") == [Shown(ONE.id, NEAR, DAY)]
    assert store.channels_of(ANNA) == frozenset()
    assert store.claim_post(NOW, LONG_AGO) is None
    assert store.share(shared(ONE)), "it may begin anew"


def test_a_shared_paper_stays_when_old_ones_go(store: Store) -> None:
    old = [
        paper(number, announced_on=DAY - 9 * A_DAY, aliases=(PaperId(f"hf:{number}"),)) for number in (1, 2)
    ]
    store.add_papers(old)
    share(store, replace(old[0], id=old[0].aliases[0]))
    assert store.prune_papers(DAY) == 1
    assert [one.id for _, one in store.papers_after(0, 9)] == [old[0].id]
