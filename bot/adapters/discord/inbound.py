"""What Discord tells us → the core's values. Pure."""

import re
from datetime import datetime

import discord

from bot.model import Button, Channel, Reaction, Request, UserId, message_id

NAME = "discord"
_LOOKS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")


def channel_from_ids(guild: int | None, channel: int | None) -> Channel:
    """A server's channel or thread; a direct message has the workspace `@me`."""
    return Channel(NAME, str(guild or "@me"), str(channel or "@me"))


def user_from_id(user: int) -> UserId:
    """A person is the same in all servers."""
    return UserId(f"{NAME}:{user}")


def reaction_name(emoji: discord.PartialEmoji) -> str:
    """The emoji without skin tone and presentation marks; `:name:` for a server's own."""
    if emoji.is_custom_emoji():
        return f":{emoji.name or emoji.id}:"
    return _LOOKS.sub("", emoji.name or "")


def reaction_from_payload(event: discord.RawReactionActionEvent, at: datetime) -> Reaction:
    """An emoji put on or taken off a message, known to us or not.

    Discord gives the event no name; replayed after a lost connection it is the same fact with a later time.
    """
    channel = channel_from_ids(event.guild_id, event.channel_id)
    return Reaction(
        channel,
        user_from_id(event.user_id),
        reaction_name(event.emoji),
        at,
        on=event.event_type == "REACTION_ADD",
        message=message_id(channel, str(event.message_id)),
    )


def reaction_from_press(
    channel: Channel, user: UserId, button: Button, at: datetime, interaction: str
) -> Reaction:
    """A button pressed: it names its paper itself; the interaction's id names the press."""
    return Reaction(
        channel, user, button.reaction, at, on=button.on, paper=button.paper, event_id=interaction
    )


def request_from_command(
    channel: Channel, user: UserId, text: str, permissions: discord.Permissions | None
) -> Request:
    """`/papers TEXT`, typed or pressed; `permissions` are the person's in that channel, None in a direct message."""
    manages = permissions is None or permissions.manage_channels or permissions.administrator
    return Request(channel, user, text.strip(), manages)


def from_bot(event: discord.RawReactionActionEvent, own: int | None) -> bool:
    """True for our own reactions and, where Discord says so, for other bots'."""
    return event.user_id == own or (event.member is not None and event.member.bot)
