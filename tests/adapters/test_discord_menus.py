"""Menus of buttons on Discord, through discord.py: choosing is pressing, after a restart too, again and again."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.model import Button, Card, DeliveryKey, Message, PaperId, split_message_id
from tests.adapters.discord_answers import EPHEMERAL, UPDATE
from tests.adapters.discord_rig import DiscordRig, Listened, buttons
from tests.adapters.drawn import png

KEY = DeliveryKey("discord:1/2#2026-11-22#0")
PAPERS = [PaperId(f"arxiv:2401.0000{n}") for n in range(1, 7)]
CARDS = tuple(
    Card(
        paper,
        f"Paper {n}",
        f"https://arxiv.org/abs/{paper}",
        buttons=(Button("🔖", "🔖", paper), Button("Cite", command=f"cite {paper}")),
    )
    for n, paper in enumerate(PAPERS, 1)
)
RESULTS = Message("Six found.", cards=CARDS, buttons=(Button("More ›", command="search x page:2"),))


@pytest.fixture
def rig():
    rig = DiscordRig()
    yield rig
    rig.close()


async def test_a_choice_in_a_private_answer_is_a_command_answered_privately(rig):
    inbox = Listened(RESULTS)
    async with rig.listening(inbox):
        reply = await rig.command("search x")
        await inbox.next()
        assert reply.buttons[:3] == ("1 · 🔖", "1 · Cite", "2 · 🔖")
        assert reply.buttons[-1] == "More ›"
        answer = await rig.press_private(reply, "5 · Cite")
        asked = await inbox.next()
    assert (asked.text, asked.channel, asked.user) == (f"cite {PAPERS[4]}", rig.channel, rig.user("alice"))
    assert answer.text.startswith("Six found.")
    assert not answer.pings
    assert split_message_id(answer.id)[1] in rig.server.private, "nobody else sees it"
    assert rig.said() == []


async def test_a_vote_chosen_in_a_menu_is_noted_with_the_name_of_its_press(rig):
    inbox = Listened(Message("🔖 saved."))
    platform = rig.platform()
    posted = await platform.post(rig.channel, RESULTS, key=KEY)
    await platform.close()
    async with rig.listening(inbox):
        receipt = await rig.press(posted, "2 · 🔖", user="bob")
        vote = await inbox.next()
    [asked] = rig.server.asked.values()
    assert (vote.name, vote.paper, vote.on, vote.user) == ("🔖", PAPERS[1], True, rig.user("bob"))
    assert vote.event_id == asked.id
    assert receipt.text == "🔖 saved."


async def test_the_same_can_be_chosen_again_because_the_menu_has_changed(rig):
    inbox = Listened(RESULTS)
    async with rig.listening(inbox):
        reply = await rig.command("search x")
        seen = []
        for _ in range(3):
            shown = rig.server.private[split_message_id(reply.id)[1]]
            seen.append(shown["components"][0]["components"][0]["custom_id"])
            assert [one["label"] for one in buttons(shown)] == list(reply.buttons)
            assert shown["content"].startswith("Six found.")
            assert len(shown["embeds"]) == 6
            await rig.press_private(reply, "1 · Cite")
    assert seen == ["pm:0:a", "pm:0:b", "pm:0:a"]


async def test_a_choice_is_acknowledged_while_the_core_is_still_busy(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.channel, RESULTS, key=KEY)
        inbox.allowed.clear()
        message = rig.server.messages[split_message_id(posted)[1]]
        [data] = [one["data"] for one in buttons(message) if one["label"] == "3 · Cite"]
        asked = await rig.do(rig.server.ask(3, data, "alice", message=message))
        acknowledged = await rig.acknowledgement(asked)
        await inbox.next()
        assert acknowledged["type"] == UPDATE
        assert not asked.reply.done()
        inbox.allowed.set()
        assert (await rig.answer(asked)).text == "Noted."
        assert asked.flags == EPHEMERAL


async def test_buttons_below_a_menu_work_as_ever(rig):
    inbox = Listened(RESULTS)
    async with rig.listening(inbox):
        reply = await rig.command("search x")
        await inbox.next()
        await rig.press_private(reply, "1 · Cite")
        await inbox.next()
        await rig.press_private(reply, "More ›")
        assert (await inbox.next()).text == "search x page:2"


async def test_a_failure_after_a_choice_is_apologised_for(rig):
    async with rig.listening(Listened(ValueError("secret"))) as platform:
        posted = await platform.post(rig.channel, RESULTS, key=KEY)
        answer = await rig.press(posted, "1 · Cite")
    assert answer.text.startswith("Sorry")


async def test_a_vote_counts_even_where_discord_takes_no_answer(rig):
    inbox = Listened()
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.channel, RESULTS, key=KEY)
        rig.server.fail("POST", "/callback", 404, {"message": "Unknown interaction", "code": 10062})
        message = rig.server.messages[split_message_id(posted)[1]]
        [data] = [one["data"] for one in buttons(message) if one["label"] == "3 · 🔖"]
        await rig.do(rig.server.ask(3, data, "alice", message=message))
        assert (await inbox.next()).paper == PAPERS[2]


async def test_a_picture_comes_after_a_choice_too(rig):
    from bot.model import Picture

    inbox = Listened(Message("A report.", picture=Picture(png(), "A curve.")))
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.channel, RESULTS, key=KEY)
        answer = await rig.press(posted, "1 · Cite")
    assert answer.pictures == ("A curve.",)


async def test_a_message_with_a_menu_is_found_again_whatever_was_chosen_in_it(rig):
    since = datetime.now(UTC)
    async with rig.listening(Listened()) as platform:
        posted = await platform.post(rig.channel, RESULTS, key=KEY)
        assert await platform.find(rig.channel, RESULTS, key=KEY, since=since) == posted
        await rig.press(posted, "1 · Cite")
        assert await platform.find(rig.channel, RESULTS, key=KEY, since=since) == posted
        fewer = Message("Five found.", cards=CARDS[:5], buttons=RESULTS.buttons)
        assert await platform.find(rig.channel, fewer, key=KEY, since=since) is None
        tomorrow = since + timedelta(days=1)
        assert await platform.find(rig.channel, RESULTS, key=KEY, since=tomorrow) is None
