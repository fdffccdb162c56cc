"""Forgetting people, channels and papers, in every store."""

from dataclasses import replace
from datetime import timedelta

from bot.model import Feed, Fetch, Interest, PaperId, Subscription
from bot.ports import Removed, Store
from tests.store.samples import (
    ANNA,
    BEN,
    DAY,
    DISCORD,
    LONG_AGO,
    MINUTE,
    NOW,
    SLACK,
    paper,
    plan,
    send,
    subscribed,
    thumb,
)

ONE, TWO, THREE = paper(1), paper(2), paper(3)
A_DAY = timedelta(days=1)
FEED = Feed(SLACK, "https://example.org/a.xml", "A", NOW)


def test_a_forgotten_person_leaves_nothing(store: Store) -> None:
    store.add_papers([ONE, TWO])
    store.set_reaction(thumb(paper=ONE.id))
    store.set_reaction(thumb(False, paper=TWO.id))
    store.set_reaction(thumb(paper=ONE.id, channel=DISCORD))
    store.set_reaction(thumb(paper=ONE.id, user=BEN))
    assert store.forget_user(ANNA) == 3
    assert store.reactions(SLACK) == [thumb(paper=ONE.id, user=BEN)]
    assert store.reactions(DISCORD) == []
    assert store.forget_user(ANNA) == 0


def test_an_event_told_again_does_not_bring_a_person_back(store: Store) -> None:
    store.add_papers([ONE])
    store.set_reaction(thumb(paper=ONE.id, event_id="E1"))
    store.forget_user(ANNA)
    store.set_reaction(thumb(paper=ONE.id, event_id="E1"))
    assert store.reactions(SLACK) == []


def test_a_merge_does_not_bring_a_person_back(store: Store) -> None:
    other = replace(TWO, id=PaperId("doi:10.1/j"))
    store.add_papers([ONE, other])
    store.set_reaction(thumb(paper=other.id))
    store.forget_user(ANNA)
    store.add_papers([replace(ONE, aliases=(other.id,))])
    assert store.reactions(SLACK) == []


def test_a_forgotten_channel_leaves_nothing(store: Store) -> None:
    store.add_papers([ONE, TWO])
    for channel in (SLACK, DISCORD):
        subscribed(store, channel)
        store.add_interest(channel, Interest("words"))
        store.add_feed(Feed(channel, "https://example.org/a.xml", "A", NOW))
        store.add_feed(Feed(channel, "https://example.org/b.xml", "B", NOW))
        _, shown, _ = send(store, [ONE, TWO], channel)
        store.set_reaction(thumb(channel=channel, message=shown))
        plan(store, [ONE], channel, DAY + A_DAY)
    # a subscription, an interest, two feeds, two digests, three impressions, five posts, a reaction
    assert store.forget_channel(SLACK) == 1 + 1 + 2 + 2 + 3 + 5 + 1
    assert [one.channel for one in store.feeds()] == [DISCORD, DISCORD]
    assert store.subscription(SLACK) is None
    assert store.digest(SLACK, DAY) is None
    assert (store.offers(SLACK), store.posts(SLACK, DAY), store.reactions(SLACK)) == ([], [], [])
    assert store.set_reaction(thumb(message=shown.replace("discord:9/7", str(SLACK)))) is None
    assert store.forget_channel(SLACK) == 0
    assert len(store.offers(DISCORD)) == 3
    assert len(store.reactions(DISCORD)) == 1
    while post := store.claim_post(NOW + MINUTE, LONG_AGO):
        assert post.channel == DISCORD


def test_a_forgotten_channel_may_begin_anew(store: Store) -> None:
    store.add_papers([ONE])
    subscribed(store)
    store.add_interest(SLACK, Interest("words"))
    plan(store, [ONE])
    store.add_feed(FEED)
    store.forget_channel(SLACK)
    assert store.add_subscription(Subscription(SLACK, NOW)).interests == ()
    assert store.add_feed(FEED)
    assert plan(store, [ONE])


URLS = [f"https://example.org/{name}.xml?token=hunter2" for name in "abc"]


def with_drained_feeds(store: Store) -> None:
    """Two channels read the first feed, one the second, none the third; all were drained, and arXiv too."""
    for channel, urls in ((SLACK, URLS[:2]), (DISCORD, URLS[:1])):
        subscribed(store, channel)
        for url in urls:
            store.add_feed(Feed(channel, url, "", NOW))
    for source, area in [*(("feed", url) for url in URLS), ("arxiv", "cs.CL"), ("other", URLS[1])]:
        store.record_fetch(Fetch(source, NOW, area=area))
        store.record_fetch(Fetch(source, NOW + MINUTE, area=area, error="HTTP 503"))
        store.save_cursor(source, area, "here")


