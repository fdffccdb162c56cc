"""How an interaction is answered: acknowledged at once, then privately, and a menu may be used again."""

import logging
import traceback
from typing import Any

import discord

from bot.adapters.discord.buttons import view_turned
from bot.adapters.discord.errors import TROUBLE
from bot.adapters.discord.pictures import replacing, saying, shown
from bot.adapters.discord.render import Rendered, to_discord
from bot.model import Message

_log = logging.getLogger(__name__)


async def acknowledged(interaction: discord.Interaction[Any]) -> bool:
    """Tell Discord in time that we heard it; False where it takes no answer any more."""
    try:
        await _acknowledge(interaction)
    except TROUBLE as error:
        log_failure("acknowledging", error)
        return False
    return True


async def _acknowledge(interaction: discord.Interaction[Any]) -> None:
    """Of a menu, clients ask the same thing again only once its message has changed.

    https://github.com/discord/discord-api-docs/issues/4801
    """
    if interaction.message is not None and _from_menu(interaction):
        await interaction.response.edit_message(view=view_turned(interaction.message))
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)


def _from_menu(interaction: discord.Interaction[Any]) -> bool:
    chosen: Any = interaction.data or {}
    return bool(chosen.get("component_type") == discord.ComponentType.string_select.value)


async def show(interaction: discord.Interaction[Any], message: Message) -> None:
    """Say it to the asker alone, once acknowledged; a failure is logged."""
    said = to_discord(message)
    try:
        await shown(message, said, lambda said: _say(interaction, said))
    except TROUBLE as error:
        log_failure("showing an answer", error)


async def _say(interaction: discord.Interaction[Any], said: Rendered) -> None:
    if interaction.response.type is discord.InteractionResponseType.message_update:
        await interaction.followup.send(**saying(said), ephemeral=True, wait=True)
    else:
        await interaction.edit_original_response(**replacing(said))


def log_failure(what: str, error: BaseException | None) -> None:
    """Log where it failed and with what kind of error, but not its words: they may hold people's."""
    frames = "".join(traceback.format_tb(error.__traceback__)) if error else ""
    _log.error("discord: %s failed: %s\n%s", what, brief(error), frames)


def brief(error: BaseException | None) -> str:
    """The kind of a failure, in a few words."""
    if isinstance(error, discord.HTTPException):
        return f"HTTP {error.status}, code {error.code}"
    return type(error).__name__
