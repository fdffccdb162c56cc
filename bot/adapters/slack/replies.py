"""Private replies: only the asker sees them.

Needs no scope over the response_url (5 uses in 30 minutes), chat:write for the second way.
"""

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.adapters.slack.errors import VENDOR_ERRORS, calling
from bot.adapters.slack.inbound import Asker
from bot.adapters.slack.render import to_body
from bot.model import Message


async def reply(client: AsyncWebClient, asker: Asker, message: Message) -> None:
    """Say it to the asker alone. Raises PlatformError where neither way works."""
    body = to_body(message) | ({"thread_ts": asker.thread} if asker.thread else {})
    if not await _responded(client, asker, body):
        with calling("chat.postEphemeral"):
            await client.chat_postEphemeral(channel=asker.channel, user=asker.user, parse="none", **body)


async def _responded(client: AsyncWebClient, asker: Asker, body: dict[str, object]) -> bool:
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
