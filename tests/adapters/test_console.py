"""At a terminal, what others press is typed, and what others see is told."""

from bot.adapters.console import CHANNEL, Console
from bot.model import DOWN, OFF_TOPIC, Button, Card, DeliveryKey, Message, PaperId, Picture
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
