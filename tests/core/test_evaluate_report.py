"""A channel's report: its figures by hand, its picture, and when it is posted."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.app import App, Parts
from bot.evaluate import Report, Week, message, report_of
from bot.evaluate.picture import picture
from bot.evaluate.report import drawing
from bot.model import DOWN, UP, Channel, Message, Reaction, Subscription, UserId
from bot.recommend import NewestFirst
from bot.recommend.credit import credit
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.history import CHANNEL, LATER, lived, morning_of, offer
from tests.papers import DAY, paper, shelf

PNG = b"\x89PNG\r\n\x1a\n"
EIGHT_WEEKS = tuple(
    Week(date(2026, 1, 5) + timedelta(weeks=n), 5, 2 + n % 3, n % 2, 1, 25, 5 + n, 3, 12, 5, n % 3)
    for n in range(8)
)


def told(days: int = 3) -> tuple[MemoryStore, datetime]:
    store = MemoryStore()
    lived(store, days)
    return store, morning_of(DAY) + (days - 1) * LATER + timedelta(days=1)


def test_the_figures_of_a_week_by_hand() -> None:
    store, now = told(1)
    [week] = report_of(store, CHANNEL, now, 4).weeks
    # Newest first would have shown unshown ones: see test_evaluate.
    assert week == Week(DAY, 1, 1, 0, week.random_hits, 8, 2, 2, 4, 0, 0)
    assert week.random_hits in {0, 1}


def test_weeks_without_a_digest_and_weeks_long_ago_are_left_out() -> None:
    store, now = told(6)
    report = report_of(store, CHANNEL, now, 4)
    days = [DAY + number * LATER for number in range(6)]
    since = now.date() - timedelta(weeks=8, days=6)
    assert [w.monday for w in report.weeks] == [d - timedelta(days=d.weekday()) for d in days if d >= since]


def test_a_vote_is_one_per_person_and_paper_and_wild_cards_are_counted_apart() -> None:
    store = MemoryStore()
    store.add_subscription(Subscription(CHANNEL, morning_of(DAY)))
    papers = shelf(1)
    store.add_papers(papers)
    offer(store, DAY, papers, CHANNEL, ["m"] * 4, wild=1)
    store.add_papers([elsewhere := paper(900)])
    at = morning_of(DAY)
    store.set_reaction(Reaction(CHANNEL, UserId("slack:T1/U1"), UP, at, paper=elsewhere.id))
    for user, name, one in (("1", UP, 3), ("1", "🔥", 3), ("2", UP, 3), ("2", DOWN, 0), ("1", "👀", 1)):
        store.set_reaction(Reaction(CHANNEL, UserId(f"slack:T1/U{user}"), name, at, paper=papers[one].id))
    [week] = report_of(store, CHANNEL, at + timedelta(days=1), 4).weeks
    assert (week.shown, week.votes, week.liked, week.disliked) == (4, 3, 1, 1)
    assert (week.wild, week.wild_liked, week.digests, week.hits) == (1, 1, 1, 1)


def test_the_message_says_what_happened_and_what_to_make_of_it() -> None:
    likes = [(1, 0)] * 7 + [(0, 1)] * 2
    said = message(Report(CHANNEL, EIGHT_WEEKS, (credit("linear-1", "newest-1", likes),)))
    assert said.heading == "How well the picks did · 5 Jan to 1 Mar"
    assert "23 of 40 digests had a paper that somebody here liked (57%)" in said.text
    assert "Newest first would have had one of these too in 4 of them, chance in 8; what only" in said.text
    assert "96 votes on 200 papers: 0.48 for each. 68 liked, 24 turned down." in said.text
    assert "Wild cards: 7 of 40 liked; other picks: 61 of 160." in said.text
    assert "linear-1 against newest-1, interleaved in 9 digests: liked better in 7, less in 2" in said.text
    assert said.picture is None


def test_the_comparison_sounds_right_with_nothing_to_compare() -> None:
    week = replace(EIGHT_WEEKS[0], newest_hits=0, random_hits=1)
    assert "too in none of them, chance in 1;" in message(Report(CHANNEL, (week,))).text
    assert "Newest first" not in message(Report(CHANNEL, (replace(week, hits=0, random_hits=0),))).text


def test_without_a_digest_it_says_so() -> None:
    assert "no digest" in message(Report(CHANNEL), picture).text
    assert report_of(MemoryStore(), CHANNEL, morning_of(DAY), 4) == Report(CHANNEL)


@pytest.mark.parametrize("weeks", [1, 2, 8, 9])
def test_the_picture_is_a_small_png_and_is_told_in_words(weeks: int) -> None:
    more = (*EIGHT_WEEKS, replace(EIGHT_WEEKS[0], monday=date(2026, 3, 2)))
    drawn = message(Report(CHANNEL, more[:weeks]), picture).picture
    assert drawn
    assert drawn.png.startswith(PNG)
    assert 5_000 < len(drawn.png) < 60_000
    assert "week of 5 Jan: 2 of 5" in drawn.description


def test_where_the_library_is_there_pictures_are_drawn() -> None:
    assert drawing() is picture


class Reporter:
    """Says which channel it was asked about; fails where it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[Channel] = []
        self._error = error

    def __call__(self, channel: Channel, now: datetime) -> Message:
        self.asked.append(channel)
        if self._error:
            raise self._error
        return Message("the report")


