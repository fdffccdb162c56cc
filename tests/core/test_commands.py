"""What people can ask, and what they get told when they ask it wrongly."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import COMMANDS, SPECS, Desk, dispatch
from bot.digest import choose, plan
from bot.errors import UserError
from bot.model import UP, Cadence, Channel, Message, Paper, PaperId, Reaction, Request, UserId
from bot.recommend import Rocchio
from bot.search.catchup import catch_up
from bot.search.scan import ScanIndex
from bot.store.memory import MemoryStore
from tests.papers import DAY, paper, shelf, topic_of

CHANNEL = Channel("slack", "T1", "C1")
NOW = datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC)
ALICE = UserId("slack:T1/U1")


@pytest.fixture
def desk() -> Iterator[Desk]:
    store, index = MemoryStore(), ScanIndex()
    store.add_papers(shelf())
    catch_up(index, store)
    yield Desk(store, index, Rocchio(), NOW)
    store.close()


def ask(desk: Desk, text: str) -> Message:
    return dispatch(desk, Request(CHANNEL, ALICE, text))


def serve(desk: Desk) -> None:
    """A digest as on any morning."""
    subscription = desk.store.subscription(CHANNEL)
    assert subscription
    choice = choose(desk.store, desk.recommender, subscription, DAY, 4)
    assert desk.store.plan_digest(*plan(choice, subscription, DAY, NOW, "rocchio-1", []))


def like(desk: Desk, *papers: Paper) -> None:
    for one in papers:
        assert desk.store.set_reaction(Reaction(CHANNEL, ALICE, UP, NOW, paper=one.id))


def test_nothing_typed_is_answered_with_help_that_lists_every_command(desk: Desk) -> None:
    text = ask(desk, "").text
    assert all(f"/papers {spec.name}" in text for spec in SPECS)


@pytest.mark.parametrize("example", [e for command in COMMANDS for e in command.examples])
def test_every_documented_example_is_understood(desk: Desk, example: str) -> None:
    desk = replace(desk, look_up=lambda wanted: Paper(wanted, "A fetched paper of some kind"))
    ask(desk, "follow robot learning") if example.startswith("unfollow") else None
    if example == "why 2":
        ask(desk, "follow robots")
        serve(desk)
    if example != "follow robot learning":
        assert ask(desk, example).text or ask(desk, example).cards


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("serach diffusion", "/papers search"),
        ("diffusion", "/papers search diffusion"),
        ("search", "/papers search speculative decoding"),
        ("follow", "for example /papers follow"),
        ("why nosuchpaperanywhere", "arXiv id"),
        ("why 3", "/papers today"),
        ("unfollow x", "/papers follow"),
        ("when 25:00", "/papers when"),
        ("when Europe/Berln", "Europe/Berlin"),
        ("when berlin", "Europe/Berlin"),
        ("when 99 papers", "1 to 25"),
        ("follow ?!", "/papers follow robot learning"),
        ("follow " + "x" * 101, "100 characters"),
    ],
)
def test_a_wrong_command_says_what_to_type_next(desk: Desk, text: str, hint: str) -> None:
    with pytest.raises(UserError) as refused:
        ask(desk, text)
    assert hint in str(refused.value)


def test_search_finds_papers_and_shows_five(desk: Desk) -> None:
    answer = ask(desk, "search galaxy telescope")
    assert len(answer.cards) == 5
    assert all("galaxy" in card.title for card in answer.cards)


def test_search_for_nothing_known_says_so(desk: Desk) -> None:
    assert "Nothing found" in ask(desk, "search zyxwvut").text


def test_search_by_address_finds_that_paper(desk: Desk) -> None:
    answer = ask(desk, "search https://arxiv.org/abs/2603.00003v2")
    assert [card.paper for card in answer.cards] == ["arxiv:2603.00003"]


def test_an_unknown_id_is_fetched_from_its_source_and_kept(desk: Desk) -> None:
    asked: list[PaperId] = []

    def look_up(wanted: PaperId) -> Paper:
        asked.append(wanted)
        return Paper(wanted, "Attention Is All You Need")

    desk = replace(desk, look_up=look_up)
    assert ask(desk, "search 1706.03762").cards[0].title == "Attention Is All You Need"
    assert ask(desk, "search arxiv:1706.03762").cards
    assert asked == ["arxiv:1706.03762"]


def test_an_id_that_no_source_knows_is_said_to_be_unknown(desk: Desk) -> None:
    assert "No source knows" in ask(desk, "search 1706.99999").text


def test_the_first_follow_subscribes_and_says_when_the_digest_comes(desk: Desk) -> None:
    answer = ask(desk, "follow robot learning")
    assert "Mon–Fri at 09:00 (UTC)" in answer.text
    assert "Mon 2 Mar, 09:00" in answer.text
    subscription = desk.store.subscription(CHANNEL)
    assert subscription
    assert [interest.name for interest in subscription.interests] == ["robot learning"]


def test_following_twice_is_refused_whatever_the_case(desk: Desk) -> None:
    ask(desk, "follow Robot Learning")
    with pytest.raises(UserError, match="followed here already"):
        ask(desk, "follow robot learning")


def test_follow_knows_categories_and_papers(desk: Desk) -> None:
    assert "cs.RO (category)" in ask(desk, "follow cs.RO").text
    assert "astro-ph" in ask(desk, "follow astro-ph").text
    assert "papers like" in ask(desk, "follow 2603.00001").text


def test_unfollow_by_name_number_or_paper(desk: Desk) -> None:
    for topic in ("robots", "galaxies", "2603.00001"):
        ask(desk, f"follow {topic}")
    assert "robots" in ask(desk, "unfollow ROBOTS").text
    assert "galaxies" in ask(desk, "unfollow 1").text
    ask(desk, "unfollow https://arxiv.org/abs/2603.00001")
    with pytest.raises(UserError):
        ask(desk, "unfollow 1")


def test_unfollow_suggests_the_nearest(desk: Desk) -> None:
    ask(desk, "follow robot learning")
    with pytest.raises(UserError, match="Did you mean “robot learning”"):
        ask(desk, "unfollow robot lerning")


def test_today_previews_without_storing_anything(desk: Desk) -> None:
    answer = ask(desk, "today")
    assert len(answer.cards) == 5
    assert "Nothing was sent" in answer.text
    assert desk.store.offers(CHANNEL) == []
    assert desk.store.subscription(CHANNEL) is None


def test_today_follows_the_interests(desk: Desk) -> None:
    ask(desk, "follow protein folding")
    assert all("protein" in card.title for card in ask(desk, "today").cards)


@pytest.mark.parametrize(
    ("typed", "cadence", "size"),
    [
        ("mon-fri 08:30 Europe/Berlin", Cadence((0, 1, 2, 3, 4), time(8, 30), "Europe/Berlin"), 5),
        ("daily 7am 8 papers", Cadence(tuple(range(7)), time(7), "UTC"), 8),
        ("every day at 7 am", Cadence(tuple(range(7)), time(7), "UTC"), 5),
        ("fri-mon", Cadence((0, 4, 5, 6), time(9), "UTC"), 5),
        ("tuesday, thursday 17:05", Cadence((1, 3), time(17, 5), "UTC"), 5),
        ("12am size 1", Cadence((0, 1, 2, 3, 4), time(0), "UTC"), 1),
        ("12pm america/new_york", Cadence((0, 1, 2, 3, 4), time(12), "America/New_York"), 5),
    ],
)
def test_when_understands_days_time_zone_and_size_in_any_order(
    desk: Desk, typed: str, cadence: Cadence, size: int
) -> None:
    ask(desk, f"when {typed}")
    stored = desk.store.subscription(CHANNEL)
    assert stored
    assert (stored.cadence, stored.size) == (cadence, size)


def test_when_alone_changes_nothing(desk: Desk) -> None:
    assert "Mon–Fri at 09:00" in ask(desk, "when").text
    assert desk.store.subscription(CHANNEL) is None


def _said(desk: Desk, text: str) -> str:
    try:
        answer = ask(desk, text)
    except UserError as refused:
        return str(refused)
    return answer.text or answer.cards[0].title


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_answered_or_refused_kindly(text: str) -> None:
    desk = Desk(MemoryStore(), ScanIndex(), Rocchio(), NOW)
    for name in ("", "search ", "follow ", "unfollow ", "when ", "why "):
        assert _said(desk, name + text)


def test_pause_and_resume(desk: Desk) -> None:
    ask(desk, "follow robots")
    ask(desk, "pause")
    paused = desk.store.subscription(CHANNEL)
    assert paused
    assert "paused here" in paused.paused
    assert "already" in ask(desk, "pause").text
    later = replace(desk, now=NOW + timedelta(days=3))
    ask(later, "resume")
    running = desk.store.subscription(CHANNEL)
    assert running
    assert (running.paused, running.since) == ("", later.now)


def test_why_takes_the_score_apart(desk: Desk) -> None:
    ask(desk, "follow robot grasping")
    serve(desk)
    answer = ask(desk, "why 1")
    assert "Offered on 2 Mar as number 1" in answer.text
    assert "Raised by: " in answer.text
    assert "robot" in answer.text


def test_why_names_what_lowered_a_paper(desk: Desk) -> None:
    galaxies = [p for p in shelf() if topic_of(p) == "galaxy"]
    like(desk, *[p for p in shelf() if topic_of(p) == "robot"][:2])
    desk.store.set_reaction(Reaction(CHANNEL, ALICE, "👎", NOW, paper=galaxies[0].id))
    answer = ask(desk, f"why {galaxies[1].id}")
    assert "Lowered by: " in answer.text
    assert "Not offered here yet" in answer.text


def test_topics_shows_what_was_followed_and_what_was_learned(desk: Desk) -> None:
    ask(desk, "follow protein folding")
    like(desk, *[p for p in shelf() if topic_of(p) == "robot"][:2])
    text = ask(desk, "topics").text
    assert "1. “protein folding”" in text
    assert "2 liked and 0 turned-down" in text
    assert "robot" in text.split("more of:")[1]


def test_topics_of_a_new_channel_say_how_to_begin(desk: Desk) -> None:
    assert "/papers follow" in ask(desk, "topics").text


def test_hostile_titles_pass_through_as_plain_text(desk: Desk) -> None:
    hostile = paper(900, "<!channel> @everyone ](http://x) zebra")
    desk.store.add_papers([hostile])
    catch_up(desk.index, desk.store)
    assert ask(desk, "search zebra").cards[0].title == hostile.title
