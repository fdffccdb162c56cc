"""What channels asked for, in memory: subscriptions, their interests and their feeds."""

from dataclasses import replace
from datetime import datetime

from bot.model import Channel, Feed, Filters, Interest, PaperId, Steering, Subscription
from bot.store.canonical import canonical_interest, named_in
from bot.store.memory_papers import MemoryPapers
from bot.store.rules import require_subscribed


class MemoryChannels:
    """Subscriptions by channel, feeds by channel and address. Not safe from threads: whoever owns it locks."""

    def __init__(self, papers: MemoryPapers) -> None:
        self._papers = papers
        self._subscriptions: dict[Channel, Subscription] = {}
        self._feeds: dict[tuple[Channel, str], Feed] = {}

    def add(self, subscription: Subscription) -> Subscription:
        """Subscribe the channel if it is not; returns what is kept then."""
        channel = subscription.channel
        if channel not in self._subscriptions:
            self._subscriptions[channel] = replace(subscription, interests=())
            for interest in subscription.interests:
                self.add_interest(channel, interest)
        return self._resolved(self._subscriptions[channel])

    def _resolved(self, subscription: Subscription) -> Subscription:
        """With every paper named by its id of today."""
        ids = self._papers.canonical_ids(named_in(subscription.interests))
        interests = (canonical_interest(one, ids) for one in subscription.interests)
        return replace(subscription, interests=tuple(interests))

    def save(self, subscription: Subscription) -> None:
        """Replace cadence, size and since."""
        self._subscriptions[subscription.channel] = replace(
            self._required(subscription.channel),
            cadence=subscription.cadence,
            size=subscription.size,
            since=subscription.since,
        )

    def save_paused(self, channel: Channel, reason: str, since: datetime | None) -> bool:
        """Pause what runs, or resume what is paused; False if that changed nothing."""
        stored = self._subscriptions.get(channel)
        if stored is None or bool(stored.paused) == bool(reason):
            return False
        self._subscriptions[channel] = replace(stored, paused=reason, since=since or stored.since)
        return True

    def save_filters(self, channel: Channel, filters: Filters) -> None:
        """Replace what the channel lets through."""
        self._subscriptions[channel] = replace(self._required(channel), filters=filters)

    def save_reports(self, channel: Channel, wanted: bool) -> None:
        """Whether it gets the monthly picture."""
        self._subscriptions[channel] = replace(self._required(channel), reports=wanted)

    def steer(self, channel: Channel, steering: Steering) -> None:
        """Replace how the channel is steered."""
        self._subscriptions[channel] = replace(
            self._required(channel),
            interests=steering.interests,
            filters=steering.filters,
            wild_cards=steering.wild_cards,
            reset_at=steering.reset_at,
        )

    def _required(self, channel: Channel) -> Subscription:
        require_subscribed(channel in self._subscriptions, channel)
        return self._subscriptions[channel]

    def of(self, channel: Channel) -> Subscription | None:
        """What the channel asked for."""
        stored = self._subscriptions.get(channel)
        return stored and self._resolved(stored)

    def all(self) -> list[Subscription]:
        """By channel."""
        return [self._resolved(self._subscriptions[channel]) for channel in sorted(self._subscriptions)]

    def add_interest(self, channel: Channel, interest: Interest) -> bool:
        """False if the channel follows it already."""
        stored = self._required(channel)
        if interest.name.casefold() in {one.name.casefold() for one in stored.interests}:
            return False
        self._subscriptions[channel] = replace(stored, interests=(*stored.interests, interest))
        return True

    def forget_interest(self, channel: Channel, name: str) -> bool:
        """False if the channel does not follow it."""
        stored = self._subscriptions.get(channel)
        if stored is None:
            return False
        kept = tuple(one for one in stored.interests if one.name.casefold() != name.casefold())
        self._subscriptions[channel] = replace(stored, interests=kept)
        return len(kept) < len(stored.interests)

    def add_feed(self, feed: Feed) -> bool:
        """False if the channel reads it already."""
        self._required(feed.channel)
        if (feed.channel, feed.url) in self._feeds:
            return False
        self._feeds[feed.channel, feed.url] = feed
        return True

    def forget_feed(self, channel: Channel, url: str) -> bool:
        """False if the channel does not read it."""
        return self._feeds.pop((channel, url), None) is not None

    def feeds(self, channel: Channel | None) -> list[Feed]:
        """In the order they were added."""
        return [feed for feed in self._feeds.values() if channel in (None, feed.channel)]

    def forget(self, channel: Channel) -> int:
        """Remove the channel; returns how many facts that was."""
        stored = self._subscriptions.pop(channel, None)
        read = [place for place in self._feeds if place[0] == channel]
        for place in read:
            del self._feeds[place]
        return len(read) + (1 + len(stored.interests) if stored else 0)

    def named(self) -> set[PaperId]:
        """The ids by which interests name papers."""
        return named_in(one for stored in self._subscriptions.values() for one in stored.interests)
