"""What private sources tell, in every store: news for their own channel, and nothing to anybody's paper."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity import title_id
from bot.model import Channel, Feed, Link, Paper, PaperId
from bot.ports import Added, Store
from bot.store.memory import MemoryStore
from tests.store.samples import DAY, DISCORD, NOW, SLACK, paper, plan, subscribed

A_DAY = timedelta(days=1)
URL, OTHER_URL = "https://lab.example/é.xml", "https://other.example/rss"
FEED, OTHER_FEED, PICKS = f"feed:{URL}", f"feed:{OTHER_URL}", f"semantic-scholar:{SLACK}"
PUBLIC = paper(
    1,
    url="https://arxiv.org/abs/2601.00001",
    keywords=("logic",),
    links=(Link("PDF", "https://arxiv.org/pdf/2601.00001"),),
    version=1,
    aliases=(PaperId("doi:10.1/one"),),
    sources=("arxiv",),
)
SECOND = paper(2, sources=("arxiv",), aliases=(PaperId("doi:10.1/two"),))


def told(ident: str, day: date = DAY, source: str = FEED, **fields: object) -> Paper:
    """What a feed says of the paper of that id: hardly the truth."""
    said = {
        "title": "Buy pills",
        "abstract": "At once! " * 99,
        "authors": ("Eve",),
        "keywords": ("pills",),
        "url": "https://evil.example/",
        "links": (Link("PDF", "https://evil.example/pdf"),),
        "version": 9,
        "withdrawn": True,
        "announced_on": day,
        "sources": (source,),
    }
    return Paper(PaperId(ident), **{**said, **fields})  # type: ignore[arg-type]


def ids(papers: list[Paper]) -> list[str]:
    return [one.id for one in papers]


def only(store: Store, ident: str) -> Paper:
    return store.papers([PaperId(ident)])[PaperId(ident)]


@pytest.mark.parametrize("named", ["arxiv:2601.00001", "doi:10.1/one"])
def test_a_feed_changes_nothing_of_a_known_paper(store: Store, named: str) -> None:
    store.add_papers([PUBLIC])
    assert store.add_papers([told(named, DAY + A_DAY)]) == Added(changed=1)
    assert only(store, named) == replace(PUBLIC, sources=("arxiv", FEED))
    assert store.recent_papers(DAY, DAY + A_DAY) == [only(store, named)]
    assert store.recent_papers(DAY + A_DAY, DAY + A_DAY) == []
    assert store.add_papers([told(named, DAY + 2 * A_DAY), PUBLIC]) == Added(unchanged=2)


@pytest.mark.parametrize("named", ["arxiv:2601.00001", "doi:10.1/one"])
def test_a_public_description_replaces_a_feeds(store: Store, named: str) -> None:
    assert store.add_papers([told(named, DAY + A_DAY)]) == Added(new=1)
    assert store.add_papers([PUBLIC]) == Added(changed=1)
    found = only(store, named)
    assert found.id == named, "facts may have been written already"
    assert {found.id, *found.aliases} == {PUBLIC.id, *PUBLIC.aliases}
    assert replace(found, id=PUBLIC.id, aliases=PUBLIC.aliases, sources=()) == replace(PUBLIC, sources=())
    assert set(found.sources) == {FEED, "arxiv"}
    assert store.recent_papers(DAY + A_DAY, DAY + A_DAY) == []
    assert store.papers([title_id("Buy pills")]) == {}


def test_what_nobody_else_knows_is_as_the_feed_tells_it(store: Store) -> None:
    entry = told("url:https://lab.example/1")
    store.add_papers([entry])
    assert only(store, entry.id) == entry
    assert store.recent_papers(DAY, DAY) == store.mentions([FEED], DAY, DAY) == [entry]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_feed_cannot_tie_two_papers_together(store: Store, order: tuple[int, ...]) -> None:
    tie = told("doi:10.1/one", aliases=(PaperId("arxiv:2601.00002"), PaperId("hf:2")))
    batch = [PUBLIC, SECOND, tie]
    for place in order:
        store.add_papers([batch[place]])
    assert store.paper_count() == 2
    first, second = only(store, PUBLIC.id), only(store, SECOND.id)
    assert (first.title, second) == (PUBLIC.title, SECOND)
    assert {first.id, *first.aliases} == {PUBLIC.id, *PUBLIC.aliases}
    assert store.papers([PaperId("hf:2")]) == {}
    assert store.add_papers([PUBLIC, SECOND, tie]) == Added(unchanged=3)


@pytest.mark.parametrize("order", [1, -1], ids=["public first", "feed first"])
def test_a_feed_cannot_be_taken_for_a_paper_by_its_title(store: Store, order: int) -> None:
    namesake = told("url:https://evil.example/1", title=PUBLIC.title, authors=PUBLIC.authors, version=0)
    for one in [PUBLIC, namesake][::order]:
        store.add_papers([one])
    assert store.paper_count() == 2
    assert only(store, PUBLIC.id) == only(store, title_id(PUBLIC.title)) == PUBLIC
    printed = replace(PUBLIC, id=PaperId("pubmed:1"), aliases=(), links=())
    assert store.add_papers([printed]) == Added(changed=1)
    assert only(store, "pubmed:1").url == PUBLIC.url, "it is still found by its title"


@pytest.mark.parametrize("order", [1, -1], ids=["public first", "feed first"])
def test_an_entry_with_nothing_but_a_title_is_the_paper_of_that_title(store: Store, order: int) -> None:
    entry = told(title_id(PUBLIC.title), DAY + A_DAY, title=PUBLIC.title, authors=())
    for one in [PUBLIC, entry][::order]:
        store.add_papers([one])
    assert store.paper_count() == 1
    found = only(store, PUBLIC.id)
    assert (found.url, found.authors, found.withdrawn) == (PUBLIC.url, PUBLIC.authors, False)
    assert only(store, entry.id) == found
    assert store.mentions([FEED], DAY + A_DAY, DAY + A_DAY) == [found]
    store.add_papers([replace(PUBLIC, id=PaperId("pubmed:1"), aliases=())])
    assert store.paper_count() == 1


def test_public_knowledge_without_a_source_stays_public(store: Store) -> None:
    known = replace(PUBLIC, sources=(), announced_on=None)
    store.add_papers([known])
    assert store.add_papers([told(PUBLIC.id), told(PUBLIC.id, source=PICKS)]) == Added(unchanged=2)
    assert only(store, PUBLIC.id) == known
    assert store.mentions([PICKS], DAY, DAY) == [known]


@pytest.mark.parametrize("order", [1, -1], ids=["public first", "feed first"])
def test_what_a_source_tells_is_news_for_its_channel_whatever_is_for_others(store: Store, order: int) -> None:
    for one in [PUBLIC, told(PUBLIC.id, DAY + 3 * A_DAY)][::order]:
        store.add_papers([one])
    day = DAY + 3 * A_DAY
    assert ids(store.mentions([FEED], day, day)) == [PUBLIC.id]
    assert store.mentions([FEED], DAY, DAY + 2 * A_DAY) == []
    assert store.mentions([FEED], day + A_DAY, day + 9 * A_DAY) == []
    assert store.mentions([OTHER_FEED, PICKS, "arxiv", ""], DAY, day) == store.mentions([], DAY, day) == []
    assert ids(store.recent_papers(DAY, day)) == [PUBLIC.id]
    assert store.recent_papers(day, day) == []


def test_the_first_day_stays(store: Store) -> None:
    store.add_papers([told("doi:10.1/x", DAY + A_DAY), told("doi:10.1/x", DAY + 2 * A_DAY)])
    store.add_papers([told("doi:10.1/x", DAY), told("doi:10.1/x", DAY + 3 * A_DAY, OTHER_FEED)])
    assert ids(store.mentions([FEED], DAY + A_DAY, DAY + A_DAY)) == ["doi:10.1/x"]
    assert store.mentions([FEED], DAY, DAY) == store.mentions([FEED], DAY + 2 * A_DAY, DAY + 9 * A_DAY) == []
    assert ids(store.mentions([FEED, OTHER_FEED], DAY + 3 * A_DAY, DAY + 3 * A_DAY)) == ["doi:10.1/x"]


def test_each_paper_once_newest_first_then_by_id(store: Store) -> None:
    store.add_papers([PUBLIC, told("doi:10.1/b"), told("doi:10.1/a"), told("doi:10.1/c", DAY + A_DAY)])
    store.add_papers(
        [told("doi:10.1/one", DAY + 2 * A_DAY), told(PUBLIC.id, DAY), told("doi:10.1/a", source=PICKS)]
    )
    found = store.mentions([FEED, PICKS], DAY, DAY + 2 * A_DAY)
    assert ids(found) == [PUBLIC.id, "doi:10.1/c", "doi:10.1/a", "doi:10.1/b"]


def test_what_is_no_news_or_public_is_no_mention(store: Store) -> None:
    store.add_papers([replace(told("doi:10.1/x"), announced_on=None), PUBLIC, replace(SECOND, sources=())])
    assert store.mentions([FEED, "arxiv", ""], DAY - 9 * A_DAY, DAY + 9 * A_DAY) == []
    store.add_papers([replace(SECOND, sources=("arxiv", FEED))])
    assert ids(store.mentions([FEED], DAY, DAY)) == [SECOND.id]
    assert store.mentions(["arxiv"], DAY, DAY) == []


def test_a_mention_follows_its_paper_when_two_become_one(store: Store) -> None:
    store.add_papers([PUBLIC, told("doi:10.1/x"), told(SECOND.id)])
    store.add_papers([replace(SECOND, aliases=(PUBLIC.id, PaperId("doi:10.1/x")))])
    assert store.paper_count() == 1
    assert store.mentions([FEED], DAY, DAY) == [only(store, PUBLIC.id)]
    assert only(store, "doi:10.1/x").url == PUBLIC.url


def test_a_mention_keeps_no_paper_and_goes_with_it(store: Store) -> None:
    old = DAY - A_DAY
    store.add_papers([replace(PUBLIC, announced_on=old), replace(SECOND, announced_on=old)])
    store.add_papers([told(PUBLIC.id), told("doi:10.1/one"), told(SECOND.id), told("doi:10.1/x", old)])
    plan(store, [SECOND])
    assert store.prune_papers(DAY) == 2
    assert ids(store.mentions([FEED], old, DAY)) == [SECOND.id]
    store.add_papers([told("doi:10.1/one", DAY + A_DAY)])
    assert ids(store.mentions([FEED], DAY + A_DAY, DAY + A_DAY)) == ["doi:10.1/one"], "it is news again"


def test_what_a_feed_told_goes_with_its_last_reader(store: Store) -> None:
    for channel in (SLACK, DISCORD):
        subscribed(store, channel)
        store.add_feed(Feed(channel, URL, "", NOW))
    store.add_feed(Feed(SLACK, OTHER_URL, "", NOW))
    store.add_papers([told("doi:10.1/x"), told("doi:10.1/y", source=OTHER_FEED)])
    assert store.forget_feed(SLACK, URL)
    assert not store.forget_feed(SLACK, URL)
    assert ids(store.mentions([FEED], DAY, DAY)) == ["doi:10.1/x"]
    assert store.forget_feed(DISCORD, URL)
    assert store.mentions([FEED], DAY, DAY) == []
    assert ids(store.mentions([OTHER_FEED], DAY, DAY)) == ["doi:10.1/y"]


def test_who_does_not_read_a_feed_forgets_nothing_of_it(store: Store) -> None:
    subscribed(store)
    store.add_papers([told("doi:10.1/x")])
    assert not store.forget_feed(SLACK, URL)
    assert ids(store.mentions([FEED], DAY, DAY)) == ["doi:10.1/x"]


def test_a_forgotten_channel_takes_along_what_was_told_to_it_alone(store: Store) -> None:
    for channel in (SLACK, DISCORD):
        subscribed(store, channel)
        store.add_feed(Feed(channel, URL, "", NOW))
    store.add_feed(Feed(SLACK, OTHER_URL, "", NOW))
    longer = f"semantic-scholar:{Channel('slack', 'T1', 'C11')}"
    sources = (FEED, OTHER_FEED, PICKS, longer)
    store.add_papers([told(f"doi:10.1/{number}", source=source) for number, source in enumerate(sources)])
    store.forget_channel(SLACK)
    assert ids(store.mentions(sources, DAY, DAY)) == ["doi:10.1/0", "doi:10.1/3"]
    store.forget_channel(DISCORD)
    assert ids(store.mentions(sources, DAY, DAY)) == ["doi:10.1/3"]
    assert store.paper_count() == 4


@pytest.mark.parametrize(
    "source", ["feed:nul \0 and \ud800", "feed:'; DROP TABLE mentions; --", "feed:%", "x:" * 5000]
)
def test_a_hostile_name_is_only_text(store: Store, source: str) -> None:
    store.add_papers([told("doi:10.1/x", source=source)])
    assert ids(store.mentions([source], DAY, DAY)) == ["doi:10.1/x"]
    assert store.mentions(["feed:_"], DAY, DAY) == []


def test_many_sources_are_asked_at_once(store: Store) -> None:
    store.add_papers([told(f"doi:10.1/{n:04}", source=f"feed:{n}") for n in range(1500)])
    assert len(store.mentions([f"feed:{n}" for n in range(1500)], DAY, DAY)) == 1500


IDS = [key for one in (PUBLIC, SECOND) for key in (one.id, *one.aliases, title_id(one.title))]
entries = st.lists(
    st.builds(
        told,
        st.sampled_from([*IDS, "url:https://lab.example/1"]),
        st.integers(0, 3).map(lambda number: DAY + number * A_DAY),
        st.sampled_from([FEED, PICKS]),
        title=st.sampled_from(["Buy pills of every kind", PUBLIC.title, SECOND.title]),
        version=st.integers(0, 2),
        aliases=st.lists(st.sampled_from(IDS), max_size=3).map(tuple),
    ),
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(before=entries, between=entries, after=entries)
def test_whatever_feeds_tell_and_when_public_papers_are_as_public_sources_tell_them(
    before: list[Paper], between: list[Paper], after: list[Paper]
) -> None:
    store = MemoryStore()
    batch = [*before, PUBLIC, *between, SECOND, *after]
    store.add_papers(batch)
    for public in (PUBLIC, SECOND):
        found = only(store, public.id)
        assert replace(found, id=public.id, aliases=public.aliases, sources=("arxiv",)) == public
        assert {found.id, *found.aliases} - {title_id(public.title)} == {public.id, *public.aliases}
        assert [only(store, key) for key in public.aliases] == [found]
    assert store.add_papers(batch).new == 0
    news = store.mentions([FEED, PICKS], DAY, DAY + 3 * A_DAY)
    assert {only(store, entry.id).id for entry in (*before, *between, *after)} == set(ids(news))
