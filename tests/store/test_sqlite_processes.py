"""Several processes share one SQLite file, and one may be killed at any moment."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import FIRST_SHARED
from bot.store.migrations import migration_names
from bot.store.sqlite import SqliteStore
from tests.store.processes import (
    DELIVER,
    IDENTIFY,
    MIGRATE,
    PLAN,
    SHARE,
    WRITE_FOR_EVER,
    line,
    process,
    run_together,
)
from tests.store.samples import DAY, SLACK, key, paper, plan


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "facts.db"


def address(path: Path) -> str:
    return f"sqlite:///{path}"


def test_of_four_processes_migrating_at_once_one_does(path: Path) -> None:
    said = run_together(MIGRATE, address(path), 4)
    assert sorted(said) == [[str(list(migration_names()))], ["[]"], ["[]"], ["[]"]]
    assert SqliteStore(path).pending() == []


def test_four_processes_asking_at_once_are_told_one_identity(path: Path) -> None:
    store = SqliteStore(path)
    store.migrate()
    assert run_together(IDENTIFY, address(path), 4) == [[store.identity()]] * 4
    store.close()


def test_of_two_processes_claiming_one_day_one_wins(path: Path) -> None:
    store = SqliteStore(path)
    store.migrate()
    assert sorted(run_together(PLAN, address(path), 2)) == [["False"], ["True"]]
    assert len(store.posts(SLACK, DAY)) == 3
    store.close()


def test_what_two_processes_share_at_once_has_each_its_own_place(path: Path) -> None:
    store = SqliteStore(path)
    store.migrate()
    said = [word for words in run_together(SHARE, address(path), 2) for word in words]
    assert (said.count("own True"), said.count("same True"), said.count("same False")) == (40, 1, 1)
    places = [post.position for post in store.posts(SLACK, DAY)]
    assert places == [FIRST_SHARED + number for number in range(41)]
    store.close()


def test_two_processes_send_every_post_once(path: Path) -> None:
    store = SqliteStore(path)
    store.migrate()
    for number in range(4):
        plan(store, [paper(1), paper(2)], day=DAY + timedelta(days=number))
    said = [name for names in run_together(DELIVER, address(path), 2) for name in names]
    planned = {key(SLACK, DAY + timedelta(days=number), place) for number in range(4) for place in range(3)}
    assert len(said) == len(set(said))
    assert set(said) <= planned
    assert planned == {
        post.key
        for number in range(4)
        for post in store.posts(SLACK, DAY + timedelta(days=number))
        if post.state == "sent"
    }
    store.close()


@pytest.mark.parametrize("lines", [1, 7, 12])
def test_a_kill_loses_nothing_committed_and_leaves_nothing_half(path: Path, lines: int) -> None:
    store = SqliteStore(path)
    store.migrate()
    with process(WRITE_FOR_EVER, address(path)) as child:
        said = [int(line(child)) for _ in range(lines)]
        child.kill()
        child.wait()
    batches, left_over = divmod(store.paper_count(), 50)
    assert left_over == 0, "a batch is whole"
    assert batches > said[-1], "what was said to be stored is stored"
    days = [DAY + timedelta(days=number) for number in range(batches)]
    planned = [day for day in days if store.digest(SLACK, day)]
    assert len(planned) > said[-1]
    assert all(len(store.posts(SLACK, day)) == 2 for day in planned)
    assert len(store.offers(SLACK)) == len(planned)
    assert store.add_papers([paper(10**4)]).new == 1, "and it goes on"
    store.close()
