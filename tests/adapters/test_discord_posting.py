"""Posting on Discord through discord.py: once per key, quietly, and with honest failures."""

import asyncio

import aiohttp
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.adapters.discord import DiscordPlatform
from bot.adapters.discord.errors import platform_error
from bot.adapters.discord.platform import nonce_from_key
from bot.errors import PlatformError
from bot.model import Button, Card, Channel, DeliveryKey, Message, PaperId, message_id
from tests.adapters.discord_rig import DiscordRig

KEY = DeliveryKey("discord:1/2#2026-11-22#0")
CARD = Message(
    cards=(Card(PaperId("arxiv:2401.01234"), "Sparse attention", "https://arxiv.org/abs/2401.01234"),)
)


@pytest.fixture
def rig():
    rig = DiscordRig()
    yield rig
    rig.close()


@pytest.fixture
async def platform(rig):
    platform = rig.platform()
    yield platform
    await platform.close()


async def test_a_message_appears_in_the_channel_under_the_id_returned(rig, platform):
    posted = await platform.post(rig.channel, CARD, key=KEY)
    [said] = rig.said()
    assert said.id == posted
    assert said.text == "Sparse attention"
    assert said.buttons == ("👍", "👎", "🔖")


async def test_nobody_is_mentioned_whatever_the_text_holds(rig, platform):
    await platform.post(rig.channel, Message("@everyone <@1> <@&2>", heading="@here"), key=KEY)
    [said] = rig.said()
    assert not said.pings
    assert said.text == "@here\n@everyone <@1> <@&2>"


async def test_the_same_key_is_one_message(rig, platform):
    first = await platform.post(rig.channel, CARD, key=KEY)
    again = await platform.post(rig.channel, CARD, key=KEY)
    assert first == again
    assert len(rig.said()) == 1


async def test_another_key_is_another_message(rig, platform):
    await platform.post(rig.channel, CARD, key=KEY)
    await platform.post(rig.channel, CARD, key=DeliveryKey("discord:1/2#2026-11-22#1"))
    assert len(rig.said()) == 2


async def test_a_lost_answer_then_a_retry_is_one_message(rig, platform):
    rig.server.fail("POST", "/messages", after=True)
    with pytest.raises(PlatformError, match="no connection") as failure:
        await platform.post(rig.channel, CARD, key=KEY)
    assert not failure.value.permanent
    assert len(rig.said()) == 1
    later = rig.platform()
    await later.post(rig.channel, CARD, key=KEY)
    await later.close()
    assert len(rig.said()) == 1


async def test_a_message_deleted_by_people_is_not_posted_again_with_its_key(rig, platform):
    posted = await platform.post(rig.channel, CARD, key=KEY)
    rig.server.delete(posted.rpartition("/")[2])
    with pytest.raises(PlatformError) as failure:
        await platform.post(rig.channel, CARD, key=KEY)
    assert failure.value.permanent
    assert rig.said() == []


def test_a_nonce_is_25_characters_and_stays_the_same():
    assert nonce_from_key(KEY) == nonce_from_key(KEY)
    assert nonce_from_key(KEY) == "dna5lbmkusbtrd5jlt754afd5"
    assert len(nonce_from_key(KEY)) == 25


async def test_posts_at_the_same_time_share_one_login(rig, platform):
    keys = [DeliveryKey(f"discord:1/2#2026-11-22#{n}") for n in range(5)]
    await asyncio.gather(*(platform.post(rig.channel, CARD, key=key) for key in keys))
    assert len(rig.said()) == 5
    assert len(rig.server.calls("GET", "/users/@me")) == 1


async def test_posting_asks_nothing_about_the_channel_first(rig, platform):
    await platform.post(rig.channel, CARD, key=KEY)
    asked = [one.route for one in rig.server.exchanges]
    assert asked == ["/users/@me", "/oauth2/applications/@me", "/channels/{channel_id}/messages"]


async def test_a_post_into_a_thread_is_known_under_the_thread(rig, platform):
    thread = rig.server.new_id()
    rig.server.threads.add(thread)
    posted = await platform.post(rig.channel, CARD, key=KEY, thread=message_id(rig.channel, thread))
    assert posted.startswith(f"discord:{rig.server.guild}/{thread}/")


async def test_a_post_into_a_direct_message_works_alike(rig, platform):
    posted = await platform.post(rig.direct, CARD, key=KEY)
    assert posted.startswith("discord:@me/")


async def test_an_edit_replaces_text_cards_and_buttons(rig, platform):
    undo = Button("Undo", "👍", PaperId("arxiv:2401.01234"), on=False)
    posted = await platform.post(rig.channel, CARD, key=KEY)
    await platform.edit(posted, Message("Withdrawn.", buttons=(undo,)))
    [said] = rig.said()
    assert (said.id, said.text, said.buttons, said.pings) == (posted, "Withdrawn.", ("Undo",), False)
    await platform.edit(posted, CARD)
    [said] = rig.said()
    assert (said.text, said.buttons) == ("Sparse attention", ("👍", "👎", "🔖"))


