"""After a crash: what stands in a Discord channel is found by what it shows, or said to be unknowable."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import PlatformError
from bot.model import Button, Card, Channel, DeliveryKey, Message, PaperId
from tests.adapters.discord_rig import DiscordRig

KEY = DeliveryKey("discord:1/2#2026-11-22#0")
OTHER = DeliveryKey("discord:1/2#2026-11-22#1")
HEADER = Message("5 of 312 papers. @everyone *so* many\n\n\nhttps://x.test/a", heading="Sunday, 22 November")
CARD = Message(
    cards=(
        Card(
            PaperId("arxiv:2401.01234"),
            "Sparse *attention* @everyone",
            "https://arxiv.org/abs/2401.01234",
            "Ada · cs.LG",
            "Cheap.",
            "Because",
            number=1,
        ),
    )
)
NEXT_CARD = Message(cards=(Card(PaperId("arxiv:2401.01235"), "Dense attention", number=2),))
LONG_ID = Message(cards=(Card(PaperId("doi:10.1/" + "x" * 120), "No room for buttons", "https://x.test/1"),))


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


async def look(rig, platform, message=CARD, *, since=None):
    return await platform.find(rig.channel, message, key=KEY, since=since or datetime.now(UTC))


@pytest.mark.parametrize("message", [HEADER, CARD, LONG_ID, Message("…", cards=CARD.cards + NEXT_CARD.cards)])
async def test_what_was_posted_is_found_by_what_it_shows(rig, platform, message):
    assert await look(rig, platform, message) is None
    await platform.post(rig.channel, NEXT_CARD, key=OTHER)
    posted = await platform.post(rig.channel, message, key=KEY)
    for number in range(60):
        rig.server.say(f"chatter {number}")
    later = rig.platform()
    assert await look(rig, later, message) == posted
    await later.close()


async def test_another_paper_or_another_day_is_not_what_is_looked_for(rig, platform):
    await platform.post(rig.channel, CARD, key=KEY)
    await platform.post(rig.channel, HEADER, key=OTHER)
    assert await look(rig, platform, NEXT_CARD) is None
    assert await look(rig, platform, Message(HEADER.text, heading="Monday, 23 November")) is None
    receipt = Message("noted", buttons=(Button("Undo", "👍", PaperId("arxiv:2401.01234"), on=False),))
    assert await look(rig, platform, receipt) is None


async def test_a_card_is_known_by_its_buttons_whatever_else_a_newer_paperboy_shows(rig, platform):
    posted = await platform.post(rig.channel, CARD, key=KEY)
    [message] = rig.server.messages.values()
    message["embeds"][0]["description"] = "laid out as an older version did"
    assert await look(rig, platform) == posted


async def test_the_same_words_with_buttons_are_another_message(rig, platform):
    undo = Button("Undo", "👍", PaperId("arxiv:2401.01234"), on=False)
    await platform.post(rig.channel, Message("Noted.", buttons=(undo,)), key=KEY)
    assert await look(rig, platform, Message("Noted.")) is None


async def test_spaces_and_marks_that_discord_may_drop_make_no_difference(rig, platform):
    posted = await platform.post(rig.channel, HEADER, key=KEY)
    [message] = rig.server.messages.values()
    message["content"] = message["content"].replace("\u200b", "").replace("\n\n", "\n") + " "
    assert await look(rig, platform, HEADER) == posted


async def test_the_same_words_by_somebody_else_are_not_ours(rig, platform):
    await platform.post(rig.channel, HEADER, key=KEY)
    [ours] = rig.server.messages.values()
    rig.server.delete(ours["id"])
    rig.server.say(ours["content"])
    rig.server.say(ours["content"], who="otherbot")
    assert await look(rig, platform, HEADER) is None


async def test_only_what_came_since_is_looked_at_with_a_minute_for_unequal_clocks(rig, platform):
    posted = await platform.post(rig.channel, CARD, key=KEY)
    assert await look(rig, platform, since=datetime.now(UTC) + timedelta(seconds=50)) == posted
    assert await look(rig, platform, since=datetime.now(UTC) + timedelta(seconds=70)) is None


async def test_after_discord_has_forgotten_the_key_the_message_is_found(rig, platform):
    since = datetime.now(UTC)
    posted = await platform.post(rig.channel, CARD, key=KEY)
    rig.pass_time(platform.remembers_keys.total_seconds() - 1)
    assert await platform.post(rig.channel, CARD, key=KEY) == posted
    rig.pass_time(600)
    assert await look(rig, platform, since=since) == posted


async def test_a_busy_channel_is_looked_through_page_by_page(rig, platform):
    since = datetime.now(UTC)
    for number in range(250):
        rig.server.say(f"chatter {number}")
    posted = await platform.post(rig.channel, CARD, key=KEY)
    assert await look(rig, platform, since=since) == posted
    assert len(rig.server.calls("GET", "/messages")) == 3


async def test_a_channel_too_busy_to_look_through_is_given_up(rig, platform):
    for number in range(1001):
        rig.server.say(f"chatter {number}")
    with pytest.raises(PlatformError, match="more than 1000 messages") as given_up:
        await look(rig, platform)
    assert given_up.value.permanent


async def test_without_the_permission_discord_shows_nothing_and_we_say_that_we_cannot_know(rig, platform):
    rig.server.may_read = False
    assert await look(rig, platform) is None, "nothing at all was said since: there is nothing to be found"
    await platform.post(rig.channel, CARD, key=KEY)
    with pytest.raises(PlatformError, match="allow View Channel and Read Message History") as refused:
        await look(rig, platform)
    assert refused.value.permanent


async def test_a_direct_message_is_found_alike(rig, platform):
    posted = await platform.post(rig.direct, CARD, key=KEY)
    assert await platform.find(rig.direct, CARD, key=KEY, since=datetime.now(UTC)) == posted
    assert await platform.find(rig.direct, NEXT_CARD, key=KEY, since=datetime.now(UTC)) is None


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [(403, 50001, "Read Message History"), (403, 50013, "Read Message History"), (404, 10003, "is gone")],
)
async def test_a_closed_channel_can_never_be_looked_at(rig, platform, status, code, reason):
    rig.server.forbid(rig.server.channel, status, code, "No")
    with pytest.raises(PlatformError, match=reason) as refused:
        await look(rig, platform)
    assert refused.value.permanent


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (0, None),
        (503, {"message": "503: Service Unavailable", "code": 0}),
        (403, "<html>Forbidden by a proxy</html>"),
        (200, "<html>Welcome to the hotel's network</html>"),
        (200, [{"id": "1"}]),
    ],
)
async def test_a_failure_that_may_pass_says_nothing_about_the_message(rig, platform, status, answer):
    posted = await platform.post(rig.channel, CARD, key=KEY)
    # aiohttp asks again by itself where a connection that it had kept open breaks
    rig.server.fail("GET", "/messages", status, answer, times=1 if status else 2)
    with pytest.raises(PlatformError) as failed:
        await look(rig, platform)
    assert not failed.value.permanent
    assert await look(rig, platform) == posted


async def test_what_is_not_a_discord_channel_can_never_be_looked_at(platform):
    with pytest.raises(PlatformError, match="not one of Discord's ids") as refused:
        await platform.find(Channel("discord", "1", "x"), CARD, key=KEY, since=datetime.now(UTC))
    assert refused.value.permanent
