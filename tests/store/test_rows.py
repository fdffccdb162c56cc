"""Values ↔ rows."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Button, Card, Channel, Filters, Link, Message, Paper, PaperId, Picture, Subscription
from bot.store.channel_rows import row_from_subscription, subscription_from_row
from bot.store.rows import (
    json_from_message,
    message_from_json,
    paper_from_row,
    row_from_paper,
    storable,
    text_from_time,
    time_from_text,
)

texts = st.text(max_size=20)
papers = st.builds(Paper, title=texts, authors=st.lists(texts).map(tuple), withdrawn=st.booleans())


@given(papers)
def test_a_storable_paper_survives_its_row(paper: Paper) -> None:
    kept = storable(paper)
    assert paper_from_row(row_from_paper(kept)) == kept
    assert storable(kept) is kept


@given(st.text(st.characters(codec=None)))
def test_storable_text_has_no_nul_and_is_utf_8(text: str) -> None:
    kept = storable(text)
    assert "\0" not in kept
    assert len(kept) == len(text)
    assert kept.encode().decode() == kept


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-840, 840))  # noqa: DTZ001
def test_times_survive_and_their_texts_sort_as_they_do(at: datetime, minutes: int) -> None:
    at = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert time_from_text(text_from_time(at)) == at
    assert (text_from_time(at) < text_from_time(now)) == (at < now)


def test_a_message_without_newer_fields_still_reads() -> None:
    message = Message("text", cards=(Card(PaperId("x:1"), "title", links=(Link("a", "b"),)),))
    assert message_from_json(json_from_message(message)) == message
    old = json.dumps({"text": "text", "cards": [{"paper": "x:1", "title": "title"}]})
    assert message_from_json(old).cards == (Card(PaperId("x:1"), "title"),)


@given(st.binary(max_size=40), texts)
def test_a_message_keeps_its_picture_and_its_commands(png: bytes, command: str) -> None:
    message = Message(
        "text", buttons=(Button("Mute", command=command),), picture=Picture(png, "a picture of é")
    )
    assert message_from_json(json_from_message(storable(message))) == storable(message)


def test_filters_are_read_whatever_they_name() -> None:
    row = row_from_subscription(
        Subscription(Channel("slack", "T1", "C1"), datetime(2026, 11, 22, tzinfo=UTC))
    )
    assert row[7] == "{}"
    for text, filters in {
        "{}": Filters(),
        '{"exclude":["a"]}': Filters(exclude=("a",)),
        '{"later":1,"sources":["b"],"include":null}': Filters(sources=("b",)),
    }.items():
        assert subscription_from_row((*row[:7], text, *row[8:]), ()).filters == filters
