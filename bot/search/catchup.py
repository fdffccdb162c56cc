"""Bringing a search index up to its store."""

import logging
from collections.abc import Callable

from bot.garbage import uncollected
from bot.ports import SearchIndex, Store

_log = logging.getLogger(__name__)

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
    process is the one that writes; what was indexed until then stays so. An index of another store is built again.
    """
    if not _is_of(index, store):
        return 0
    done = 0
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


def _is_of(index: SearchIndex, store: Store) -> bool:
    """Whether the index is the store's, or could be emptied for it: only who writes may.

    A store of the same identity that is behind the index is a former state of it, put back by hand.
    """
    position, identity = index.position(), store.identity()
    if index.identity() == identity and position <= store.edition():
        return True
    if not index.clear(identity):
        return False
    if position:
        _log.warning("the search index is of another database: it is built again")
    return True
