"""Discord's servers spread over connections and processes: each event arrives once, in the right place."""

import asyncio

import pytest

from bot.adapters.discord.shards import Shard, Turns
from bot.errors import PlatformError
from bot.model import DeliveryKey, Message
from tests.adapters.discord_payloads import reaction
from tests.adapters.discord_rig import PATIENCE, DiscordRig, Listened

KEY = DeliveryKey("discord:1/2#2026-11-22#0")


@pytest.fixture
def rig():
    rig = DiscordRig()
    yield rig
    rig.close()


def process(rig, *shards, count=4):
    return rig.platform(shards=shards, shard_count=count, identify_every=0.01)


async def identified(rig, number):
    """Wait for that many connections; returns their shards, in order."""
    async with asyncio.timeout(PATIENCE):
        while len(rig.server.gateway.identifies) < number:  # noqa: ASYNC110 - in another thread
            await asyncio.sleep(0.005)
    return sorted(data.get("shard") for data in rig.server.gateway.identifies)


async def react_in(rig, shard, count=4):
    """Somebody reacts in a server of that shard; returns the server."""
    guild = str((shard + 12 * count) << 22)
    event = reaction(rig.server.person("alice"), "👍", channel="7", guild_id=guild, message_id="8")
    await rig.do(rig.server.gateway.emit("MESSAGE_REACTION_ADD", event))
    return guild


async def test_each_shard_has_a_connection_of_its_own_that_says_which_it_is(rig):
    async with rig.listening(Listened(), process(rig, 0, 1)):
        assert await identified(rig, 2) == [[0, 4], [1, 4]]
    assert len(rig.server.gateway.identifies) == 2
    assert len(rig.server.calls("GET", "/gateway/bot")) == 1


async def test_events_on_every_shard_of_the_process_reach_the_inbox_and_no_others(rig):
    inbox = Listened()
    async with rig.listening(inbox, process(rig, 0, 1)):
        await identified(rig, 2)
        await react_in(rig, 2)
        expected = {await react_in(rig, 0), await react_in(rig, 1)}
        assert {(await inbox.next()).channel.workspace for _ in expected} == expected
    assert inbox.came.empty()


async def test_a_direct_message_goes_to_the_process_with_shard_0(rig):
    first, second = Listened(Message("first")), Listened(Message("second"))
    async with rig.listening(first, process(rig, 0, 1)), rig.listening(second, process(rig, 2, 3)):
        await identified(rig, 4)
        reply = await rig.answer(await rig.type("help", direct=True))
        assert (await first.next()).channel == rig.direct
    assert reply.text == "first"
    assert second.came.empty()


async def test_between_two_processes_a_command_is_answered_once(rig):
    inbox = Listened()
    async with rig.listening(inbox, process(rig, 0, 1)), rig.listening(inbox, process(rig, 2, 3)):
        await identified(rig, 4)
        assert (await rig.command("help")).text == "Noted."
        assert (await inbox.next()).channel == rig.channel
    assert inbox.came.empty()
    assert len(rig.server.calls("POST", "/callback")) == 1


async def test_without_shards_one_connection_hears_everything(rig):
    inbox = Listened()
    async with rig.listening(inbox):
        assert await identified(rig, 1) == [None]
        expected = [await react_in(rig, shard) for shard in range(4)]
        assert [(await inbox.next()).channel.workspace for _ in expected] == expected
    assert rig.server.calls("GET", "/gateway/bot") == []


async def test_posting_needs_none_of_the_shards(rig):
    platform = process(rig, 3)
    await platform.post(rig.channel, Message("Hello"), key=KEY)
    await platform.close()
    assert [said.text for said in rig.said()] == ["Hello"]
    assert rig.server.gateway.identifies == []


async def test_one_shard_that_is_refused_ends_them_all(rig):
    platform = process(rig, 0, 1)
    running = asyncio.create_task(platform.run(Listened()))
    await identified(rig, 2)
    await rig.do(_refuse_one(rig))
    with pytest.raises(PlatformError) as caught:
        await asyncio.wait_for(running, PATIENCE)
    assert caught.value.permanent
    assert "4010" in str(caught.value)
    await asyncio.wait_for(rig.do(_all_but_one_left(rig)), PATIENCE)
    await platform.close()


async def _all_but_one_left(rig):
    while "session-2" in rig.server.gateway.sessions:  # noqa: ASYNC110 - it leaves on its own
        await asyncio.sleep(0.005)


async def _refuse_one(rig):
    session = rig.server.gateway.sessions["session-1"]
    await session.socket.close(code=4010)


async def test_a_connection_that_stays_lost_ends_the_run(rig):
    platform = rig.platform(shards=(0, 1), shard_count=4, identify_every=0.01, lost_after=0.3)
    running = asyncio.create_task(platform.run(Listened()))
    await identified(rig, 2)
    await rig.do(rig.server.gateway.cut())
    with pytest.raises(PlatformError, match="no connection for"):
        await asyncio.wait_for(running, PATIENCE)
    await platform.close()
    await rig.do(rig.server.gateway.mend())


async def test_no_connection_is_begun_where_discord_would_take_the_token_away_for_it(rig):
    rig.server.session_limit["remaining"] = 1
    platform = process(rig, 0, 1)
    with pytest.raises(PlatformError, match="only 1 more connections allowed") as caught:
        await platform.run(Listened())
    await platform.close()
    assert (caught.value.permanent, caught.value.retry_after) == (False, 14_400)
    assert rig.server.gateway.identifies == []


async def test_a_wrong_token_is_told_as_it_is_without_shards(rig):
    platform = rig.platform(token="wrong", shards=(0, 1), shard_count=4)
    with pytest.raises(PlatformError, match="DISCORD_TOKEN") as caught:
        await platform.run(Listened())
    await platform.close()
    assert caught.value.permanent


async def test_shards_of_one_turn_begin_one_after_the_other():
    turns = Turns(2, 3600)
    for shard in (0, 1):
        await turns.take(Shard(shard, 16))
    waiting = [asyncio.create_task(turns.take(Shard(shard, 16))) for shard in (2, 3)]
    done, late = await asyncio.wait(waiting, timeout=0.05)
    assert (len(done), len(late)) == (0, 2)
    for task in late:
        task.cancel()


async def test_the_next_turn_comes_by_itself():
    turns = Turns(1, 0.01)
    async with asyncio.timeout(PATIENCE):
        for shard in range(4):
            await turns.take(Shard(shard, 4))
