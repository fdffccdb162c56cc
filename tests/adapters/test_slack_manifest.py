"""The app manifest asks Slack for what the adapter uses: no event and no scope more or less."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.adapters.slack.inbound import COMMAND, LEFT_EVENTS, REACTION_EVENTS
from bot.adapters.slack.shortcuts import ABOUT
from bot.commands import SPECS
from bot.errors import PlatformError
from bot.model import DeliveryKey, Message
from tests.adapters.slack_notebook import Notebook, running
from tests.adapters.slack_rig import SlackRig
from tests.adapters.slack_server import Fault

ROOT = Path(__file__).parent.parent.parent
SCHEMA = ROOT.parent / "shared" / "data" / "platforms" / "slack-manifest.schema.json"
KEY = DeliveryKey("slack:T1/C1#2026-11-22#0")
SCOPES_OF_EVENTS = {
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "channel_archive": {"channels:read"},
    "channel_deleted": {"channels:read"},
    "channel_left": {"channels:read"},
    "group_archive": {"groups:read"},
    "group_deleted": {"groups:read"},
    "group_left": {"groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "app_uninstalled": set(),
    "tokens_revoked": set(),
}
"""As docs.slack.dev/reference/events says."""


@pytest.fixture(scope="module")
def manifest() -> Any:
    return yaml.safe_load((ROOT / "config" / "slack-manifest.yaml").read_text())


@pytest.fixture
def rig(manifest: Any) -> Iterator[SlackRig]:
    rig = SlackRig(scopes=set(manifest["oauth_config"]["scopes"]["bot"]))
    yield rig
    rig.close()


@pytest.mark.skipif(not SCHEMA.exists(), reason="Slack's manifest schema is not beside this checkout")
def test_slack_accepts_the_manifest(manifest: Any) -> None:
    jsonschema.validate(manifest, json.loads(SCHEMA.read_text()))


def test_its_events_are_those_the_adapter_listens_to(manifest: Any) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(events) == sorted([*REACTION_EVENTS, *LEFT_EVENTS])


def test_its_scopes_are_those_of_the_events_and_calls_and_no_more(manifest: Any) -> None:
    needed = set().union(*(SCOPES_OF_EVENTS[event] for event in [*REACTION_EVENTS, *LEFT_EVENTS]))
    calls = {
        "chat:write",
        "chat:write.public",
        "commands",
        "files:write",
        "channels:history",
        "groups:history",
        "im:history",
    }
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed | calls


def test_it_needs_no_public_address_and_offers_the_command_and_the_buttons(manifest: Any) -> None:
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"] == {"is_enabled": True}
    command = manifest["features"]["slash_commands"][0]
    assert command["command"] == COMMAND
    assert command["usage_hint"]
    assert "url" not in command
    assert manifest["display_information"]["name"] == "Paperboy"


def test_its_shortcuts_are_those_of_the_commands_and_reach_them(manifest: Any) -> None:
    shortcuts = manifest["features"]["shortcuts"]
    assert {shortcut["type"] for shortcut in shortcuts} == {"message"}
    assert all(ABOUT.search(shortcut["callback_id"]) for shortcut in shortcuts)
    names = {shortcut["callback_id"].removesuffix("_message"): shortcut["name"] for shortcut in shortcuts}
    assert names.items() >= {spec.name: spec.about_message for spec in SPECS if spec.about_message}.items()


async def test_its_scopes_suffice_for_every_call(rig: SlackRig) -> None:
    async with running(rig, Notebook()) as slack:
        assert await slack.check()
        message = await slack.post(rig.channel, Message("hello"), key=KEY)
        assert await slack.find(rig.channel, Message("hello"), key=KEY, since=datetime.now(UTC)) == message
        await slack.edit(message, Message("good morning"))
        rig.server.fail("response_url", Fault(status=404, body="expired"))
        assert (await rig.command("help")).text == "done"


async def test_a_scope_too_few_is_named_in_the_refusal() -> None:
    rig = SlackRig(scopes={"commands"})
    with pytest.raises(PlatformError, match="the app lacks the scope chat:write") as refused:
        await rig.platform().post(rig.channel, Message("hello"), key=KEY)
    rig.close()
    assert not refused.value.permanent
