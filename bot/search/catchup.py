"""Bringing a search index up to its store."""

import logging
from collections.abc import Callable

from bot.garbage import uncollected
from bot.model import Paper
from bot.ports import Removed, SearchIndex, Store

_log = logging.getLogger(__name__)

_BATCH = 2000


def catch_up(
    index: SearchIndex,
    store: Store,
    batch: int = _BATCH,
    on_progress: Callable[[int], None] | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Index what the store added or changed since, and forget what it removed; returns how many papers it indexed.

    `on_progress` is told after every batch how many are done. It ends early where `go_on` says so, or where another
    process is the one that writes; what was indexed until then stays so. An index of another store is built again.
    """
    if not _is_of(index, store):
        return 0
    done = 0
    while go_on() and (some := _follow(index, store, batch)) is not None:
        done += some
        if on_progress is not None:
            on_progress(done)
    if done:
        # Large batches wait for one another; nothing more to come is said by an empty one.
        index.add([], index.position())
    return done


def _follow(index: SearchIndex, store: Store, batch: int) -> int | None:
    """Do what comes next, and say how many papers that was; None: there is no more, or another process writes."""
    before = index.position()
    with uncollected():
        updates = store.updates_after(before, batch)
        papers = [one for _, one in updates if isinstance(one, Paper)]
        # Removals first: of what went and came again the store tells both, of what came and went the removal alone.
        if gone := [key for _, one in updates if isinstance(one, Removed) for key in one.ids]:
            index.forget(gone)
        if updates:
            index.add(papers, updates[-1][0])
    return len(papers) if index.position() > before else None


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
