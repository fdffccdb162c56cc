"""From an address to a store."""

from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.memory import MemoryStore
from bot.store.open import open_store
from bot.store.postgres import PostgresStore
from bot.store.sqlite import SqliteStore
from tests.store.samples import paper


def test_a_path_behind_three_slashes_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///facts.db")
    assert isinstance(store, SqliteStore)
    store.migrate()
    monkeypatch.chdir("/")
    assert store.add_papers([paper(1)]).new == 1, "it stays where it was opened"
    store.close()
    assert (tmp_path / "facts.db").exists()


def test_a_path_behind_four_slashes_is_absolute(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'facts.db'}")
    store.migrate()
    store.close()
    assert (tmp_path / "facts.db").exists()


def test_memory_needs_no_migration() -> None:
    store = open_store("memory:")
    assert isinstance(store, MemoryStore)
    assert (store.pending(), store.migrate(), store.paper_count()) == ([], [], 0)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "facts.db",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "memory",
        "mysql://u:secret@h/d",
    ],
)
def test_other_addresses_are_refused_by_naming_the_known_forms(url: str) -> None:
    with pytest.raises(StoreError, match="sqlite:///path") as refused:
        open_store(url)
    assert "memory:" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_postgresql_is_not_connected_to_until_it_is_used(scheme: str) -> None:
    store = open_store(f"{scheme}://user:secret@127.0.0.1:1/db")
    assert isinstance(store, PostgresStore)
    assert "secret" not in f"{store!r} {store.database!r}"
    store.close()


@pytest.mark.parametrize(
    "rest",
    [
        "u:secret@secret@host/db",
        "u:secret/secret@host/db",
        "u:secret:secret@host:x/db",
        "u:secret%zz@host/db",
        "u@h/d?secret=1",
    ],
)
def test_a_malformed_postgresql_address_is_refused_without_repeating_it(rest: str) -> None:
    with pytest.raises(StoreError, match="percent-encoded") as refused:
        open_store(f"postgresql://{rest}")
    assert "secret" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
