"""The SQLite file: what it keeps, and what its failures say."""

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import pytest

from bot.errors import StoreError
from bot.model import Fetch
from bot.store.migrations import migration_names
from bot.store.sqlite import SqliteStore
from bot.store.sqlite_file import SqliteFile, check_version
from tests.store.samples import DAY, NOW, SLACK, digest, paper, send, subscribed, thumb

BRIEFLY = timedelta(milliseconds=50)
NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a b%20#?.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path, BRIEFLY)
    store.migrate()
    yield store
    store.close()


def refused(store: SqliteStore, words: str) -> None:
    """Reading, writing: each says why it cannot."""
    with pytest.raises(StoreError, match=words):
        store.paper_count()
    with pytest.raises(StoreError, match=words):
        store.add_papers([paper(1)])


def test_everything_is_there_after_reopening(store: SqliteStore, path: Path) -> None:
    papers = [paper(1), paper(2)]
    store.add_papers(papers)
    subscribed(store)
    send(store, papers)
    store.set_reaction(thumb(paper=paper(1).id))
    store.close()
    with closing(SqliteStore(path)) as again:
        assert again.pending() == []
        assert again.papers([paper(2).id]) == {paper(2).id: paper(2)}
        assert again.subscription(SLACK) is not None
        assert again.digest(SLACK, DAY) == digest(papers)[0]
        assert {post.state for post in again.posts(SLACK, DAY)} == {"sent"}
        assert again.reactions(SLACK) == [thumb(paper=paper(1).id)]


def test_the_path_is_the_file_whatever_its_name(store: SqliteStore, path: Path) -> None:
    assert path.exists()
    assert {one.name for one in path.parent.iterdir()} <= {path.name, f"{path.name}-wal", f"{path.name}-shm"}


def test_a_new_file_lacks_everything_and_asking_does_not_create_it(path: Path) -> None:
    store = SqliteStore(path)
    assert store.pending() == list(migration_names())
    refused(store, "no database yet; run `paperboy migrate`")
    assert not path.exists()


def test_migrating_names_what_it_applied_once(path: Path) -> None:
    store = SqliteStore(path)
    assert store.migrate() == list(migration_names())
    assert store.migrate() == []
    assert store.pending() == []


def test_an_empty_file_has_to_be_migrated(path: Path) -> None:
    path.touch()
    store = SqliteStore(path)
    refused(store, f"lacks {', '.join(migration_names())}; run `paperboy migrate`")
    assert store.pending() == list(migration_names())
    store.migrate()
    assert store.paper_count() == 0
    store.close()


def test_a_newer_schema_is_refused_and_left_alone(store: SqliteStore, path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('paperboy', 'm9999_x', '')"
        )
    later = SqliteStore(path)
    refused(later, "newer than this Paperboy .m9999_x.; upgrade Paperboy")
    with pytest.raises(StoreError, match="newer"):
        later.migrate()
    with pytest.raises(StoreError, match="newer"):
        later.pending()


def test_a_locked_database_says_so_in_time(store: SqliteStore, path: Path) -> None:
    store.add_papers([paper(1)])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = monotonic()
        with pytest.raises(StoreError, match="another process is writing; try again"):
            store.add_papers([paper(2)])
        assert monotonic() - began >= BRIEFLY.total_seconds(), "it waits as long as it was told"
        assert store.paper_count() == 1, "reading goes on"
        with pytest.raises(StoreError, match="another process is writing"):
            store.migrate()
    assert store.add_papers([paper(2)]).new == 1


