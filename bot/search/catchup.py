"""Bringing a search index up to its store."""

from collections.abc import Callable

from bot.ports import SearchIndex, Store


def catch_up(
    index: SearchIndex, store: Store, batch: int = 1000, on_progress: Callable[[int], None] | None = None
) -> int:
    """Index what the store added or changed since; returns how many papers that were.

    `on_progress` is told after every batch how many are done. What was indexed stays so if it is stopped.
    """
    done = 0
    while papers := store.papers_after(index.position(), batch):
        index.add([paper for _, paper in papers], papers[-1][0])
        done += len(papers)
        if on_progress is not None:
            on_progress(done)
    return done
