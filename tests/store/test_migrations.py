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
from tests.store.facts import answers, fill_fifth, fill_first, fill_fourth, fill_second, fill_third, go_on
from tests.store.samples import DAY, DISCORD, LONG_AGO, MINUTE, NOW, key, new_store

SAVED = Path(__file__).parents[1] / "data" / "store"
VERSIONS = ["v1", "v2", "v3", "v4", "v5"]
_FILLED = {"v1": fill_first, "v2": fill_second, "v3": fill_third, "v4": fill_fourth, "v5": fill_fifth}
_FIRST_TABLES = "papers aliases subscriptions interests digests impressions posts reactions fetches".split()
_SECOND_TABLES = [*_FIRST_TABLES, "events", "leases"]
_THIRD_TABLES = [*_SECOND_TABLES, "feeds", "cursors", "mentions"]
_FOURTH_TABLES = [*_THIRD_TABLES, "changes", "workspaces_apart"]
_TABLES = {
    "v1": _FIRST_TABLES,
    "v2": _SECOND_TABLES,
    "v3": _THIRD_TABLES,
    "v4": _FOURTH_TABLES,
    "v5": [*_FOURTH_TABLES, "texts"],
}


def test_every_earlier_version_was_saved() -> None:
    assert len(VERSIONS) == len(migration_names()) - 1, (
        "save a database of the version that is about to be old"
    )
    assert all((SAVED / f"{version}.db").exists() for version in VERSIONS)


@pytest.mark.parametrize(
    ("version", "known"),
    [
        ("v1", "87e5246aa62945d4a2cfdae2173583d33fc8c171ca13534ac12819b32b775284"),
        ("v2", "269c182649005ffa723d46780bbe2533b098dee76387f5dca846071d7ccb13bc"),
        ("v3", "007d9f33b25204456ea337dc855947bb996279a34d7a5ee6bf957fecb95df71b"),
        ("v4", "43bf85230dfe9b8bd08a44246587e30cf0e1457eef7574630bd14485a0f315d9"),
        ("v5", "cd8eed0d6ce40617047bdda5f79bfe2abf32cf88554f81726c21212c1d50f5bb"),
    ],
)
def test_the_saved_database_is_what_it_was(version: str, known: str) -> None:
    content = (SAVED / f"{version}.db").read_bytes()
    assert hashlib.sha256(content).hexdigest() == known


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("m0001_facts", "4950843161870c64b4a782ec85fbc0c8ff86123385609ea807dc106b1601b504"),
        ("m0002_sharing", "ee069f6a4440e8f7c64086a465d241057367f325344be0468403aa3c3452c118"),
        ("m0003_sources", "22d79ef5f983e4c456e471b3d3f8ea4db115427ebb4ce951dd4f1ac184393429"),
        ("m0004_taste", "851086c3706ca94612e20873f770b86b49421534aef83d18799fcbb2a1344cd0"),
        ("m0005_search", "a86d7b14f6ba8bda6509f7fb3d2ddbb61b02563b1b174f792514fce170026f4e"),
    ],
)
def test_what_a_migration_did_once_it_does_for_ever(name: str, known: str) -> None:
    """A change of an old migration would part the databases that ran it from those that will."""
    said = "\n".join(statements(name)).encode()
    assert hashlib.sha256(said).hexdigest() == known


def lacked_by(version: str) -> list[str]:
    return list(migration_names())[VERSIONS.index(version) + 1 :]


@contextmanager
def saved_in_sqlite(version: str, directory: Path) -> Iterator[str]:
    path = directory / "facts.db"
    shutil.copy(SAVED / f"{version}.db", path)
    yield f"sqlite:///{path}"


@contextmanager
def saved_in_postgres(version: str, _: Path) -> Iterator[str]:
    """Only SQLite files were saved: the schema of that version, then the saved rows."""
    with postgres_server().bare_database() as url:
        with psycopg.connect(url) as connection, closing(sqlite3.connect(SAVED / f"{version}.db")) as saved:
            connection.execute('CREATE TABLE paperboy_migrations (name TEXT COLLATE "C" PRIMARY KEY)')
            for name in migration_names()[: VERSIONS.index(version) + 1]:
                connection.execute("INSERT INTO paperboy_migrations VALUES (%s)", (name,))
                for statement in statements(name):
                    connection.execute(schema_for_postgres(statement))
            for table in _TABLES[version]:
                _load(connection, saved, table)
            if version != "v1":
                _load_counters(connection, saved)
        yield url


def _load_counters(connection: psycopg.Connection, saved: sqlite3.Connection) -> None:
    """The migration made the row already."""
    for name, value in saved.execute("SELECT name, value FROM counters"):
        connection.execute("UPDATE counters SET value = %s WHERE name = %s", (value, name))


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


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    named: str = request.param
    return named


@pytest.fixture(params=[saved_in_sqlite, saved_in_postgres], ids=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, version: str, tmp_path: Path) -> Iterator[MigratedStore]:
    with request.param(version, tmp_path) as url, closing(open_store(url)) as store:
        assert store.pending() == lacked_by(version)
        assert store.migrate() == lacked_by(version)
        yield store


@pytest.fixture
def expected(version: str) -> MemoryStore:
    """What the saved database was filled with."""
    memory = MemoryStore()
    _FILLED[version](memory)
    return memory


def test_all_facts_are_still_there(store: MigratedStore, expected: MemoryStore) -> None:
    assert answers(store) == answers(expected)


def test_it_goes_on_as_if_it_had_always_been_new(store: MigratedStore, expected: MemoryStore) -> None:
    assert go_on(store) == go_on(expected)


@pytest.mark.parametrize("version", ["v1"])
def test_what_was_being_sent_is_told_as_lost(store: MigratedStore) -> None:
    later = NOW + 5 * MINUTE
    post = store.claim_post(later, later - MINUTE)
    assert post is not None
    assert (post.key, post.sending_since) == (key(DISCORD, DAY, 1), NOW)
    store.mark_unknown(post.key, "no history")
    assert replace(post, state="unknown", error="no history") in store.troubled_posts(DAY)
    assert store.claim_post(NOW, LONG_AGO) is not None


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_backup_of_an_earlier_version_is_restored(
    kind: str, version: str, expected: MemoryStore, tmp_path: Path
) -> None:
    saved = SAVED / f"{version}.db"
    before = saved.read_bytes()
    with new_store(kind, tmp_path) as store:
        restore(saved, store)
        assert answers(store) == answers(expected)
    assert saved.read_bytes() == before
