"""What people do on Slack reaches the Inbox once, in time, and is answered to them alone."""

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.errors import PlatformError, StoreError, UserError
from bot.model import (
    DOWN,
    SAVE,
    UP,
    Button,
    Card,
    Channel,
    DeliveryKey,
    Message,
    PaperId,
    UserId,
    message_id,
    split_message_id,
)
from tests.adapters.slack_notebook import Notebook, running
from tests.adapters.slack_rig import SlackRig, until
from tests.adapters.slack_server import Fault, rate_limited

KEY = DeliveryKey("slack:T1/C1#2026-11-22#0")
PAPER = PaperId("arxiv:2401.01234")
DIGEST = Message(cards=(Card(PAPER, "A paper", "https://arxiv.org/abs/2401.01234"),))
ALICE = UserId("slack:T1/UALICE")


@pytest.fixture
def rig() -> Iterator[SlackRig]:
    rig = SlackRig()
    yield rig
    rig.close()


@pytest.fixture
def inbox() -> Notebook:
    return Notebook()


async def test_an_emoji_reaches_the_inbox_with_its_message_person_and_time(
    rig: SlackRig, inbox: Notebook
) -> None:
    async with running(rig, inbox) as slack:
        message = await slack.post(rig.channel, DIGEST, key=KEY)
        await rig.react(message, "👍")
        await rig.react(message, "👍", on=False)
        await rig.react(message, ":party_parrot:")
    up, off, parrot = inbox.reactions
    assert (up.channel, up.user, up.name, up.on, up.message, up.paper) == (
        rig.channel,
        ALICE,
        UP,
        True,
        message,
        None,
    )
    assert (off.name, off.on) == (UP, False)
    assert parrot.name == ":party_parrot:"
    assert up.at.tzinfo is UTC
    assert up.at < off.at
    assert abs((up.at - datetime.now(UTC)).total_seconds()) < 60


async def test_the_bots_own_emoji_is_ignored_but_acknowledged(rig: SlackRig, inbox: Notebook) -> None:
    async with running(rig, inbox):
        message = message_id(rig.channel, "170.1")
        await rig.react(message, "👍", user="bot")
        await rig.react(message, "👍", user="alice")
    assert [reaction.user for reaction in inbox.reactions] == [ALICE]


async def test_a_reaction_that_could_not_be_kept_is_delivered_again(rig: SlackRig, inbox: Notebook) -> None:
    rig.server.redeliver_after = 0.2
    inbox.failures = [StoreError("locked")]
    async with running(rig, inbox):
        await rig.react(message_id(rig.channel, "170.1"), "👍")
    assert len(inbox.reactions) == 1


async def test_an_event_delivered_again_has_the_name_it_had(rig: SlackRig, inbox: Notebook) -> None:
    rig.server.redeliver_after = 0.3
    inbox.gate.clear()
    async with running(rig, inbox, rig.platform(ack_within=10)):
        reacting = asyncio.create_task(rig.react(message_id(rig.channel, "170.1"), "👍"))
        await until(lambda: len(rig.server.sent) == 2, "the second delivery")
        inbox.gate.set()
        await reacting
        await until(lambda: len(inbox.reactions) == 2, "both deliveries")
        await rig.react(message_id(rig.channel, "170.1"), "👍")
    first, again, other = (reaction.event_id for reaction in inbox.reactions)
    assert first.startswith("Ev")
    assert first == again != other


async def test_every_press_has_a_name_of_its_own(rig: SlackRig, inbox: Notebook) -> None:
    async with running(rig, inbox) as slack:
        message = await slack.post(rig.channel, DIGEST, key=KEY)
        for user in ("alice", "alice", "bob"):
            await rig.press(message, UP, user=user)
    assert len({reaction.event_id for reaction in inbox.reactions} - {""}) == 3


async def test_a_slow_inbox_does_not_hold_up_the_acknowledgement_of_a_reaction(
    rig: SlackRig, inbox: Notebook
) -> None:
    inbox.gate.clear()
    async with running(rig, inbox, rig.platform(ack_within=0.1)):
        await rig.react(message_id(rig.channel, "170.1"), "👍")
        assert inbox.reactions == []
        inbox.gate.set()
        await until(lambda: inbox.reactions, "the reaction to be kept after all")


async def test_a_slow_inbox_does_not_hold_up_the_acknowledgement_of_a_command(
    rig: SlackRig, inbox: Notebook
) -> None:
    inbox.gate.clear()
    async with running(rig, inbox):
        asking = asyncio.create_task(rig.command("search slow things"))
        await until(lambda: rig.server.acks, "the acknowledgement")
        assert inbox.requests == []
        assert rig.server.privates == []
        inbox.gate.set()
        assert (await asking).text == "done"


