"""The benchmark of a morning: the same numbers make the same store, and every channel gets its digest."""

import os
from itertools import islice
from multiprocessing import Value
from pathlib import Path

from benchmarks.rank import NOW, TODAY, WINDOW, Read, Timed, build, measure, one_thread, rank_all, untaken
from bot.digest import choose
from bot.morning import Morning
from bot.planning import TOGETHER
from bot.recommend import NewestFirst
from bot.store.sqlite import SqliteStore


def test_the_same_numbers_make_the_same_store(tmp_path: Path) -> None:
    seen = []
    for name in ("one.db", "two.db"):
        build(tmp_path / name, None, 8, 40, 800)
        store = SqliteStore(tmp_path / name)
        found = store.subscriptions()
        seen.append((found, store.facts([one.channel for one in found])))
        assert choose(Morning(store, NOW), NewestFirst(), found[0], TODAY, WINDOW).picks
        store.close()
    assert seen[0] == seen[1]
    assert {len(facts.offers) for facts in seen[0][1].values()} == {40}
    assert {len(facts.reactions) for facts in seen[0][1].values()} == {15}


def test_workers_divide_the_channels(tmp_path: Path) -> None:
    build(tmp_path / "papers.db", None, TOGETHER + 8, 40, 800)
    parts = untaken(Value("i", 0))
    shares = [
        rank_all(Read(tmp_path / "papers.db"), Timed(NewestFirst()), mine)
        for mine in (islice(parts, 1), islice(parts, 2), parts)
    ]
    assert [share.ranked for share in shares] == [TOGETHER, 8, 0]
    assert all(share.facts > 0 and share.recommend > 0 for share in shares[:2])


def test_two_workers_rank_for_every_channel_once() -> None:
    # More than are planned together: so there is something for each of them.
    figures = measure(channels=260, papers=30, older=800, workers=2)
    assert figures.keys() >= {"channels", "papers", "seconds", "peak_mb", "ms_one_channel", "ratio_to_svm"}
    assert figures["workers"] == 2
    assert sum(figures["ranked"]) == 260  # type: ignore[call-overload]


def test_the_workers_threads_are_not_left_to_others() -> None:
    before = dict(os.environ)
    with one_thread():
        assert os.environ["OMP_NUM_THREADS"] == "1"
    assert dict(os.environ) == before
