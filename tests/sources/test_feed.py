"""Any RSS or Atom feed: entries as papers, readings, cursors, and what is no feed at all."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from bot.errors import SourceError
from bot.model import Link, Paper
from bot.ports import Entry, Reading, Skipped
from bot.sources.feeds.source import FeedSource, feed_title
from bot.sources.web.guard import PRIVATE, Guard
from bot.sources.web.http import Door
from tests.sources.site import HTML, FakeTime, Reply, Site, sample

LONG_AGO = date(2000, 1, 1)
Clock = Callable[[], datetime]


def feed(site: Site, door: Door, today: Clock, **options) -> FeedSource:
    return FeedSource(door, f"{site.url}/feed", clock=today, **options)


async def told(source: FeedSource, since: date = LONG_AGO, cursor: str = "") -> list[Entry]:
    return [entry async for entry in source.fetch(since, cursor)]


async def papers(source: FeedSource, since: date = LONG_AGO, cursor: str = "") -> list[Paper]:
    return [entry for entry in await told(source, since, cursor) if isinstance(entry, Paper)]


async def refused(source: FeedSource) -> str:
    with pytest.raises(SourceError) as caught:
        await told(source)
    return caught.value.reason


def rss(*items: str, head: str = "") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'>{head}<channel><title>A feed</title>{inside}</channel></rss>".encode()


def named(title: str, link: str = "", more: str = "") -> str:
    return f"<title>{title}</title>" + (f"<link>{link}</link>" if link else "") + more


async def test_an_atom_feed_is_read_as_it_is(site: Site, door: Door, today: Clock):
    site.says("/feed", sample("feed-lab.atom"))
    source = feed(site, door, today)
    first, second, reading = await told(source)
    assert first == Paper(
        id="arxiv:1706.03762",
        title="Attention Is All You Need",
        title_as_given="Attention <em>Is</em> All You Need",
        abstract="A model of attention alone.",
        abstract_as_given="<p>A model of <b>attention</b> alone.</p>",
        authors=("Ashish Vaswani", "Noam Shazeer"),
        keywords=("Transformers", "attention"),
        url="https://arxiv.org/abs/1706.03762",
        links=(Link("PDF", "https://arxiv.org/pdf/1706.03762"),),
        published_on=date(2026, 6, 12),
        announced_on=date(2026, 6, 12),
        sources=(f"feed:{site.url}/feed",),
    )
    assert isinstance(second, Paper)
    assert second.id == f"url:{site.url}/posts/measuring"
    assert second.url == f"{site.url}/posts/measuring"
    assert second.links == (Link("PDF", f"{site.url}/posts/measuring.pdf"),)
    assert "All of it, at length." in second.abstract
    assert (second.published_on, second.announced_on) == (None, date(2026, 6, 10))
    assert isinstance(reading, Reading) and (reading.status, reading.note) == (200, "")
    assert (source.name, source.area) == ("feed", f"{site.url}/feed")


async def test_a_journals_feed_names_its_papers_by_doi(site: Site, door: Door, today: Clock):
    site.says("/feed", sample("feed-journal.rdf"))
    found = await papers(feed(site, door, today))
    assert [paper.id for paper in found] == [
        "doi:10.1101/2024.01.02.573939",
        "doi:10.1126/science.abc1234",
        "doi:10.1021/acs.9b00001",
    ]
    assert found[0].authors == ("Smith, J. A.", "Doe, R.", "O'Hara, M.-L.", "Roe, P.")
    assert found[1].authors == ("Jane Doe", "John Roe", "Ann Moe")
    assert [paper.announced_on for paper in found] == [date(2026, 6, 9), date(2026, 6, 8), date(2026, 6, 7)]
    assert found[0].url == "https://www.biorxiv.example/content/10.1101/2024.01.02.573939v2?rss=1"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            "https://www.biorxiv.org/content/10.1101/2024.01.02.573939v12.full.pdf",
            "doi:10.1101/2024.01.02.573939",
        ),
        ("https://onlinelibrary.wiley.com/doi/10.1002%2Fabc.123?af=R", "doi:10.1002/abc.123"),
        ("https://doi.org/10.1/x", "url:https://doi.org/10.1/x"),
        ("https://doi.org/10.1000/XYZ", "doi:10.1000/xyz"),
        ("https://doi.org/10.48550/arXiv.2401.01234", "arxiv:2401.01234"),
        ("http://arxiv.org/pdf/2401.01234v2", "arxiv:2401.01234"),
        ("https://huggingface.co/papers/2401.01234", "arxiv:2401.01234"),
        ("https://blog.example.org/10.1-is-out", "url:https://blog.example.org/10.1-is-out"),
        ("javascript:alert(1)", "title:"),
    ],
)
async def test_the_address_tells_the_work(site: Site, door: Door, today: Clock, link: str, expected: str):
    site.says("/feed", rss(named("A title of four words", link)))
    (paper,) = await papers(feed(site, door, today))
    assert paper.id == expected or (
        expected == "title:" and paper.id.startswith(expected) and paper.url == ""
    )


async def test_an_entry_of_anybodys_feed_names_one_work_and_no_version(site: Site, door: Door, today: Clock):
    head = "xmlns:prism='http://prismstandard.org/namespaces/basic/2.0/'"
    body = rss(named("A", "https://arxiv.org/abs/2401.01234v9", "<prism:doi>10.1000/b</prism:doi>"))
    site.says("/feed", body.replace(b"<rss ", f"<rss {head} ".encode()))
    (paper,) = await papers(feed(site, door, today))
    assert (paper.id, paper.aliases, paper.version) == ("arxiv:2401.01234", (), 0)
    (trusted,) = await papers(feed(site, door, today, trusted=True, source_name="lab"))
    assert (trusted.id, trusted.aliases, trusted.sources) == (
        "arxiv:2401.01234",
        ("doi:10.1000/b",),
        ("lab",),
    )


async def test_an_address_under_many_titles_names_none_of_them(site: Site, door: Door, today: Clock):
    home = "https://blog.example.org/"
    site.says(
        "/feed", rss(named("The first of all our titles", home), named("The second of our titles", home))
    )
    one, two = await papers(feed(site, door, today))
    assert one.id.startswith("title:") and two.id.startswith("title:") and one.id != two.id
    assert one.url == home


async def test_an_entry_told_twice_is_one_work(site: Site, door: Door, today: Clock):
    site.says("/feed", rss(*[named("News", "https://blog.example.org/1")] * 2))
    assert {paper.id for paper in await papers(feed(site, door, today))} == {"url:https://blog.example.org/1"}


async def test_a_title_that_tells_nothing_is_a_name_in_its_feed_only(site: Site, door: Door, today: Clock):
    site.says("/feed", rss(named("Weekly news")))
    site.says("/other", rss(named("Weekly news")))
    (one,) = await papers(feed(site, door, today))
    (other,) = await papers(FeedSource(door, f"{site.url}/other", clock=today))
    assert one.id.startswith("url:") and one.id != other.id


async def test_a_teaser_gives_way_to_what_follows(site: Site, door: Door, today: Clock):
    head = "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
    more = f"<description>Short.</description><content:encoded>{'All of it. ' * 30}</content:encoded>"
    site.says(
        "/feed", rss(named("A", "https://x.example/", more)).replace(b"<rss version='2.0'>", head.encode())
    )
    (paper,) = await papers(feed(site, door, today))
    assert paper.abstract.startswith("All of it. All of it.")


async def test_only_what_is_new_comes(site: Site, door: Door, today: Clock):
    site.says("/feed", sample("feed-journal.rdf"))
    found = await papers(feed(site, door, today), date(2026, 6, 8))
    assert [paper.announced_on for paper in found] == [date(2026, 6, 9), date(2026, 6, 8)]


@pytest.mark.parametrize(
    "more", ["", "<pubDate>soon</pubDate>", "<pubDate>Sat, 01 Jan 2033 00:00:00 GMT</pubDate>"]
)
async def test_an_entry_without_a_day_is_news_on_the_day_it_is_first_seen(
    site: Site, door: Door, today: Clock, more: str
):
    site.says("/feed", rss(named("An entry", "https://x.example/1", more)))
    source = feed(site, door, today)
    paper, reading = await told(source)
    assert isinstance(paper, Paper) and isinstance(reading, Reading)
    assert paper.announced_on == date(2026, 6, 12)
    later = FeedSource(door, source.area, clock=lambda: datetime(2026, 6, 15, 8, tzinfo=UTC))
    (again,) = await papers(later, cursor=reading.cursor or "")
    assert again.announced_on == date(2026, 6, 12)
    assert await papers(later, date(2026, 6, 13), reading.cursor or "") == []


async def test_an_unchanged_feed_is_not_sent_again(site: Site, door: Door, today: Clock):
    headers = {"ETag": 'W/"7"', "Last-Modified": "Fri, 12 Jun 2026 08:00:00 GMT"}
    site.says("/feed", Reply(rss(named("An entry")), 200, headers), Reply(b"", 304))
    source = feed(site, door, today)
    reading = (await told(source))[-1]
    assert isinstance(reading, Reading) and reading.cursor
    assert await told(source, cursor=reading.cursor) == [Reading(304)]
    first, second = site.requests
    assert "If-None-Match" not in first.headers
    assert second.headers["If-None-Match"] == 'W/"7"'
    assert second.headers["If-Modified-Since"] == "Fri, 12 Jun 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "[]",
        "7",
        "[" * 100_000,
        '{"etag": 7, "modified": "a\\r\\nb: c", "seen": [1]}',
        json.dumps({"etag": "x" * 501, "seen": {"a": None}}),
    ],
)
async def test_a_nonsense_cursor_is_as_good_as_none(site: Site, door: Door, today: Clock, cursor: str):
    site.says("/feed", rss(named("An entry")))
    assert len(await papers(feed(site, door, today), cursor=cursor)) == 1
    assert "If-None-Match" not in site.requests[0].headers
    assert "If-Modified-Since" not in site.requests[0].headers


async def test_a_feed_that_is_gone_says_so(site: Site, door: Door, today: Clock):
    site.says("/feed", Reply(b"", 410))
    assert await refused(feed(site, door, today)) == "the feed is gone for good"
    with pytest.raises(SourceError, match="gone for good"):
        await feed_title(door, f"{site.url}/feed")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HTML, "a web page, not a feed"),
        (b"<html><head><title>x</title></head></html>", "a web page, not a feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "not a feed: neither RSS nor Atom"),
        (b"<opml version='2.0'/>", "not a feed: the document is <opml>"),
        (b"", "not a feed: an empty page"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a feed: neither RSS nor Atom"),
        (b"<rss><channel", "a feed that is too broken to be read"),
    ],
)
async def test_what_is_no_feed_is_said_to_be_none(
    site: Site, door: Door, today: Clock, body: bytes, reason: str
):
    site.says("/feed", body)
    assert await refused(feed(site, door, today)) == reason


async def test_a_broken_feed_is_read_as_far_as_it_goes(site: Site, door: Door, today: Clock):
    whole = rss(named("The first", "https://x.example/1"), named("The second & last", "https://x.example/2"))
    site.says("/feed", whole[: whole.rindex(b"</item>")])
    *found, reading = await told(feed(site, door, today))
    assert [paper.title for paper in found if isinstance(paper, Paper)] == ["The first", "The second & last"]
    assert isinstance(reading, Reading) and reading.note == "not well-formed, read as far as that goes"


async def test_an_empty_feed_is_no_error(site: Site, door: Door, today: Clock):
    site.says("/feed", rss())
    (reading,) = await told(feed(site, door, today))
    assert isinstance(reading, Reading) and reading.status == 200
    assert await feed(site, door, today).check() == "0 entries"


async def test_an_entry_without_a_title_costs_itself_only(site: Site, door: Door, today: Clock):
    site.says("/feed", rss("<link>https://x.example/1</link>", named("The second")))
    skipped, paper, _ = await told(feed(site, door, today))
    assert skipped == Skipped("entry 1", "no title")
    assert isinstance(paper, Paper)


async def test_what_a_hostile_entry_says_stays_in_its_fields(site: Site, door: Door, today: Clock):
    body = rss(
        named("&lt;!channel&gt; \u202eevil\x07 " + "x" * 9_000, "https://x.example/a b"),
        named("Long", "https://x.example/2", f"<description>{'y ' * 60_000}</description>"),
        named("Many", "", "".join(f"<category>{n} {'z' * 300}</category>" for n in range(200))),
    )
    site.says("/feed", body)
    evil, long, many = await papers(feed(site, door, today))
    assert evil.title.startswith("<!channel> evil x") and len(evil.title) <= 5_000
    assert (evil.url, evil.id.split(":")[0]) == ("", "url")
    assert len(long.abstract) <= 20_000
    assert (len(many.keywords), max(map(len, many.keywords))) == (30, 100)


async def test_of_a_long_feed_the_newest_entries_are_read(site: Site, door: Door, today: Clock):
    items = [
        named(f"Number {n}", more=f"<pubDate>{1 + n % 28:02} Jan {1990 + n // 28} 00:00:00 GMT</pubDate>")
        for n in range(600)
    ]
    site.says("/feed", rss(*items))
    *found, reading = await told(feed(site, door, today), date(1980, 1, 1))
    assert {paper.title for paper in found if isinstance(paper, Paper)} == {
        f"Number {n}" for n in range(100, 600)
    }
    assert isinstance(reading, Reading) and reading.note == "only 500 of its 600 entries are read"


async def test_it_says_that_it_answers(site: Site, door: Door, today: Clock):
    site.says("/feed", sample("feed-lab.atom"))
    assert await feed(site, door, today).check() == "2 entries, the newest of 12 June 2026"


@pytest.fixture
async def guarded(time: FakeTime):
    door = Door(guard=Guard(("127.0.0.1",)), clock=time.clock, sleep=time.sleep, jitter=lambda: 0.5)
    yield door
    await door.close()


async def test_the_title_of_a_feed_that_somebody_wants(site: Site, guarded: Door):
    site.says("/feed", rss())
    assert await feed_title(guarded, f"{site.url}/feed") == (f"{site.url}/feed", "A feed")


async def test_a_feed_without_a_title_is_called_by_its_host(site: Site, guarded: Door):
    site.says("/feed", b"<rss version='2.0'><channel/></rss>")
    assert await feed_title(guarded, f"{site.url}/feed") == (f"{site.url}/feed", "127.0.0.1")


@pytest.mark.parametrize(
    ("status", "address"), [(301, "/feed"), (308, "/feed"), (302, "/old"), (307, "/old")]
)
async def test_an_address_is_kept_unless_the_feed_has_moved_for_good(
    site: Site, guarded: Door, status: int, address: str
):
    site.says("/old", Reply(b"", status, {"Location": "/feed"}))
    site.says("/feed", rss())
    assert (await feed_title(guarded, f"{site.url}/old"))[0] == f"{site.url}{address}"


async def test_a_web_page_tells_of_its_feeds(site: Site, guarded: Door):
    page = (
        "<!doctype html><html><head><link rel='stylesheet' href='/x.css'>"
        "<link rel=alternate type=application/rss+xml href=/feed.rss>"
        '<LINK title="b" href="https://b.example/a.atom?x=1&amp;y=2" type="application/atom+xml" rel="Alternate" />'
        "<link rel=alternate type=application/rss+xml href='javascript:x()'>"
        "<link rel=alternate type=application/rss+xml href='http://[::1'>"
        "<link rel=alternate type=application/rss+xml href='/<!channel>'>"
        "<link rel=alternate type=text/html href=/de></head></html>"
    )
    site.says("/", page.encode())
    with pytest.raises(SourceError) as caught:
        await feed_title(guarded, f"{site.url}/")
    assert caught.value.reason == (
        f"a web page, not a feed; this page names these feeds: {site.url}/feed.rss, https://b.example/a.atom?x=1&y=2"
    )


async def test_a_private_address_is_not_looked_at(site: Site, time: FakeTime):
    door = Door(guard=Guard(), clock=time.clock, sleep=time.sleep)
    with pytest.raises(SourceError) as caught:
        await feed_title(door, f"{site.url}/feed")
    await door.close()
    assert (caught.value.reason, site.requests) == (PRIVATE, [])
