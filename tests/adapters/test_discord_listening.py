"""Listening on Discord through discord.py: commands, reactions, buttons, goodbyes."""

import asyncio
import logging

import pytest

from bot.adapters.discord.commands import option_name
from bot.errors import PlatformError
from bot.model import Button, Card, Channel, CommandSpec, DeliveryKey, Message, PaperId, Request
from tests.adapters.discord_answers import EPHEMERAL, THINK
from tests.adapters.discord_rig import COMMANDS, DiscordRig, Listened

PAPER = PaperId("arxiv:2401.01234")
KEY = DeliveryKey("discord:1/2#2026-11-22#0")
CARD = Message(cards=(Card(PAPER, "Sparse attention", "https://arxiv.org/abs/2401.01234"),))
UNDO = Button("Undo", "👍", PAPER, on=False)


@pytest.fixture
def rig():
    rig = DiscordRig()
    yield rig
    rig.close()


# Commands


async def test_a_command_is_handed_in_and_answered_privately(rig):
    inbox = Listened(Message("Two found.", cards=(Card(PAPER, "Sparse attention"),)))
    async with rig.listening(inbox):
        reply = await rig.command("search sparse attention")
        assert await inbox.next() == Request(rig.channel, rig.user("alice"), "search sparse attention")
    assert reply.text == "Two found.\nSparse attention"
    assert reply.buttons == ("👍", "👎", "🔖")
    assert not reply.pings
    assert rig.said() == []


SEND_MESSAGES, MANAGE_CHANNELS, ADMINISTRATOR = 1 << 11, 1 << 4, 1 << 3


@pytest.mark.parametrize(
    ("permissions", "manages"),
    [(SEND_MESSAGES, False), (SEND_MESSAGES | MANAGE_CHANNELS, True), (ADMINISTRATOR, True)],
)
async def test_a_command_says_whether_the_person_manages_the_channel(rig, permissions, manages):
    rig.server.permissions["bob"] = str(permissions)
    inbox = Listened()
    async with rig.listening(inbox):
        await rig.command("when", user="bob")
        assert (await inbox.next()).manages is manages
        await rig.answer(await rig.type("when", user="bob", direct=True))
        assert (await inbox.next()).manages, "everybody manages a direct message"


async def test_an_argument_may_be_left_out_where_it_is_optional(rig):
    inbox = Listened()
    async with rig.listening(inbox):
        await rig.command("when")
        await rig.command("when mondays 9:00")
        await rig.command("help")
        assert [(await inbox.next()).text for _ in range(3)] == ["when", "when mondays 9:00", "help"]


async def test_a_command_in_a_direct_message_has_a_channel_of_one(rig):
    inbox = Listened()
    async with rig.listening(inbox):
        reply = await rig.answer(await rig.type("help", direct=True))
        assert (await inbox.next()).channel == rig.direct == Channel("discord", "@me", rig.server.direct)
    assert reply.text == "Noted."


async def test_a_command_is_acknowledged_while_the_core_is_still_busy(rig):
    inbox = Listened()
    inbox.allowed.clear()
    async with rig.listening(inbox):
        asked = await rig.type("help")
        acknowledged = await rig.acknowledgement(asked)
        await inbox.next()
        assert acknowledged == {"type": THINK, "data": {"flags": EPHEMERAL}}
        assert not asked.reply.done()
        inbox.allowed.set()
        assert (await rig.answer(asked)).text == "Noted."


async def test_a_failure_of_the_core_is_an_apology_and_a_log_line_without_content(rig, caplog):
    inbox = Listened(KeyError("secret words"))
    async with rig.listening(inbox):
        reply = await rig.command("search secret words")
        again = await rig.command("search more")
    assert reply.text == again.text == "Sorry, that went wrong on my side. Please try again in a moment."
    assert "KeyError" in caplog.text
    assert "_note" in caplog.text, "the place is logged"
    assert "secret" not in caplog.text


async def test_an_outdated_command_is_apologised_for(rig):
    async with rig.listening(Listened()):
        rig.server.commands[0]["options"].append({"type": 1, "name": "gone", "description": "Gone"})
        reply = await rig.command("gone")
    assert reply.text.startswith("Sorry")


async def test_commands_are_registered_once_over_two_starts(rig):
    for _ in range(2):
        async with rig.listening(Listened()):
            pass
    assert len(rig.server.calls("PUT", "/commands")) == 1
    group, menu = rig.server.commands
    assert [option["name"] for option in group["options"]] == ["search", "like", "when", "help"]
    assert (group["contexts"], group["integration_types"]) == ([0, 1], [0])
    assert (menu["type"], menu["name"]) == (3, "More like this")
    assert (menu["contexts"], menu["integration_types"]) == ([0, 1], [0])


async def test_changed_commands_are_registered_again(rig):
    changed = (*COMMANDS, CommandSpec("why", "Why this paper", "Paper or ID!", required=True))
    async with rig.listening(Listened()):
        pass
    async with rig.listening(Listened(), rig.platform(commands=changed)):
        pass
    assert len(rig.server.calls("PUT", "/commands")) == 2
    [option] = rig.server.commands[0]["options"][-1]["options"]
    assert (option["name"], option["required"]) == ("paper-or-id", True)


