"""Replays of histories whose right figures can be worked out by hand."""

from datetime import timedelta

import pytest

from bot.evaluate import evaluate, history_of
from bot.evaluate.cases import DAY_BY_DAY, LEAVE_ONE_OUT, Question, case_of, questions
from bot.evaluate.match import credits_of
from bot.model import UP, Channel, Interest, Subscription
from bot.ports import Recommender
from bot.recommend import NewestFirst, Learner
from bot.recommend.shuffled import Shuffled
from bot.store.memory import MemoryStore
from tests.history import CHANNEL, INVERSE, PERFECT, day_papers, lived, morning_of, offer, react
from tests.papers import DAY, paper, topic_of

NOW = morning_of(DAY) + timedelta(days=100)


def figures(recommender: Recommender, protocol: str, days: int = 5) -> dict[str, float]:
    store = MemoryStore()
    lived(store, days)
    found = evaluate(store, history_of(store, NOW, 4), {"it": recommender})
    [row] = [row for row in found.rows if row.protocol == protocol]
    return {name: estimate.value for name, estimate in row.measures.items()}


# The third robot of the day was never shown: of 4 others one stands behind a robot, of 20 pairs two are right.
@pytest.mark.parametrize(("protocol", "auc"), [(LEAVE_ONE_OUT, 1 / 4), (DAY_BY_DAY, 2 / 20)])
def test_who_knows_the_reader_reaches_everything_and_who_inverts_it_nothing(
    protocol: str, auc: float
) -> None:
    everything = {"hit_rate": 1.0, "ndcg": 1.0, "auc": 1.0, "balanced_accuracy": 1.0}
    assert figures(PERFECT, protocol) == everything
    nothing = dict.fromkeys(everything, 0.0) | {"auc": pytest.approx(auc)}
    assert figures(INVERSE, protocol) == nothing


def test_chance_is_in_the_middle_and_its_interval_says_so() -> None:
    store = MemoryStore()
    lived(store, 60)
    found = evaluate(store, history_of(store, NOW + timedelta(days=900), 4), {"random": Shuffled()})
    for row in found.rows:
        for name in ("auc", "balanced_accuracy"):
            assert row.measures[name].low < 0.5 < row.measures[name].high


def test_newest_first_decides_by_id_where_all_is_of_one_day() -> None:
    """Twelve candidates; the ids fall from the unshown to the first robot: robots stand at places 8 and 12."""
    got = figures(NewestFirst(), DAY_BY_DAY)
    assert (got["hit_rate"], got["ndcg"]) == (0.0, 0.0)
    assert got["auc"] == pytest.approx(1 - (7 + 10) / 20)


def test_each_question_is_asked_of_its_own_morning() -> None:
    store = MemoryStore()
    days = lived(store, 3)
    history = history_of(store, NOW, 4)
    subscription, facts = history.subscriptions[CHANNEL], history.facts[CHANNEL]
    case = case_of(Question(CHANNEL, days[1]), subscription, facts, NOW, 4)
    assert {offer.day for offer in case.facts.offers} == {days[0]}
    assert all(reaction.at < case.now == morning_of(days[1]) for reaction in case.facts.reactions)
    assert case.rated.keys() == {r.paper for r in facts.reactions} - {r.paper for r in case.facts.reactions}


def test_a_paper_left_out_leaves_no_trace_in_what_is_known() -> None:
    store = MemoryStore()
    [day] = lived(store, 1)
    robots = [one for one in day_papers(0, day) if topic_of(one) == "robot"]
    out, other = robots[0].id, robots[1].id
    followed = (
        Interest("both", papers=(out, other)),
        Interest("only it", papers=(out,)),
        Interest("seed", paper=out),
    )
    subscription = Subscription(CHANNEL, NOW, interests=followed)
    facts = store.facts([CHANNEL])[CHANNEL]
    case = case_of(Question(CHANNEL, day, out), subscription, facts, NOW, 4)
    assert out not in {offer.impression.paper for offer in case.facts.offers}
    assert out not in {reaction.paper for reaction in case.facts.reactions}
    assert case.subscription.interests == (Interest("both", papers=(other,)),)
    assert case.rated == {out: 1.0}


def test_what_people_kept_in_an_interest_is_not_known_before_they_rated_it() -> None:
    store = MemoryStore()
    days = lived(store, 2)
    early = next(one.id for one in day_papers(0, days[0]) if topic_of(one) == "robot")
    late = next(one.id for one in day_papers(1, days[1]) if topic_of(one) == "robot")
    subscription = Subscription(CHANNEL, NOW, interests=(Interest("robots", papers=(early, late)),))
    facts = store.facts([CHANNEL])[CHANNEL]
    case = case_of(Question(CHANNEL, days[1]), subscription, facts, NOW, 4)
    assert case.subscription.interests == (Interest("robots", papers=(early,)),)


