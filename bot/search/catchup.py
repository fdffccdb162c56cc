"""Bringing a search index up to its store."""

from collections.abc import Callable

from bot.garbage import uncollected
from bot.ports import SearchIndex, Store

_BATCH = 2000


def catch_up(
    index: SearchIndex,
    store: Store,
    batch: int = _BATCH,
    on_progress: Callable[[int], None] | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Index what the store added or changed since; returns how many papers that was.

    `on_progress` is told after every batch how many are done. It ends early where `go_on` says so, or where another
    process is the one that writes; what was indexed until then stays so. An index that is ahead of the store was made
    of another one, and is built again. Raises StoreError where another process holds such an index.
    """
    done = 0
    if index.position() > store.edition():
        index.clear()
    while go_on() and (some := _add_next(index, store, batch)):
        done += some
        if on_progress is not None:
            on_progress(done)
    if done:
        # Large batches wait for one another; nothing more to come is said by an empty one.
        index.add([], index.position())
    return done


def _add_next(index: SearchIndex, store: Store, batch: int) -> int:
    """Index the next papers, and say how many there were; none where another process writes."""
    before = index.position()
    with uncollected():
        papers = store.papers_after(before, batch)
        if papers:
            index.add([paper for _, paper in papers], papers[-1][0])
    return len(papers) if index.position() > before else 0
