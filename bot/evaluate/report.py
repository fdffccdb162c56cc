"""The monthly report of a channel: how often its digests had something that people liked, beside simpler methods."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

from bot.evaluate.cases import Question, verdicts
from bot.evaluate.match import credits_of
from bot.evaluate.replay import History, history_of, replayed
from bot.model import Channel, Message, Offer, PaperId, Picture, Subscription
from bot.ports import Facts, Recommender, Store
from bot.recommend import NewestFirst
from bot.recommend.credit import Credit
from bot.recommend.rating import votes
from bot.recommend.shuffled import Shuffled

WEEKS = 8
_HEADING = "How well the picks did"


@dataclass(frozen=True, slots=True)
class Week:
    """The digests of one week, from Monday.

    `hits` are digests with a liked paper; `newest_hits` and `random_hits` how many of them would have had one. `shown`
    counts their papers, `wild` those of them that were wild cards; `votes` counts one per person and paper.
    """

    monday: date
    digests: int = 0
    hits: int = 0
    newest_hits: int = 0
    random_hits: int = 0
    shown: int = 0
    liked: int = 0
    disliked: int = 0
    votes: int = 0
    wild: int = 0
    wild_liked: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The latest weeks of one channel, oldest first, without those that had no digest."""

    channel: Channel
    weeks: tuple[Week, ...] = ()
    credits: tuple[Credit, ...] = ()

    def total(self, field: str) -> int:
        """The sum over all weeks."""
        return sum(int(getattr(week, field)) for week in self.weeks)


Draw = Callable[[Report], bytes]
"""Makes the PNG."""


def report_of(store: Store, channel: Channel, now: datetime, window_days: int) -> Report:
    """What the facts of the last eight weeks say; without weeks where the channel had no digest in them."""
    history = history_of(store, now, window_days, [channel])
    if channel not in history.subscriptions:
        return Report(channel)
    subscription, facts = history.subscriptions[channel], history.facts[channel]
    since = now.date() - timedelta(weeks=WEEKS)
    offers = [offer for offer in facts.offers if _monday(offer.day) >= _monday(since)]
    others: dict[str, Recommender] = {"newest": NewestFirst(), "random": Shuffled()}
    hits = _hits(store, history, subscription, offers, others)
    mondays = sorted({_monday(offer.day) for offer in offers})
    weeks = (_week(monday, offers, subscription, facts, hits) for monday in mondays)
    return Report(channel, tuple(weeks), credits_of([subscription], history.facts, _monday(since)))


def message(report: Report, draw: Draw | None = None) -> Message:
    """In words, and where it can be drawn, as a picture."""
    if not report.weeks:
        return Message("There was no digest in the last weeks, so there is nothing to tell yet.", _HEADING)
    lines = [_hits_text(report), _votes_text(report), _wild_text(report), *map(credit_text, report.credits)]
    text = "\n".join(line for line in lines if line)
    picture = Picture(draw(report), _description(report)) if draw else None
    return Message(text, f"{_HEADING} · {_span(report)}", picture=picture)


def drawing() -> Draw | None:
    """How pictures are made here; None where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        return None
    drawn: Draw = import_module("bot.evaluate.picture").picture
    return drawn


def report_message(store: Store, window_days: int, channel: Channel, now: datetime) -> Message:
    """All of it: read, told and drawn."""
    return message(report_of(store, channel, now, window_days), drawing())


def credit_text(credit: Credit) -> str:
    """Who was liked better, and how sure that is."""
    match = f"{credit.first} against {credit.second}, interleaved in {_count(credit.digests, 'digest')}"
    if credit.share is None:
        return f"{match}: no difference yet."
    sure = f"{credit.share:.0%} (95 % interval {credit.low:.0%} to {credit.high:.0%}, p = {credit.p:.2f})"
    return f"{match}: liked better in {credit.wins}, less in {credit.losses}; {sure}."


def _hits(
    store: Store,
    history: History,
    subscription: Subscription,
    offers: Sequence[Offer],
    others: dict[str, Recommender],
) -> set[tuple[str, date]]:
    """Recommender and day wherever its picks would have held a liked paper."""
    liked = _liked(subscription, history.facts[subscription.channel])
    days = {offer.day for offer in offers if offer.impression.paper in liked}
    asked = [Question(subscription.channel, day) for day in days]
    played = replayed(store, history, asked, others)
    return {(name, one.day) for one, name, trial in played if not trial.liked.isdisjoint(trial.top)}


def _week(
    monday: date,
    offers: Iterable[Offer],
    subscription: Subscription,
    facts: Facts,
    hits: set[tuple[str, date]],
) -> Week:
    mine = [offer for offer in offers if _monday(offer.day) == monday]
    shown = {offer.impression.paper: offer for offer in mine}
    liked = _liked(subscription, facts) & shown.keys()
    disliked = {paper for paper, worth in verdicts(subscription, facts).items() if worth < 0} & shown.keys()
    wild = {offer.impression.paper for offer in mine if offer.impression.explores}
    return Week(
        monday,
        digests=len({offer.day for offer in mine}),
        hits=len({shown[paper].day for paper in liked}),
        newest_hits=sum(name == "newest" and _monday(day) == monday for name, day in hits),
        random_hits=sum(name == "random" and _monday(day) == monday for name, day in hits),
        shown=len(shown),
        liked=len(liked),
        disliked=len(disliked),
        votes=sum(len(cast) for paper, cast in votes(facts.reactions).items() if paper in shown),
        wild=len(wild),
        wild_liked=len(wild & liked),
    )


def _liked(subscription: Subscription, facts: Facts) -> set[PaperId]:
    return {paper for paper, worth in verdicts(subscription, facts).items() if worth > 0}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _hits_text(report: Report) -> str:
    digests, hits = report.total("digests"), report.total("hits")
    newest, random = report.total("newest_hits"), report.total("random_hits")
    hit = (
        f"{hits} of {_count(digests, 'digest')} had a paper that somebody here liked ({hits / digests:.0%})."
    )
    if not hits:
        return hit
    others = f"Newest first would have had one of these too in {newest or 'none'} of them"
    # Otherwise it would pass for a fair comparison.
    caution = "what only they would have shown, nobody could like"
    return f"{hit} {others}, chance in {random or 'none'}; {caution}."


def _votes_text(report: Report) -> str:
    shown, cast = report.total("shown"), report.total("votes")
    liked, disliked = report.total("liked"), report.total("disliked")
    votes_text = f"{_count(cast, 'vote')} on {_count(shown, 'paper')}: {cast / shown:.2f} for each."
    return f"{votes_text} {liked} liked, {disliked} turned down."


def _wild_text(report: Report) -> str:
    wild, liked = report.total("wild"), report.total("wild_liked")
    rest, others = report.total("shown") - wild, report.total("liked") - liked
    return f"Wild cards: {liked} of {wild} liked; other picks: {others} of {rest}." if wild else ""


def _span(report: Report) -> str:
    first, last = report.weeks[0].monday, report.weeks[-1].monday + timedelta(days=6)
    return f"{first.day} {first:%b} to {last.day} {last:%b}"


def _description(report: Report) -> str:
    """The picture in words, for those who cannot see it."""
    weeks = "; ".join(
        f"week of {week.monday.day} {week.monday:%b}: {week.hits} of {week.digests}" for week in report.weeks
    )
    return f"Digests with a liked paper, by week. {weeks}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
