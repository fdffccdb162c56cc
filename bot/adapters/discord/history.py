"""Looking for a message of ours in a channel, by what it shows: Discord gives a nonce back to nobody.

What it shows is enough, because a paper is offered to a channel once and a header names its day. A card is known by its
buttons, whose ids carry its paper and come back to the letter; what has none, or only such as any day's header may
have, is known by its words too.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

import discord

from bot.adapters.discord.custom_id import button_from_custom_id
from bot.adapters.discord.errors import TROUBLE, platform_error
from bot.adapters.discord.reading import carried
from bot.adapters.discord.render import Rendered
from bot.errors import PlatformError

EARLIER = timedelta(seconds=60)
"""How far Discord's clock, which its ids are made of, may lag behind ours."""
_MOST = 1000
_CLOSED = "may not read the channel's history: allow View Channel and Read Message History"


async def find(
    client: discord.Client, place: discord.PartialMessageable, said: Rendered, since: datetime
) -> int | None:
    """The id of our message that shows the same, sent since then; None where there certainly is none."""
    start = discord.utils.time_snowflake(since - EARLIER, high=True)
    try:
        seen = 0
        async for message in place.history(limit=_MOST, after=discord.Object(start), oldest_first=True):
            seen += 1
            if message.author == client.user and shows(message, said):
                return message.id
        if seen == 0:
            await _check_readable(client, place.id, start)
    except TROUBLE as error:
        raise _closed_to_us(error) from error
    if seen >= _MOST:
        raise _never(f"more than {_MOST} messages to look through")
    return None


def shows(message: discord.Message, said: Rendered) -> bool:
    """Whether people see on the message what we would have them see."""
    wanted = said.keyboard.carried
    if tuple(carried(message)) != wanted:
        return False
    if any(button.paper for id in wanted if (button := button_from_custom_id(id))):
        return True
    return _words(message.content, message.embeds) == _words(said.content, said.embeds)


def _words(content: str, embeds: Sequence[discord.Embed]) -> list[str]:
    texts = (content, *(text for embed in embeds for text in (embed.title, embed.url, embed.description)))
    return [_bare(text or "") for text in texts]


def _bare(text: str) -> str:
    """Without what is invisible, of which Discord may drop or change some."""
    visible = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", visible).strip()


async def _check_readable(client: discord.Client, place: int, start: int) -> None:
    """Raises PlatformError where nothing was shown to us although something was said.

    Without the permission Read Message History, Discord answers with no messages instead of a refusal
    (https://discord.com/developers/docs/resources/message#get-channel-messages).
    """
    channel = await client.fetch_channel(place)
    if (getattr(channel, "last_message_id", None) or 0) > start:
        raise _never(_CLOSED)


def _closed_to_us(error: BaseException) -> PlatformError:
    failure = platform_error(error)
    if failure.permanent and isinstance(error, discord.Forbidden):
        return _never(f"{_CLOSED} (HTTP 403, code {error.code})")
    return failure


def _never(reason: str) -> PlatformError:
    return PlatformError("discord", reason, permanent=True)
