"""What every test of a source has: a time that does not pass by itself, a site, and the door to it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sources.web.http import Door
from tests.sources.site import FakeTime, Site, Write, served


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
async def site(time: FakeTime) -> AsyncIterator[Site]:
    async with served(time) as site:
        yield site


@pytest.fixture
async def door(time: FakeTime) -> AsyncIterator[Door]:
    door = Door(contact="papers@example.org", clock=time.clock, sleep=time.sleep, jitter=lambda: 0.5)
    yield door
    await door.close()


@pytest.fixture
def today() -> Callable[[], datetime]:
    return lambda: datetime(2026, 6, 12, 18, 0, tzinfo=UTC)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written
