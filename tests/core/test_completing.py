"""What people are offered who are typing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import SPECS, Desk, complete
from bot.commands.completing import COMPLETERS
from bot.model import Channel, Completion, Feed, Interest, Paper, Subscription, Typing
from bot.search.catchup import catch_up
from tests.core.asking import ALICE, CHANNEL, NOW, ask, open_desk, serve
from tests.core.shelves import Shelves
from tests.papers import DAY, paper, shelf

FEED = "https://example.org/feed.xml"
READ = paper(
    901, "Attention is all you need", authors=("Ashish Vaswani", "Fei-Fei Li"), categories=("cs.CL",)
)
SECRET = paper(902, "Attention to secret matters", sources=(f"feed:{FEED}",))


@pytest.fixture
def desk() -> Iterator[Desk]:
    for made in open_desk():
        made.store.add_papers([READ, SECRET])
        catch_up(made.index, made.store)
        yield made


def offered(desk: Desk, command: str, text: str = "", channel: Channel = CHANNEL) -> dict[str, str]:
    """By value, how each is shown; in its order."""
    found = complete(desk, Typing(channel, ALICE, command, text))
    return {one.value: one.label for one in found}


def test_every_command_says_whether_it_completes() -> None:
    assert {spec.name for spec in SPECS if spec.completes} == set(COMPLETERS)


def test_a_title_is_found_by_its_words_while_the_last_is_begun(desk: Desk) -> None:
    for text in ("attention", "atten", "all you nee", "all you need n", "Attention is all you need"):
        found = offered(desk, "search", text)
        assert next(iter(found)) == READ.id
        assert found[READ.id] == READ.title


def test_a_chosen_title_leads_to_that_paper(desk: Desk) -> None:
    value = next(iter(offered(desk, "search", "atten")))
    assert [card.paper for card in ask(desk, f"search {value}").cards] == [READ.id]


def test_words_are_completed_behind_those_that_stand(desk: Desk) -> None:
    assert "galaxy telescope" in offered(desk, "search", "galaxy teles")
    assert "galaxy telescope" in offered(desk, "follow", "galaxy teles")


def test_authors_are_found_by_any_part_of_their_name(desk: Desk) -> None:
    assert offered(desk, "search", "vasw")['author:"Ashish Vaswani"'] == "Papers by Ashish Vaswani"
    assert 'robots author:"Ashish Vaswani"' in offered(desk, "search", "robots author:vas")
    assert '-author:"Fei-Fei Li"' in offered(desk, "search", '-author:"fei')
    assert "author: Ashish Vaswani" in offered(desk, "follow", "ashish")
    assert list(offered(desk, "follow", "author: vasw")) == ["author: Ashish Vaswani"]


def test_categories_are_found_by_name_and_by_what_they_are_about(desk: Desk) -> None:
    assert (
        offered(desk, "search", "robots cat:cs.C")["robots cat:cs.CL"]
        == "robots cs.CL · Computation and Language"
    )
    assert "cat:cs.RO" in offered(desk, "search", "cat:robot")
    assert len(offered(desk, "search", "cat:")) == 25
    assert offered(desk, "follow", "robotic")["cs.RO"] == "cs.RO · Robotics"
    assert next(iter(offered(desk, "follow", "cat: hep-t"))) == "hep-th"


def test_a_begun_scope_is_completed_behind_the_words(desk: Desk) -> None:
    assert (
        offered(desk, "search", "galaxy pos")["galaxy posted:here"]
        == "galaxy posted:here · posted in this channel"
    )
    assert "order:us" in offered(desk, "search", "Order:")
    assert not any("saved" in value for value in offered(desk, "search", "galaxy sa"))


def test_followed_topics_come_to_who_searches(desk: Desk) -> None:
    ask(desk, "follow robot learning")
    ask(desk, "follow 2603.00001")
    assert list(offered(desk, "search")) == ["robot learning"]
    assert "robot learning" in offered(desk, "search", "learn")


def test_what_is_followed_can_be_unfollowed(desk: Desk) -> None:
    for topic in ("robot learning", "cs.RO", "2603.00001"):
        ask(desk, f"follow {topic}")
    assert list(offered(desk, "unfollow")) == ["robot learning", "cs.RO", "arxiv:2603.00001"]
    assert list(offered(desk, "unfollow", "LEARN")) == ["robot learning"]
    for value in offered(desk, "unfollow"):
        assert "No longer" in ask(desk, f"unfollow {value}").text


def test_what_was_deleted_is_not_offered_and_never_more_than_people_look_at(desk: Desk) -> None:
    many = [Interest(f"topic {i}", share=float(i > 0)) for i in range(40)]
    desk.store.add_subscription(Subscription(CHANNEL, NOW, tuple(many)))
    found = list(offered(desk, "unfollow", "topic"))
    assert len(found) == 25
    assert "topic 0" not in found


@pytest.mark.parametrize("command", ["like", "why", "share", "cite"])
def test_papers_are_offered_by_number_and_then_by_title(desk: Desk, command: str) -> None:
    assert offered(desk, command) == {}
    ask(desk, "follow galaxies")
    serve(desk)
    first = desk.store.posts(CHANNEL, DAY)[1].message.cards[0].title
    assert offered(desk, command)["1"] == f"1 · {first}"
    assert list(offered(desk, command)) == ["1", "2", "3", "4", "5"]
    assert list(offered(desk, command, "2")) == ["2"]
    assert next(iter(offered(desk, command, "attention all"))) == READ.id


def test_seeds_are_added_by_title_and_removed_by_number(desk: Desk) -> None:
    assert list(offered(desk, "seeds")) == ["list"]
    assert list(offered(desk, "seeds", "add atten")) == [f"add {READ.id}"]
    ask(desk, f"seeds add {READ.id}")
    assert offered(desk, "seeds", "rem") == {"remove 1": f"remove 1 · {READ.title}"}


def test_topics_are_offered_with_what_can_be_done_to_them(desk: Desk) -> None:
    papers = tuple(one.id for one in shelf()[:2])
    kept = (
        Interest("a", papers=papers[:1]),
        Interest("b", papers=papers[1:], pinned=True, muted_until=DAY + timedelta(days=1)),
    )
    desk.store.add_subscription(Subscription(CHANNEL, NOW, kept))
    desk = replace(desk, recommender=Shelves())
    assert offered(desk, "topics", "mute") == {"mute 1": "mute 1 · a"}
    assert list(offered(desk, "topics", "un")) == ["unmute 2", "unpin 2"]
    assert list(offered(desk, "topics", "boost 2")) == ["boost 2"]
    assert offered(desk, "topics", "rename 2 robot hands") == {}


def test_another_channels_feed_is_offered_to_nobody_else(desk: Desk) -> None:
    there = Channel("slack", "T1", "C2")
    desk.store.add_subscription(Subscription(there, NOW))
    desk.store.add_feed(Feed(there, FEED, "Feed", NOW))
    for command, text in (("search", "secret matters"), ("like", "secret matters"), ("seeds", "add secret")):
        assert any(SECRET.id in value for value in offered(desk, command, text, there))
        assert not any(SECRET.id in value for value in offered(desk, command, text))


def test_a_long_title_is_shortened_and_a_value_that_is_too_long_is_left_out(desk: Desk) -> None:
    desk.store.add_papers([paper(903, "Zebras " + "herding in the wild " * 9), Paper(READ.id, READ.title)])
    catch_up(desk.index, desk.store)
    (label,) = offered(desk, "cite", "zebras").values()
    assert 80 < len(label) <= 100
    assert offered(desk, "search", "x" * 95 + " cat:cs") == {}


def test_nothing_is_offered_where_nothing_follows(desk: Desk) -> None:
    assert offered(desk, "pause", "x") == offered(desk, "nosuch", "x") == offered(desk, "search", "x") == {}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120) | st.from_regex(r'(cat|author|add|mute) ?:?"?\w*', fullmatch=True))
def test_whatever_is_typed_what_is_offered_can_be_shown(desk: Desk, text: str) -> None:
    for name in COMPLETERS:
        found = complete(desk, Typing(CHANNEL, ALICE, name, text))
        assert len(found) <= 25
        assert len({one.value for one in found}) == len(found)
        assert all(is_short(one) for one in found)


def is_short(one: Completion) -> bool:
    return all(1 <= len(text) <= 100 and text.isprintable() for text in (one.label, one.value))


def test_a_begun_word_becomes_what_stands_beside_the_words_before_it(desk: Desk) -> None:
    frequent = [paper(950 + i, f"Decision number {i}") for i in range(9)]
    beside = [paper(970 + i, f"Speculative decoding, part {i}") for i in range(2)]
    secret = [paper(980 + i, f"Speculative decryption {i}", sources=(f"feed:{FEED}",)) for i in range(3)]
    desk.store.add_papers([*frequent, *beside, paper(960, "Speculative decay"), *secret])
    catch_up(desk.index, desk.store)
    for command in ("search", "follow"):
        values = [one for one in offered(desk, command, "speculative dec") if " dec" in one]
        assert values == ["speculative decoding", "speculative decay", "speculative decision"]
    assert "source:arxiv decision" in offered(desk, "search", "source:arxiv dec")
    assert "the decision" in offered(desk, "search", "the dec")
