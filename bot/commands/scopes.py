"""What `posted:here`, `saved:me` and `liked:here` mean: papers that a channel's facts name; and its order of papers."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.commands.desk import Desk, local_day, subscription_or_new
from bot.commands.saved import saved_by
from bot.model import Channel, Paper, PaperId, Request
from bot.morning import Morning
from bot.ports import Query
from bot.recommend import ratings
from bot.search.archive import Order
from bot.search.query import Scope


def scoped(desk: Desk, request: Request, query: Query, scopes: Sequence[Scope]) -> Query:
    """The query, within the papers of all scopes and beyond those of the scopes with a minus."""
    for scope in scopes:
        papers = _SCOPES[scope.name](desk, request)
        if scope.without:
            query = replace(query, beyond=query.beyond | papers)
        else:
            query = replace(query, within=papers if query.within is None else query.within & papers)
    return query


def _posted(desk: Desk, request: Request) -> frozenset[PaperId]:
    return frozenset(desk.store.posted(request.channel))


def _saved(desk: Desk, request: Request) -> frozenset[PaperId]:
    return frozenset(saved_by(desk.store.reactions(request.channel), request.user))


def _liked(desk: Desk, request: Request) -> frozenset[PaperId]:
    rated = ratings(desk.store.reactions(request.channel), desk.now)
    return frozenset(paper for paper, worth in rated.items() if worth > 0)


_SCOPES: dict[str, Callable[[Desk, Request], frozenset[PaperId]]] = {
    "posted:here": _posted,
    "saved:me": _saved,
    "liked:here": _liked,
}


def taste_order(desk: Desk, channel: Channel) -> Order | None:
    """The order in which the channel would be offered papers; None while nothing is followed or liked there.

    By places, because scores of two models do not compare.
    """
    subscription = subscription_or_new(desk, channel)
    profile = Morning(desk.store, desk.now).profile(subscription, local_day(desk, subscription))
    if not (profile.interests or profile.seeds or profile.groups or profile.ratings):
        return None

    def places(papers: Sequence[Paper]) -> list[float]:
        picks = desk.recommender.recommend(profile, papers, len(papers))
        place = {pick.paper.id: float(-i) for i, pick in enumerate(picks)}
        return [place.get(paper.id, float(-len(papers))) for paper in papers]

    return places
