"""XML as it really comes: one bad entry, character or reference costs at most itself."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.sources.web.xml import BROKEN, feed_children, pieces, until_error

HEAD = "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' xmlns:a='http://a.example/'><channel>"
END = "</channel></rss>"


def item(text: str) -> str:
    return f"<item><title>{text}</title></item>"


def chunked(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def read(body: str | bytes, size: int = 1 << 16) -> tuple[list[str], str]:
    """The titles (BROKEN for a broken entry), and the error that ended it."""
    whole = body.encode() if isinstance(body, str) else body
    children, error = until_error(feed_children(chunked(whole, size), "feed"))
    told = [BROKEN if child.tag == BROKEN else child.findtext("title", "") for child in children]
    return told, error.reason if error else ""


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 16])
@pytest.mark.parametrize(
    "bad",
    [
        "p < 0.05",
        "<b>unclosed",
        "</nothing>",
        "a & b",
        "<a b=c>",
        "<!-- -- -->",
        "]]>",
        "&undefined;",
        "<1>",
        "x</title",
    ],
)
def test_an_entry_that_is_not_well_formed_costs_itself(bad: str, size: int) -> None:
    titles, error = read(f"{HEAD}{item('one')}{item(bad)}{item('two')}{item(bad)}{item('three')}{END}", size)
    assert (titles, error) == (["one", BROKEN, "two", BROKEN, "three"], "")


def read_whole(body: str) -> tuple[list[str], str]:
    children, error = until_error(feed_children(pieces(body.encode()), "feed"))
    return [BROKEN if child.tag == BROKEN else child.findtext("title", "") for child in children], str(
        error or ""
    )


@pytest.mark.parametrize(
    "opened", ["<!-- x", "<![CDATA[x", "<?x ", "<!--<![CDATA[<?", "<b><!-- </b>", "<![CDATA[--><?"]
)
@pytest.mark.parametrize("more", ["", "<!-- fine --><?fine?><![CDATA[ <item> <!-- ]]>"])
def test_what_opens_and_never_closes_costs_its_entry(opened: str, more: str) -> None:
    items = (item("one"), item(f"<i>{more}</i>"), item(f"two {opened}"), item("three"))
    titles, error = read_whole(
        f"{HEAD}{''.join(items)}{item('four') * 9000}{item(opened)}{item('five')}{END}"
    )
    assert (titles[0], titles[2:4], titles[-3:], error) == (
        "one",
        [BROKEN, "three"],
        ["four", BROKEN, "five"],
        "",
    )


@pytest.mark.parametrize("opened", ["<!-- x", "<![CDATA[x", "<?x "])
def test_what_never_closes_in_the_last_entry_or_before_the_first_is_half_a_document(opened: str) -> None:
    assert read_whole(f"{HEAD}{item('one')}{item(opened)}{END}")[1].startswith("feed: half a document")
    assert read_whole(f"{HEAD}{opened}{item('one')}{END}") == (
        [],
        read_whole(f"{HEAD}{opened}{item('one')}{END}")[1],
    )
    assert read_whole(f"{HEAD}{opened}{item('one')}{END}")[1]


def test_very_many_endless_things_take_no_time() -> None:
    titles, error = read_whole(HEAD + item("<!-- <?<![CDATA[") * 100_000 + END)
    assert (set(titles), error[:21]) == ({BROKEN}, "feed: not well-formed")


@given(
    st.lists(st.sampled_from([item("a"), "<!--", "-->", "<![CDATA[", "]]>", "<?x ", "?>", "x", item("&lt;")]))
)
def test_pieces_of_a_well_formed_document_are_the_document(parts: list[str]) -> None:
    body = f"{HEAD}{item('one')}{''.join(parts)}{END}".encode()
    titles, error = read(body)
    assert error or BROKEN in titles or b"".join(pieces(body)) == body


def test_a_last_entry_that_is_broken_ends_no_document_early() -> None:
    assert read(f"{HEAD}{item('one')}{item('a & b')}{END}") == (["one", BROKEN], "")
    titles, error = read(f"{HEAD}{item('one')}{item('a & b')}")
    assert titles == ["one", BROKEN]
    assert error == "half a document"


def test_namespaces_and_the_root_are_there_again_behind_a_fault() -> None:
    body = f"{HEAD}{item('a & b')}<item><title>two</title><a:kind>new</a:kind></item>{END}"
    children, error = until_error(feed_children([body.encode()], "feed"))
    assert error is None
    assert children[-1].findtext("{http://a.example/}kind") == "new"


@pytest.mark.parametrize("size", [1, 5, 1 << 16])
@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (b"\xef\xbf\xbf", ""),  # U+FFFF, which real abstracts have held
        (b"\xef\xbf\xbe", ""),
        (b"\x00\x0b", ""),
        (b"&#0;", ""),
        (b"&#xFFFF;", ""),
        (b"&#x0B;", ""),
        (b"&#1114112;", ""),
        (b"&#233;", "é"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        ("é\U0001f600".encode(), "é\U0001f600"),
    ],
)
def test_characters_that_no_xml_may_hold_cost_only_themselves(bad: bytes, good: str, size: int) -> None:
    body = HEAD.encode() + b"<item><title>a" + bad + b"b</title></item>" + item("two").encode() + END.encode()
    assert read(body, size) == ([f"a{good}b", "two"], "")


def test_another_encoding_is_left_to_the_parser() -> None:
    latin = f"{HEAD.replace('UTF-8', 'ISO-8859-1')}{item('é')}{END}".encode("latin-1")
    assert read(latin) == (["é"], "")
    wide = f"{HEAD.replace('UTF-8', 'UTF-16')}{item('é')}{END}".encode("utf-16")
    assert read(wide) == (["é"], "")


def test_a_document_full_of_faults_is_given_up() -> None:
    titles, error = read(HEAD + item("a & b") * 500 + item("good") + END)
    assert len(titles) == 100
    assert "not well-formed" in error


@pytest.mark.parametrize(
    "body",
    ["", "nonsense", "<html><item/></html>", "<rss", "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>"],
)
def test_what_is_no_feed_is_an_error(body: str) -> None:
    with pytest.raises(SourceError):
        list(feed_children([body.encode()], "feed"))


@given(st.lists(st.text(alphabet="ab<>&;#'\"/ item", max_size=12), max_size=6), st.integers(1, 40))
def test_good_entries_come_out_whatever_stands_between_them(rubbish: list[str], size: int) -> None:
    safe = [one for one in rubbish if "<item" not in one]
    body = HEAD + "".join(f"<item><title>x{one}</title></item>{item('good')}" for one in safe) + END
    titles, error = read(body, size)
    assert titles.count("good") >= len(safe) - 1 or "<!" in body or "<?" in body.removeprefix("<?"), (
        titles,
        error,
    )
