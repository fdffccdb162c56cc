"""Where a paper was posted before, in words; how a channel is named is each platform's own."""

from collections.abc import Callable, Iterator, Sequence

from bot.digest import short_day
from bot.model import UP, Channel, Standing

MOST_PLACES = 3


def told(standings: Sequence[Standing], name: Callable[[Channel], str]) -> Iterator[str]:
    """`Posted in #papers on 3 Oct · 7 👍, here on 2 Oct and 4 more`, in pieces not to be cut; none where it was not.

    A channel without a name (empty) is the one where this is read.
    """
    for place, standing in enumerate(standings[:MOST_PLACES]):
        named = name(standing.channel)
        where = f"in {named}" if named else "here"
        likes = f" · {standing.likes} {UP}" if standing.likes > 0 else ""
        yield f"{', ' if place else 'Posted '}{where} on {short_day(standing.day)}{likes}"
    if len(standings) > MOST_PLACES:
        yield f" and {len(standings) - MOST_PLACES} more"