@pytest.mark.parametrize(
    "changed",
    [
        CommandSpec("like", "Papers like one", "paper", about_message="More like this"),
        CommandSpec("like", "Papers like one", "paper", completes=True, about_message="Find similar papers"),
        CommandSpec("like", "Papers like one", "paper", completes=True),
    ],
)
async def test_what_is_offered_while_typing_and_in_menus_is_registered_anew_when_it_changes(rig, changed):
    for _ in range(2):
        async with rig.listening(Listened()):
            pass
    assert len(rig.server.calls("PUT", "/commands")) == 1
    specs = [changed if spec.name == changed.name else spec for spec in COMMANDS]
    async with rig.listening(Listened(), rig.platform(commands=specs)):
        pass
    assert len(rig.server.calls("PUT", "/commands")) == 2


@pytest.mark.parametrize(
    ("argument", "name"),
    [
        ("WORDS", "words"),
        ("paper or id", "paper-or-id"),
        ("…", "text"),
        ("x" * 40, "x" * 32),
        ("Über", "über"),
    ],
)
def test_an_argument_gets_a_name_that_discord_allows(argument, name):
    assert option_name(argument) == name


async def test_a_refused_registration_does_not_stop_the_bot(rig, caplog):
    rig.server.fail("PUT", "/commands", 400, {"message": "Max number of daily creates", "code": 30034})
    inbox = Listened()
    async with rig.listening(inbox):
        await rig.react("discord:1/2/3", "👍")
        assert (await inbox.next()).name == "👍"
    assert "/papers could not be registered (HTTP 400, code 30034)" in caplog.text


# Reactions


async def test_an_emoji_put_on_and_taken_off_is_handed_in(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.channel, CARD, key=KEY)
        await rig.react(posted, "👍")
        await rig.react(posted, "👍", on=False)
        first, second = await inbox.next(), await inbox.next()
    assert (first.channel, first.user, first.message) == (rig.channel, rig.user("alice"), posted)
    assert (first.name, first.on, second.name, second.on) == ("👍", True, "👍", False)
    assert first.at <= second.at


@pytest.mark.parametrize(
    ("emoji", "name"), [("👍🏽", "👍"), ("❤️", "❤"), (":party:", ":party:"), ("🔖", "🔖")]
)
async def test_an_emoji_has_one_name_whatever_its_looks(rig, emoji, name):
    inbox = Listened()
    async with rig.listening(inbox):
        await rig.react("discord:1/2/3", emoji)
        assert (await inbox.next()).name == name


async def test_bots_reactions_do_not_count_and_least_our_own(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.channel, CARD, key=KEY)
        for user in ("bot", "otherbot", "alice"):
            await rig.react(posted, "👍", user=user)
        await rig.react(posted, "👍", user="bot", on=False)
        await rig.react(posted, "👎", user="bob")
        assert [(await inbox.next()).user for _ in range(2)] == [rig.user("alice"), rig.user("bob")]


async def test_a_reaction_in_a_direct_message_is_handed_in(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.direct, CARD, key=KEY)
        await rig.react(posted, "👍")
        assert (await inbox.next()).message == posted


async def test_one_failing_reaction_does_not_stop_the_next(rig, caplog):
    inbox = Listened(ValueError("secret words"))
    async with rig.listening(inbox):
        await rig.react("discord:1/2/3", "👍")
        await rig.react("discord:1/2/3", "👎")
        assert [(await inbox.next()).name for _ in range(2)] == ["👍", "👎"]
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


# Buttons


async def test_a_button_on_a_message_of_an_earlier_life_works(rig):
    earlier = rig.platform()
    posted = await earlier.post(rig.channel, CARD, key=KEY)
    await earlier.close()
    inbox = Listened(Message("👍 noted.", buttons=(UNDO,)))
    async with rig.listening(inbox):
        receipt = await rig.press(posted, "👍", user="bob")
        pressed = await inbox.next()
    assert (pressed.channel, pressed.user) == (rig.channel, rig.user("bob"))
    assert (pressed.name, pressed.on, pressed.paper, pressed.message) == ("👍", True, PAPER, None)
    assert (receipt.text, receipt.buttons, receipt.pings) == ("👍 noted.", ("Undo",), False)


async def test_a_press_is_named_by_discord_and_an_emoji_is_not(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.channel, CARD, key=KEY)
        for _ in range(2):
            await rig.press(posted, "👍")
        await rig.react(posted, "👍")
        names = [(await inbox.next()).event_id for _ in range(3)]
    assert names == [*(asked.id for asked in rig.server.asked.values()), ""]


