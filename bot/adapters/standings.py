"""Where a paper was posted before, in words; how a channel is named is each platform's own."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from bot.digest import short_day
from bot.model import UP, Channel, Standing

MOST_PLACES = 3

Name = TypeVar("Name")


def told(
    standings: Sequence[Standing], name: Callable[[Channel], Name]
) -> Iterator[tuple[str, Name | None, str]]:
    """`Posted in #papers on 3 Oct · 7 👍, here on 2 Dec 2025 and 4 more`, in pieces not to be cut; or none.

    Each is what stands before a name, the name or None, and what stands behind it. A channel without a name (empty) is
    the one where this is read.
    """
    for place, standing in enumerate(standings[:MOST_PLACES]):
        lead, rest = ", " if place else "Posted ", _when(standing)
        named = name(standing.channel)
        yield (f"{lead}in ", named, rest) if named else (f"{lead}here{rest}", None, "")
    if len(standings) > MOST_PLACES:
        yield f" and {len(standings) - MOST_PLACES} more", None, ""


def in_words(standings: Sequence[Standing], name: Callable[[Channel], str]) -> Iterator[str]:
    """The same where a name is text like the rest."""
    return (f"{before}{named or ''}{behind}" for before, named, behind in told(standings, name))


def _when(standing: Standing) -> str:
    year = f" {standing.day.year}" if standing.earlier_year else ""
    likes = f" · {standing.likes} {UP}" if standing.likes > 0 else ""
    return f" on {short_day(standing.day)}{year}{likes}"
