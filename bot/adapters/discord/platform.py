"""Discord as a ChatPlatform: one client listens, another one, without a gateway, speaks."""

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.adapters.discord import history
from bot.adapters.discord.errors import TROUBLE, platform_error
from bot.adapters.discord.inbound import NAME
from bot.adapters.discord.listener import Listener, client_options
from bot.adapters.discord.pictures import replacing, saying, shown
from bot.adapters.discord.render import to_discord
from bot.adapters.discord.shards import Shard, Turns, together
from bot.errors import PlatformError
from bot.model import Channel, CommandSpec, DeliveryKey, Message, MessageId, message_id, split_message_id
from bot.ports import Clock, Inbox

API_URL = "https://discord.com/api/v10"
IDENTIFY_EVERY = 5.5
"""Seconds; Discord counts in spans of 5, and the way there takes now less, now more time."""
_GOODBYE = 2.0
_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
)


def utc_now() -> datetime:
    """The wall clock: when an event reached us."""
    return datetime.now(UTC)


def aim_at(api_url: str, gateway_url: str) -> None:
    """Tell discord.py where Discord is.

    It keeps both addresses as class attributes, for the whole process, so this is the only place that sets
    them, and it leaves them alone where the settings name Discord itself (or, for the gateway, nothing).
    """
    if api_url.rstrip("/") != API_URL:
        Route.BASE = api_url.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def nonce_from_key(key: DeliveryKey) -> str:
    """25 characters that are the same for the same message for ever.

    Discord answers a nonce that it saw in the past few minutes with the message it made of it then.
    https://discord.com/developers/docs/resources/message#create-message
    """
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()[:25]


