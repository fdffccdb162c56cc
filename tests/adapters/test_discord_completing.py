"""What Discord offers somebody who is typing a command's argument, through discord.py."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.discord.commands import choices
from bot.model import Completion, Typing
from tests.adapters.discord_limits import choice_problems
from tests.adapters.discord_rig import COMMANDS, DiscordRig, Listened
from tests.adapters.discord_server import TYPING


@pytest.fixture
def rig():
    rig = DiscordRig()
    yield rig
    rig.close()


async def test_what_is_typed_is_handed_in_and_what_may_be_meant_is_offered(rig):
    inbox = Listened()
    inbox.completions = [
        Completion("cs.CL · Computation and Language", "cat:cs.CL"),
        Completion("sparse", "sparse"),
    ]
    async with rig.listening(inbox):
        offered = await rig.offered("search spar", user="bob")
        assert await inbox.next() == Typing(rig.channel, rig.user("bob"), "search", "spar")
    assert offered == [
        {"name": "cs.CL · Computation and Language", "value": "cat:cs.CL"},
        {"name": "sparse", "value": "sparse"},
    ]


async def test_something_may_be_offered_before_anything_is_typed(rig):
    inbox = Listened()
    async with rig.listening(inbox):
        assert await rig.offered("like") == []
        assert (await inbox.next()).text == ""


async def test_only_what_completes_is_registered_so(rig):
    async with rig.listening(Listened()):
        [group] = [one for one in rig.server.commands if one["type"] == 1]
    offered = {
        one["name"]: [option.get("autocomplete", False) for option in one.get("options", [])]
        for one in group["options"]
    }
    assert offered == {"search": [True], "like": [True], "when": [False], "help": []}
    assert [spec.completes for spec in COMMANDS] == [True, True, False, False]


async def test_a_failure_offers_nothing_and_is_logged_without_content(rig, caplog):
    async with rig.listening(Listened(KeyError("secret words"))):
        assert await rig.offered("search secret words") == []
    assert "completing failed: KeyError" in caplog.text
    assert "secret" not in caplog.text


async def test_the_command_itself_works_while_the_core_still_thinks_of_completions(rig):
    inbox = Listened()
    inbox.allowed.clear()
    async with rig.listening(inbox):
        data = rig._command_data("search x", focused=True)
        asked = await rig.do(rig.server.ask(TYPING, data, "alice"))
        await inbox.next()
        assert not asked.acknowledged.done()
        sent = await rig.type("search x")
        assert (await inbox.next()).text == "search x"
        inbox.allowed.set()
        assert (await rig.answer(sent)).text == "Noted."
        assert (await rig.acknowledgement(asked))["data"] == {"choices": []}


async def test_what_takes_too_long_offers_nothing_while_discord_still_listens(rig, caplog):
    inbox = Listened()
    inbox.allowed.clear()
    async with rig.listening(inbox, rig.platform(offer_within=0.05)):
        assert await rig.offered("search x") == []
        inbox.allowed.set()
    assert "completing failed: TimeoutError" in caplog.text


async def test_an_outdated_command_offers_nothing(rig):
    async with rig.listening(Listened()):
        [group] = [one for one in rig.server.commands if one["type"] == 1]
        option = {"type": 3, "name": "x", "autocomplete": True}
        group["options"].append({"type": 1, "name": "gone", "description": "Gone", "options": [option]})
        assert await rig.offered("gone a") == []


texts = st.text(max_size=120) | st.sampled_from([" ", "\u200b", "𝔘" * 60, "@everyone", "a" * 100])
completions = st.lists(st.builds(Completion, texts, texts), max_size=60)


@given(completions)
@settings(max_examples=200, deadline=None)
def test_any_completions_keep_discords_limits(offered):
    given = [choice.to_dict() for choice in choices(offered)]
    assert choice_problems(given) == []
    assert {one["value"] for one in given} <= {one.value for one in offered}
    assert len({one["name"] for one in given}) == len(given)


def test_of_two_that_look_alike_the_better_is_offered():
    twins = [Completion("Attention", "arxiv:1"), Completion(" Attention", "arxiv:2")]
    assert [one.value for one in choices(twins)] == ["arxiv:1"]


def test_the_best_come_first_and_a_long_label_is_shortened():
    many = [Completion(f"{n} {'x' * 120}", str(n)) for n in range(40)]
    found = choices(many)
    assert [one.value for one in found] == [str(n) for n in range(25)]
    assert found[0].name == "0 " + "x" * 97 + "…"
