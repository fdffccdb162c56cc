"""What to ask of a channel's history: which morning again, knowing which facts, and what came of its papers. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.digest import days_since
from bot.model import Channel, Interest, Paper, PaperId, Subscription
from bot.ports import Facts
from bot.recommend import ratings

LEAVE_ONE_OUT = "leave one out"
DAY_BY_DAY = "day by day"
PROTOCOLS = (LEAVE_ONE_OUT, DAY_BY_DAY)


@dataclass(frozen=True, slots=True)
class Question:
    """A digest to choose again (day by day); with `paper`: where that one would stand if nobody had rated it."""

    channel: Channel
    day: date
    paper: PaperId | None = None

    @property
    def protocol(self) -> str:
        """Which of the two it belongs to."""
        return LEAVE_ONE_OUT if self.paper else DAY_BY_DAY


@dataclass(frozen=True, slots=True)
class Case:
    """A question with all that may be known: the subscription and the facts as of `now`, and the answer.

    `window_days`: how many days back a paper was still new. `rated` is what the channel said, -1 … 1, of papers that
    may be among the candidates.
    """

    question: Question
    subscription: Subscription
    facts: Facts
    now: datetime
    window_days: int
    rated: Mapping[PaperId, float]


def questions(subscription: Subscription, facts: Facts, papers: Mapping[PaperId, Paper]) -> list[Question]:
    """One per digest of which a paper was rated, and one per rated paper; nothing from before a reset.

    `papers` are the rated ones: one that no digest offered is asked about on the day of its announcement.
    """
    channel, rated = subscription.channel, verdicts(subscription, facts)
    offered = {o.impression.paper: o.day for o in facts.offers if _counts(subscription, o.planned_at)}
    days = sorted({day for paper, day in offered.items() if paper in rated})
    known = {paper: offered.get(paper) or _announced(papers, paper) for paper in rated}
    singles = [Question(channel, day, paper) for paper, day in sorted(known.items()) if day]
    return [*(Question(channel, day) for day in days), *singles]


def verdicts(subscription: Subscription, facts: Facts) -> dict[PaperId, float]:
    """What was said of papers since the last reset, the old as loud as the new; without those that say nothing."""
    counting = (reaction for reaction in facts.reactions if _counts(subscription, reaction.at))
    return {paper: worth for paper, worth in ratings(counting).items() if worth}


def case_of(
    question: Question, subscription: Subscription, facts: Facts, now: datetime, window_days: int
) -> Case:
    """What was known that morning, or now without the one paper. `facts` are all of the channel's."""
    if question.paper:
        return _left_out(question, question.paper, subscription, facts, now, window_days)
    morning = min(offer.planned_at for offer in facts.offers if offer.day == question.day)
    past = Facts(
        tuple(offer for offer in facts.offers if offer.planned_at < morning),
        tuple(reaction for reaction in facts.reactions if reaction.at < morning),
    )
    rated = verdicts(subscription, facts)
    later = rated.keys() - {reaction.paper for reaction in past.reactions}
    told = {paper: rated[paper] for paper in later}
    return Case(question, _without(subscription, later), past, morning, window_days, told)


def _left_out(
    question: Question,
    paper: PaperId,
    subscription: Subscription,
    facts: Facts,
    now: datetime,
    window_days: int,
) -> Case:
    others = Facts(
        tuple(offer for offer in facts.offers if offer.impression.paper != paper),
        tuple(reaction for reaction in facts.reactions if reaction.paper != paper),
    )
    earlier = [offer for offer in facts.offers if offer.day < question.day]
    window_days = max(window_days, days_since(earlier, question.day))
    told = {paper: verdicts(subscription, facts)[paper]}
    return Case(question, _without(subscription, {paper}), others, now, window_days, told)


def _without(subscription: Subscription, unknown: Collection[PaperId]) -> Subscription:
    """As it is today, because when a topic was followed is not kept; but no interest knows a paper's rating ahead.

    What is muted today is taken as not muted: nobody knows since when.
    """
    kept = (_narrowed(one, unknown) for one in subscription.interests if one.paper not in unknown)
    found = tuple(replace(one, muted_until=None) for one in kept if one)
    return replace(subscription, interests=found, wild_cards=0)


def _narrowed(interest: Interest, unknown: Collection[PaperId]) -> Interest | None:
    papers = tuple(paper for paper in interest.papers if paper not in unknown)
    return replace(interest, papers=papers) if papers or not interest.papers else None


def _counts(subscription: Subscription, at: datetime) -> bool:
    return subscription.reset_at is None or at >= subscription.reset_at


def _announced(papers: Mapping[PaperId, Paper], paper: PaperId) -> date | None:
    return papers[paper].announced_on if paper in papers else None
