"""What a reaction is worth: facts in, opinions out."""

from collections import defaultdict
from collections.abc import Iterable

from bot.model import PaperId, Reaction, UserId

WORTH: dict[str, float] = (
    dict.fromkeys("👍❤🔥🎉⭐🌟💯👏🚀😍🙌💡✨", 1.0)
    | dict.fromkeys("🔖📌💾📚", 0.8)
    | dict.fromkeys("👎😴🥱❌🚫💩🙅", -1.0)
)
"""What an emoji says about a paper: for it above 0, against it below; one that is not here says nothing."""


def rating(reaction: Reaction) -> float:
    """-1 … 1; 0 for an emoji that says nothing about taste."""
    return WORTH.get(reaction.name, 0.0) if reaction.on else 0.0


def ratings(reactions: Iterable[Reaction]) -> dict[PaperId, float]:
    """-1 … 1 per paper that anyone judged: each person has one vote, and a channel's is their mean.

    A person's vote is the sum of their reactions, at most 1 either way, so 👍 and 👎 together cancel.
    """
    votes: dict[PaperId, dict[UserId, float]] = defaultdict(dict)
    for reaction in reactions:
        if reaction.paper and (worth := rating(reaction)):
            mine = votes[reaction.paper]
            mine[reaction.user] = mine.get(reaction.user, 0.0) + worth
    return {
        paper: sum(max(-1.0, min(1.0, v)) for v in mine.values()) / len(mine) for paper, mine in votes.items()
    }
