"""The taste: profile from facts, features from text, a linear learner, and why it chose."""

from bot.recommend.newest import NewestFirst
from bot.recommend.profile import profile_from_facts
from bot.recommend.rating import rating
from bot.recommend.rocchio import Rocchio

__all__ = ["NewestFirst", "Rocchio", "profile_from_facts", "rating"]
