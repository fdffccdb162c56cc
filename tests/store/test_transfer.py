"""Whole databases: backed up while in use, restored, copied there and back."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from bot.errors import StoreError
from bot.store.memory import MemoryStore
from bot.store.open import MigratedStore
from bot.store.sqlite import SqliteStore
from bot.store.transfer import backup, copy, restore
from tests.store.facts import answers, fill, go_on
from tests.store.samples import DAY, NOW, SLACK, new_store, paper, plan

KINDS = ("sqlite", "postgres")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator["Opened"]:
    with ExitStack() as stack:
        yield Opened(stack, tmp_path)


class Opened:
    """Stores of either kind, as many as a test wants."""

    def __init__(self, stack: ExitStack, directory: Path) -> None:
        self._stack, self._directory, self._count = stack, directory, 0

    def new(self, kind: str) -> MigratedStore:
        self._count += 1
        directory = self._directory / str(self._count)
        directory.mkdir()
        return self._stack.enter_context(new_store(kind, directory))


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, opened: Opened) -> MigratedStore:
    filled = opened.new(request.param)
    fill(filled)
    return filled


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, opened: Opened) -> MigratedStore:
    return opened.new(request.param)


def test_a_copy_has_the_same_facts_and_goes_on_alike(store: MigratedStore, empty: MigratedStore) -> None:
    told: list[tuple[str, int, int]] = []
    result = copy(store, empty, lambda *step: told.append(step))
    assert answers(empty) == answers(store)
    assert all(copied == verified for copied, verified in result.values())
    assert result["papers"] == (6, 6)
    assert result["reactions"] == (4, 4)
    assert min(copied for copied, _ in result.values()) > 0, "the facts are of every kind"
    assert told[-1][1] == told[-1][2]
    assert ("papers", 6, 6) in told
    assert go_on(empty) == go_on(store)


def test_there_and_back_is_the_same(opened: Opened) -> None:
    first, between, last = opened.new("sqlite"), opened.new("postgres"), opened.new("sqlite")
    fill(first)
    assert copy(first, between) == copy(between, last)
    assert answers(last) == answers(first)


def test_many_rows_are_copied_in_batches(opened: Opened) -> None:
    first, second = opened.new("sqlite"), opened.new("postgres")
    first.add_papers([paper(number) for number in range(2500)])
    told: list[int] = []
    assert copy(first, second, lambda table, done, _: told.append(done) if table == "papers" else None)[
        "papers"
    ] == (2500, 2500)
    assert told == [1000, 2000, 2500]
    assert second.papers_after(0, 9999) == first.papers_after(0, 9999)


def test_a_store_with_facts_is_not_copied_over(store: MigratedStore, empty: MigratedStore) -> None:
    empty.add_papers([paper(77)])
    with pytest.raises(StoreError, match="not empty: it has papers"):
        copy(store, empty)
    assert empty.paper_count() == 1


def test_a_copy_that_breaks_off_leaves_nothing(store: MigratedStore, empty: MigratedStore) -> None:
    def break_off(table: str, *_: int) -> None:
        if table == "posts":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(store, empty, break_off)
    assert empty.paper_count() == 0
    copy(store, empty)
    assert answers(empty) == answers(store)


def test_what_was_altered_on_the_way_is_noticed(opened: Opened) -> None:
    first, second = opened.new("sqlite"), opened.new("sqlite")
    fill(first)
    with second.database.writing() as connection:  # type: ignore[attr-defined]
        connection.execute(
            "CREATE TRIGGER spoil AFTER INSERT ON papers BEGIN UPDATE papers SET title = 'x' WHERE number = 1; END"
        )
    with pytest.raises(StoreError, match="row 1 of papers is not the same"):
        copy(first, second)
    assert second.paper_count() == 0


def test_a_backup_restores_the_same_facts(store: MigratedStore, empty: MigratedStore, tmp_path: Path) -> None:
    path = tmp_path / "backup.db"
    backup(store, path)
    before = path.read_bytes()
    result = restore(path, empty)
    assert result["papers"] == (6, 6)
    assert answers(empty) == answers(store)
    assert path.read_bytes() == before
    assert go_on(empty) == go_on(store)


def test_a_backup_is_one_file_that_can_be_used_as_it_is(store: MigratedStore, tmp_path: Path) -> None:
    path = tmp_path / "here" / "backup.db"
    path.parent.mkdir()
    backup(store, path)
    assert [one.name for one in path.parent.iterdir()] == ["backup.db"]
    with closing(SqliteStore(path)) as copied:
        assert answers(copied) == answers(store)


def test_a_copy_is_a_store_of_its_own(store: MigratedStore, empty: MigratedStore) -> None:
    first, before = store.identity(), empty.identity()
    copy(store, empty)
    assert len({first, before, empty.identity()}) == 3, (
        "what was indexed of the empty one is of another one now"
    )
    assert store.identity() == first


def test_a_backup_that_takes_the_place_of_the_database_is_another(
    store: MigratedStore, tmp_path: Path
) -> None:
    first = store.identity()
    backup(store, tmp_path / "backup.db")
    with closing(SqliteStore(tmp_path / "backup.db")) as copied:
        assert copied.identity() != first
    assert store.identity() == first


def test_a_backup_is_of_one_moment_while_others_write(opened: Opened, tmp_path: Path) -> None:
    for kind in KINDS:
        store, stop = opened.new(kind), Event()

        def write(store: MigratedStore = store, stop: Event = stop) -> int:
            number = 0
            while not stop.is_set():
                store.add_papers([paper(number * 10 + one) for one in range(10)])
                plan(store, [paper(number * 10)], day=DAY + timedelta(days=number))
                number += 1
            return number

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(write)
            try:
                for turn in range(3):
                    backup(store, tmp_path / f"{kind}{turn}.db")
            finally:
                stop.set()
            assert writing.result() > 0
        for turn in range(3):
            with closing(SqliteStore(tmp_path / f"{kind}{turn}.db")) as copied:
                batches, left_over = divmod(copied.paper_count(), 10)
                assert left_over == 0
                assert batches - 1 <= len(copied.offers(SLACK)) <= batches


def test_an_existing_file_is_not_overwritten(store: MigratedStore, tmp_path: Path) -> None:
    path = tmp_path / "backup.db"
    path.write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        backup(store, path)
    assert path.read_text() == "mine"
    with pytest.raises(StoreError, match="nowhere does not exist"):
        backup(store, tmp_path / "nowhere" / "backup.db")


def test_a_store_in_memory_has_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="in memory"):
        backup(MemoryStore(), tmp_path / "backup.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", [0.03, 0.5, 0.9])
def test_a_truncated_backup_is_refused(
    store: MigratedStore, empty: MigratedStore, tmp_path: Path, part: float
) -> None:
    path = tmp_path / "backup.db"
    backup(store, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(
        StoreError, match=r"backup\.db: (it cannot be read|it is damaged).*take another backup"
    ):
        restore(path, empty)
    assert empty.paper_count() == 0


def test_what_is_no_backup_is_refused(empty: MigratedStore, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file"):
        restore(tmp_path / "backup.db", empty)
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"title,abstract\n" * 1000)
    with pytest.raises(StoreError, match=r"garbage\.db: it cannot be read"):
        restore(garbage, empty)
    for name, statement in (("empty.db", ""), ("foreign.db", "CREATE TABLE papers (x)")):
        with closing(sqlite3.connect(tmp_path / name)) as connection, connection:
            connection.execute(statement or "PRAGMA user_version = 1")
        with pytest.raises(StoreError, match=f"{name}: this is no backup"):
            restore(tmp_path / name, empty)


def test_a_backup_of_a_newer_version_is_refused(
    store: MigratedStore, empty: MigratedStore, tmp_path: Path
) -> None:
    path = tmp_path / "backup.db"
    backup(store, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('paperboy', 'm9999_x', '')"
        )
    with pytest.raises(StoreError, match=r"backup\.db.* is newer"):
        restore(path, empty)


def test_a_full_store_is_not_restored_into(store: MigratedStore, tmp_path: Path) -> None:
    path = tmp_path / "backup.db"
    backup(store, path)
    before = answers(store)
    with pytest.raises(StoreError, match="not empty"):
        restore(path, store)
    assert answers(store) == before


def test_a_lease_stays_behind(store: MigratedStore, empty: MigratedStore) -> None:
    store.take_lease("fetch", "a", NOW, NOW + timedelta(days=1))
    copy(store, empty)
    assert empty.take_lease("fetch", "b", NOW, NOW + timedelta(days=1))