async def test_a_command_is_answered_to_the_asker_alone(rig: SlackRig, inbox: Notebook) -> None:
    inbox.reply = Message("found", heading="Search", cards=DIGEST.cards)
    async with running(rig, inbox):
        said = await rig.command("search a<b & c ", user="bob")
    assert inbox.requests[0].channel == rig.channel
    assert inbox.requests[0].user == "slack:T1/UBOB"
    assert inbox.requests[0].text == "search a<b & c"
    assert said.text.splitlines() == ["Search", "found", "A paper"]
    assert said.buttons == (UP, DOWN, SAVE)
    assert rig.said() == []
    private = rig.server.privates[0]
    assert (private.via, private.user, private.body["response_type"]) == ("response_url", "UBOB", "ephemeral")


async def test_a_mistake_is_answered_with_its_own_text(rig: SlackRig, inbox: Notebook) -> None:
    inbox.failures = [UserError("Type /papers search WORDS.")]
    async with running(rig, inbox):
        assert (await rig.command("search")).text == "Type /papers search WORDS."


async def test_a_failure_is_answered_with_an_apology_and_logged_without_words_of_the_asker(
    rig: SlackRig, inbox: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.failures = [StoreError("disk full")]
    async with running(rig, inbox):
        assert "went wrong" in (await rig.command("search private words")).text
    assert "disk full" in caplog.text
    assert "private words" not in caplog.text


@pytest.mark.parametrize(
    "fault",
    [Fault(status=404, body="expired"), Fault(status=500, body="oops"), rate_limited(1)],
    ids=lambda f: f.status,
)
async def test_a_reply_finds_the_asker_when_the_response_url_fails(
    rig: SlackRig, inbox: Notebook, fault: Fault
) -> None:
    rig.server.fail("response_url", fault)
    async with running(rig, inbox):
        said = await rig.command("help")
    assert said.text == "done"
    assert [private.via for private in rig.server.privates] == ["chat.postEphemeral"]


async def test_a_reply_that_cannot_be_delivered_is_logged_and_no_more(
    rig: SlackRig, inbox: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    rig.server.fail("response_url", Fault(status=404, body="expired"))
    rig.server.fail("chat.postEphemeral", Fault("user_not_in_channel"))
    async with running(rig, inbox):
        asking = asyncio.create_task(rig.command("help"))
        await until(lambda: "user_not_in_channel" in caplog.text, "a line in the log")
        assert (await rig.command("help", user="bob")).text == "done"
        asking.cancel()
    assert rig.server.url not in caplog.text


async def test_a_press_is_a_reaction_to_the_paper_with_a_private_receipt(
    rig: SlackRig, inbox: Notebook
) -> None:
    async with running(rig, inbox) as slack:
        message = await slack.post(rig.channel, DIGEST, key=KEY)
        receipt = await rig.press(message, DOWN)
    reaction = inbox.reactions[0]
    assert (reaction.channel, reaction.user, reaction.name, reaction.on) == (rig.channel, ALICE, DOWN, True)
    assert (reaction.paper, reaction.message) == (PAPER, None)
    assert receipt.text == "noted"
    assert rig.server.privates[0].body["replace_original"] is False
    assert len(rig.said()) == 1


async def test_a_button_of_a_private_reply_works_the_same(rig: SlackRig, inbox: Notebook) -> None:
    inbox.receipt = Message("noted", buttons=(Button("Undo", UP, PAPER, on=False),))
    async with running(rig, inbox) as slack:
        message = await slack.post(rig.channel, DIGEST, key=KEY)
        receipt = await rig.press(message, UP)
        await rig.press_private(receipt, "Undo")
    assert [(reaction.name, reaction.on, reaction.paper) for reaction in inbox.reactions] == [
        (UP, True, PAPER),
        (UP, False, PAPER),
    ]


async def test_a_button_works_after_a_restart(rig: SlackRig, inbox: Notebook) -> None:
    async with running(rig, Notebook()) as slack:
        message = await slack.post(rig.channel, DIGEST, key=KEY)
    async with running(rig, inbox):
        await rig.press(message, SAVE)
    assert [(reaction.name, reaction.paper) for reaction in inbox.reactions] == [(SAVE, PAPER)]


async def test_a_receipt_goes_into_the_thread_of_its_button(rig: SlackRig, inbox: Notebook) -> None:
    async with running(rig, inbox) as slack:
        header = await slack.post(rig.channel, Message("header"), key=KEY)
        message = await slack.post(rig.channel, DIGEST, key=KEY, thread=header)
        await rig.press(message, UP)
    assert rig.server.privates[0].body["thread_ts"] == split_message_id(header)[1]


async def test_a_button_of_an_unknown_kind_says_so(rig: SlackRig, inbox: Notebook) -> None:
    async with running(rig, inbox) as slack:
        message = await slack.post(rig.channel, DIGEST, key=KEY)
        rig.server.messages[0]["blocks"][-1]["elements"][0]["value"] = "something else"
        assert "nothing any more" in (await rig.press(message, UP)).text
    assert inbox.reactions == []


async def test_a_receipt_is_left_out_where_the_inbox_has_none(rig: SlackRig, inbox: Notebook) -> None:
    inbox.receipt = None
    async with running(rig, inbox) as slack:
        message = await slack.post(rig.channel, DIGEST, key=KEY)
        press = asyncio.create_task(rig.press(message, UP))
        await until(lambda: inbox.reactions, "the reaction")
        press.cancel()
    assert rig.server.privates == []


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message", "subtype": "message_changed", "channel": "C1", "message": {"text": "x"}},
        {"type": "app_home_opened", "user": "UALICE", "tab": "messages"},
        {"type": "something_slack_has_yet_to_invent"},
        {
            "type": "reaction_added",
            "user": "U1",
            "reaction": "x",
            "item": {"type": "file"},
            "event_ts": "1.0",
        },
    ],
    ids=lambda event: event["type"],
)
async def test_an_event_of_no_interest_is_acknowledged_at_once(
    rig: SlackRig, inbox: Notebook, event: dict[str, object]
) -> None:
    async with running(rig, inbox):
        delivery = await rig.server.event(event)
    assert (delivery.acked, delivery.attempts) == (True, 1)
    assert inbox.reactions == []
    assert inbox.left == []


