"""Payloads as Slack shapes them (docs.slack.dev/reference), made from a few facts."""

import time
from typing import Any

Json = dict[str, Any]

TEAM, APP, BOT_USER, BOT = "T1", "A1", "UBOT", "BBOT"


def event_callback(event: Json, event_id: str) -> Json:
    """An event in its outer payload."""
    install = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
    return {
        "token": "v",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(time.time()),
        "authorizations": [{**install, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
    }


def reaction_event(name: str, channel: str, stamp: str, user: str, at: str, *, on: bool) -> Json:
    """`reaction_added` or `reaction_removed` on a message."""
    return {
        "type": "reaction_added" if on else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel, "ts": stamp},
        "item_user": BOT_USER,
        "event_ts": at,
    }


def slash_command(text: str, channel: str, user: str) -> Json:
    """`/papers text`, which Slack escapes; the server adds response_url and trigger_id."""
    return {
        "token": "v",
        "team_id": TEAM,
        "team_domain": "t",
        "channel_id": channel,
        "channel_name": "papers",
        "user_id": user,
        "user_name": user.lower(),
        "command": "/papers",
        "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "api_app_id": APP,
        "is_enterprise_install": "false",
    }


def button_press(button: Json, channel: str, user: str, at: str, container: Json) -> Json:
    """`block_actions` of one button; the server adds response_url and trigger_id."""
    return {
        "type": "block_actions",
        **_interaction(channel, user),
        "container": {"type": "message", "channel_id": channel, **container},
        "state": {"values": {}},
        "actions": [{**button, "block_id": "b", "action_ts": at}],
    }


def option_choice(menu: Json, option: Json, channel: str, user: str, at: str, container: Json) -> Json:
    """`block_actions` of a menu whose options the app has given."""
    chosen = {"type": "external_select", "action_id": menu["action_id"], "selected_option": option}
    return button_press(chosen, channel, user, at, container)


def block_suggestion(menu: Json, typed: str, channel: str, user: str, container: Json) -> Json:
    """What Slack asks while a person types into such a menu; it has no response_url."""
    return {
        "type": "block_suggestion",
        **_interaction(channel, user),
        "container": {"type": "message", "channel_id": channel, **container},
        "action_id": menu["action_id"],
        "block_id": "b",
        "value": typed,
    }


def message_action(callback_id: str, message: Json, channel: str, user: str, at: str) -> Json:
    """A message shortcut; the server adds response_url and trigger_id."""
    return {
        "type": "message_action",
        **_interaction(channel, user),
        "callback_id": callback_id,
        "action_ts": at,
        "message_ts": message["ts"],
        "message": message,
    }


def _interaction(channel: str, user: str) -> Json:
    return {
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM},
        "api_app_id": APP,
        "token": "v",
        "team": {"id": TEAM, "domain": "t"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel, "name": "papers"},
    }
