"""The outbox: planned → sending → sent, in order, resumed and reconciled after a crash."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot import schedule
from bot.errors import PlatformError, StoreError
from bot.model import Cadence, Channel, MessageId, Post
from bot.ports import ChatPlatform, Clock, Store

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
"""How long a message may be on its way before its sender is taken for dead.

Longer than any call may take, and shorter than Discord remembers a key, so that it answers for itself.
"""
PACE = timedelta(seconds=1)
"""Between two messages in one channel: Slack's limit, and good manners anywhere."""
CALL_WITHIN = timedelta(seconds=60)
"""How long one call may take; shorter than the lease, so that nobody takes over what we are still sending."""
MOST_ATTEMPTS = 500
"""Against a message that makes us fail in a way nobody foresaw, for ever."""
_CALLS_AT_ONCE = 64
_CHANNELS_AT_ONCE = 2000
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 600.0

Deadline = Callable[[Post], datetime]
"""Until when a message that is refused again and again is tried again."""


def deadline_after(store: Store, grace: timedelta) -> Deadline:
    """`grace` after a digest's moment; after the local end of its day for what was shared at any hour of it."""

    def deadline(post: Post) -> datetime:
        found = store.subscription(post.channel)
        cadence, day = found.cadence if found else Cadence(), post.day
        if post.is_shared:
            cadence, day = replace(cadence, at=time.min), day + timedelta(days=1)
        return schedule.moment(cadence, day) + grace

    return deadline


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
        lease: timedelta = LEASE,
        pace: timedelta = PACE,
        call_within: timedelta = CALL_WITHIN,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._deadline = deadline
        self._lease = lease
        self._pace = pace.total_seconds()
        self._call_within = call_within.total_seconds()
        self._calls = asyncio.Semaphore(_CALLS_AT_ONCE)
        self._busy: dict[Channel, asyncio.Task[None]] = {}
        self._sent = 0
        self._ended = 0
        self._stopping = asyncio.Event()

    async def run(self, every: float) -> None:
        """Post whatever may be posted, until cancelled; looks for new work whenever something ends, and every so often.

        What is in flight when it is cancelled goes on until `stop`.
        """
        while not self._stopping.is_set():
            ended = self._ended
            try:
                await self._take()
            except StoreError as error:
                log.error("delivery: %s", error)
            if ended == self._ended:
                await self._news(every)

    async def send_all(self) -> int:
        """Post everything that may be posted now; returns how many were. Never raises for a platform's refusal."""
        before = self._sent
        while await self._take() and not self._stopping.is_set():
            if self._busy:
                await asyncio.wait(tuple(self._busy.values()), return_when=asyncio.FIRST_COMPLETED)
        return self._sent - before

    async def stop(self, within: float) -> None:
        """Take nothing new; wait that many seconds for what is in flight. What is left is reconciled later."""
        self._stopping.set()
        if tasks := tuple(self._busy.values()):
            await asyncio.wait(tasks, timeout=within)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self) -> bool:
        """Begin whatever may be begun. False when nothing is in flight and nothing was left lying."""
        ended = self._ended
        while len(self._busy) < _CHANNELS_AT_ONCE and not self._stopping.is_set():
            post = await asyncio.to_thread(self._claim, tuple(self._busy))
            if post is None:
                break
            self._busy[post.channel] = asyncio.create_task(self._serve(post))
        # What ended while we were asking made its channel free too late for that question.
        return bool(self._busy) or ended != self._ended

    async def _news(self, within: float) -> None:
        pause_s = asyncio.ensure_future(asyncio.sleep(within))
        try:
            await asyncio.wait([*self._busy.values(), pause_s], return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause_s.cancel()

    def _claim(self, busy: tuple[Channel, ...]) -> Post | None:
        now = self._clock()
        return self._store.claim_post(now, now - self._lease, busy)

    async def _serve(self, post: Post) -> None:
        """Send one message, then keep the channel's pace."""
        try:
            async with self._calls:
                await self._send(post)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._pace)
        except StoreError as error:
            log.error("%s is unsettled and will be looked at again: %s", post.key, error)
        finally:
            self._ended += 1
            del self._busy[post.channel]

    async def _send(self, post: Post) -> None:
        platform = self._platforms.get(post.channel.platform)
        if platform is None:
            # Another process may serve that platform: it shall find the message soon.
            again = self._clock() + timedelta(seconds=20)
            return await asyncio.to_thread(self._store.mark_unsent, post.key, "not configured here", again)
        if post.attempts > MOST_ATTEMPTS:
            return await asyncio.to_thread(
                self._store.mark_unknown, post.key, "given up after too many attempts"
            )
        try:
            message_id = await self._found(platform, post)
        except PlatformError as error:
            return await asyncio.to_thread(self._unfindable, post, error)
        try:
            message_id = message_id or await self._post(platform, post)
        except PlatformError as error:
            return await asyncio.to_thread(self._refused, post, error)
        await asyncio.to_thread(self._store.mark_sent, post.key, message_id)
        self._sent += 1

    async def _post(self, platform: ChatPlatform, post: Post) -> MessageId:
        try:
            async with asyncio.timeout(self._call_within):
                return await platform.post(post.channel, post.message, key=post.key)
        except TimeoutError as error:
            late = f"no answer within {self._call_within:g} s"
            raise PlatformError(platform.name, late, unsure=True) from error

    async def _found(self, platform: ChatPlatform, post: Post) -> MessageId | None:
        """Where an earlier attempt of which nobody learned the end has put it; None where it has not.

        A platform that still remembers the key will say so itself when it is posted again.
        """
        since = post.sending_since
        if since is None or self._clock() - since < platform.remembers_keys:
            return None
        return await platform.find(post.channel, post.message, key=post.key, since=since)

    def _unfindable(self, post: Post, error: PlatformError) -> None:
        if error.permanent or self._clock() > self._deadline(post):
            log.error("%s: nobody can tell whether it was posted: %s", post.key, error.reason)
            self._store.mark_unknown(post.key, f"may or may not have been posted: {error.reason}")
        else:
            # It stays in sending, and the platform is asked again after the lease.
            log.warning("%s: cannot tell yet whether it was posted: %s", post.key, error.reason)

    def _refused(self, post: Post, error: PlatformError) -> None:
        log.warning("%s: %s (attempt %d): %s", error.platform, post.key, post.attempts, error.reason)
        if error.unsure:
            return  # It stays in sending: after the lease the platform is asked before anything is sent again.
        if error.about_us:
            # Whoever has to mend the token gets the digest posted when it is mended, late or not.
            return self._store.mark_unsent(post.key, error.reason, self._clock() + timedelta(minutes=5))
        again = self._again(post, error)
        reason = (
            error.reason if again or error.permanent else f"given up, too late for its day: {error.reason}"
        )
        self._store.mark_unsent(post.key, reason, again)
        if error.permanent:
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
    store.save_paused(channel, reason or "it cannot be reached")
