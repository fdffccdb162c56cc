"""Pictures on Discord: in the message's own request, or told in words where we may not attach files."""

import logging

import pytest

from bot.adapters.discord.platform import nonce_from_key
from bot.errors import PlatformError
from bot.model import Card, DeliveryKey, Message, PaperId, Picture
from tests.adapters import discord_files
from tests.adapters.discord_rig import DiscordRig, Listened
from tests.adapters.drawn import png

KEY = DeliveryKey("discord:1/2#2026-11-22#0")
CURVE = Picture(png(), "Hits and misses per week.")
REPORT = Message("How well the picks did.", heading="September", picture=CURVE)


@pytest.fixture
def rig():
    rig = DiscordRig()
    yield rig
    rig.close()


async def test_the_picture_goes_in_the_messages_own_request_with_its_nonce(rig):
    platform = rig.platform()
    await platform.post(rig.channel, REPORT, key=KEY)
    await platform.close()
    [call] = rig.server.calls("POST", "/messages")
    [attached] = call.body["attachments"]
    assert (attached["description"], call.body["nonce"]) == (CURVE.description, nonce_from_key(KEY))
    assert call.body["enforce_nonce"] is True
    assert call.body["embeds"][0]["image"]["url"] == f"attachment://{attached['filename']}"
    assert call.answer["attachments"][0]["size"] == len(CURVE.png)


async def test_a_message_without_a_picture_says_nothing_of_attachments(rig):
    platform = rig.platform()
    await platform.post(rig.channel, Message("words"), key=KEY)
    await platform.close()
    assert "attachments" not in rig.server.calls("POST", "/messages")[0].body


async def test_a_picture_takes_the_place_of_one_embed(rig):
    cards = tuple(Card(PaperId(f"x:{n}"), f"T{n}") for n in range(10))
    platform = rig.platform()
    await platform.post(rig.channel, Message(cards=cards, picture=CURVE), key=KEY)
    await platform.close()
    [said] = rig.said()
    assert len(rig.server.calls("POST", "/messages")[0].body["embeds"]) == 10
    assert all(card.title in said.text for card in cards)


async def test_where_we_may_not_attach_files_the_words_stand_there_once(rig, caplog):
    rig.server.may_attach = False
    platform = rig.platform()
    with caplog.at_level(logging.WARNING):
        posted = await platform.post(rig.channel, REPORT, key=KEY)
        await platform.edit(posted, REPORT)
    async with rig.listening(Listened(REPORT), platform):
        reply = await rig.command("help")
    for said in (*rig.said(), reply):
        assert said.text.splitlines() == ["September", REPORT.text, f"Picture: {CURVE.description}"]
    assert len(rig.said()) == 1
    assert "allow Attach Files" in caplog.text
    assert CURVE.description not in caplog.text


async def test_a_channel_closed_to_us_is_refused_for_good_with_a_picture_too(rig):
    rig.server.forbid(rig.server.channel, 403, 50001, "Missing Access")
    platform = rig.platform()
    with pytest.raises(PlatformError) as refused:
        await platform.post(rig.channel, REPORT, key=KEY)
    await platform.close()
    assert refused.value.permanent
    assert len(rig.server.calls("POST", "/messages")) == 1


def test_the_local_discord_refuses_what_is_wrong_with_attachments():
    named = {"id": "0", "filename": "a.png", "description": "x" * 1025}
    shown = {"image": {"url": "attachment://b.png"}}
    found = list(discord_files.problems({"attachments": [named], "embeds": [shown]}, {"1": b"x"}))
    assert len(found) == 3
