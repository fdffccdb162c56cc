"""The promises: what the core asks of the world. Adapters fulfil them; contract tests hold them to it."""

from bot.ports.chat import ChatPlatform, Clock, Inbox
from bot.ports.index import Hit, Query, SearchIndex, Words
from bot.ports.recommender import Explanation, Group, Likes, Profile, Recommender, Theme, Wish
from bot.ports.sources import Entry, PaperFinder, PaperSource, Reading, Skipped
from bot.ports.store import Added, Facts, Removed, Shown, Store

__all__ = [
    "Added",
    "ChatPlatform",
    "Clock",
    "Entry",
    "Explanation",
    "Facts",
    "Group",
    "Hit",
    "Inbox",
    "Likes",
    "PaperFinder",
    "PaperSource",
    "Profile",
    "Query",
    "Reading",
    "Recommender",
    "Removed",
    "SearchIndex",
    "Shown",
    "Skipped",
    "Store",
    "Theme",
    "Wish",
    "Words",
]
