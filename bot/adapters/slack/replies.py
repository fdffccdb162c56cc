"""Private replies: only the asker sees them.

Needs no scope over the response_url (5 uses in 30 minutes), chat:write for the second way, files:write for pictures.
"""

import asyncio
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.adapters.slack.errors import VENDOR_ERRORS, PictureError, calling
from bot.adapters.slack.inbound import Asker
from bot.adapters.slack.pictures import Pictures
from bot.model import Message


async def reply(client: AsyncWebClient, pictures: Pictures, asker: Asker, message: Message) -> None:
    """Say it to the asker alone. Raises PlatformError where neither way works."""
    while True:
        try:
            async with pictures.body(message) as body:
                return await _reply(client, asker, body)
        except PictureError:
            # It ends: after a few refusals there is no picture in it.
            await asyncio.sleep(pictures.wait)


async def _reply(client: AsyncWebClient, asker: Asker, body: dict[str, Any]) -> None:
    body |= {"thread_ts": asker.thread} if asker.thread else {}
    if not await _responded(client, asker, body):
        with calling("chat.postEphemeral"):
            await client.chat_postEphemeral(channel=asker.channel, user=asker.user, parse="none", **body)


async def _responded(client: AsyncWebClient, asker: Asker, body: dict[str, Any]) -> bool:
    """Whether Slack took it at the response_url, which expires and can be used up."""
    webhook = AsyncWebhookClient(
        asker.response_url,
        timeout=client.timeout,
        ssl=client.ssl,
        proxy=client.proxy,
        logger=client.logger,
        retry_handlers=[],
    )
    private = {"response_type": "ephemeral", "replace_original": False, "unfurl_links": False}
    try:
        answer = await webhook.send_dict(private | body)
    except VENDOR_ERRORS:
        return False
    return answer.status_code == 200
