"""Several processes share one PostgreSQL database, and one may be killed at any moment."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from bot.model import FIRST_SHARED, Channel
from bot.store.migrations import migration_names
from bot.store.postgres import PostgresStore
from tests.postgres import Server, postgres_server
from tests.store.processes import (
    DELIVER,
    IDENTIFY,
    MIGRATE,
    PLAN,
    SEND_FOR_EVER,
    SHARE,
    WRITE_FOR_EVER,
    line,
    process,
    run_together,
    start,
)
from tests.store.samples import DAY, MINUTE, NOW, SLACK, key, message, paper, plan

CHANNELS = [Channel("slack", "T1", f"C{number}") for number in range(40)]


@pytest.fixture
def server() -> Server:
    return postgres_server()


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    with server.database() as url:
        yield url


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(url)) as store:
        yield store


def test_of_four_processes_migrating_at_once_one_does(server: Server) -> None:
    with server.bare_database() as url:
        said = run_together(MIGRATE, url, 4)
    assert sorted(said) == [[str(list(migration_names()))], ["[]"], ["[]"], ["[]"]]


def test_four_processes_asking_at_once_are_told_one_identity(store: PostgresStore, url: str) -> None:
    assert run_together(IDENTIFY, url, 4) == [[store.identity()]] * 4


def test_of_four_processes_claiming_one_day_one_wins(store: PostgresStore, url: str) -> None:
    assert sorted(run_together(PLAN, url, 4)) == [["False"], ["False"], ["False"], ["True"]]
    assert len(store.posts(SLACK, DAY)) == 3


def test_what_four_processes_share_at_once_has_each_its_own_place(store: PostgresStore, url: str) -> None:
    said = [word for words in run_together(SHARE, url, 4) for word in words]
    assert (said.count("own True"), said.count("same True"), said.count("same False")) == (80, 1, 3)
    places = [post.position for post in store.posts(SLACK, DAY)]
    assert places == [FIRST_SHARED + number for number in range(81)]


@pytest.mark.parametrize("count", [2, 4])
def test_processes_send_every_post_once_and_in_order(store: PostgresStore, url: str, count: int) -> None:
    for channel in CHANNELS:
        plan(store, [paper(1), paper(2)], channel)
    names = run_together(DELIVER, url, count)
    said = [name for own in names for name in own]
    assert len(said) == len(set(said))
    posts = [post for channel in CHANNELS for post in store.posts(channel, DAY)]
    assert {(post.state, post.attempts) for post in posts} == {("sent", 1)}
    # Who finds nothing to claim leaves, though another may still be sending: what was said is all there is.
    assert set(said) == {post.key for post in posts}
    for own in names:
        for channel in CHANNELS:
            mine = [name for name in own if name.startswith(f"{channel}#")]
            assert mine == sorted(mine)


def test_a_killed_process_delays_but_loses_nothing(store: PostgresStore, url: str) -> None:
    for channel in CHANNELS:
        plan(store, [paper(1), paper(2)], channel)
    with process(SEND_FOR_EVER, url) as child:
        assert line(child) == "ready"
        start(child)
        told = [line(child) for _ in range(10)]
        child.kill()
        child.wait()
    later = NOW + 5 * MINUTE
    taken_over = []
    while post := store.claim_post(later, later - 2 * MINUTE):
        if post.sending_since is not None:
            taken_over.append(post)
        store.mark_sent(post.key, message(post.channel, post.day, post.position))
    assert len(taken_over) <= 1, "it held one at a time"
    assert all(post.sending_since == NOW and post.attempts == 2 for post in taken_over)
    posts = [post for channel in CHANNELS for post in store.posts(channel, DAY)]
    assert {post.state for post in posts} == {"sent"}
    assert set(told) <= {post.key for post in posts}


def test_a_kill_loses_nothing_committed_and_leaves_nothing_half(store: PostgresStore, url: str) -> None:
    with process(WRITE_FOR_EVER, url) as child:
        said = [int(line(child)) for _ in range(5)]
        child.kill()
        child.wait()
    batches, left_over = divmod(store.paper_count(), 50)
    assert left_over == 0, "a batch is whole"
    assert batches > said[-1], "what was said to be stored is stored"
    planned = [n for n in range(batches) if store.digest(SLACK, DAY + timedelta(days=n))]
    assert len(planned) > said[-1]
    assert store.posts(SLACK, DAY)[0].key == key(SLACK, DAY, 0)
    assert store.add_papers([paper(10**4)]).new == 1, "and it goes on"
