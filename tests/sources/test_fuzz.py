"""Every parser reads damaged documents: no failure but SourceError, no hang, no memory bomb.

300 documents a parser, or as many as the environment's FUZZ says (`make fuzz`: 10,000), the same every time.
"""

import json
import os
import signal
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from time import process_time

import pytest

from bot.model import Paper
from bot.ports import Skipped
from bot.sources.feeds.parser import read, read_apart
from bot.sources.web.xml import until_error
from tests.sources.damage import damaged
from tests.sources.parsers import FEED, Parser, survives, table

COUNT = int(os.environ.get("FUZZ") or 300)
PARSERS = table()
each_parser = pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)

MOST_SECONDS = 20
SLOWER = 30
MEGABYTE = 1 << 20


class TooLong(BaseException):
    """One document took too much of the processor's time; no `except Exception` stops it."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Of this process's own time, so that a busy machine changes nothing."""

    def stop(_signal: int, _frame: object) -> None:
        raise TooLong(f"more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def document(parser: Parser, seed: int) -> bytes:
    """The damaged document of that number."""
    return damaged(parser.documents[seed % len(parser.documents)], Random(f"{parser.name} {seed}"))


def entries_of(parser: Parser, body: bytes) -> Iterator[Paper | Skipped]:
    yield from parser.read(body)


def tried(parser: Parser, seed: int, body: bytes) -> int:
    """As `survives`; a failure names the seed and shows the document."""
    try:
        with deadline(MOST_SECONDS):
            return survives(entries_of(parser, body))
    except (Exception, TooLong) as error:
        shown = repr(body[:5000]) + ("…" if len(body) > 5000 else "")
        pytest.fail(f"{parser.name}, seed {seed}: {type(error).__name__}: {str(error)[:500]}\n{shown}")


def seconds_of(parser: Parser, bodies: Iterator[tuple[int, bytes]]) -> float:
    spent = 0.0
    for seed, body in bodies:
        started = process_time()
        tried(parser, seed, body)
        spent += process_time() - started
    return spent


@each_parser
def test_damaged_documents(parser: Parser):
    whole = [parser.documents[seed % len(parser.documents)] for seed in range(max(30, COUNT // 20))]
    usual = seconds_of(parser, enumerate(whole)) / len(whole)
    spent = seconds_of(parser, ((seed, document(parser, seed)) for seed in range(COUNT))) / COUNT
    assert spent < SLOWER * usual + 0.001


@each_parser
def test_damaged_documents_in_little_memory(parser: Parser):
    for seed in range(0, COUNT, 15):
        body = document(parser, seed)
        peak = memory_of(parser, seed, body)
        assert peak < 2 * MEGABYTE + 60 * len(body), (
            f"{parser.name}, seed {seed}: {peak >> 10} KB\n{body[:5000]!r}"
        )


def memory_of(parser: Parser, seed: int, body: bytes) -> int:
    """The most bytes of Python's memory that reading took at a time."""
    tracemalloc.start()
    try:
        tried(parser, seed, body)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@each_parser
def test_the_documents_themselves_are_read(parser: Parser):
    assert sum(survives(entries_of(parser, body)) for body in parser.documents) > 0


def test_the_same_seed_gives_the_same_document():
    parser = PARSERS[0]
    assert [document(parser, seed) for seed in range(20)] == [document(parser, seed) for seed in range(20)]
    assert len({document(parser, seed) for seed in range(100)}) > 90


# Bombs

MANY = 1_000_000 if COUNT >= 10_000 else 30_000


def nested_entities(how_many: int) -> bytes:
    """Billion laughs (CVE-2003-1564)."""
    declared = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, how_many))
    return f'<!DOCTYPE a [<!ENTITY l0 "lol">{declared}]>'.encode()


NESTED = nested_entities(12)
QUADRATIC = b'<!DOCTYPE a [<!ENTITY l "' + b"l" * 100_000 + b'">]>'
OURS = b'<!DOCTYPE a [<!ENTITY l SYSTEM "file:///etc/hosts">]>'
XML_BOMBS = {
    "billion laughs": lambda root: NESTED + root.replace(b"*", b"&l11;"),
    "quadratic blow-up": lambda root: QUADRATIC + root.replace(b"*", b"&l;" * 10_000),
    "a file of ours": lambda root: OURS + root.replace(b"*", b"&l;"),
    "a document type elsewhere": lambda root: b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">' + root,
    "a great many elements, nested": lambda root: root.replace(b"*", b"<a>" * MANY),
    "a great many elements": lambda root: root.replace(b"*", b"<a/>" * MANY),
    "a great many attributes": lambda root: root.replace(
        b"*", b"<a " + b" ".join(b"a%d=''" % n for n in range(MANY)) + b"/>"
    ),
    "a long name": lambda root: root.replace(b"*", b"<" + b"a" * 5_000_000 + b"/>"),
    "a long comment": lambda root: root.replace(b"*", b"<!--" + b"- " * 2_000_000),
    "a long text": lambda root: root.replace(b"*", b"<title>" + b"a &lt;b " * 1_000_000 + b"</title>"),
}  # fmt: skip
ROOTS = {
    "arxiv-rss": b"<rss><channel><item>*</item></channel></rss>",
    "arxiv-atom": b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>*</entry></feed>",
    "arxiv-query": b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>*</entry></feed>",
    "arxiv-oai": b"<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><ListRecords><record>*</record></ListRecords></OAI-PMH>",
    "pubmed-articles": b"<PubmedArticleSet><PubmedArticle>*</PubmedArticle></PubmedArticleSet>",
    "atom-file": b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>*</entry></feed>",
}
JSON_BOMBS = {
    "a hundred thousand lists": b"[" * 100_000 + b"]" * 100_000,
    "a hundred thousand objects": b'{"a":' * 100_000,
    "a hundred thousand lists in a field": b'{"results":[{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
    "a number of a million digits": b'{"results":[' + b"9" * 1_000_000 + b"]}",
    "a string of ten million letters": b'["' + b"\\u0041" * 1_600_000 + b'"]',
    "a great many empty lists": b"[" + b",".join([b"[]"] * MANY) + b"]",
    "a great many keys": b"{" + b",".join(b'"%d":0' % n for n in range(MANY)) + b"}",
    "an exponent": b'{"results":[{"cited_by_count":1e999999999}]}',
}
OTHER_BOMBS = {
    "bibtex": (b"@a{b," + b"{" * 100_000, b"@a" * 100_000, b"@a{b, title={" + b"{\\'e}" * 4_000 + b"}}"),
    "openalex": (
        b'{"results":[{"id":"W1","title":"a","abstract_inverted_index":{"a":[1000000000,10000000000000]}}]}',
        b'{"results":[{"id":"W1","title":"a","abstract_inverted_index":{"'
        + b"w" * 400
        + b'":['
        + b",".join(b"%d" % n for n in range(100_000))
        + b"]}}]}",
    ),
}  # fmt: skip
BY_NAME = {parser.name: parser for parser in PARSERS}


def is_quiet(parser: Parser, name: str, body: bytes) -> None:
    """It is read or refused in time and in little memory."""
    peak = memory_of(parser, 0, body)
    assert peak < 20 * MEGABYTE + 40 * len(body), f"{name}: {peak >> 20} MB for {len(body) >> 10} KB"


@pytest.mark.parametrize("bomb", XML_BOMBS)
@pytest.mark.parametrize("parser", ROOTS)
def test_a_bomb_of_xml(parser: str, bomb: str):
    is_quiet(BY_NAME[parser], bomb, XML_BOMBS[bomb](ROOTS[parser]))


@pytest.mark.parametrize("bomb", ["billion laughs", "quadratic blow-up", "a file of ours"])
@pytest.mark.parametrize("parser", ROOTS)
def test_what_declares_entities_is_refused(parser: str, bomb: str):
    entries, error = until_error(entries_of(BY_NAME[parser], XML_BOMBS[bomb](ROOTS[parser])))
    assert (entries, "entity" in str(error) or "declarations of its own" in str(error)) == ([], True)


@pytest.mark.parametrize("bomb", JSON_BOMBS)
def test_a_bomb_of_json(bomb: str):
    readers = [parser for parser in PARSERS if parser.documents[0].lstrip()[:1] in b"[{"]
    assert len(readers) >= 11
    for parser in readers:
        is_quiet(parser, f"{parser.name}, {bomb}", JSON_BOMBS[bomb])


@pytest.mark.parametrize(
    ("parser", "bomb"), [(name, bomb) for name, bombs in OTHER_BOMBS.items() for bomb in bombs]
)
def test_another_bomb(parser: str, bomb: bytes):
    is_quiet(BY_NAME[parser], parser, bomb)


def feed_or_reason(read: Callable[[bytes, str, str], object], body: bytes) -> object:
    try:
        return json.loads(json.dumps(read(body, "application/xml", FEED)))
    except ValueError as refused:
        return str(refused)


@pytest.mark.parametrize("seed", range(max(8, COUNT // 100)))
def test_a_damaged_feed_is_read_in_a_process_of_its_own_as_in_ours(seed: int):
    body = document(BY_NAME["feed"], seed)
    assert feed_or_reason(read_apart, body) == feed_or_reason(read, body)


@pytest.mark.parametrize("bomb", ["billion laughs", "quadratic blow-up", "a file of ours"])
def test_a_bomb_of_a_feed_ends_in_its_own_process(bomb: str):
    body = XML_BOMBS[bomb](b"<rss><channel><item>*</item></channel></rss>")
    with pytest.raises(ValueError, match="no feed needs"):
        read_apart(body, "application/xml", FEED)
