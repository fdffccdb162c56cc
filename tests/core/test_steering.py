"""Acts of steering: what each makes of a channel's topics, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import steering
from bot.errors import UserError
from bot.model import Channel, Filters, Interest, PaperId, Steering, Subscription, steering_of
from bot.ports import Theme
from bot.steering import DELETED, LONGEST_NAME, MOST_INTERESTS, Edit, Outline, outline, steered
from tests.papers import paper

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
WORDS = Interest("robot learning")
CATEGORY = Interest("cs.RO", category="cs.RO")
SEED = Interest("A seed paper", paper=PaperId("arxiv:2603.00090"))
KEPT = Interest("hands", papers=(paper(1).id, paper(2).id))
FOUND = Theme("galaxy, star", 0.4, ("galaxy", "star"), (paper(11), paper(12), paper(13)))


def of(*interests: Interest, found: tuple[Theme, ...] = ()) -> Outline:
    themes = (Theme(one.name, 0.2, interest=one) for one in interests)
    return outline(Steering(interests), (*themes, *found))


def ids(*numbers: int) -> tuple[PaperId, ...]:
    return tuple(paper(number).id for number in numbers)


def only(edit: Edit) -> Interest:
    (one,) = edit.after.interests
    return one


def test_topics_are_numbered_as_they_were_followed_and_then_as_found() -> None:
    gone = Interest(DELETED, papers=ids(30), share=0.0)
    listed = of(WORDS, SEED, gone, CATEGORY, found=(FOUND,)).themes
    assert [theme.name for theme in listed] == ["robot learning", "cs.RO", "galaxy, star"]


def test_a_topic_that_the_learner_says_nothing_of_is_listed_all_the_same() -> None:
    now = outline(Steering((WORDS,)), ())
    assert now.themes == (Theme("robot learning", 0.0, interest=WORDS),)


def test_the_mark_changes_with_the_steering_and_with_what_a_number_means() -> None:
    now = of(WORDS, found=(FOUND,))
    assert now.mark == of(WORDS, found=(replace(FOUND, share=0.1),)).mark
    others = (
        of(CATEGORY, found=(FOUND,)),
        of(WORDS, found=(replace(FOUND, name="galaxy"),)),
        of(WORDS, found=(Theme("speech", 0.1), FOUND)),
        outline(replace(now.steering, wild_cards=2), now.themes),
        outline(replace(now.steering, filters=Filters(exclude=("survey",))), now.themes),
        outline(replace(now.steering, reset_at=NOW), now.themes),
    )
    assert now.mark not in {other.mark for other in others}
    assert len(now.mark) == 6


ON_FOUND: dict[str, Callable[[Outline], Edit]] = {
    "rename": lambda now: steering.rename(now, 1, "far stars"),
    "boost": lambda now: steering.boost(now, 1, 2.0),
    "mute": lambda now: steering.mute(now, 1, 7, TODAY),
    "pin": lambda now: steering.pin(now, 1),
}


@pytest.mark.parametrize("act", ON_FOUND)
def test_acting_on_a_found_topic_keeps_it_with_its_papers(act: str) -> None:
    assert only(ON_FOUND[act](of(found=(FOUND,)))).papers == ids(11, 12, 13)


def test_rename_keeps_everything_else() -> None:
    pinned = replace(KEPT, pinned=True, share=2.0)
    edit = steering.rename(of(WORDS, pinned), 2, "  robot \n hands ")
    assert edit.after.interests == (WORDS, replace(pinned, name="robot hands"))
    assert edit.command == "topics rename 2 robot hands"


def test_a_topic_that_is_followed_by_its_words_says_that_it_looks_for_others() -> None:
    assert "looks for these words" in steering.rename(of(WORDS), 1, "robot hands").effect
    assert "looks for" not in steering.rename(of(CATEGORY), 1, "robotics").effect
    with pytest.raises(UserError, match="telling"):
        steering.rename(of(WORDS), 1, "the of and")


@pytest.mark.parametrize(
    "name",
    ["", " ", "…", "7", "<!channel>", "@everyone", "x" * 61, "x" * 5000, "\u202e", "\u202e \u2066", "`rm`"],
)
def test_hostile_names_are_refused(name: str) -> None:
    with pytest.raises(UserError):
        steering.rename(of(KEPT), 1, name)


def test_a_direction_changing_character_is_taken_out_of_a_name() -> None:
    assert only(steering.rename(of(KEPT), 1, "\u202eيد الروبوت")).name == "يد الروبوت"


@pytest.mark.parametrize("name", ["ROBOT learning", "Galaxy, star", "a seed paper"])
def test_names_are_unique_whatever_their_case(name: str) -> None:
    with pytest.raises(UserError, match="another topic"):
        steering.rename(of(WORDS, SEED, KEPT, found=(FOUND,)), 2, name)


def test_the_case_of_a_name_may_be_changed() -> None:
    assert only(steering.rename(of(KEPT), 1, "Hands")).name == "Hands"
    with pytest.raises(UserError, match="already"):
        steering.rename(of(KEPT), 1, "hands")


def test_merge_makes_one_of_two() -> None:
    edit = steering.merge(of(KEPT, CATEGORY, found=(FOUND,)), 1, 3)
    assert edit.after.interests == (replace(KEPT, papers=ids(1, 2, 11, 12, 13)), CATEGORY)
    back = steering.merge(of(KEPT, CATEGORY, found=(FOUND,)), 3, 1)
    assert back.after.interests == (CATEGORY, Interest("galaxy, star", papers=ids(11, 12, 13, 1, 2)))


def test_papers_that_were_liked_since_count_too() -> None:
    now = outline(Steering((KEPT,)), (Theme("hands", 0.2, (), (paper(2), paper(3)), KEPT), FOUND))
    assert only(steering.merge(now, 1, 2)).papers == ids(1, 2, 3, 11, 12, 13)
    assert only(steering.delete(now, 1)).papers == ids(1, 2, 3)


def test_merging_what_is_followed_says_that_its_words_go() -> None:
    now = outline(Steering((WORDS,)), (Theme(WORDS.name, 0.5, (), (paper(1),), WORDS), FOUND))
    assert "not by its words" in steering.merge(now, 1, 2).effect
    assert "not by its words" in steering.merge(now, 2, 1).effect
    assert "words" not in steering.merge(of(KEPT, found=(FOUND,)), 1, 2).effect


def test_what_cannot_be_merged_is_refused() -> None:
    with pytest.raises(UserError, match="“robot learning”"):
        steering.merge(of(WORDS, KEPT), 2, 1)
    with pytest.raises(UserError, match="two topics"):
        steering.merge(of(WORDS, KEPT), 2, 2)


def test_split_makes_two_with_a_free_name() -> None:
    edit = steering.split(of(KEPT, found=(FOUND,)), 2, (ids(11), ids(12, 13)), "hands")
    assert edit.after.interests == (
        KEPT,
        Interest("galaxy, star", papers=ids(11)),
        Interest("hands 2", papers=ids(12, 13)),
    )


def test_splitting_what_is_followed_leaves_it_followed() -> None:
    now = outline(Steering((WORDS,)), (Theme(WORDS.name, 1.0, (), (paper(1), paper(2)), WORDS),))
    edit = steering.split(now, 1, (ids(1), ids(2)), "arms")
    assert edit.after.interests == (WORDS, Interest("arms", papers=ids(2)))


def test_too_few_papers_are_not_split() -> None:
    with pytest.raises(UserError, match="too few"):
        steering.split(of(KEPT), 1, (ids(1), ()), "")


def test_boost_and_its_end() -> None:
    boosted = steering.boost(of(KEPT), 1, 3.0)
    assert only(boosted) == replace(KEPT, share=3.0)
    assert boosted.command == "topics boost 1 ×3"
    assert only(steering.boost(of(*boosted.after.interests), 1, 1.0)) == KEPT


@pytest.mark.parametrize("factor", [0.0, 0.1, 5.1, 1e9, 1.0])
def test_a_boost_that_is_too_much_or_nothing_is_refused(factor: float) -> None:
    with pytest.raises(UserError):
        steering.boost(of(KEPT), 1, factor)


def test_mute_ends_by_itself_or_by_unmute() -> None:
    muted = steering.mute(of(KEPT), 1, 7, TODAY)
    assert only(muted).muted_until == date(2026, 3, 9)
    assert muted.command == "topics mute 1 7 days"
    now = of(*muted.after.interests)
    assert only(steering.unmute(now, 1, date(2026, 3, 8))) == KEPT
    with pytest.raises(UserError, match="not muted"):
        steering.unmute(now, 1, date(2026, 3, 9))


@pytest.mark.parametrize("days", [0, -1, 366, 10**9])
def test_nothing_is_muted_for_no_time_or_for_ever(days: int) -> None:
    with pytest.raises(UserError, match="1 to 365"):
        steering.mute(of(KEPT), 1, days, TODAY)


def test_pin_and_unpin() -> None:
    pinned = steering.pin(of(KEPT), 1)
    assert only(pinned).pinned
    assert only(steering.pin(of(*pinned.after.interests), 1, on=False)) == KEPT
    for now, on in ((of(*pinned.after.interests), True), (of(KEPT), False), (of(found=(FOUND,)), False)):
        with pytest.raises(UserError):
            steering.pin(now, 1, on=on)


def test_deleting_what_is_followed_unfollows_it() -> None:
    assert steering.delete(of(WORDS, CATEGORY), 1).after.interests == (CATEGORY,)


def test_likes_of_deleted_topics_speak_for_nothing_and_are_not_listed() -> None:
    first = steering.delete(of(KEPT, found=(FOUND,)), 2).after
    assert first.interests == (KEPT, Interest(DELETED, papers=ids(11, 12, 13), share=0.0))
    second = steering.delete(outline(first, ()), 1).after
    assert second.interests == (Interest(DELETED, papers=ids(11, 12, 13, 1, 2), share=0.0),)
    assert outline(second, ()).themes == ()


def test_wild_cards_are_none_to_three() -> None:
    assert steering.wild(of(), 3).after.wild_cards == 3
    for cards in (-1, 4, 1):
        with pytest.raises(UserError):
            steering.wild(of(), cards)


def test_reset_keeps_what_is_followed_by_hand() -> None:
    boosted = replace(WORDS, share=2.0)
    after = steering.reset(of(boosted, SEED, KEPT, Interest(DELETED, papers=ids(9), share=0.0)), NOW).after
    assert (after.interests, after.reset_at) == ((boosted, SEED), NOW)


def test_no_more_topics_than_a_channel_may_have() -> None:
    many = tuple(Interest(f"topic {number}") for number in range(MOST_INTERESTS))
    full = of(*many, found=(FOUND,))
    for act in (
        lambda: steering.pin(full, MOST_INTERESTS + 1),
        lambda: steering.delete(full, MOST_INTERESTS + 1),
        lambda: steering.split(full, 1, (ids(1), ids(2)), "x"),
    ):
        with pytest.raises(UserError, match="at most 50"):
            act()
    assert steering.pin(full, MOST_INTERESTS).after


@pytest.mark.parametrize("number", [0, 2, -1, 999])
def test_a_number_that_means_nothing_is_told_which_do(number: int) -> None:
    with pytest.raises(UserError, match="1 to 1"):
        steering.pin(of(KEPT), number)
    with pytest.raises(UserError, match="/papers follow"):
        steering.pin(of(), number)


def test_a_steered_subscription_keeps_the_rest() -> None:
    channel = Channel("slack", "T1", "C1")
    before = Subscription(channel, NOW, (WORDS,), size=7, reports=True)
    after = Steering((KEPT,), Filters(exclude=("survey",)), 3, NOW)
    assert steering_of(steered(before, after)) == after
    assert steered(steered(before, after), steering_of(before)) == before


ACTS = st.sampled_from(
    ["rename", "merge", "split", "boost", "mute", "unmute", "pin", "unpin", "delete", "wild"]
)


def _act(now: Outline, name: str, number: int, other: int, text: str) -> Edit:
    papers = tuple(p.id for p in now.themes[number % len(now.themes)].papers) if now.themes else ()
    acts: dict[str, Callable[[], Edit]] = {
        "rename": lambda: steering.rename(now, number, text),
        "merge": lambda: steering.merge(now, number, other),
        "split": lambda: steering.split(now, number, (papers[:1], papers[1:]), text),
        "boost": lambda: steering.boost(now, number, float(other)),
        "mute": lambda: steering.mute(now, number, other, TODAY),
        "unmute": lambda: steering.unmute(now, number, TODAY),
        "pin": lambda: steering.pin(now, number),
        "unpin": lambda: steering.pin(now, number, on=False),
        "delete": lambda: steering.delete(now, number),
        "wild": lambda: steering.wild(now, other),
    }
    return acts[name]()


@given(st.lists(st.tuples(ACTS, st.integers(-1, 6), st.integers(-1, 9), st.text(max_size=80)), max_size=12))
def test_whatever_is_done_names_stay_unique_and_short_and_acts_fit_a_button(
    acts: list[tuple[str, int, int, str]],
) -> None:
    speech = Theme("speech", 0.1, (), (paper(21), paper(22)))
    now = of(WORDS, SEED, KEPT, found=(FOUND, speech))
    for act in acts:
        try:
            edit = _act(now, *act)
        except UserError:
            continue
        assert edit.after != now.steering
        assert len(f"{edit.command} save@{now.mark}") <= 90
        assert edit.effect.endswith(".")
        kept = {one.papers for one in edit.after.interests}
        found = tuple(
            t for t in (FOUND, speech) if not any(set(ids) & {p.id for p in t.papers} for ids in kept)
        )
        now = outline(edit.after, found)
        names = [one.name.casefold() for one in edit.after.interests]
        assert len(names) == len(set(names))
        assert all(0 < len(name) <= LONGEST_NAME for name in names)
        assert SEED in edit.after.interests


def test_muting_again_prolongs() -> None:
    once = steering.mute(of(KEPT), 1, 7, TODAY).after
    assert only(steering.mute(outline(once, ()), 1, 14, TODAY)).muted_until == TODAY + timedelta(days=14)
    with pytest.raises(UserError, match="already"):
        steering.mute(outline(once, ()), 1, 7, TODAY)


def test_deleting_what_seed_papers_made_lets_these_go() -> None:
    seed = Interest("Paper 12", paper=paper(12).id)
    edit = steering.delete(of(SEED, seed, found=(FOUND,)), 1)
    assert [one.name for one in edit.after.interests] == ["A seed paper", DELETED]
    assert "its seed paper goes, too" in edit.effect
    assert "seed" not in steering.delete(of(SEED, found=(FOUND,)), 1).effect
    assert steering.delete(of(WORDS, SEED), 1).after.interests == (SEED,)


@pytest.mark.parametrize(
    "one", [CATEGORY, Interest("author: Fei-Fei Li", author="Fei-Fei Li"), Interest("lab: MIT", lab="MIT")]
)
def test_what_has_no_part_of_its_own_is_not_boosted(one: Interest) -> None:
    with pytest.raises(UserError, match=r"would change nothing.*/papers topics pin 1"):
        steering.boost(of(one), 1, 2.0)
    assert only(steering.boost(of(replace(one, share=2.0)), 1, 1.0)).share == 1.0


def test_a_reset_names_what_goes() -> None:
    gone = Interest(DELETED, papers=ids(30), share=0.0)
    edit = steering.reset(of(WORDS, SEED, KEPT, gone), NOW)
    assert "with it what was kept of it: “hands”." in edit.effect
    assert edit.after.interests == (WORDS, SEED)
    assert "with it" not in steering.reset(of(WORDS), NOW).effect
    many = [replace(KEPT, name=f"hands {i}") for i in range(9)]
    assert "“hands 4” and 4 more." in steering.reset(of(*many), NOW).effect
