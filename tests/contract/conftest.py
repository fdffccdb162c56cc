"""Every implementation of the ports under contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ports import SearchIndex
from bot.search.fts5 import Fts5Index
from bot.search.tantivy_index import TantivyIndex
from bot.store.open import MigratedStore
from tests.store.samples import STORES, new_store


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MigratedStore]:
    with new_store(request.param, tmp_path) as store:
        yield store


@pytest.fixture(params=["tantivy in memory", "tantivy in a folder", "fts5 in memory", "fts5 in a file"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    makers = {
        "tantivy in memory": lambda: TantivyIndex(None),
        "tantivy in a folder": lambda: TantivyIndex(tmp_path / "search"),
        "fts5 in memory": lambda: Fts5Index(None),
        "fts5 in a file": lambda: Fts5Index(tmp_path / "search.db"),
    }
    made = makers[request.param]()
    yield made
    made.close()