async def test_a_press_delivered_again_has_the_name_it_had(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        await rig.press(await platform.post(rig.channel, CARD, key=KEY), "👍")
        first = await inbox.next()
        await rig.do(rig.server.repeat("INTERACTION_CREATE"))
        again = await inbox.next()
    assert first.event_id == again.event_id != ""


async def test_undo_on_a_private_receipt_works_after_a_restart_too(rig):
    inbox = Listened(Message("👍 noted.", buttons=(UNDO,)))
    async with rig.listening(inbox) as platform:
        receipt = await rig.press(await platform.post(rig.channel, CARD, key=KEY), "👍")
        await inbox.next()
    async with rig.listening(inbox):
        await rig.press_private(receipt, "Undo")
        assert (await inbox.next()).on is False


async def test_a_button_of_a_search_result_counts_for_its_own_paper(rig):
    found = tuple(Card(PaperId(f"arxiv:2401.{n}"), f"Paper {n}") for n in (11111, 22222))
    inbox = Listened(Message(cards=found))
    async with rig.listening(inbox):
        reply = await rig.command("search papers")
        await inbox.next()
        await rig.press_private(reply, "2 👎")
        pressed = await inbox.next()
    assert (pressed.name, pressed.paper) == ("👎", "arxiv:2401.22222")


async def test_a_press_is_acknowledged_while_the_core_is_still_busy(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.channel, CARD, key=KEY)
        inbox.allowed.clear()
        pressing = asyncio.create_task(rig.press(posted, "👍"))
        await inbox.next()
        [asked] = rig.server.asked.values()
        assert await rig.acknowledgement(asked) == {"type": THINK, "data": {"flags": EPHEMERAL}}
        inbox.allowed.set()
        assert (await pressing).text == "Noted."


async def test_a_press_for_an_unknown_paper_says_so(rig):
    async with rig.listening(Listened(None)) as platform:
        receipt = await rig.press(await platform.post(rig.channel, CARD, key=KEY), "👍")
    assert "do not know this paper" in receipt.text


async def test_a_press_counts_even_where_discord_takes_no_receipt(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.channel, CARD, key=KEY)
        rig.server.fail("POST", "/callback", 404, {"message": "Unknown interaction", "code": 10062})
        pressing = asyncio.create_task(rig.press(posted, "👍"))
        assert (await inbox.next()).paper == PAPER
        pressing.cancel()


async def test_a_failing_press_is_apologised_for(rig):
    async with rig.listening(Listened(ValueError("secret"))) as platform:
        receipt = await rig.press(await platform.post(rig.channel, CARD, key=KEY), "👍")
    assert receipt.text.startswith("Sorry")


# Goodbyes


async def test_a_removed_bot_has_left_the_whole_server(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        await rig.expel()
        assert await inbox.next() == (
            Channel("discord", rig.server.guild, "*"),
            "the bot was removed from the server",
        )
        with pytest.raises(PlatformError) as failure:
            await platform.post(rig.channel, CARD, key=KEY)
    assert failure.value.permanent


async def test_a_deleted_channel_has_been_left(rig):
    inbox = Listened()
    async with rig.listening(inbox):
        await rig.do(rig.server.remove_channel())
        assert await inbox.next() == (rig.channel, "the channel was deleted")


async def test_an_outage_of_a_server_is_no_goodbye(rig):
    inbox = Listened()
    async with rig.listening(inbox):
        await rig.do(rig.server.gateway.emit("GUILD_DELETE", {"id": rig.server.guild, "unavailable": True}))
        await rig.react("discord:1/2/3", "👍")
        assert (await inbox.next()).name == "👍"


# What is logged


async def test_nothing_is_logged_that_people_wrote(rig, caplog):
    caplog.set_level(logging.INFO)
    async with rig.listening(Listened(Message("private words"))):
        await rig.command("search secret words")
    assert "words" not in caplog.text
    assert rig.server.token not in caplog.text


# Buttons with a command


@pytest.mark.parametrize(("permissions", "manages"), [(SEND_MESSAGES, False), (MANAGE_CHANNELS, True)])
async def test_a_pressed_command_says_whether_the_person_manages_the_channel(rig, permissions, manages):
    rig.server.permissions["bob"] = str(permissions)
    inbox = Listened()
    platform = rig.platform()
    async with rig.listening(inbox, platform):
        posted = await platform.post(
            rig.channel, Message("x", buttons=(Button("Off", command="pause"),)), key=KEY
        )
        await rig.press(posted, "Off", user="bob")
        assert (await inbox.next()).manages is manages


async def test_a_pressed_command_is_acknowledged_while_the_core_is_still_busy(rig):
    inbox = Listened()
    inbox.allowed.clear()
    platform = rig.platform()
    async with rig.listening(inbox, platform):
        posted = await platform.post(
            rig.channel, Message("x", buttons=(Button("Why", command="why 1"),)), key=KEY
        )
        message = rig.server.messages[posted.rpartition("/")[2]]
        asked = await rig.do(
            rig.server.ask(
                3, {"custom_id": "pc:why 1", "component_type": 2, "id": 1}, "alice", message=message
            )
        )
        acknowledged = await rig.acknowledgement(asked)
        await inbox.next()
        assert acknowledged == {"type": THINK, "data": {"flags": EPHEMERAL}}
        assert not asked.reply.done()
        inbox.allowed.set()
        assert (await rig.answer(asked)).text == "Noted."
