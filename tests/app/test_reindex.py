"""Which search index the settings open, and `paperboy reindex` as an operator types it."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.build import open_index
from bot.ports import Query, SearchIndex
from bot.search.catchup import catch_up
from bot.search.fts5 import Fts5Index
from bot.search.tantivy_index import TantivyIndex
from bot.settings import SearchSettings, Settings, StoreSettings
from bot.store.sqlite import SqliteStore
from tests.app.test_command_line import paperboy
from tests.papers import shelf
from tests.store.samples import paper


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "papers.db"
    store = SqliteStore(path)
    store.migrate()
    store.add_papers(shelf())
    store.close()
    return path


def settings(database: Path | str, **search: str) -> Settings:
    url = f"sqlite:///{database}" if isinstance(database, Path) else database
    return replace(Settings(), store=StoreSettings(url=url), search=SearchSettings(**search))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def filled(index: SearchIndex) -> type:
    with closing(index):
        index.add(shelf(), 40)
    return type(index)


def test_the_index_is_beside_the_database(database: Path) -> None:
    assert filled(open_index(settings(database))) is TantivyIndex
    assert names(database.parent) == {"papers.db", "papers.db.index"}


def test_another_engine_and_place_may_be_chosen(database: Path, tmp_path: Path) -> None:
    assert filled(open_index(settings(database, engine="fts5"))) is Fts5Index
    assert names(database.parent) == {"papers.db", "papers.db.search"}
    assert filled(open_index(settings(database, engine="fts5", path=str(tmp_path / "file")))) is Fts5Index
    assert filled(open_index(settings(database, path=str(tmp_path / "folder")))) is TantivyIndex
    assert (tmp_path / "file").is_file()
    assert (tmp_path / "folder").is_dir()


@pytest.mark.parametrize("engine", ["tantivy", "fts5"])
def test_with_another_database_it_is_in_memory(engine: str) -> None:
    with closing(open_index(settings("postgresql://db.example/papers", engine=engine))) as index:
        index.add(shelf(), 40)
    assert index.position() == 0, "nothing is kept"


def test_the_index_of_former_versions_is_removed_and_nothing_else(database: Path) -> None:
    filled(Fts5Index(f"{database}.search"))
    filled(open_index(settings(database)))
    assert names(database.parent) == {"papers.db", "papers.db.index"}
    Path(f"{database}.search").write_text("my notes")
    filled(open_index(settings(database)))
    assert "papers.db.search" in names(database.parent)


def test_reindex_builds_the_index_again(database: Path) -> None:
    url = f"sqlite:///{database}"
    done = paperboy("--store", url, "reindex", "--json", cwd=database.parent)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"papers": 40}
    again = paperboy("--store", url, "reindex", cwd=database.parent)
    assert again.stdout == "The search index was built again: 40 papers.\n"
    with closing(open_index(settings(database))) as index:
        assert index.position() == 40
        assert len(index.search(Query(), 100)) == 40


def test_an_index_that_proves_damaged_is_built_again_before_the_answer(database: Path) -> None:
    with closing(open_index(settings(database))) as index, closing(SqliteStore(database)) as store:
        store.add_papers([replace(shelf()[0], version=2, authors=("Ann Lee",))])
        assert catch_up(index, store) == 40
    lexicon = Path(f"{database}.index") / "lexicon.db"
    with closing(sqlite3.connect(lexicon)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'parts'").fetchone()
    content = bytearray(lexicon.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    lexicon.write_bytes(content)
    found = paperboy("--store", f"sqlite:///{database}", "search", "author:lee", cwd=database.parent)
    assert "is damaged: it is built again" in found.stderr
    assert shelf()[0].title in found.stdout


def test_what_was_restored_is_found_by_the_process_that_keeps_the_index(database: Path) -> None:
    address, new = f"sqlite:///{database}", database.with_name("new.db")
    assert paperboy("--store", address, "backup", "saved.db", cwd=database.parent).returncode == 0
    with closing(open_index(settings(new))) as index, closing(SqliteStore(new)) as store:
        store.migrate()
        assert catch_up(index, store) == 0
        index.add([paper(1, title="Of a database that was here before")], 100)
        back = paperboy("--store", f"sqlite:///{new}", "restore", "saved.db", cwd=database.parent)
        assert (back.returncode, back.stderr) == (0, "")
        assert back.stdout.startswith("Restored from saved.db. The search index is built again by itself")
        assert back.stdout.count("\n") == 1
        found = paperboy("--store", f"sqlite:///{new}", "search", "galaxy", cwd=database.parent)
        assert (found.returncode, found.stderr) == (0, "")
        assert catch_up(index, store) == 40
        assert len(index.search(Query(), 100)) == 40
    again = paperboy("--store", f"sqlite:///{new}", "search", "galaxy", cwd=database.parent)
    assert "galaxy" in again.stdout


def test_reindex_says_so_where_another_process_writes(database: Path) -> None:
    with closing(open_index(settings(database))) as index:
        index.add(shelf()[:3], 3)
        done = paperboy("--store", f"sqlite:///{database}", "reindex", cwd=database.parent)
        assert done.returncode == 1
        assert "another process keeps the search index up to date; stop that one first" in done.stderr
        assert index.position() == 3
