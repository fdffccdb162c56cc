"""What channels were offered, in memory: digests, impressions and the messages on their way."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.errors import StoreError
from bot.model import (
    FIRST_SHARED,
    Channel,
    DeliveryKey,
    Digest,
    Impression,
    Message,
    MessageId,
    Offer,
    PaperId,
    Post,
)
from bot.ports import Shown
from bot.store.memory_papers import MemoryPapers
from bot.store.rules import latest_first

_OPEN = {"planned", "sending"}


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A post, since when it is being sent, and whether it was corrected afterwards."""

    post: Post
    sending_at: datetime | None = None
    corrected: bool = False


class MemoryDigests:
    """Digests by channel and day, posts by their key. Not safe from threads: whoever owns it locks."""

    def __init__(self, papers: MemoryPapers) -> None:
        self._papers = papers
        self._digests: dict[tuple[Channel, date], Digest] = {}
        self._posts: dict[DeliveryKey, _Outgoing] = {}

    def plan(self, digest: Digest, posts: Sequence[Post]) -> bool:
        """Claim the day and keep everything, or keep nothing."""
        if (digest.channel, digest.day) in self._digests:
            return False
        if taken := [post.key for post in posts if post.key in self._posts]:
            raise StoreError(f"another digest has a post with the key {taken[0]}")
        self._digests[digest.channel, digest.day] = digest
        for post in posts:
            self._posts[post.key] = _Outgoing(_planned(post))
        return True

    def of(self, channel: Channel, day: date) -> Digest | None:
        """As it was offered."""
        digest = self._digests.get((channel, day))
        return digest and replace(digest, impressions=tuple(map(self._shown, digest.impressions)))

    def _shown(self, impression: Impression) -> Impression:
        return impression._replace(paper=self._papers.canonical(impression.paper))

    def offers(self, channel: Channel) -> list[Offer]:
        """Oldest first, then by rank."""
        offers = [
            Offer(digest.day, digest.planned_at, self._shown(impression))
            for digest in self._digests.values()
            if digest.channel == channel
            for impression in digest.impressions
        ]
        return sorted(offers, key=lambda offer: (offer.planned_at, offer.day, offer.impression.rank))

    def share(self, post: Post) -> bool:
        """Plan one message behind all others of its day; False if its key is planned already."""
        if post.key in self._posts:
            return False
        last = max((one.position for one in self.posts(post.channel, post.day)), default=0)
        placed = replace(post, position=max(FIRST_SHARED, last + 1))
        self._posts[post.key] = _Outgoing(_planned(placed))
        return True

    def shared(self, channel: Channel) -> tuple[PaperId, ...]:
        """The papers of messages that people shared and that did not fail, oldest first, each once."""
        own = [
            (post.day, post.position, self._papers.canonical(post.paper))
            for post in (out.post for out in self._posts.values() if out.post.channel == channel)
            if post.is_shared and post.paper is not None and post.state != "failed"
        ]
        return tuple(dict.fromkeys(paper for _, _, paper in sorted(own)))

    def shown(self, papers: Collection[PaperId], platform: str, workspace: str) -> list[Shown]:
        """Where sent messages of that workspace show one of these papers, the latest day first."""
        wanted = set(map(self._papers.canonical, papers))
        return latest_first(
            (Shown(paper, post.channel, post.day), post.position)
            for paper, post in self._sent()
            if paper in wanted and (post.channel.platform, post.channel.workspace) == (platform, workspace)
        )

    def posted(self, channel: Channel) -> list[PaperId]:
        """The papers that sent messages of the channel show, the latest first."""
        own = [(post.day, post.position, paper) for paper, post in self._sent() if post.channel == channel]
        return list(dict.fromkeys(paper for _, _, paper in sorted(own, reverse=True)))

    def _sent(self) -> Iterator[tuple[PaperId, Post]]:
        """Messages that show a paper, which has its id of today."""
        posts = (out.post for out in self._posts.values() if out.post.state == "sent")
        return ((self._papers.canonical(post.paper), post) for post in posts if post.paper is not None)

    def claim_post(self, now: datetime, stale: datetime, skip: Collection[Channel]) -> Post | None:
        """Take the next message that may be sent now."""
        for key in self._heads(skip):
            post, sending_at = self._posts[key].post, self._posts[key].sending_at
            waits = post.not_before is not None and post.not_before > now
            fresh = sending_at is not None and sending_at >= stale
            if not (fresh if post.state == "sending" else waits):
                lost_at = post.sending_since or sending_at
                claimed = replace(post, state="sending", attempts=post.attempts + 1, sending_since=lost_at)
                self._keep(claimed, now)
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

    def _keep(self, post: Post, sending_at: datetime | None = None) -> None:
        self._posts[post.key] = replace(self._posts[post.key], post=post, sending_at=sending_at)

    def _addressed(self, post: Post) -> Post:
        return replace(post, paper=self._papers.canonical(post.paper)) if post.paper else post

    def mark_sent(self, key: DeliveryKey, message_id: MessageId) -> None:
        """It was accepted."""
        sent = replace(self._posted(key), state="sent", message_id=message_id, not_before=None, error="")
        self._keep(replace(sent, sending_since=None))

    def mark_unsent(self, key: DeliveryKey, error: str, not_before: datetime | None) -> None:
        """It was refused; what was sent meanwhile stays sent."""
        post = self._posted(key)
        if post.state not in {"sent", "unknown"}:
            state = "failed" if not_before is None else "planned"
            self._keep(replace(post, state=state, error=error, not_before=not_before))

    def mark_unknown(self, key: DeliveryKey, error: str) -> None:
        """Nobody can tell; what was sent meanwhile stays sent."""
        post = self._posted(key)
        if post.state != "sent":
            self._keep(replace(post, state="unknown", error=error, not_before=None))

    def mark_corrected(self, key: DeliveryKey, message: Message) -> None:
        """That is what the message shows now."""
        post = replace(self._posted(key), message=message)
        self._posts[key] = replace(self._posts[key], post=post, corrected=True)

    def _posted(self, key: DeliveryKey) -> Post:
        if key not in self._posts:
            raise StoreError(f"no post has the key {key}")
        return self._posts[key].post

    def posts(self, channel: Channel, day: date) -> list[Post]:
        """By position."""
        own = [out.post for out in self._posts.values() if (out.post.channel, out.post.day) == (channel, day)]
        return [self._addressed(post) for post in sorted(own, key=lambda post: post.position)]

    def troubled_posts(self, since: date) -> list[Post]:
        """Those that failed or are unknown, by channel, day and position."""
        posts = [out.post for out in self._posts.values() if out.post.state in {"failed", "unknown"}]
        late = [self._addressed(post) for post in posts if post.day >= since]
        return sorted(late, key=lambda post: (post.channel, post.day, post.position))

    def withdrawn_posts(self, since: date) -> list[Post]:
        """Sent messages that show a withdrawn paper and were not corrected, by day, channel and position."""
        sent = (out.post for out in self._posts.values() if out.post.state == "sent" and not out.corrected)
        late = [
            self._addressed(post) for post in sent if post.day >= since and self._is_withdrawn(post.paper)
        ]
        return sorted(late, key=lambda post: (post.day, post.channel, post.position))

    def _is_withdrawn(self, key: PaperId | None) -> bool:
        return key is not None and any(paper.withdrawn for paper in self._papers.known([key]).values())

    def showing(self, message: MessageId | None) -> Post | None:
        """What was sent as that message."""
        sent = [out.post for out in self._posts.values() if out.post.message_id]
        shown = [post for post in sent if post.message_id == message]
        return min(shown, key=lambda post: (post.day, post.position), default=None)

    def forget(self, channel: Channel) -> int:
        """Remove all of the channel; returns how many facts that was."""
        days = [place for place in self._digests if place[0] == channel]
        impressions = sum(len(self._digests.pop(place).impressions) for place in days)
        keys = [key for key, out in self._posts.items() if out.post.channel == channel]
        for key in keys:
            del self._posts[key]
        return len(days) + impressions + len(keys)

    def named(self) -> set[PaperId | None]:
        """The ids by which impressions and posts name papers."""
        offered = {one.paper for digest in self._digests.values() for one in digest.impressions}
        return offered | {out.post.paper for out in self._posts.values()}


def _planned(post: Post) -> Post:
    return replace(post, state="planned", attempts=0, message_id=None, error="", sending_since=None)
