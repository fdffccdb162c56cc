"""An afternoon in the archive through the vendors' real client libraries: search, restart, next page, share, like."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App, Parts
from bot.commands import SPECS
from bot.recommend import NewestFirst
from bot.search.fts5 import Fts5Index
from bot.store.sqlite import SqliteStore
from tests.adapters.discord_rig import DiscordRig
from tests.adapters.slack_rig import SlackRig
from tests.papers import DAY, shelf
from tests.rig import Rig, eventually

NOW = datetime(DAY.year, DAY.month, DAY.day, 15, tzinfo=UTC)
GALAXY = shelf()[1]


@pytest.fixture(params=[SlackRig, lambda: DiscordRig(SPECS)], ids=["slack", "discord"])
def rig(request: pytest.FixtureRequest) -> Callable[[], Rig]:
    made: Callable[[], Rig] = request.param
    return made


@asynccontextmanager
async def serving(rig: Rig, folder: Path) -> AsyncIterator[App]:
    """The bot as it is started on what is in that folder."""
    store = SqliteStore(folder / "paperboy.db")
    store.migrate()
    platform = rig.platform()
    app = App(
        Parts(store, Fts5Index(folder / "search"), NewestFirst(), lambda: NOW, [platform], pace=timedelta(0))
    )
    store.add_papers(shelf())
    await app.index()
    listening = asyncio.ensure_future(platform.run(app))
    await rig.connected()
    yield app
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await app.close()


async def test_an_afternoon_in_the_archive(rig: Callable[[], Rig], tmp_path: Path) -> None:
    there = rig()
    words = "galaxy " + "telescope spectra survey " * 6
    async with serving(there, tmp_path):
        first = await there.command(f"search {words}")
        assert "Search: galaxy telescope" in first.text
    async with serving(there, tmp_path) as app:
        second = await there.press_private(first, "More ›")
        assert second.text != first.text
        assert "‹ Back" in second.buttons

        alone = await there.command(f"search {GALAXY.id}")
        assert "it will appear" in (await there.press_private(alone, "Share")).text
        assert await app.deliver() == 1
        (shared,) = there.said()
        assert GALAXY.title in shared.text
        assert shared.id
        await there.react(shared.id, "👍")
        await eventually(lambda: bool(app.parts.store.reactions(there.channel)))
        assert "1 👍" in (await there.command(f"search {GALAXY.id}")).text

        like = await there.press(shared.id, "More like this")
        assert "More like" in like.text
        cited = await there.press_private(alone, "Cite")
        assert "@misc{" in cited.text
    there.close()
