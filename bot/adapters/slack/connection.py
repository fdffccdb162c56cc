"""One Socket Mode connection: opened, watched until it is lost for good, hung up.

slack_sdk reconnects by itself, but for ever and silently, so somebody has to look: `listen` raises when the
connection has been down too long, and whoever runs us starts again from the beginning.
"""

import asyncio
import json
import logging
from contextlib import suppress

from aiohttp import WSMessage, WSMsgType
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.adapters.slack.errors import vendor_logger
from bot.errors import PlatformError

log = logging.getLogger(__name__)


class Connection:
    """A socket for one bolt app. `first_address` comes from apps.connections.open and is used once."""

    def __init__(
        self, app: AsyncApp, app_token: str, first_address: str, *, ping_interval: float, lost_after: float
    ) -> None:
        handler = AsyncSocketModeHandler(app, app_token, logger=vendor_logger(), ping_interval=ping_interval)
        self._client: SocketModeClient = handler.client
        self._client.wss_uri = first_address
        self._client.on_message_listeners.append(self._on_message)
        self._lost_after = lost_after
        self._disabled = False
        self._news = asyncio.Event()

    async def listen(self) -> None:
        """Hand payloads to the app until hung up. Raises PlatformError when the connection is lost for good."""
        try:
            async with asyncio.timeout(self._lost_after):
                await self._client.connect()  # type: ignore[no-untyped-call]
        except TimeoutError as error:
            raise self._lost() from error
        log.info("slack: listening")
        await self._watch()

    async def hang_up(self, grace: float) -> None:
        """Close the socket, within `grace` seconds even if Slack does not answer; may be called twice."""
        self._news.set()
        try:
            async with asyncio.timeout(grace):
                await self._client.close()  # type: ignore[no-untyped-call]
        except TimeoutError:
            self._client.current_session = None  # otherwise close() would ask it again
            await self._client.close()  # type: ignore[no-untyped-call]
        tasks = (
            self._client.message_processor,
            self._client.current_session_monitor,
            self._client.message_receiver,
        )
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    async def _watch(self) -> None:
        clock = asyncio.get_running_loop().time
        last_seen, step = clock(), min(1.0, self._lost_after / 5)
        while not self._client.closed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), step)
            if self._disabled:
                raise PlatformError(
                    "slack", "Socket Mode was switched off: turn it on again on the app's page"
                )
            if await self._client.is_connected():
                last_seen = clock()
            elif clock() - last_seen > self._lost_after:
                raise self._lost()

    async def _on_message(self, message: WSMessage) -> None:
        if message.type is WSMsgType.TEXT and '"link_disabled"' in message.data:
            frame = json.loads(message.data)
            if frame.get("type") == "disconnect" and frame.get("reason") == "link_disabled":
                self._disabled = True
                self._news.set()

    def _lost(self) -> PlatformError:
        return PlatformError("slack", f"no connection for {self._lost_after:g} s")
