"""Feeds that want to harm: encodings, entities, files, and work without end."""

import random
import time
from datetime import date
from pathlib import Path

import pytest

from bot.model import Paper
from bot.sources.feeds.document import feed_text
from bot.sources.feeds.entry import paper_from_entry
from bot.sources.feeds.parser import read, read_apart
from bot.sources.fields import paper_or_skipped
from tests.sources.site import sample

EVIL = (
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"&#x110000;",
    b"&#99999999999;",
    b"]]>",
    b"<![CDATA[",
    b"<!",
    b"\0",
    b"\xff",
    b"'",
    b"",
)
URL = "https://lab.example.org/feed"
LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def rss(title: str) -> str:
    return f"<rss version='2.0'><channel><title>{title}</title><item><title>{title}</title></item></channel></rss>"


def title(body: bytes, content_type: str = "") -> object:
    return read(body, content_type, URL)["title"]


@pytest.mark.parametrize(
    "start", ["", "<?xml version='1.0'?>", "<!-- <rss> -->", "\n\n <?a b?>", "<!DOCTYPE rss>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_declarations_are_refused_wherever_they_stand(start: str, encoding: str):
    with pytest.raises(ValueError, match="no feed needs"):
        read((start + LAUGHS + rss("&i;")).encode(encoding), "", URL)


@pytest.mark.parametrize(
    "start",
    [
        "<!ENTITY a 'b'>",
        "<!DOCTYPE rss SYSTEM 'a>b' [<!ENTITY a 'b'>]>",
        "<!doctype rss[<!entity a SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE rss PUBLIC '-//x' 'http://127.0.0.1/x.dtd' [%x;]>",
    ],
)
def test_no_spelling_of_a_declaration_gets_through(start: str):
    with pytest.raises(ValueError, match="no feed needs"):
        read((start + rss("&a;")).encode(), "", URL)


def test_laughs_in_a_hidden_encoding_are_only_text():
    declared = "<?xml version='1.0' encoding='utf-7'?>"
    hidden = (LAUGHS + rss("&i;")).replace("<", "+ADw-").replace(">", "+AD4-")
    with pytest.raises(ValueError, match="not a feed"):
        read((declared + hidden).encode(), "application/xml; charset=utf-7", URL)


def test_an_old_document_type_alone_is_no_harm():
    netscape = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss.dtd">'
    assert title((netscape + rss("Old news")).encode()) == "Old news"


def test_talk_of_entities_is_not_one():
    assert (
        title(rss("<![CDATA[Why <!ENTITY and <!DOCTYPE x [ are bad]]>").encode())
        == "Why <!ENTITY and <!DOCTYPE x [ are bad"
    )


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "", ""),
        ("utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),
        ("utf-16", "utf-16", ""),
        ("utf-16-le", "utf-16", ""),
        ("utf-32", "", ""),
        ("iso-8859-1", "iso-8859-1", ""),
        ("windows-1252", "", "text/xml; charset=windows-1252"),
        ("windows-1252", "no-such-thing", ""),
        ("windows-1252", "rot13", "text/xml; charset=zlib"),
    ],
)
def test_letters_arrive_as_they_were_meant(encoding: str, declared: str, content_type: str):
    start = f"<?xml version='1.0' encoding='{declared}'?>" if declared else "<?xml version='1.0'?>"
    assert title((start + rss("Über café")).encode(encoding), content_type) == "Über café"


def test_one_wrong_byte_costs_one_letter():
    start = b"<?xml version='1.0' encoding='utf-8'?>"
    assert title(start + rss("Über ?").encode().replace(b"?</title>", b"\xff</title>")) == "Über \ufffd"


def test_control_characters_cost_nothing_else():
    made = read(rss("a\x00b\x08c\ufffe").encode(), "", URL)
    assert (made["title"], made["broken"]) == ("abc", False)


@pytest.mark.parametrize("name", ["secret.xml", "https://lab.example.org/other", "file:///etc/passwd"])
def test_a_body_is_never_taken_for_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    (tmp_path / "secret.xml").write_bytes(rss("Secret").encode())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="not a feed"):
        read(name.encode(), "", URL)


def test_a_root_is_never_taken_for_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "<rss>").write_bytes(rss("Secret").encode())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="too broken"):
        read(b"<rss>", "", URL)


def test_links_are_whole_addresses():
    made = read(rss("A").replace("<item>", "<item><link>/posts/1</link>").encode(), "", URL)
    assert made["entries"][0]["link"] == "https://lab.example.org/posts/1"


def test_the_other_process_says_the_same():
    body = rss("Über café").encode()
    assert read_apart(body, "text/xml", URL) == read(body, "text/xml", URL)
    with pytest.raises(ValueError, match="not a feed: the document is <opml>"):
        read_apart(b"<opml/>", "", URL)


@pytest.mark.parametrize("type_and_url", ["\0", "\ud800", "a\nb", "-" * 10_000])
def test_nothing_told_along_stops_it(type_and_url: str):
    assert read_apart(rss("A").encode(), type_and_url, type_and_url)["title"] == "A"


def test_work_without_end_is_ended():
    body = rss("A").replace("<item>", f"<item><author>{'a' * 1_000_000}</author>").encode()
    begun = time.monotonic()
    with pytest.raises(ValueError, match="takes longer than 1 s"):
        read_apart(body, "", URL, seconds=1.0)
    assert time.monotonic() - begun < 10


def test_a_page_of_unfinished_links_is_read_in_no_time():
    begun = time.monotonic()
    with pytest.raises(ValueError, match="a web page"):
        feed_text(b"<html>" + b"<link rel=" * 500_000, "", URL)
    assert time.monotonic() - begun < 5


def damaged(body: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(body))
        body = body[:at] + chance.choice(EVIL) + body[at + chance.randrange(30) :]
    return body[: chance.randrange(200, len(body) + 1)] if chance.random() < 0.2 else body


@pytest.mark.parametrize("name", ["feed-lab.atom", "feed-journal.rdf"])
def test_damage_costs_entries_and_no_more(name: str):
    chance, found = random.Random(7), 0
    for _ in range(300):
        try:
            made = read(damaged(sample(name), chance), "", URL)
        except ValueError:
            continue
        for entry in made["entries"]:
            paper = paper_or_skipped(
                "?", lambda entry=entry: paper_from_entry(entry, date.min, feed=URL, source="s")
            )
            found += isinstance(paper, Paper)
    assert found > 200


@pytest.mark.parametrize(
    "value", [None, 7, "", "\ud800", [], [None, [], {}], {"a": 1}, "10.1/" * 999, "https://[::1", "9" * 5000]
)
def test_a_field_of_any_shape_is_an_entry_or_none(value: object):
    names = ("link", "id", "summary", "content", "authors", "terms", "dois", "pdf", "published", "updated")
    for name in names:
        record = {"title": "A", name: value}
        assert paper_from_entry(record, date.min, feed=URL, source="s").title == "A"
