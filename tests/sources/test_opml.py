"""Lists of feeds, as readers export them and as nobody should."""

import pytest

from bot.errors import SourceError
from bot.ports import Skipped
from bot.sources.files.opml import MOST_FEEDS, OpmlFeeds, feeds_in_opml, is_opml


def opml(inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head/><body>{inside}</body></opml>'.encode()


def test_feeds_at_any_depth_in_order_and_each_once():
    body = opml(
        '<outline text="Journals"><outline text="A" title=" The  A " type="rss" xmlUrl="https://example.org/a"/>'
        '<outline text="More"><outline text="B &amp; C" xmlurl="http://example.org/b?x=1&amp;y=2"/></outline></outline>'
        '<outline xmlUrl="https://example.org/c"/><outline text="again" xmlUrl="https://example.org/a"/>'
    )
    assert feeds_in_opml(body).taken == (
        ("The A", "https://example.org/a"),
        ("B & C", "http://example.org/b?x=1&y=2"),
        ("https://example.org/c", "https://example.org/c"),
    )
    assert feeds_in_opml(body).left_out == ()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("javascript:alert(1)", "javascript"),
        ("ftp://example.org/a", "ftp"),
        ("file:///etc/passwd", "file"),
        ("", "no address"),
        (" ", "no address"),
        ("feed", "not a web address"),
        ("https:example.org", "not a web address"),
        ("https://a b", "not a web address"),
        ("https://" + "x" * 3000, "not a web address"),
        ("https://me:secret@example.org/a", "a name or password in its address"),
    ],
)
def test_other_addresses_are_left_out_and_named_with_the_reason(address: str, why: str):
    found = feeds_in_opml(opml(f'<outline text="A" xmlUrl="{address}"/>'))
    assert found == OpmlFeeds((), (Skipped("A", why),))


def test_an_at_sign_behind_the_host_is_no_password():
    assert feeds_in_opml(opml('<outline text="A" xmlUrl="https://example.org/@me"/>')).left_out == ()


def test_what_is_no_folder_and_has_no_address_is_left_out():
    found = feeds_in_opml(opml('<outline text="Lab"><outline text="A"/><outline type="rss"/></outline>'))
    assert found.left_out == (Skipped("A", "no address"), Skipped("no title", "no address"))


def test_no_more_than_the_most_and_the_others_are_left_out():
    body = opml("".join(f'<outline xmlUrl="https://example.org/{number}"/>' for number in range(1000)))
    found = feeds_in_opml(body)
    assert len(found.taken) == MOST_FEEDS
    assert len(found.left_out) == 1000 - MOST_FEEDS
    assert found.left_out[0] == Skipped(f"https://example.org/{MOST_FEEDS}", "more than 200 feeds")


def test_titles_are_short_and_clean():
    body = opml(f'<outline title="\u202e{"x" * 5000}" xmlUrl="https://example.org/a"/>')
    ((title, _),) = feeds_in_opml(body).taken
    assert title == "x" * 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not well-formed XML"),
        (b"hello", "not well-formed XML"),
        (opml("")[:-5], "not well-formed XML"),
        (b"<rss/>", "not a list of feeds: the document is <rss>"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "not well-formed XML"),
        (b'<!DOCTYPE opml [<!ENTITY a "ha">]><opml>&a;</opml>', "a document type or entity"),
        (b" " * (9 << 20), "larger than 8 MB"),
    ],
)
def test_what_is_no_list_is_an_error_in_plain_words(body: bytes, reason: str):
    with pytest.raises(SourceError, match=reason):
        feeds_in_opml(body)


def test_a_list_nested_ten_thousand_deep():
    deep = "<outline>" * 10_000 + '<outline xmlUrl="https://example.org/a"/>' + "</outline>" * 10_000
    assert len(feeds_in_opml(opml(deep)).taken) == 1


def test_what_is_a_list_by_content_and_by_name():
    assert is_opml(opml(""), "subscriptions.xml")
    assert is_opml(b"<?xml version='1.0'?>\n<OPML>", "a")
    assert is_opml(b"<outline/>", "feeds.OPML")
    assert not is_opml(b"<rss><channel/></rss>", "feeds.xml")
    assert not is_opml(b'{"title": "<T>"}', "papers.jsonl")
