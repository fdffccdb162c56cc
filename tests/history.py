"""A reader who likes robots, turns galaxies down and is silent otherwise, and digests whose right figures are known."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.model import (
    DOWN,
    UP,
    Channel,
    Digest,
    Impression,
    Paper,
    Reaction,
    Recommendation,
    Subscription,
    UserId,
)
from bot.ports import Explanation, Profile, Store
from bot.recommend import NewestFirst
from tests.papers import DAY, shelf, topic_of

CHANNEL = Channel("slack", "T1", "C1")
READER = UserId("slack:T1/U1")
LATER = timedelta(days=15)
"""Between two digests: more than any window, so that each has its own candidates only."""
SHOWN, UNSHOWN = 8, 4


def morning_of(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)


def day_papers(number: int, day: date) -> list[Paper]:
    """Twelve, three of each topic."""
    return shelf(3, day, start=1 + 100 * number)


def lived(
    store: Store, days: int = 5, channel: Channel = CHANNEL, first: date = DAY, model: str = "m-1"
) -> list[date]:
    """So many digests of two papers of each topic, an hour later rated; a third paper of each was never shown."""
    store.add_subscription(Subscription(channel, morning_of(first) - timedelta(days=1), size=2))
    there = [first + number * LATER for number in range(days)]
    for number, day in enumerate(there):
        papers = day_papers(number, day)
        store.add_papers(papers)
        offer(store, day, papers[:SHOWN], channel, [model] * SHOWN)
        for paper in papers[:SHOWN]:
            if topic_of(paper) in {"robot", "galaxy"}:
                react(store, paper, UP if topic_of(paper) == "robot" else DOWN, day, channel)
    return there


def offer(
    store: Store, day: date, papers: Sequence[Paper], channel: Channel, models: Sequence[str], wild: int = 0
) -> None:
    """A digest of these papers, each by its model; the last `wild` of them explore."""
    shown = tuple(
        Impression(paper.id, rank, 1.0, models[rank - 1], "why", rank > len(papers) - wild)
        for rank, paper in enumerate(papers, 1)
    )
    assert store.plan_digest(Digest(channel, day, morning_of(day), shown), [])


def react(store: Store, paper: Paper, emoji: str, day: date, channel: Channel = CHANNEL) -> None:
    at = morning_of(day) + timedelta(hours=1)
    store.set_reaction(Reaction(channel, READER, emoji, at, paper=paper.id))


class Favourite(NewestFirst):
    """Ranks by topic alone, in the order given."""

    def __init__(self, *topics: str) -> None:
        self.version = "-".join(topics)
        self._topics = topics

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        ordered = sorted(candidates, key=lambda one: (self._topics.index(topic_of(one)), one.id))
        return [Recommendation(one, float(-place), "why") for place, one in enumerate(ordered[:k])]

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        order = [pick.paper.id for pick in self.recommend(profile, candidates, len(candidates))]
        return Explanation(0.0, (), (), (), None, 0.0, order.index(paper.id) + 1, len(order))


PERFECT = Favourite("robot", "speech", "protein", "galaxy")
INVERSE = Favourite("galaxy", "protein", "speech", "robot")
"""What the reader wants least comes first."""
