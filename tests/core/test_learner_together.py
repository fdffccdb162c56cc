"""Many channels are worked out together; no channel notices."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Recommendation
from bot.ports import Profile, Wish
from bot.recommend import Learner, among
from bot.recommend.interleave import Interleaved
from bot.recommend.learner import TOGETHER
from bot.recommend.shuffled import Shuffled
from tests.core.archive import everything, made, new, old, studied, taught
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


def test_all_are_answered_after_the_same_study_whatever_ends_meanwhile() -> None:
    asked = [Wish(Profile(ratings=((paper, 1.0),)), ALL, 3) for paper in old("robot", 30) + old("galaxy", 30)]
    assert len(asked) > TOGETHER
    learner = Meanwhile()
    learner.study(everything(), ())
    before, wanted = learner.version, studied().recommend_all(asked)
    learner.then = lambda: learner.study(everything()[::2], ())
    assert learner.recommend_all(asked) == wanted
    assert learner.version != before == wanted[-1][0].model
    assert {pick.model for pick in learner.recommend(*asked[0])} == {learner.version}


class Meanwhile(Learner):
    """While it answers, something happens."""

    then: Callable[[], object] = staticmethod(lambda: None)

    def _picked(self, *given: object) -> list[Recommendation]:
        happens, self.then = self.then, lambda: None
        happens()
        return super()._picked(*given)  # type: ignore[arg-type]


@pytest.mark.parametrize("faint", [1e-6, 1e-9, 1e-12])
def test_how_faint_a_like_is_makes_no_noise(faint: float) -> None:
    first, second = old("robot", 2)
    fainter = Profile(ratings=((first, 1.0), (second, faint)))
    wanted = studied().recommend(Profile(ratings=((first, 1.0), (second, 1e-5))), ALL, 5)
    picks = studied().recommend(fainter, ALL, 5)
    assert [one.paper for one in picks] == [one.paper for one in wanted]
    assert [one.score for one in picks] == pytest.approx([one.score for one in wanted], abs=2e-3)


def test_few_are_worked_out_together_where_each_has_said_much(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    views = Learner._views
    monkeypatch.setattr(
        Learner, "_views", lambda self, asked, now: sizes.append(len(asked)) or views(self, asked, now)
    )
    profile = Profile(ratings=tuple((paper, 1.0) for paper in old("robot", 20)))
    monkeypatch.setattr("bot.recommend.learner.LIKENESSES", 2 * 20 * len(ALL))
    studied().recommend_all([Wish(profile, ALL, 5)] * 5)
    studied().recommend_all([Wish(Profile(), ALL, 5)] * (TOGETHER + 1))
    assert sizes == [2, 2, 1, TOGETHER, 1]


def test_two_recommenders_in_one_digest() -> None:
    both = Interleaved(taught(()), Shuffled())
    asked = [Wish(Profile(ratings=((paper, 1.0),)), ALL, 6, 1) for paper in old("robot", 3)]
    assert both.recommend_all(asked) == [both.recommend(*wish) for wish in asked]
    assert both.recommend_all([]) == []
