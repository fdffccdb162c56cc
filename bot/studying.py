"""When, and from what, the recommender studies what all channels share."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.identity import is_private
from bot.model import Channel, Paper, PaperId
from bot.ports import Clock, Likes, Recommender, Store
from bot.recommend import opinions_from_facts

if TYPE_CHECKING:
    from bot.recommend.meaning import Meaning

_GROWN = 1.5
"""How much the archive must have grown since the last study: words change slowly, and a study takes a while."""
_MOST_PAPERS = 30_000
"""The latest so many are enough to know how words are used."""
_BACK = timedelta(days=400)
_RESTUDY = timedelta(days=1)
_NEWS = 0.1
"""The share of new reactions from which likes are worth a new study, at most once a day."""
_AT_ONCE = 500
_MORE_VECTORS, _LEAST_VECTORS = 4, 500
"""A study is worth it from so many vectors of texts, and whenever there are so many times as many."""
_NEW = timedelta(days=7)
_EMBEDDING = timedelta(minutes=4)
"""So long vectors are computed before a study may have its turn."""


@dataclass
class Studying:
    """What was studied last, and whether it is time again. `crowd`: likes of channels are studied too.

    `meaning`: vectors of papers are computed in the background.
    """

    store: Store
    recommender: Recommender
    clock: Clock
    crowd: bool = True
    meaning: "Meaning | None" = None
    _papers: int = 0
    _vectors: int = 0
    _all_at: datetime | None = None
    _likes: int = 0
    _at: datetime | None = None

    def study(self) -> bool:
        """Study if there is enough that is new; False where there is not. Slow when it does."""
        now, count = self.clock(), self.store.paper_count()
        if not count or not (count >= self._papers * _GROWN or self._is_news(now) or self._means_more()):
            return False
        vectors = self.meaning.count if self.meaning else 0
        libraries = list(self._libraries(now)) if self.crowd else []
        self.recommender.study(self._latest(now), libraries)
        self._papers, self._likes, self._at = count, sum(map(len, libraries)), now
        self._vectors = vectors
        return True

    def embed(self, go_on: Callable[[], bool]) -> int:
        """Compute vectors that are lacking, while `go_on` and for some minutes; returns how many.

        New papers and seeds first; then, once a day, what channels reacted to and the archive, the newest first.
        """
        if self.meaning is None:
            return 0
        now = self.clock()

        def goes_on() -> bool:
            return go_on() and self.clock() < now + _EMBEDDING

        done = self.meaning.embed([*self._new(now), *self._seeds()], goes_on)
        if goes_on() and (self._all_at is None or now - self._all_at >= _RESTUDY):
            done += self.meaning.embed([*self._rated(now), *self._latest(now)], goes_on)
            self._all_at = now if goes_on() else None
        return done

    def _means_more(self) -> bool:
        count = self.meaning.count if self.meaning else 0
        return count >= max(_LEAST_VECTORS, _MORE_VECTORS * self._vectors)

    def _new(self, now: datetime) -> list[Paper]:
        return self.store.recent_papers((now - _NEW).date(), (now + timedelta(days=1)).date())

    def _seeds(self) -> Iterable[Paper]:
        """Of all channels, and the examples of the interests they kept."""
        interests = [interest for one in self.store.subscriptions() for interest in one.interests]
        ids = {paper for one in interests for paper in (one.paper, *one.papers) if paper}
        return self.store.papers(ids).values()

    def _rated(self, now: datetime) -> Iterable[Paper]:
        wanted = {one.channel: one for one in self.store.subscriptions() if not one.paused}
        ids: set[PaperId] = set()
        for some in _chunks(list(wanted)):
            facts = self.store.facts(some)
            for channel in some:
                ids |= opinions_from_facts(wanted[channel], facts[channel], now).rated.keys()
        return self.store.papers(ids).values()

    def _is_news(self, now: datetime) -> bool:
        if not self.crowd or self._at is None or now - self._at < _RESTUDY:
            return False
        return len(self.store.recent_reactions(self._at)) > self._likes * _NEWS

    def _latest(self, now: datetime) -> list[Paper]:
        """What everybody may know, the newest first."""
        known = self.store.recent_papers((now - _BACK).date(), (now + timedelta(days=1)).date())
        return [paper for paper in known if not is_private(paper)][:_MOST_PAPERS]

    def _libraries(self, now: datetime) -> Iterator[Likes]:
        """What each channel liked and turned down, of papers that everybody may know; nobody can tell whose it is."""
        apart = self.store.not_in_crowd()
        wanted = {
            one.channel: one
            for one in self.store.subscriptions()
            if (one.channel.platform, one.channel.workspace) not in apart
        }
        for some in _chunks(list(wanted)):
            facts = self.store.facts(some)
            told = [opinions_from_facts(wanted[channel], facts[channel], now) for channel in some]
            known = self.store.papers({paper for opinions in told for paper in opinions.rated})
            for opinions in told:
                public = (
                    (p, w) for p, w in opinions.rated.items() if p in known and not is_private(known[p])
                )
                if library := tuple(public):
                    yield library


def _chunks(channels: list[Channel]) -> Iterator[list[Channel]]:
    return (channels[start : start + _AT_ONCE] for start in range(0, len(channels), _AT_ONCE))
