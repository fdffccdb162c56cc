"""Feeds that channels added, in every store."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.errors import StoreError
from bot.model import Feed
from bot.ports import Store
from tests.store.samples import DISCORD, MINUTE, NOW, SLACK, subscribed

FEED = Feed(SLACK, "https://example.org/é.xml", "A feed <!channel> \u202e", NOW)


@pytest.fixture(autouse=True)
def _subscribed(store: Store) -> None:
    subscribed(store)
    subscribed(store, DISCORD)


def test_nothing_is_read_at_first(store: Store) -> None:
    assert store.feeds() == []
    assert not store.forget_feed(SLACK, FEED.url)


def test_feeds_come_back_as_they_went_in_in_the_order_they_were_added(store: Store) -> None:
    feeds = [
        FEED,
        Feed(DISCORD, FEED.url, "", NOW - MINUTE),
        Feed(SLACK, "https://example.org/a.xml", "", NOW),
    ]
    assert all(store.add_feed(feed) for feed in feeds)
    assert store.feeds() == feeds
    assert store.forget_feed(SLACK, FEED.url)
    assert store.add_feed(FEED)
    assert store.feeds() == [*feeds[1:], FEED]


def test_a_channel_reads_an_address_once(store: Store) -> None:
    assert store.add_feed(FEED)
    assert not store.add_feed(FEED)
    assert not store.add_feed(replace(FEED, title="Other", added_at=NOW + MINUTE))
    assert store.feeds() == [FEED]


def test_channels_read_for_themselves(store: Store) -> None:
    other = replace(FEED, channel=DISCORD)
    assert store.add_feed(FEED)
    assert store.add_feed(other)
    assert (store.feeds(SLACK), store.feeds(DISCORD)) == ([FEED], [other])
    assert store.forget_feed(SLACK, FEED.url)
    assert not store.forget_feed(SLACK, FEED.url)
    assert store.feeds() == [other]
    assert store.feeds(SLACK) == []


def test_only_a_subscribed_channel_can_read(store: Store) -> None:
    store.forget_channel(SLACK)
    with pytest.raises(StoreError, match="not subscribed"):
        store.add_feed(FEED)
    assert store.feeds() == []


def test_times_come_back_in_utc_and_need_a_zone(store: Store) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    store.add_feed(replace(FEED, added_at=NOW.astimezone(india)))
    assert [one.added_at.utcoffset() for one in store.feeds()] == [timedelta(0)]
    assert store.feeds() == [FEED]
    with pytest.raises(StoreError, match="zone"):
        store.add_feed(replace(FEED, url="x", added_at=datetime(2026, 1, 1)))  # noqa: DTZ001


@pytest.mark.parametrize("url", ["x" * 5000, "'; DROP TABLE feeds; --", "nul \0 and \ud800", "%", ""])
def test_a_hostile_address_is_only_text(store: Store, url: str) -> None:
    assert store.add_feed(replace(FEED, url=url, title=url))
    assert not store.add_feed(replace(FEED, url=url))
    assert not store.forget_feed(SLACK, "other")
    assert store.forget_feed(SLACK, url)


def test_of_threads_adding_one_feed_one_does(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda number: store.add_feed(replace(FEED, title=str(number))), range(8)))
    assert added.count(True) == 1
    assert [one.title for one in store.feeds()] == [str(added.index(True))]
