"""Finding papers in the whole archive: candidates from the index, papers from the store, one order of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.model import Paper
from bot.ports import Query, SearchIndex, Store

if TYPE_CHECKING:
    from bot.recommend.meaning import Meaning


@dataclass(frozen=True, slots=True)
class Found:
    """A found paper; `marks` are the words of it that were looked for, as they stand in `excerpt` or in its title."""

    paper: Paper
    score: float
    excerpt: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was found, best first; `more`: there is a page behind it."""

    found: tuple[Found, ...] = ()
    more: bool = False


Order = Callable[[Sequence[Paper]], Sequence[float]]
"""What else speaks for papers: one number for each, any scale; the ranking takes its z-scores."""


@dataclass(frozen=True, slots=True)
class Archive:
    """Where is looked: an index, the store that it is a projection of, and what the asker may see of it.

    `meaning`: what is looked for is widened and ordered by what it means, too.
    """

    index: SearchIndex
    store: Store
    now: datetime
    visible: Callable[[Paper], bool] = lambda _: True
    meaning: "Meaning | None" = None


def search(archive: Archive, query: Query, size: int, offset: int = 0, orders: Sequence[Order] = ()) -> Page:
    """The papers from the `offset`th on. The best 100 are ranked by more than the index knows."""
    raise NotImplementedError


def similar(archive: Archive, paper: Paper, size: int, offset: int = 0) -> Page:
    """Papers most like that one: neither itself nor another version or description of the same work."""
    raise NotImplementedError


def suggestion(archive: Archive, query: Query) -> str:
    """The words of the query with those that few papers have replaced by what was likely meant; empty where none."""
    raise NotImplementedError
