"""Post the digests of many channels at once to a Slack that enforces one message per second and channel.

usage: python -m benchmarks.delivery [--channels 1000] [--cards 5]

The bot's own delivery over an SQLite file and the real Slack client; the local Slack runs in another process. Lateness
is how long after its earliest permitted second a message was accepted: the first at once, each next one a second later.
"""

import argparse
import asyncio
import json
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.memory import peak_mb
from benchmarks.slack_process import RemoteSlack, remote_slack
from bot.adapters.slack import SlackPlatform
from bot.delivery import Delivery
from bot.digest import card_of, delivery_key
from bot.model import Channel, Digest, Message, Post, Subscription
from bot.store.sqlite import SqliteStore
from tests.adapters.slack_payloads import TEAM
from tests.adapters.slack_server import APP_TOKEN, BOT_TOKEN
from tests.papers import shelf

PACE = 1.0


def plan_all(store: SqliteStore, channels: list[Channel], cards: int) -> int:
    """Plan a digest for each channel; returns how many messages that is."""
    now = datetime.now(UTC)
    papers = shelf(max(2, cards))[:cards]
    store.add_papers(papers)
    messages = [
        Message("5 new papers.", "Daily papers"),
        *(Message(cards=(card_of(p, "new", 1),)) for p in papers),
    ]
    for channel in channels:
        store.add_subscription(Subscription(channel, now - timedelta(days=1)))
        keys = [delivery_key(channel, now.date(), i) for i in range(len(messages))]
        posts = [
            Post(k, channel, now.date(), i, m) for i, (k, m) in enumerate(zip(keys, messages, strict=True))
        ]
        assert store.plan_digest(Digest(channel, now.date(), now), posts)
    return len(channels) * len(messages)


async def post_all(store: SqliteStore, slack: RemoteSlack, messages: int) -> tuple[float, float]:
    """When it began (wall clock), and how many seconds it took."""
    platform = SlackPlatform(BOT_TOKEN, APP_TOKEN, api_url=slack.api_url)
    delivery = Delivery(
        store,
        {"slack": platform},
        lambda: datetime.now(UTC),
        lambda post: datetime.now(UTC) + timedelta(hours=1),
        pace=timedelta(seconds=PACE),
    )
    began, start = time.time(), time.perf_counter()
    sent = 0
    while sent < messages and time.perf_counter() - start < 600:
        sent += await delivery.send_all()
    await platform.close()
    return began, time.perf_counter() - start


def measure(channels: int = 1000, cards: int = 5) -> dict[str, object]:
    places = [f"C{number:05}" for number in range(channels)]
    with TemporaryDirectory() as folder, remote_slack(places, PACE) as slack:
        store = SqliteStore(Path(folder) / "papers.db")
        store.migrate()
        planned = plan_all(store, [Channel("slack", TEAM, place) for place in places], cards)
        began, seconds = asyncio.run(post_all(store, slack, planned))
        store.close()
        arrived = slack.messages()
    return {
        "messages": len(arrived),
        "messages_per_s": round(len(arrived) / seconds),
        "seconds": round(seconds, 1),
        **lateness(arrived, began),
        "lost": planned - len({key for _, _, key in arrived}),
        "doubled": sum(count - 1 for count in Counter(key for _, _, key in arrived).values()),
        "out_of_order": out_of_order(arrived),
        "peak_mb": peak_mb(),
    }


def lateness(arrived: list[tuple[str, str, str]], began: float) -> dict[str, float]:
    """p50 and p99 in seconds. Slack's timestamps have whole seconds, so each is up to one second too early."""
    late = sorted(
        max(0.0, int(ts.split(".")[0]) - began - int(key.rpartition("#")[2]) * PACE) for _, ts, key in arrived
    )
    return {f"lateness_p{p}_s": round(late[min(len(late) - 1, len(late) * p // 100)], 2) for p in (50, 99)}


def out_of_order(arrived: list[tuple[str, str, str]]) -> int:
    """How many channels got their messages in another order than planned."""
    by_channel: dict[str, list[int]] = defaultdict(list)
    for channel, _, key in arrived:
        by_channel[channel].append(int(key.rpartition("#")[2]))
    return sum(positions != sorted(positions) for positions in by_channel.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--channels", type=int, default=1000)
    parser.add_argument("--cards", type=int, default=5)
    given = parser.parse_args()
    print(json.dumps(measure(given.channels, given.cards)))