def test_a_writer_waits_for_another(path: Path) -> None:
    store = SqliteStore(path, timedelta(minutes=1))
    store.migrate()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with closing(store), closing(other), ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN IMMEDIATE")
        adding = pool.submit(store.add_papers, [paper(1)])
        assert not adding.done()
        other.execute("COMMIT")
        assert adding.result().new == 1


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A directory in which we may read but not write; permissions do not stop root, so it steps down."""
    with TemporaryDirectory() as directory:
        is_root = os.geteuid() == 0
        yield Path(directory)
        if is_root:
            os.seteuid(0)
        Path(directory).chmod(0o700)


def step_down(directory: Path) -> None:
    directory.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are of another kind here")
def test_a_read_only_file_says_so(as_nobody: Path) -> None:
    path = as_nobody / "facts.db"
    store = SqliteStore(path)
    store.migrate()
    store.add_papers([paper(1)])
    store.close()
    path.chmod(0o444)
    step_down(as_nobody)
    again = SqliteStore(path)
    with pytest.raises(StoreError, match=r"(read-only|cannot be opened); check the permissions"):
        again.add_papers([paper(2)])
    again.close()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are of another kind here")
def test_a_read_only_directory_says_so(as_nobody: Path) -> None:
    step_down(as_nobody)
    with pytest.raises(StoreError, match="check the permissions"):
        SqliteStore(as_nobody / "facts.db").migrate()


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "nowhere" / "facts.db")
    refused(store, "the directory .*nowhere does not exist")
    with pytest.raises(StoreError, match="nowhere does not exist"):
        store.migrate()
    with pytest.raises(StoreError, match="nowhere does not exist"):
        store.pending()


def test_a_directory_is_no_database(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    refused(store, "this is a directory")
    with pytest.raises(StoreError, match="this is a directory"):
        store.migrate()


def test_garbage_is_no_database_and_stays_as_it_is(path: Path) -> None:
    path.write_bytes(b"title,abstract\n" * 1000)
    store = SqliteStore(path)
    refused(store, "not an SQLite database")
    with pytest.raises(StoreError, match="not an SQLite database"):
        store.migrate()
    assert path.read_bytes() == b"title,abstract\n" * 1000


def test_a_truncated_file_is_damaged(store: SqliteStore, path: Path) -> None:
    store.add_papers([paper(number, abstract="words " * 200) for number in range(200)])
    store.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with closing(SqliteStore(path)) as again, pytest.raises(StoreError, match="damaged; put back a copy"):
        again.papers_after(0, 1000)


def fill(connection: sqlite3.Connection) -> None:
    """SQLite meets its own limit as it would meet the disk's."""
    connection.execute("PRAGMA max_page_count = 1")
    connection.execute("CREATE TABLE big AS SELECT zeroblob(10000000) AS bytes")


def test_a_full_disk_says_so_and_the_batch_is_not_there(path: Path) -> None:
    file = SqliteFile(path, BRIEFLY)
    file.migrate()
    with pytest.raises(StoreError, match="the disk is full"), file.writing() as connection:
        fill(connection)
    with file.reading() as connection:
        assert connection.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'big'").fetchone() == (0,)
    file.close()


def test_a_number_too_large_is_refused_with_its_batch(store: SqliteStore) -> None:
    with pytest.raises(StoreError, match="cannot hold"):
        store.add_papers([paper(1), paper(2, upvotes=2**63)])
    assert store.paper_count() == 0


def interrupted(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO fetches (source, started_at, seen, new, changed, skipped, error) VALUES ('a', '', 0, 0, 0, '', '')"
    )
    raise KeyboardInterrupt


def test_a_broken_transaction_leaves_nothing(path: Path) -> None:
    file = SqliteFile(path, BRIEFLY)
    file.migrate()
    with pytest.raises(KeyboardInterrupt), file.writing() as connection:
        interrupted(connection)
    with file.reading() as connection:
        assert connection.execute("SELECT COUNT(*) FROM fetches").fetchone() == (0,)
    file.close()


def test_facts_cannot_lose_what_they_are_about(path: Path) -> None:
    file = SqliteFile(path, BRIEFLY)
    file.migrate()
    with pytest.raises(StoreError, match="FOREIGN KEY"), file.writing() as connection:
        connection.execute("INSERT INTO aliases (alias, paper) VALUES ('x:1', 1)")
    file.close()


def test_a_closed_store_says_so(store: SqliteStore) -> None:
    store.close()
    store.close()
    refused(store, "closed already")


def test_closing_while_another_thread_reads_lets_it_finish(path: Path) -> None:
    file = SqliteFile(path, BRIEFLY)
    file.migrate()
    with ThreadPoolExecutor(1) as pool, file.reading() as connection:
        pool.submit(file.close).result()
        assert connection.execute("SELECT COUNT(*) FROM papers").fetchone() == (0,)
    with pytest.raises(StoreError, match="closed already"), file.reading():
        pass


def test_an_old_sqlite_is_refused() -> None:
    check_version((3, 37, 0))
    with pytest.raises(StoreError, match=r"needs SQLite 3\.37\.0 or newer; this Python has 3\.36\.1"):
        check_version((3, 36, 1))


def test_fetches_are_pruned(store: SqliteStore, path: Path) -> None:
    for number in range(505):
        store.record_fetch(Fetch("arxiv", NOW + timedelta(minutes=number)))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM fetches").fetchone() == (500,)
