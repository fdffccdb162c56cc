"""Corrections after posting: the card of a paper that was withdrawn since says so."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.digest import withdrawn
from bot.errors import PlatformError
from bot.model import Post
from bot.ports import ChatPlatform, Store

log = logging.getLogger(__name__)

_LOOKED_BACK = timedelta(days=60)
"""A card older than that is read by nobody."""


async def correct(store: Store, platforms: Mapping[str, ChatPlatform], now: datetime) -> int:
    """Edit every posted card whose paper is withdrawn and that does not say so; returns how many.

    A platform that fails is asked again the next time; one that refuses for good is not.
    """
    posts = await asyncio.to_thread(store.withdrawn_posts, (now - _LOOKED_BACK).date())
    return sum([await _corrected(store, platforms, post) for post in posts])


async def _corrected(store: Store, platforms: Mapping[str, ChatPlatform], post: Post) -> bool:
    platform = platforms.get(post.channel.platform)
    if platform is None or post.message_id is None:
        return False
    message = withdrawn(post.message)
    try:
        await platform.edit(post.message_id, message)
    except PlatformError as error:
        log.warning("%s: %s: the card of a withdrawn paper stays: %s", error.platform, post.key, error.reason)
        if not error.permanent or error.about_us:
            return False
        message = post.message
    await asyncio.to_thread(store.mark_corrected, post.key, message)
    return True
