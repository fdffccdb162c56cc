"""The README's five minutes, as a new user goes through them: real processes against the local Slack and Discord."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.adapters.discord_rig import DiscordRig
from tests.adapters.slack_rig import SlackRig
from tests.adapters.slack_server import APP_TOKEN, BOT_TOKEN
from tests.app.feed_server import FeedServer
from tests.papers import shelf
from tests.rig import Rig


@dataclass
class Machine:
    """A new user's shell: a platform to talk to, sources to read, nothing else set up."""

    rig: Rig
    environ: dict[str, str]
    folder: Path

    async def paperboy(self, *words: str, **environ: str) -> tuple[int, str]:
        """Exit code and everything printed."""
        process = await self.start(*words, **environ)
        async with asyncio.timeout(60):
            out, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode()

    async def start(self, *words: str, **environ: str) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", *words),
            cwd=self.folder,
            env=self.environ | environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )


@pytest.fixture(params=["slack", "discord"])
async def machine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Machine]:
    today = datetime.now(UTC).date()
    async with FeedServer({today: shelf(day=today)}, lambda: today) as feed:
        common = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PAPERBOY_STORE": f"sqlite:///{tmp_path}/papers.db",
            "PAPERBOY_SOURCES__ARXIV_FEED_URL": feed.url,
            "PAPERBOY_SOURCES__ARXIV_API_URL": feed.url,
            "PAPERBOY_SOURCES__ARXIV_CATEGORIES": "cs.LG",
            "PAPERBOY_SOURCES__ARXIV_HISTORY": "no",
            "PAPERBOY_SOURCES__ARXIV_SECONDS_BETWEEN_REQUESTS": "0",
            "PAPERBOY_SOURCES__HUGGINGFACE": "false",
        }
        rig, environ = _slack() if request.param == "slack" else _discord()
        yield Machine(rig, common | environ, tmp_path)
        rig.close()


def _slack() -> tuple[Rig, dict[str, str]]:
    rig = SlackRig()
    api = {"PAPERBOY_SLACK__API_URL": rig.server.api_url}
    return rig, api | {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}


def _discord() -> tuple[Rig, dict[str, str]]:
    rig = DiscordRig()
    api = {
        "PAPERBOY_DISCORD__API_URL": rig.server.api_url,
        "PAPERBOY_DISCORD__GATEWAY_URL": rig.server.gateway_url,
    }
    return rig, api | {"DISCORD_TOKEN": rig.server.token}


async def test_five_minutes_from_tokens_to_a_preview(machine: Machine) -> None:
    code, said = await machine.paperboy("migrate")
    assert code == 0, said
    code, said = await machine.paperboy("check")
    assert code == 0, said
    assert "FAIL" not in said
    assert said.count("ok  ") == 3  # the database, the platform, arXiv

    running = await machine.start("run")
    try:
        await machine.rig.connected()
        followed = await machine.rig.command("follow robot grasping")
        assert "Following “robot grasping”" in followed.text
        preview = await _preview(machine.rig)
        assert "robot" in preview
        assert "you follow robot grasping" in preview
    finally:
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            out, _ = await running.communicate()
    assert running.returncode == 0, out.decode()
    assert "Traceback" not in out.decode()

    code, said = await machine.paperboy("status")
    assert code == 0
    assert "40 papers" in said
    assert str(machine.rig.channel) in said


async def _preview(rig: Rig) -> str:
    """`/papers today` once the first fetch is through."""
    async with asyncio.timeout(20):
        while "robot" not in (preview := (await rig.command("today")).text):  # noqa: ASYNC110 (it is another process)
            await asyncio.sleep(0.1)
    return preview


async def test_a_wrong_token_is_named_in_plain_words_and_never_shown(machine: Machine) -> None:
    names = [name for name in ("SLACK_BOT_TOKEN", "DISCORD_TOKEN") if name in machine.environ]
    wrong = machine.environ[names[0]][:4] + "-wrong-1234567890"
    await machine.paperboy("migrate")
    code, said = await machine.paperboy("check", **{names[0]: wrong})
    assert code == 1
    assert f"{names[0]}" in said
    assert wrong not in said
    code, said = await machine.paperboy("run", **{names[0]: wrong})
    assert code == 1
    assert f"{names[0]}" in said
    assert wrong not in said
    assert "Traceback" not in said
