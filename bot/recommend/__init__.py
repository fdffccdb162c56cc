"""The taste: profile from facts, features from text, a linear learner, and why it chose."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.recommend.newest import NewestFirst
from bot.recommend.profile import profile_from_facts
from bot.recommend.rating import rating

if TYPE_CHECKING:
    from bot.recommend.rocchio import Rocchio

__all__ = ["NewestFirst", "Rocchio", "profile_from_facts", "rating"]


def __getattr__(name: str) -> Any:
    """The learner when it is first asked for: its libraries take a second to load, and most commands never rank."""
    if name == "Rocchio":
        return import_module("bot.recommend.rocchio").Rocchio
    raise AttributeError(name)
