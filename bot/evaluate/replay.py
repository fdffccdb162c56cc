"""Choose past digests again, by the recommender's usual path, and compare with what the channels said."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from random import Random

from bot.digest import choose
from bot.evaluate.cases import PROTOCOLS, Case, Question, case_of, questions, verdicts
from bot.evaluate.match import credits_of
from bot.model import Channel, Subscription
from bot.morning import Morning
from bot.ports import Facts, Recommender, Store
from bot.recommend.credit import Credit
from bot.recommend.measures import Estimate, Trial, measured


@dataclass(frozen=True, slots=True)
class Row:
    """One recommender under one protocol; a measure that its trials cannot tell is left out."""

    protocol: str
    recommender: str
    trials: int
    measures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an installation's own history says.

    `asked` counts the questions that its history has, `left_out` those of them that were drawn but could not be asked
    any more, because their papers are no candidates now.
    """

    channels: int
    first: date | None
    last: date | None
    asked: int
    left_out: int
    rows: tuple[Row, ...]
    credits: tuple[Credit, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What is replayed: the channels and all their facts, read once."""

    subscriptions: Mapping[Channel, Subscription]
    facts: Mapping[Channel, Facts]
    now: datetime
    window_days: int


def history_of(store: Store, now: datetime, window_days: int, channels: Collection[Channel] = ()) -> History:
    """Of these channels, or of all that are subscribed."""
    found = {one.channel: one for one in store.subscriptions() if not channels or one.channel in channels}
    return History(found, store.facts(list(found)), now, window_days)


def evaluate(
    store: Store,
    history: History,
    recommenders: Mapping[str, Recommender],
    since: date | None = None,
    most: int = 1000,
) -> Evaluation:
    """Both protocols for all recommenders, by their names; questions of days before `since` are not asked.

    Of each protocol's questions `most` are drawn, always the same ones, where there are more. The recommenders must
    have studied no likes: among these is what is to be guessed.
    """
    asked = [question for question in _questions(store, history) if since is None or question.day >= since]
    drawn = [one for protocol in PROTOCOLS for one in _drawn(asked, protocol, most)]
    trials: dict[tuple[str, str], list[Trial]] = {
        (protocol, name): [] for protocol in PROTOCOLS for name in recommenders
    }
    for question, name, trial in replayed(store, history, drawn, recommenders):
        trials[question.protocol, name].append(trial)
    rows = [Row(protocol, name, len(found), measured(found)) for (protocol, name), found in trials.items()]
    played = sum(row.trials for row in rows) // max(len(recommenders), 1)
    days = [question.day for question in drawn]
    return Evaluation(
        len({question.channel for question in drawn}),
        min(days, default=None),
        max(days, default=None),
        len(asked),
        len(drawn) - played,
        tuple(rows),
        credits_of(history.subscriptions.values(), history.facts, since),
    )


def replayed(
    store: Store,
    history: History,
    asked: Sequence[Question],
    recommenders: Mapping[str, Recommender],
) -> Iterator[tuple[Question, str, Trial]]:
    """Every recommender's answer to every question, except where no rated paper is a candidate."""
    for _, same in groupby(sorted(asked, key=_order), key=lambda question: question.day):
        # One day's papers at a time: those of a year would not fit.
        morning = Morning(store, history.now)
        for question in same:
            channel = question.channel
            subscription, facts = history.subscriptions[channel], history.facts[channel]
            case = case_of(question, subscription, facts, history.now, history.window_days)
            there = morning.as_of(case.now, {channel: case.facts})
            for name, recommender in recommenders.items():
                if trial := _trial(there, recommender, case):
                    yield question, name, trial


def _trial(morning: Morning, recommender: Recommender, case: Case) -> Trial | None:
    day, subscription = case.question.day, case.subscription
    choice = choose(morning, recommender, subscription, day, case.window_days)
    here = {paper.id for paper in choice.candidates}
    liked = frozenset(paper for paper, worth in case.rated.items() if worth > 0 and paper in here)
    disliked = frozenset(paper for paper, worth in case.rated.items() if worth < 0 and paper in here)
    if not liked and not disliked:
        return None
    # The other ranks are nobody's question, and a whole ranking would come with a reason for every paper.
    rated = (paper for paper in choice.candidates if paper.id in case.rated)
    told = {one.id: recommender.explain(choice.profile, choice.candidates, one) for one in rated}
    return Trial(
        subscription.channel,
        day,
        tuple(pick.paper.id for pick in choice.picks),
        {paper: explanation.rank for paper, explanation in told.items()},
        len(here),
        liked,
        disliked,
    )


def _questions(store: Store, history: History) -> list[Question]:
    found: list[Question] = []
    for channel, subscription in history.subscriptions.items():
        facts = history.facts[channel]
        found += questions(subscription, facts, store.papers(verdicts(subscription, facts).keys()))
    return found


def _drawn(asked: Sequence[Question], protocol: str, most: int) -> list[Question]:
    mine = sorted((question for question in asked if question.protocol == protocol), key=_order)
    return mine if len(mine) <= most else Random(0).sample(mine, most)  # noqa: S311 (nothing secret)


def _order(question: Question) -> tuple[date, Channel, str]:
    return question.day, question.channel, question.paper or ""
