"""The store in memory: for tests, trials and the demo; nothing survives the process."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import RLock
from typing import TypeVar

from bot.errors import StoreError
from bot.model import (
    Channel,
    DeliveryKey,
    Digest,
    Fetch,
    Impression,
    Interest,
    MessageId,
    Offer,
    Paper,
    PaperId,
    Post,
    Reaction,
    Subscription,
    UserId,
)
from bot.ports import Added
from bot.store.memory_papers import MemoryPapers
from bot.store.rows import storable
from bot.store.rules import FETCHES_KEPT, require_own
from bot.store.shelf import incoming

Key = TypeVar("Key")
Fact = TypeVar("Fact")

_OPEN = {"planned", "sending"}
_REMEMBERED = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A post, and since when it is being sent."""

    post: Post
    sending_at: datetime | None = None


class MemoryStore:
    """Facts in dictionaries behind one lock; fulfils `Store`."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._papers = MemoryPapers()
        self._subscriptions: dict[Channel, Subscription] = {}
        self._digests: dict[tuple[Channel, date], Digest] = {}
        self._posts: dict[DeliveryKey, _Outgoing] = {}
        self._reactions: dict[tuple[Channel, UserId, str, PaperId | None], Reaction] = {}
        self._fetches: dict[str, list[Fetch]] = {}
        self._events: dict[str, datetime] = {}
        self._leases: dict[str, tuple[str, datetime]] = {}

    def pending(self) -> list[str]:
        """Nothing: there is no schema."""
        return []

    def migrate(self) -> list[str]:
        """Nothing: there is no schema."""
        return []

    def add_papers(self, papers: Sequence[Paper]) -> Added:
        """Store new papers and merge known ones."""
        batch = [incoming(storable(paper)) for paper in papers]
        with self._lock:
            return self._papers.add(batch)

    def papers(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        """The known ones, keyed as asked."""
        with self._lock:
            return self._papers.known(ids)

    def papers_after(self, position: int, limit: int) -> list[tuple[int, Paper]]:
        """Papers added or changed after `position`, in that order."""
        with self._lock:
            return self._papers.after(position, limit)

    def paper_count(self) -> int:
        """How many papers there are."""
        with self._lock:
            return len(self._papers)

    def recent_papers(self, first: date, last: date) -> list[Paper]:
        """Papers announced from `first` to `last`, newest day first, then by id."""
        with self._lock:
            return self._papers.recent(first, last)

    def add_subscription(self, subscription: Subscription) -> Subscription:
        """Subscribe the channel if it is not; returns what is stored then."""
        subscription = storable(subscription)
        channel = subscription.channel
        with self._lock:
            if channel not in self._subscriptions:
                self._subscriptions[channel] = replace(subscription, interests=())
                for interest in subscription.interests:
                    self.add_interest(channel, interest)
            return self._resolved(self._subscriptions[channel])

    def save_subscription(self, subscription: Subscription) -> None:
        """Replace what a subscribed channel chose, all but its interests."""
        subscription = storable(subscription)
        with self._lock:
            stored = self._required(subscription.channel)
            self._subscriptions[stored.channel] = replace(subscription, interests=stored.interests)

    def _required(self, channel: Channel) -> Subscription:
        if channel not in self._subscriptions:
            raise StoreError(f"{channel} is not subscribed")
        return self._subscriptions[channel]

    def _resolved(self, subscription: Subscription) -> Subscription:
        interests = (
            replace(one, paper=self._papers.canonical(one.paper)) if one.paper else one
            for one in subscription.interests
        )
        return replace(subscription, interests=tuple(interests))

    def subscription(self, channel: Channel) -> Subscription | None:
        """What the channel asked for."""
        with self._lock:
            stored = self._subscriptions.get(channel)
            return stored and self._resolved(stored)

    def subscriptions(self) -> list[Subscription]:
        """All of them, by channel."""
        with self._lock:
            return [self._resolved(self._subscriptions[channel]) for channel in sorted(self._subscriptions)]

    def add_interest(self, channel: Channel, interest: Interest) -> bool:
        """Follow; False if the channel does already. Raises StoreError where it is not subscribed."""
        interest = storable(interest)
        with self._lock:
            stored = self._required(channel)
            if interest.name.casefold() in {one.name.casefold() for one in stored.interests}:
                return False
            self._subscriptions[channel] = replace(stored, interests=(*stored.interests, interest))
            return True

    def forget_interest(self, channel: Channel, name: str) -> bool:
        """Unfollow; False if the channel does not follow it."""
        folded = storable(name).casefold()
        with self._lock:
            stored = self._subscriptions.get(channel)
            if stored is None:
                return False
            kept = tuple(one for one in stored.interests if one.name.casefold() != folded)
            self._subscriptions[channel] = replace(stored, interests=kept)
            return len(kept) < len(stored.interests)

    def plan_digest(self, digest: Digest, posts: Sequence[Post]) -> bool:
        """Claim the day and write everything, or write nothing."""
        require_own(digest, posts)
        digest, posts = storable(digest), storable(tuple(posts))
        with self._lock:
            if (digest.channel, digest.day) in self._digests:
                return False
            if taken := [post.key for post in posts if post.key in self._posts]:
                raise StoreError(f"another digest has a post with the key {taken[0]}")
            self._digests[digest.channel, digest.day] = digest
            for post in posts:
                self._posts[post.key] = _Outgoing(_planned(post))
            return True

    def digest(self, channel: Channel, day: date) -> Digest | None:
        """What was offered that day."""
        with self._lock:
            digest = self._digests.get((channel, day))
            return digest and replace(digest, impressions=tuple(map(self._shown, digest.impressions)))

    def _shown(self, impression: Impression) -> Impression:
        return replace(impression, paper=self._papers.canonical(impression.paper))

    def offers(self, channel: Channel) -> list[Offer]:
        """Everything ever offered to the channel, oldest first."""
        with self._lock:
            offers = [
                Offer(digest.day, digest.planned_at, self._shown(impression))
                for digest in self._digests.values()
                if digest.channel == channel
                for impression in digest.impressions
            ]
        return sorted(offers, key=lambda offer: (offer.planned_at, offer.day, offer.impression.rank))

    def claim_post(self, now: datetime, stale: datetime, skip: Collection[Channel] = ()) -> Post | None:
        """Take the next message that may be sent now."""
        now, stale = storable(now), storable(stale)
        with self._lock:
            for key in self._heads(skip):
                post, sending_at = self._posts[key].post, self._posts[key].sending_at
                waits = post.not_before is not None and post.not_before > now
                fresh = sending_at is not None and sending_at >= stale
                if not (fresh if post.state == "sending" else waits):
                    lost_at = post.sending_since or sending_at
                    claimed = replace(
                        post, state="sending", attempts=post.attempts + 1, sending_since=lost_at
                    )
                    self._posts[key] = _Outgoing(claimed, now)
                    return self._addressed(claimed)
        return None

    def _heads(self, skip: Collection[Channel]) -> Iterator[DeliveryKey]:
        """The first unfinished post of every channel, in the order in which they are served."""
        unfinished = [out.post for out in self._posts.values() if out.post.state in _OPEN]
        heads: dict[Channel, Post] = {}
        for post in sorted(unfinished, key=lambda post: (post.day, post.position)):
            heads.setdefault(post.channel, post)
        served = sorted(heads.values(), key=lambda post: (post.day, str(post.channel)))
        return (post.key for post in served if post.channel not in skip)

    def _addressed(self, post: Post) -> Post:
        return replace(post, paper=self._papers.canonical(post.paper)) if post.paper else post

    def mark_sent(self, key: DeliveryKey, message_id: MessageId) -> None:
        """It was accepted."""
        with self._lock:
            post = self._posted(key)
            sent = replace(post, state="sent", message_id=message_id, not_before=None, error="")
            self._posts[key] = _Outgoing(replace(sent, sending_since=None))

    def mark_unsent(self, key: DeliveryKey, error: str, not_before: datetime | None) -> None:
        """It was refused; what was sent meanwhile stays sent."""
        error, not_before = storable(error), storable(not_before)
        with self._lock:
            post = self._posted(key)
            if post.state not in {"sent", "unknown"}:
                state = "failed" if not_before is None else "planned"
                self._posts[key] = _Outgoing(replace(post, state=state, error=error, not_before=not_before))

    def mark_unknown(self, key: DeliveryKey, error: str) -> None:
        """Nobody can tell; what was sent meanwhile stays sent."""
        error = storable(error)
        with self._lock:
            post = self._posted(key)
            if post.state != "sent":
                self._posts[key] = _Outgoing(replace(post, state="unknown", error=error, not_before=None))

    def troubled_posts(self, since: date) -> list[Post]:
        """Those that failed or are unknown, by channel, day and position."""
        with self._lock:
            posts = [out.post for out in self._posts.values() if out.post.state in {"failed", "unknown"}]
            late = [self._addressed(post) for post in posts if post.day >= since]
        return sorted(late, key=lambda post: (post.channel, post.day, post.position))

    def _posted(self, key: DeliveryKey) -> Post:
        if key not in self._posts:
            raise StoreError(f"no post has the key {key}")
        return self._posts[key].post

    def posts(self, channel: Channel, day: date) -> list[Post]:
        """The messages of a digest by position."""
        with self._lock:
            own = [
                out.post for out in self._posts.values() if (out.post.channel, out.post.day) == (channel, day)
            ]
            return [self._addressed(post) for post in sorted(own, key=lambda post: post.position)]

    def set_reaction(self, reaction: Reaction) -> PaperId | None:
        """Put on or take off; None if it is not about a paper of ours."""
        with self._lock:
            reaction = storable(reaction)
            placed = self._placed(reaction)
            if placed.paper is None:
                return None
            if self._is_news(reaction):
                self._put(replace(placed, event_id=""))
            return self._papers.canonical(placed.paper)

    def _is_news(self, reaction: Reaction) -> bool:
        """Whether this event was not seen before; from now on it was."""
        if not reaction.event_id:
            return True
        oldest = reaction.at - _REMEMBERED
        self._events = {name: at for name, at in self._events.items() if at >= oldest}
        name = f"{reaction.channel.platform}:{reaction.event_id}"
        if name in self._events:
            return False
        self._events[name] = reaction.at
        return True

    def _put(self, placed: Reaction) -> None:
        place = (placed.channel, placed.user, placed.name, placed.paper)
        before = self._reactions.get(place)
        if before is None or placed.at >= before.at:
            self._reactions.pop(place, None)
            self._reactions[place] = placed

    def _placed(self, reaction: Reaction) -> Reaction:
        """With the channel and the paper it is about; without a paper where it is not about one of ours."""
        sent = [out.post for out in self._posts.values() if out.post.message_id]
        shown = [post for post in sent if post.message_id == reaction.message]
        post = min(shown, key=lambda post: (post.day, post.position), default=None)
        channel, paper = (post.channel, post.paper) if post else (reaction.channel, None)
        known = reaction.paper in self._papers
        return replace(reaction, channel=channel, paper=reaction.paper if known else paper)

    def reactions(self, channel: Channel) -> list[Reaction]:
        """Those that are on now, oldest first. Of several ids of one paper the newest reaction counts."""
        newest: dict[tuple[UserId, str, PaperId], Reaction] = {}
        with self._lock:
            own = [one for one in self._reactions.values() if one.channel == channel]
            for reaction in sorted(own, key=lambda one: one.at):
                assert reaction.paper is not None, "only reactions about a paper are kept"
                paper = self._papers.canonical(reaction.paper)
                newest.pop((reaction.user, reaction.name, paper), None)
                newest[reaction.user, reaction.name, paper] = replace(reaction, paper=paper)
        return [reaction for reaction in newest.values() if reaction.on]

    def record_fetch(self, fetch: Fetch) -> None:
        """Keep how a source's drain went."""
        fetch = storable(fetch)
        with self._lock:
            history = sorted((*self._fetches.get(fetch.source, ()), fetch), key=lambda one: one.started_at)
            kept = history[-FETCHES_KEPT:]
            successes = [one for one in history if not one.error]
            self._fetches[fetch.source] = (
                kept if not successes or successes[-1] in kept else [successes[-1], *kept]
            )

    def last_fetches(self) -> list[Fetch]:
        """The newest record of every source, by source."""
        with self._lock:
            return [self._fetches[source][-1] for source in sorted(self._fetches)]

    def last_success(self, source: str) -> datetime | None:
        """When the newest drain without error started."""
        with self._lock:
            successes = [one.started_at for one in self._fetches.get(source, ()) if not one.error]
            return max(successes, default=None)

    def take_lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Hold `name` alone until then, if nobody else does."""
        with self._lock:
            owner, end = self._leases.get(name, (holder, now))
            if owner != holder and end > now:
                return False
            self._leases[name] = (holder, until)
            return True

    def drop_lease(self, name: str, holder: str) -> None:
        """Give it back if it is ours."""
        with self._lock:
            if self._leases.get(name, ("", None))[0] == holder:
                del self._leases[name]

    def forget_user(self, user: UserId) -> int:
        """Remove everything that names the person; returns how many facts that was."""
        with self._lock:
            return _forget(self._reactions, [place for place in self._reactions if place[1] == user])

    def forget_channel(self, channel: Channel) -> int:
        """Remove everything that belongs to the channel; returns how many facts that was."""
        with self._lock:
            stored = self._subscriptions.pop(channel, None)
            days = [place for place in self._digests if place[0] == channel]
            return (
                (1 + len(stored.interests) if stored else 0)
                + sum(len(self._digests[place].impressions) for place in days)
                + _forget(self._digests, days)
                + _forget(
                    self._posts, [key for key, out in self._posts.items() if out.post.channel == channel]
                )
                + _forget(self._reactions, [place for place in self._reactions if place[0] == channel])
            )

    def prune_papers(self, before: date) -> int:
        """Remove papers last announced before that day that no fact names."""
        with self._lock:
            return self._papers.prune(before, self._named())

    def _named(self) -> set[PaperId | None]:
        """The ids by which facts name papers."""
        return {
            *(one.paper for digest in self._digests.values() for one in digest.impressions),
            *(out.post.paper for out in self._posts.values()),
            *(one.paper for one in self._reactions.values()),
            *(one.paper for stored in self._subscriptions.values() for one in stored.interests),
        }

    def close(self) -> None:
        """Nothing to give back."""


def _forget(facts: dict[Key, Fact], keys: Sequence[Key]) -> int:
    for key in keys:
        del facts[key]
    return len(keys)


def _planned(post: Post) -> Post:
    return replace(post, state="planned", attempts=0, message_id=None, error="", sending_since=None)
