"""What a channel decides about its sources, and what it is told about them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.commands import Desk, dispatch
from bot.commands.feeds import MOST_FEEDS
from bot.errors import SourceError, UserError
from bot.model import Channel, Feed, Fetch, Message, Paper, Request, Subscription, UserId
from bot.recommend import Learner
from bot.search.catchup import catch_up
from bot.search.tantivy_index import TantivyIndex
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
    store, index = MemoryStore(), TantivyIndex(None)
    store.add_papers([replace(one, sources=("arxiv",)) for one in shelf()])
    catch_up(index, store)
    yield Desk(store, index, Learner(), NOW, feed_title=title_of, asked=ASKED)
    store.close()


def ask(desk: Desk, text: str, *, manages: bool = True) -> Message:
    return dispatch(desk, Request(CHANNEL, UserId("slack:T1/U1"), text, manages))


def test_sources_names_what_is_read(desk: Desk) -> None:
    text = ask(desk, "sources").text
    assert "Read here: arXiv (cs.CL, cs.CV) and Hugging Face." in text
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
        ("sources remove 7", "No feed was added here"),
        ("sources only", "Name sources that are read by this installation: arxiv, huggingface"),
        (
            "sources only pubmed",
            "“pubmed” is no source here. Name sources that are read by this installation: arxiv, huggingface",
        ),
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
    "text", ["filter only", "filter not ,,,", "filter not the", "filter categories", "filter no"]
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
    assert lines[0] == "Some may be missing: arXiv (cs.CV) could not be read; what was missed comes later."
    assert lines[1] == (
        "arXiv cs.CV: FAILED 2 times in a row: HTTP 503; never read well so far, next try 2 Mar 14:00"
    )
    assert lines[2] == (
        "arXiv cs.CL: last read 2 Mar 14:00 (40 seen, 30 new, newest 2603.00040), next try 2 Mar 14:00"
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


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("filter not author: Fei-Fei Li", "author: Fei-Fei Li"),
        ("filter not AUTHOR:Fei-Fei Li", "author: Fei-Fei Li"),
        ("filter not author: Li, Fei-Fei", "author: Fei-Fei Li"),
        ("filter not lab: Royal Observatory", "lab: Royal Observatory"),
    ],
)
def test_an_author_and_a_lab_are_filtered(desk: Desk, text: str, stored: str) -> None:
    by_li = paper(702, "Of scenes", authors=("Fei-Fei Li",), labs=("Royal Observatory, Greenwich",))
    desk.store.add_papers([by_li])
    assert "40 of the 41 papers" in ask(desk, text).text
    subscription = desk.store.subscription(CHANNEL)
    assert subscription and subscription.filters.exclude == (stored,)
    assert f"Never papers about: {stored}" in ask(desk, "filter").text
    ask(desk, text.replace("filter not", "filter remove"))
    assert "1 of the 41 papers of the last 4 days passes" in ask(desk, text.replace("not", "only")).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("filter only cs.LG", "Use /papers filter categories cs.LG"),
        ("filter only cs.lg, cs.CL", "Use /papers filter categories cs.LG cs.CL"),
        ("filter cs.LG", "Use /papers filter categories cs.LG"),
        ("filter not cs.LG", "Choose those that may come: /papers filter categories"),
        ("filter only arXiv", "use /papers sources only arxiv"),
        ("filter not hugging face", "/papers sources only arxiv leaves it out"),
        ("filter not author:", "Name the author too: for example /papers filter not author: Fei-Fei Li"),
        ("filter author:", "Name the author too: for example /papers filter only author: Fei-Fei Li"),
        ("filter not category:", "Name the category too: for example /papers filter categories cs.RO"),
        ("filter only category: cs.LG", "Use /papers filter categories cs.LG"),
        ("sources add arxiv", "“arxiv” is no feed: /papers sources shows"),
        ("filter remove", "Name what to take away: /papers filter remove survey"),
        ("filter robotics", "Did you mean /papers filter only robotics, or /papers filter not robotics?"),
        ("filter no survey", "Did you mean /papers filter only survey, or /papers filter not survey?"),
        ("filter add survey", "Did you mean /papers filter only survey, or /papers filter not survey?"),
        ("filter author: Fei-Fei Li", "/papers filter not author: Fei-Fei Li?"),
        ("filter list", "Did you mean /papers filter?"),
        (
            "sources add cs.CL",
            "the operator's choice (sources.arxiv_categories). /papers filter categories cs.CL",
        ),
        (
            "sources remove arxiv",
            "“arxiv” is no feed of this channel: /papers sources only huggingface leaves it out.",
        ),
        ("sources only hugging faces", "“hugging” is no source here."),
        ("sources only cs.CL", "cs.CL is a category: /papers filter categories cs.CL."),
        ("sources only feeds", "The feeds that were added here come in any case."),
    ],
)
def test_what_belongs_elsewhere_says_where(desk: Desk, text: str, said: str) -> None:
    with pytest.raises(UserError) as refusal:
        ask(desk, text)
    assert said in str(refusal.value)
    assert desk.store.subscription(CHANNEL) is None


def test_words_that_are_categories_too_can_be_kept_out(desk: Desk) -> None:
    assert "Never papers about: math" in ask(desk, "filter not math").text


def test_a_filter_that_lets_nothing_through_says_how_to_take_it_back(desk: Desk) -> None:
    text = ask(desk, "filter only quantum chromodynamics").text
    assert "With this nothing would come; /papers filter remove quantum chromodynamics takes it back." in text
    assert "nothing would come" not in ask(desk, "filter only robot").text


OPERATORS = (*ASKED, ("feed", "https://ops.example/secret.xml"))


@pytest.mark.parametrize("name", ["feed", "feeds"])
def test_the_operators_feeds_are_listed_for_everybody(desk: Desk, name: str) -> None:
    desk = replace(desk, asked=(*ASKED, (name, "https://ops.example/secret.xml")))
    assert ask(desk, "sources only feeds").text.startswith("Done: papers come from the feeds for every")
    ask(desk, "sources all")
    text = ask(desk, "sources").text
    assert "For every channel: “ops.example”." in text
    assert "secret" not in text


def test_a_feed_that_a_channel_added_is_not_the_operators(desk: Desk) -> None:
    desk.store.add_subscription(Subscription(OTHER, NOW))
    desk.store.add_feed(Feed(OTHER, "https://ops.example/secret.xml", "Theirs", NOW))
    assert "For every channel" not in ask(replace(desk, asked=OPERATORS), "sources").text


def test_the_operators_feeds_are_chosen_and_switched_off_like_a_source(desk: Desk) -> None:
    desk = replace(desk, asked=OPERATORS)
    desk.store.add_papers([paper(910, "A note", sources=("feeds",))])
    ask(desk, "sources only arxiv")
    text = ask(desk, "sources").text
    assert "Switched off here: Hugging Face and the feeds for every channel (/papers sources all)." in text
    assert "For every channel:" not in text
    assert "papers come from the feeds for every channel." in ask(desk, "sources only feeds").text
    assert [card.title for card in ask(desk, "today").cards] == ["A note"]
    assert "Read here" not in ask(desk, "sources").text


def test_the_operators_feed_cannot_be_removed_but_left_out(desk: Desk) -> None:
    desk = replace(desk, asked=OPERATORS)
    with pytest.raises(
        UserError, match="is read for every channel: /papers sources only arxiv, huggingface leaves"
    ):
        ask(desk, "sources remove https://ops.example/secret.xml")


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("hugging face", ("huggingface",)),
        ("Hugging Face, arXiv", ("huggingface", "arxiv")),
        ("arXiv (cs.CL, cs.CV) and Hugging Face.", ("arxiv", "huggingface")),
        ("ARXIV hugging-face", ("arxiv", "huggingface")),
        ("arxiv, the feeds for every channel", ("arxiv", "feeds")),
    ],
)
def test_sources_are_understood_as_the_bot_writes_them(
    desk: Desk, typed: str, chosen: tuple[str, ...]
) -> None:
    ask(replace(desk, asked=OPERATORS), f"sources only {typed}")
    stored = desk.store.subscription(CHANNEL)
    assert stored and stored.filters.sources == chosen


def test_a_feed_is_removed_by_a_number_and_that_is_said(desk: Desk) -> None:
    ask(desk, f"sources add {FEED}")
    with pytest.raises(UserError, match="Name a number: /papers sources remove 1"):
        ask(desk, "sources remove")


@pytest.mark.parametrize("text", ["follow cs.RO", "filter categories cs.RO"])
def test_a_category_that_is_not_read_is_warned_of(desk: Desk, text: str) -> None:
    assert (
        "cs.RO is not read here: only cross-lists come; the operator can add it (sources.arxiv_categories)."
        in ask(desk, text).text
    )


@pytest.mark.parametrize(
    ("areas", "name"),
    [(("cs.CL",), "cs.CL"), (("cs",), "cs.RO"), (("cs.CL",), "cs"), (("cs.IT",), "math.IT"), ((), "cs.RO")],
)
def test_a_category_that_is_read_is_not_warned_of(desk: Desk, areas: tuple[str, ...], name: str) -> None:
    desk = replace(desk, asked=tuple(("arxiv", area) for area in areas))
    assert "not read here" not in ask(desk, f"follow {name}").text


def test_several_categories_are_warned_of_together(desk: Desk) -> None:
    text = ask(desk, "filter categories cs.RO cs.CL cs.SE").text
    assert "cs.RO and cs.SE are not read here: only cross-lists come; the operator can add them" in text


def refusing(reason: str, status: int = 0) -> Desk:
    def feed_title(url: str) -> tuple[str, str]:
        raise SourceError("feed", reason, status=status)

    return Desk(MemoryStore(), TantivyIndex(None), Learner(), NOW, feed_title=feed_title)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "a web page, not a feed; this page names these feeds: https://a.example/rss?x=1,2, https://a.example/atom",
            "That is a web page. Type /papers sources add https://a.example/rss?x=1,2, "
            "or /papers sources add https://a.example/atom",
        ),
        ("a web page, not a feed", "That is a web page, and it names no feed."),
        ("HTTP 404", "there is nothing at that address (HTTP 404)"),
        ("HTTP 403, tried 2 times", "that address is not open to me (HTTP 403)"),
        ("HTTP 503, tried 4 times", "I cannot read that: HTTP 503, tried 4 times."),
    ],
)
def test_an_address_that_is_no_feed_says_what_to_do(reason: str, said: str) -> None:
    with pytest.raises(UserError) as refusal:
        ask(refusing(reason), "sources add https://a.example/")
    assert said in str(refusal.value)


def test_a_feeds_title_is_cut_where_it_is_shown(desk: Desk) -> None:
    desk = replace(desk, feed_title=lambda url: (url, "Long " * 40))
    said = ask(desk, f"sources add {FEED}").text
    listed = next(line for line in ask(desk, "sources").text.splitlines() if line.startswith("1. "))
    cut = listed.removeprefix("1. ").removesuffix(f": {FEED}")
    assert len(cut) <= 60 and cut.endswith("…")
    assert f"“{cut}”" in said
    with pytest.raises(UserError, match="read here already") as again:
        ask(desk, f"sources add {FEED}")
    assert cut in str(again.value)
    assert f"“{cut}”" in ask(desk, f"sources remove {cut}").text


@pytest.mark.parametrize("text", [f"sources add {FEED}", "sources only arxiv", "filter not survey"])
def test_a_channel_that_was_not_subscribed_is_told_when_digests_come(desk: Desk, text: str) -> None:
    said = ask(desk, text).text
    assert "This channel gets digests from now on: 5 papers Mon–Fri at 09:00 (UTC) (next: Tue 3 Mar" in said
    assert "from now on: 5" not in ask(desk, "filter not benchmark").text
    assert "from now on: 5" not in ask(desk, "sources all").text


def test_another_channels_feed_is_found_by_nobody_else(desk: Desk) -> None:
    secret = paper(950, "Quokkas of our own garden", sources=("feed:https://intranet.example/rss?token=abc",))
    desk.store.add_papers([secret])
    catch_up(desk.index, desk.store)
    assert "Nothing found" in ask(desk, "search quokkas garden").text
    assert "No source knows" in ask(desk, "search 2603.00950").text
    assert "Quokkas" not in str(ask(desk, "why quokkas study galaxy"))
    desk.store.add_subscription(Subscription(CHANNEL, NOW))
    desk.store.add_feed(Feed(CHANNEL, "https://intranet.example/rss?token=abc", "Ours", NOW))
    assert [card.title for card in ask(desk, "search quokkas garden").cards] == ["Quokkas of our own garden"]


def test_what_is_old_to_everybody_is_news_to_those_whose_feed_tells_it(desk: Desk) -> None:
    old = paper(960, "Attention to quokkas", announced_on=DAY - timedelta(days=900), sources=("arxiv",))
    told = replace(old, title="CLICK HERE", announced_on=DAY, sources=(f"feed:{FEED}",))
    desk.store.add_papers([old])
    desk.store.add_papers([told])
    ask(desk, "follow quokkas")
    assert "Attention to quokkas" not in str(ask(desk, "today").cards)
    ask(desk, f"sources add {FEED}")
    assert ask(desk, "today").cards[0].title == "Attention to quokkas", "in the words of arXiv"
    assert "CLICK" not in str(ask(desk, "search 2603.00960"))
