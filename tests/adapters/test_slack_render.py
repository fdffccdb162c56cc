"""Every message is one that Slack takes, shows as meant, and that notifies nobody."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SdkBlock

from bot.adapters.slack.blocks import MAX_BLOCKS, MAX_WEIGHT
from bot.adapters.slack.render import to_body
from bot.adapters.slack.text import shorten, web_address, weight
from bot.model import DOWN, SAVE, UP, Button, Card, Channel, Link, Message, PaperId, Picker, Standing
from tests.adapters.slack_blocks import buttons, content_error, pings, visible
from tests.adapters.slack_cards import found_card, kinds, plain_card

DATA = Path(__file__).parent.parent / "data" / "slack"
PAPER = PaperId("arxiv:2401.01234")
NASTY = [
    "<!channel>",
    "<!subteam^S1|x>",
    "<@U1>",
    "@everyone",
    "](http://x)",
    "*_~`",
    "|>",
    "&amp;",
    "\u202e\u2066\u200f",
    "\x00\x1b[31m\ud800",
    "$\\frac{\\alpha}{\\beta}$",
    "\n\n\u2028",
    "👩‍🔬🔬",
    "あ" * 40,
    ":tada:",
    "&<>" * 60,
    "x" * 2000,
]
words = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=10)), max_size=3).map("".join)
addresses = st.one_of(
    words, words.map(lambda tail: f"https://x.test/{tail}"), words.map(lambda host: f"http://{host}")
)
links = st.lists(st.builds(Link, words, addresses), max_size=2).map(tuple)
papers = st.builds(PaperId, st.text(min_size=1, max_size=80))
presses = st.builds(Button, words, st.sampled_from([UP, DOWN, SAVE, ":x:"]), papers, st.booleans(), words)
places = st.builds(
    Channel,
    st.sampled_from(["slack", "discord"]),
    words,
    st.sampled_from(["C1", "G2", "D3", "<!here>", "*", ""]),
)
standings = st.builds(Standing, places, st.dates(), st.integers(-1, 10**6))
cards = st.builds(
    Card,
    papers,
    words,
    addresses,
    words,
    words,
    words,
    links,
    st.one_of(st.none(), st.integers(1, 99)),
    st.lists(presses, max_size=6).map(tuple),
    st.lists(st.one_of(words, st.text("x&<あ👩", min_size=1, max_size=2)), max_size=30).map(tuple),
    st.lists(standings, max_size=5).map(tuple),
)
messages = st.builds(
    Message,
    words,
    words,
    st.lists(cards, max_size=3).map(tuple),
    st.lists(presses, max_size=3).map(tuple),
    picker=st.one_of(st.none(), st.builds(Picker, words, words)),
    verbatim=st.one_of(words, words.map(lambda text: text * 50)),
)


def escaped_texts(part: object) -> list[tuple[str, str]]:
    """Type and text of every text object, escaped as Slack keeps it."""
    if isinstance(part, list):
        return [found for child in part for found in escaped_texts(child)]
    if not isinstance(part, dict):
        return []
    own = [(part["type"], part["text"])] if isinstance(part.get("text"), str) else []
    return own + escaped_texts(list(part.values()))


@settings(max_examples=80, deadline=None)
@given(messages)
def test_slack_takes_any_message_and_nobody_is_notified(message: Message) -> None:
    body = to_body(message)
    assert json.loads(json.dumps(body).encode()) == body
    json.dumps(body, ensure_ascii=False).encode()
    assert content_error(body) is None
    assert not pings(body)
    assert body["text"].strip()
    assert len(body["text"]) <= 3_000
    assert body["blocks"]
    for block in SdkBlock.parse_all(body["blocks"]):
        block.validate_json()
    types = {kind for kind, _ in escaped_texts(body["blocks"])}
    assert types <= {"text", "link", "plain_text"}, "foreign words never stand in mrkdwn"


@settings(max_examples=60, deadline=None)
@given(cards, st.integers(1, 90), words)
def test_no_card_is_dropped_silently(card: Card, count: int, text: str) -> None:
    many = tuple(replace(card, title=f"Paper {n:03} {card.title}") for n in range(count))
    body = to_body(Message(text, cards=many))
    seen = visible({"blocks": body["blocks"]})
    shown = sum(f"Paper {n:03}" in seen for n in range(count))
    assert shown == count or f"… and {count - shown} more" in seen
    assert len(body["blocks"]) <= MAX_BLOCKS
    assert content_error(body) is None


def test_too_many_buttons_are_cut_to_what_slack_takes() -> None:
    body = to_body(Message("x" * 6000, "y" * 200, buttons=(Button("z" * 100, UP, PAPER),) * 30))
    assert content_error(body) is None
    assert len(buttons(body["blocks"])) == 25


def test_many_links_are_cut_to_a_few() -> None:
    card = Card(PAPER, "title", links=(Link("l" * 100, "https://x.test/" + "p" * 900),) * 40)
    assert content_error(to_body(Message(cards=(card,) * 9))) is None


def test_a_few_cards_have_a_block_for_everything() -> None:
    blocks = to_body(Message(cards=(plain_card(1), plain_card(2))))["blocks"]
    assert kinds(blocks) == " ".join(["rich_text context rich_text context rich_text actions"] * 2)


def test_ten_cards_are_shown_shorter_but_keep_their_buttons() -> None:
    message = Message("Found 10", cards=tuple(plain_card(n) for n in range(1, 11)))
    body = to_body(message)
    assert kinds(body["blocks"]) == " ".join(["rich_text", *["rich_text context rich_text actions"] * 10])
    assert len(buttons(body["blocks"])) == 30
    assert "10. A paper about the number 10" in visible(body)
    assert visible(body).count(" · Why: like") == 10


def test_fifteen_cards_are_two_lines_each() -> None:
    body = to_body(Message("Found 15", cards=tuple(plain_card(n) for n in range(1, 16))))
    assert kinds(body["blocks"]) == " ".join(["rich_text", *["rich_text actions"] * 15])
    assert visible(body).count(" · Why: like") == 15


def test_forty_cards_are_titles_and_none_is_missing() -> None:
    body = to_body(Message(cards=tuple(plain_card(n) for n in range(1, 41))))
    assert kinds(body["blocks"]) == " ".join(["rich_text"] * 40)
    assert "40. A paper about the number 40" in visible(body)


def test_more_cards_than_fit_are_counted() -> None:
    body = to_body(
        Message(
            "Found", cards=tuple(plain_card(n) for n in range(1, 101)), buttons=(Button("Stop", UP, PAPER),)
        )
    )
    assert "… and " in visible(body).splitlines()[-1]
    assert buttons(body["blocks"])[-1]["text"]["text"] == "Stop"


def test_a_title_cannot_break_its_link() -> None:
    card = Card(PAPER, "a|b> <http://evil.test|click> ](http://evil.test)", "https://x.test/?q=<a|b>&c=1 2")
    elements = to_body(Message(cards=(card,)))["blocks"][0]["elements"][0]["elements"]
    assert [(element["type"], element["text"]) for element in elements] == [("link", card.title)]
    assert elements[0]["url"] == "https://x.test/?q=%3Ca%7Cb%3E&c=1%202"


def test_a_long_title_ends_in_an_ellipsis() -> None:
    body = to_body(Message(cards=(Card(PAPER, "word " * 1000),)))
    assert visible(body).endswith("word…")
    assert len(visible(body)) <= 300


def test_empty_fields_leave_no_empty_blocks() -> None:
    body = to_body(Message(cards=(Card(PAPER, ""),)))
    assert kinds(body["blocks"]) == "rich_text actions"
    assert visible(body) == "arxiv:2401.01234"
    assert to_body(Message("  \n ", " "))["text"] == visible(to_body(Message())) == "…"


def test_a_long_text_is_parted_at_line_ends_and_keeps_its_indents() -> None:
    text = "\n".join(f"  line {n} " + "x" * 80 for n in range(50))
    body = to_body(Message(text))
    assert kinds(body["blocks"]) == "rich_text rich_text"
    assert visible(body) == text


def test_a_very_long_text_ends_in_an_ellipsis() -> None:
    assert visible(to_body(Message("word " * 5000))).endswith("word…")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://arxiv.org/abs/2401.01234v2", "https://arxiv.org/abs/2401.01234v2"),
        ("HTTP://x.test", "http://x.test"),
        (
            " https://doi.org/10.1002/(SICI)1<693::AID>3.0;2-O ",
            "https://doi.org/10.1002/(SICI)1%3C693::AID%3E3.0;2-O",
        ),
        ("https://x.test/%20?a=b&c=d#e", "https://x.test/%20?a=b&c=d#e"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("mailto:a@x.test", ""),
        ("//x.test", ""),
        ("https://", ""),
        ("https://[half", ""),
        ("http://\u202e\u200f", ""),
        ("", ""),
        ("https://x.test/" + "a" * 1000, ""),
    ],
)
def test_only_web_addresses_become_links(url: str, address: str) -> None:
    assert web_address(url) == address


@given(st.text(), st.integers(5, 50))
def test_shortening_keeps_within_its_limit_and_changes_nothing_short(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert weight(short) <= limit
    assert short == text or (short.endswith("…") and weight(text) > limit)


def test_the_ceiling_leaves_room_below_the_one_people_have_met() -> None:
    assert MAX_WEIGHT <= 11_000


@pytest.mark.parametrize("name", ["card", "search", "result"])
def test_a_message_looks_as_reviewed(name: str) -> None:
    """The picture is a file: change it there on purpose, and look at it at app.slack.com/block-kit-builder."""
    reply = Message(
        "2 papers for “attention”.",
        "Search",
        (plain_card(1), plain_card(2)),
        (Button("Undo", UP, PAPER, on=False),),
    )
    result = Message(cards=(found_card(1),), picker=Picker("Find a paper", "search"), verbatim="@article{a1}")
    message = {"card": Message(cards=(plain_card(1),)), "search": reply, "result": result}[name]
    assert to_body(message) == json.loads((DATA / f"{name}.json").read_text())