def drained(store: Store) -> list[str]:
    """What there still are records of; of the same there are cursors."""
    parts = [(one.source, one.area) for one in store.last_fetches()]
    assert {(one.source, one.area) for one in store.recent_fetches(LONG_AGO)} == set(parts)
    assert [(one.source, one.area) for one in store.last_successes()] == parts
    assert all(store.cursor(*part) == "here" for part in parts)
    gone = {("feed", url) for url in URLS} - set(parts)
    assert not any(store.cursor(*part) for part in gone)
    return [area for source, area in parts if source == "feed"]


def test_a_feed_that_nobody_reads_any_more_leaves_nothing(store: Store) -> None:
    with_drained_feeds(store)
    assert not store.forget_feed(SLACK, URLS[2])
    assert store.forget_feed(SLACK, URLS[0])
    assert drained(store) == URLS, "the other channel reads it"
    assert store.forget_feed(SLACK, URLS[1])
    assert drained(store) == [URLS[0], URLS[2]]
    assert store.forget_feed(DISCORD, URLS[0])
    assert drained(store) == [URLS[2]]
    assert {one.source for one in store.last_fetches()} == {"arxiv", "feed", "other"}


def test_a_forgotten_channels_own_feeds_leave_nothing(store: Store) -> None:
    with_drained_feeds(store)
    assert store.forget_channel(SLACK) == 3, "a subscription and two feeds"
    assert drained(store) == [URLS[0], URLS[2]]
    assert store.forget_channel(DISCORD) == 2
    assert drained(store) == [URLS[2]]


def test_old_papers_that_no_fact_names_go(store: Store) -> None:
    old = DAY - A_DAY
    alias = PaperId("hf:old")
    gone = paper(1, announced_on=old, aliases=(alias,))
    store.add_papers([gone, TWO, paper(4, announced_on=None)])
    assert store.prune_papers(DAY) == 1
    assert set(store.papers([gone.id, alias, TWO.id, paper(4).id])) == {TWO.id, paper(4).id}
    assert store.paper_count() == 2
    assert store.prune_papers(DAY) == 0
    assert store.add_papers([gone]).new == 1, "it may come again"


def test_papers_that_a_fact_names_by_any_id_stay(store: Store) -> None:
    old = DAY - A_DAY
    papers = [paper(n, announced_on=old, aliases=(PaperId(f"hf:{n}"),)) for n in range(1, 6)]
    store.add_papers(papers)
    by_alias = [replace(one, id=one.aliases[0], aliases=()) for one in papers]
    plan(store, by_alias[:2])
    store.set_reaction(thumb(False, paper=by_alias[2].id))
    subscribed(store)
    store.add_interest(SLACK, Interest("seed", paper=by_alias[3].id))
    assert store.prune_papers(DAY) == 1
    assert [one.id for _, one in store.papers_after(0, 9)] == [one.id for one in papers[:4]]


def test_what_went_is_told_in_its_place(store: Store) -> None:
    old = DAY - A_DAY
    alias = PaperId("hf:old")
    store.add_papers([paper(1, announced_on=old, aliases=(alias,)), TWO, paper(4, announced_on=old)])
    start, *_ = told = store.updates_after(0, 9)
    assert [one for _, one in told] == [one for _, one in store.papers_after(0, 9)]
    store.prune_papers(DAY)
    store.add_papers([THREE, paper(4, announced_on=old)])
    since = store.updates_after(told[-1][0], 9)
    assert [one for _, one in since] == [
        Removed((paper(1).id, alias)),
        Removed((paper(4).id,)),
        *store.papers([THREE.id, paper(4).id]).values(),
    ]
    positions = [position for position, _ in (*told, *since)]
    assert positions == sorted(set(positions))
    assert store.updates_after(told[-1][0], 3) == since[:3]
    assert store.updates_after(since[2][0], 9) == since[3:]
    assert store.updates_after(start[0], 1) == [told[1]], "what went before its removal is not told"


def test_what_went_is_not_told_for_ever(store: Store) -> None:
    store.add_papers([paper(1, announced_on=DAY - A_DAY), TWO])
    store.prune_papers(DAY)
    last = [Removed((paper(1).id,))]
    store.prune_papers(DAY + 90 * A_DAY)
    assert [one for _, one in store.updates_after(2, 9)][:1] == last
    store.prune_papers(DAY + 91 * A_DAY)
    assert [one for _, one in store.updates_after(2, 9)][:1] != last


def test_a_position_is_never_given_twice(store: Store) -> None:
    store.add_papers([TWO, paper(1, announced_on=DAY - A_DAY)])
    last = store.papers_after(0, 9)[-1][0]
    store.prune_papers(DAY)
    store.add_papers([THREE])
    assert [one.id for _, one in store.papers_after(last, 9)] == [THREE.id]
