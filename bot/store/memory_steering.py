"""How people steer what channels get, in memory: with a journal, so that it can be taken back."""

from collections import defaultdict, deque

from bot.model import Change, Channel, Steering, UserId, steering_of
from bot.store.canonical import canonical_change, canonical_steering, named_in, named_in_change
from bot.store.memory_channels import MemoryChannels
from bot.store.memory_papers import MemoryPapers
from bot.store.rules import CHANGES_KEPT, require_subscribed


class MemorySteering:
    """Changes by channel, the latest last. Not safe from threads: whoever owns it locks."""

    def __init__(self, papers: MemoryPapers, channels: MemoryChannels) -> None:
        self._papers = papers
        self._channels = channels
        self._changes: dict[Channel, deque[Change]] = defaultdict(lambda: deque(maxlen=CHANGES_KEPT))

    def steer(self, channel: Channel, before: Steering, after: Steering) -> bool:
        """Raises StoreError where the channel is not subscribed."""
        stored = self._channels.of(channel)
        require_subscribed(stored, channel)
        if stored is None or steering_of(stored) != self._canonical(before):
            return False
        self._channels.steer(channel, canonical_steering(after, {}))
        return True

    def _canonical(self, steering: Steering) -> Steering:
        return canonical_steering(steering, self._papers.canonical_ids(named_in(steering.interests)))

    def record(self, change: Change) -> None:
        """Raises StoreError where the channel is not subscribed."""
        require_subscribed(self._channels.of(change.channel), change.channel)
        self._changes[change.channel].append(change)

    def last(self, channel: Channel, user: UserId | None) -> Change | None:
        """The latest that was recorded, of that person or of anyone."""
        changes = reversed(self._changes.get(channel, ()))
        found = next((change for change in changes if user in (None, change.user)), None)
        return found and self._resolved(found)

    def _resolved(self, change: Change) -> Change:
        return canonical_change(change, self._papers.canonical_ids(named_in_change(change)))

    def take_back(self, change: Change) -> bool:
        """False also where the change is not in the journal any more."""
        kept = self._changes.get(change.channel, deque())
        meant = self._resolved(change)
        found = next((one for one in reversed(kept) if self._resolved(one) == meant), None)
        if found is None or not self.steer(change.channel, change.after, change.before):
            return False
        # The latest of several that are alike.
        kept.reverse()
        kept.remove(found)
        kept.reverse()
        return True

    def forget_user(self, user: UserId) -> int:
        """Remove what the person changed; returns how many facts that was."""
        before = self._count()
        for channel, changes in self._changes.items():
            kept = [change for change in changes if change.user != user]
            self._changes[channel] = deque(kept, CHANGES_KEPT)
        return before - self._count()

    def _count(self) -> int:
        return sum(map(len, self._changes.values()))

    def forget(self, channel: Channel) -> int:
        """Remove all of the channel; returns how many facts that was."""
        return len(self._changes.pop(channel, ()))
