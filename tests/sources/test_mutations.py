"""Documents that were damaged at random: whatever comes of it, it is papers, reasons, or a SourceError."""

import gzip
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity import cleaned
from bot.model import Paper
from bot.ports import Skipped
from bot.sources.arxiv_api import answered
from bot.sources.arxiv_feed import announcements
from bot.sources.files import load
from bot.sources.huggingface import daily_papers
from bot.sources.xml import until_error
from tests.sources.site import sample

NASTY = [
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"&#xD800;",
    b"]]>",
    b"\xff",
    b"\x00",
    b"null",
    b"{",
    b"}",
    b'"',
    b"[",
    b"-1",
    b"1e999",
]
NASTY += [
    b"\\ud800",
    b"\\u0000",
    b"\xe2\x80\xae",
    b"@",
    b"\\",
    b"%",
    b"$",
    b"v99999",
    b"99999999999999999999",
    b"\n",
    b"true",
]

edits = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.integers(0, 60), st.sampled_from(NASTY) | st.binary(max_size=6)
    ),
    min_size=1,
    max_size=6,
)


def damaged(body: bytes, edits: Iterable[tuple[float, int, bytes]]) -> bytes:
    for place, length, instead in edits:
        start = int(place * len(body))
        body = body[:start] + instead + body[start + length :]
    return body


def survives(entries: Callable[[], Iterator[Paper | Skipped]]) -> None:
    """Nothing but SourceError is raised, and all that comes out is clean and has a form in UTF-8."""
    found, error = until_error(entries())
    for entry in found:
        json.dumps(asdict(entry), default=str, ensure_ascii=False).encode()
        if isinstance(entry, Paper):
            assert cleaned(entry) == entry
            assert 0 < len(entry.id) <= 80
        else:
            assert entry.what
            assert 0 < len(entry.why) <= 200
    assert error is None or (error.reason and "\n" not in error.reason)


@given(edits)
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("name", ["cs.CL.rss", "cs.CL.atom"])
def test_a_damaged_feed(name: str, edits: list[tuple[float, int, bytes]]):
    survives(lambda: (announced.entry for announced in announcements(damaged(sample(name), edits))))


@given(edits)
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("name", ["query.xml", "error.xml", "rewritten.xml"])
def test_a_damaged_answer(name: str, edits: list[tuple[float, int, bytes]]):
    survives(lambda: answered(damaged(sample(name), edits), "badfield:xyz"))


@given(edits)
@settings(max_examples=300, deadline=None)
def test_a_damaged_day_of_hugging_face(edits: list[tuple[float, int, bytes]]):
    survives(lambda: daily_papers(damaged(sample("daily-papers.json"), edits), date(2026, 6, 12)))


@given(edits, st.booleans())
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("name", ["snapshot.jsonl", "library.bib", "query.xml", "cs.CL.atom"])
def test_a_damaged_file(name: str, edits: list[tuple[float, int, bytes]], packed: bool):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(damaged(gzip.compress(sample(name)) if packed else sample(name), edits))
        survives(lambda: load(path))
        path.write_bytes(gzip.compress(damaged(sample(name), edits)))
        survives(lambda: load(path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = [
    "id",
    "title",
    "abstract",
    "authors",
    "categories",
    "links",
    "url",
    "doi",
    "day",
    "aliases",
    "version",
    "keywords",
]
KEYS += ["submitter", "versions", "authors_parsed", "comments", "upvotes", "sources", "published_on"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON | st.sampled_from(["2401.01234", "10.1000/x", "A title"])))
@settings(max_examples=300, deadline=None)
def test_any_json_object_is_a_paper_or_a_reason(record: dict[str, object]):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "papers.jsonl"
        path.write_text(json.dumps(record) + "\n")
        survives(lambda: load(path))
