"""What people get who search, page, share and cite."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import Desk, dispatch
from bot.commands.results import asking, page_of
from bot.digest import delivery_key
from bot.errors import SourceError, UserError
from bot.model import (
    DOWN,
    SAVE,
    UP,
    Button,
    Card,
    Channel,
    DeliveryKey,
    Feed,
    Message,
    Paper,
    PaperId,
    Picker,
    Post,
    Reaction,
    Request,
    Standing,
    Subscription,
    UserId,
    message_id,
)
from bot.search.catchup import catch_up
from bot.search.language import FIELDS
from tests.core.asking import ALICE, CHANNEL, NOW, ask, like, open_desk
from tests.papers import DAY, paper, shelf

BOB = UserId("slack:T1/U2")
ELSEWHERE, ABROAD = Channel("slack", "T1", "C2"), Channel("slack", "T2", "C1")
ROBOT, GALAXY = shelf()[0], shelf()[1]
FEED = "https://example.org/feed.xml"


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield from open_desk()


def put(desk: Desk, *papers: Paper) -> None:
    """Into the store and the index."""
    desk.store.add_papers(papers)
    catch_up(desk.index, desk.store)


def shown_in(desk: Desk, channel: Channel, *papers: Paper, days_ago: int = 1) -> None:
    """Sent messages of that channel show these papers."""
    day = DAY - timedelta(days=days_ago)
    for one in papers:
        key = DeliveryKey(f"{delivery_key(channel, day, 0)}{one.id}")
        assert desk.store.share(Post(key, channel, day, 0, Message(cards=(Card(one.id, one.title),)), one.id))
        desk.store.mark_sent(key, message_id(channel, one.id.replace("/", "-")))


def reacts(desk: Desk, one: Paper, name: str = UP, user: UserId = ALICE, channel: Channel = CHANNEL) -> None:
    assert desk.store.set_reaction(Reaction(channel, user, name, NOW, paper=one.id))


def found(message: Message) -> list[PaperId]:
    return [card.paper for card in message.cards]


def button(message: Message, label: str) -> Button:
    """The one of that label."""
    buttons = [*message.buttons, *(one for card in message.cards for one in card.buttons)]
    return next(one for one in buttons if one.label.startswith(label))


def test_search_without_words_offers_a_field_to_type_in(desk: Desk) -> None:
    answer = ask(desk, "search")
    assert answer.picker == Picker("Find a paper", "search")
    assert all(word in answer.text for word in ("-survey", "order:us", *(set(FIELDS) - {"page"})))


def test_follow_without_words_offers_a_field_and_subscribes_nobody(desk: Desk) -> None:
    assert ask(desk, "follow").picker == Picker("Follow a topic, author or category", "follow")
    assert desk.store.subscription(CHANNEL) is None


def test_pages_follow_one_another_without_repeats(desk: Desk) -> None:
    first = ask(desk, "search galaxy")
    assert first.heading == "Search: galaxy"
    assert [one.label for one in first.buttons] == ["More ›"]
    second = ask(desk, button(first, "More ›").command)
    assert [one.label for one in second.buttons] == ["‹ Back"]
    assert len({*found(first), *found(second)}) == len(found(first)) + len(found(second)) == 10
    assert ask(desk, button(second, "‹ Back").command) == first


def test_a_page_behind_the_last_says_so_and_leads_back(desk: Desk) -> None:
    beyond = ask(desk, "search galaxy page:9")
    assert "nothing more" in beyond.text
    assert button(beyond, "‹ Back").command == "search galaxy page:8"


def test_what_has_no_room_in_a_button_is_kept_and_found_again_after_a_restart(desk: Desk) -> None:
    words = "galaxy " + " ".join(f"word{i}" for i in range(30))
    first = ask(desk, f"search {words}")
    on = button(first, "More ›").command
    assert len(on) <= 90
    assert on.startswith("search kept:")
    second = ask(Desk(desk.store, desk.index, desk.recommender, NOW), on)
    assert set(found(second)).isdisjoint(found(first))
    assert second.heading == f"Search: {words[:100]}"


def test_a_kept_text_that_is_gone_is_said_kindly(desk: Desk) -> None:
    with pytest.raises(UserError, match="too long ago"):
        ask(desk, "search kept:0123456789ab page:2")


def test_every_button_of_every_result_fits_and_can_be_pressed(desk: Desk) -> None:
    long = Paper(PaperId(f"url:{'x' * 76}"), "A galaxy with a long name", announced_on=DAY)
    put(desk, long)
    ask(desk, "follow galaxies")
    card = next(one for one in ask(desk, "search galaxy with a long name").cards if one.paper == long.id)
    assert [one.label for one in card.buttons] == ["Save", "Share", "Why", "More like this", "Cite"]
    assert card.buttons[0] == Button("Save", SAVE, long.id)
    for one in card.buttons[1:]:
        assert len(one.command) <= 90
        answer = ask(desk, one.command)
        assert answer.text or answer.cards or answer.verbatim


def test_found_words_are_marked_in_what_is_shown_of_the_paper(desk: Desk) -> None:
    card = ask(desk, "search telescope").cards[0]
    assert card.marks
    assert all(mark in f"{card.title} {card.summary}" for mark in card.marks)


def test_one_paper_by_its_address_can_be_voted_on(desk: Desk) -> None:
    (card,) = ask(desk, f"search {ROBOT.url}").cards
    assert [one.label for one in card.buttons] == [UP, DOWN, SAVE, "Share", "Why", "More like this", "Cite"]


def test_a_result_tells_where_it_was_posted_and_who_likes_it_there(desk: Desk) -> None:
    shown_in(desk, CHANNEL, GALAXY, days_ago=3)
    for user in (ALICE, BOB):
        reacts(desk, GALAXY, user=user)
    reacts(desk, GALAXY, SAVE)  # the same person twice is one vote
    reacts(desk, GALAXY, DOWN, UserId("slack:T1/U3"))
    (card,) = ask(desk, f"search {GALAXY.id}").cards
    assert card.posted == (Standing(CHANNEL, DAY - timedelta(days=3), 2),)


def test_a_posting_of_an_earlier_year_is_marked_as_one(desk: Desk) -> None:
    shown_in(desk, CHANNEL, GALAXY, days_ago=3)
    (card,) = ask(replace(desk, now=NOW.replace(year=NOW.year + 1)), f"search {GALAXY.id}").cards
    assert card.posted == (Standing(CHANNEL, DAY - timedelta(days=3), earlier_year=True),)


def test_of_other_channels_only_those_are_told_in_which_the_asker_has_reacted(desk: Desk) -> None:
    for channel in (ELSEWHERE, ABROAD):
        shown_in(desk, channel, GALAXY)
        reacts(desk, GALAXY, user=BOB, channel=channel)
    assert ask(desk, f"search {GALAXY.id}").cards[0].posted == ()
    reacts(desk, ROBOT, channel=ELSEWHERE)
    reacts(desk, ROBOT, channel=ABROAD)
    (card,) = ask(desk, f"search {GALAXY.id}").cards
    assert card.posted == (Standing(ELSEWHERE, DAY - timedelta(days=1), 1),)


def test_here_stands_first_and_each_channel_once_with_its_latest_day(desk: Desk) -> None:
    reacts(desk, ROBOT, channel=ELSEWHERE)
    shown_in(desk, CHANNEL, GALAXY, days_ago=9)
    shown_in(desk, CHANNEL, GALAXY, days_ago=5)
    shown_in(desk, ELSEWHERE, GALAXY, days_ago=1)
    (card,) = ask(desk, f"search {GALAXY.id}").cards
    assert [(one.channel, one.day) for one in card.posted] == [
        (CHANNEL, DAY - timedelta(days=5)),
        (ELSEWHERE, DAY - timedelta(days=1)),
    ]


def test_scopes_keep_to_what_the_channels_facts_name(desk: Desk) -> None:
    first, second, third = shelf()[1:13:4]
    shown_in(desk, CHANNEL, first, second)
    shown_in(desk, ELSEWHERE, third)
    reacts(desk, second, SAVE)
    reacts(desk, third, SAVE, user=BOB)
    reacts(desk, first, UP, user=BOB)
    assert set(found(ask(desk, "search galaxy posted:here"))) == {first.id, second.id}
    assert found(ask(desk, "search galaxy saved:me")) == [second.id]
    assert set(found(ask(desk, "search galaxy liked:here"))) == {first.id, second.id, third.id}
    assert found(ask(desk, "search galaxy posted:here -saved:me")) == [first.id]
    assert found(ask(desk, "search posted:here liked:here -saved:me")) == [first.id]
    assert set(found(ask(desk, "search galaxy -posted:here"))).isdisjoint({first.id, second.id})


def test_what_was_turned_down_is_not_liked(desk: Desk) -> None:
    reacts(desk, GALAXY, DOWN)
    assert "Nothing found" in ask(desk, "search galaxy liked:here").text


def test_another_channels_feed_is_not_found_by_any_command(desk: Desk) -> None:
    secret = paper(901, "A galaxy nobody else reads", sources=(f"feed:{FEED}",))
    put(desk, secret)
    desk.store.add_subscription(Subscription(ELSEWHERE, NOW))
    desk.store.add_feed(Feed(ELSEWHERE, FEED, "Feed", NOW))
    there = dispatch(desk, Request(ELSEWHERE, ALICE, "search galaxy nobody else reads"))
    assert found(there)[0] == secret.id
    assert secret.id not in found(ask(desk, "search galaxy nobody else reads"))
    assert secret.id not in found(ask(desk, f"like {GALAXY.id}"))
    assert ask(desk, f"search {secret.id}").cards == ()
    for name in ("like", "share", "cite", "why"):
        with pytest.raises(UserError, match="I know no paper"):
            ask(desk, f"{name} {secret.id}")


def test_a_wrong_query_says_what_was_understood_and_finds_the_rest(desk: Desk) -> None:
    answer = ask(desk, "search galaxy since:yesteryear")
    assert answer.cards
    assert "since" in answer.text


def test_papers_without_the_phrase_that_was_asked_for_are_owned_up_to(desk: Desk) -> None:
    assert "phrase" in ask(desk, 'search "spectra dwarf telescope"').text
    assert "phrase" not in ask(desk, 'search "galaxy star formation"').text


def test_little_found_is_answered_with_what_was_likely_meant(desk: Desk) -> None:
    answer = ask(desk, "search telescpe")
    meant = button(answer, "Did you mean")
    assert meant.label == "Did you mean “telescope”?"
    assert ask(desk, meant.command).cards
    assert (
        button(ask(desk, "search galaxy telescpe liked:here"), "Did").command
        == "search galaxy telescope liked:here"
    )


def test_what_was_likely_meant_keeps_fields_and_filters(desk: Desk) -> None:
    meant = button(ask(desk, "search title:telescpe liked:here before:2030"), "Did you mean")
    assert meant.command == "search title:telescope liked:here before:2030"


def test_sources_are_asked_for_plain_words_that_nothing_has(desk: Desk) -> None:
    asked: list[str] = []

    def find(words: str, limit: int) -> list[Paper]:
        asked.append(words)
        return [Paper(PaperId("arxiv:1706.03762"), "Zyxwvut is all you need", sources=("arxiv",))]

    desk = replace(desk, find=find)
    for text in (
        "search posted:here zyxwvut",
        "search zyxwvut page:2",
        "search zyxwvut cat:cs.CL",
        "search galaxy",
    ):
        ask(desk, text)
    assert asked == []
    answer = ask(desk, "search zyxwvut")
    assert (asked, found(answer)) == (["zyxwvut"], ["arxiv:1706.03762"])
    assert "the sources found" in answer.heading
    assert answer.cards[0].buttons[0].label == "Save"


def test_a_source_that_fails_does_not_cost_the_suggestion(desk: Desk) -> None:
    def find(words: str, limit: int) -> list[Paper]:
        raise SourceError("arxiv", "HTTP 503")

    desk = replace(desk, find=find)
    assert button(ask(desk, "search telescpe"), "Did you mean")
    with pytest.raises(SourceError):
        ask(desk, "search zyxwvutzyxwvut")


def test_the_order_for_us_puts_first_what_the_channel_likes(desk: Desk) -> None:
    like(desk, *shelf()[0:20:4])
    usual, ours = (found(ask(desk, f"search study {order}")) for order in ("", "order:us"))
    robots = {one.id for one in shelf()[::4]}
    assert len(robots & set(ours)) > len(robots & set(usual))


def test_a_channel_without_a_taste_is_told_that_it_has_no_order(desk: Desk) -> None:
    answer = ask(desk, "search galaxy order:us")
    assert "no order for this channel" in answer.text
    assert found(answer) == found(ask(desk, "search galaxy"))


def test_like_finds_others_and_never_the_paper_itself(desk: Desk) -> None:
    for text in (GALAXY.id, GALAXY.url, f"look at this: <{GALAXY.url}|a paper>, wow!", GALAXY.title):
        answer = ask(desk, f"like {text}")
        assert answer.heading == f"More like “{GALAXY.title}”"
        assert len(answer.cards) == 5
        assert GALAXY.id not in found(answer)


def test_pages_of_like_papers(desk: Desk) -> None:
    first = ask(desk, f"like {GALAXY.id}")
    second = ask(desk, button(first, "More ›").command)
    assert button(second, "‹ Back").command == f"like {GALAXY.id}"
    assert {GALAXY.id, *found(first)}.isdisjoint(found(second))


def test_a_long_message_about_no_paper_is_answered_by_the_nearest_title(desk: Desk) -> None:
    answer = ask(desk, "like " + "has anybody read that thing about distant dwarf galaxies and protein " * 6)
    assert answer.heading.startswith("More like the nearest title")


def test_without_words_no_paper_is_meant(desk: Desk) -> None:
    put(desk, paper(904, "Anything", categories=("cs.CL",)))
    with pytest.raises(UserError, match="I know no paper"):
        ask(desk, "like cat:cs.CL")


def test_a_shared_paper_is_planned_once_a_day_and_can_be_voted_on(desk: Desk) -> None:
    ask(desk, "follow galaxies")
    assert "it will appear" in ask(desk, f"share {GALAXY.id}").text
    assert "shared here today already" in ask(desk, f"share {GALAXY.url}").text
    (post,) = desk.store.posts(CHANNEL, DAY)
    assert (post.key, post.paper) == (f"{CHANNEL}#{DAY}#share:{GALAXY.id}", GALAXY.id)
    assert "Shared" in post.message.text
    assert [one.reaction for one in post.message.cards[0].buttons[:3]] == [UP, DOWN, SAVE]
    tomorrow = replace(desk, now=NOW + timedelta(days=1))
    assert "it will appear" in ask(tomorrow, f"share {GALAXY.id}").text


def test_a_paused_channel_can_be_shared_into_and_a_lost_one_not(desk: Desk) -> None:
    ask(desk, "pause")
    assert "it will appear" in ask(desk, f"share {GALAXY.id}").text
    ask(desk, "resume")
    desk.store.save_paused(CHANNEL, "channel_not_found")
    with pytest.raises(UserError, match="cannot post here"):
        ask(desk, f"share {ROBOT.id}")


def test_cite_gives_bibtex_to_copy(desk: Desk) -> None:
    said = ask(desk, f"cite {GALAXY.id}").verbatim
    assert said.startswith("@misc{")
    assert "eprint = {2603.00002}" in said


def test_every_card_of_a_digest_has_a_button_for_more_like_it(desk: Desk) -> None:
    card = ask(desk, "today").cards[0]
    assert [one.label for one in card.buttons] == [UP, DOWN, SAVE, "More like this"]
    assert card.paper not in found(ask(desk, card.buttons[3].command))


@pytest.mark.parametrize(
    ("text", "words", "page"),
    [
        ("a page:2", "a", 2),
        ("a", "a", 1),
        ("page:3", "", 3),
        ("a page:0", "a", 1),
        ("homepage:2", "homepage:2", 1),
    ],
)
def test_a_page_stands_at_the_end(text: str, words: str, page: int) -> None:
    assert page_of(text) == (words, page)


def test_a_label_has_room_in_any_button(desk: Desk) -> None:
    assert len(asking(desk, CHANNEL, "Did you mean “" + "word " * 40 + "”?", "search", "word").label) <= 75


@given(
    text=st.text(max_size=500)
    | st.lists(
        st.sampled_from(
            [
                "galaxy",
                '"',
                "-",
                "cat:",
                "author:",
                "since:2",
                "posted:here",
                "saved:me",
                "page:9",
                "order:us",
                "kept:",
            ]
        )
        | st.text(max_size=20),
        max_size=12,
    ).map(" ".join)
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_question_is_answered_with_buttons_that_fit(desk: Desk, text: str) -> None:
    answer = ask(desk, f"search {text}")
    assert answer.text or answer.cards
    buttons = [*answer.buttons, *(one for card in answer.cards for one in card.buttons)]
    assert all(len(one.command) <= 90 and 0 < len(one.label) <= 75 for one in buttons)


LLAMAS = (
    paper(911, "Llama 3 herd of models"),
    paper(912, "Forecasting with llamas"),
    paper(913, "Attention is all you need"),
    paper(914, "Attention is all you need in speech"),
)


@pytest.mark.parametrize(
    "text", ["llama and something else entirely", "attention is all", "galaxy", "in speech"]
)
@pytest.mark.parametrize("command", ["share", "cite"])
def test_what_may_be_several_papers_is_asked_back_and_shown_to_nobody(
    desk: Desk, command: str, text: str
) -> None:
    put(desk, *LLAMAS, paper(915, "Of speech in the wild"))
    answer = ask(desk, f"{command} {text}")
    assert 1 <= len(answer.cards) <= 5
    assert answer.verbatim == ""
    for card in answer.cards:
        assert [(one.label, one.command) for one in card.buttons] == [
            (command.title(), f"{command} {card.paper}")
        ]
    assert desk.store.posts(CHANNEL, DAY) == []
    assert "mean" not in ask(desk, answer.cards[0].buttons[0].command).text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Attention is all you need", 913),
        ("“attention is ALL you need”", 913),
        ("all need speech", 914),
        ("herd llama", 911),
        ("<https://arxiv.org/abs/2603.00912|some paper>", 912),
        ("this one, please: 2603.00912", 912),
    ],
)
def test_a_title_or_the_only_one_with_all_the_words_is_certain(desk: Desk, text: str, number: int) -> None:
    put(desk, *LLAMAS)
    assert "it will appear" in ask(desk, f"share {text}").text
    assert [post.paper for post in desk.store.posts(CHANNEL, DAY)] == [f"arxiv:2603.{number:05}"]


def test_two_papers_of_one_title_are_not_certain(desk: Desk) -> None:
    put(desk, paper(921, "On speech", authors=("A",)), paper(922, "On speech", authors=("B",)))
    assert len(ask(desk, "share on speech").cards) >= 2


def test_of_several_ids_none_is_certain(desk: Desk) -> None:
    assert found(ask(desk, f"share {ROBOT.id} or {GALAXY.id}")) == [ROBOT.id, GALAXY.id]


def test_a_paper_of_another_channels_feed_makes_no_title_uncertain(desk: Desk) -> None:
    put(desk, *LLAMAS, paper(916, "Herd of llama papers", sources=(f"feed:{FEED}",)))
    assert "it will appear" in ask(desk, "share herd llama").text
    with pytest.raises(UserError, match="I know no paper"):
        ask(desk, "share zyxwvut")


@pytest.mark.parametrize("command", ["share", "cite", "like", "why", "seeds add"])
def test_an_address_that_nobody_knows_names_no_paper(desk: Desk, command: str) -> None:
    put(desk, *LLAMAS)
    with pytest.raises(UserError, match=r"No source knows the address https://nytimes\.com/forecasting"):
        ask(desk, f"{command} https://nytimes.com/forecasting")


def test_a_paper_is_found_by_the_address_that_is_its_id(desk: Desk) -> None:
    address = "https://example.org/posts/a-long-read"
    put(desk, Paper(PaperId(f"url:{address}"), "A long read", announced_on=DAY))
    for text in (address, f"{address}/", f"<{address}|read this>"):
        assert found(ask(desk, f"search {text}")) == [f"url:{address}"]
        assert (
            "it will appear" in ask(replace(desk, now=NOW + timedelta(days=len(text))), f"share {text}").text
        )


def test_an_address_of_another_channels_feed_is_not_found(desk: Desk) -> None:
    address = "https://example.org/posts/a-long-read"
    put(desk, Paper(PaperId(f"url:{address}"), "A long read", sources=(f"feed:{FEED}",)))
    answer = ask(desk, f"search {address}")
    assert "No source knows the address" in answer.text
    assert f"url:{address}" not in found(answer)


def test_an_unknown_address_is_said_and_its_words_are_searched(desk: Desk) -> None:
    put(desk, *LLAMAS)
    answer = ask(desk, "search https://nytimes.com/forecasting")
    assert "No source knows the address https://nytimes.com/forecasting" in answer.text
    assert found(answer) == [LLAMAS[1].id]
    assert "No source knows" in ask(desk, "search https://nytimes.com").text


def test_a_misspelt_word_beside_a_known_one_is_doubted(desk: Desk) -> None:
    answer = ask(desk, "search galaxy telescpe")
    assert len(answer.cards) == 5
    assert answer.text.startswith("Did you mean “galaxy telescope”?")
    assert button(answer, "Did you mean").command == "search galaxy telescope"
    assert "Did you mean" not in ask(desk, "search galaxy telescpe page:2").text
    assert "Did you mean" not in ask(desk, "search galaxy telescope").text


def test_while_the_index_is_being_built_little_found_is_explained(desk: Desk) -> None:
    def find(words: str, limit: int) -> list[Paper]:
        raise AssertionError("the archive may have it")

    desk = replace(desk, find=find)
    desk.store.add_papers(LLAMAS)
    assert "still being built (40 of 44 papers)" in ask(desk, "search llama").text
    assert "still being built" not in ask(desk, "search galaxy").text
    desk.index.clear()
    answer = ask(desk, "search galaxy")
    assert "still being built (0 of 44 papers); more may be found in a minute" in answer.text
    catch_up(desk.index, desk.store)
    assert "still being built" not in ask(desk, "search llama").text


def test_the_last_page_says_so(desk: Desk) -> None:
    put(desk, *(paper(2000 + i, f"Zebra number {i}") for i in range(1003)))
    for number in (200, 300):
        last = ask(desk, f"search zebra page:{number}")
        assert [one.label for one in last.buttons] == ["‹ Back"]
        assert "Page 200. It is the last one that I show" in last.text
    assert [one.label for one in ask(desk, "search zebra page:199").buttons] == ["‹ Back", "More ›"]
    assert page_of("a page:99999") == ("a", 200)


def test_a_kept_text_is_bound_to_its_channel_and_works_after_any_command(desk: Desk) -> None:
    kept = asking(desk, CHANNEL, "x", "why", f"{GALAXY.title} {'and ' * 30}").command
    assert kept.startswith("why kept:")
    assert GALAXY.title in ask(desk, kept).heading
    with pytest.raises(UserError, match="too long ago"):
        dispatch(desk, Request(ELSEWHERE, ALICE, kept))


def test_several_ids_find_all_of_these_papers(desk: Desk) -> None:
    for between in (" ", ",", ", ", "; "):
        text = between.join((ROBOT.id, GALAXY.id.removeprefix("arxiv:"), f"<{shelf()[2].url}|x>"))
        assert found(ask(desk, f"search {text}")) == [one.id for one in shelf()[:3]]
    answer = ask(desk, f"search {GALAXY.id} 2401.99999")
    assert found(answer) == [GALAXY.id]
    assert "No source knows arxiv:2401.99999" in answer.text


def test_many_ids_are_shown_in_pages(desk: Desk) -> None:
    ids = [one.id for one in shelf()[:7]]
    first = ask(desk, f"search {' '.join(ids)}")
    second = ask(desk, button(first, "More ›").command)
    assert [*found(first), *found(second)] == ids


def test_an_address_as_slack_writes_it_finds_the_paper(desk: Desk) -> None:
    assert found(ask(desk, f"search <{GALAXY.url}|arxiv>")) == [GALAXY.id]
