"""What many channels share while their digests are chosen changes nobody's digest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from gc import collect, isenabled
from pathlib import Path
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest import Choice, choose
from bot.errors import StoreError
from bot.filters import passes, private_sources
from bot.model import (
    DOWN,
    UP,
    Channel,
    Digest,
    Feed,
    Filters,
    Impression,
    Interest,
    Paper,
    PaperId,
    Reaction,
    Subscription,
    UserId,
)
from bot.morning import Morning
from bot.pool import Pool, recent
from bot.ports import Store
from bot.recommend import NewestFirst, among
from bot.store.memory import MemoryStore
from bot.store.sqlite import SqliteStore
from tests.papers import DAY, paper

NOW = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC)
CHANNELS = [Channel("slack", "T1", f"C{number}") for number in range(3)]
FEEDS = ["https://one.example/rss", "https://two.example/rss"]
WORDS = ["robot", "galaxy", "speech", "protein"]
IDS = [paper(number).id for number in range(12)]
WINDOW = 4
WEEK, A_DAY = timedelta(days=7), timedelta(days=1)

sources = st.lists(
    st.sampled_from(
        ["arxiv", "huggingface", *(f"feed:{url}" for url in FEEDS), "semantic-scholar:slack:T1/C1"]
    ),
    min_size=1,
    max_size=3,
    unique=True,
).map(tuple)
some_words = st.lists(st.sampled_from(WORDS), max_size=2, unique=True).map(tuple)
some_categories = st.lists(st.sampled_from(["cs", "cs.CL", "cs.RO", "hep-th"]), max_size=2, unique=True)


@st.composite
def papers(draw: st.DrawFn) -> list[Paper]:
    """Some of them with an alias of their own, which is what they may be known by."""
    made = []
    for number in draw(st.lists(st.integers(0, 11), max_size=12, unique=True)):
        title = f"{' '.join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)))} {number}"
        made.append(
            paper(
                number,
                title,
                announced_on=DAY - timedelta(days=draw(st.integers(-2, 8))),
                withdrawn=draw(st.integers(0, 5)) == 0,
                sources=draw(sources),
                categories=tuple(draw(some_categories)),
                aliases=(PaperId(f"doi:10.1/{number}"),) if draw(st.booleans()) else (),
            )
        )
    return made


filters = st.builds(
    Filters,
    sources=st.lists(st.sampled_from(["arxiv", "huggingface"]), max_size=2, unique=True).map(tuple),
    categories=some_categories.map(tuple),
    include=some_words,
    exclude=some_words,
)


@st.composite
def histories(draw: st.DrawFn, channel: Channel) -> list[tuple[date, list[PaperId]]]:
    named = st.sampled_from([*IDS, *(PaperId(f"doi:10.1/{number}") for number in range(12))])
    return [
        (DAY - timedelta(days=back), draw(st.lists(named, min_size=1, max_size=3, unique=True)))
        for back in sorted(draw(st.sets(st.integers(1, 20), max_size=3)), reverse=True)
    ]


@st.composite
def stores(draw: st.DrawFn) -> MemoryStore:
    store = MemoryStore()
    store.add_papers(draw(papers()))
    for channel in CHANNELS:
        seeds = [Interest(f"seed {p}", paper=p) for p in draw(st.lists(st.sampled_from(IDS), max_size=1))]
        store.add_subscription(Subscription(channel, NOW, tuple(seeds), size=3, filters=draw(filters)))
        for url in draw(st.lists(st.sampled_from(FEEDS), max_size=2, unique=True)):
            store.add_feed(Feed(channel, url, "A lab", NOW))
        for day, ids in draw(histories(channel)):
            at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
            shown = tuple(Impression(one, rank, 1.0, "m", "new") for rank, one in enumerate(ids, 1))
            store.plan_digest(Digest(channel, day, at, shown), [])
        for one in draw(st.lists(st.sampled_from(IDS), max_size=2)):
            name = draw(st.sampled_from([UP, DOWN]))
            store.set_reaction(Reaction(channel, UserId("slack:T1/U1"), name, NOW, paper=one))
    return store


def plainly(store: Store, subscription: Subscription, day: date) -> tuple[list[Paper], int, int]:
    """Candidates, announced and stopped as the rules say, asked of each paper by itself."""
    channel = subscription.channel
    [facts] = store.facts([channel]).values()
    profile = Morning(store, NOW).profile(subscription)
    judged = {one.id for one in (*profile.seeds, *(rated for rated, _ in profile.ratings))}
    known = {offer.impression.paper for offer in facts.offers} | judged
    back = min((day - facts.offers[-1].day).days, 14) if facts.offers else 0
    first, last = day - timedelta(days=max(WINDOW, back)), day + timedelta(days=1)
    private = private_sources(channel, [feed.url for feed in store.feeds(channel)])
    found = [*store.recent_papers(first, last), *store.mentions(private, first, last)]
    of_sources = Filters(sources=subscription.filters.sources)
    here = [p for p in dict.fromkeys(found) if not p.withdrawn and passes(p, of_sources, private)]
    fresh = [one for one in here if known.isdisjoint((one.id, *one.aliases))]
    left = [one for one in fresh if passes(one, subscription.filters, private)]
    return left, len(here), len(fresh) - len(left)


def by_id(found: Sequence[Paper]) -> list[Paper]:
    return sorted(found, key=lambda one: one.id)


@given(stores(), st.integers(0, 2))
def test_whoever_shares_a_morning_is_offered_what_the_rules_say(store: MemoryStore, ahead: int) -> None:
    day = DAY + timedelta(days=ahead)
    together, alone = Morning(store, NOW, CHANNELS), Morning(store, NOW)
    for subscription in store.subscriptions():
        choices: list[Choice] = [
            choose(morning, NewestFirst(), subscription, day, WINDOW) for morning in (together, alone)
        ]
        left, announced, stopped = plainly(store, subscription, day)
        assert choices[0] == choices[1]
        assert by_id(choices[0].candidates) == by_id(left)
        assert (choices[0].announced, choices[0].stopped) == (announced, stopped)


def test_all_channels_are_handed_the_same_papers(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "papers.db")
    store.migrate()
    store.add_papers([paper(number) for number in range(5)])
    for channel in CHANNELS:
        store.add_subscription(Subscription(channel, NOW))
    morning = Morning(store, NOW, CHANNELS[:1])
    first = choose(morning, NewestFirst(), store.subscriptions()[0], DAY, WINDOW)
    morning.turn_to(CHANNELS[1:])
    second = choose(morning, NewestFirst(), store.subscriptions()[1], DAY, WINDOW)
    assert all(mine is yours for mine, yours in zip(first.candidates, second.candidates, strict=True))
    store.close()


@given(st.lists(papers(), max_size=6), st.lists(st.booleans(), min_size=6, max_size=6))
def test_no_morning_has_papers_that_are_no_more(batches: list[list[Paper]], pruned: list[bool]) -> None:
    store = MemoryStore()
    for batch, prunes in zip(batches, pruned, strict=False):
        store.add_papers(batch)
        if prunes:
            store.prune_papers(DAY)
        now = [one for one in store.recent_papers(DAY - WEEK, DAY + A_DAY) if not one.withdrawn]
        assert list(Morning(store, NOW).recent(DAY, 7)) == now


def test_new_papers_are_read_again_once_another_process_adds_to_them(tmp_path: Path) -> None:
    here, there = SqliteStore(tmp_path / "papers.db"), SqliteStore(tmp_path / "papers.db")
    here.migrate()
    here.add_papers([paper(1)])
    first = Morning(here, NOW).pool((), DAY, WINDOW)
    assert Morning(here, NOW).pool((), DAY, WINDOW) is first
    there.add_papers([paper(2)])
    second = Morning(here, NOW).pool((), DAY, WINDOW)
    assert {one.id for one in second.papers} == {paper(1).id, paper(2).id}
    here.close()
    there.close()


def test_a_store_that_is_gone_takes_its_papers_with_it() -> None:
    store = MemoryStore()
    store.add_papers([paper(1)])
    assert Morning(store, NOW).recent(DAY, WINDOW)
    kept = ref(recent(store))
    del store
    collect()
    assert kept() is None


def test_papers_of_a_channels_own_come_last() -> None:
    pool = Pool([paper(1, "A robot"), paper(2, "A galaxy")])
    own = [paper(3, "Another robot"), paper(4, "Known already")]
    left, stopped = pool.left({own[1].id}, Filters(include=("robot",)), own)
    assert [one.id for one in left] == [paper(1).id, paper(3).id]
    assert stopped == 1


@given(st.lists(st.booleans(), max_size=6), st.integers(0, 2), st.integers(-9, 9), st.integers(-9, 9))
def test_candidates_can_be_read_like_any_papers(passing: list[bool], own: int, here: int, there: int) -> None:
    whole = tuple(map(paper, range(len(passing))))
    plain = [one for one, passes in zip(whole, passing, strict=True) if passes]
    plain += [paper(10 + number) for number in range(own)]
    found = among(whole, bytes(passing), plain[len(plain) - own :])
    assert list(found) == plain == [found[place] for place in range(len(found))]
    assert found[here:there] == tuple(plain[here:there])
    assert [one in found for one in whole] == passing
    if not -len(plain) <= here < len(plain):
        with pytest.raises(IndexError):
            found[here]
    else:
        assert found[here] == plain[here]


def test_an_id_that_two_papers_claim_takes_both_away() -> None:
    doubted = PaperId("doi:10.1/x")
    pool = Pool([replace(paper(number), aliases=(doubted,)) for number in (1, 2)])
    assert pool.left({doubted}, Filters()) == ((), 0)


def test_a_morning_that_turns_to_others_reads_their_facts_as_they_are_then() -> None:
    store = MemoryStore()
    store.add_papers([paper(1)])
    for channel in CHANNELS:
        store.add_subscription(Subscription(channel, NOW))
    morning = Morning(store, NOW, CHANNELS[:1])
    store.set_reaction(Reaction(CHANNELS[1], UserId("slack:T1/U1"), UP, NOW, paper=paper(1).id))
    morning.turn_to(CHANNELS[1:])
    [_, second, _] = store.subscriptions()
    assert [one.id for one, _ in morning.profile(second).ratings] == [paper(1).id]


def test_facts_are_let_go_of_with_the_channels_that_they_are_of() -> None:
    store = MemoryStore()
    store.add_papers([paper(1)])
    subscription, morning = Subscription(CHANNELS[0], NOW), Morning(store, NOW)
    with morning.turned_to(CHANNELS[:1]):
        assert morning.profile(subscription).ratings == ()
    store.set_reaction(Reaction(CHANNELS[0], UserId("slack:T1/U1"), UP, NOW, paper=paper(1).id))
    assert [one.id for one, _ in morning.profile(subscription).ratings] == [paper(1).id]


def test_nothing_is_collected_while_digests_are_chosen_and_then_it_is_again() -> None:
    morning = Morning(MemoryStore(), NOW)
    with morning.turned_to(CHANNELS):
        assert not isenabled()
    assert isenabled()
    with pytest.raises(StoreError), morning.turned_to(CHANNELS):
        raise StoreError
    assert isenabled()
