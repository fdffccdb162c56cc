"""The benchmark of a morning: the same numbers make the same store, and every channel gets its digest."""

from pathlib import Path

from benchmarks.rank import NOW, TODAY, WINDOW, build, measure
from bot.digest import choose
from bot.morning import Morning
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


def test_what_is_measured_has_its_names() -> None:
    figures = measure(channels=4, papers=30, older=800)
    assert figures.keys() >= {"channels", "papers", "seconds", "peak_mb", "ms_one_channel", "ratio_to_svm"}
