"""What the digests of one morning need, read once for all channels: the new papers, and each channel's facts."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from bot.filters import gate, private_sources
from bot.garbage import uncollected
from bot.model import Channel, Feed, Filters, Paper, PaperId, Subscription
from bot.pool import Pool, recent, span
from bot.ports import Facts, Profile, Store
from bot.recommend import opinions_from_facts, profile_from_opinions
from bot.steering import is_muted

_PAPERS_KEPT = 20_000
"""Papers that channels rated are kept from one channel to the next, until there are so many."""


class Morning:
    """The store as one planning pass sees it. `channels` are read together; others one by one. Not for long use.

    New papers are those of the morning before, if none was added, changed or removed since.
    """

    def __init__(self, store: Store, now: datetime, channels: Collection[Channel] = ()) -> None:
        self.now = now
        self._store = store
        self._facts: dict[Channel, Facts] = {}
        self._together: frozenset[Channel] = frozenset()
        self._feeds: Mapping[Channel, list[Feed]] | None = None
        self._papers: dict[PaperId, Paper] = {}
        self._not_in_crowd = store.not_in_crowd()
        self._recent = recent(store)
        self._picked = lru_cache(maxsize=None)(self._is_any_picked)
        if channels:
            self.turn_to(channels)

    @contextmanager
    def turned_to(self, channels: Collection[Channel]) -> Iterator[None]:
        """Inside, digests of these channels are chosen: facts are read together, and nothing is collected.

        Some ten thousand facts live until the end, and none of what is worked out of them holds another.
        """
        with uncollected():
            try:
                self.turn_to(channels)
                yield
            finally:
                # Before anything is collected again, or all of them would be looked through once for nothing.
                self._facts = {}

    def turn_to(self, channels: Collection[Channel]) -> None:
        """Read the facts of these channels together, and let go of those before; new papers are not read again."""
        self._facts = self._store.facts(channels)
        self._together = frozenset(channels)
        self._picked.cache_clear()
        if self._feeds is None:
            self._feeds = _by_channel(self._store.feeds())
        if len(self._papers) > _PAPERS_KEPT:
            self._papers.clear()

    def as_of(self, now: datetime, facts: Mapping[Channel, Facts]) -> "Morning":
        """The same papers at another moment, knowing of these channels nothing but these facts: to choose again."""
        other = copy(self)
        other.now, other._facts = now, dict(facts)
        return other

    def facts(self, channel: Channel) -> Facts:
        """What the channel was offered and did."""
        if channel not in self._facts:
            self._facts |= self._store.facts([channel])
        return self._facts[channel]

    def profile(self, subscription: Subscription, day: date | None = None) -> Profile:
        """The channel's profile, derived from its facts as they are now; muted is what is muted on that local day.

        Without a day: on that of the present moment in UTC.
        """
        opinions = opinions_from_facts(subscription, self.facts(subscription.channel), self.now)
        if day:
            muted = frozenset(one.name for one in opinions.interests if is_muted(one, day))
            opinions = replace(opinions, muted=muted) if muted != opinions.muted else opinions
        here = (subscription.channel.platform, subscription.channel.workspace)
        return profile_from_opinions(
            opinions, self._known(opinions.papers()), crowd=here not in self._not_in_crowd
        )

    def recent(self, day: date, window_days: int) -> Sequence[Paper]:
        """Papers still new on that local day. One day ahead is allowed: sources live in other time zones."""
        return self._recent.papers(self._store, *span(day, window_days))

    def feeds(self, channel: Channel) -> list[Feed]:
        """The channel's own."""
        return self._store.feeds(channel) if self._feeds is None else self._feeds.get(channel, [])

    def pool(self, sources: tuple[str, ...], day: date, window_days: int) -> Pool:
        """What everybody may read, of all sources or these, and is still new on that local day; one for all."""
        return self._recent.pool(self._store, sources, *span(day, window_days))

    def own_papers(self, subscription: Subscription, day: date, window_days: int) -> list[Paper]:
        """What the channel alone may be offered beside its `pool`, by id: what sources of its own tell.

        What is old to everybody may be news to those to whom a source of their own tells it.
        """
        channel, sources = subscription.channel, subscription.filters.sources
        urls = [feed.url for feed in self.feeds(channel)]
        private, told = (
            private_sources(channel, urls),
            self._recent.told(self._store, *span(day, window_days)),
        )
        new = [paper for name in private if name in told for paper in told[name]]
        both = {paper.id: paper for paper in (*self.mentions(channel, urls, day, window_days), *new)}
        if not both:
            return []
        pool, here = self.pool(sources, day, window_days), gate(Filters(sources=sources), private)
        own = (both[key] for key in sorted(both) if key not in pool)
        return [paper for paper in own if not paper.withdrawn and here(paper)]

    def mentions(self, channel: Channel, urls: Collection[str], day: date, window_days: int) -> list[Paper]:
        """What sources of the channel's own told as news: old to everybody, perhaps, and still news here."""
        first, last = span(day, window_days)
        if not urls and channel in self._together and not self._picked(first, last):
            return []
        return self._store.mentions(private_sources(channel, urls), first, last)

    def _is_any_picked(self, first: date, last: date) -> bool:
        """Whether anything was recommended to any of the channels, which is seldom: one question instead of many."""
        return bool(self._store.mentions(_own_names(self._together), first, last))

    def _known(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        if missing := [one for one in ids if one not in self._papers]:
            self._papers |= self._store.papers(missing)
        return self._papers


def _by_channel(feeds: Iterable[Feed]) -> Mapping[Channel, list[Feed]]:
    found: dict[Channel, list[Feed]] = {}
    for feed in feeds:
        found.setdefault(feed.channel, []).append(feed)
    return found


def _own_names(channels: Iterable[Channel]) -> frozenset[str]:
    return frozenset(name for channel in channels for name in private_sources(channel, ()))
