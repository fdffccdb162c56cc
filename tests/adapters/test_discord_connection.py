"""The connection to Discord's gateway: mended by itself, given up when lost for good, left politely."""

import asyncio

import pytest

from bot.errors import PlatformError
from bot.model import Card, DeliveryKey, Message, PaperId
from tests.adapters.discord_rig import DiscordRig, Listened

KEY = DeliveryKey("discord:1/2#2026-11-22#0")
CARD = Message(
    cards=(Card(PaperId("arxiv:2401.01234"), "Sparse attention", "https://arxiv.org/abs/2401.01234"),)
)


@pytest.fixture
def rig():
    rig = DiscordRig()
    yield rig
    rig.close()


async def test_only_the_needed_intents_are_asked_for(rig):
    async with rig.listening(Listened()):
        pass
    assert [one["intents"] for one in rig.server.gateway.identifies] == [1 << 0 | 1 << 10 | 1 << 13]


async def test_what_happens_while_the_connection_is_cut_is_handed_in_afterwards(rig):
    inbox = Listened()
    async with rig.listening(inbox):
        await rig.do(rig.server.gateway.cut())
        await rig.react("discord:1/2/3", "👍")
        assert inbox.came.empty()
        await rig.do(rig.server.gateway.mend())
        assert (await inbox.next()).name == "👍"
        await rig.connected()
        await rig.react("discord:1/2/3", "👎")
        assert (await inbox.next()).name == "👎"
    assert (len(rig.server.gateway.identifies), rig.server.gateway.resumes) == (1, 1)


async def test_a_gateway_that_cannot_be_reached_again_ends_the_run_but_not_for_good(rig):
    run = asyncio.create_task(rig.platform(lost_after=0.3).run(Listened()))
    await rig.connected()
    await rig.do(rig.server.gateway.cut())
    with pytest.raises(PlatformError, match=r"no connection for 0\.3 s") as failure:
        await asyncio.wait_for(run, 10)
    assert not failure.value.permanent
    await rig.do(rig.server.gateway.mend())


async def test_a_gateway_that_stops_answering_ends_the_run_but_not_for_good(rig):
    rig.server.gateway.heartbeat_ms = 50
    platform = rig.platform(silent_after=0.3, lost_after=0.3)
    run = asyncio.create_task(platform.run(Listened()))
    await rig.connected()
    rig.server.gateway.deaf = True
    with pytest.raises(PlatformError, match=r"no connection for 0\.3 s") as failure:
        await asyncio.wait_for(run, 10)
    assert not failure.value.permanent


async def test_a_gateway_that_never_says_a_word_ends_the_run_but_not_for_good(rig):
    rig.server.gateway.deaf = True
    with pytest.raises(PlatformError, match="no connection") as failure:
        await asyncio.wait_for(rig.platform(lost_after=0.3).run(Listened()), 10)
    assert not failure.value.permanent


async def test_a_gateway_where_nothing_happens_is_not_given_up(rig):
    rig.server.gateway.heartbeat_ms = 50
    inbox = Listened()
    async with rig.listening(inbox, rig.platform(silent_after=0.5, lost_after=0.5)):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(inbox.came.get(), 1.2)
        await rig.react("discord:1/2/3", "👍")
        assert (await inbox.next()).name == "👍"
    assert len(rig.server.gateway.identifies) == 1


async def test_a_wrong_token_ends_the_run_for_good(rig):
    with pytest.raises(PlatformError, match="DISCORD_TOKEN was refused") as failure:
        await rig.platform(token="wrong.discord.token").run(Listened())
    assert failure.value.permanent


@pytest.mark.parametrize(("code", "reason"), [(4004, "DISCORD_TOKEN"), (4013, "4013"), (4014, "4014")])
async def test_a_gateway_that_refuses_us_ends_the_run_for_good(rig, code, reason):
    run = asyncio.create_task(rig.platform().run(Listened()))
    await rig.connected()
    await rig.do(rig.server.gateway.end(code))
    with pytest.raises(PlatformError, match=reason) as failure:
        await asyncio.wait_for(run, 10)
    assert failure.value.permanent


async def test_a_malformed_event_ends_the_run_which_may_begin_again(rig):
    platform, inbox = rig.platform(), Listened()
    run = asyncio.create_task(platform.run(inbox))
    await rig.connected()
    await rig.do(rig.server.gateway.emit("MESSAGE_REACTION_ADD", {"guild_id": rig.server.guild}))
    with pytest.raises(PlatformError, match="unexpected form") as failure:
        await asyncio.wait_for(run, 10)
    assert not failure.value.permanent
    async with rig.listening(inbox, platform):
        await rig.react("discord:1/2/3", "👍")
        assert (await inbox.next()).name == "👍"


async def test_a_broken_gateway_does_not_hold_up_posts(rig):
    async with rig.listening(Listened()) as platform:
        await rig.do(rig.server.gateway.cut())
        await platform.post(rig.channel, CARD, key=KEY)
        assert len(rig.said()) == 1
        await rig.do(rig.server.gateway.mend())


async def test_a_failing_login_ends_the_run_but_not_for_good(rig):
    rig.server.fail("GET", "/users/@me", 503, {"message": "503: Service Unavailable", "code": 0})
    with pytest.raises(PlatformError) as failure:
        await rig.platform().run(Listened())
    assert not failure.value.permanent


async def test_a_cancelled_run_is_cancelled_and_closes_its_connection(rig):
    run = asyncio.create_task(rig.platform().run(Listened()))
    await rig.connected()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(run, 10)
    await asyncio.wait_for(rig.do(rig.server.gateway.until_left()), 10)


async def test_a_run_cancelled_while_it_reconnects_is_cancelled(rig):
    async with rig.listening(Listened()) as platform:
        await rig.do(rig.server.gateway.cut())
        await platform.check()  # gives discord.py the time to knock again
        await rig.do(rig.server.gateway.mend())
    assert [task for task in asyncio.all_tasks() if "Client.start" in repr(task)] == []


async def test_a_cancelled_run_finishes_the_answer_it_is_giving(rig):
    inbox = Listened()
    inbox.allowed.clear()
    async with rig.listening(inbox):
        asked = await rig.type("help")
        await inbox.next()
        asyncio.get_running_loop().call_later(0.05, inbox.allowed.set)
    assert (await rig.answer(asked)).text == "Noted."


async def test_a_post_goes_on_while_listening_is_cancelled(rig):
    answer = rig.server.hold("/channels/{channel_id}/messages")
    platform = rig.platform()
    run = asyncio.create_task(platform.run(Listened()))
    await rig.connected()
    posting = asyncio.create_task(platform.post(rig.channel, CARD, key=KEY))
    while not rig.said():  # noqa: ASYNC110 - said in another thread
        await asyncio.sleep(0.005)
    run.cancel()
    await asyncio.wait({run}, timeout=10)
    assert run.cancelled()
    answer.set()
    assert await posting == rig.said()[0].id
    await platform.close()


async def test_what_people_do_while_the_last_answers_are_given_is_answered_too(rig):
    inbox = Listened()
    inbox.allowed.clear()
    async with rig.listening(inbox) as platform:
        posted = await platform.post(rig.channel, CARD, key=KEY)
        asked = await rig.type("help")
        pressing = asyncio.create_task(rig.press(posted, "👍"))
        await inbox.next()
        await inbox.next()
        asyncio.get_running_loop().call_later(0.05, inbox.allowed.set)
    assert (await rig.answer(asked)).text == (await pressing).text == "Noted."
