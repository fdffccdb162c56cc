"""From facts to what a channel likes. Derived each time, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.model import Interest, Paper, PaperId, Subscription
from bot.ports import Facts, Group, Profile
from bot.recommend.rating import off_topic, rating, ratings

_IGNORED_KEPT = 200
"""How many of the latest shown-and-ignored papers count; the figure the published comparison used."""


_NOTHING = 0.05
"""An opinion weaker than that is none: two people disagree, and one was some seconds later."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """What a channel's facts say about papers, by their ids: the first half of the way to a profile.

    `voters` is how many people's votes these are, at least 1.
    """

    rated: Mapping[PaperId, float]
    ignored: tuple[PaperId, ...]
    off_topic: frozenset[PaperId]
    interests: tuple[Interest, ...]
    muted: frozenset[str]
    voters: int = 1

    def papers(self) -> set[PaperId]:
        """All that the profile needs to know."""
        seeds = {interest.paper for interest in self.interests if interest.paper}
        examples = {paper for interest in self.interests for paper in interest.papers}
        return {*self.rated, *self.ignored, *seeds, *examples}


def opinions_from_facts(subscription: Subscription, facts: Facts, now: datetime) -> Opinions:
    """What counts now: nothing from before a reset, and no like that a deleted interest stands on.

    A paper counts as ignored only if somebody reacted to that day's digest at all: a morning that nobody
    looked at says nothing about its papers.
    """
    reset = subscription.reset_at
    reactions, offers = facts.reactions, facts.offers
    if reset is not None:
        reactions = tuple(r for r in reactions if r.at >= reset)
        offers = tuple(offer for offer in offers if offer.planned_at >= reset)
    touched = {reaction.paper for reaction in facts.reactions}
    seen_days = {offer.day for offer in offers if offer.impression.paper in touched}
    ignored = [
        offer.impression.paper
        for offer in offers
        if offer.day in seen_days and offer.impression.paper not in touched
    ]
    kept = tuple(one for one in subscription.interests if one.share)
    dropped = {paper for one in subscription.interests if not one.share for paper in one.papers}
    rated = {
        paper: worth
        for paper, worth in ratings(reactions, now).items()
        if abs(worth) >= _NOTHING and not (worth > 0 and paper in dropped)
    }
    return Opinions(
        rated=rated,
        ignored=tuple(ignored[-_IGNORED_KEPT:]),
        off_topic=frozenset(paper for paper in off_topic(reactions) if rated.get(paper, 0.0) < 0),
        interests=kept,
        muted=frozenset(o.name for o in kept if o.muted_until and o.muted_until > now.date()),
        voters=max(len({r.user for r in reactions if r.paper and rating(r)}), 1),
    )


def profile_from_opinions(
    opinions: Opinions, papers: Mapping[PaperId, Paper], *, crowd: bool = True
) -> Profile:
    """`papers` holds every paper the opinions name; unknown ones are left out."""
    groups = (
        Group(interest, tuple(papers[p] for p in interest.papers if p in papers))
        for interest in opinions.interests
        if interest.papers
    )
    return Profile(
        interests=tuple(one for one in opinions.interests if one.paper is None and not one.papers),
        seeds=tuple(papers[one.paper] for one in opinions.interests if one.paper and one.paper in papers),
        ratings=tuple((papers[p], worth) for p, worth in opinions.rated.items() if p in papers),
        ignored=tuple(papers[p] for p in opinions.ignored if p in papers),
        off_topic=tuple(sorted(opinions.off_topic)),
        groups=tuple(group for group in groups if group.papers),
        muted=opinions.muted,
        voters=opinions.voters,
        crowd=crowd,
    )
