"""What is trending: the formula, and that nothing tells strangers who voted."""

from datetime import UTC, datetime, timedelta
from math import log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Channel, Paper, Reaction, UserId
from bot.recommend.trending import DAYS, shareable, trends
from tests.papers import DAY, paper

NOW = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
ONE = paper(1)


def vote(
    of: Paper = ONE,
    name: str = "👍",
    user: str = "U1",
    days: float = 0,
    channel: str = "C1",
    workspace: str = "T1",
) -> Reaction:
    where = Channel("slack", workspace, channel)
    return Reaction(where, UserId(f"slack:{workspace}/{user}"), name, NOW - timedelta(days=days), paper=of.id)


def score(*reactions: Reaction, of: Paper = ONE) -> float:
    found = trends([of], reactions, NOW, 10)
    return found[0].score if found else 0.0


def test_a_vote_fades_to_a_half_in_three_days() -> None:
    assert score(vote()) == pytest.approx(1.0)
    assert score(vote(days=3)) == pytest.approx(0.5)
    assert score(vote(), vote(user="U2", days=3)) == pytest.approx(1.5)
    assert score(vote(name="🔖")) == pytest.approx(0.8)


def test_upvotes_fade_as_the_paper_ages() -> None:
    assert score(of=paper(1, upvotes=100)) == pytest.approx(0.5 * log1p(100))
    assert score(of=paper(1, upvotes=100, announced_on=DAY - timedelta(days=3))) == pytest.approx(
        0.25 * log1p(100)
    )


def test_one_person_has_one_vote() -> None:
    assert score(vote(), vote(name="🔥"), vote(name="🔖")) == pytest.approx(1.0)
    assert score(vote(), vote(channel="C2")) == pytest.approx(1.0)


def test_what_nobody_is_for_is_not_trending() -> None:
    assert trends([ONE], [vote(name="👎")], NOW, 10) == []
    assert trends([ONE], [vote(), vote(user="U2", name="👎")], NOW, 10) == []
    assert trends([ONE], [vote(days=DAYS + 1)], NOW, 10) == []
    assert trends([], [vote()], NOW, 10) == []


def test_the_best_come_first_with_their_counts() -> None:
    reactions = [
        vote(),
        vote(user="U2", name="🔖"),
        vote(user="U3", name="👎"),
        vote(paper(2)),
        vote(paper(3), days=0.5),
    ]
    found = trends([ONE, paper(2, upvotes=7), paper(3)], reactions, NOW, 2)
    assert [trend.paper.id for trend in found] == [paper(2).id, paper(3).id]
    (first,) = trends([ONE], reactions, NOW, 1)
    assert (first.liked, first.saved, first.against, first.upvotes) == (1, 1, 1, 0)


CROWD = [vote(), vote(channel="C2", user="U2"), vote(workspace="T2")]


def test_votes_of_three_channels_of_two_workspaces_count_for_everybody() -> None:
    assert shareable(CROWD, {ONE.id: ONE}, ()) == CROWD


@pytest.mark.parametrize(
    "reactions",
    [
        CROWD[:2],
        [CROWD[0], CROWD[2], vote(user="U9")],
        [vote(), vote(channel="C2"), vote(channel="C3"), vote(channel="C4")],
        [*CROWD[:2], vote(workspace="T2", name="🤔")],
    ],
    ids=["two channels", "two channels, three people", "one workspace", "the third says nothing"],
)
def test_fewer_do_not_count_for_strangers(reactions: list[Reaction]) -> None:
    assert shareable(reactions, {ONE.id: ONE}, ()) == []


def test_those_apart_do_not_count() -> None:
    assert shareable(CROWD, {ONE.id: ONE}, {("slack", "T2")}) == []
    more = [*CROWD, vote(workspace="T3"), vote(workspace="T3", channel="C7")]
    assert shareable(more, {ONE.id: ONE}, {("slack", "T2")}) == [*CROWD[:2], *more[3:]]


def test_private_papers_are_for_nobody_else() -> None:
    private = paper(1, sources=("feed:https://lab.example/internal.xml",))
    assert shareable(CROWD, {private.id: private}, ()) == []
    told = paper(1, sources=("feed:https://lab.example/internal.xml", "arxiv"))
    assert shareable(CROWD, {told.id: told}, ()) == CROWD


PLACES = st.tuples(
    st.sampled_from("👍👎🔖"), st.sampled_from("abcd"), st.sampled_from(["C1", "C2"]), st.sampled_from("XYZ")
)


@given(st.lists(PLACES, max_size=12), st.sets(st.sampled_from("XYZ"), max_size=2))
def test_one_channel_more_or_less_is_never_seen_below_the_crowd(
    places: list[tuple[str, str, str, str]], apart: set[str]
) -> None:
    reactions = [vote(name=n, user=u, channel=c, workspace=w) for n, u, c, w in places]
    counted = shareable(reactions, {ONE.id: ONE}, {("slack", name) for name in apart})
    channels = {one.channel for one in counted}
    assert not counted or (len(channels) >= 3 and len({one.workspace for one in channels}) >= 2)
    assert not {one.workspace for one in channels} & apart


@given(
    st.lists(
        st.tuples(st.sampled_from(["👍", "🔖"]), st.sampled_from("abcdef"), st.floats(0, 20)), max_size=10
    )
)
def test_a_like_more_never_lowers_a_paper(cast: list[tuple[str, str, float]]) -> None:
    reactions = [vote(name=n, user=u, days=d) for n, u, d in cast]
    assert score(*reactions, vote(user="new")) >= score(*reactions)
