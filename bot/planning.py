"""Choose and plan the digests that are due: some hundred channels at a time, and these by one process only."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TypeVar

from bot import digest, schedule
from bot.circumstances import Standing, circumstances, standing
from bot.digest import Choice
from bot.model import Channel, Message, Offer, Post, Subscription
from bot.morning import Morning
from bot.polling import Part, late_categories
from bot.ports import Clock, Recommender, Store
from bot.schedule import Due
from bot.settings import DigestSettings

log = logging.getLogger(__name__)

T = TypeVar("T")

TOGETHER = 200
"""Channels whose facts are read, and held in memory, together; and that another process leaves alone meanwhile."""
CHOSEN = 50
"""Of these, channels that papers are chosen for together: nobody waits long for the first digest, or for the end."""
_MARGIN = timedelta(minutes=10)
_LOOK_BACK = timedelta(days=7)


Watch = Callable[[str], AbstractContextManager[None]]
"""Keeps what fails inside it from anybody else: it is logged under that name."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read for all channels at once. `late` are the categories that any of them may wait for."""

    morning: Morning
    sources: Standing
    late: Sequence[str]
    troubled: Mapping[Channel, Sequence[Post]]


class Planning:
    """Plans digests, in a thread of its own. `asked` says which parts of sources are read.

    `holder` names this process in leases, which last `lease` and save work; only the claim of a day decides. `watch`
    keeps one channel's failure from the others. `report` tells how well a channel's picks did.
    """

    def __init__(
        self,
        store: Store,
        recommender: Recommender,
        clock: Clock,
        asked: Callable[[], Sequence[Part]],
        *,
        defaults: DigestSettings,
        lease: timedelta,
        holder: str,
        watch: Watch,
        report: Callable[[Channel, datetime], Message] | None = None,
    ) -> None:
        self._store = store
        self._recommender = recommender
        self._clock = clock
        self._asked = asked
        self._defaults = defaults
        self._lease = lease
        self._holder = holder
        self._watch = watch
        self._report = report
        self._closed = False
        self._ranking = ThreadPoolExecutor(1, thread_name_prefix="ranking")
        # A claimed day stays claimed: who knows of it need not ask again at every ring of the clock.
        self._planned: set[tuple[Channel, date]] = set()

    @property
    def patience(self) -> timedelta:
        """How long a digest waits for what is late; it must still go out within the grace."""
        grace = timedelta(hours=self._defaults.grace_hours)
        return min(timedelta(hours=self._defaults.patience_hours), grace - _MARGIN)

    async def plan(self) -> int:
        """Choose and plan every digest that is due; returns how many this process claimed."""
        due_now = await self._in_thread(self._due)
        self._planned &= {_place(due) for due in due_now}
        # As many together as in every other process, whatever this one knows: so their leases have the same names.
        parts = [due_now[start : start + TOGETHER] for start in range(0, len(due_now), TOGETHER)]
        left = [(part[0], some) for part in parts if (some := [due for due in part if self._is_new(due)])]
        if not left:
            return 0
        read = await self._in_thread(self._begin)
        return sum([await self._in_thread(self._plan_some, first, some, read) for first, some in left])

    def close(self) -> None:
        """Wait for the digests in hand. May be called twice."""
        self._closed = True
        self._ranking.shutdown(wait=True, cancel_futures=True)

    async def _in_thread(self, work: Callable[..., T], *given: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._ranking, partial(work, *given))

    def _due(self) -> list[Due]:
        grace = timedelta(hours=self._defaults.grace_hours)
        return schedule.due(self._store.subscriptions(), self._clock(), grace)

    def _is_new(self, due: Due) -> bool:
        return _place(due) not in self._planned

    def _begin(self) -> _Read:
        now = self._clock()
        # A channel's local day may still be the one before.
        posts = self._store.troubled_posts(now.date() - _LOOK_BACK - timedelta(days=1))
        troubled = {channel: tuple(mine) for channel, mine in groupby(posts, lambda post: post.channel)}
        sources = standing(self._store, self._asked())
        late = late_categories(sources.good, sources.asked, now)
        return _Read(Morning(self._store, now), sources, late, troubled)

    def _plan_some(self, first: Due, some: Sequence[Due], read: _Read) -> int:
        """Plan those digests of `some` that nobody has planned, if nobody else is at it; how many this process did."""
        now, lease = self._clock(), f"plan:{first.subscription.channel}#{first.day}"
        with self._watch("planning"):
            ready = [due for due in some if not self._waits(due, read, now)]
            if not ready or not self._store.take_lease(lease, self._holder, now, now + self._lease):
                return 0
            try:
                with read.morning.turned_to([due.subscription.channel for due in ready]):
                    starts = range(0, len(ready), CHOSEN)
                    return sum(self._plan_chosen(ready[start : start + CHOSEN], read) for start in starts)
            finally:
                self._store.drop_lease(lease, self._holder)
        return 0

    def _plan_chosen(self, ready: Sequence[Due], read: _Read) -> int:
        chosen = {} if self._closed else self._chosen(ready, read.morning)
        return sum(self._plan_watched(due, read, chosen.get(due.subscription.channel)) for due in ready)

    def _chosen(self, ready: Sequence[Due], morning: Morning) -> Mapping[Channel, Choice]:
        """What is chosen for all that are not planned yet; nothing where that fails, so that one may fail alone."""
        new = [due for due in ready if not _is_planned(due, morning)]
        try:
            found = self._choose(morning, [(due.subscription, due.day) for due in new])
        except Exception:
            log.warning("choosing for %d channels failed: now one by one", len(new), exc_info=True)
            return {}
        return {due.subscription.channel: choice for due, choice in zip(new, found, strict=True)}

    def _choose(self, morning: Morning, asked: Sequence[tuple[Subscription, date]]) -> list[Choice]:
        return digest.choose_all(morning, self._recommender, asked, self._defaults.window_days)

    def _plan_watched(self, due: Due, read: _Read, chosen: Choice | None) -> bool:
        with self._watch(f"the digest of {due.subscription.channel}"):
            return not self._closed and self._plan(due, read, chosen)
        return False

    def _waits(self, due: Due, read: _Read, now: datetime) -> bool:
        """Whether something that the channel reads is late and may still come in time."""
        if not read.late or now >= due.moment + self.patience:
            return False
        late = circumstances(read.morning, due.subscription, read.sources, now).late
        if late:
            log.debug("%s waits for %s", due.subscription.channel, ", ".join(late))
        return bool(late)

    def _plan(self, due: Due, read: _Read, chosen: Choice | None) -> bool:
        """Plan one digest, as the channel is steered now; False where it wants none any more, or somebody has.

        What was `chosen` with others holds only if the channel was steered so then.
        """
        current = self._store.subscription(due.subscription.channel)
        if current is None or current.paused:
            return False
        morning, now, channel = read.morning, self._clock(), current.channel
        offers = morning.facts(channel).offers
        # One without papers is not among the offers: it is chosen once more, and its claim fails.
        if _is_planned(due, morning):
            self._planned.add(_place(due))
            return False
        given = circumstances(morning, current, read.sources, now)
        if chosen is None or current != due.subscription:
            [chosen] = self._choose(morning, [(current, due.day)])
        troubled = digest.unsettled(
            read.troubled.get(channel, ()), offers[-1].day if offers else None, due.day
        )
        closing = self._closing(chosen, current, offers, due.day)
        claimed = self._store.plan_digest(
            *digest.plan(chosen, current, due.day, self._clock(), given, troubled, closing)
        )
        self._planned.add(_place(due))
        if claimed:
            told = (channel, len(chosen.picks), chosen.announced, due.day)
            log.info("%s: %d of %d papers for %s", *told)
        return claimed

    def _closing(
        self, choice: Choice, subscription: Subscription, offers: Sequence[Offer], day: date
    ) -> Message | None:
        """The month's report, where it is time for it. A digest does not fail because its report does."""
        if self._report is None or not digest.wants_report(subscription, offers, choice, day):
            return None
        with self._watch(f"the report of {subscription.channel}"):
            return self._report(subscription.channel, self._clock())
        return None


def _is_planned(due: Due, morning: Morning) -> bool:
    return any(offer.day == due.day for offer in morning.facts(due.subscription.channel).offers)


def _place(due: Due) -> tuple[Channel, date]:
    return due.subscription.channel, due.day
