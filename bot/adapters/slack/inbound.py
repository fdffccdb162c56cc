"""Slack's payloads → our values. Pure; an unknown payload gives None, a broken one KeyError."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.adapters.slack.buttons import button_from_value, command_from_id, value_from_option
from bot.adapters.slack.text import unescape
from bot.model import Button, Channel, Reaction, Request, Typing, UserId, message_id

Payload = dict[str, Any]

COMMAND = "/papers"

REACTION_EVENTS = ("reaction_added", "reaction_removed")
"""Scope: reactions:read."""

LEFT_EVENTS = {
    "channel_archive": "the channel was archived",
    "channel_deleted": "the channel was deleted",
    "channel_left": "the bot was removed from the channel",
    "group_archive": "the channel was archived",
    "group_deleted": "the channel was deleted",
    "group_left": "the bot was removed from the channel",
    "member_left_channel": "the bot was removed from the channel",
    "app_uninstalled": "the app was uninstalled from the workspace",
    "tokens_revoked": "the app's token was revoked",
}
"""What each event that ends our stay means.

Scopes: channels:read for channel_*, groups:read for group_*, both for member_left_channel; none for the
last two. Slack sends member_left_channel for the bot itself only sometimes, and channel_left not always:
listen to both, and treat not_in_channel on posting alike.
"""

EMOJI = {
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "thumbsdown": "👎",
    "heart": "❤",
    "fire": "🔥",
    "tada": "🎉",
    "star": "⭐",
    "100": "💯",
    "clap": "👏",
    "rocket": "🚀",
    "bookmark": "🔖",
    "pushpin": "📌",
    "sleeping": "😴",
    "yawning_face": "🥱",
    "x": "❌",
    "no_entry_sign": "🚫",
}
"""Slack's names of the emoji that may mean something to us."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who pressed or typed something, and where a private reply to them goes."""

    response_url: str
    channel: str
    user: str
    thread: str | None = None


def request_from_command(payload: Payload) -> Request:
    """A typed `/papers …`. Slack escapes three characters of the text; here they are themselves again."""
    channel = Channel("slack", payload["team_id"], payload["channel_id"])
    text = unescape(payload.get("text", ""))
    return Request(channel, _user(channel.workspace, payload["user_id"]), text.strip())


def asker_from_command(payload: Payload) -> Asker:
    """Where the reply to a command goes; Slack allows no commands in threads."""
    return Asker(payload["response_url"], payload["channel_id"], payload["user_id"])


def reaction_from_event(body: Payload) -> Reaction | None:
    """An emoji put on or taken off a message; None where it is on anything else (a file)."""
    event = body["event"]
    item = event["item"]
    if item["type"] != "message":
        return None
    channel = Channel("slack", _workspace(body), item["channel"])
    return Reaction(
        channel=channel,
        user=_user(channel.workspace, event["user"]),
        name=emoji_from_name(event["reaction"]),
        at=_time(event["event_ts"]),
        on=event["type"] == "reaction_added",
        message=message_id(channel, item["ts"]),
        event_id=body.get("event_id", ""),
    )


def pressed(body: Payload) -> Reaction | Request | None:
    """A pressed button: a reaction, or a command as if typed there; None where its value is not one of ours."""
    button = button_from_value(body["actions"][0].get("value", ""))
    if button is None:
        return None
    if button.command:
        return request_from(body, button.command)
    return _reaction_from_press(_place(body), _person(body), button, body["actions"][0])


def picked(body: Payload) -> Request:
    """An option chosen in a picker: its command, as if typed there."""
    action = body["actions"][0]
    chosen = value_from_option(action["selected_option"]["value"])
    return request_from(body, f"{command_from_id(action['action_id'])} {chosen}")


def typing_from_suggestion(body: Payload) -> Typing:
    """What a person has typed into a picker so far (docs.slack.dev, block_suggestion payload)."""
    text = unescape(body.get("value") or "")
    return Typing(_place(body), _person(body), command_from_id(body["action_id"]), text)


def _reaction_from_press(channel: Channel, user: UserId, button: Button, action: Payload) -> Reaction:
    """Slack names no event here and never repeats one knowingly; who pressed what when is as good a name."""
    return Reaction(
        channel=channel,
        user=user,
        name=button.reaction,
        at=_time(action["action_ts"]),
        on=button.on,
        paper=button.paper,
        event_id=f"{user} {action['action_ts']} {action['action_id']}",
    )


def asker_from_press(body: Payload) -> Asker:
    """Where the receipt of a press goes: into the thread where the button stood, if it stood in one."""
    thread = body.get("container", {}).get("thread_ts") or body.get("message", {}).get("thread_ts")
    return Asker(body["response_url"], body["channel"]["id"], body["user"]["id"], thread)


def left_from_event(body: Payload, bot_user: str) -> tuple[Channel, str] | None:
    """The channel we can no longer post in and why; `*` for the whole workspace. None if others left."""
    event = body["event"]
    reason = LEFT_EVENTS[event["type"]]
    if event["type"] == "member_left_channel" and event["user"] != bot_user:
        return None
    if event["type"] == "tokens_revoked" and not event["tokens"].get("bot"):
        return None
    return Channel("slack", _workspace(body), event.get("channel", "*")), reason


def emoji_from_name(name: str) -> str:
    """`+1::skin-tone-3` → 👍; `:name:` where the emoji is none of the known ones."""
    plain = name.partition("::")[0]
    return EMOJI.get(plain, f":{plain}:")


def request_from(body: Payload, text: str) -> Request:
    """The command as if that person had typed it there."""
    return Request(_place(body), _person(body), text)


def _place(body: Payload) -> Channel:
    """Where something was pressed; where Slack names no channel, the one that the message stands in."""
    channel = body.get("channel") or {"id": body["container"]["channel_id"]}
    return Channel("slack", body["team"]["id"], channel["id"])


def _person(body: Payload) -> UserId:
    return _user(body["team"]["id"], body["user"]["id"])


def _workspace(body: Payload) -> str:
    """Ours, not the author's: in a channel shared between workspaces the two differ."""
    authorizations = body.get("authorizations") or [{}]
    return str(authorizations[0].get("team_id") or body["team_id"])


def _user(workspace: str, user: str) -> UserId:
    return UserId(f"slack:{workspace}/{user}")


def _time(stamp: str) -> datetime:
    return datetime.fromtimestamp(float(stamp), UTC)
