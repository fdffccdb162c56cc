"""One Socket Mode connection: opened, watched until it is lost for good, hung up.

slack_sdk reconnects by itself, but for ever and silently, so somebody has to look: `listen` raises when Slack has
not answered a ping for too long, and whoever runs us starts again from the beginning. That a socket is open says
nothing: one whose other end is dead is replaced by the next dead one.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import WSMessage, WSMsgType
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.adapters.slack.errors import vendor_logger
from bot.errors import PlatformError

log = logging.getLogger(__name__)


class Connection:
    """A socket for one bolt app. `first_address` comes from apps.connections.open and is used once.

    `lost_after` should be several times `ping_interval`: at each ping we can hear that Slack is there.
    """

    def __init__(
        self, app: AsyncApp, app_token: str, first_address: str, *, ping_interval: float, lost_after: float
    ) -> None:
        handler = AsyncSocketModeHandler(app, app_token, logger=vendor_logger(), ping_interval=ping_interval)
        self._client: SocketModeClient = handler.client
        self._client.wss_uri = first_address
        self._client.on_message_listeners.append(self._on_message)
        self._client.socket_mode_request_listeners = [self._handing_in(handler.handle)]
        self._in_hand: set[asyncio.Task[Any]] = set()
        self._pong: float | None = None
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
        """Acknowledge what Slack has handed us, then close the socket; may be called twice.

        Takes at most `grace` seconds each, even if Slack does not answer.
        """
        self._news.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await self._acknowledge()
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
        # Often enough to see slack_sdk forget an answer before it makes up the next.
        last_seen, step = clock(), min(1.0, self._lost_after / 5, self._client.ping_interval / 4)
        while not self._client.closed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), step)
            if self._disabled:
                raise PlatformError(
                    "slack", "Socket Mode was switched off: turn it on again on the app's page"
                )
            if self._answered():
                last_seen = clock()
            elif clock() - last_seen > self._lost_after:
                raise self._lost()

    def _answered(self) -> bool:
        """Whether a ping has been answered since the last call.

        slack_sdk keeps the time of the newest answer; from None it starts it by itself, unanswered.
        """
        before, self._pong = self._pong, self._client.last_ping_pong_time
        return None not in {before, self._pong} and before != self._pong

    def _handing_in(self, handle: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def handle_in_hand(client: Any, request: Any) -> None:
            task = asyncio.current_task()
            assert task is not None, "slack_sdk runs every request in a task"
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)
            await handle(client, request)

        return handle_in_hand

    async def _acknowledge(self) -> None:
        while not (self._client.closed or self._client.message_queue.empty()):  # noqa: ASYNC110 - asyncio's queue has no such event
            await asyncio.sleep(0)
        await asyncio.sleep(0)  # until the last one has its task
        if self._in_hand:
            await asyncio.wait(self._in_hand)

    async def _on_message(self, message: WSMessage) -> None:
        if message.type is WSMsgType.TEXT and '"link_disabled"' in message.data:
            frame = json.loads(message.data)
            if frame.get("type") == "disconnect" and frame.get("reason") == "link_disabled":
                self._disabled = True
                self._news.set()

    def _lost(self) -> PlatformError:
        return PlatformError("slack", f"no connection for {self._lost_after:g} s")