async def test_an_unreadable_event_is_logged_and_does_not_stop_the_next(
    rig: SlackRig, inbox: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    rig.server.redeliver_after = 0.05
    async with running(rig, inbox):
        assert not (await rig.server.event({"type": "reaction_added", "user": "secret words"})).acked
        await rig.react(message_id(rig.channel, "170.1"), "👍")
    assert len(inbox.reactions) == 1
    assert "could not be read" in caplog.text
    assert "secret words" not in caplog.text


@pytest.mark.parametrize(
    ("event", "channel", "reason"),
    [
        ({"type": "channel_archive", "channel": "C1", "user": "U1"}, "C1", "archived"),
        ({"type": "group_archive", "channel": "G1"}, "G1", "archived"),
        ({"type": "channel_deleted", "channel": "C1"}, "C1", "deleted"),
        ({"type": "group_deleted", "channel": "G1"}, "G1", "deleted"),
        ({"type": "channel_left", "channel": "C1", "actor_id": "U1"}, "C1", "removed"),
        ({"type": "group_left", "channel": "G1"}, "G1", "removed"),
        ({"type": "member_left_channel", "channel": "C1", "user": "UBOT", "team": "T1"}, "C1", "removed"),
        ({"type": "app_uninstalled"}, "*", "uninstalled"),
        ({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}}, "*", "revoked"),
    ],
    ids=lambda value: value.get("type") if isinstance(value, dict) else None,
)
async def test_the_end_of_our_stay_reaches_the_inbox_with_its_reason(
    rig: SlackRig, inbox: Notebook, event: dict[str, object], channel: str, reason: str
) -> None:
    async with running(rig, inbox):
        assert (await rig.server.event(event)).acked
    assert [left for left, _ in inbox.left] == [Channel("slack", "T1", channel)]
    assert reason in inbox.left[0][1]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "member_left_channel", "channel": "C1", "user": "UALICE", "team": "T1"},
        {"type": "tokens_revoked", "tokens": {"oauth": ["UALICE"], "bot": []}},
    ],
    ids=lambda event: event["type"],
)
async def test_the_end_of_somebody_elses_stay_does_not_concern_us(
    rig: SlackRig, inbox: Notebook, event: dict[str, object]
) -> None:
    async with running(rig, inbox):
        assert (await rig.server.event(event)).acked
    assert inbox.left == []


async def test_expelling_the_bot_ends_both_listening_and_posting_there(
    rig: SlackRig, inbox: Notebook
) -> None:
    async with running(rig, inbox) as slack:
        await rig.expel()
        with pytest.raises(PlatformError) as refused:
            await slack.post(rig.channel, DIGEST, key=KEY)
    assert refused.value.permanent
    assert [channel for channel, _ in inbox.left] == [rig.channel]


async def test_slack_is_asked_for_nothing_while_listening_but_who_we_are_and_an_address(
    rig: SlackRig, inbox: Notebook
) -> None:
    async with running(rig, inbox):
        await rig.react(message_id(rig.channel, "170.1"), "👍")
        await rig.command("help")
    assert [call.method for call in rig.server.calls] == ["auth.test", "apps.connections.open"]


async def test_logs_of_the_vendor_hold_no_address_and_no_token(
    rig: SlackRig, inbox: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(rig, inbox) as slack:
        await slack.post(rig.channel, DIGEST, key=KEY)
        rig.server.fail("apps.connections.open", Fault("internal_error"))
        await rig.server.disconnect("refresh_requested")
        await until(lambda: len(rig.server.calls_of("apps.connections.open")) > 1, "a reconnection")
        logging.getLogger("bot.adapters.slack.vendor").error("%s", "wss://x.test/?ticket=1 xoxb-1-a xapp-1-b")
    for secret in ("ticket=", "xoxb-", "xapp-", "A paper"):
        assert secret not in json.dumps([record.getMessage() for record in caplog.records])