class DiscordPlatform:
    """Fulfils ChatPlatform for one bot token.

    Lengths of time are in seconds: `ready_timeout`, the wait for servers' names; after `silent_after` without a word
    from the gateway (it speaks at least every 41 s) discord.py connects anew; after `lost_after` of no connection
    `run` gives up; what comes later than `offer_within` (of Discord's 3 s) is not offered to somebody who types.
    Listening and speaking have a client each, so that a broken gateway never holds up a digest.

    `shards` are the ones, out of `shard_count`, that this process listens to; none: one connection hears everything.
    Two of the same turn (Discord says how many begin at once) begin `identify_every` apart.
    """

    name = NAME
    remembers_keys = timedelta(minutes=2)  # of Discord's "past few minutes", to be on the safe side

    def __init__(
        self,
        token: str,
        commands: Sequence[CommandSpec],
        *,
        api_url: str = API_URL,
        gateway_url: str = "",
        ready_timeout: float = 2.0,
        silent_after: float = 60.0,
        lost_after: float = 120.0,
        offer_within: float = 2.0,
        shards: Sequence[int] = (),
        shard_count: int = 0,
        identify_every: float = IDENTIFY_EVERY,
        clock: Clock = utc_now,
    ) -> None:
        aim_at(api_url, gateway_url)
        self._token = token
        self._commands = commands
        self._ready_timeout = ready_timeout
        self._silent_after = silent_after
        self._lost_after = lost_after
        self._offer_within = offer_within
        self._shards = [Shard(id, shard_count) for id in shards]
        self._identify_every = identify_every
        self._clock = clock
        self._login = asyncio.Lock()
        self._speaker: discord.Client | None = None

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled. Raises PlatformError where Discord refuses us or a connection is lost."""
        if self._shards:
            turns = await self._turns()
            await together([self._listen_in_turn(inbox, shard, turns) for shard in self._shards])
        else:
            await self._listen(inbox)

    async def _turns(self) -> Turns:
        http = (await self._speaking()).http
        try:
            _, _, limit = await http.get_bot_gateway()
        except TROUBLE as error:
            raise platform_error(error) from error
        if limit["remaining"] < len(self._shards):
            wait = limit["reset_after"] / 1000
            reason = f"only {limit['remaining']} more connections allowed in the next {wait:.0f} s"
            raise PlatformError(NAME, reason, retry_after=wait)
        return Turns(limit["max_concurrency"], self._identify_every)

    async def _listen_in_turn(self, inbox: Inbox, shard: Shard, turns: Turns) -> None:
        await turns.take(shard)
        await self._listen(inbox, shard)

    async def _listen(self, inbox: Inbox, shard: Shard | None = None) -> None:
        listener = Listener(
            inbox,
            self._commands,
            clock=self._clock,
            ready_timeout=self._ready_timeout,
            silent_after=self._silent_after,
            offer_within=self._offer_within,
            shard=shard,
        )
        work = asyncio.create_task(listener.start(self._token))
        try:
            await self._watch(listener, work)
        except TROUBLE as error:
            raise platform_error(error) from error
        finally:
            await _stop(work)
            await _shut(listener)
        raise PlatformError(NAME, "the connection ended")

    async def _watch(self, listener: Listener, work: asyncio.Task[None]) -> None:
        """Until the work ends, with its error. discord.py would try to connect for ever."""
        while not work.done():
            await asyncio.wait([work], timeout=min(1.0, self._lost_after / 5))
            if listener.disconnected_for > self._lost_after:
                raise PlatformError(NAME, f"no connection for {self._lost_after:g} s")
        await work

    async def check(self) -> str:
        """Say who we are and in how many servers; where in none, how to invite us."""
        client = await self._speaking()
        application = client.application
        assert application is not None, "discord.py fetches it at the login"
        servers = application.approximate_guild_count
        if servers:
            return f"@{client.user} in {servers} server{'s' * (servers > 1)}"
        invitation = discord.utils.oauth_url(application.id, permissions=_PERMISSIONS)
        return f"@{client.user}, in no server yet; invite it: {invitation}"

    async def post(
        self, channel: Channel, message: Message, *, key: DeliveryKey, thread: MessageId | None = None
    ) -> MessageId:
        """Say it in the channel, or in the thread whose id ends `thread`; the id names where it was said."""
        if thread is not None:
            channel = Channel(channel.platform, channel.workspace, split_message_id(thread)[1])
        place = await self._place(channel)
        said, nonce = to_discord(message), nonce_from_key(key)
        try:
            sent = await shown(message, said, lambda said: place.send(nonce=nonce, **saying(said)))
        except TROUBLE as error:
            raise platform_error(error) from error
        return message_id(channel, str(sent.id))

    async def find(
        self, channel: Channel, message: Message, *, key: DeliveryKey, since: datetime
    ) -> MessageId | None:
        """Look for what the message shows among our own of the channel. No key is seen there."""
        place = await self._place(channel)
        found = await history.find(await self._speaking(), place, to_discord(message), since)
        return message_id(channel, str(found)) if found else None

    async def edit(self, message_id: MessageId, message: Message) -> None:
        """Replace what was said, its cards, its picture and its buttons."""
        channel, local_id = split_message_id(message_id)
        place = await self._place(channel)
        said, old = to_discord(message), place.get_partial_message(_snowflake(local_id))
        try:
            await shown(message, said, lambda said: old.edit(**replacing(said)))
        except TROUBLE as error:
            raise platform_error(error) from error

    async def close(self) -> None:
        """Give back the connection for speaking; `run` gives back its own when cancelled."""
        async with self._login:
            speaker, self._speaker = self._speaker, None
            if speaker is not None:
                await _shut(speaker)

    async def _place(self, channel: Channel) -> discord.PartialMessageable:
        local_id = _snowflake(channel.id)
        return (await self._speaking()).get_partial_messageable(local_id)

    async def _speaking(self) -> discord.Client:
        async with self._login:
            if self._speaker is None:
                self._speaker = await self._logged_in()
            return self._speaker

    async def _logged_in(self) -> discord.Client:
        client = discord.Client(**client_options())
        try:
            await client.login(self._token)
        except TROUBLE as error:
            raise platform_error(error) from error
        finally:
            if client.application is None:
                await _shut(client)
        return client


def _snowflake(local_id: str) -> int:
    if not (local_id.isascii() and local_id.isdecimal()):
        raise PlatformError(NAME, f"{local_id!r} is not one of Discord's ids", permanent=True)
    return int(local_id)


async def _stop(work: asyncio.Task[None]) -> None:
    """Cancel until it is true: Python 3.11's wait_for, with which discord.py connects, can swallow one."""
    for _ in range(20):
        if work.done():
            return
        work.cancel()
        await asyncio.wait([work], timeout=0.1)


async def _shut(client: discord.Client) -> None:
    """Close politely, but wait for no server that has stopped answering."""
    with contextlib.suppress(OSError, aiohttp.ClientError):
        async with asyncio.timeout(_GOODBYE):
            await client.close()
    await client.http.close()
