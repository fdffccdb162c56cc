"""What people did with the papers, in memory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Channel, PaperId, Reaction, UserId
from bot.store.memory_digests import MemoryDigests
from bot.store.memory_papers import MemoryPapers

_REMEMBERED = timedelta(days=2)
_Place = tuple[Channel, UserId, str, PaperId | None]


class MemoryReactions:
    """Reactions by channel, person, name and paper. Not safe from threads: whoever owns it locks."""

    def __init__(self, papers: MemoryPapers, digests: MemoryDigests) -> None:
        self._papers = papers
        self._digests = digests
        self._reactions: dict[_Place, Reaction] = {}
        self._events: dict[str, datetime] = {}

    def record(self, reaction: Reaction) -> PaperId | None:
        """Put on or take off; None if it is not about a paper of ours."""
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
        post = self._digests.showing(reaction.message)
        channel, paper = (post.channel, post.paper) if post else (reaction.channel, None)
        known = reaction.paper in self._papers
        return replace(reaction, channel=channel, paper=reaction.paper if known else paper)

    def of(self, channel: Channel) -> list[Reaction]:
        """Those that are on now, oldest first."""
        return self._on_now([one for one in self._reactions.values() if one.channel == channel])

    def since(self, since: datetime) -> list[Reaction]:
        """Those of all channels that were put on since then."""
        return self._on_now([one for one in self._reactions.values() if one.at >= since])

    def to(self, papers: Collection[PaperId], platform: str, workspace: str) -> list[Reaction]:
        """Those to one of these papers that are on now in that workspace."""
        wanted = set(map(self._papers.canonical, papers))
        return self._on_now(
            [
                one
                for (channel, _, _, paper), one in self._reactions.items()
                if (channel.platform, channel.workspace) == (platform, workspace)
                and paper is not None
                and self._papers.canonical(paper) in wanted
            ]
        )

    def channels_of(self, user: UserId) -> frozenset[Channel]:
        """Where one of the person's reactions is on now."""
        own = self._on_now([one for one in self._reactions.values() if one.user == user])
        return frozenset(one.channel for one in own)

    def _on_now(self, some: list[Reaction]) -> list[Reaction]:
        """Oldest first. Of several ids of one paper the newest reaction counts."""
        newest: dict[_Place, Reaction] = {}
        for reaction in sorted(some, key=lambda one: one.at):
            assert reaction.paper is not None, "only reactions about a paper are kept"
            paper = self._papers.canonical(reaction.paper)
            place = (reaction.channel, reaction.user, reaction.name, paper)
            newest.pop(place, None)
            newest[place] = replace(reaction, paper=paper)
        return [reaction for reaction in newest.values() if reaction.on]

    def forget_user(self, user: UserId) -> int:
        """Remove what the person did; returns how many facts that was."""
        return self._forget([place for place in self._reactions if place[1] == user])

    def forget(self, channel: Channel) -> int:
        """Remove all of the channel; returns how many facts that was."""
        return self._forget([place for place in self._reactions if place[0] == channel])

    def _forget(self, places: list[_Place]) -> int:
        for place in places:
            del self._reactions[place]
        return len(places)

    def named(self) -> set[PaperId | None]:
        """The ids by which reactions name papers."""
        return {one.paper for one in self._reactions.values()}
