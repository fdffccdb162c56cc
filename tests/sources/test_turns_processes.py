"""Two real processes, one SQLite file, one server: requests keep the pace between them."""

import asyncio
import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
PACE, LENGTH, EACH = 0.3, 0.05, 4

ASK = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from bot.sources.web.http import Door
from bot.store.open import open_store
from bot.turns import StoreTurns

async def main(store_url, url, pace, count):
    paces = {"slow": pace}
    clock = lambda: datetime.now(UTC)
    turns = StoreTurns(open_store(store_url), clock, paces, longest=timedelta(seconds=LONGEST))
    door = Door(paces=paces, turns=turns.turn)
    print("ready", flush=True)
    input()
    await asyncio.gather(*(door.get(url, source="slow", pace="slow") for _ in range(count)))
    await door.close()

asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])))
"""


class Visits:
    """Notes when each request came and went."""

    def __init__(self) -> None:
        self.came: list[float] = []
        self.went: list[float] = []
        self.here = self.most = 0
        self.first = asyncio.Event()
        self.length = LENGTH

    async def answer(self, request: web.Request) -> web.Response:
        self.came.append(time.monotonic())
        self.here += 1
        self.most = max(self.most, self.here)
        self.first.set()
        try:
            await asyncio.sleep(self.length)
        finally:
            self.here -= 1
        self.went.append(time.monotonic())
        return web.Response()


def asking(stack: ExitStack, path: Path, url: str, longest: float = 60) -> subprocess.Popen[str]:
    script = ASK.replace("LONGEST", str(longest))
    command = [sys.executable, "-c", script, f"sqlite:///{path}", url, str(PACE), str(EACH)]
    child = stack.enter_context(
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    )
    stack.callback(child.kill)
    return child


async def let_go(child: subprocess.Popen[str]) -> None:
    assert child.stdin and child.stdout
    assert (await asyncio.to_thread(child.stdout.readline)).strip() == "ready"
    child.stdin.write("\n")
    child.stdin.flush()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = SqliteStore(tmp_path / "facts.db")
    store.migrate()
    store.close()
    return tmp_path / "facts.db"


async def test_two_processes_never_ask_at_once_nor_faster_than_the_pace(path: Path):
    visits, app = Visits(), web.Application()
    app.router.add_get("/", visits.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        with ExitStack() as stack:
            children = [asking(stack, path, str(server.make_url("/"))) for _ in range(2)]
            for child in children:
                await let_go(child)
            ends = [await asyncio.to_thread(child.wait, 60) for child in children]
    assert ends == [0, 0]
    assert (len(visits.came), visits.most) == (2 * EACH, 1)
    gaps = [later - earlier for earlier, later in pairwise(visits.came)]
    assert min(gaps) >= PACE, gaps


async def test_a_killed_process_gives_its_turn_up_in_time(path: Path):
    visits, app = Visits(), web.Application()
    visits.length = 30.0
    app.router.add_get("/", visits.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        url = str(server.make_url("/"))
        with ExitStack() as stack:
            victim = asking(stack, path, url, longest=5)
            await let_go(victim)
            await asyncio.wait_for(visits.first.wait(), 30)
            victim.kill()
            visits.length = 0.0
            heir = asking(stack, path, url, longest=5)
            await let_go(heir)
            assert await asyncio.to_thread(heir.wait, 60) == 0
    assert len(visits.came) == 1 + EACH
    assert (
        visits.came[1] - visits.came[0] >= 2.0
    )  # its lease began before the request came, on a busy machine long before
