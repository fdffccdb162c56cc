"""Real processes that die in the middle of a digest, and what the channel shows afterwards."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.adapters.console import CHANNEL
from bot.model import Channel, Subscription
from bot.ports import Store
from tests.adapters.discord_rig import DiscordRig
from tests.adapters.slack_rig import SlackRig
from tests.adapters.slack_server import APP_TOKEN, BOT_TOKEN
from tests.app import victim
from tests.papers import shelf

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.app.victim"])

PLATFORMS = ("slack", "discord", "console")
SIZE = 5


@dataclass
class Scene:
    """A platform with its local server, told to a victim by addresses."""

    channel: Channel
    platform: dict[str, object]
    rig: SlackRig | DiscordRig | None
    ledger: Path

    def shown(self) -> list[str]:
        """What the channel shows, a line per message, in order."""
        if self.rig is None:
            return self.ledger.read_text().splitlines() if self.ledger.exists() else []
        return [said.text for said in self.rig.said()]


@contextmanager
def scene(name: str, folder: Path) -> Iterator[Scene]:
    """A fresh platform of that name."""
    ledger = folder / "ledger.txt"
    if name == "slack":
        slack = SlackRig()
        told = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "api_url": slack.server.api_url}
        made = Scene(slack.channel, told, slack, ledger)
    elif name == "discord":
        rig = DiscordRig()
        server = rig.server
        told = {"token": server.token, "api_url": server.api_url, "gateway_url": server.gateway_url}
        made = Scene(rig.channel, told, rig, ledger)
    else:
        made = Scene(CHANNEL, {"ledger": ledger}, None, ledger)
    made.platform["name"] = name
    try:
        yield made
    finally:
        if made.rig:
            made.rig.close()


def prepare(store: Store, channel: Channel) -> None:
    """Papers of today, and a channel whose digest of today is due at any hour."""
    now = datetime.now(UTC)
    store.add_papers(shelf(3, day=now.date()))
    cadence = victim.due_at_any_hour(now)
    store.add_subscription(Subscription(channel, now - timedelta(days=2), cadence=cadence, size=SIZE))


def run(orders: victim.Orders, *, within: float = 40) -> int:
    """The exit code of a real process; -9 for one that killed itself."""
    process = _processes.Process(target=victim.serve, args=(orders,))
    process.start()
    process.join(within)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"no end within {within:g} s: {orders}")
    return process.exitcode


def whole_and_once(store: Store, stage: Scene) -> list[str]:
    """What is wrong with what the channel shows: nothing where every message stands there once, in order."""
    day = store.offers(stage.channel)[-1].day
    posts = store.posts(stage.channel, day)
    shown = stage.shown()
    wanted = [post.message.cards[0].title if post.message.cards else post.message.heading for post in posts]
    if stage.rig is None:
        wanted = [str(post.key) for post in posts]
    wrong = [f"{post.key} is {post.state}" for post in posts if post.state != "sent"]
    found = [[i for i, text in enumerate(shown) if title in text] for title in wanted]
    wrong += [f"{title!r} lost" for title, places in zip(wanted, found, strict=True) if not places]
    wrong += [f"{title!r} doubled" for title, places in zip(wanted, found, strict=True) if len(places) > 1]
    order = [places[0] for places in found if places]
    if order != sorted(order) or len(posts) != SIZE + 1:
        wrong.append("out of order")
    return wrong


def live_on(orders: victim.Orders) -> victim.Orders:
    """The same without dying."""
    return replace(orders, step="", nth=0)
