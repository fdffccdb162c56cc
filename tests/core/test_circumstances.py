"""Why a day brought few papers or none, in a channel's words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.circumstances import Circumstances, circumstances, source_line, source_named, standing, trouble
from bot.digest import Choice, choose, header, plan
from bot.model import Channel, Feed, Fetch, Filters, Subscription
from bot.morning import Morning
from bot.ports import Profile
from bot.recommend import Learner, NewestFirst
from bot.store.memory import MemoryStore
from tests.papers import DAY, paper, shelf

CHANNEL = Channel("slack", "T1", "C1")
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # Monday, nine in the morning in New York
SATURDAY = datetime(2026, 3, 7, 14, 0, tzinfo=UTC)
CL = Fetch("arxiv", NOW, area="cs.CL", seen=40, new=30, greatest="2603.00040", batch=date(2026, 3, 2))
CV = replace(CL, area="cs.CV", greatest="2603.00090")
HF = Fetch("huggingface", NOW, area="daily", seen=20)


def said(given: Circumstances, store: MemoryStore | None = None, **chosen: object) -> str:
    """The header that a new channel gets."""
    subscription = Subscription(CHANNEL, NOW, **chosen)  # type: ignore[arg-type]
    choice = choose(Morning(store or MemoryStore(), NOW), NewestFirst(), subscription, DAY, 4)
    return header(choice, DAY, given).text


def failed(fetch: Fetch, error: str = "HTTP 503, tried 4 times") -> Fetch:
    return replace(fetch, error=error, failures=1)


def test_a_weekend_is_named() -> None:
    text = said(Circumstances(SATURDAY, (CL,), reads_arxiv=True))
    assert text.startswith("Nothing new today: ")
    assert "weekend" in text


def test_a_holiday_is_named() -> None:
    after_thanksgiving = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    assert "no mailing on 26 November" in said(Circumstances(after_thanksgiving, (CL,), reads_arxiv=True))


def test_arxivs_calendar_says_nothing_to_a_channel_that_does_not_read_arxiv() -> None:
    assert said(Circumstances(SATURDAY, (HF,))) == "Nothing new today: the sources announced no papers."


def test_what_is_late_is_named_and_promised() -> None:
    text = said(Circumstances(NOW, (CL, CV), late=("cs.CL", "cs.CV"), reads_arxiv=True))
    assert text == (
        "No papers today. Today's papers in cs.CL and cs.CV are late at arXiv; they come with the next digest."
    )


def test_late_and_failed_are_said_beside_the_papers_that_came() -> None:
    store = MemoryStore()
    store.add_papers(shelf(2))
    text = said(Circumstances(NOW, (CL, CV, failed(HF)), late=("cs.CV",), reads_arxiv=True), store)
    assert text.startswith("5 of 8 new papers.")
    assert "Today's papers in cs.CV are late at arXiv; they come with the next digest." in text
    assert "Hugging Face could not be read" in text


def test_only_the_part_that_failed_is_named() -> None:
    assert "arXiv (cs.CV) could not be read" in trouble(Circumstances(NOW, (CL, failed(CV))))
    assert "arXiv could not be read" in trouble(Circumstances(NOW, (failed(CL), failed(CV))))


def test_a_category_that_is_late_because_it_failed_is_said_once() -> None:
    text = trouble(Circumstances(NOW, (failed(CL), CV), late=("cs.CL",)))
    assert text == "Some may be missing: arXiv (cs.CL) could not be read; what was missed comes later."


def test_the_channels_own_filters_are_owned_up_to() -> None:
    store = MemoryStore()
    store.add_papers(shelf(2))
    text = said(Circumstances(NOW, (CL,)), store, filters=Filters(include=("quark",)))
    assert (
        text
        == "Nothing for this channel today: this channel's filters held back 8 recent papers (/papers filter)."
    )


def test_fewer_than_asked_for_says_why() -> None:
    store = MemoryStore()
    store.add_papers([*shelf(1), paper(99, "Of quarks")])
    text = said(Circumstances(SATURDAY, (CL,), reads_arxiv=True), store, filters=Filters(include=("quark",)))
    assert text.startswith("1 of 1 new paper. That is all: ")
    assert "weekend" in text
    assert "filters held back 4 recent papers" in text


def test_enough_papers_need_no_reason() -> None:
    choice = Choice(Profile(), (), (), 5, stopped=3, size=0)
    assert "That is all" not in header(replace(choice, picks=()), DAY, Circumstances(NOW)).text


def test_no_source_was_read_yet() -> None:
    assert said(Circumstances(NOW)) == "Nothing new today: no source has been read yet."


def test_a_feed_is_named_by_its_title_and_otherwise_by_its_host() -> None:
    url = "https://lab.example/feeds/all.xml"
    assert source_named("feed", url, {url: "The lab"}) == "“The lab”"
    assert source_named("feed", url) == "“lab.example”"
    assert source_named("huggingface", "daily") == "Hugging Face"
    assert source_named("arxiv", "cs.CL") == "arXiv cs.CL"


def test_what_concerns_a_channel_is_read_from_the_store() -> None:
    store = MemoryStore()
    subscription = store.add_subscription(Subscription(CHANNEL, NOW, filters=Filters(sources=("arxiv",))))
    store.add_feed(Feed(CHANNEL, "https://lab.example/rss", "The lab", NOW))
    for fetch in (
        CL,
        replace(CV, batch=date(2026, 2, 27)),
        failed(HF),
        Fetch("feed", NOW, area="https://lab.example/rss"),
    ):
        store.record_fetch(fetch)
    asked = [
        ("arxiv", "cs.CL"),
        ("arxiv", "cs.CV"),
        ("huggingface", "daily"),
        ("feed", "https://lab.example/rss"),
    ]
    given = circumstances(store, subscription, standing(store, asked), NOW)
    assert [(fetch.source, fetch.area) for fetch in given.fetches] == [asked[0], asked[1], asked[3]]
    assert given.late == ("cs.CV",)
    assert given.reads_arxiv
    assert given.titles == {"https://lab.example/rss": "The lab"}


@pytest.mark.parametrize(
    ("last", "good", "words"),
    [
        (CL, CL, ["arXiv cs.CL: last read 2 Mar 14:00 (40 seen, 30 new, newest 2603.00040)"]),
        (failed(CL), None, ["never read well so far", "FAILED: HTTP 503, tried 4 times"]),
        (replace(failed(CL), failures=3), CL, ["read 2 Mar 14:00", "FAILED 3 times in a row"]),
        (
            replace(CL, stale=True, note="still the batch of 27 February"),
            CL,
            ["LATE: still the batch of 27 Feb"],
        ),
        (replace(CL, skipped=("entry 3: no title",)), CL, ["1 entry skipped (first: entry 3: no title)"]),
        (replace(CL, retry_at=NOW + timedelta(minutes=30)), CL, ["next try 2 Mar 14:30"]),
    ],
)
def test_a_source_is_told_in_one_line(last: Fetch, good: Fetch | None, words: list[str]) -> None:
    line = source_line(last, good, UTC, {})
    assert all(word in line for word in words), line
    assert "\n" not in line


def test_the_learner_and_the_filters_work_together() -> None:
    store = MemoryStore()
    store.add_papers(shelf(3))
    subscription = Subscription(CHANNEL, NOW, filters=Filters(exclude=("galaxy",)))
    choice = choose(Morning(store, NOW), Learner(), subscription, DAY, 4)
    assert choice.stopped == 3
    assert not any("galaxy" in pick.paper.title for pick in choice.picks)


def test_a_morning_before_arxivs_day_has_begun_says_so() -> None:
    sunday_evening = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)  # Monday 09:30 in Tokyo
    tokyo = Circumstances(sunday_evening, (CL,), reads_arxiv=True, day=date(2026, 3, 9))
    assert "at weekends (it is still Sunday there)" in said(tokyo)
    friday_evening = datetime(2026, 3, 7, 6, 30, tzinfo=UTC)  # Friday 22:30 in Los Angeles
    assert "weekends" not in said(
        Circumstances(friday_evening, (CL,), reads_arxiv=True, day=date(2026, 3, 6))
    )


def test_a_failing_archive_is_no_readers_trouble_while_the_feed_is_well() -> None:
    archive = failed(replace(CL, area="history cs.CL"))
    assert trouble(Circumstances(NOW, (CL, archive))) == ""
    assert "arXiv could not be read" in trouble(Circumstances(NOW, (failed(CL), archive)))
    details = failed(Fetch("semantic-scholar", NOW, area="details"))
    assert trouble(Circumstances(NOW, (CL, details))) == ""


def test_in_a_year_without_a_list_of_holidays_lateness_is_said_carefully() -> None:
    late = Circumstances(NOW.replace(year=2031), (CL,), late=("cs.CL",))
    assert "(or arXiv has a holiday)" in trouble(late)


def test_a_weekly_channel_is_offered_its_whole_week() -> None:
    store = MemoryStore()
    subscription = store.add_subscription(Subscription(CHANNEL, NOW, size=1))
    store.add_papers([paper(1, announced_on=DAY), paper(2, announced_on=DAY + timedelta(days=2))])
    first = choose(Morning(store, NOW), NewestFirst(), subscription, DAY, 4)
    store.plan_digest(*plan(first, subscription, DAY, NOW, Circumstances(NOW)))
    later = choose(Morning(store, NOW), NewestFirst(), subscription, DAY + timedelta(days=7), 4)
    assert [one.id for one in later.candidates] == [paper(2).id]


def test_a_paper_of_a_feed_names_the_feed() -> None:
    store = MemoryStore()
    store.add_subscription(Subscription(CHANNEL, NOW))
    store.add_feed(Feed(CHANNEL, "https://lab.example/rss", "The lab's notes", NOW))
    store.add_papers([paper(1, sources=("feed:https://lab.example/rss",))])
    found = store.subscription(CHANNEL)
    assert found
    choice = choose(Morning(store, NOW), NewestFirst(), found, DAY, 4)
    given = circumstances(store, found, standing(store, []), NOW)
    _, posts = plan(choice, found, DAY, NOW, given)
    assert "“The lab's notes”" in posts[1].message.cards[0].byline
