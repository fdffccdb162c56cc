"""What the bot says on Slack stands there once, pings nobody, and a refusal comes with its facts."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.errors import PlatformError
from bot.model import (
    Button,
    Card,
    Channel,
    DeliveryKey,
    Link,
    Message,
    MessageId,
    PaperId,
    message_id,
    split_message_id,
)
from tests.adapters.slack_faults import Fault, rate_limited
from tests.adapters.slack_rig import SlackRig
from tests.adapters.slack_values import Place

KEY = DeliveryKey("slack:T1/C1#2026-11-22#0")
HOSTILE = (
    "<!channel> @everyone ](http://x) *bold* _it_ `code` $\\alpha<\\beta$ \u202egnp.exe & <https://x|y> "
)
CARD = Card(
    PaperId("arxiv:2401.01234"),
    "Attention | again > ever",
    "https://arxiv.org/abs/2401.01234",
    "A. Author · 22 Nov",
    "It is about attention.",
    "like “Transformers”",
    (Link("code", "https://github.com/a/b"), Link("trap", "javascript:alert(1)")),
    1,
)


@pytest.fixture
def rig() -> Iterator[SlackRig]:
    rig = SlackRig()
    yield rig
    rig.close()


async def test_a_card_stands_in_the_channel_with_all_it_has(rig: SlackRig) -> None:
    posted = await rig.platform().post(rig.channel, Message("Good morning", "Daily Papers", (CARD,)), key=KEY)
    said = rig.said()[0]
    assert said.id == posted == message_id(rig.channel, rig.server.messages[0]["ts"])
    assert said.text.splitlines() == [
        "Daily Papers",
        "Good morning",
        "1. Attention | again > ever",
        "A. Author · 22 Nov",
        "It is about attention.",
        "Why: like “Transformers”",
        "code",
    ]
    assert said.buttons == ("👍", "👎", "🔖")


async def test_a_post_unfurls_nothing_and_carries_its_key_and_a_fallback_text(rig: SlackRig) -> None:
    await rig.platform().post(rig.channel, Message("a < b & c", cards=(CARD,)), key=KEY)
    sent = rig.server.calls_of("chat.postMessage")[0]
    assert (sent["unfurl_links"], sent["unfurl_media"], sent["link_names"], sent["parse"]) == (False,) * 3 + (
        "none",
    )
    assert sent["metadata"] == {"event_type": "paperboy_post", "event_payload": {"key": KEY}}
    assert sent["text"] == "a &lt; b &amp; c\n1. Attention | again &gt; ever"


async def test_hostile_words_ping_nobody_and_are_shown_as_they_are(rig: SlackRig) -> None:
    card = Card(
        PaperId("x:1"),
        HOSTILE,
        "https://x.test/a|b>c",
        HOSTILE,
        HOSTILE,
        HOSTILE,
        (Link(HOSTILE, "http://y.test"),),
    )
    message = Message(HOSTILE, HOSTILE, (card,), (Button(HOSTILE, "👍", PaperId("x:1")),))
    platform = rig.platform()
    posted = await platform.post(rig.channel, message, key=KEY)
    await platform.edit(posted, message)
    said = rig.said()[0]
    assert not said.pings
    assert "<!channel> @everyone ](http://x) *bold* _it_ `code`" in said.text
    assert "\u202e" not in said.text


async def test_a_reply_in_a_thread_names_its_parent(rig: SlackRig) -> None:
    platform = rig.platform()
    parent = await platform.post(rig.channel, Message("header"), key=KEY)
    await platform.post(rig.channel, Message("paper"), key=KEY, thread=parent)
    assert rig.server.messages[1]["thread_ts"] == split_message_id(parent)[1]


async def test_a_direct_message_is_known_by_its_conversation(rig: SlackRig) -> None:
    rig.server.places["UALICE"] = Place("D7")
    posted = await rig.platform().post(Channel("slack", "T1", "UALICE"), Message("hello"), key=KEY)
    assert split_message_id(posted)[0] == Channel("slack", "T1", "D7")


async def test_an_edit_replaces_what_was_said(rig: SlackRig) -> None:
    platform = rig.platform()
    posted = await platform.post(rig.channel, Message("before", cards=(CARD,)), key=KEY)
    await platform.edit(posted, Message("after"))
    assert [(said.text, said.buttons) for said in rig.said()] == [("after", ())]
    sent = rig.server.calls_of("chat.update")[0]
    assert (sent["parse"], sent["link_names"]) == ("none", False), (
        "chat.update makes mentions of @names by default"
    )


async def test_an_edit_of_nothing_is_refused(rig: SlackRig) -> None:
    with pytest.raises(PlatformError, match="message_not_found"):
        await rig.platform().edit(MessageId(f"{rig.channel}/1.2"), Message("after"))


async def test_a_connection_dropped_after_slack_took_the_post_is_no_second_post(rig: SlackRig) -> None:
    rig.server.fail("chat.postMessage", Fault(drop=True))
    with pytest.raises(PlatformError, match=r"chat\.postMessage: no usable answer") as failed:
        await rig.platform().post(rig.channel, Message("once"), key=KEY)
    assert not failed.value.permanent
    assert len(rig.server.calls_of("chat.postMessage")) == 1
    assert [said.text for said in rig.said()] == ["once"]


async def test_too_many_requests_say_when_to_come_back_and_are_not_repeated(rig: SlackRig) -> None:
    rig.server.fail("chat.postMessage", rate_limited(7))
    with pytest.raises(PlatformError) as limited:
        await rig.platform().post(rig.channel, Message("later"), key=KEY)
    assert (limited.value.retry_after, limited.value.permanent) == (7, False)
    assert len(rig.server.calls) == 1


@pytest.mark.parametrize(
    "code",
    [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "account_inactive",
        "token_revoked",
        "invalid_auth",
        "restricted_action",
        "restricted_action_read_only_channel",
        "team_access_not_granted",
    ],
)
async def test_a_closed_channel_is_a_permanent_refusal(rig: SlackRig, code: str) -> None:
    rig.server.fail("chat.postMessage", Fault(code))
    with pytest.raises(PlatformError, match=code) as refused:
        await rig.platform().post(rig.channel, Message("hello"), key=KEY)
    assert refused.value.permanent
    assert refused.value.platform == "slack"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("fatal_error"),
        Fault("service_unavailable"),
        Fault("request_timeout"),
        Fault("invalid_blocks"),
        Fault(status=500),
        Fault(status=502, body="<html>Bad gateway</html>"),
        Fault(status=200, body="<html>Please log in</html>"),
        Fault(status=200, body="Please log in", content_type="text/plain"),
        Fault(status=200, body='{"ok": tr', content_type="application/json"),
        Fault(status=200, body='{"ok": "\xff"}', content_type="application/json"),
        Fault("ratelimited", 429, {"Retry-After": "soon"}),
    ],
    ids=lambda fault: f"{fault.status} {fault.error or fault.body}",
)
async def test_any_other_failure_may_pass(rig: SlackRig, fault: Fault) -> None:
    rig.server.fail("chat.postMessage", fault)
    platform = rig.platform()
    with pytest.raises(PlatformError, match=r"chat\.postMessage") as failed:
        await platform.post(rig.channel, Message("private words"), key=KEY)
    assert (failed.value.permanent, failed.value.retry_after) == (False, None)
    assert "private words" not in str(failed.value)
    assert len(rig.server.calls) == 1
    await platform.post(rig.channel, Message("hello"), key=KEY)


async def test_silence_is_a_failure_that_may_pass(rig: SlackRig) -> None:
    rig.server.fail("chat.postMessage", Fault(silent=True))
    with pytest.raises(PlatformError, match="TimeoutError") as failed:
        await rig.platform(timeout=0.2).post(rig.channel, Message("hello"), key=KEY)
    assert not failed.value.permanent


async def test_a_server_that_is_not_there_is_a_failure_that_may_pass(rig: SlackRig) -> None:
    platform = rig.platform()
    rig.server.close()
    with pytest.raises(PlatformError) as failed:
        await platform.post(rig.channel, Message("hello"), key=KEY)
    assert not failed.value.permanent
    rig.server.close = lambda: None  # type: ignore[method-assign]


async def test_many_posts_at_once_all_stand_there(rig: SlackRig) -> None:
    platform = rig.platform()
    ids = await asyncio.gather(*(platform.post(rig.channel, Message(str(n)), key=KEY) for n in range(20)))
    assert len(set(ids)) == 20
    assert sorted(int(said.text) for said in rig.said()) == list(range(20))
