"""At a terminal, what others press is typed, and what others see is told."""

from datetime import UTC, date, datetime
from io import StringIO

from rich.console import Console as Screen

from bot.adapters.console import CHANNEL, Console
from bot.model import (
    DOWN,
    OFF_TOPIC,
    SAVE,
    Button,
    Card,
    Channel,
    DeliveryKey,
    Message,
    PaperId,
    Picker,
    Picture,
    Standing,
)
from tests.adapters.console_rig import ConsoleRig
from tests.adapters.drawn import png
from tests.adapters.slack_notebook import Notebook

PAPER = PaperId("arxiv:2401.00001")
CARD = Message(cards=(Card(PAPER, "Title", number=1),))


async def shown(message: Message) -> str:
    rig = ConsoleRig()
    await rig.platform().post(CHANNEL, message, key=DeliveryKey("k"))
    return "\n".join(said.text for said in rig.said())


async def test_a_command_button_says_what_to_type() -> None:
    buttons = (Button("Mute for 30 days", command="topics mute 2"), Button("Undo", DOWN, PAPER, on=False))
    assert (
        await shown(Message("Muted?", buttons=buttons))
        == "Muted?\n› /papers topics mute 2 · Mute for 30 days"
    )


async def test_a_picture_is_told_with_its_size() -> None:
    told = await shown(Message(picture=Picture(png(400, 300, padding=2_000), "A curve.")))
    assert told == "[Picture, 400 × 300, 2 kB: A curve.]"


async def test_the_receipt_of_a_dislike_says_how_to_say_more() -> None:
    rig, inbox = ConsoleRig(), Notebook()
    offered = (
        Button("Not this topic", OFF_TOPIC, PAPER),
        Button("Undo", DOWN, PAPER, on=False),
        Button("Why", command="why 1"),
    )
    inbox.receipt = Message("👎 noted.", buttons=offered)
    console: Console = rig.platform()
    await console.post(CHANNEL, CARD, key=DeliveryKey("k"))
    known = len(rig.said())
    await console.handle("- 1", inbox)
    lines = [said.text for said in rig.said()[known:]]
    assert lines == ["👎 noted.", "› off 1 · Not this topic", "› /papers why 1 · Why"]


async def test_not_this_topic_can_be_typed_in_two_ways_and_taken_back() -> None:
    rig, inbox = ConsoleRig(), Notebook()
    console: Console = rig.platform()
    await console.post(CHANNEL, CARD, key=DeliveryKey("k"))
    for typed in ("off 1", "🚫 1", "undo off 1", "Off1", "undo 1"):
        await console.handle(typed, inbox)
    assert [one.name for one in inbox.reactions] == [OFF_TOPIC] * 5
    assert [one.on for one in inbox.reactions] == [True, True, False, True, False]


def in_box(said: str) -> list[str]:
    return [line.strip("│ ") for line in said.splitlines()[1:-1]]


async def test_a_cards_commands_are_told_and_its_votes_are_not() -> None:
    buttons = (Button("Save", SAVE, PAPER), Button("Cite", command=f"cite {PAPER}"))
    said = await shown(Message(cards=(Card(PAPER, "Title", byline="Ada", buttons=buttons),)))
    assert in_box(said) == ["Title", "Ada", f"› /papers cite {PAPER} · Cite"]


async def test_a_card_tells_where_it_was_posted() -> None:
    posted = (
        Standing(CHANNEL, date(2026, 10, 3), 7),
        Standing(Channel("console", "terminal", "other\a"), date(2026, 10, 5)),
    )
    said = await shown(Message(cards=(Card(PAPER, "Title", byline="Ada", posted=posted),)))
    assert in_box(said)[-1] == "Posted here on 3 Oct · 7 👍, in other on 5 Oct"


def test_marked_words_of_a_summary_are_bold() -> None:
    paper = StringIO()
    screen = Screen(file=paper, width=100, force_terminal=True, color_system="standard")
    console = Console(screen, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    card = Card(PAPER, "T", summary="Sparse [red] attention\x1b[31m.", marks=("[red]", "attention"))
    console.show(Message(cards=(card,)))
    assert "Sparse \x1b[1m[red] attention\x1b[0m[31m." in paper.getvalue()


async def test_what_is_to_be_copied_is_printed_as_it_is() -> None:
    text = f"@misc{{a,\n  title = {{[bold]B  c}} \a,\n  note = {{{'x' * 5000}}},\n}}\n"
    paper = StringIO()
    console = Console(Screen(file=paper, width=80), lambda: datetime(2026, 11, 22, tzinfo=UTC))
    console.show(Message("Copy this.", verbatim=text))
    assert paper.getvalue() == "Copy this.\n" + text.replace("\a", "")


async def test_a_picker_says_what_to_type() -> None:
    said = await shown(Message("Well?", picker=Picker("Find a paper", "search")))
    assert said == "Well?\n› /papers search … · Find a paper"
