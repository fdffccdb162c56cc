"""The Slack adapter: posts over the Web API, listens over Socket Mode.

| Call | Token | Scope |
|---|---|---|
| `run` | app-level, bot | connections:write; commands; and those of the events (inbound.py) |
| `check` | both | connections:write |
| `post` | bot | chat:write, and chat:write.public where nobody has invited the bot; files:write for pictures |
| `find` | bot | channels:history, groups:history, im:history; the bot is in the channel |
| `edit` | bot | chat:write; files:write for pictures |
"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.connection import Connection
from bot.adapters.slack.errors import calling, vendor_logger
from bot.adapters.slack.history import History, metadata
from bot.adapters.slack.listeners import Identity, Listeners
from bot.adapters.slack.pictures import Pictures
from bot.model import Channel, DeliveryKey, Message, MessageId, message_id, split_message_id
from bot.ports import Inbox

_CONNECTIONS = 32


class SlackPlatform:
    """Slack, for the one workspace that `bot_token` belongs to.

    Lengths of time are in seconds: `timeout` of one call; `ping_interval` on the socket; `lost_after` of no
    connection `run` gives up; `ack_within` an event is acknowledged even if the Inbox is not done; `grace` for
    the farewell, and as long again for work in hand, when `run` is cancelled; `history_every` how often Slack may
    be asked what stands in a channel, measured by the clock `seconds`; `picture_wait` between two attempts to show a
    picture in a private reply.
    """

    name = "slack"
    remembers_keys = timedelta(0)

    def __init__(
        self,
        bot_token: str,
        app_token: str,
        *,
        api_url: str = "https://slack.com/api/",
        timeout: float = 30,
        ping_interval: float = 10,
        lost_after: float = 60,
        ack_within: float = 2,
        grace: float = 2,
        history_every: float = 60,
        picture_wait: float = 2,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = AsyncWebClient(
            bot_token.strip(),
            base_url=api_url.rstrip("/") + "/",
            timeout=timeout,  # type: ignore[arg-type]  # annotated int, used as seconds of any kind
            retry_handlers=[],  # the library's own would post again when the connection drops after Slack took it
            logger=vendor_logger(),
        )
        self._app_token = app_token.strip()
        self._ping_interval = ping_interval
        self._lost_after = lost_after
        self._ack_within = ack_within
        self._grace = grace
        self._connections: set[Connection] = set()
        self._history = History(self._client, every=history_every, seconds=seconds)
        self._pictures = Pictures(self._client, wait=picture_wait)
        self._known: Identity | None = None
        self._posting = 0
        self._closed = False

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled. Raises PlatformError: permanent for a wrong token, otherwise start again."""
        listeners = await self.listeners(inbox)
        connection = Connection(
            listeners.app,
            self._app_token,
            await self._socket_address(),
            ping_interval=self._ping_interval,
            lost_after=self._lost_after,
        )
        self._connections.add(connection)
        try:
            await connection.listen()
        finally:
            self._connections.discard(connection)
            await connection.hang_up(self._grace)
            await listeners.finish(self._grace)

    async def check(self) -> str:
        """`@paperbot in T`, after asking Slack about both tokens. Raises PlatformError."""
        identity = await self.identity()
        await self._socket_address()
        return f"@{identity.name} in {identity.workspace_name}"

    async def post(
        self, channel: Channel, message: Message, *, key: DeliveryKey, thread: MessageId | None = None
    ) -> MessageId:
        """Say it once per call. Slack has no key against repeats; ours goes along as metadata to look for."""
        async with self._kept_connections(), self._pictures.body(message) as body:
            with calling("chat.postMessage"):
                answer = await self._client.chat_postMessage(
                    channel=channel.id,
                    thread_ts=split_message_id(thread)[1] if thread else None,
                    metadata=metadata(key),
                    unfurl_links=False,
                    unfurl_media=False,
                    link_names=False,
                    parse="none",
                    **body,
                )
        # A direct message addressed by user id is answered with the id of its conversation.
        place = replace(channel, id=answer.get("channel") or channel.id)
        return message_id(place, str(answer["ts"]))

    async def find(
        self, channel: Channel, message: Message, *, key: DeliveryKey, since: datetime
    ) -> MessageId | None:
        """Look for the key in the channel's history, a page a minute: PlatformError says when to ask again."""
        identity = self._known or await self.identity()
        stamp = await self._history.find(channel, key, since, identity.bot)
        return message_id(channel, stamp) if stamp else None

    async def edit(self, message_id: MessageId, message: Message) -> None:
        """Replace text and blocks. Raises PlatformError."""
        channel, stamp = split_message_id(message_id)
        async with self._pictures.body(message) as body:
            with calling("chat.update"):
                await self._client.chat_update(
                    channel=channel.id, ts=stamp, link_names=False, parse="none", **body
                )

    async def close(self) -> None:
        """Hang up; a `run` still going ends. A message on its way is not cut off."""
        for connection in tuple(self._connections):
            await connection.hang_up(self._grace)
        self._closed = True
        await self._let_go()

    @asynccontextmanager
    async def _kept_connections(self) -> AsyncIterator[None]:
        # Left to itself, slack_sdk opens a new connection for each message. Kept ones are dropped after 5 s
        # without use: over one that Slack has closed meanwhile, a message would be lost on its way.
        if self._client.session is None:
            kept = aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=5)
            # slack_sdk applies its own time limit only to connections it has opened itself.
            limit = aiohttp.ClientTimeout(total=self._client.timeout)
            self._client.session = aiohttp.ClientSession(connector=kept, timeout=limit)
        self._posting += 1
        try:
            yield
        finally:
            self._posting -= 1
            await self._let_go()

    async def _let_go(self) -> None:
        if self._closed and not self._posting and self._client.session:
            session, self._client.session = self._client.session, None
            await session.close()

    async def listeners(self, inbox: Inbox, *, signing_secret: str = "") -> Listeners:
        """What hears for the Inbox, however events come in. Raises PlatformError where the token is wrong."""
        identity = await self.identity()
        return Listeners(
            inbox,
            self._client,
            identity,
            self._pictures,
            ack_within=self._ack_within,
            signing_secret=signing_secret,
        )

    async def identity(self) -> Identity:
        """Who the bot token says we are. Raises PlatformError."""
        with calling("auth.test"):
            answer = await self._client.auth_test()
        self._known = Identity(
            user=answer.get("user_id", ""),
            name=answer.get("user", ""),
            workspace=answer.get("team_id", ""),
            workspace_name=answer.get("team", ""),
            bot=answer.get("bot_id", ""),
            enterprise=answer.get("enterprise_id"),
        )
        return self._known

    async def _socket_address(self) -> str:
        with calling("apps.connections.open"):
            answer = await self._client.apps_connections_open(app_token=self._app_token)
        return str(answer.get("url", ""))
