"""Steering a taste by commands: topics, undo, reset, rate, seeds, exclude, crowd, report, trending, why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.circumstances import Circumstances
from bot.commands import SPECS, Desk, dispatch
from bot.digest import choose, plan
from bot.errors import UserError
from bot.model import (
    DOWN,
    OFF_TOPIC,
    SAVE,
    UP,
    Button,
    Cadence,
    Channel,
    Interest,
    Message,
    Paper,
    Reaction,
    Request,
    Subscription,
    UserId,
    steering_of,
)
from bot.morning import Morning
from bot.search.catchup import catch_up
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.core.shelves import Shelves
from tests.papers import DAY, paper, shelf, topic_of

CHANNEL = Channel("slack", "T1", "C1")
NOW = datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC)
ALICE, BOB = UserId("slack:T1/U1"), UserId("slack:T1/U2")


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = new_desk()
    yield desk
    desk.store.close()


def new_desk() -> Desk:
    store, index = MemoryStore(), TantivyIndex(None)
    store.add_papers(shelf())
    catch_up(index, store)
    return Desk(store, index, Shelves(), NOW)


def ask(
    desk: Desk, text: str, user: UserId = ALICE, channel: Channel = CHANNEL, *, manages: bool = True
) -> Message:
    return dispatch(desk, Request(channel, user, text, manages))


def later(desk: Desk, **passed: float) -> Desk:
    return replace(desk, now=desk.now + timedelta(**passed))


def like(
    desk: Desk, *papers: Paper, name: str = UP, user: UserId = ALICE, channel: Channel = CHANNEL
) -> None:
    for one in papers:
        assert desk.store.set_reaction(Reaction(channel, user, name, desk.now, paper=one.id))


def about(topic: str, count: int, per_topic: int = 10) -> list[Paper]:
    return [one for one in shelf(per_topic) if topic_of(one) == topic][:count]


def press(desk: Desk, message: Message, label: str = "Save", user: UserId = ALICE) -> Message:
    (button,) = [one for one in message.buttons if one.label == label]
    return ask(desk, button.command, user)


def save(desk: Desk, text: str, user: UserId = ALICE) -> Message:
    saved = press(desk, ask(desk, text, user), user=user)
    assert saved.text.startswith("Saved.")
    return saved


def stored(desk: Desk) -> Subscription:
    found = desk.store.subscription(CHANNEL)
    assert found
    return found


def picked_topics(desk: Desk) -> set[str]:
    found = desk.store.papers([card.paper for card in ask(desk, "today").cards])
    return {topic_of(one) for one in found.values()}


# -- topics


def test_topics_lists_what_is_followed_and_what_was_found_by_number(desk: Desk) -> None:
    ask(desk, "follow speech recognition")
    ask(desk, "follow 2603.00004")
    like(desk, *about("robot", 2))
    text = ask(desk, "topics").text
    assert "1. “speech recognition”, about 33 % of the likes, followed: speech" in text
    assert "3. “robot”, about 33 % of the likes, found in your likes: robot; liked “robot" in text
    assert "And 1 seed paper: /papers seeds" in text
    assert "Learned from 2 liked papers:" in text


def test_without_a_like_no_topic_has_a_share_of_the_likes(desk: Desk) -> None:
    ask(desk, "follow speech")
    assert "1. “speech”, followed: speech" in ask(desk, "topics").text


def test_marks_say_what_was_done_to_a_topic(desk: Desk) -> None:
    ask(desk, "follow speech")
    like(desk, *about("robot", 2))
    for words in ("topics pin 1", "topics boost 1", "topics mute 2 3 days"):
        save(desk, words)
    text = ask(desk, "topics").text
    assert "1. “speech”, about 100 % of the likes, followed, boosted ×2, pinned" in text
    assert "2. “robot”, kept, muted until 5 Mar" in text


def test_an_edit_shows_what_would_change_and_saves_nothing(desk: Desk) -> None:
    like(desk, *about("robot", 2), *about("speech", 1))
    answer = ask(desk, "topics mute 1 7 days")
    assert "Nothing of “robot” comes until 9 March." in answer.text
    assert "Would come in: “" in answer.text
    assert "Would go: “robot" in answer.text
    assert answer.buttons[0].label == "Save"
    assert f"type /papers {answer.buttons[0].command}" in answer.text
    assert desk.store.subscription(CHANNEL) is None
    assert "robot" in picked_topics(desk)


def test_what_was_previewed_is_what_comes(desk: Desk) -> None:
    like(desk, *about("robot", 2))
    before = {card.title for card in ask(desk, "today").cards}
    answer = ask(desk, "topics mute 1 2 days")
    press(desk, answer)
    after = {card.title for card in ask(desk, "today").cards}
    told = {
        line.partition(": “")[0]: set(line.partition(": “")[2].rstrip("”").split("”, “"))
        for line in answer.text.splitlines()
    }
    assert (told["Would come in"], told["Would go"]) == (after - before, before - after)
    assert "robot" not in picked_topics(desk)
    assert "robot" in picked_topics(later(desk, days=2))


def in_tokyo(hour: int) -> Desk:
    """On 5 October, so many hours after midnight in UTC, in a channel that is served at 9 in Tokyo every day."""
    desk = replace(new_desk(), now=datetime(2026, 10, 5, hour, 30, tzinfo=UTC))
    desk.store.add_papers([replace(one, announced_on=desk.now.date()) for one in shelf()])
    cadence = Cadence(tuple(range(7)), time(8), "Asia/Tokyo")
    desk.store.add_subscription(Subscription(CHANNEL, desk.now - timedelta(days=9), cadence=cadence))
    like(desk, *about("robot", 2))
    return desk


def test_a_mute_ends_on_the_channels_own_day() -> None:
    desk = in_tokyo(20)  # it is the 6th there
    answer = ask(desk, "topics mute 1 7 days")
    assert "Nothing of “robot” comes until 13 October." in answer.text
    press(desk, answer)
    desk.store.add_papers([replace(one, announced_on=date(2026, 10, 11)) for one in shelf(12)])
    assert "Mon 12 Oct, 08:00" in ask(later(desk, days=6), "today").heading
    assert "robot" not in picked_topics(later(desk, days=6))
    last = later(desk, days=7)
    assert "Tue 13 Oct, 08:00" in ask(last, "today").heading
    assert "robot" in picked_topics(last)
    subscription = stored(desk)
    planned = choose(Morning(desk.store, last.now), desk.recommender, subscription, date(2026, 10, 13), 4)
    assert "robot" in {topic_of(pick.paper) for pick in planned.picks}


def test_the_preview_is_of_the_coming_digests_day() -> None:
    desk = in_tokyo(2)  # the digest of the 5th was hours ago
    ask(desk, "topics")
    assert "the same papers" in ask(desk, "topics mute 1 1 day").text
    assert "Would go: “robot" in ask(desk, "topics mute 1 2 days").text


def test_a_deleted_topic_of_seed_papers_is_gone(desk: Desk) -> None:
    ask(desk, "seeds add 2603.00001 2603.00005")
    assert "its 2 seed papers go, too" in ask(desk, "topics delete 1").text
    save(desk, "topics delete 1")
    assert "“robot”" not in ask(desk, "topics").text
    assert "No seed papers" in ask(desk, "seeds").text


def test_an_edit_that_changes_no_paper_says_so(desk: Desk) -> None:
    like(desk, *about("robot", 2))
    assert "the same papers" in ask(desk, "topics rename 1 robot hands").text


def test_what_is_saved_can_be_typed_too(desk: Desk) -> None:
    like(desk, *about("robot", 2))
    typed = ask(desk, "topics rename 1 Robot hands").text.rpartition("/papers ")[2]
    assert ask(desk, typed).text.startswith("Saved.")
    assert stored(desk).interests == (Interest("Robot hands", papers=tuple(p.id for p in about("robot", 2))),)


def test_saving_what_was_changed_meanwhile_shows_the_preview_anew(desk: Desk) -> None:
    like(desk, *about("robot", 2))
    preview = ask(desk, "topics mute 1 7 days")
    save(desk, "topics wild 0", BOB)
    answer = press(desk, preview)
    assert answer.text.startswith("The topics have changed meanwhile, so nothing was saved.")
    assert stored(desk).interests == ()
    assert press(desk, answer).text.startswith("Saved.")


def test_a_number_that_means_another_topic_by_now_is_not_saved(desk: Desk) -> None:
    like(desk, *about("robot", 2))
    preview = ask(desk, "topics delete 1")
    ask(desk, "follow speech", BOB)
    answer = press(desk, preview)
    assert "changed meanwhile" in answer.text
    assert "“speech” is not followed any more" in answer.text
    assert [one.name for one in stored(desk).interests] == ["speech"]


def test_a_number_that_means_nothing_any_more_is_said_so(desk: Desk) -> None:
    ask(desk, "follow speech")
    preview = ask(desk, "topics pin 1")
    ask(desk, "unfollow speech", BOB)
    with pytest.raises(UserError, match=r"changed meanwhile.*There is no topic here yet"):
        press(desk, preview)


def test_pressing_save_twice_saves_once(desk: Desk) -> None:
    like(desk, *about("robot", 2))
    preview = ask(desk, "topics pin 1")
    press(desk, preview)
    with pytest.raises(UserError, match="pinned already"):
        press(desk, preview)
    assert len(stored(desk).interests) == 1


def test_a_deleted_topic_is_gone_with_its_likes_and_its_name_is_free(desk: Desk) -> None:
    like(desk, *about("robot", 2), *about("speech", 1))
    save(desk, "topics delete 1")
    text = ask(desk, "topics").text
    assert "“robot”" not in text
    assert "(deleted" not in text
    assert "1. “speech”" in text
    ask(desk, "follow robot")
    assert "1. “robot”" in ask(desk, "topics").text


def test_merge_and_split(desk: Desk) -> None:
    like(desk, *about("robot", 2), *about("speech", 2))
    assert "one topic, “robot”, with 4 papers." in save(desk, "topics merge 1 and 2").text
    (one,) = stored(desk).interests
    assert (one.name, len(one.papers)) == ("robot", 4)
    said = save(desk, "topics split 1").text
    assert "“robot” is two topics: itself with 2 papers, and “speech” with 2 papers." in said
    assert [(i.name, len(i.papers)) for i in stored(desk).interests] == [("robot", 2), ("speech", 2)]


def test_a_topic_may_be_called_by_its_name(desk: Desk) -> None:
    like(desk, *about("robot", 2))
    save(desk, "topics pin ROBOT")
    assert stored(desk).interests[0].pinned
    save(desk, "topics mute robot 2 weeks")
    assert stored(desk).interests[0].muted_until == date(2026, 3, 16)


@pytest.mark.parametrize("typed", ["boost 1 off", "boost 1 ×1", "boost 1 1"])
def test_a_boost_ends(desk: Desk, typed: str) -> None:
    like(desk, *about("robot", 2))
    save(desk, "topics boost 1 x3")
    assert stored(desk).interests[0].share == 3
    save(desk, f"topics {typed}")
    assert stored(desk).interests[0].share == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("topics mut 2", "/papers topics mute 2 7 days"),
        ("topics mute", "/papers topics mute 2 7 days"),
        ("topics mute 1 forever", "For how many days?"),
        ("topics mute 1 400 days", "1 to 365 days"),
        ("topics boost 1 much", "/papers topics boost 2 ×2"),
        ("topics boost 1 99", "×0.2 to ×5"),
        ("topics merge 1", "/papers topics merge 1 3"),
        ("topics pin 1 now", "/papers topics pin 2"),
        ("topics pin 9", "lists 1 to 1"),
        ("topics wild 9", "0 to 3"),
        ("topics wild many", "/papers topics wild 1"),
        ("topics rename 1 <!channel>", "/papers topics rename 2 robot hands"),
        ("topics rename 1", "/papers topics rename 2 robot hands"),
        ("topics split 1", "too few"),
        ("mute robots", "Did you mean /papers topics mute robots?"),
        ("delete", "Did you mean /papers topics delete 2?"),
        ("block survey", "Did you mean /papers exclude survey?"),
        ("hot", "Did you mean /papers trending?"),
    ],
)
def test_what_is_mistyped_is_told_with_an_example(desk: Desk, typed: str, said: str) -> None:
    like(desk, *about("robot", 1))
    with pytest.raises(UserError) as refused:
        ask(desk, typed)
    assert said in str(refused.value)
    assert desk.store.subscription(CHANNEL) is None


def _said(desk: Desk, text: str) -> None:
    try:
        answer = ask(desk, text)
    except UserError as refused:
        answer = Message(str(refused))
    assert answer.text or answer.cards


VERBS = st.sampled_from(
    "rename 1 |merge 1 |merge |split |boost 1 |boost |mute 1 |mute |unmute |pin |unpin |delete |wild |".split(
        "|"
    )
)


@given(
    VERBS,
    st.one_of(st.text(max_size=80), st.from_regex(r"\d{0,6} ?\w{0,9} save@[0-9a-f]{6}", fullmatch=True)),
)
@settings(max_examples=200, deadline=None)
def test_any_text_after_a_steering_command_is_answered_or_refused_kindly(verb: str, text: str) -> None:
    desk = new_desk()
    like(desk, *about("robot", 2))
    _said(desk, f"topics {verb}{text}")
    for name in (
        "seeds ",
        "seeds add ",
        "seeds remove ",
        "reset ",
        "trending ",
        "crowd ",
        "report ",
        "undo ",
        "rate ",
    ):
        _said(desk, name + text)


def test_a_number_means_the_same_to_unfollow(desk: Desk) -> None:
    for topic in ("2603.00004", "robot", "speech"):
        ask(desk, f"follow {topic}")
    like(desk, *about("galaxy", 1))
    assert "2. “speech”" in ask(desk, "topics").text
    assert "No longer following “speech”" in ask(desk, "unfollow 2").text
    assert "3. “galaxy”" in ask(desk, "topics").text
    with pytest.raises(UserError, match="/papers topics delete 3"):
        ask(desk, "unfollow 3")


# -- undo


def test_undo_takes_back_the_latest_reaction(desk: Desk) -> None:
    first, second = about("robot", 2)
    like(desk, first)
    like(later(desk, minutes=1), second)
    like(later(desk, minutes=2), about("speech", 1)[0], user=BOB)
    answer = ask(later(desk, minutes=3), "undo")
    assert answer.text.startswith(f"Taken back: 👍 for “{second.title}”.")
    assert {(one.user, one.paper) for one in desk.store.reactions(CHANNEL)} == {
        (ALICE, first.id),
        (BOB, about("speech", 1)[0].id),
    }


@pytest.mark.parametrize(
    "typed",
    [
        "follow galaxy",
        "unfollow robot",
        "filter not survey",
        "exclude survey",
        "filter clear",
        "seeds add 2603.00001",
        "sources only arxiv",
    ],
)
def test_undo_takes_back_a_change_of_steering(desk: Desk, typed: str) -> None:
    desk = replace(desk, asked=(("arxiv", "cs.CL"),))
    ask(desk, "follow robot", BOB)
    ask(desk, "filter not benchmark", BOB)
    before = steering_of(stored(desk))
    ask(later(desk, minutes=1), typed)
    assert steering_of(stored(desk)) != before
    assert f"Taken back: /papers {typed}." in ask(later(desk, minutes=2), "undo").text
    assert steering_of(stored(desk)) == before


def test_undo_takes_whichever_was_later_and_then_the_one_before(desk: Desk) -> None:
    like(desk, *about("robot", 1))
    ask(later(desk, minutes=1), "follow speech")
    like(later(desk, minutes=2), *about("galaxy", 1))
    said = [ask(later(desk, minutes=3), "undo").text for _ in range(4)]
    assert "👍" in said[0] and "galaxy" in said[0]
    assert "/papers follow speech" in said[1]
    assert "👍" in said[2] and "robot" in said[2]
    assert "nothing of yours" in said[3]


def test_undo_of_a_saved_edit_brings_the_topics_back(desk: Desk) -> None:
    like(desk, *about("robot", 2))
    saved = save(later(desk, minutes=1), "topics delete 1")
    assert "/papers topics delete 1." in press(later(desk, minutes=2), saved, "Undo").text
    assert "1. “robot”" in ask(desk, "topics").text


def test_undo_leaves_alone_what_others_changed_since(desk: Desk) -> None:
    ask(desk, "follow robot")
    ask(later(desk, minutes=1), "follow speech", BOB)
    before = steering_of(stored(desk))
    assert "changed again since" in ask(later(desk, minutes=2), "undo").text
    assert steering_of(stored(desk)) == before


def test_a_preview_is_nothing_to_undo(desk: Desk) -> None:
    ask(desk, "follow robot", BOB)
    ask(desk, "topics pin 1")
    assert "nothing of yours" in ask(desk, "undo").text


# -- reset


def test_reset_forgets_what_was_learned_at_once_and_undo_brings_it_back(desk: Desk) -> None:
    ask(desk, "follow galaxy")
    like(desk, *about("robot", 2))
    save(desk, "topics pin 2")
    tomorrow = later(desk, days=1)
    answer = ask(tomorrow, "reset")
    assert "Would go: “robot" in answer.text
    assert "Learned from 2" in ask(tomorrow, "topics").text
    press(tomorrow, answer)
    assert [one.name for one in stored(desk).interests] == ["galaxy"]
    assert "Nothing learned from reactions yet" in ask(tomorrow, "topics").text
    ask(tomorrow, "undo")
    assert "“robot”" in ask(tomorrow, "topics").text


def test_there_must_be_something_to_reset(desk: Desk) -> None:
    ask(desk, "follow galaxy")
    with pytest.raises(UserError, match="Nothing was learned"):
        ask(desk, "reset")


# -- rate


def test_rate_shows_five_cards_to_judge_and_then_others(desk: Desk) -> None:
    first = ask(desk, "rate")
    assert len(first.cards) == 5
    assert "👍 or 👎" in first.text
    assert {card.number for card in first.cards} == {None}
    found = desk.store.papers([card.paper for card in first.cards])
    like(desk, *list(found.values())[:3], name=DOWN)
    like(desk, *list(found.values())[3:])
    assert not {card.paper for card in first.cards} & {card.paper for card in ask(desk, "rate").cards}


def test_rate_looks_further_back_where_little_is_new(desk: Desk) -> None:
    assert len(ask(later(desk, days=20), "rate").cards) == 5
    assert "not offered or rated" in ask(later(desk, days=60), "rate").text


# -- seeds and exclude


def test_seeds_are_added_listed_and_removed(desk: Desk) -> None:
    assert "No seed papers yet" in ask(desk, "seeds").text
    said = ask(desk, "seeds add 2603.00001, https://arxiv.org/abs/2603.00002 2603.00001").text
    assert said.count("“") == 2
    assert "This channel gets digests from now on" in said
    assert "Here already" in ask(desk, "seeds add 2603.00002").text
    text = ask(desk, "seeds").text
    assert "1. robot" in text and "(arxiv:2603.00001)" in text
    assert "2. galaxy" in text
    assert "no seed paper any more" in ask(desk, "seeds remove 1").text
    assert "no seed paper any more" in ask(desk, "seeds remove 2603.00002").text
    assert stored(desk).interests == ()


def test_seeds_that_nobody_knows_are_named(desk: Desk) -> None:
    assert "No source knows arxiv:2603.09999" in ask(desk, "seeds add 2603.00001 2603.09999").text
    with pytest.raises(UserError, match=r"No source knows arxiv:2603\.09999"):
        ask(desk, "seeds add 2603.09999")


def test_a_seed_that_got_another_title_is_still_the_same(desk: Desk) -> None:
    ask(desk, "seeds add 2603.00001")
    desk.store.add_papers([paper(1, "Retitled", version=9)])
    assert "Here already: “Retitled”" in ask(desk, "seeds add 2603.00001").text
    assert len(stored(desk).interests) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("seeds 2603.00001", "Did you mean /papers seeds add 2603.00001?"),
        ("seeds add", "Name one paper"),
        ("seeds add 2603.00001 quokka", "“quokka” is neither"),
        ("seeds remove 1", "no seed papers here"),
        ("seeds plant x", "/papers seeds add"),
    ],
)
def test_seeds_mistyped(desk: Desk, typed: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        ask(desk, typed)
    assert said in str(refused.value)


def test_a_seed_may_be_named_by_its_title(desk: Desk) -> None:
    title = about("protein", 1)[0].title
    assert title[:40] in ask(desk, f"seeds add {title}").text


def test_exclude_is_filter_not(desk: Desk) -> None:
    assert "Never papers about: robot" in ask(desk, "exclude robot").text
    assert stored(desk).filters.exclude == ("robot",)
    assert "robot" not in picked_topics(desk)


# -- crowd and report


def test_who_manages_may_take_the_workspace_out_of_the_crowd(desk: Desk) -> None:
    assert "takes part" in ask(desk, "crowd").text
    with pytest.raises(UserError, match="may manage"):
        ask(desk, "crowd off", manages=False)
    ask(desk, "crowd off")
    assert desk.store.not_in_crowd() == {("slack", "T1")}
    assert "takes no part" in ask(desk, "crowd", manages=False).text
    ask(desk, "crowd on")
    assert desk.store.not_in_crowd() == frozenset()
    with pytest.raises(UserError, match="crowd off"):
        ask(desk, "crowd surf")


def test_reports_are_switched_on_and_off_and_shown_now(desk: Desk) -> None:
    assert "not available" in ask(desk, "report now").text
    drawn = replace(desk, report=lambda channel: Message(f"Hits in {channel}"))
    assert ask(drawn, "report now").text == "Hits in slack:T1/C1"
    assert "does not come by itself" in ask(desk, "report").text
    ask(desk, "report on")
    assert stored(desk).reports
    assert "first digest of a month" in ask(desk, "report").text
    ask(desk, "report off")
    assert not stored(desk).reports
    with pytest.raises(UserError, match="report now"):
        ask(desk, "report weekly")


# -- trending


def test_trending_here_counts_this_channel_alone(desk: Desk) -> None:
    robot, galaxy, speech = (about(topic, 1)[0] for topic in ("robot", "galaxy", "speech"))
    like(desk, robot)
    like(desk, robot, name=SAVE, user=BOB)
    like(desk, galaxy, channel=Channel("slack", "T1", "C2"))
    like(desk, speech, channel=Channel("slack", "T2", "C1"))
    here = ask(desk, "trending")
    assert [(card.paper, card.reason) for card in here.cards] == [(robot.id, "1 for it, 1 saved it")]
    workspace = ask(desk, "trending workspace")
    assert [card.paper for card in workspace.cards] == [robot.id, galaxy.id]
    everywhere = ask(desk, "trending everywhere")
    assert everywhere.cards == ()
    assert "Nothing was liked" in everywhere.text


def test_trending_everywhere_shows_what_a_crowd_likes_and_upvotes(desk: Desk) -> None:
    robot = about("robot", 1)[0]
    upvoted = paper(900, "Praised elsewhere", upvotes=12)
    private = paper(901, "An internal note", upvotes=99, sources=("feed:https://lab.example/x",))
    desk.store.add_papers([upvoted, private])
    for workspace, channel in (("T1", "C1"), ("T1", "C2"), ("T2", "C1")):
        like(
            desk,
            robot,
            channel=Channel("slack", workspace, channel),
            user=UserId(f"slack:{workspace}/{channel}"),
        )
    cards = ask(desk, "trending everywhere").cards
    assert [(card.paper, card.reason) for card in cards] == [
        (robot.id, "3 for it"),
        (upvoted.id, "12 upvotes"),
    ]
    ask(desk, "crowd off")
    apart = ask(desk, "trending everywhere")
    assert [card.paper for card in apart.cards] == [upvoted.id]
    assert "takes no part" in apart.text


def test_who_is_apart_sees_nothing_of_the_crowd(desk: Desk) -> None:
    robot = about("robot", 1)[0]
    for workspace, channel in (("T2", "C1"), ("T2", "C2"), ("T3", "C1")):
        like(
            desk,
            robot,
            channel=Channel("slack", workspace, channel),
            user=UserId(f"slack:{workspace}/{channel}"),
        )
    assert len(ask(desk, "trending everywhere").cards) == 1
    ask(desk, "crowd off")
    assert ask(desk, "trending everywhere").cards == ()


def test_trending_refuses_other_places(desk: Desk) -> None:
    with pytest.raises(UserError, match="here, workspace or everywhere"):
        ask(desk, "trending galaxy")


# -- why


def test_why_tells_topic_rank_and_wild_card(desk: Desk) -> None:
    ask(desk, "follow robot")
    subscription = stored(desk)
    choice = choose(Morning(desk.store, NOW), desk.recommender, subscription, DAY, 4)
    assert desk.store.plan_digest(*plan(choice, subscription, DAY, NOW, Circumstances(NOW)))
    first = ask(desk, "why 1").text
    assert "as number 1 for “robot”, because about robot." in first
    assert "Today it would stand at 1 of 36." in first
    assert "It competes for the places of “robot”." in first
    assert ask(desk, "today").cards[-1].reason.startswith("Wild card: ")
    wild = ask(desk, "why 5").text
    assert "because unlike the rest. It was a wild card" in wild
    assert "competes" not in wild


# -- what platforms need


def test_help_lists_all_in_one_message_and_tells_more_of_one(desk: Desk) -> None:
    text = ask(desk, "help").text
    assert len(text) <= 1_900
    assert text == ask(desk, "help nonsense").text
    assert "/papers topics merge 1 3" in ask(desk, "help topics").text
    assert "/papers pause" in ask(desk, "help /papers pause").text


def test_descriptions_fit_every_platform() -> None:
    assert not [spec.name for spec in SPECS if len(spec.summary) > 100]


def test_every_button_of_a_preview_fits_a_platform(desk: Desk) -> None:
    like(desk, *about("robot", 2))
    answer = ask(desk, f"topics rename 1 {'é' * 60}")
    assert answer.buttons == (Button("Save", command=answer.buttons[0].command),)
    assert len(answer.buttons[0].command) <= 90


def test_a_muted_or_unwanted_topic_does_not_come(desk: Desk) -> None:
    like(desk, *about("robot", 1), name=OFF_TOPIC)
    assert "robot" not in picked_topics(desk)
