"""After a crash: what stands in a Slack channel is found by its key, at Slack's pace, or said to be unknowable."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.slack import SlackPlatform
from bot.errors import PlatformError
from bot.model import Channel, DeliveryKey, Message, MessageId
from tests.adapters.slack_faults import Fault, rate_limited
from tests.adapters.slack_payloads import APP, BOT
from tests.adapters.slack_rig import SlackRig
from tests.adapters.slack_values import Place

KEY = DeliveryKey("slack:T1/C1#2026-11-22#0")
OTHER = DeliveryKey("slack:T1/C1#2026-11-22#1")
HELLO = Message("hello")


@pytest.fixture
def rig() -> Iterator[SlackRig]:
    rig = SlackRig()
    yield rig
    rig.close()


async def look(
    rig: SlackRig, slack: SlackPlatform, key: DeliveryKey = KEY, since: datetime | None = None
) -> MessageId | None:
    """Ask again whenever we are told to."""
    since = since or datetime.now(UTC)
    while True:
        try:
            return await slack.find(rig.channel, HELLO, key=key, since=since)
        except PlatformError as error:
            if error.permanent or error.retry_after is None:
                raise
            rig.pass_time(error.retry_after)


async def test_slack_itself_remembers_no_key(rig: SlackRig) -> None:
    platform = rig.platform()
    assert platform.remembers_keys == timedelta(0)
    first, second = [await platform.post(rig.channel, HELLO, key=KEY) for _ in range(2)]
    assert first != second


async def test_a_post_is_asked_for_as_little_as_slack_allows(rig: SlackRig) -> None:
    since = datetime.now(UTC)
    assert await rig.platform().find(rig.channel, HELLO, key=KEY, since=since) is None
    [asked] = rig.server.calls_of("conversations.history")
    assert (asked["channel"], int(asked["limit"])) == ("C1", 15)
    assert str(asked["include_all_metadata"]).lower() in {"1", "true"}
    assert float(asked["oldest"]) == pytest.approx(since.timestamp() - 60, abs=0.001)


async def test_a_post_a_little_before_our_clock_is_found(rig: SlackRig) -> None:
    posted = await rig.platform().post(rig.channel, HELLO, key=KEY)
    assert await look(rig, rig.platform(), since=datetime.now(UTC) + timedelta(seconds=50)) == posted
    assert await look(rig, rig.platform(), since=datetime.now(UTC) + timedelta(hours=2)) is None


async def test_what_others_say_with_our_key_is_not_ours(rig: SlackRig) -> None:
    ours = {"event_type": "paperboy_post", "event_payload": {"key": KEY}}
    rig.server.say("C1", "look here", metadata=ours, bot_id="BOTHER", app_id=APP)
    rig.server.say("C1", "look here", metadata=ours)
    rig.server.say("C1", "look here", metadata={"event_type": "else", "event_payload": {"key": KEY}})
    rig.server.say(
        "C1", "another message of ours", metadata=ours | {"event_type": "else"}, bot_id=BOT, app_id=APP
    )
    assert await look(rig, rig.platform()) is None


async def test_we_ask_once_a_minute_and_say_when_our_next_turn_is(rig: SlackRig) -> None:
    platform = rig.platform()
    posted = await platform.post(rig.channel, HELLO, key=KEY)
    since = datetime.now(UTC)
    assert await platform.find(rig.channel, HELLO, key=OTHER, since=since) is None
    with pytest.raises(PlatformError, match="our next turn") as later:
        await platform.find(rig.channel, HELLO, key=KEY, since=since)
    assert not later.value.permanent
    assert later.value.retry_after == pytest.approx(60, abs=5)
    assert len(rig.server.calls_of("conversations.history")) == 1
    rig.pass_time(60)
    assert await platform.find(rig.channel, HELLO, key=KEY, since=since) == posted


async def test_another_process_that_asked_before_us_makes_us_wait_as_slack_says(rig: SlackRig) -> None:
    await look(rig, rig.platform())
    platform = rig.platform()
    with pytest.raises(PlatformError, match="too many requests") as limited:
        await platform.find(rig.channel, HELLO, key=KEY, since=datetime.now(UTC))
    assert limited.value.retry_after == pytest.approx(60, abs=5)
    rig.server.paces.every["conversations.history"] = 0
    rig.server.fail("conversations.history", rate_limited(300))
    rig.pass_time(60)
    with pytest.raises(PlatformError, match="too many requests"):
        await platform.find(rig.channel, HELLO, key=KEY, since=datetime.now(UTC))
    with pytest.raises(PlatformError, match="our next turn") as later:
        await platform.find(rig.channel, HELLO, key=KEY, since=datetime.now(UTC))
    assert later.value.retry_after == pytest.approx(300, abs=5)


async def test_a_busy_channel_is_looked_through_page_by_page(rig: SlackRig) -> None:
    platform = rig.platform()
    posted = await platform.post(rig.channel, HELLO, key=KEY)
    for number in range(40):
        rig.server.say("C1", f"chatter {number}")
    since = datetime.now(UTC)
    with pytest.raises(PlatformError, match="more to look through") as unfinished:
        await platform.find(rig.channel, HELLO, key=KEY, since=since)
    assert (unfinished.value.permanent, unfinished.value.retry_after) == (False, 60)
    rig.pass_time(60)
    assert await look(rig, platform, since=since) == posted
    cursors = [asked.get("cursor") for asked in rig.server.calls_of("conversations.history")]
    assert cursors == [None, "next:15", "next:30"]
    assert await look(rig, platform, OTHER, since) is None


async def test_a_search_from_another_moment_begins_anew(rig: SlackRig) -> None:
    platform, since = rig.platform(), datetime.now(UTC)
    for number in range(20):
        rig.server.say("C1", f"chatter {number}")
    with pytest.raises(PlatformError, match="more to look through"):
        await platform.find(rig.channel, HELLO, key=KEY, since=since)
    rig.pass_time(60)
    posted = await platform.post(rig.channel, HELLO, key=KEY)
    assert await look(rig, platform, since=since + timedelta(seconds=1)) == posted


async def test_a_channel_too_busy_to_look_through_is_given_up(rig: SlackRig) -> None:
    for number in range(15 * 40 + 1):
        rig.server.say("C1", f"chatter {number}")
    with pytest.raises(PlatformError, match="more than 600 messages") as given_up:
        await look(rig, rig.platform())
    assert given_up.value.permanent


@pytest.mark.parametrize(
    ("channel", "scope"), [("C1", "channels:history"), ("G1", "groups:history"), ("D1", "im:history")]
)
async def test_without_the_scope_it_can_never_be_found_out(channel: str, scope: str) -> None:
    rig = SlackRig(scopes={"chat:write"})
    rig.server.places[channel] = Place(channel)
    with pytest.raises(PlatformError, match=f"may not read the channel's history: add .*{scope}") as refused:
        await rig.platform().find(Channel("slack", "T1", channel), HELLO, key=KEY, since=datetime.now(UTC))
    rig.close()
    assert refused.value.permanent


async def test_where_the_bot_is_not_a_member_it_can_never_be_found_out(rig: SlackRig) -> None:
    rig.server.places["C1"].joined = False
    platform = rig.platform()
    await platform.post(rig.channel, HELLO, key=KEY)
    with pytest.raises(PlatformError, match=r"invite it.*not_in_channel") as refused:
        await platform.find(rig.channel, HELLO, key=KEY, since=datetime.now(UTC))
    assert refused.value.permanent


@pytest.mark.parametrize(
    "fault", [Fault("internal_error"), Fault(status=502, body="oops"), Fault("invalid_cursor")]
)
async def test_a_failure_that_may_pass_says_nothing_about_the_post(rig: SlackRig, fault: Fault) -> None:
    platform = rig.platform()
    posted = await platform.post(rig.channel, HELLO, key=KEY)
    rig.server.fail("conversations.history", fault)
    with pytest.raises(PlatformError, match=r"conversations\.history") as failed:
        await platform.find(rig.channel, HELLO, key=KEY, since=datetime.now(UTC))
    assert not failed.value.permanent
    rig.pass_time(60)
    assert await look(rig, platform) == posted


async def test_the_local_slack_keeps_one_post_a_second_and_channel_where_told_to(rig: SlackRig) -> None:
    rig.server.paces.every["chat.postMessage"] = 1.0
    rig.server.places["C2"] = Place("C2")
    platform = rig.platform()
    await platform.post(rig.channel, HELLO, key=KEY)
    await platform.post(Channel("slack", "T1", "C2"), HELLO, key=KEY)
    with pytest.raises(PlatformError, match="too many requests") as limited:
        await platform.post(rig.channel, HELLO, key=OTHER)
    assert limited.value.retry_after == 1
    rig.pass_time(1)
    await platform.post(rig.channel, HELLO, key=OTHER)
