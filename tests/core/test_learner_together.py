"""Many channels are worked out together; no channel notices."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ports import Profile, Wish
from bot.recommend import Learner, among
from bot.recommend.interleave import Interleaved
from bot.recommend.learner import TOGETHER
from bot.recommend.shuffled import Shuffled
from tests.core.archive import made, new, old, studied, taught
from tests.core.profiles import FEW, profiles

ALL = tuple(new())
OWN = [made("robot", 1, id="url:https://lab.example/1"), made("speech", 1, id="url:https://lab.example/2")]
EVERY = b"\1" * len(ALL)
HALF = b"\1\0" * (len(ALL) // 2)

wishes = st.builds(
    Wish,
    profiles(),
    st.sampled_from([FEW, FEW[:1], [], ALL, among(ALL, EVERY), among(ALL, HALF), among(ALL, HALF, OWN)]),
    st.sampled_from([0, 1, 5, 40]),
    st.integers(0, 2),
)


@given(st.lists(wishes, max_size=6))
@settings(max_examples=60, deadline=None)
def test_each_gets_what_it_would_get_alone_to_the_last_bit(asked: list[Wish]) -> None:
    assert studied().recommend_all(asked) == [studied().recommend(*wish) for wish in asked]


@given(st.lists(wishes, max_size=3))
@settings(max_examples=10, deadline=None)
def test_before_any_study_as_well(asked: list[Wish]) -> None:
    assert Learner().recommend_all(asked) == [Learner().recommend(*wish) for wish in asked]


def test_more_than_are_worked_out_at_once() -> None:
    liked = [
        Profile(ratings=((paper, 1.0),))
        for paper in old("robot", 30) + old("galaxy", 30) + old("speech", 30) + old("market", 30)
    ]
    asked = [Wish(profile, ALL, 5, 1) for profile in liked]
    assert len(asked) > 2 * TOGETHER
    assert studied().recommend_all(asked) == [studied().recommend(*wish) for wish in asked]


def test_two_recommenders_in_one_digest() -> None:
    both = Interleaved(taught(()), Shuffled())
    asked = [Wish(Profile(ratings=((paper, 1.0),)), ALL, 6, 1) for paper in old("robot", 3)]
    assert both.recommend_all(asked) == [both.recommend(*wish) for wish in asked]
    assert both.recommend_all([]) == []
