"""As a person types into a picker, Slack asks for what may be meant; choosing one asks the command. In both modes."""

import pytest

from bot.errors import StoreError
from bot.model import Completion, Message, Picker, Request, Typing, UserId
from tests.adapters.slack_blocks import options_problem
from tests.adapters.slack_http_rig import SlackHttpRig
from tests.adapters.slack_notebook import Notebook, running
from tests.adapters.slack_payloads import block_suggestion
from tests.adapters.slack_rig import SlackRig

ALICE, BOB = UserId("slack:T1/UALICE"), UserId("slack:T1/UBOB")
PICKER = Message("Type a few letters.", picker=Picker("Find a paper", "search"))
FOUND = [Completion("Attention Is All You Need", "arxiv:1706.03762"), Completion("attention", "attention")]


@pytest.fixture
def inbox() -> Notebook:
    inbox = Notebook()
    inbox.reply, inbox.completions = PICKER, list(FOUND)
    return inbox


async def test_what_is_typed_is_completed_and_what_is_chosen_is_asked_privately(
    rig: SlackRig, inbox: Notebook
) -> None:
    async with running(rig, inbox):
        reply = await rig.command("search")
        options = await rig.type_into(reply, "att <a & b> ")
        inbox.reply = Message("found it")
        said = await rig.choose(reply, options[0])
    assert [option["text"]["text"] for option in options] == ["Attention Is All You Need", "attention"]
    assert inbox.typed == [Typing(rig.channel, ALICE, "search", "att <a & b> ")]
    assert inbox.requests[1] == Request(rig.channel, ALICE, "search arxiv:1706.03762")
    assert said.text == "found it"
    assert rig.said() == []


async def test_a_picker_works_after_a_restart_and_for_whoever_uses_it(rig: SlackRig, inbox: Notebook) -> None:
    async with running(rig, inbox):
        reply = await rig.command("search")
    if isinstance(rig, SlackHttpRig):
        rig.calls.addresses.clear()
    fresh = Notebook()
    fresh.completions = list(FOUND)
    async with running(rig, fresh):
        options = await rig.type_into(reply, "att", user="bob")
        await rig.choose(reply, options[1], user="bob")
    assert fresh.typed == [Typing(rig.channel, BOB, "search", "att")]
    assert [(request.user, request.text) for request in fresh.requests] == [(BOB, "search attention")]


async def test_nothing_is_offered_where_the_inbox_fails(
    rig: SlackRig, inbox: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(rig, inbox):
        reply = await rig.command("search")
        inbox.failures = [StoreError("disk full")]
        assert await rig.type_into(reply, "private words") == []
        assert len(await rig.type_into(reply, "att")) == 2
    assert "disk full" in caplog.text
    assert "private words" not in caplog.text


async def test_nothing_is_offered_in_time_where_the_inbox_is_slow(rig: SlackRig, inbox: Notebook) -> None:
    async with running(rig, inbox, rig.platform(ack_within=0.1)):
        reply = await rig.command("search")
        inbox.gate.clear()
        assert await rig.type_into(reply, "att") == []
        inbox.gate.set()
        assert len(await rig.type_into(reply, "att")) == 2


HOSTILE = [
    Completion('author:"Ada <!channel> & Co"', 'author:"Ada <!channel> & Co"'),
    Completion("あ" * 100, "あ" * 100),
    Completion("\u202e \x00", "cat:cs.CL 100%25"),
    Completion("too long to come back whole", "&" * 100),
    Completion("nothing", " \u200f "),
    Completion("another name", "cat:cs.CL 100%25"),
    Completion("&<>" * 33, "\ud800x"),
]


async def test_hostile_completions_are_offered_where_they_can_come_back_as_they_were(
    rig: SlackRig, inbox: Notebook
) -> None:
    inbox.completions = HOSTILE
    async with running(rig, inbox):
        reply = await rig.command("search")
        options = await rig.type_into(reply, "x")
        for option in options:
            await rig.choose(reply, option)
    asked = [request.text for request in inbox.requests[1:]]
    said = ['author:"Ada <!channel> & Co"', "あ" * 100, "cat:cs.CL 100%25", "x"]
    assert asked == [f"search {value}" for value in said]
    assert [option["text"]["text"] for option in options][2:] == ["cat:cs.CL 100%25", "&<>&<>&<>&<>&<>&<…"]


async def test_no_more_than_slack_takes_are_offered(rig: SlackRig, inbox: Notebook) -> None:
    inbox.completions = [Completion(f"n{n}", f"n{n}") for n in range(150)]
    async with running(rig, inbox):
        assert len(await rig.type_into(await rig.command("search"), "n")) == 100


async def test_a_menu_that_is_not_ours_gets_no_options(rig: SlackRig, inbox: Notebook) -> None:
    typing = block_suggestion({"action_id": "react:1"}, "att", "C1", "UALICE", {"is_ephemeral": True})
    async with running(rig, inbox):
        delivery = await rig.server.suggestion(typing)
    assert (delivery.acked, delivery.answer) == (True, {"options": []})
    assert inbox.typed == []


async def test_slack_may_leave_out_the_channel_of_what_is_typed(rig: SlackRig, inbox: Notebook) -> None:
    typing = block_suggestion({"action_id": "pick:search"}, "att", "C1", "UALICE", {"is_ephemeral": True})
    del typing["channel"]
    async with running(rig, inbox):
        delivery = await rig.server.suggestion(typing)
    assert options_problem(delivery.answer) is None
    assert [typed.channel for typed in inbox.typed] == [rig.channel]
