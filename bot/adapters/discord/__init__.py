"""Discord: the gateway, `/papers`, reactions, buttons and posts, through discord.py."""

from bot.adapters.discord.platform import DiscordPlatform

__all__ = ["DiscordPlatform"]
