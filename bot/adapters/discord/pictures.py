"""Rendered → what discord.py is told; a picture is told in words where we may not attach files."""

import logging
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any, TypeVar

import discord

from bot.adapters.discord.buttons import view_of
from bot.adapters.discord.render import PICTURE, Rendered, to_discord
from bot.adapters.pictures import in_words
from bot.model import Message

_log = logging.getLogger(__name__)

T = TypeVar("T")
_MISSING_PERMISSIONS = 50013


def saying(said: Rendered) -> dict[str, Any]:
    """The arguments for a new message. Made anew for each attempt: a file is read once."""
    return _common(said) | ({"files": _files(said)} if said.picture else {})


def replacing(said: Rendered) -> dict[str, Any]:
    """The arguments for a message in an old one's place: no attachment of that stays."""
    return _common(said) | {"attachments": _files(said)}


async def shown(message: Message, said: Rendered, show: Callable[[Rendered], Awaitable[T]]) -> T:
    """Show the message, rendered as `said`; where we may not attach its picture, once more with that in words."""
    try:
        return await show(said)
    except discord.Forbidden as error:
        if message.picture is None or error.code != _MISSING_PERMISSIONS:
            raise
        _log.warning(
            "discord: a picture is told in words: allow Attach Files (HTTP 403, code %d)", error.code
        )
    return await show(to_discord(in_words(message)))


def _common(said: Rendered) -> dict[str, Any]:
    return {"content": said.content, "embeds": said.embeds, "view": view_of(said.keyboard)}


def _files(said: Rendered) -> list[discord.File]:
    if said.picture is None:
        return []
    return [discord.File(BytesIO(said.picture.png), PICTURE, description=said.picture.description)]
