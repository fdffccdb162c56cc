"""kill -9 at every step: never two posts, never none, never out of order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.open import MigratedStore, open_store
from tests import postgres
from tests.app import crash, victim

NTH = {"before plan": 1, "after plan": 1, "claimed": 1, "accepted": 2, "before sent": 1, "sent": 3}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/papers.db"
    else:
        with postgres.postgres_server().database() as address:
            yield address


@pytest.fixture
def store(url: str) -> Iterator[MigratedStore]:
    store = open_store(url)
    store.migrate()
    yield store
    store.close()


@pytest.mark.parametrize("platform", crash.PLATFORMS)
@pytest.mark.parametrize("step", victim.STEPS)
def test_a_digest_survives_kill_9(
    url: str, store: MigratedStore, platform: str, step: str, tmp_path: Path
) -> None:
    with crash.scene(platform, tmp_path) as scene:
        crash.prepare(store, scene.channel)
        orders = victim.Orders(url, scene.channel, scene.platform, step, NTH[step])
        assert crash.run(orders) == -9
        assert crash.run(crash.live_on(orders)) == 0
        assert crash.whole_and_once(store, scene) == []
