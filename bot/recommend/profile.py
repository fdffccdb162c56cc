"""From facts to what a channel likes. Derived each time, never stored."""

from collections.abc import Mapping, Sequence

from bot.model import Interest, Offer, Paper, PaperId, Reaction
from bot.ports import Profile
from bot.recommend.rating import ratings

_IGNORED_KEPT = 200
"""How many of the latest shown-and-ignored papers count; the figure the published comparison used."""


def profile_from_facts(
    interests: Sequence[Interest],
    offers: Sequence[Offer],
    reactions: Sequence[Reaction],
    papers: Mapping[PaperId, Paper],
) -> Profile:
    """What the facts say now. `papers` holds every paper the facts name; unknown ones are left out.

    A paper counts as ignored only if somebody reacted to that day's digest at all: a morning that nobody
    looked at says nothing about its papers.
    """
    rated = ratings(reactions)
    touched = {reaction.paper for reaction in reactions}
    seen_days = {offer.day for offer in offers if offer.impression.paper in touched}
    ignored = [
        offer.impression.paper
        for offer in offers
        if offer.day in seen_days and offer.impression.paper not in touched
    ]
    return Profile(
        interests=tuple(interest for interest in interests if interest.paper is None),
        seeds=tuple(papers[i.paper] for i in interests if i.paper and i.paper in papers),
        ratings=tuple((papers[p], value) for p, value in rated.items() if p in papers),
        ignored=tuple(papers[p] for p in ignored[-_IGNORED_KEPT:] if p in papers),
    )
