"""What a channel decides about its sources, and what it is told about them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.commands import Desk, dispatch
from bot.commands.sources import MOST_FEEDS
from bot.errors import SourceError, UserError
from bot.model import Channel, Feed, Fetch, Message, Paper, Request, Subscription, UserId
from bot.recommend import Rocchio
from bot.search.catchup import catch_up
from bot.search.scan import ScanIndex
from bot.store.memory import MemoryStore
from tests.papers import DAY, paper, shelf

CHANNEL, OTHER = Channel("slack", "T1", "C1"), Channel("slack", "T1", "C2")
NOW = datetime(DAY.year, DAY.month, DAY.day, 14, tzinfo=UTC)
ASKED = (("arxiv", "cs.CL"), ("arxiv", "cs.CV"), ("huggingface", "daily"))
FEED = "https://lab.example/rss.xml"


def title_of(url: str) -> tuple[str, str]:
    """An address with `bad` in it is no feed."""
    if "bad" in url:
        raise SourceError("feed", "feeds at private addresses are not read; the operator can allow the host")
    return url, "Notes <!channel> from the lab" if url == FEED else f"Feed {url[-6:]}"


@pytest.fixture
def desk() -> Iterator[Desk]:
    store, index = MemoryStore(), ScanIndex()
    store.add_papers([replace(one, sources=("arxiv",)) for one in shelf()])
    catch_up(index, store)
    yield Desk(store, index, Rocchio(), NOW, feed_title=title_of, asked=ASKED)
    store.close()


def ask(desk: Desk, text: str, *, manages: bool = True) -> Message:
    return dispatch(desk, Request(CHANNEL, UserId("slack:T1/U1"), text, manages))


def test_sources_names_what_is_read(desk: Desk) -> None:
    text = ask(desk, "sources").text
    assert "Read here: arXiv and Hugging Face." in text
    assert "No feed was added yet." in text


def test_a_feed_is_added_listed_and_removed(desk: Desk) -> None:
    assert "Reading “Notes <!channel> from the lab”" in ask(desk, f"sources add <{FEED}>").text
    assert [feed.url for feed in desk.store.feeds()] == [FEED]
    assert f"1. Notes <!channel> from the lab: {FEED}" in ask(desk, "sources").text
    with pytest.raises(UserError, match="read here already"):
        ask(desk, f"sources add {FEED}")
    assert "no longer read" in ask(desk, "sources remove 1").text
    assert desk.store.feeds() == []


def test_slacks_way_to_write_an_address_is_understood(desk: Desk) -> None:
    ask(desk, f"sources add <{FEED}|lab.example/rss.xml>")
    assert [feed.url for feed in desk.store.feeds()] == [FEED]


def test_a_feed_is_taken_away_by_its_address_or_title(desk: Desk) -> None:
    ask(desk, f"sources add {FEED}")
    ask(desk, f"sources remove {FEED}")
    ask(desk, f"sources add {FEED}")
    ask(desk, "sources remove notes <!channel> from the lab")
    assert desk.store.feeds() == []


def test_adding_a_feed_subscribes_the_channel_with_the_defaults(desk: Desk) -> None:
    ask(desk, f"sources add {FEED}")
    assert desk.store.subscription(CHANNEL)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sources add", "Name the feed by its address"),
        ("sources add file:///etc/passwd", "Name the feed by its address"),
        ("sources add javascript:alert(1)", "Name the feed by its address"),
        (f"sources add https://a.example/{'x' * 600}", "Name the feed by its address"),
        ("sources add http://bad.example/", "feeds at private addresses are not read"),
        ("sources remove 7", "is not read here"),
        ("sources only", "Name sources that are read by this installation: arxiv, huggingface"),
        ("sources only pubmed", "Name sources that are read by this installation: arxiv, huggingface"),
        ("sources frobnicate", "I do not understand “frobnicate”"),
    ],
)
def test_what_cannot_be_done_says_what_to_type(desk: Desk, text: str, words: str) -> None:
    with pytest.raises(UserError) as refusal:
        ask(desk, text)
    assert words in str(refusal.value)


def test_who_may_not_manage_the_channel_changes_no_feed(desk: Desk) -> None:
    for text in (f"sources add {FEED}", "sources remove 1"):
        with pytest.raises(UserError, match="may manage this channel"):
            ask(desk, text, manages=False)
    assert "Read here" in ask(desk, "sources", manages=False).text


def test_a_channel_reads_so_many_feeds_and_no_more(desk: Desk) -> None:
    for i in range(MOST_FEEDS):
        ask(desk, f"sources add https://a.example/{i:03}.xml")
    with pytest.raises(UserError, match=f"at most {MOST_FEEDS} feeds"):
        ask(desk, f"sources add {FEED}")


def test_sources_can_be_chosen_and_all_taken_back(desk: Desk) -> None:
    assert "papers come from Hugging Face." in ask(desk, "sources only Hugging-Face".replace("-", "")).text
    assert ask(desk, "today").cards == ()
    text = ask(desk, "sources").text
    assert "Read here: Hugging Face." in text
    assert "Switched off here: arXiv" in text
    ask(desk, "sources all")
    assert len(ask(desk, "today").cards) == 5


def test_filters_are_shown_changed_and_cleared(desk: Desk) -> None:
    assert "Every paper may come." in ask(desk, "filter").text
    answer = ask(desk, "filter only robot, protein")
    assert "20 of the 40 papers of the last 4 days pass." in answer.text
    assert "Only papers about: robot, protein" in answer.text
    assert "10 of the 40" in ask(desk, "filter not robot").text
    assert all("protein" in card.title for card in ask(desk, "today").cards)
    assert "Only papers about: protein" in ask(desk, "filter remove robot").text
    assert "40 of the 40" in ask(desk, "filter clear").text


def test_categories_are_chosen_in_arxivs_spelling(desk: Desk) -> None:
    assert "Categories: cs.CL, cs.LG" in ask(desk, "filter categories CS.cl, cs.lg").text
    with pytest.raises(UserError, match=r"no category “cs.CLL”. Did you mean cs.CL\?"):
        ask(desk, "filter categories cs.CLL")


@pytest.mark.parametrize(
    "text", ["filter only", "filter not ,,,", "filter not the", "filter categories", "filter x"]
)
def test_a_filter_that_says_nothing_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(UserError, match="For example: /papers filter"):
        ask(desk, text)


def test_filters_stay_when_the_time_is_chosen_anew(desk: Desk) -> None:
    ask(desk, "filter not survey")
    ask(desk, "when daily 07:00")
    stored = desk.store.subscription(CHANNEL)
    assert stored and stored.filters.exclude == ("survey",)


def test_an_author_and_a_lab_are_followed(desk: Desk) -> None:
    desk.store.add_papers(
        [
            paper(700, "Of quarks", authors=("Lise Meitner",)),
            paper(701, "Of stars", labs=("Royal Observatory, Greenwich",)),
        ]
    )
    assert (
        "Following papers by Lise Meitner. 1 of the 42 papers"
        in ask(desk, "follow author: Lise Meitner").text
    )
    assert "papers from Royal Observatory" in ask(desk, "follow lab:Royal Observatory").text
    assert {card.title for card in ask(desk, "today").cards[:2]} == {"Of quarks", "Of stars"}
    assert "you follow author: Lise Meitner" in str(ask(desk, "today").cards)
    ask(desk, "unfollow author: Lise Meitner")
    assert "Lise Meitner" not in ask(desk, "topics").text


def test_lab_as_a_word_is_a_word(desk: Desk) -> None:
    ask(desk, "follow lab automation")
    stored = desk.store.subscription(CHANNEL)
    assert stored and stored.interests[0].lab == ""


def test_status_names_each_source_the_troubled_first(desk: Desk) -> None:
    batch = date(2026, 3, 2)
    good = Fetch("arxiv", NOW, 40, 30, area="cs.CL", greatest="2603.00040", batch=batch, retry_at=NOW)
    desk.store.record_fetch(good)
    desk.store.record_fetch(replace(good, area="cs.CV", error="arxiv: HTTP 503", failures=2))
    desk.store.record_fetch(Fetch("biorxiv", NOW, 3, 3))
    lines = ask(desk, "status").text.splitlines()
    assert lines[0].startswith("arXiv's papers of today in cs.CV have not come yet")
    assert lines[1].startswith(
        "arXiv cs.CV: never read well so far; FAILED 2 times in a row: HTTP 503; next try 2 Mar"
    )
    assert lines[2].startswith(
        "arXiv cs.CL: read 2 Mar 14:00, 40 seen, 30 new, 10 known already; newest 2603.00040"
    )
    assert "biorxiv" not in ask(desk, "status").text.casefold(), "not read by this installation"
    assert "Times are of UTC." in lines[-1]


def test_status_before_anything_was_read(desk: Desk) -> None:
    assert "No source has been read yet." in ask(replace(desk, asked=()), "status").text


def test_what_the_archive_lacks_is_asked_of_the_sources(desk: Desk) -> None:
    found = [paper(800 + i, f"Quokka habitats {i}", announced_on=None) for i in range(3)]
    asked: list[tuple[str, int]] = []

    def find(words: str, limit: int) -> list[Paper]:
        asked.append((words, limit))
        return found

    answer = ask(replace(desk, find=find), "search quokka habitats")
    assert answer.heading.startswith("Not in the archive; the sources found for: quokka habitats")
    assert [card.title for card in answer.cards] == [one.title for one in found]
    assert desk.store.paper_count() == 43
    assert asked == [("quokka habitats", 5)]
    ask(replace(desk, find=find), "search robot")
    assert len(asked) == 1, "the archive knew"


def test_feeds_of_other_channels_are_not_shown(desk: Desk) -> None:
    desk.store.add_subscription(Subscription(OTHER, NOW - timedelta(days=1)))
    desk.store.add_feed(Feed(OTHER, FEED, "The others'", NOW))
    assert "The others" not in ask(desk, "sources").text
    ask(desk, f"sources add {FEED}")
    assert len(desk.store.feeds()) == 2


def test_a_feeds_papers_come_to_its_channel_only(desk: Desk) -> None:
    desk.store.add_papers([paper(900, "Robots seen by our lab", sources=(f"feed:{FEED}",))])
    ask(desk, "follow seen by our lab")
    assert "Robots seen by our lab" not in str(ask(desk, "today").cards)
    ask(desk, f"sources add {FEED}")
    assert ask(desk, "today").cards[0].title == "Robots seen by our lab"


def test_a_cross_list_is_marked_for_the_channel(desk: Desk) -> None:
    desk.store.add_papers([paper(901, "Of tongues", categories=("cs.LG", "cs.CL"))])
    ask(desk, "filter categories cs.CL")
    assert "cs.LG, cs.CL · cross-list" in ask(desk, "today").cards[0].byline
    ask(desk, "filter categories cs.LG")
    assert "cross-list" not in ask(desk, "today").cards[0].byline
