"""The outbox: planned → sending → sent, in order, resumed after a crash."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.errors import PlatformError
from bot.model import Channel, Post
from bot.ports import ChatPlatform, Clock, Store

log = logging.getLogger(__name__)

STALE = timedelta(minutes=2)
"""How long a message may be on its way before it is taken for lost with its process."""
GIVE_UP = 8
"""After so many refused attempts a message is failed for good."""
_AT_ONCE = 8


class Delivery:
    """Takes what is planned and posts it. Any number may run on one store: the store decides who posts what."""

    def __init__(self, store: Store, platforms: Mapping[str, ChatPlatform], clock: Clock) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock

    async def send_all(self) -> int:
        """Post everything that may be posted now; returns how many were. Never raises for a platform's refusal."""
        counts = await asyncio.gather(*(self._send_until_empty() for _ in range(_AT_ONCE)))
        return sum(counts)

    async def _send_until_empty(self) -> int:
        sent = 0
        while post := await asyncio.to_thread(self._claim):
            sent += await self._send(post)
        return sent

    def _claim(self) -> Post | None:
        now = self._clock()
        return self._store.claim_post(now, now - STALE)

    async def _send(self, post: Post) -> bool:
        try:
            platform = self._platforms.get(post.channel.platform)
            if platform is None:
                raise PlatformError(post.channel.platform, "not configured here", retry_after=300)
            message_id = await platform.post(post.channel, post.message, key=post.key)
        except PlatformError as error:
            await asyncio.to_thread(self._refused, post, error)
            return False
        await asyncio.to_thread(self._store.mark_sent, post.key, message_id)
        return True

    def _refused(self, post: Post, error: PlatformError) -> None:
        log.warning("%s refused %s (attempt %d): %s", error.platform, post.key, post.attempts, error.reason)
        if error.permanent or post.attempts >= GIVE_UP:
            self._store.mark_unsent(post.key, error.reason, None)
        else:
            wait = error.retry_after or min(5 * 2**post.attempts, 600)
            self._store.mark_unsent(post.key, error.reason, self._clock() + timedelta(seconds=wait))
        if error.permanent:
            pause(self._store, post.channel, error.reason)


def pause(store: Store, channel: Channel, reason: str) -> None:
    """Stop serving a channel that can no longer be reached, and keep the reason where `status` shows it."""
    subscription = store.subscription(channel)
    if subscription and not subscription.paused:
        store.save_subscription(replace(subscription, paused=reason))
