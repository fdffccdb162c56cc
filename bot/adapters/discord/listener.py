"""One connection to Discord's gateway: hands in what people do and shows them the answers."""

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Awaitable, Iterator, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.adapters.discord.answers import acknowledged, brief, log_failure, show
from bot.adapters.discord.buttons import LastingButton, LastingMenu
from bot.adapters.discord.commands import message_menus, papers_group, register
from bot.adapters.discord.errors import TROUBLE
from bot.adapters.discord.inbound import (
    channel_from_ids,
    from_bot,
    reaction_from_payload,
    reaction_from_press,
    request_from_command,
    user_from_id,
)
from bot.adapters.discord.shards import Shard
from bot.model import Button, Channel, CommandSpec, Completion, Message, Typing, UserId
from bot.ports import Clock, Inbox

_log = logging.getLogger(__name__)

APOLOGY = Message("Sorry, that went wrong on my side. Please try again in a moment.")
UNKNOWN = Message("I do not know this paper any more, so nothing was noted.")
_LAST_WORDS = 1.0
_INTENTS = discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True)

# We never speak aloud: no warnings at every start that the libraries for that are missing.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def client_options() -> dict[str, Any]:
    """What every client of ours is told: mention nobody, cache no people and no messages."""
    return {
        "intents": _INTENTS,
        "allowed_mentions": discord.AllowedMentions.none(),
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
        "max_messages": None,
        "max_ratelimit_timeout": 30.0,
    }


class Listener(discord.Client):
    """Lives for one `run`; closing it lets answers under way finish first."""

    def __init__(
        self,
        inbox: Inbox,
        commands: Sequence[CommandSpec],
        *,
        clock: Clock,
        ready_timeout: float,
        silent_after: float,
        offer_within: float,
        shard: Shard | None = None,
    ) -> None:
        options = client_options() | ({"shard_id": shard.id, "shard_count": shard.count} if shard else {})
        super().__init__(**options, guild_ready_timeout=ready_timeout, heartbeat_timeout=silent_after)
        self._inbox = inbox
        self._clock = clock
        self._offer_within = offer_within
        self._work: set[asyncio.Task[Any]] = set()
        self._down_since: float | None = time.monotonic()
        self._tree = PapersTree(self)
        self._tree.add_command(papers_group(commands, self.on_ask, self.on_typing))
        for menu in message_menus(commands, self.on_ask):
            self._tree.add_command(menu)
        self.add_dynamic_items(LastingButton, LastingMenu)

    @property
    def disconnected_for(self) -> float:
        """Seconds since there was a connection over which Discord told us something; 0 while there is one."""
        return 0.0 if self._down_since is None else time.monotonic() - self._down_since

    async def on_socket_event_type(self, event_type: str) -> None:
        """Discord told us something: `READY` and `RESUMED` are the first words on a connection."""
        self._down_since = None

    async def on_disconnect(self) -> None:
        """The connection ended, or the next one did not come about."""
        self._down_since = self._down_since or time.monotonic()

    async def setup_hook(self) -> None:
        """Register the commands, once per run and only if they changed."""
        assert self.application_id is not None, "discord.py calls this after the login"
        try:
            if await register(self._tree, self.application_id):
                _log.info("discord: /papers registered")
        except discord.DiscordServerError:
            raise
        except (discord.HTTPException, discord.RateLimited, app_commands.AppCommandError) as error:
            # What was registered before still works, and reactions need no command at all.
            _log.warning("discord: /papers could not be registered (%s)", brief(error))

    async def on_ask(self, interaction: discord.Interaction[Any], name: str, argument: str) -> None:
        """Somebody typed `/papers NAME ARGUMENT`, or asked it about a message."""
        await self._command(interaction, f"{name} {argument}")

    async def on_typing(
        self, interaction: discord.Interaction[Any], name: str, text: str
    ) -> Sequence[Completion]:
        """Somebody is typing the argument of `/papers NAME`. Offers nothing where that failed or took too long."""
        typing = Typing(*_where_and_who(interaction), name, text)
        with self._working():
            [outcome] = await asyncio.gather(self._completions(typing), return_exceptions=True)
        if isinstance(outcome, BaseException):
            log_failure("completing", outcome)
            return ()
        return outcome

    async def _completions(self, typing: Typing) -> Sequence[Completion]:
        async with asyncio.timeout(self._offer_within):
            return await self._inbox.on_typing(typing)

    async def on_press(self, interaction: discord.Interaction[Any], button: Button) -> None:
        """Somebody pressed a button, in a row or a menu. A vote counts even where Discord takes no receipt any more."""
        if button.command:
            return await self._command(interaction, button.command)
        where, who = _where_and_who(interaction)
        reaction = reaction_from_press(where, who, button, self._clock(), str(interaction.id))
        with self._working():
            in_time = await acknowledged(interaction)
            noted = self._inbox.on_reaction(reaction)
            await (self._answer(interaction, noted) if in_time else noted)

    async def _command(self, interaction: discord.Interaction[Any], text: str) -> None:
        with self._working():
            if await acknowledged(interaction):
                rights = interaction.permissions if interaction.guild_id else None
                request = request_from_command(*_where_and_who(interaction), text, rights)
                await self._answer(interaction, self._inbox.on_command(request))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody put an emoji on a message, ours or not."""
        if not from_bot(event, self.user.id if self.user else None):
            reaction = reaction_from_payload(event, self._clock())
            with self._working():
                await self._inbox.on_reaction(reaction)

    on_raw_reaction_remove = on_raw_reaction_add

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server, or the server is gone."""
        with self._working():
            await self._inbox.on_left(
                Channel("discord", str(guild.id), "*"), "the bot was removed from the server"
            )

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted."""
        with self._working():
            await self._inbox.on_left(
                channel_from_ids(channel.guild.id, channel.id), "the channel was deleted"
            )

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """One event failed; the others go on."""
        log_failure(event_method, sys.exc_info()[1])

    async def close(self) -> None:
        """End the connection, after a moment for answers under way."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                while self._work:  # what begins meanwhile counts too
                    await asyncio.wait(self._work)
        await super().close()

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None, "discord.py runs every event in a task"
        self._work.add(task)
        try:
            yield
        finally:
            self._work.discard(task)

    async def _answer(self, interaction: discord.Interaction[Any], asked: Awaitable[Message | None]) -> None:
        # gather hands over whatever the core failed with, so that the person is told in any case.
        [outcome] = await asyncio.gather(asked, return_exceptions=True)
        if isinstance(outcome, BaseException):
            log_failure("answering", outcome)
            outcome = APOLOGY
        await show(interaction, outcome or UNKNOWN)


class PapersTree(app_commands.CommandTree[Listener]):
    """The tree of commands; tells a person when Discord offered them an outdated one."""

    async def on_error(
        self, interaction: discord.Interaction[Listener], error: app_commands.AppCommandError, /
    ) -> None:
        """A command that we do not know (any more), or that broke before it was acknowledged."""
        log_failure("command", error)
        if interaction.type is discord.InteractionType.autocomplete:
            with contextlib.suppress(*TROUBLE):
                await interaction.response.autocomplete([])
        elif not interaction.response.is_done():
            with contextlib.suppress(*TROUBLE):
                await interaction.response.send_message(APOLOGY.text, ephemeral=True)


def _where_and_who(interaction: discord.Interaction[Any]) -> tuple[Channel, UserId]:
    channel = channel_from_ids(interaction.guild_id, interaction.channel_id)
    return channel, user_from_id(interaction.user.id)
