"""Any JSON in a record of Semantic Scholar, OpenReview or Crossref gives a paper or a reason, never a failure."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity import keys
from bot.model import Paper
from bot.ports import Skipped
from bot.sources.crossref_records import entries_from_work
from bot.sources.openreview_notes import entry_from_note
from bot.sources.semantic_scholar import NAME, entries_of
from tests.sources.site import sample

Read = Callable[[object], list[Paper | Skipped]]
DAY, TODAY = date(2026, 6, 10), date(2026, 6, 12)

WORDS = [
    "\ud800",
    "\u202e<!channel>",
    "10.1234/\u202e\ud800x",
    "10.48550/arXiv.1",
    "x" * 5000,
    "2026-13-01",
    "/",
    "//a",
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["title", *WORDS])
    | st.text(max_size=20)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def of_scholar(record: object) -> list[Paper | Skipped]:
    return entries_of({"data": [record]}, "data", (NAME,))


def of_openreview(record: object) -> list[Paper | Skipped]:
    return [entry_from_note(record, 1, DAY, TODAY)]


def of_crossref(record: object) -> list[Paper | Skipped]:
    return entries_from_work(record, 1, DAY, TODAY)


RECORDS = [
    (of_scholar, json.loads(sample("semantic-scholar.json"))["data"]),
    (of_openreview, json.loads(sample("openreview.json"))["notes"]),
    (of_crossref, json.loads(sample("crossref.json"))["message"]["items"]),
]


def paths(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The way to every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, inner in inside for found in paths(inner, (*path, key)))]


def with_value(record: object, path: tuple[object, ...], value: object) -> object:
    """The record, with another value at that place."""
    if not path:
        return value
    changed = json.loads(json.dumps(record))
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize(("read", "records"), RECORDS)
@given(data=st.data())
def test_any_value_in_any_place_gives_a_clean_paper_or_a_reason(
    read: Read, records: list[object], data: st.DataObject
):
    record = data.draw(st.sampled_from(records))
    changed = with_value(record, data.draw(st.sampled_from(paths(record))), data.draw(VALUES))
    entries = read(changed)
    assert entries and all(isinstance(entry, (Paper, Skipped)) for entry in entries)
    for entry in entries:
        if isinstance(entry, Paper):
            for text in (entry.title, entry.url, *entry.authors, *entry.labs, *keys(entry)):
                assert not set(text) & set("\ud800\u202e\n")
            assert all(len(key) <= 80 for key in keys(entry))


@pytest.mark.parametrize(("read", "records"), RECORDS)
def test_the_samples_themselves_are_read(read: Read, records: list[object]):
    assert any(isinstance(entry, Paper) for record in records for entry in read(record))
