"""Slack in HTTP mode: Slack calls us, so processes can stand behind a load balancer.

Scopes are those of platform.py without connections:write. What Slack repeats (X-Slack-Retry-Num) carries the
event id it had, whichever process it reaches.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.slack.endpoint import PATH, Endpoint
from bot.adapters.slack.platform import SlackPlatform
from bot.errors import PlatformError
from bot.model import Channel, DeliveryKey, Message, MessageId
from bot.ports import Inbox

log = logging.getLogger(__name__)


class SlackHttpPlatform:
    """Speaks as SlackPlatform does, and listens at `host` and `port` (0: any free one).

    `grace` is in seconds, for requests in hand and once more for work in hand, when `run` is cancelled. `options`
    are SlackPlatform's own for speaking, and `ack_within`.
    """

    name = SlackPlatform.name
    remembers_keys: timedelta = SlackPlatform.remembers_keys

    def __init__(
        self,
        bot_token: str,
        signing_secret: str,
        *,
        host: str = "127.0.0.1",
        port: int = 3000,
        grace: float = 2,
        **options: Any,
    ) -> None:
        self._speaker = SlackPlatform(bot_token, "", **options)
        self._signing_secret = signing_secret.strip()
        self._host, self._port = host, port
        self._grace = grace
        self._endpoint: Endpoint | None = None
        self._closed = asyncio.Event()

    @property
    def port(self) -> int:
        """Where it listens now; 0 where it does not."""
        return self._endpoint.port if self._endpoint else 0

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled. Raises PlatformError: permanent for a wrong token, otherwise start again."""
        self._closed.clear()
        listeners = await self._speaker.listeners(inbox, signing_secret=self._signing_secret)
        endpoint = Endpoint(listeners.app, self._signing_secret, self._host, self._port, grace=self._grace)
        try:
            await self._open(endpoint)
            self._endpoint = endpoint
            await self._closed.wait()
        finally:
            self._endpoint = None
            await endpoint.close()
            await listeners.finish(self._grace)

    async def check(self) -> str:
        """`@paperbot in T`, and where Slack's calls are awaited. Nobody can tell whether they arrive there."""
        identity = await self._speaker.identity()
        where = f"Slack's calls must reach http://{self._host}:{self._port}{PATH}"
        return f"@{identity.name} in {identity.workspace_name}; {where}"

    async def post(
        self, channel: Channel, message: Message, *, key: DeliveryKey, thread: MessageId | None = None
    ) -> MessageId:
        """See SlackPlatform."""
        return await self._speaker.post(channel, message, key=key, thread=thread)

    async def find(
        self, channel: Channel, message: Message, *, key: DeliveryKey, since: datetime
    ) -> MessageId | None:
        """See SlackPlatform."""
        return await self._speaker.find(channel, message, key=key, since=since)

    async def edit(self, message_id: MessageId, message: Message) -> None:
        """See SlackPlatform."""
        await self._speaker.edit(message_id, message)

    async def close(self) -> None:
        """A `run` still going ends. Posting opens no lasting connection."""
        self._closed.set()

    async def _open(self, endpoint: Endpoint) -> None:
        try:
            await endpoint.open()
        except OSError as error:
            where = f"{self._host}:{self._port}"
            raise PlatformError("slack", f"cannot listen on {where}: {error.strerror}") from error
        log.info("slack: listening on %s:%d", self._host, endpoint.port)
