"""`paperboy run` in parts: a real process listens, another one posts, each with its share."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.adapters.discord_rig import DiscordRig
from tests.adapters.slack_calls import SECRET, SlackCalls
from tests.adapters.slack_rig import SlackRig, until
from tests.adapters.slack_server import BOT_TOKEN

ROOT = Path(__file__).parents[2]


@pytest.fixture
def discord() -> Iterator[DiscordRig]:
    rig = DiscordRig()
    yield rig
    rig.close()


@pytest.fixture
def slack() -> Iterator[SlackRig]:
    rig = SlackRig()
    yield rig
    rig.close()


def environment(folder: Path, **more: str) -> dict[str, str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PAPERBOY", "SLACK", "DISCORD"))
    }
    own = {"HOME": str(folder), "PYTHONPATH": str(ROOT), "PAPERBOY_STORE": f"sqlite:///{folder}/p.db"}
    return clean | own | {"PAPERBOY_SOURCES__ARXIV": "no", "PAPERBOY_SOURCES__HUGGINGFACE": "no"} | more


@asynccontextmanager
async def paperboy(folder: Path, environ: dict[str, str], *words: str) -> AsyncIterator[Process]:
    """A process that runs inside the block, and must end on SIGTERM."""
    migrating = await _started(folder, environ, "migrate", stderr=DEVNULL)
    assert await migrating.wait() == 0
    process = await _started(folder, environ, "run", *words, stderr=PIPE)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            _, told = await process.communicate()
        assert process.returncode == 0, told.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _started(folder: Path, environ: dict[str, str], *words: str, stderr: int) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=folder, env=environ, stderr=stderr
    )


async def test_a_gateway_process_opens_its_shards_and_a_worker_none(
    discord: DiscordRig, tmp_path: Path
) -> None:
    server = discord.server
    addresses = {
        "PAPERBOY_DISCORD__API_URL": server.api_url,
        "PAPERBOY_DISCORD__GATEWAY_URL": server.gateway_url,
    }
    environ = environment(tmp_path, DISCORD_TOKEN=server.token, **addresses)
    async with (
        paperboy(tmp_path, environ, "--role", "worker"),
        paperboy(tmp_path, environ, "--role", "gateway", "--shards", "0/4"),
    ):
        await until(lambda: server.gateway.identifies, "an IDENTIFY", 30)
        said = await discord.answer(await discord.type("help", direct=True))
    assert "/papers" in said.text
    assert [data["shard"] for data in server.gateway.identifies] == [[0, 4]]


async def test_a_gateway_process_serves_slack_over_http(slack: SlackRig, tmp_path: Path) -> None:
    slack.server.http = calls = SlackCalls()
    with_port = {"PAPERBOY_SLACK__MODE": "http", "PAPERBOY_SLACK__PORT": str(free_port())}
    secrets = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SECRET}
    api = {"PAPERBOY_SLACK__API_URL": slack.server.api_url}
    environ = environment(tmp_path, **with_port, **secrets, **api)
    calls.addresses = [address] = [f"http://127.0.0.1:{with_port['PAPERBOY_SLACK__PORT']}"]
    async with paperboy(tmp_path, environ, "--role", "gateway") as process:
        while await calls.health(address) != 200:
            assert process.returncode is None
            await asyncio.sleep(0.05)
        said = await slack.command("help")
    assert "/papers" in said.text


def free_port() -> int:
    """One that was free a moment ago: the settings ask for a number."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