def test_a_replay_explores_nothing_and_mutes_nothing() -> None:
    store = MemoryStore()
    [day] = lived(store, 1)
    muted = Interest("robots", muted_until=day + timedelta(days=900))
    subscription = Subscription(CHANNEL, NOW, interests=(muted,), wild_cards=3)
    facts = store.facts([CHANNEL])[CHANNEL]
    case = case_of(Question(CHANNEL, day), subscription, facts, NOW, 4)
    assert case.subscription.wild_cards == 0
    assert case.subscription.interests == (Interest("robots"),)


def test_what_happened_before_a_reset_is_not_asked_about() -> None:
    store = MemoryStore()
    days = lived(store, 3)
    subscription = Subscription(CHANNEL, NOW, reset_at=morning_of(days[1]))
    asked = questions(subscription, store.facts([CHANNEL])[CHANNEL], {})
    assert {question.day for question in asked} == set(days[1:])


def test_a_rated_paper_that_no_digest_offered_is_asked_about_on_its_own_day() -> None:
    store = MemoryStore()
    lived(store, 1)
    found = paper(999, announced_on=DAY + timedelta(days=3))
    store.add_papers([found])
    react(store, found, UP, DAY + timedelta(days=4))
    facts = store.facts([CHANNEL])[CHANNEL]
    asked = questions(Subscription(CHANNEL, NOW), facts, {found.id: found})
    assert Question(CHANNEL, DAY + timedelta(days=3), found.id) in asked


def test_the_learner_is_better_than_chance_on_the_reader_it_learned_from() -> None:
    learned = figures(Learner(), DAY_BY_DAY, 8)
    assert learned["auc"] > 0.8
    assert figures(Learner(), LEAVE_ONE_OUT, 8)["auc"] == 1.0


def test_too_many_questions_are_drawn_and_always_the_same() -> None:
    store = MemoryStore()
    lived(store, 5)
    history = history_of(store, NOW, 4)
    few = evaluate(store, history, {"it": PERFECT}, most=3)
    assert [row.trials for row in few.rows] == [3, 3]
    assert few.asked == 5 + 5 * 4
    assert few == evaluate(store, history, {"it": PERFECT}, most=3)


def test_only_days_since_then_are_asked_about() -> None:
    store = MemoryStore()
    days = lived(store, 4)
    found = evaluate(store, history_of(store, NOW, 4), {"it": PERFECT}, since=days[2])
    assert (found.first, found.last) == (days[2], days[3])
    assert [row.trials for row in found.rows] == [8, 2]


def test_one_channel_can_be_measured_alone() -> None:
    store = MemoryStore()
    other = Channel("slack", "T1", "C2")
    lived(store, 2)
    store.add_subscription(Subscription(other, NOW))
    assert evaluate(store, history_of(store, NOW, 4), {"it": PERFECT}).channels == 1
    assert list(history_of(store, NOW, 4, [other]).subscriptions) == [other]
    assert evaluate(store, history_of(store, NOW, 4, [other]), {"it": PERFECT}).asked == 0


def test_without_a_history_there_is_nothing_and_no_error() -> None:
    found = evaluate(MemoryStore(), history_of(MemoryStore(), NOW, 4), {"it": PERFECT})
    assert [(row.trials, dict(row.measures)) for row in found.rows] == [(0, {}), (0, {})]


def test_the_teams_get_the_credit_for_their_own_picks() -> None:
    store = MemoryStore()
    store.add_subscription(Subscription(CHANNEL, NOW))
    for number, liked in enumerate(([0], [0, 1], [1], [2], [3])):
        day = DAY + timedelta(days=number)
        papers = day_papers(number, day)[:4]
        store.add_papers(papers)
        offer(store, day, papers, CHANNEL, ["a-1", "b-1", "a-1", "a-1 × b-1"], wild=1)
        for place in liked:
            react(store, papers[place], UP, day)
    history = history_of(store, NOW, 4)
    [credit] = credits_of(history.subscriptions.values(), history.facts)
    assert (credit.first, credit.second, credit.digests) == ("a-1", "b-1", 5)
    assert (credit.first_likes, credit.second_likes) == (3, 2)
    assert (credit.wins, credit.losses, credit.share) == (2, 1, pytest.approx(2 / 3))


def test_a_digest_of_one_team_is_no_match() -> None:
    store = MemoryStore()
    lived(store, 2)
    history = history_of(store, NOW, 4)
    assert credits_of(history.subscriptions.values(), history.facts) == ()


def test_the_replay_reads_and_never_writes() -> None:
    store = MemoryStore()
    lived(store, 2)
    before = (store.offers(CHANNEL), store.reactions(CHANNEL), store.subscriptions(), store.paper_count())
    evaluate(store, history_of(store, NOW, 4), {"it": PERFECT, "newest": NewestFirst()})
    after = (store.offers(CHANNEL), store.reactions(CHANNEL), store.subscriptions(), store.paper_count())
    assert before == after
