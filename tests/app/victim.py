"""A bot that serves one channel until its digest is out, and kills itself at a chosen step. Run in a real process."""

import asyncio
import io
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console as Screen

from bot.adapters.console import Console
from bot.adapters.discord import DiscordPlatform
from bot.adapters.slack import SlackPlatform
from bot.app import App, Parts
from bot.model import Cadence, Channel, DeliveryKey, Message, MessageId, message_id
from bot.ports import ChatPlatform
from bot.recommend import NewestFirst
from bot.search.tantivy_index import TantivyIndex
from bot.settings import DigestSettings
from bot.store.open import open_store

STEPS = ("before plan", "after plan", "claimed", "accepted", "before sent", "sent")
"""Where it can die. "claimed" is after `sending` is committed; "sent" is between two messages."""
LEASE = timedelta(seconds=0.6)


def due_at_any_hour(now: datetime) -> Cadence:
    """Every day, and today's is due: at midnight of where it is about noon now."""
    return Cadence(tuple(range(7)), time(0), f"Etc/GMT{now.hour - 12:+d}")


@dataclass(frozen=True)
class Orders:
    """What to serve, and where to die: at the `nth` time of `step`, or at the `nth` step of any kind; 0: never."""

    store: str
    channel: Channel
    platform: dict[str, Any]
    step: str = ""
    nth: int = 0


def serve(orders: Orders) -> None:
    """The process's main function."""
    asyncio.run(_serve(orders))


def serve_all(orders: Orders) -> None:
    """Serve every channel of the store until all of today's digests are out."""
    asyncio.run(_serve(orders, every_channel=True))


async def _serve(orders: Orders, *, every_channel: bool = False) -> None:
    store = open_store(orders.store)
    met = _Steps(orders)
    platform = _Watched(platform_of(orders), met)
    parts = Parts(
        _WatchedStore(store, met),  # type: ignore[arg-type]
        TantivyIndex(None),
        NewestFirst(),
        lambda: datetime.now(UTC),
        [platform],
        defaults=DigestSettings(grace_hours=23, window_days=30),
        lease=LEASE,
        pace=timedelta(0),
    )
    app = App(parts)
    async with asyncio.timeout(100):
        channels = [s.channel for s in store.subscriptions()] if every_channel else [orders.channel]
        while not all(_done(app, channel) for channel in channels):
            await app.morning()
            await asyncio.sleep(0.02)
    await app.close()


def _done(app: App, channel: Channel) -> bool:
    offers = app.parts.store.offers(channel)
    posts = app.parts.store.posts(channel, offers[-1].day) if offers else []
    return bool(posts) and all(post.state in {"sent", "failed", "unknown"} for post in posts)


def platform_of(orders: Orders) -> ChatPlatform:
    """The real adapter, aimed at the local server."""
    told = dict(orders.platform)
    match told.pop("name"):
        case "slack":
            return SlackPlatform(told["bot_token"], told["app_token"], api_url=told["api_url"])
        case "discord":
            return DiscordPlatform(
                told["token"], (), api_url=told["api_url"], gateway_url=told["gateway_url"]
            )
        case "wall":
            return Wall(told["wall"])  # type: ignore[return-value]
    ledger: Path = told["ledger"]
    return Console(Screen(file=io.StringIO()), lambda: datetime.now(UTC), ledger=ledger)


class Wall:
    """A platform that is a file: one line per message, written at once, read by every process."""

    name = "wall"
    remembers_keys = timedelta(0)

    def __init__(self, path: Path) -> None:
        self._path = path

    async def post(
        self, channel: Channel, message: Message, *, key: DeliveryKey, thread: MessageId | None = None
    ) -> MessageId:
        with self._path.open("a") as wall:
            wall.write(f"{key}\n")
        return message_id(channel, key.rpartition("#")[2])

    async def find(
        self, channel: Channel, message: Message, *, key: DeliveryKey, since: datetime
    ) -> MessageId | None:
        stands = str(key) in self._path.read_text().splitlines()
        return message_id(channel, key.rpartition("#")[2]) if stands else None

    async def close(self) -> None:
        """Nothing to give back."""


class _Steps:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._count = 0

    def met(self, step: str) -> None:
        if self._orders.step in {"", step}:
            self._count += 1
            if self._count == self._orders.nth:
                os.kill(os.getpid(), signal.SIGKILL)


class _WatchedStore:
    """The store itself, with a look at the steps that matter."""

    def __init__(self, store: Any, steps: _Steps) -> None:
        self._store = store
        self._steps = steps

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._store, name)
        return method

    def plan_digest(self, *planned: Any) -> bool:
        self._steps.met("before plan")
        claimed: bool = self._store.plan_digest(*planned)
        self._steps.met("after plan")
        return claimed

    def claim_post(self, *asked: Any) -> Any:
        post = self._store.claim_post(*asked)
        if post:
            self._steps.met("claimed")
        return post

    def mark_sent(self, *told: Any) -> None:
        self._steps.met("before sent")
        self._store.mark_sent(*told)
        self._steps.met("sent")


class _Watched:
    """The platform itself, with a look at the moment after it accepted a message."""

    def __init__(self, platform: ChatPlatform, steps: _Steps) -> None:
        self._platform = platform
        self._steps = steps
        self.name = platform.name
        self.remembers_keys = platform.remembers_keys

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._platform, name)
        return method

    async def post(
        self, channel: Channel, message: Message, *, key: DeliveryKey, thread: MessageId | None = None
    ) -> MessageId:
        posted = await self._platform.post(channel, message, key=key, thread=thread)
        self._steps.met("accepted")
        return posted
