"""What every ChatPlatform promises about speaking: once, in its place, to nobody in particular, and findable."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.pictures import MOST_BYTES
from bot.errors import PlatformError
from bot.model import (
    DOWN,
    OFF_TOPIC,
    Button,
    Card,
    DeliveryKey,
    Link,
    Message,
    MessageId,
    PaperId,
    Picture,
    Request,
    split_message_id,
)
from bot.ports import ChatPlatform
from tests.adapters.console_rig import ConsoleRig
from tests.adapters.discord_rig import DiscordRig
from tests.adapters.drawn import png
from tests.adapters.slack_notebook import Notebook
from tests.adapters.slack_rig import SlackRig
from tests.rig import eventually

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
CURVE = Picture(png(), "Hits per week: 2 of 5, then 4 of 5.")
REPORT = Message("How well the picks did.", heading="September", picture=CURVE)
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


@pytest.fixture
async def inbox(rig: SlackRig | DiscordRig, platform: ChatPlatform) -> AsyncIterator[Notebook]:
    """What the platform hands in, from here to the end of the test."""
    inbox = Notebook()
    run = asyncio.create_task(platform.run(inbox))
    await rig.connected()
    yield inbox
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)


def pictures(rig: Rig) -> list[str]:
    return [picture for said in rig.said() for picture in said.pictures]


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
    asking = Button(HOSTILE, command=HOSTILE)
    message = Message(HOSTILE, HOSTILE, (card,), (Button(HOSTILE, "👍", paper), asking))
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


@everywhere
async def test_a_picture_stands_once_beside_its_words_and_is_found(rig: Rig, platform: ChatPlatform) -> None:
    posted = await platform.post(rig.channel, REPORT, key=KEYS[0])
    assert pictures(rig) == [CURVE.description]
    assert times_shown(rig, "September") == times_shown(rig, "How well the picks did.") == 1
    since = datetime.now(UTC) - timedelta(seconds=30)
    assert await platform.find(rig.channel, REPORT, key=KEYS[0], since=since) == posted


@remotely
async def test_a_picture_whose_post_got_no_answer_is_found_and_stands_once(
    rig: SlackRig | DiscordRig, platform: ChatPlatform
) -> None:
    rig.lose_next_answer()
    with pytest.raises(PlatformError) as lost:
        await platform.post(rig.channel, REPORT, key=KEYS[0])
    assert not lost.value.permanent
    if platform.remembers_keys:
        assert await platform.post(rig.channel, REPORT, key=KEYS[0]) == rig.said()[0].id
    since = datetime.now(UTC) - timedelta(seconds=30)
    assert await platform.find(rig.channel, REPORT, key=KEYS[0], since=since) == rig.said()[0].id
    assert pictures(rig) == [CURVE.description]


@remotely
async def test_an_edit_keeps_the_picture_as_long_as_it_is_in_the_message(
    rig: SlackRig | DiscordRig, platform: ChatPlatform
) -> None:
    posted = await platform.post(rig.channel, REPORT, key=KEYS[0])
    await platform.edit(posted, replace(REPORT, text="How well they really did."))
    assert pictures(rig) == [CURVE.description]
    assert times_shown(rig, "really") == 1
    await platform.edit(posted, replace(REPORT, picture=None))
    assert pictures(rig) == []


@everywhere
@pytest.mark.parametrize("described", [HOSTILE, "", " \u200b", "long " * 2000, "🎉" * 1500, "a\n# b\x00c"])
async def test_whatever_a_picture_says_of_itself_is_harmless(
    rig: Rig, platform: ChatPlatform, described: str
) -> None:
    await platform.post(rig.channel, replace(REPORT, picture=Picture(png(), described)), key=KEYS[0])
    [shown] = pictures(rig)
    assert shown.strip()
    assert not set(shown) & set("\a\x1b\u202e\x00\n")
    assert not any(said.pings for said in rig.said())


@everywhere
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (b"", "not a PNG"),
        (b"GIF89a" + png()[6:], "not a PNG"),
        (png()[:20], "not a PNG"),
        (png(padding=MOST_BYTES), "bytes"),
    ],
)
async def test_what_is_no_picture_or_too_large_is_refused_before_anything_is_said(
    rig: Rig, platform: ChatPlatform, wrong: bytes, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        await platform.post(rig.channel, replace(REPORT, picture=Picture(wrong, "?")), key=KEYS[0])
    assert rig.said() == []


@everywhere
async def test_a_picture_of_exactly_the_most_bytes_is_shown(rig: Rig, platform: ChatPlatform) -> None:
    large = Picture(png(padding=MOST_BYTES - len(png())), "large")
    assert len(large.png) == MOST_BYTES
    await platform.post(rig.channel, replace(REPORT, picture=large), key=KEYS[0])
    assert pictures(rig) == ["large"]


ASKING = "topics mute 2 <b> & “x” :90%"


@remotely
async def test_a_button_with_a_command_asks_and_is_answered_privately(
    rig: SlackRig | DiscordRig, platform: ChatPlatform, inbox: Notebook
) -> None:
    inbox.reply = replace(REPORT, buttons=(Button("Less", command="topics mute 1"),))
    paper = CARDS[0].cards[0].paper
    digest = replace(CARDS[0], buttons=(Button("Mute", command=ASKING), Button("Odd", "👍", paper)))
    posted = await platform.post(rig.channel, digest, key=KEYS[1])
    reply = await rig.press(posted, "Mute")
    assert (reply.text.splitlines(), reply.buttons) == (["September", REPORT.text], ("Less",))
    assert reply.pictures == (CURVE.description,)
    again = await rig.press_private(reply, "Less", user="bob")
    assert again.buttons == ("Less",)
    first, second = inbox.requests
    assert first == Request(rig.channel, first.user, ASKING)
    assert (second.text, second.user != first.user) == ("topics mute 1", True)
    assert inbox.reactions == []
    assert times_shown(rig, "September") == 0, "nobody else sees the answer"


@remotely
async def test_a_button_with_a_command_works_after_a_restart(
    rig: SlackRig | DiscordRig, platform: ChatPlatform
) -> None:
    posted = await platform.post(
        rig.channel, Message("x", buttons=(Button("Why", command="why 1"),)), key=KEYS[0]
    )
    await platform.close()
    later: ChatPlatform = rig.platform()
    inbox = Notebook()
    run = asyncio.create_task(later.run(inbox))
    await rig.connected()
    assert (await rig.press(posted, "Why")).text == "done"
    assert [request.text for request in inbox.requests] == ["why 1"]
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    await later.close()


@remotely
async def test_a_command_that_does_not_fit_is_no_button_and_the_others_are(
    rig: SlackRig | DiscordRig, platform: ChatPlatform
) -> None:
    buttons = (
        Button("Endless", command="search " + "x" * 3000),
        Button("Longest", command="x" * 90),
        Button("Twin", command="x" * 90),
    )
    await platform.post(rig.channel, Message("x", buttons=buttons), key=KEYS[0])
    await platform.post(rig.channel, Message("y", buttons=buttons[:1]), key=KEYS[1])
    assert [said.buttons for said in rig.said()] == [("Longest", "Twin"), ()]


@remotely
async def test_headers_with_the_same_buttons_are_told_apart(
    rig: SlackRig | DiscordRig, platform: ChatPlatform
) -> None:
    buttons = (Button("Rate", command="rate"),)
    header = await platform.post(rig.channel, replace(HEADER, buttons=buttons), key=KEYS[0])
    since = datetime.now(UTC) - timedelta(seconds=30)
    other = Message("Four of 9.", heading="Monday, 23 November", buttons=buttons)
    assert await platform.find(rig.channel, other, key=KEYS[1], since=since) is None
    rig.pass_time(60)
    same = replace(HEADER, buttons=buttons)
    assert await platform.find(rig.channel, same, key=KEYS[0], since=since) == header


@remotely
async def test_a_receipt_may_hold_several_buttons(
    rig: SlackRig | DiscordRig, platform: ChatPlatform, inbox: Notebook
) -> None:
    card = CARDS[0].cards[0]
    offered = (Button("Not this topic", OFF_TOPIC, card.paper), Button("Undo", DOWN, card.paper, on=False))
    inbox.receipt = Message("👎 noted.", buttons=offered)
    receipt = await rig.press(await platform.post(rig.channel, CARDS[0], key=KEYS[1]), DOWN)
    assert receipt.buttons == ("Not this topic", "Undo")
    await rig.press_private(receipt, "Not this topic")
    await rig.press_private(receipt, "Undo")
    pressed = [(one.name, one.on, one.paper) for one in inbox.reactions]
    assert pressed == [(DOWN, True, card.paper), (OFF_TOPIC, True, card.paper), (DOWN, False, card.paper)]


@remotely
async def test_not_this_topic_counts_as_a_plain_emoji_too(
    rig: SlackRig | DiscordRig, platform: ChatPlatform, inbox: Notebook
) -> None:
    posted = await platform.post(rig.channel, CARDS[0], key=KEYS[1])
    await rig.react(posted, OFF_TOPIC)
    await eventually(lambda: len(inbox.reactions) == 1)
    assert (inbox.reactions[0].name, inbox.reactions[0].message) == (OFF_TOPIC, posted)


@remotely
async def test_five_long_cards_in_a_private_reply_have_their_buttons(
    rig: SlackRig | DiscordRig, platform: ChatPlatform, inbox: Notebook
) -> None:
    cards = tuple(
        Card(
            PaperId(f"arxiv:2401.1000{n}"),
            f"T{n} " * 60,
            f"https://x.test/{n}",
            "B " * 150,
            "S " * 750,
            "R " * 150,
        )
        for n in range(5)
    )
    inbox.reply = Message("Rate these.", cards=cards)
    reply = await rig.command("help")
    assert len(reply.buttons) == 15
    last = next(label for label in reversed(reply.buttons) if DOWN in label)
    await rig.press_private(reply, last)
    assert inbox.reactions[-1].name == DOWN
