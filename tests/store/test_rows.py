"""Values ↔ rows."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from bot.model import (
    Button,
    Card,
    Channel,
    Digest,
    Filters,
    Impression,
    Link,
    Message,
    Paper,
    PaperId,
    Picker,
    Picture,
    Standing,
    Subscription,
)
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
    assert message_from_json(old) == Message("text", cards=(Card(PaperId("x:1"), "title"),))
    buttons = [{"label": "Undo", "reaction": "👍", "paper": "x:1", "on": False}]
    old = json.dumps({"buttons": buttons, "cards": [], "picture": None})
    assert message_from_json(old).buttons == (Button("Undo", "👍", PaperId("x:1"), on=False),)


channels = st.builds(
    Channel, st.just("slack"), st.text("T\u00e91:.", min_size=1, max_size=4), st.text("C#", min_size=1)
)
standings = st.builds(Standing, channels, st.dates(), st.integers(0, 99), st.booleans())
buttons = st.builds(Button, texts, command=texts, on=st.booleans())
cards = st.builds(
    Card,
    texts.map(PaperId),
    texts,
    links=st.lists(st.builds(Link, texts, texts), max_size=2).map(tuple),
    number=st.none() | st.integers(1, 9),
    buttons=st.lists(buttons, max_size=2).map(tuple),
    marks=st.lists(texts, max_size=3).map(tuple),
    posted=st.lists(standings, max_size=2).map(tuple),
)
messages = st.builds(
    Message,
    texts,
    cards=st.lists(cards, max_size=3).map(tuple),
    buttons=st.lists(buttons, max_size=2).map(tuple),
    picker=st.none() | st.builds(Picker, texts, texts),
    verbatim=texts,
)


@given(messages)
def test_a_message_comes_back_with_everything_in_it(message: Message) -> None:
    kept = storable(message)
    assert message_from_json(json_from_message(kept)) == kept
    assert message_from_json(json_from_message(storable(kept))) == kept


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


def test_a_storable_impression_is_one() -> None:
    shown = Impression(PaperId("arxiv:1"), 1, 0.5, "linear-1", "you like \0")
    digest = Digest(
        Channel("slack", "T1", "C1"), date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC), (shown,)
    )
    [kept] = storable(digest).impressions
    assert (type(kept), kept.reason) == (Impression, "you like \ufffd")
