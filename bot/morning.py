"""What the digests of one morning need, read once for all channels: the new papers, and each channel's facts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime, timedelta
from functools import lru_cache

from bot.filters import private_sources
from bot.model import Channel, Feed, Paper, PaperId, Subscription
from bot.ports import Facts, Profile, Store
from bot.recommend import opinions_from_facts, profile_from_opinions


class Morning:
    """The store as one planning pass sees it. `channels` are read together; others one by one. Not for long use."""

    def __init__(self, store: Store, now: datetime, channels: Collection[Channel] = ()) -> None:
        self.now = now
        self._store = store
        self._facts = store.facts(channels) if channels else {}
        self._papers: dict[PaperId, Paper] = {}
        self._not_in_crowd = store.not_in_crowd()
        self._recent = lru_cache(maxsize=None)(self._read_recent)

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

    def profile(self, subscription: Subscription) -> Profile:
        """The channel's profile, derived from its facts as they are now."""
        opinions = opinions_from_facts(subscription, self.facts(subscription.channel), self.now)
        here = (subscription.channel.platform, subscription.channel.workspace)
        return profile_from_opinions(
            opinions, self._known(opinions.papers()), crowd=here not in self._not_in_crowd
        )

    def recent(self, day: date, window_days: int) -> Sequence[Paper]:
        """Papers still new on that local day. One day ahead is allowed: sources live in other time zones."""
        return self._recent(day, window_days)

    def feeds(self, channel: Channel) -> list[Feed]:
        """The channel's own."""
        return self._store.feeds(channel)

    def mentions(self, channel: Channel, urls: Iterable[str], day: date, window_days: int) -> list[Paper]:
        """What sources of the channel's own told as news: old to everybody, perhaps, and still news here."""
        private = private_sources(channel, list(urls))
        return self._store.mentions(private, day - timedelta(days=window_days), day + timedelta(days=1))

    def _read_recent(self, day: date, window_days: int) -> Sequence[Paper]:
        papers = self._store.recent_papers(day - timedelta(days=window_days), day + timedelta(days=1))
        return [paper for paper in papers if not paper.withdrawn]

    def _known(self, ids: set[PaperId]) -> dict[PaperId, Paper]:
        if missing := ids - self._papers.keys():
            self._papers |= self._store.papers(missing)
        return self._papers
