"""Pausing, resuming and choosing at the same moment: each keeps what the others did."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.commands import dispatch
from bot.commands.desk import Desk
from bot.delivery import pause
from bot.model import Channel, Filters, Request, Subscription, UserId
from bot.recommend import Learner
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CHANNEL = Channel("slack", "T1", "C1")


class Busy(MemoryStore):
    """Somebody else pauses just before anything is saved, and chooses just before anything is paused or resumed."""

    def save_subscription(self, subscription: Subscription) -> None:
        super().save_paused(subscription.channel, "channel gone")
        super().save_subscription(subscription)

    def save_paused(self, channel: Channel, reason: str, since: datetime | None = None) -> bool:
        stored = self.subscription(channel)
        assert stored
        super().save_subscription(replace(stored, size=9))
        super().save_filters(channel, Filters(exclude=("surveys",)))
        return super().save_paused(channel, reason, since)


@pytest.fixture
def desk() -> Desk:
    return Desk(Busy(), TantivyIndex(None), Learner(), NOW)


def ask(desk: Desk, text: str) -> str:
    return dispatch(desk, Request(CHANNEL, UserId("slack:T1/U1"), text)).text


def stored(desk: Desk) -> Subscription:
    found = desk.store.subscription(CHANNEL)
    assert found
    return found


def test_a_pause_during_somebodys_choice_stays(desk: Desk) -> None:
    ask(desk, "when 10:30 7 papers")
    after = stored(desk)
    assert (after.paused, after.cadence.at, after.size) == ("channel gone", time(10, 30), 7)


def test_a_choice_during_somebodys_pause_stays(desk: Desk) -> None:
    assert "No more digests" in ask(desk, "pause")
    assert (stored(desk).size, stored(desk).filters) == (9, Filters(exclude=("surveys",)))
    assert "paused here on 02 March" in ask(desk, "pause")


def test_a_choice_during_somebodys_resuming_stays_and_only_a_pause_moves_since(desk: Desk) -> None:
    ask(desk, "pause")
    later = replace(desk, now=NOW + timedelta(days=3))
    assert "9 papers" in ask(later, "resume")
    assert (stored(desk).paused, stored(desk).since, stored(desk).size) == ("", later.now, 9)
    ask(replace(desk, now=NOW + timedelta(days=4)), "resume")
    assert stored(desk).since == later.now


def test_a_channel_out_of_reach_keeps_its_choice_and_the_first_reason(desk: Desk) -> None:
    desk.store.add_subscription(Subscription(CHANNEL, NOW))
    pause(desk.store, CHANNEL, "")
    pause(desk.store, CHANNEL, "channel gone")
    assert (stored(desk).paused, stored(desk).size) == ("it cannot be reached", 9)
