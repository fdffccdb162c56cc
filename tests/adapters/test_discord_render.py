"""What a message looks like on Discord, kept as JSON files that are read in review."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.adapters.discord.render import to_discord
from bot.model import Button, Card, Channel, Link, Message, PaperId, Picker, Picture, Standing
from tests.adapters.discord_limits import problems
from tests.adapters.drawn import png

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
    "search-page": Message(
        "6 to 10 of 40.",
        heading="Search: sparse attention",
        cards=tuple(
            replace(
                PAPER,
                paper=PaperId(f"arxiv:2401.0123{n}"),
                url=f"https://arxiv.org/abs/2401.0123{n}",
                marks=("Sparse", "sparse", "quality"),
                reason="",
                posted=(
                    Standing(Channel("discord", "1", "22"), date(2026, 10, 3), 7),
                    Standing(Channel("discord", "1", "23"), date(2026, 10, 5)),
                ),
                buttons=tuple(
                    Button(verb.capitalize(), command=f"{verb} arxiv:2401.0123{n}")
                    for verb in ("share", "why", "like", "cite")
                ),
            )
            for n in range(5)
        ),
        buttons=(Button("‹ Back", command="search sparse attention page:2"),),
    ),
    "bibtex": Message("Copy this.", verbatim="@misc{example2024,\n  title = {A {``}title{''}},\n}"),
    "picker": Message("What are you looking for?", picker=Picker("Find a paper", "search")),
    "receipt": Message("👍 noted for “Sparse attention”.", buttons=(UNDO,)),
}


def as_json(message: Message) -> object:
    said = to_discord(message)
    rows = [[{"label": key.label, "custom_id": key.custom_id} for key in row] for row in said.keyboard.rows]
    menus = [
        {"placeholder": menu.placeholder, "options": {key.label: key.custom_id for key in menu.options}}
        for menu in said.keyboard.menus
    ]
    embeds = [{key: value for key, value in embed.to_dict().items() if key in PARTS} for embed in said.embeds]
    shown = {"content": said.content, "embeds": embeds, "rows": rows}
    return shown | ({"menus": menus} if menus else {})


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_reviewed(name):
    expected = json.loads((SNAPSHOTS / f"{name}.json").read_text("utf-8"))
    assert as_json(MESSAGES[name]) == expected, (
        f"if meant, write the new form to tests/data/discord/{name}.json"
    )


def test_a_single_card_has_plain_votes():
    [row] = to_discord(MESSAGES["digest-card"]).keyboard.rows
    assert [key.label for key in row] == ["👍", "👎", "🔖"]


def test_several_cards_have_a_numbered_row_each():
    rows = to_discord(Message(cards=cards(3))).keyboard.rows
    assert [[key.label for key in row] for row in rows] == [
        [f"{n} 👍", f"{n} 👎", f"{n} 🔖"] for n in (1, 2, 3)
    ]


def test_cards_without_room_for_buttons_are_said_to_have_none():
    said = to_discord(Message(cards=cards(50)))
    assert "Buttons fit for the first 41 only" in said.content
    assert "Buttons fit" not in to_discord(Message(cards=cards(41))).content


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


def described(card: Card) -> str:
    [embed] = to_discord(Message(cards=(card,))).embeds
    return embed.description or ""


def posted(*standings: Standing) -> str:
    return described(Card(PaperId("p"), "T", posted=standings))


HERE = Channel("discord", "1", "123")


def test_where_it_was_posted_is_told_with_a_link_to_the_channel():
    assert posted(Standing(HERE, date(2026, 10, 3), 7)) == "Posted in <#123> on 3 Oct · 7 👍"
    assert posted(Standing(HERE, date(2026, 10, 3))) == "Posted in <#123> on 3 Oct"
    both = Standing(HERE, date(2026, 10, 3), 7), Standing(Channel("discord", "1", "9"), date(2026, 1, 30))
    assert posted(*both) == "Posted in <#123> on 3 Oct · 7 👍, in <#9> on 30 Jan"


@pytest.mark.parametrize(
    "channel",
    [
        Channel("slack", "T1", "123"),
        Channel("discord", "@me", "123"),
        Channel("discord", "1", "1> @everyone"),
        Channel("discord", "1", "１２"),
    ],
)
def test_only_a_channel_of_a_server_is_linked_to(channel):
    assert posted(Standing(channel, date(2026, 10, 3))) == "Posted here on 3 Oct"


def test_a_day_of_an_earlier_year_is_told_with_its_year():
    said = posted(Standing(HERE, date(2025, 10, 3), 7, earlier_year=True))
    assert said == "Posted in <#123> on 3 Oct 2025 · 7 👍"


def test_of_many_places_the_first_are_told_and_the_others_counted():
    said = posted(*(Standing(Channel("discord", "1", str(n)), date(2026, 10, 3), n) for n in range(100)))
    assert said == "Posted in <#0> on 3 Oct, in <#1> on 3 Oct · 1 👍, in <#2> on 3 Oct · 2 👍 and 97 more"


def test_what_is_verbatim_is_shown_as_it_is():
    text = "@misc{a,\n  title = {*not* <b>old},\n}\n"
    [embed] = to_discord(Message(verbatim=text)).embeds
    assert embed.description == f"```\n{text}```"


def test_a_long_text_to_copy_has_an_embed_of_its_own():
    text = "x" * 4088
    assert to_discord(Message(verbatim=text)).embeds[0].description == f"```\n{text}\n```"
    shortened = to_discord(Message(verbatim="y" * 5000)).embeds[0].description
    assert (shortened or "").endswith("y…\n```")
    assert len(shortened or "") == 4096


def test_nothing_in_a_text_to_copy_ends_its_block():
    said = to_discord(Message(verbatim="a\n```\n@everyone ````` \x07")).embeds[0].description or ""
    assert said.count("```") == 2
    assert said.startswith("```\na\n")
    assert said.endswith("\n```")
    assert "\x07" not in said


def test_a_text_to_copy_leaves_room_for_picture_and_cards():
    long = tuple(replace(card, title="t" * 300, summary="s" * 900) for card in cards(30))
    message = Message("x" * 3000, verbatim="y" * 5000, cards=long, picture=Picture(png(), "A curve."))
    said = to_discord(message)
    body = {"content": said.content, "embeds": [embed.to_dict() for embed in said.embeds]}
    assert problems(body) == []
    assert len(said.embeds) == 10


def test_a_picker_says_what_to_type_instead():
    said = to_discord(Message(picker=Picker("Find *a* paper", "sear`ch"))).content
    assert said == "Find \\*a\\* paper: type `/papers search` and choose from what is offered."
    assert to_discord(Message(picker=Picker("", "follow"))).content.startswith("Type `/papers follow` and")
