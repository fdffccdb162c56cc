"""What reactions are worth: facts in, opinions out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from bot.model import OFF_TOPIC, PaperId, Reaction, UserId

WORTH: dict[str, float] = (
    dict.fromkeys("👍❤🔥🎉⭐🌟💯👏🚀😍🙌💡✨", 1.0)
    | dict.fromkeys("🔖📌💾📚", 0.8)
    | dict.fromkeys("👎😴🥱❌🚫💩🙅", -1.0)
)
"""What an emoji says about a paper: for it above 0, against it below; one that is not here says nothing."""

HALF_LIFE = 365.0
"""Days after which a vote counts half."""
FREE_VOTES = 10
"""So many votes, beside as many as all others together have, count fully for each person."""


class Vote(NamedTuple):
    """What one person says of one paper, -1 … 1; `at` is when they last said so."""

    user: UserId
    worth: float
    at: datetime


def rating(reaction: Reaction) -> float:
    """-1 … 1; 0 for an emoji that says nothing about taste."""
    return WORTH.get(reaction.name, 0.0) if reaction.on else 0.0


def votes(reactions: Iterable[Reaction]) -> dict[PaperId, list[Vote]]:
    """One vote per person and paper: the sum of their reactions, at most 1 either way, so 👍 and 👎 cancel."""
    found: dict[PaperId, dict[UserId, tuple[float, datetime]]] = defaultdict(dict)
    for reaction in reactions:
        if reaction.paper and (worth := rating(reaction)):
            mine, at = found[reaction.paper], reaction.at
            if before := mine.get(reaction.user):
                worth, at = before[0] + worth, max(before[1], at)
            mine[reaction.user] = worth, at
    return {
        paper: [Vote(user, max(-1.0, min(1.0, worth)), at) for user, (worth, at) in mine.items()]
        for paper, mine in found.items()
    }


def ratings(reactions: Iterable[Reaction], now: datetime | None = None) -> dict[PaperId, float]:
    """-1 … 1 per paper that anyone judged: the mean of its people's votes.

    With `now`, votes fade: one a year old counts half. A person's votes are damped together (`influence`).
    """
    cast = votes(reactions)
    weights = influence(Counter(vote.user for mine in cast.values() for vote in mine))

    def worth(vote: Vote) -> float:
        return vote.worth * weights[vote.user] * (_fade(vote.at, now) if now else 1.0)

    return {paper: sum(map(worth, mine)) / len(mine) for paper, mine in cast.items()}


def influence(counts: Mapping[UserId, int]) -> dict[UserId, float]:
    """0 … 1 per person: nobody weighs more than all others of the channel together and FREE_VOTES votes.

    Who is alone counts fully: there is nobody to be drowned out.
    """
    everything = sum(counts.values())
    if len(counts) == 1:
        return dict.fromkeys(counts, 1.0)
    return {user: min(1.0, (everything - mine + FREE_VOTES) / mine) for user, mine in counts.items()}


def off_topic(reactions: Iterable[Reaction]) -> frozenset[PaperId]:
    """The papers of which somebody said that their whole topic is not wanted, by *Not this topic*."""
    return frozenset(r.paper for r in reactions if r.paper and r.on and r.name == OFF_TOPIC)


def _fade(at: datetime, now: datetime) -> float:
    return float(0.5 ** (max((now - at).total_seconds(), 0.0) / 86_400 / HALF_LIFE))
