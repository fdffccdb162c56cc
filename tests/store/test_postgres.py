"""What only PostgreSQL can do to us: refuse us, go away, come back, run out of connections."""

import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from threading import Event
from time import monotonic

import psycopg
import pytest

from bot.errors import StoreError
from bot.model import Interest
from bot.store.migrations import migration_names
from bot.store.postgres import PostgresStore
from tests.postgres import GUARDED, Server, own_server, postgres_server
from tests.store.samples import DAY, LONG_AGO, NOW, SLACK, message, paper, plan, subscribed, thumb

BRIEFLY = timedelta(milliseconds=300)


@pytest.fixture
def server() -> Server:
    return postgres_server()


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    with server.database() as url:
        yield url


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(url, 4, BRIEFLY)) as store:
        yield store


def refused(store: PostgresStore, words: str) -> StoreError:
    """Reading, writing, migrating: each says why it cannot."""
    with closing(store):
        for call in (store.paper_count, lambda: store.add_papers([paper(1)]), store.migrate, store.pending):
            with pytest.raises(StoreError, match=words) as caught:
                call()  # type: ignore[operator]
    return caught.value


def test_no_server_says_so_at_once(server: Server) -> None:
    began = monotonic()
    refused(
        PostgresStore("postgresql://u:secret@127.0.0.1:1/db"), "PostgreSQL at 127.0.0.1:1: cannot connect"
    )
    assert monotonic() - began < 10


def test_a_wrong_password_is_refused_without_repeating_it(url: str, server: Server) -> None:
    database = url.rpartition("/")[2]
    for wrong in ("hunter2", "hunter2%40x%2F"):
        guarded = f"postgresql://{GUARDED[0]}:{wrong}@127.0.0.1:{server.port}/{database}"
        error = refused(PostgresStore(guarded), "the password was refused")
        assert "hunter2" not in "".join(traceback.format_exception(error))
    refused(PostgresStore(server.url(database, GUARDED[0])), "a password is needed")


def test_the_right_password_is_taken(server: Server, url: str) -> None:
    user, password = GUARDED
    guarded = f"postgresql://{user}:{password}@127.0.0.1:{server.port}/{url.rpartition('/')[2]}"
    with (
        closing(PostgresStore(guarded)) as store,
        pytest.raises(StoreError, match="the user may not do that; grant"),
    ):
        store.paper_count()


def test_a_missing_database_and_a_missing_user_are_told_apart(server: Server) -> None:
    refused(PostgresStore(server.url("nowhere")), "the database does not exist; create it")
    refused(PostgresStore(server.url("migrated", "nobody_known")), "the user does not exist")


def test_a_database_without_a_schema_has_to_be_migrated(server: Server) -> None:
    with server.bare_database() as url, closing(PostgresStore(url)) as store:
        assert store.pending() == list(migration_names())
        with pytest.raises(StoreError, match=r"lacks m0001_facts, .*; run `paperboy migrate`"):
            store.paper_count()
        assert store.migrate() == list(migration_names())
        assert (store.migrate(), store.pending(), store.paper_count()) == ([], [], 0)


def test_a_newer_schema_is_refused_and_left_alone(server: Server) -> None:
    with server.bare_database() as url:
        with closing(PostgresStore(url)) as store:
            store.migrate()
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO paperboy_migrations (name) VALUES ('m9999_x')")
        refused(PostgresStore(url), "newer than this Paperboy .m9999_x.; upgrade Paperboy")


def test_of_many_migrating_at_once_one_does(server: Server) -> None:
    with server.bare_database() as url, ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        stores = [stack.enter_context(closing(PostgresStore(url))) for _ in range(8)]
        applied = list(pool.map(PostgresStore.migrate, stores))
    assert sorted(applied) == [[]] * 7 + [list(migration_names())]


def test_a_busy_pool_says_so_in_time_and_recovers(url: str) -> None:
    with closing(PostgresStore(url, 2, BRIEFLY)) as store, ExitStack() as busy:
        for _ in range(2):
            busy.enter_context(store.database.reading())
        with pytest.raises(StoreError, match=r"all 2 connections were busy for 0\.3 s; try again"):
            store.paper_count()
        busy.close()
        assert store.paper_count() == 0


def test_a_writer_waits_for_another_only_so_long(store: PostgresStore, url: str) -> None:
    with psycopg.connect(url) as other:
        other.execute("SELECT * FROM counters FOR UPDATE")
        with pytest.raises(StoreError, match="another process is writing; try again"):
            store.add_papers([paper(1)])
        assert store.paper_count() == 0, "reading goes on"
    assert store.add_papers([paper(1)]).new == 1


def test_a_connection_lost_while_idle_is_not_noticed(store: PostgresStore, server: Server, url: str) -> None:
    plan(store, [paper(1)])
    for _ in range(3):
        server.disconnect(url)
        assert store.add_papers([paper(1)]) is not None
    assert store.paper_count() == 1