async def test_an_edit_of_a_message_that_is_gone_is_refused_for_good(rig, platform):
    with pytest.raises(PlatformError, match="the message is gone") as failure:
        await platform.edit(message_id(rig.channel, "1"), CARD)
    assert failure.value.permanent


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, 50001, "invite it"),
        (403, 50013, "may not write here"),
        (404, 10003, "the channel is gone"),
        (404, 10004, "the server is gone"),
    ],
)
async def test_a_closed_channel_is_refused_for_good(rig, platform, status, code, reason):
    rig.server.forbid(rig.server.channel, status, code, "No")
    with pytest.raises(PlatformError, match=reason) as failure:
        await platform.post(rig.channel, CARD, key=KEY)
    assert failure.value.permanent


async def test_what_is_not_a_discord_channel_is_refused_for_good(platform):
    with pytest.raises(PlatformError, match="not one of Discord's ids") as failure:
        await platform.post(Channel("discord", "1", "general"), CARD, key=KEY)
    assert failure.value.permanent


async def test_a_token_revoked_in_between_is_refused_for_good(rig, platform):
    await platform.check()
    rig.server.token = "another.discord.token"
    with pytest.raises(PlatformError, match="DISCORD_TOKEN") as failure:
        await platform.post(rig.channel, CARD, key=KEY)
    assert failure.value.permanent


async def test_a_short_rate_limit_is_waited_out(rig, platform):
    rig.server.fail("POST", "/messages", 429, {"message": "slow", "retry_after": 0.01, "global": False})
    await platform.post(rig.channel, CARD, key=KEY)
    assert len(rig.said()) == 1


async def test_a_long_rate_limit_is_reported_with_its_length(rig, platform):
    rig.server.fail("POST", "/messages", 429, {"message": "slow", "retry_after": 120.0, "global": False})
    with pytest.raises(PlatformError) as failure:
        await asyncio.wait_for(platform.post(rig.channel, CARD, key=KEY), 10)
    assert (failure.value.permanent, failure.value.retry_after) == (False, 120.0)
    assert rig.said() == []


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (503, {"message": "503: Service Unavailable", "code": 0}),
        (429, "<html>You are being rate limited</html>"),
        (403, "<html>Forbidden by a proxy</html>"),
        (200, "<html>Welcome to the hotel's network</html>"),
        (200, {"id": "1"}),
    ],
)
async def test_what_may_work_later_is_not_refused_for_good(rig, platform, status, answer):
    rig.server.fail("POST", "/messages", status, answer)
    with pytest.raises(PlatformError) as failure:
        await platform.post(rig.channel, CARD, key=KEY)
    assert not failure.value.permanent
    await platform.post(rig.channel, CARD, key=KEY)
    assert len(rig.said()) == 1


async def test_a_single_500_is_retried_under_the_same_key(rig, platform):
    rig.server.fail("POST", "/messages", 500, {"message": "500: Internal Server Error", "code": 0})
    await platform.post(rig.channel, CARD, key=KEY)
    assert len(rig.said()) == 1
    assert len({call.body["nonce"] for call in rig.server.calls("POST", "/messages")}) == 1


async def test_a_failed_login_is_tried_again_by_the_next_post(rig, platform):
    rig.server.fail("GET", "/users/@me", 503, {"message": "503: Service Unavailable", "code": 0})
    with pytest.raises(PlatformError, match="out of order"):
        await platform.post(rig.channel, CARD, key=KEY)
    await platform.post(rig.channel, CARD, key=KEY)
    assert len(rig.said()) == 1


async def test_without_discord_nothing_is_refused_for_good(rig, platform):
    rig.server.close()
    with pytest.raises(PlatformError, match="no connection") as failure:
        await platform.post(rig.channel, CARD, key=KEY)
    assert not failure.value.permanent


def test_a_first_connection_that_fails_is_told_as_such_though_discord_py_stumbles():
    error = AttributeError("'NoneType' object has no attribute 'sequence'")
    error.__context__ = aiohttp.ClientConnectionError()
    assert "no connection (ClientConnectionError)" in str(platform_error(error))


async def test_a_failure_tells_neither_token_nor_text(rig, platform):
    rig.server.forbid(rig.server.channel, 400, 50035, "Invalid Form Body: secret words")
    with pytest.raises(PlatformError) as failure:
        await platform.post(rig.channel, Message("secret words"), key=KEY)
    assert failure.value.permanent
    assert "secret" not in str(failure.value)
    assert rig.server.token not in str(failure.value)


async def test_check_says_who_we_are_and_where(rig, platform):
    assert await platform.check() == "@paperbot in 1 server"


async def test_check_in_no_server_says_how_to_invite_the_bot(rig, platform):
    rig.server.servers = 0
    said = await platform.check()
    assert said.startswith("@paperbot, in no server yet; invite it: https://discord.com/oauth2/authorize?")
    assert f"client_id={rig.server.bot['id']}" in said


async def test_check_with_a_wrong_token_names_the_setting_and_not_the_token(rig):
    platform = rig.platform(token="wrong.discord.token")
    with pytest.raises(PlatformError, match="DISCORD_TOKEN was refused") as failure:
        await platform.check()
    assert failure.value.permanent
    assert "wrong.discord.token" not in str(failure.value)
    await platform.close()


def test_discord_py_is_led_elsewhere_only_where_told(rig):
    rig.platform()
    assert rig.server.api_url == Route.BASE
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == rig.server.gateway_url
    DiscordPlatform("token", ())
    assert rig.server.api_url == Route.BASE, "the default is not a change"


async def test_closing_twice_is_fine_and_before_any_use_too(rig):
    platform = rig.platform()
    await platform.close()
    await platform.check()
    await platform.close()
    await platform.close()
