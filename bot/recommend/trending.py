"""What is much liked now: votes and saves that fade within days, and upvotes that fade as the paper ages.

    score = Σ worth of a vote × ½^(days since it was cast / 3) + ½ × ln(1 + upvotes) × ½^(days since the news / 3)

A vote is one person's, -1 … 1 (a save 0.8), as everywhere. It fades from the day on which it was cast and not, as the
usual gravity (score / (age + 2)^1.8) has it, from the paper's: a channel that is served once a week votes late, and an
old paper that people find again is news among them. Of upvotes only the sum is known, so they fade with the paper; the
logarithm makes 100 of them worth little more than two fresh votes of colleagues. Three days keep a Friday's votes in
sight on Monday (one half) and let last week go (one fifth).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from math import log1p

from bot.identity import is_private
from bot.model import Channel, Paper, PaperId, Reaction
from bot.recommend.rating import rating, votes

DAYS = 14
"""Older votes and news do not count: they are worth less than a twentieth."""
HALF_LIFE = 3.0
UPVOTED = 0.5
_CHANNELS, _WORKSPACES = 3, 2
"""Votes are shown to strangers only where they come from so many channels, of so many workspaces."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A paper and how much it is liked now; the counts are of people, `upvotes` those that its source counts."""

    paper: Paper
    score: float
    liked: int = 0
    saved: int = 0
    against: int = 0
    upvotes: int = 0


def trends(papers: Iterable[Paper], reactions: Iterable[Reaction], now: datetime, most: int) -> list[Trend]:
    """The most liked of `papers`, best first, at most `most`; none that nobody is for.

    `reactions` name papers by their canonical ids; those of other papers and those older than DAYS are passed over.
    """
    known = {paper.id: paper for paper in papers}
    by_paper = _by_paper(one for one in reactions if one.paper in known and _days(one.at, now) <= DAYS)
    found = (_trend(paper, by_paper.get(paper.id, ()), now) for paper in known.values())
    rising = [one for one in found if one.score > 0]
    return sorted(rising, key=lambda one: (one.score, one.paper.id), reverse=True)[:most]


def shareable(
    reactions: Iterable[Reaction], papers: Mapping[PaperId, Paper], apart: Collection[tuple[str, str]]
) -> list[Reaction]:
    """Those that may count for everybody: of public papers, by workspaces not in `apart`, and of enough of them.

    A paper's votes are all left out where fewer than three channels, or channels of one workspace alone, cast them:
    nobody can tell from a number who they were.
    """
    open_ones = [
        one
        for one in reactions
        if one.paper
        and one.paper in papers
        and rating(one)
        and not is_private(papers[one.paper])
        and _workspace(one.channel) not in apart
    ]
    return [one for group in _by_paper(open_ones).values() if _is_crowd(group) for one in group]


def _is_crowd(reactions: Sequence[Reaction]) -> bool:
    channels = {one.channel for one in reactions}
    return len(channels) >= _CHANNELS and len(set(map(_workspace, channels))) >= _WORKSPACES


def _workspace(channel: Channel) -> tuple[str, str]:
    return channel.platform, channel.workspace


def _by_paper(reactions: Iterable[Reaction]) -> dict[PaperId, list[Reaction]]:
    groups: dict[PaperId, list[Reaction]] = defaultdict(list)
    for one in reactions:
        if one.paper:
            groups[one.paper].append(one)
    return groups


def _trend(paper: Paper, reactions: Sequence[Reaction], now: datetime) -> Trend:
    cast = votes(reactions).get(paper.id, [])
    told = sum(vote.worth * _fade(_days(vote.at, now)) for vote in cast)
    upvotes = max(paper.upvotes or 0, 0)
    upvoted = UPVOTED * log1p(upvotes) * _fade(_age(paper, now))
    return Trend(
        paper,
        told + upvoted,
        liked=_people(reactions, lambda worth: worth == 1.0),
        saved=_people(reactions, lambda worth: 0 < worth < 1),
        against=_people(reactions, lambda worth: worth < 0),
        upvotes=upvotes,
    )


def _people(reactions: Iterable[Reaction], fits: Callable[[float], bool]) -> int:
    return len({one.user for one in reactions if fits(rating(one))})


def _age(paper: Paper, now: datetime) -> float:
    """Days since the paper was news; as old as counts where nobody knows."""
    day = paper.announced_on or paper.published_on
    return _days(datetime.combine(day, time(), UTC), now) if day else float(DAYS)


def _days(at: datetime, now: datetime) -> float:
    return max((now - at).total_seconds(), 0.0) / 86_400


def _fade(days: float) -> float:
    return float(0.5 ** (days / HALF_LIFE))