def test_a_connection_lost_in_a_transaction_leaves_nothing(
    store: PostgresStore, server: Server, url: str
) -> None:
    def cut() -> None:
        with store.database.writing() as connection:
            connection.execute("INSERT INTO counters (name, value) VALUES ('x', 1)")
            server.disconnect(url)
            connection.execute("INSERT INTO counters (name, value) VALUES ('y', 1)")

    with pytest.raises(StoreError, match=r"shutting down|connection was lost"):
        cut()
    with store.database.reading() as connection:
        assert connection.execute("SELECT name FROM counters ORDER BY name").fetchall() == [("position",)]


def test_a_server_restarted_in_the_middle_of_a_digest_loses_nothing() -> None:
    with own_server() as server, server.database() as url, closing(PostgresStore(url, 4)) as store:
        store.add_papers([paper(1), paper(2)])
        plan(store, [paper(1), paper(2)])
        first = store.claim_post(NOW, LONG_AGO)
        assert first is not None
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda _: store.paper_count(), range(8))) == [2] * 8
        server.stop()
        for call in (store.paper_count, lambda: store.mark_sent(first.key, message(SLACK, DAY, 0))):
            with pytest.raises(StoreError, match=r"cannot connect|shutting down|connection was lost"):
                call()  # type: ignore[operator]
        server.start()
        store.mark_sent(first.key, message(SLACK, DAY, 0))
        positions = []
        while post := store.claim_post(NOW, LONG_AGO):
            store.mark_sent(post.key, message(SLACK, DAY, post.position))
            positions.append(post.position)
        assert positions == [1, 2]
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda _: store.paper_count(), range(16))) == [2] * 16


def test_a_server_away_for_long_is_found_again() -> None:
    with own_server() as server, server.database() as url, closing(PostgresStore(url, 2, BRIEFLY)) as store:
        assert store.paper_count() == 0
        server.stop()
        for _ in range(8):
            with pytest.raises(StoreError):
                store.paper_count()
        server.start()
        # A reconnection tried while it was away may still be pausing, for a second at most.
        deadline = monotonic() + 10
        while monotonic() < deadline:
            try:
                assert store.paper_count() == 0
                break
            except StoreError:
                continue
        assert store.add_papers([paper(1)]).new == 1


def test_a_reader_never_misses_a_paper_of_a_slower_writer(url: str) -> None:
    """A reader that remembers the last position it saw must see every paper, whoever commits first."""
    done, seen = Event(), list[str]()
    store = PostgresStore(url, 6)

    def read() -> None:
        position, last = 0, False
        while not last:
            last = done.is_set()
            found = store.papers_after(position, 1000)
            seen.extend(one.id for _, one in found)
            position = found[-1][0] if found else position

    def write(number: int) -> None:
        for turn in range(15):
            store.add_papers([paper(10_000 * number + 100 * turn + one) for one in range(5)])

    with closing(store), ThreadPoolExecutor(5) as pool:
        reading = pool.submit(read)
        try:
            list(pool.map(write, range(1, 5)))
        finally:
            done.set()
        reading.result()
    assert (len(seen), len(set(seen))) == (300, 300)


def test_one_snapshot_for_all_that_is_read_inside(store: PostgresStore) -> None:
    with store.database.reading() as connection:
        before = connection.execute("SELECT COUNT(*) FROM papers").fetchone()
        store.add_papers([paper(1)])
        assert connection.execute("SELECT COUNT(*) FROM papers").fetchone() == before
    assert store.paper_count() == 1


def test_texts_sort_by_their_bytes_whatever_the_server_thinks(store: PostgresStore) -> None:
    with store.database.reading() as connection:
        found = connection.execute(
            """
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND data_type = 'text'
            AND COALESCE(collation_name, '') <> 'C'
            """
        ).fetchall()
    assert found == []


def test_errors_do_not_repeat_what_was_written(store: PostgresStore) -> None:
    with pytest.raises(StoreError) as caught, store.database.writing() as connection:
        connection.execute(
            "INSERT INTO impressions (channel, day, place, paper, rank, score, model, reason, explores)"
            " VALUES ('c', 'd', 0, 'p', 1, 0, 'm', 'secret words', NULL)"
        )
    assert "secret words" not in "".join(traceback.format_exception(caught.value))


def test_a_number_too_large_is_refused_with_its_batch(store: PostgresStore) -> None:
    with pytest.raises(StoreError, match="cannot hold"):
        store.add_papers([paper(1), paper(2, upvotes=2**63)])
    assert store.paper_count() == 0


def test_a_closed_store_says_so(url: str) -> None:
    store = PostgresStore(url)
    assert store.paper_count() == 0
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed already"):
        store.paper_count()
    with pytest.raises(StoreError, match="closed already"):
        store.set_reaction(thumb())


def test_everything_is_there_after_reopening(url: str) -> None:
    with closing(PostgresStore(url)) as store:
        store.add_papers([paper(1)])
        subscribed(store)
        store.add_interest(SLACK, Interest("words"))
        plan(store, [paper(1)])
    with closing(PostgresStore(url)) as again:
        assert again.subscription(SLACK) is not None
        assert len(again.posts(SLACK, DAY)) == 2
