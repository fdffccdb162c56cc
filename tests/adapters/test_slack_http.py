"""Slack in HTTP mode: only Slack is heard, in time, by whichever process the load balancer chooses."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import PlatformError, StoreError
from bot.model import UP, Card, DeliveryKey, Message, PaperId, message_id
from tests.adapters.slack_calls import FORM, SECRET, signature
from tests.adapters.slack_http_rig import SlackHttpRig
from tests.adapters.slack_notebook import Notebook, running
from tests.adapters.slack_payloads import event_callback, reaction_event
from tests.adapters.slack_rig import until

KEY = DeliveryKey("slack:T1/C1#2026-11-22#0")
DIGEST = Message(cards=(Card(PaperId("arxiv:2401.01234"), "A paper", "https://arxiv.org/abs/2401.01234"),))
EVENT = event_callback(reaction_event("+1", "C1", "170.1", "UALICE", "170.2", on=True), "Ev0")
BODY = json.dumps(EVENT).encode()


@pytest.fixture
def rig() -> Iterator[SlackHttpRig]:
    rig = SlackHttpRig()
    yield rig
    rig.close()


@pytest.fixture
def inbox() -> Notebook:
    return Notebook()


def signed(body: bytes = BODY, *, secret: str = SECRET, ago: int = 0) -> dict[str, str]:
    stamp = str(int(time.time()) - ago)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(body, stamp, secret)}


FORGED: dict[str, Callable[[], dict[str, str]]] = {
    "with another secret": lambda: signed(secret="another"),
    "for another body": lambda: signed(BODY + b" "),
    "not at all": lambda: {"X-Slack-Signature": ""},
    "with what is no text": lambda: {"X-Slack-Signature": "v0=ü"},
    "at no time": lambda: {"X-Slack-Request-Timestamp": ""},
    "at a time that is none": lambda: {"X-Slack-Request-Timestamp": "yesterday"},
    "five minutes and a second ago": lambda: signed(ago=301),
    "in ten minutes": lambda: signed(ago=-600),
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
async def test_what_slack_did_not_sign_just_now_is_refused_and_nothing_happens(
    rig: SlackHttpRig, inbox: Notebook, headers: Callable[[], dict[str, str]]
) -> None:
    async with running(rig, inbox):
        assert (await rig.calls.call(BODY, headers=headers())).status == 401
        assert (await rig.calls.call(BODY)).status == 200
    assert [reaction.event_id for reaction in inbox.reactions] == ["Ev0"]


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{", b"[]", b"payload=%"])
async def test_a_body_that_is_none_is_refused_before_it_is_read(
    rig: SlackHttpRig, inbox: Notebook, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(rig, inbox):
        for kind in ("application/json", FORM, "text/plain; charset=nonsense"):
            assert (await rig.calls.call(body, kind, {"X-Slack-Signature": "v0=no"})).status == 401
    told = [record for record in caplog.records if record.name.startswith("bot")]
    assert [record for record in told if record.levelno > logging.INFO] == []


async def test_slacks_question_at_the_address_is_answered_when_it_is_signed(
    rig: SlackHttpRig, inbox: Notebook
) -> None:
    body = json.dumps({"type": "url_verification", "token": "v", "challenge": "3eZbrw1aB"}).encode()
    async with running(rig, inbox):
        answer = await rig.calls.call(body)
        refused = await rig.calls.call(body, headers={"X-Slack-Signature": "v0=no"})
    assert (answer.status, json.loads(answer.text)["challenge"]) == (200, "3eZbrw1aB")
    assert (refused.status, "3eZbrw1aB" in refused.text) == (401, False)


async def test_an_emoji_is_acknowledged_when_it_is_kept(rig: SlackHttpRig, inbox: Notebook) -> None:
    inbox.gate.clear()
    async with running(rig, inbox, rig.platform(ack_within=10)) as slack:
        message = await slack.post(rig.channel, DIGEST, key=KEY)
        reacting = asyncio.create_task(rig.react(message, "👍"))
        await asyncio.wait({reacting}, timeout=0.1)
        assert rig.calls.answers == []
        inbox.gate.set()
        await reacting
    [reaction] = inbox.reactions
    assert (reaction.name, reaction.on, reaction.message) == (UP, True, message)
    assert reaction.event_id.startswith("Ev")


async def test_a_slow_inbox_does_not_hold_up_the_acknowledgement(rig: SlackHttpRig, inbox: Notebook) -> None:
    inbox.gate.clear()
    async with running(rig, inbox, rig.platform(ack_within=0.1)):
        await rig.react(message_id(rig.channel, "170.1"), "👍")
        assert inbox.reactions == []
        inbox.gate.set()
        await until(lambda: inbox.reactions, "the reaction to be kept after all")


async def test_a_reaction_that_could_not_be_kept_is_repeated_by_slack(
    rig: SlackHttpRig, inbox: Notebook
) -> None:
    inbox.failures = [StoreError("locked")]
    async with running(rig, inbox):
        await rig.react(message_id(rig.channel, "170.1"), "👍")
    assert [answer.status for answer in rig.calls.answers] == [500, 200]
    assert len(inbox.reactions) == 1


async def test_a_repeated_event_has_the_name_it_had_in_every_process(
    rig: SlackHttpRig, inbox: Notebook
) -> None:
    async with running(rig, inbox), running(rig, inbox):
        again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
        answers = [await rig.calls.call(BODY), await rig.calls.call(BODY, headers=again)]
    assert [answer.status for answer in answers] == [200, 200]
    assert len({answer.address for answer in answers}) == 2
    assert [reaction.event_id for reaction in inbox.reactions] == ["Ev0", "Ev0"]


async def test_a_command_is_acknowledged_before_it_is_answered(rig: SlackHttpRig, inbox: Notebook) -> None:
    inbox.gate.clear()
    async with running(rig, inbox):
        asking = asyncio.create_task(rig.command("search a < b & c"))
        await until(lambda: rig.calls.answers, "the acknowledgement")
        assert [(answer.status, answer.text) for answer in rig.calls.answers] == [(200, "")]
        assert inbox.requests == []
        inbox.gate.set()
        said = await asking
    assert "done" in said.text
    assert [request.text for request in inbox.requests] == ["search a < b & c"]


async def test_a_button_is_acknowledged_and_answered_to_its_presser_alone(
    rig: SlackHttpRig, inbox: Notebook
) -> None:
    async with running(rig, inbox) as slack:
        message = await slack.post(rig.channel, DIGEST, key=KEY)
        said = await rig.press(message, UP, user="bob")
    assert "noted" in said.text
    assert [(r.user, r.name, r.paper) for r in inbox.reactions] == [
        ("slack:T1/UBOB", UP, "arxiv:2401.01234"),
    ]
    assert rig.server.privates[-1].user == "UBOB"


async def test_events_that_nobody_asked_for_are_acknowledged(rig: SlackHttpRig, inbox: Notebook) -> None:
    async with running(rig, inbox):
        delivery = await rig.server.event({"type": "app_home_opened", "user": "UALICE", "event_ts": "1.0"})
    assert (delivery.attempts, delivery.acked) == (1, True)


async def test_a_channel_that_expels_us_is_reported(rig: SlackHttpRig, inbox: Notebook) -> None:
    async with running(rig, inbox):
        await rig.expel()
    assert [channel for channel, _ in inbox.left] == [rig.channel]


async def test_two_processes_share_what_comes_in(rig: SlackHttpRig, inbox: Notebook) -> None:
    async with running(rig, inbox) as slack, running(rig, inbox):
        message = await slack.post(rig.channel, DIGEST, key=KEY)
        for user in ("ann", "bob", "cem", "dia"):
            await rig.react(message, "👍", user=user)
        assert "done" in (await rig.command("help")).text
        assert "done" in (await rig.command("help")).text
    answered = [answer.address for answer in rig.calls.answers]
    assert answered == [*rig.calls.addresses] * 3
    assert len({reaction.user for reaction in inbox.reactions}) == len(inbox.reactions) == 4


async def test_a_process_that_stops_answers_what_it_was_asked_and_the_other_goes_on(
    rig: SlackHttpRig, inbox: Notebook
) -> None:
    slow = Notebook()
    slow.gate.clear()
    async with running(rig, inbox):
        async with running(rig, slow, rig.platform(ack_within=10, grace=5)) as stopping:
            rig.calls._turn = 1
            reacting = asyncio.create_task(rig.react(message_id(rig.channel, "170.1"), "👍"))
            await until(lambda: slow.waiting, "the reaction to arrive")
            asyncio.get_running_loop().call_later(0.1, slow.gate.set)
        await reacting
        assert stopping.port == 0
        for _ in range(2):
            await rig.react(message_id(rig.channel, "170.1"), "👍")
    assert (len(slow.reactions), len(inbox.reactions)) == (1, 2)


async def test_a_load_balancer_sees_who_is_there(rig: SlackHttpRig, inbox: Notebook) -> None:
    async with running(rig, inbox):
        [address] = rig.calls.addresses
        assert await rig.calls.health(address) == 200
    assert await rig.calls.health(address) == 0


async def test_close_ends_a_run(rig: SlackHttpRig, inbox: Notebook) -> None:
    slack = rig.platform()
    run = asyncio.create_task(slack.run(inbox))
    await rig.connected()
    await slack.close()
    await asyncio.wait_for(run, 10)


async def test_an_address_that_is_taken_is_named(rig: SlackHttpRig, inbox: Notebook) -> None:
    async with running(rig, inbox) as first:
        with pytest.raises(PlatformError, match=rf"cannot listen on 127.0.0.1:{first.port}: ") as caught:
            await rig.platform(port=first.port).run(inbox)
    assert not caught.value.permanent


async def test_a_wrong_bot_token_is_told_before_anything_listens(rig: SlackHttpRig, inbox: Notebook) -> None:
    with pytest.raises(PlatformError, match="SLACK_BOT_TOKEN") as caught:
        await rig.platform(bot_token="xoxb-wrong").run(inbox)
    assert caught.value.permanent


async def test_check_names_the_bot_and_the_address_and_asks_for_no_socket(rig: SlackHttpRig) -> None:
    told = await rig.platform(port=3000).check()
    assert told == "@paperbot in T; Slack's calls must reach http://127.0.0.1:3000/slack/events"
    assert rig.server.calls_of("apps.connections.open") == []


async def test_posting_finding_and_editing_are_those_of_socket_mode(rig: SlackHttpRig) -> None:
    slack = rig.platform()
    message = await slack.post(rig.channel, DIGEST, key=KEY)
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert await slack.find(rig.channel, DIGEST, key=KEY, since=since) == message
    await slack.edit(message, Message("Other words"))
    assert [said.text for said in rig.said()] == ["Other words"]


async def test_no_log_line_holds_the_secret(
    rig: SlackHttpRig, inbox: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(rig, inbox):
        await rig.calls.call(BODY)
        await rig.calls.call(BODY, headers={"X-Slack-Signature": "v0=no"})
    assert SECRET not in caplog.text
    assert "170.1" not in caplog.text
