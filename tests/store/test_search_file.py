"""The full-text index's file: what it keeps, and how it gets over damage."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.search.catchup import catch_up
from bot.search.fts5 import Fts5Index, remove_fts5_file
from bot.store.memory import MemoryStore
from bot.store.sqlite import SqliteStore
from tests.contract.index_papers import words
from tests.store.samples import paper

PAPERS = [paper(number, abstract="words and more words " * 20) for number in range(300)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "search.db"


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    store.add_papers(PAPERS)
    return store


def filled(path: Path, store: MemoryStore) -> None:
    with closing(Fts5Index(path)) as index:
        catch_up(index, store)


def test_everything_is_there_after_reopening(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    with closing(Fts5Index(path)) as again:
        assert again.position() == 300
        assert len(again.search(words("matter"), 1000)) == 300
        assert catch_up(again, store) == 0


def test_it_can_be_used_after_closing(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    index = Fts5Index(path)
    assert index.position() == 300
    index.close()
    assert index.position() == 300
    index.close()


def overwrite(path: Path) -> None:
    path.write_bytes(b"not a database at all " * 400)


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 3)


def scribble(path: Path) -> None:
    """All pages but the first, so that it still opens."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def other_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize("spoil", [overwrite, truncate, scribble, other_version])
def test_a_spoilt_index_is_built_again(
    path: Path, store: MemoryStore, spoil: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    filled(path, store)
    spoil(path)
    with closing(Fts5Index(path)) as index, caplog.at_level(logging.WARNING):
        index.search(words("matter"), 10)
        assert catch_up(index, store) == 300
        assert len(index.search(words("matter"), 1000)) == 300
    assert "built again" in caplog.text
    filled(path, store)
    with closing(Fts5Index(path)) as again:
        assert again.position() == 300


def test_a_batch_lost_to_damage_is_not_remembered(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    scribble(path)
    with closing(Fts5Index(path)) as index:
        index.add([paper(301)], 301)
        assert index.position() == 0, "the 300 before it are gone too"
        assert catch_up(index, store) == 300


def test_damage_while_it_is_open_is_got_over(path: Path, store: MemoryStore) -> None:
    with closing(Fts5Index(path)) as index:
        catch_up(index, store)
        scribble(path)
        index.search(words("matter"), 1000)
        catch_up(index, store)
        assert len(index.search(words("matter"), 1000)) == 300


def test_another_database_is_left_alone(path: Path) -> None:
    facts = SqliteStore(path)
    facts.migrate()
    facts.add_papers(PAPERS[:1])
    facts.close()
    index = Fts5Index(path)
    for attempt in (index.position, lambda: index.add(PAPERS, 1), lambda: index.search(words("matter"), 1)):
        with pytest.raises(StoreError, match="no search index but another database"):
            attempt()
    index.close()
    assert facts.pending() == []
    assert SqliteStore(path).paper_count() == 1


def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"search index .*nowhere"):
        Fts5Index(tmp_path / "nowhere" / "search.db").position()


def test_two_indexes_share_a_file(path: Path, store: MemoryStore) -> None:
    with closing(Fts5Index(path)) as one, closing(Fts5Index(path)) as other:
        assert (one.position(), other.position()) == (0, 0)
        assert catch_up(one, store) == 300
        assert other.position() == 300
        assert len(other.search(words("matter"), 1000)) == 300


def test_the_folder_holds_one_file(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    assert list(path.parent.iterdir()) == [path]


def test_its_file_can_be_removed_and_no_other(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    other = path.with_name("other.db")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE facts (one)")
    assert [remove_fts5_file(one) for one in (path, other, path.parent, path.with_name("none"))] == [
        True,
        False,
        False,
        False,
    ]
    assert list(path.parent.iterdir()) == [other]
