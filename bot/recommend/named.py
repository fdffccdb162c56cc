"""The recommenders by the names that the settings and `paperboy evaluate` know them by."""

from collections.abc import Callable

from bot import recommend
from bot.ports import Recommender
from bot.recommend.interleave import Interleaved
from bot.recommend.newest import NewestFirst
from bot.recommend.shuffled import Shuffled

# Lambdas, because the learner's libraries are loaded when it is first asked for.
RECOMMENDERS: dict[str, Callable[[], Recommender]] = {
    "linear": lambda: recommend.Learner(),  # noqa: PLW0108
    "words": lambda: recommend.Learner(simple=True),
    "newest": NewestFirst,
    "random": Shuffled,
}
"""What makes each. `linear` is the one that serves the channels; `words` is it with one interest and no crowd."""


def interleaved(first: Recommender, against: str) -> Recommender:
    """`first`, in a match with the one of that name; `none`: alone."""
    return first if against == "none" else Interleaved(first, RECOMMENDERS[against]())
