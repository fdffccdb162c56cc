"""The taste: profile from facts, features from text, a linear learner, and why it chose."""

from bot.recommend.features import bare_words, is_about
from bot.recommend.newest import NewestFirst
from bot.recommend.profile import profile_from_facts
from bot.recommend.rating import WORTH, rating
from bot.recommend.rocchio import Rocchio

__all__ = ["WORTH", "NewestFirst", "Rocchio", "bare_words", "is_about", "profile_from_facts", "rating"]
