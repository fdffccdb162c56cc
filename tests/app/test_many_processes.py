"""Several processes on one PostgreSQL: each digest once, and a dead one's work is taken over."""

import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.adapters.console import CHANNEL
from bot.model import Channel, Subscription
from bot.store.open import open_store
from tests import postgres
from tests.app import victim
from tests.papers import shelf

CHANNELS = 500
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.app.victim"])


def test_500_channels_due_at_once_get_one_digest_each_though_a_process_dies(tmp_path: Path) -> None:
    channels = [Channel("wall", "T1", f"C{number:03}") for number in range(CHANNELS)]
    with postgres.postgres_server().database() as url:
        store = open_store(url)
        now = datetime.now(UTC)
        store.add_papers(shelf(2, day=now.date()))
        cadence = victim.due_at_any_hour(now)
        for channel in channels:
            store.add_subscription(Subscription(channel, now - timedelta(days=2), cadence=cadence, size=2))
        wall = tmp_path / "wall.txt"
        wall.touch()
        orders = victim.Orders(url, CHANNEL, {"name": "wall", "wall": wall})
        doomed = victim.Orders(url, CHANNEL, orders.platform, "sent", 60)
        crew = [_processes.Process(target=victim.serve_all, args=(one,)) for one in (doomed, orders, orders)]
        for process in crew:
            process.start()
        for process in crew:
            process.join(120)
        assert [process.exitcode for process in crew] == [-9, 0, 0]
        days = [store.offers(channel)[-1].day for channel in channels]
        posts = [
            post for channel, day in zip(channels, days, strict=True) for post in store.posts(channel, day)
        ]
        assert {post.state for post in posts} == {"sent"}
        written = wall.read_text().splitlines()
        assert len(written) == len(set(written)) == len(posts) == CHANNELS * 3
        for channel in channels:
            mine = [line for line in written if line.startswith(f"{channel}#")]
            assert mine == sorted(mine)
        store.close()
