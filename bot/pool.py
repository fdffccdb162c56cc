"""The papers that many channels choose from, so that each of them costs only what is different about it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property, lru_cache, reduce
from operator import or_
from threading import Lock
from weakref import WeakKeyDictionary

from bot.filters import gate, interest_from_text, topical
from bot.identity import is_private_source
from bot.model import Filters, Paper, PaperId
from bot.ports import Store
from bot.recommend import Texts, among

_FILTERS_KEPT = 4096
"""Answers kept for each kind of question; one has a byte for each paper."""
_POOLS_KEPT = 64
_RECENT_KEPT = 20_000
"""So many papers are kept from one morning or command to the next."""


class Pool:
    """Papers in order, where each of their ids stands among them, and what filters say about them.

    What one filter says is asked once for each paper, however many channels have it.
    """

    def __init__(self, papers: Iterable[Paper]) -> None:
        self.papers = tuple(papers)
        self._places = _places(self.papers)
        self._passing = lru_cache(_FILTERS_KEPT)(self._combined)
        self._within = lru_cache(_FILTERS_KEPT)(self._asked)
        self._about = lru_cache(_FILTERS_KEPT)(self._searched)

    def __contains__(self, key: object) -> bool:
        """Whether a paper of it has that id."""
        return key in self._places

    def left(
        self, known: Collection[PaperId], filters: Filters, own: Sequence[Paper] = ()
    ) -> tuple[Sequence[Paper], int]:
        """The papers with none of the ids `known`, of the categories and topics that the filters ask for.

        And how many of those with none of these ids the filters held back. `own` papers come last.
        """
        passing = bytearray(self._passing(filters.categories, filters.include, filters.exclude))
        gone = {place for key in known if key in self._places for place in self._places[key]}
        stopped = passing.count(0) - sum(not passing[place] for place in gone)
        for place in gone:
            passing[place] = 0
        fresh = [paper for paper in own if not {paper.id, *paper.aliases} & set(known)] if own else []
        fitting = list(filter(topical(filters), fresh)) if fresh else []
        return among(self.papers, passing, fitting), stopped + len(fresh) - len(fitting)

    def _combined(
        self, categories: tuple[str, ...], include: tuple[str, ...], exclude: tuple[str, ...]
    ) -> bytes:
        """(len(papers),): 1 where the paper passes, else 0."""
        passing = self._within(categories)
        if include:
            passing &= reduce(or_, map(self._about, include))
        for topic in exclude:
            passing &= ~self._about(topic)
        return passing.to_bytes(len(self.papers), "big")

    def _asked(self, categories: tuple[str, ...]) -> int:
        """Which papers are of these categories: the same as one great number."""
        lets = topical(Filters(categories=categories))
        return int.from_bytes(bytes(map(lets, self.papers)) if lets else b"\1" * len(self.papers), "big")

    def _searched(self, topic: str) -> int:
        """Which are about the topic."""
        return int.from_bytes(self._texts.about(interest_from_text(topic)), "big")

    @cached_property
    def _texts(self) -> Texts:
        return Texts(self.papers)


def _places(papers: Iterable[Paper]) -> dict[PaperId, tuple[int, ...]]:
    """By aliases too: the store may have made two papers one between two questions."""
    found: dict[PaperId, tuple[int, ...]] = {}
    for place, paper in enumerate(papers):
        for key in {paper.id, *paper.aliases}:
            found[key] = (*found.get(key, ()), place)
    return found


class Recent:
    """The papers that are new, as they are in one edition of the store, and the pools made of them.

    The same paper is the same object in all of them. It holds no store, so that it may be kept beside one. Safe from
    many threads: two may at worst read the same.
    """

    def __init__(self, edition: int) -> None:
        self.edition = edition
        self._papers: dict[PaperId, Paper] = {}
        self._days: dict[tuple[date, date], tuple[Paper, ...]] = {}
        self._told: dict[tuple[date, date], Mapping[str, list[Paper]]] = {}
        self._pools: dict[tuple[tuple[str, ...], date, date], Pool] = {}

    def is_full(self) -> bool:
        """Whether it is time to let go of them."""
        return len(self._papers) > _RECENT_KEPT

    def papers(self, store: Store, first: date, last: date) -> tuple[Paper, ...]:
        """Those announced on these days, without withdrawn ones."""
        found = self._days.get((first, last))
        if found is None:
            read = (paper for paper in store.recent_papers(first, last) if not paper.withdrawn)
            found = tuple(self._papers.setdefault(paper.id, paper) for paper in read)
            self._days[first, last] = found
        return found

    def pool(self, store: Store, sources: tuple[str, ...], first: date, last: date) -> Pool:
        """What everybody may read of them, of all sources or these."""
        found = self._pools.get((sources, first, last))
        if found is None:
            if len(self._pools) >= _POOLS_KEPT:
                self._pools.clear()
            found = Pool(filter(gate(Filters(sources=sources)), self.papers(store, first, last)))
            self._pools[sources, first, last] = found
        return found

    def told(self, store: Store, first: date, last: date) -> Mapping[str, list[Paper]]:
        """By the private sources that told them."""
        found = self._told.get((first, last))
        if found is None:
            found = _by_private_source(self.papers(store, first, last))
            self._told[first, last] = found
        return found


_recent: WeakKeyDictionary[Store, Recent] = WeakKeyDictionary()
_recent_lock = Lock()


def recent(store: Store) -> Recent:
    """What was read of the store's new papers before, if they are as they were then."""
    # Asked before any paper is read: what is added meanwhile is taken for older than it is, never for newer.
    edition = store.edition()
    with _recent_lock:
        known = _recent.get(store)
        if known is None or known.edition != edition or known.is_full():
            known = _recent[store] = Recent(edition)
        return known


def _by_private_source(papers: Iterable[Paper]) -> Mapping[str, list[Paper]]:
    found: dict[str, list[Paper]] = {}
    for paper in papers:
        for name in filter(is_private_source, paper.sources):
            found.setdefault(name, []).append(paper)
    return found


def span(day: date, window_days: int) -> tuple[date, date]:
    """The days whose papers are still new on that local day. One ahead: sources live in other time zones."""
    return day - timedelta(days=window_days), day + timedelta(days=1)
