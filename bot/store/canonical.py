"""Which papers interests name, and the same with every paper named by its id of today. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.model import Change, Interest, PaperId, Steering


def named_in(interests: Iterable[Interest]) -> set[PaperId]:
    """Seeds and examples."""
    found: set[PaperId] = set()
    for interest in interests:
        found.update(interest.papers)
        if interest.paper is not None:
            found.add(interest.paper)
    return found


def named_in_change(change: Change) -> set[PaperId]:
    """What it names, before and after."""
    return named_in((*change.before.interests, *change.after.interests))


def canonical_interest(interest: Interest, ids: Mapping[PaperId, PaperId]) -> Interest:
    """An id that is not among `ids` stays. Examples that have become one paper are one."""
    if interest.paper is None and not interest.papers:
        return interest
    paper = interest.paper and ids.get(interest.paper, interest.paper)
    papers = tuple(dict.fromkeys(ids.get(key, key) for key in interest.papers))
    if (paper, papers) == (interest.paper, interest.papers):
        return interest
    return replace(interest, paper=paper, papers=papers)


def canonical_steering(steering: Steering, ids: Mapping[PaperId, PaperId]) -> Steering:
    """As a store would give it back: of several interests of one name, ignoring case, the first."""
    named: dict[str, Interest] = {}
    for interest in steering.interests:
        named.setdefault(interest.name.casefold(), canonical_interest(interest, ids))
    return replace(steering, interests=tuple(named.values()))


def canonical_change(change: Change, ids: Mapping[PaperId, PaperId]) -> Change:
    """Both sides of it."""
    before, after = (canonical_steering(one, ids) for one in (change.before, change.after))
    return replace(change, before=before, after=after)
