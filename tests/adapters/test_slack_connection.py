"""The connection to Slack: refused for a reason one can act on, mended by itself, given up when lost for good."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.errors import PlatformError
from bot.model import DeliveryKey, Message, message_id
from bot.ports import ChatPlatform
from tests.adapters.slack_notebook import Notebook, running
from tests.adapters.slack_rig import SlackRig, until
from tests.adapters.slack_server import APP_TOKEN, BOT_TOKEN, Fault

KEY = DeliveryKey("slack:T1/C1#2026-11-22#0")


@pytest.fixture
def rig() -> Iterator[SlackRig]:
    rig = SlackRig()
    yield rig
    rig.close()


async def test_check_says_who_we_are_and_opens_no_connection(rig: SlackRig) -> None:
    platform: ChatPlatform = rig.platform()
    assert platform.name == "slack"
    assert await platform.check() == "@paperbot in T"
    assert rig.server.opened == 0


@pytest.mark.parametrize(
    ("tokens", "named", "other"),
    [
        ({"bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
        ({"app_token": "xapp-wrong"}, "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"),
        ({"bot_token": APP_TOKEN}, "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
        ({"app_token": BOT_TOKEN}, "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"),
    ],
)
async def test_a_wrong_token_is_named_and_never_shown(
    rig: SlackRig, tokens: dict[str, str], named: str, other: str
) -> None:
    platform = rig.platform(**tokens)
    for refused in (platform.check(), platform.run(Notebook())):
        with pytest.raises(PlatformError) as error:
            await refused
        assert error.value.permanent
        assert named in str(error.value)
        assert other not in str(error.value)
        assert not any(token in str(error.value) for token in tokens.values())
    assert rig.server.opened == 0


async def test_tokens_with_a_line_end_from_a_file_are_accepted(rig: SlackRig) -> None:
    assert await rig.platform(bot_token=f"{BOT_TOKEN}\n", app_token=f" {APP_TOKEN}\n").check()


async def test_a_missing_scope_is_named(rig: SlackRig) -> None:
    rig.server.fail("apps.connections.open", Fault("missing_scope"))
    with pytest.raises(PlatformError, match=r"apps\.connections\.open: the app lacks the scope"):
        await rig.platform().check()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_server_that_asks_to_go_elsewhere_is_followed(rig: SlackRig, reason: str) -> None:
    inbox = Notebook()
    async with running(rig, inbox):
        await rig.server.disconnect(reason)
        await until(lambda: rig.server.opened == 2, "a second connection")
        await rig.react(message_id(rig.channel, "170.1"), "👍")
    assert len(inbox.reactions) == 1


async def test_a_dropped_connection_is_replaced_and_what_fell_between_comes_again(rig: SlackRig) -> None:
    inbox = Notebook()
    rig.server.redeliver_after = 0.5
    async with running(rig, inbox):
        await rig.server.drop_sockets()
        await rig.react(message_id(rig.channel, "170.1"), "👍")
    assert rig.server.opened > 1
    assert len(inbox.reactions) == 1


async def test_a_connection_that_cannot_be_replaced_is_given_up(rig: SlackRig) -> None:
    platform = rig.platform(lost_after=0.5)
    run = asyncio.create_task(platform.run(Notebook()))
    await rig.connected()
    rig.server.fail("apps.connections.open", Fault("internal_error"), times=10_000)
    await rig.server.drop_sockets()
    with pytest.raises(PlatformError, match=r"no connection for 0\.5 s") as lost:
        await asyncio.wait_for(run, 10)
    assert not lost.value.permanent


async def test_a_connection_that_never_comes_about_is_given_up(rig: SlackRig) -> None:
    rig.server.fail("link", Fault(status=503, body="busy"), times=10_000)
    with pytest.raises(PlatformError, match="no connection"):
        await asyncio.wait_for(rig.platform(lost_after=0.3).run(Notebook()), 10)


async def test_open_sockets_behind_which_nobody_answers_are_given_up_too(rig: SlackRig) -> None:
    rig.server.deaf = True
    run = asyncio.create_task(rig.platform(lost_after=1.5, grace=0.05).run(Notebook()))
    with pytest.raises(PlatformError, match=r"no connection for 1\.5 s") as lost:
        await asyncio.wait_for(run, 20)
    assert not lost.value.permanent
    assert rig.server.opened > 1, "the library had replaced the dead socket by the next dead one"


async def test_a_connection_on_which_nothing_happens_is_not_given_up(rig: SlackRig) -> None:
    inbox = Notebook()
    run = asyncio.create_task(rig.platform(ping_interval=0.1, lost_after=1).run(inbox))
    await rig.connected()
    done, _ = await asyncio.wait({run}, timeout=1.5)
    assert not done
    await rig.react(message_id(rig.channel, "170.1"), "👍")
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    assert len(inbox.reactions) == 1


async def test_a_switched_off_socket_mode_ends_the_run_and_says_so(rig: SlackRig) -> None:
    run = asyncio.create_task(rig.platform().run(Notebook()))
    await rig.connected()
    await rig.server.disconnect("link_disabled")
    with pytest.raises(PlatformError, match="Socket Mode was switched off"):
        await asyncio.wait_for(run, 10)


async def test_the_same_instance_can_run_again_after_it_gave_up(rig: SlackRig) -> None:
    inbox, platform = Notebook(), rig.platform()
    run = asyncio.create_task(platform.run(inbox))
    await rig.connected()
    await rig.server.disconnect("link_disabled")
    await asyncio.wait({run}, timeout=10)
    await until(lambda: rig.server.sockets == 0, "the old connection to end")
    again = asyncio.create_task(platform.run(inbox))
    await until(lambda: rig.server.sockets == 1, "a new connection")
    await rig.react(message_id(rig.channel, "170.1"), "👍")
    again.cancel()
    await asyncio.gather(again, return_exceptions=True)
    assert len(inbox.reactions) == 1


async def test_cancelling_lets_work_in_hand_end_and_hangs_up(rig: SlackRig) -> None:
    inbox = Notebook()
    inbox.gate.clear()
    run = asyncio.create_task(rig.platform(grace=10, ack_within=0.01).run(inbox))
    await rig.connected()
    await rig.react(message_id(rig.channel, "170.1"), "👍")
    run.cancel()
    await until(lambda: rig.server.sockets == 0, "the connection to end")
    assert not run.done()
    inbox.gate.set()
    await asyncio.wait({run}, timeout=10)
    assert run.cancelled()
    assert len(inbox.reactions) == 1


async def test_what_slack_has_handed_over_is_acknowledged_before_the_farewell(rig: SlackRig) -> None:
    inbox = Notebook()
    inbox.gate.clear()
    run = asyncio.create_task(rig.platform(grace=10, ack_within=10).run(inbox))
    await rig.connected()
    reacting = asyncio.create_task(rig.react(message_id(rig.channel, "170.1"), "👍"))
    await until(lambda: rig.server.sent, "the event to be sent")
    asking = asyncio.create_task(rig.command("help"))
    await until(lambda: rig.server.acks, "the command to be acknowledged")
    run.cancel()
    asyncio.get_running_loop().call_later(0.05, inbox.gate.set)
    await reacting
    assert (await asking).text == "done"
    await asyncio.wait({run}, timeout=10)
    assert run.cancelled()
    assert (len(rig.server.sent), len(inbox.reactions)) == (2, 1), "nothing had to be sent again"


async def test_a_post_goes_on_while_listening_is_cancelled(rig: SlackRig) -> None:
    answer = rig.server.hold("chat.postMessage")
    async with running(rig, Notebook()) as slack:
        posting = asyncio.create_task(slack.post(rig.channel, Message("hello"), key=KEY))
        await until(rig.said, "the post to arrive")
    answer.set()
    assert await posting == rig.said()[0].id


async def test_cancelling_does_not_wait_for_ever_for_work_in_hand(rig: SlackRig) -> None:
    inbox = Notebook()
    inbox.gate.clear()
    run = asyncio.create_task(rig.platform(grace=0.05, ack_within=0.01).run(inbox))
    await rig.connected()
    await rig.react(message_id(rig.channel, "170.1"), "👍")
    run.cancel()
    done, _ = await asyncio.wait({run}, timeout=10)
    assert done
    assert len(asyncio.all_tasks()) == 1, "something of the platform is still going"


async def test_cancelling_does_not_wait_for_a_server_that_says_no_farewell(rig: SlackRig) -> None:
    rig.server.deaf = True
    run = asyncio.create_task(rig.platform(grace=0.05).run(Notebook()))
    await rig.connected()
    run.cancel()
    done, _ = await asyncio.wait({run}, timeout=5)
    assert done
    assert run.cancelled()


async def test_closing_twice_is_harmless_and_ends_the_run(rig: SlackRig) -> None:
    platform = rig.platform()
    await platform.close()
    run = asyncio.create_task(platform.run(Notebook()))
    await rig.connected()
    await platform.close()
    await platform.close()
    await asyncio.wait_for(run, 10)
