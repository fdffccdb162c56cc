"""More like this, in the menu of any message: about the paper that it shows, or about what it says. In both modes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.render import to_body
from bot.adapters.slack.shortcuts import asker_from_message, request_from_message
from bot.errors import UserError
from bot.model import Button, Card, DeliveryKey, Message, PaperId, Request, UserId
from tests.adapters.slack_notebook import Notebook, running
from tests.adapters.slack_payloads import BOT, message_action
from tests.adapters.slack_rig import SlackRig

KEY = DeliveryKey("slack:T1/C1#2026-11-22#0")
PAPER = PaperId("arxiv:2401.01234")
CARD = Card(PAPER, "A paper", "https://arxiv.org/abs/2401.01234")
ALICE = UserId("slack:T1/UALICE")


@pytest.fixture
def inbox() -> Notebook:
    return Notebook()


def asked(message: dict[str, Any]) -> str:
    payload = message_action("like_message", {"type": "message", "ts": "1.0", **message}, "C1", "U1", "2.0")
    return request_from_message(payload, BOT).text


async def test_a_paper_of_ours_is_named_by_its_id(rig: SlackRig, inbox: Notebook) -> None:
    inbox.reply = Message("like it", cards=(CARD,))
    async with running(rig, inbox) as slack:
        await slack.post(rig.channel, Message(cards=(CARD,)), key=KEY)
        said = await rig.ask_about(rig.server.messages[0], user="alice")
    assert inbox.requests == [Request(rig.channel, ALICE, "like arxiv:2401.01234")]
    assert "like it" in said.text
    assert len(rig.said()) == 1, "the answer is for the asker alone"


async def test_a_message_where_the_bot_is_no_member_is_answered_over_the_address_that_came_along(
    rig: SlackRig, inbox: Notebook
) -> None:
    message = rig.server.say("C1", "Has anybody read <https://arxiv.org/abs/2401.01234|this>?")
    rig.server.places["C1"].refuses = "not_in_channel"
    async with running(rig, inbox):
        said = await rig.ask_about(message)
    assert [request.text for request in inbox.requests] == [
        "like https://arxiv.org/abs/2401.01234 Has anybody read this?"
    ]
    assert said.text == "done"
    assert [private.via for private in rig.server.privates] == ["response_url"]


async def test_it_is_acknowledged_before_it_is_answered_and_a_mistake_has_its_own_text(
    rig: SlackRig, inbox: Notebook
) -> None:
    inbox.failures = [UserError("Nothing to look for there.")]
    async with running(rig, inbox, rig.platform(ack_within=0)):
        assert (await rig.ask_about(rig.server.say("C1", ""))).text == "Nothing to look for there."


def ours(card: Card) -> dict[str, Any]:
    """A post of ours, as Slack gives it back."""
    return {"bot_id": BOT, **to_body(Message(cards=(card,)))}


def test_a_button_that_asks_the_same_names_the_paper_too() -> None:
    buttons = (Button("Cite", command="cite x:1"), Button("More like this", command="like x:1"))
    assert asked(ours(replace(CARD, buttons=buttons))) == "like x:1"
    assert asked(ours(replace(CARD, buttons=(*buttons, Button("👍", "👍", PAPER))))) == f"like {PAPER}"


def test_buttons_of_others_name_nothing() -> None:
    assert asked({**ours(CARD), "bot_id": "BOTHER"}) == "like https://arxiv.org/abs/2401.01234 A paper"


def test_a_message_of_ours_without_a_paper_is_about_what_it_says() -> None:
    assert asked({"bot_id": BOT, "text": "Three of 312."}) == "like Three of 312."


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": "sparse &lt;attention&gt; &amp; more"}, "sparse <attention> & more"),
        ({"text": "<@U1> <!channel> see <#C2|reading> and\n<mailto:a@x.test|Ada>"}, "see reading and Ada"),
        ({"text": "<https://x.test/?a=1&amp;b=2>"}, "https://x.test/?a=1&b=2"),
        ({"text": "<https://x.test|one> <https://x.test|two>"}, "https://x.test one two"),
        (
            {"text": "", "attachments": [{"title": "A title", "title_link": "https://x.test/p"}]},
            "https://x.test/p A title",
        ),
        (
            {
                "blocks": [
                    {
                        "type": "rich_text",
                        "elements": [{"type": "link", "url": "https://x.test/q", "text": "words"}],
                    },
                    {"type": "actions", "elements": [{"type": "button", "text": {"text": "Press me"}}]},
                ]
            },
            "https://x.test/q words",
        ),
        ({"text": "<javascript:alert(1)|click> <data:x|y>"}, "click y"),
        ({"text": None, "attachments": None, "blocks": None}, ""),
    ],
)
def test_what_a_message_says_is_its_links_and_its_words(message: dict[str, Any], text: str) -> None:
    assert asked(message) == f"like {text}".strip()


def test_a_long_message_is_cut_but_none_of_its_links() -> None:
    links = [f"https://x.test/{n}/{'p' * 100}" for n in range(9)]
    said = asked({"text": " ".join(f"<{link}>" for link in links) + " word" * 200}).removeprefix("like ")
    assert len(said) <= 500
    assert said.split()[:4] == links[:4]
    assert set(said.split()[4:]) == {"word"}
    assert asked({"text": "x" * 600}) == f"like {'x' * 500}"


@given(st.text(st.sampled_from("<>|@#!&;ahtps:/. \n\u202e\ud800x"), max_size=80))
def test_any_text_is_one_clean_line(text: str) -> None:
    said = asked({"text": text, "attachments": [{"text": text, "from_url": text}]})
    assert said.startswith("like")
    assert said.isprintable()


def test_the_answer_goes_into_the_thread_of_a_reply_and_beside_anything_else() -> None:
    def thread(message: dict[str, Any]) -> str | None:
        payload = message_action("like_message", {"ts": "2.0", **message}, "C1", "U1", "3.0")
        return asker_from_message(payload | {"response_url": "http://x.test"}).thread

    assert thread({}) is None
    assert thread({"thread_ts": "2.0"}) is None
    assert thread({"thread_ts": "1.0"}) == "1.0"
