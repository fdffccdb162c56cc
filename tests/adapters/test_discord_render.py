"""What a message looks like on Discord, kept as JSON files that are read in review."""

import json
from pathlib import Path

import pytest

from bot.adapters.discord.render import to_discord
from bot.model import Button, Card, Link, Message, PaperId

SNAPSHOTS = Path(__file__).parents[1] / "data" / "discord"

PAPER = Card(
    PaperId("arxiv:2401.01234"),
    "Sparse_Attention *is* [almost] all <you> need: an O(n log n) bound",
    url="https://arxiv.org/abs/2401.01234",
    byline="Ada Example, Bo Sample and 3 others · cs.LG · 21 November",
    summary="A sparse pattern learned per head keeps quality at a tenth of the cost.",
    reason="Because you liked “Efficient transformers” (attention, sparse)",
    links=(
        Link("pdf", "https://arxiv.org/pdf/2401.01234"),
        Link("code", "https://github.com/example/sparse"),
    ),
)


def cards(count: int) -> tuple[Card, ...]:
    return tuple(
        Card(
            PaperId(f"arxiv:2401.{n:05}"),
            f"Paper {n}",
            f"https://arxiv.org/abs/2401.{n:05}",
            summary="Short.",
        )
        for n in range(1, count + 1)
    )


PARTS = ("title", "url", "description", "footer")
UNDO = Button("Undo", "👍", PaperId("arxiv:2401.01234"), on=False)

MESSAGES = {
    "digest-header": Message("5 of 312 new papers. React with 👍 👎 🔖.", heading="Sunday, 22 November"),
    "digest-card": Message(cards=(PAPER,)),
    "search-results": Message("3 of 40 found.", heading="speculative decoding", cards=cards(3)),
    "many": Message(heading="Everything", cards=cards(14)),
    "receipt": Message("👍 noted for “Sparse attention”.", buttons=(UNDO,)),
}


def as_json(message: Message) -> object:
    said = to_discord(message)
    rows = [[{"label": key.label, "custom_id": key.custom_id} for key in row] for row in said.rows]
    embeds = [{key: value for key, value in embed.to_dict().items() if key in PARTS} for embed in said.embeds]
    return {"content": said.content, "embeds": embeds, "rows": rows}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_reviewed(name):
    expected = json.loads((SNAPSHOTS / f"{name}.json").read_text("utf-8"))
    assert as_json(MESSAGES[name]) == expected, (
        f"if meant, write the new form to tests/data/discord/{name}.json"
    )


def test_a_single_card_has_plain_votes():
    [row] = to_discord(MESSAGES["digest-card"]).rows
    assert [key.label for key in row] == ["👍", "👎", "🔖"]


def test_several_cards_have_a_numbered_row_each():
    rows = to_discord(Message(cards=cards(3))).rows
    assert [[key.label for key in row] for row in rows] == [
        [f"{n} 👍", f"{n} 👎", f"{n} 🔖"] for n in (1, 2, 3)
    ]


def test_the_messages_own_buttons_have_the_last_row():
    rows = to_discord(Message(cards=cards(9), buttons=(UNDO, UNDO))).rows
    assert len(rows) == 5
    assert [key.label for key in rows[-1]] == ["Undo", "Undo"]


def test_cards_without_room_for_buttons_are_said_to_have_none():
    said = to_discord(Message(cards=cards(9)))
    assert len(said.embeds) == 9
    assert "Buttons fit for the first 5 only" in said.content


@pytest.mark.parametrize("count", [1, 5, 10, 11, 25])
def test_no_card_is_dropped(count):
    said = to_discord(Message(cards=cards(count)))
    shown = "\n".join(f"{embed.title} {embed.description}" for embed in said.embeds)
    assert [n for n in range(1, count + 1) if f"Paper {n}" not in shown] == []


def test_cards_that_cannot_even_be_listed_are_counted():
    said = to_discord(Message(cards=cards(200)))
    listed = (said.embeds[-1].description or "").splitlines()
    assert listed[-1] == f"and {200 - 9 - (len(listed) - 1)} more"


def test_a_card_without_a_title_shows_its_id():
    [embed] = to_discord(Message(cards=(Card(PaperId("arxiv:2401.01234"), "\u200b"),))).embeds
    assert embed.title == "arxiv:2401.01234"


def test_a_title_of_5000_characters_is_shortened():
    [embed] = to_discord(Message(cards=(Card(PaperId("p"), "x" * 5000),))).embeds
    assert embed.title == "x" * 255 + "…"


def test_text_keeps_its_lines():
    assert to_discord(Message("one\ntwo\n\n\n\nthree")).content == "one\ntwo\n\nthree"
