"""The outbox: planned → sending → sent, in order, resumed and reconciled after a crash."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import PlatformError
from bot.model import Channel, MessageId, Post
from bot.ports import ChatPlatform, Clock, Store

log = logging.getLogger(__name__)

STALE = timedelta(seconds=90)
"""How long a message may be on its way before its sender is taken for dead.

Longer than any call may take, and shorter than Discord remembers a key, so that it answers for itself.
"""
PACE = timedelta(seconds=1)
"""Between two messages in one channel: Slack's limit, and good manners anywhere."""
_CALLS_AT_ONCE = 64
_CHANNELS_AT_ONCE = 2000
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 600.0

Deadline = Callable[[Post], datetime]
"""Until when a message that is refused again and again is tried again."""


class Delivery:
    """Takes what is planned and posts it. Any number may run on one store: the store decides who posts what.

    One message per channel at a time and `pace` apart; channels do not wait for one another.
    """

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        deadline: Deadline,
        *,
        pace: timedelta = PACE,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._deadline = deadline
        self._pace = pace.total_seconds()
        self._calls = asyncio.Semaphore(_CALLS_AT_ONCE)
        self._busy: dict[Channel, asyncio.Task[bool]] = {}
        self._stopping = asyncio.Event()

    async def send_all(self) -> int:
        """Post everything that may be posted now; returns how many were. Never raises for a platform's refusal.

        Cancelling it stops taking new work; what is in flight goes on until `stop`.
        """
        sent = 0
        while not self._stopping.is_set():
            post = None
            if len(self._busy) < _CHANNELS_AT_ONCE:
                post = await asyncio.to_thread(self._claim)
            if post:
                self._busy[post.channel] = asyncio.create_task(self._serve(post))
            elif self._busy:
                sent += await self._one_ended()
            else:
                break
        return sent

    async def stop(self, within: float) -> None:
        """Take nothing new; wait that many seconds for what is in flight. What is left is reconciled later."""
        self._stopping.set()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=within)
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)
        self._busy.clear()

    async def _one_ended(self) -> int:
        await asyncio.wait(self._busy.values(), return_when=asyncio.FIRST_COMPLETED)
        ended = {channel: task for channel, task in self._busy.items() if task.done()}
        for channel in ended:
            del self._busy[channel]
        return sum(task.result() for task in ended.values())

    def _claim(self) -> Post | None:
        now = self._clock()
        return self._store.claim_post(now, now - STALE, tuple(self._busy))

    async def _serve(self, post: Post) -> bool:
        """Send one message, then keep the channel's pace."""
        async with self._calls:
            sent = await self._send(post)
        if sent and not self._stopping.is_set():
            await self._rest()
        return sent

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), self._pace)
        except TimeoutError:
            pass

    async def _send(self, post: Post) -> bool:
        try:
            message_id = await self._said(post)
        except PlatformError as error:
            await asyncio.to_thread(self._refused, post, error)
            return False
        await asyncio.to_thread(self._store.mark_sent, post.key, message_id)
        return True

    async def _said(self, post: Post) -> MessageId:
        """The message, posted now, or by an earlier attempt of which nobody learned the end."""
        platform = self._platforms.get(post.channel.platform)
        if platform is None:
            raise PlatformError(post.channel.platform, "not configured here", retry_after=300)
        if post.sending_since and self._clock() - post.sending_since >= platform.remembers_keys:
            since = post.sending_since
            found = await platform.find(post.channel, post.message, key=post.key, since=since)
            if found:
                log.info("%s was posted by an attempt that died", post.key)
                return found
        return await platform.post(post.channel, post.message, key=post.key)

    def _refused(self, post: Post, error: PlatformError) -> None:
        log.warning("%s refused %s (attempt %d): %s", error.platform, post.key, post.attempts, error.reason)
        if error.unsure or (post.sending_since and not error.permanent):
            return  # It stays in sending: after STALE the platform is asked before anything is sent again.
        if post.sending_since:
            reason = f"may have been posted twice or not at all: {error.reason}"
            self._store.mark_unknown(post.key, reason)
        else:
            self._store.mark_unsent(post.key, error.reason, self._again(post, error))
        if error.permanent and not post.sending_since:
            pause(self._store, post.channel, error.reason)

    def _again(self, post: Post, error: PlatformError) -> datetime | None:
        """When to try again; None where that is of no use or too late."""
        if error.permanent:
            return None
        wait = error.retry_after
        if wait is None:
            wait = min(_FIRST_WAIT * 2 ** min(post.attempts, 10), _LONGEST_WAIT) * random.uniform(0.5, 1.5)  # noqa: S311
        at = self._clock() + timedelta(seconds=wait)
        return at if at <= self._deadline(post) else None


def pause(store: Store, channel: Channel, reason: str) -> None:
    """Stop serving a channel that can no longer be reached, and keep the reason where `status` shows it."""
    subscription = store.subscription(channel)
    if subscription and not subscription.paused:
        store.save_subscription(replace(subscription, paused=reason))
