"""Commands about a message, from its own menu on Discord, through discord.py."""

import pytest

from bot.adapters.beginning import MOST_OF_MESSAGE
from bot.commands import SPECS
from bot.model import Button, Card, DeliveryKey, Message, PaperId, Request
from tests.adapters.discord_rig import DiscordRig, Listened

PAPER = PaperId("arxiv:2401.01234")
KEY = DeliveryKey("discord:1/2#2026-11-22#0")
CARD = Message(cards=(Card(PAPER, "Sparse attention", "https://arxiv.org/abs/2401.01234"),))
LABEL = "More like this"


@pytest.fixture
def rig():
    rig = DiscordRig()
    yield rig
    rig.close()


async def asked_about(rig, message, **more) -> Request:
    inbox = Listened(Message("Two found."))
    async with rig.listening(inbox):
        answer = await rig.ask_about(message, LABEL, **more)
        assert answer.text == "Two found."
        assert not answer.pings
        return await inbox.next()


async def test_a_message_of_ours_is_its_paper(rig):
    platform = rig.platform()
    await platform.post(rig.channel, CARD, key=KEY)
    await platform.close()
    [message] = rig.server.messages.values()
    asked = await asked_about(rig, message, user="bob")
    assert asked == Request(rig.channel, rig.user("bob"), f"like {PAPER}")
    assert len(rig.said()) == 1, "the answer is private"


async def test_of_several_papers_it_is_the_first_in_rows_and_in_a_menu(rig):
    cards = tuple(
        Card(
            PaperId(f"arxiv:2401.0000{n}"), f"P{n}", buttons=(Button("🔖", "🔖", PaperId(f"arxiv:{n}")),) * 3
        )
        for n in range(1, 8)
    )
    platform = rig.platform()
    await platform.post(rig.channel, Message("Seven", cards=cards), key=KEY)
    await platform.close()
    [message] = rig.server.messages.values()
    assert (await asked_about(rig, message)).text == "like arxiv:1"


async def test_anybody_elses_message_is_its_words_and_addresses(rig):
    embed = {"type": "link", "url": "https://x.test/1", "title": "A title", "description": "About\nit"}
    message = rig.server.say("read  this\nhttps://arxiv.org/abs/2401.01234", embeds=[embed])
    asked = await asked_about(rig, message)
    said = "read this https://arxiv.org/abs/2401.01234 https://x.test/1 A title About it"
    assert asked.text == f"like {said}"


async def test_buttons_of_another_bot_are_none_of_ours(rig):
    item = {"type": 2, "style": 2, "label": "x", "custom_id": f"pb:1:👍:{PAPER}"}
    rows = [{"type": 1, "components": [item]}]
    message = rig.server.say("words", who="otherbot", components=rows)
    assert (await asked_about(rig, message)).text == "like words"


async def test_a_message_of_ours_without_a_paper_is_its_words(rig):
    platform = rig.platform()
    await platform.post(rig.channel, Message("No papers today."), key=KEY)
    await platform.close()
    [message] = rig.server.messages.values()
    assert (await asked_about(rig, message)).text == "like No papers today."


async def test_a_forwarded_message_is_what_it_brings(rig):
    message = rig.server.say("")
    kept = {key: message[key] for key in ("type", "timestamp", "edited_timestamp", "flags", "components")}
    brought = {**kept, "content": "https://x.test/2", "embeds": [], "attachments": []}
    brought |= {"mentions": [], "mention_roles": []}
    message = {
        **message,
        "message_reference": {"type": 1, "channel_id": rig.server.channel, "message_id": rig.server.new_id()},
        "message_snapshots": [{"message": brought}],
    }
    assert (await asked_about(rig, message)).text == "like https://x.test/2"


async def test_a_message_without_words_is_nothing_in_particular(rig):
    assert (await asked_about(rig, rig.server.say(""))).text == "like"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("word " * 200, ("word " * 100).strip()),
        ("x" * 600, "x" * MOST_OF_MESSAGE),
        ("a " + "x" * 600, "a"),
        ("x" * MOST_OF_MESSAGE, "x" * MOST_OF_MESSAGE),
        ("y " + "x" * (MOST_OF_MESSAGE - 2) + " z", "y " + "x" * (MOST_OF_MESSAGE - 2)),
    ],
)
async def test_a_long_message_is_cut_between_two_words(rig, said, kept):
    assert (await asked_about(rig, rig.server.say(said))).text == f"like {kept}"


async def test_an_outdated_menu_is_apologised_for(rig):
    async with rig.listening(Listened()):
        rig.server.commands.append({"id": "1", "type": 3, "name": "Gone"})
        answer = await rig.ask_about(rig.server.say("words"), "Gone")
    assert answer.text.startswith("Sorry")


async def test_discord_has_room_for_all_that_the_bot_offers(rig, caplog):
    inbox = Listened()
    async with rig.listening(inbox, rig.platform(commands=SPECS)):
        [group] = [one for one in rig.server.commands if one["type"] == 1]
        menus = {one["name"] for one in rig.server.commands if one["type"] == 3}
    assert [one["name"] for one in group["options"]] == [spec.name for spec in SPECS]
    assert menus == {spec.about_message for spec in SPECS if spec.about_message}
    assert caplog.text == ""
