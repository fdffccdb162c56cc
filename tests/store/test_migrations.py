"""Databases of every earlier version come up to date with all their facts."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot.store.dialect import schema_for_postgres
from bot.store.memory import MemoryStore
from bot.store.migrations import migration_names, statements
from bot.store.open import MigratedStore, open_store
from bot.store.transfer import restore
from tests.postgres import postgres_server
from tests.store.facts import answers, fill_first, go_on
from tests.store.samples import DAY, DISCORD, LONG_AGO, MINUTE, NOW, key, new_store

SAVED = Path(__file__).parents[1] / "data" / "store"
VERSIONS = ["v1"]
FIRST = "m0001_facts"
_TABLES = "papers aliases subscriptions interests digests impressions posts reactions fetches".split()


def test_every_earlier_version_was_saved() -> None:
    assert len(VERSIONS) == len(migration_names()) - 1, (
        "save a database of the version that is about to be old"
    )
    assert all((SAVED / f"{version}.db").exists() for version in VERSIONS)


def test_the_saved_database_is_what_it_was() -> None:
    content = (SAVED / "v1.db").read_bytes()
    assert (
        hashlib.sha256(content).hexdigest()
        == "87e5246aa62945d4a2cfdae2173583d33fc8c171ca13534ac12819b32b775284"
    )


def test_what_a_migration_did_once_it_does_for_ever() -> None:
    """A change of an old migration would part the databases that ran it from those that will."""
    said = "\n".join(statements(FIRST)).encode()
    assert (
        hashlib.sha256(said).hexdigest() == "4950843161870c64b4a782ec85fbc0c8ff86123385609ea807dc106b1601b504"
    )


@contextmanager
def saved_in_sqlite(directory: Path) -> Iterator[str]:
    path = directory / "facts.db"
    shutil.copy(SAVED / "v1.db", path)
    yield f"sqlite:///{path}"


@contextmanager
def saved_in_postgres(_: Path) -> Iterator[str]:
    """There was no PostgreSQL store of the first version but in development: its schema, then the saved rows."""
    with postgres_server().bare_database() as url:
        with psycopg.connect(url) as connection, closing(sqlite3.connect(SAVED / "v1.db")) as saved:
            connection.execute('CREATE TABLE paperboy_migrations (name TEXT COLLATE "C" PRIMARY KEY)')
            connection.execute("INSERT INTO paperboy_migrations VALUES (%s)", (FIRST,))
            for statement in statements(FIRST):
                connection.execute(schema_for_postgres(statement))
            for table in _TABLES:
                _load(connection, saved, table)
        yield url


def _load(connection: psycopg.Connection, saved: sqlite3.Connection, table: str) -> None:
    rows = saved.execute(f"SELECT * FROM {table}")
    columns = [column[0] for column in rows.description]
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join("%s" for _ in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})".encode(), rows.fetchall())
    if columns[0] == "number":
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'number'), MAX(number)) FROM {table}".encode()
        )


@pytest.fixture(params=[saved_in_sqlite, saved_in_postgres], ids=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MigratedStore]:
    with request.param(tmp_path) as url, closing(open_store(url)) as store:
        assert store.pending() == list(migration_names())[1:]
        assert store.migrate() == list(migration_names())[1:]
        yield store


@pytest.fixture
def expected() -> MemoryStore:
    """What the saved database was filled with."""
    memory = MemoryStore()
    fill_first(memory)
    return memory


def test_all_facts_are_still_there(store: MigratedStore, expected: MemoryStore) -> None:
    assert answers(store) == answers(expected)


def test_it_goes_on_as_if_it_had_always_been_new(store: MigratedStore, expected: MemoryStore) -> None:
    assert go_on(store) == go_on(expected)


def test_what_was_being_sent_is_told_as_lost(store: MigratedStore) -> None:
    later = NOW + 5 * MINUTE
    post = store.claim_post(later, later - MINUTE)
    assert post is not None
    assert (post.key, post.sending_since) == (key(DISCORD, DAY, 1), NOW)
    store.mark_unknown(post.key, "no history")
    assert replace(post, state="unknown", error="no history") in store.troubled_posts(DAY)
    assert store.claim_post(NOW, LONG_AGO) is not None


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_backup_of_an_earlier_version_is_restored(kind: str, expected: MemoryStore, tmp_path: Path) -> None:
    before = (SAVED / "v1.db").read_bytes()
    with new_store(kind, tmp_path) as store:
        restore(SAVED / "v1.db", store)
        assert answers(store) == answers(expected)
    assert (SAVED / "v1.db").read_bytes() == before