def morning(reports: bool, last: date | None, day: date = DAY) -> tuple[MemoryStore, Parts]:
    """A channel whose last digest was on that day, on the morning of another."""
    store = MemoryStore()
    papers = [replace(one, announced_on=day) for one in shelf(1)]
    store.add_papers([*papers, old := paper(900, announced_on=DAY - timedelta(days=400))])
    store.add_subscription(Subscription(CHANNEL, morning_of(DAY) - timedelta(days=90), reports=reports))
    if last:
        offer(store, last, [old], CHANNEL, ["m"])
    at = morning_of(day) + timedelta(minutes=1)
    return store, Parts(store, TantivyIndex(None), NewestFirst(), lambda: at)


async def texts(store: MemoryStore, parts: Parts, report: Reporter | None, day: date = DAY) -> list[str]:
    app = App(replace(parts, report=report))
    assert await app.plan() == 1
    await app.close()
    return [post.message.text for post in store.posts(CHANNEL, day)]


async def test_the_first_digest_of_a_month_ends_with_the_report() -> None:
    report = Reporter()
    store, parts = morning(True, date(2026, 2, 27))
    posts = await texts(store, parts, report)
    assert posts[-1] == "the report"
    assert len(posts) == 1 + 4 + 1
    assert store.posts(CHANNEL, DAY)[-1].paper is None
    assert report.asked == [CHANNEL]


@pytest.mark.parametrize(
    ("reports", "last", "day"),
    [
        (False, date(2026, 2, 27), DAY),
        (True, None, DAY),
        (True, DAY, DAY + timedelta(days=1)),
    ],
    ids=["not wanted", "nothing to tell", "a later day of the month"],
)
async def test_no_other_digest_does(reports: bool, last: date | None, day: date) -> None:
    report = Reporter()
    store, parts = morning(reports, last, day)
    assert "the report" not in await texts(store, parts, report, day)
    assert report.asked == []


async def test_a_month_that_begins_without_papers_gets_it_with_its_first_paper() -> None:
    report = Reporter()
    store, parts = morning(True, date(2026, 2, 27))
    store.add_papers([replace(one, withdrawn=True) for one in shelf(1)])
    assert len(await texts(store, parts, report)) == 1
    assert report.asked == []


async def test_the_same_month_of_another_year_is_another_month() -> None:
    store, parts = morning(True, date(2025, 3, 3))
    assert (await texts(store, parts, Reporter()))[-1] == "the report"


async def test_a_report_that_fails_costs_nobody_a_digest() -> None:
    store, parts = morning(True, date(2026, 2, 27))
    assert len(await texts(store, parts, Reporter(ArithmeticError("an accident of ours")))) == 1 + 4
    store, parts = morning(True, date(2026, 2, 27))
    assert len(await texts(store, parts, None)) == 1 + 4
