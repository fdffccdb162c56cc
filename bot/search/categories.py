"""Which category is certainly meant by what somebody wrote behind `cat:`."""

from rapidfuzz.distance import OSA

from bot.arxiv_categories import ARCHIVES, CATEGORIES, COMMON_NAMES

_TELLING = 4
"""Shorter names are one letter off of too much."""


def meant_category(text: str) -> str:
    """The category of that common name, or the only one that is one letter off; empty where there is doubt."""
    plain = text.strip().casefold()
    if plain in COMMON_NAMES or len(plain) < _TELLING:
        return COMMON_NAMES.get(plain, "")
    near = [name for name in CATEGORIES | ARCHIVES if OSA.distance(plain, name.casefold()) == 1]
    return near[0] if len(near) == 1 else ""
