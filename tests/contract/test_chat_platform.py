"""What every ChatPlatform promises about speaking: once, in its place, to nobody in particular, and findable."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import PlatformError
from bot.model import Button, Card, DeliveryKey, Link, Message, MessageId, PaperId, split_message_id
from bot.ports import ChatPlatform
from tests.adapters.console_rig import ConsoleRig
from tests.adapters.discord_rig import DiscordRig
from tests.adapters.slack_rig import SlackRig

Rig = SlackRig | DiscordRig | ConsoleRig

RIGS: dict[str, type[Rig]] = {"slack": SlackRig, "discord": DiscordRig, "console": ConsoleRig}
REMOTE = [name for name in RIGS if name != "console"]
"""Those behind a network, whose memory outlives us."""

KEYS = [DeliveryKey(f"somewhere#2026-11-22#{n}") for n in range(4)]
HEADER = Message("Three of 312.", heading="Sunday, 22 November")
CARDS = [
    Message(cards=(Card(PaperId(f"arxiv:2401.0000{n}"), f"Title{n}", f"https://x.test/{n}", number=n),))
    for n in (1, 2, 3)
]
DIGEST = [HEADER, *CARDS]
HOSTILE = "@everyone @here <!channel> <!here> <@U1> <@1> <@&2> \a\x1b[5m ](http://x) `*_ \u202e"


@pytest.fixture
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    rig = RIGS[request.param]()
    yield rig
    rig.close()


@pytest.fixture
async def platform(rig: Rig) -> AsyncIterator[ChatPlatform]:
    platform: ChatPlatform = rig.platform()
    yield platform
    await platform.close()


everywhere = pytest.mark.parametrize("rig", RIGS, indirect=True)
remotely = pytest.mark.parametrize("rig", REMOTE, indirect=True)


def times_shown(rig: Rig, mark: str) -> int:
    return sum(mark in said.text for said in rig.said())


async def found(
    rig: Rig, platform: ChatPlatform, place: int, *, since: datetime | None = None
) -> MessageId | None:
    """Ask for a message of the digest, again whenever the platform says when."""
    since = since or datetime.now(UTC) - timedelta(seconds=30)
    while True:
        try:
            return await platform.find(rig.channel, DIGEST[place], key=KEYS[place], since=since)
        except PlatformError as error:
            if error.permanent or error.retry_after is None:
                raise
            rig.pass_time(error.retry_after)


@everywhere
async def test_what_is_posted_stands_in_the_channel_under_an_id_of_that_channel(
    rig: Rig, platform: ChatPlatform
) -> None:
    posted = [await platform.post(rig.channel, said, key=key) for said, key in zip(DIGEST, KEYS, strict=True)]
    assert len(set(posted)) == 4
    assert {split_message_id(one)[0] for one in posted} == {rig.channel}
    assert split_message_id(posted[0])[0].platform == platform.name
    text = "\n".join(said.text for said in rig.said())
    places = [text.index(mark) for mark in ("Sunday, 22 November", "Title1", "Title2", "Title3")]
    assert places == sorted(places), "in the order in which it was posted"


@everywhere
async def test_as_long_as_the_platform_remembers_a_key_it_is_one_message(
    rig: Rig, platform: ChatPlatform
) -> None:
    assert timedelta(0) <= platform.remembers_keys <= timedelta(hours=1)
    if not platform.remembers_keys:
        pytest.skip("it has no such memory")
    posted = await platform.post(rig.channel, CARDS[0], key=KEYS[1])
    rig.pass_time(platform.remembers_keys.total_seconds() - 1)
    later: ChatPlatform = rig.platform()
    assert await later.post(rig.channel, CARDS[0], key=KEYS[1]) == posted
    assert await later.post(rig.channel, CARDS[1], key=KEYS[2]) != posted
    await later.close()
    assert times_shown(rig, "Title1") == 1


@everywhere
async def test_what_was_posted_is_found_and_nothing_else_is(rig: Rig, platform: ChatPlatform) -> None:
    assert await found(rig, platform, 0) is None
    header = await platform.post(rig.channel, HEADER, key=KEYS[0])
    card = await platform.post(rig.channel, CARDS[1], key=KEYS[2])
    assert [await found(rig, platform, place) for place in range(4)] == [header, None, card, None]


@everywhere
async def test_what_was_posted_long_before_is_not_found(rig: Rig, platform: ChatPlatform) -> None:
    await platform.post(rig.channel, HEADER, key=KEYS[0])
    assert await found(rig, platform, 0, since=datetime.now(UTC) + timedelta(hours=1)) is None


@remotely
async def test_what_was_posted_is_found_after_a_restart(rig: Rig, platform: ChatPlatform) -> None:
    posted = [await platform.post(rig.channel, said, key=key) for said, key in zip(DIGEST, KEYS, strict=True)]
    await platform.close()
    rig.pass_time(3600)
    again: ChatPlatform = rig.platform()
    since = datetime.now(UTC) - timedelta(seconds=30)
    assert [await found(rig, again, place, since=since) for place in range(4)] == posted
    await again.close()


@remotely
async def test_a_post_whose_answer_was_lost_is_found(
    rig: SlackRig | DiscordRig, platform: ChatPlatform
) -> None:
    rig.lose_next_answer()
    with pytest.raises(PlatformError) as lost:
        await platform.post(rig.channel, HEADER, key=KEYS[0])
    assert not lost.value.permanent
    assert await found(rig, platform, 0) == rig.said()[0].id
    assert times_shown(rig, "Sunday") == 1


@everywhere
async def test_an_edit_shows_the_new_words(rig: Rig, platform: ChatPlatform) -> None:
    posted = await platform.post(rig.channel, CARDS[0], key=KEYS[1])
    await platform.edit(posted, Message("Withdrawn."))
    assert times_shown(rig, "Withdrawn.") == 1
    if not isinstance(rig, ConsoleRig):
        assert times_shown(rig, "Title1") == 0


@everywhere
async def test_a_channel_that_is_not_there_is_refused_for_good(rig: Rig, platform: ChatPlatform) -> None:
    gone = replace(rig.channel, id="404404")
    with pytest.raises(PlatformError) as post_refused:
        await platform.post(gone, HEADER, key=KEYS[0])
    with pytest.raises(PlatformError) as find_refused:
        await platform.find(gone, HEADER, key=KEYS[0], since=datetime.now(UTC))
    for refused in (post_refused.value, find_refused.value):
        assert refused.permanent
        assert refused.platform == platform.name
        assert "Sunday" not in str(refused)
    assert rig.said() == []


@everywhere
async def test_an_edit_where_there_is_nothing_is_refused(rig: Rig, platform: ChatPlatform) -> None:
    with pytest.raises(PlatformError):
        await platform.edit(MessageId(f"{replace(rig.channel, id='404404')}/1"), HEADER)


@remotely
async def test_a_bot_that_was_thrown_out_is_refused_for_good(
    rig: SlackRig | DiscordRig, platform: ChatPlatform
) -> None:
    await platform.post(rig.channel, HEADER, key=KEYS[0])
    await rig.expel()
    with pytest.raises(PlatformError) as refused:
        await platform.post(rig.channel, CARDS[0], key=KEYS[1])
    assert refused.value.permanent
    with pytest.raises(PlatformError) as refused:
        await platform.find(rig.channel, CARDS[0], key=KEYS[1], since=datetime.now(UTC))
    assert refused.value.permanent


@everywhere
async def test_hostile_words_ping_nobody(rig: Rig, platform: ChatPlatform) -> None:
    paper = PaperId("arxiv:2401.00009")
    link = Link(HOSTILE, "https://y.test")
    card = Card(paper, HOSTILE, "https://x.test/a|b>c", HOSTILE, HOSTILE, HOSTILE, (link,), 1)
    message = Message(HOSTILE, HOSTILE, (card,), (Button(HOSTILE, "👍", paper),))
    posted = await platform.post(rig.channel, message, key=KEYS[0])
    await platform.edit(posted, message)
    assert rig.said()
    assert not any(said.pings for said in rig.said())
    assert not any(set(said.text) & set("\a\x1b\u202e") for said in rig.said())


@everywhere
async def test_closing_twice_is_fine_before_and_after_use(rig: Rig) -> None:
    unused: ChatPlatform = rig.platform()
    await unused.close()
    await unused.close()
    used: ChatPlatform = rig.platform()
    assert await used.check()
    await used.post(rig.channel, HEADER, key=KEYS[0])
    await used.close()
    await used.close()
