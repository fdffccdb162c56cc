"""The taste: profile from facts, features from text, a linear learner, and why it chose."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.recommend.newest import NewestFirst
from bot.recommend.profile import Opinions, opinions_from_facts, profile_from_opinions
from bot.recommend.rating import WORTH, rating, ratings

if TYPE_CHECKING:
    from bot.recommend.candidates import among
    from bot.recommend.learner import Learner
    from bot.recommend.texts import Texts
    from bot.recommend.words import bare_words, is_about

__all__ = [
    "WORTH",
    "Learner",
    "NewestFirst",
    "Opinions",
    "Texts",
    "among",
    "bare_words",
    "is_about",
    "opinions_from_facts",
    "profile_from_opinions",
    "rating",
    "ratings",
]

_LATE = {
    "Learner": "learner",
    "Texts": "texts",
    "among": "candidates",
    "bare_words": "words",
    "is_about": "words",
}


def __getattr__(name: str) -> Any:
    """The learner when it is first asked for: its libraries take a second to load, and most commands never rank."""
    if name in _LATE:
        return getattr(import_module(f"bot.recommend.{_LATE[name]}"), name)
    raise AttributeError(name)
