"""The taste: profile from facts, features from text, a linear learner, and why it chose."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.recommend.newest import NewestFirst
from bot.recommend.profile import profile_from_facts
from bot.recommend.rating import WORTH, rating, ratings

if TYPE_CHECKING:
    from bot.recommend.features import bare_words, is_about
    from bot.recommend.rocchio import Rocchio

__all__ = [
    "WORTH",
    "NewestFirst",
    "Rocchio",
    "bare_words",
    "is_about",
    "profile_from_facts",
    "rating",
    "ratings",
]

_LATE = {"Rocchio": "rocchio", "bare_words": "features", "is_about": "features"}


def __getattr__(name: str) -> Any:
    """The learner when it is first asked for: its libraries take a second to load, and most commands never rank."""
    if name in _LATE:
        return getattr(import_module(f"bot.recommend.{_LATE[name]}"), name)
    raise AttributeError(name)
