"""Hugging Face Daily Papers: which days are read when, what is news, and what is talked about."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import SourceError
from bot.ports import Entry, PaperSource
from bot.sources.huggingface.daily import HuggingFaceDaily, HuggingFaceTrending
from bot.sources.web.http import Door
from tests.sources.site import BUSY, HTML, Reply, Site, only_papers, only_readings, sample

PATH = "/api/daily_papers"
DAY = date(2026, 6, 12)


class Calendar:
    """A clock that goes on when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **length: int) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock() -> Calendar:
    return Calendar()


@pytest.fixture
def daily(site: Site, door: Door, clock: Calendar) -> HuggingFaceDaily:
    return HuggingFaceDaily(door, clock=clock, base_url=site.url)


@pytest.fixture
def trending(site: Site, door: Door, clock: Calendar) -> HuggingFaceTrending:
    return HuggingFaceTrending(door, clock=clock, base_url=site.url)


def listed(*numbers: int, day: str | None = "2026-06-12", votes: int = 1) -> bytes:
    """A list of papers of a month that never was."""
    papers = (
        {
            "id": f"9913.{number:05}",
            "title": "A paper",
            "upvotes": votes,
            "submittedOnDailyAt": day and f"{day}T08:00:00.000Z",
        }
        for number in numbers
    )
    return json.dumps([{"paper": paper} for paper in papers]).encode()


async def drained(
    source: PaperSource, since: date = DAY, cursor: str = ""
) -> tuple[list[Entry], SourceError | None]:
    entries: list[Entry] = []
    try:
        async for entry in source.fetch(since, cursor):
            entries.append(entry)
    except SourceError as error:
        return entries, error
    return entries, None


async def read(
    daily: HuggingFaceDaily, site: Site, since: date = DAY, cursor: str = ""
) -> tuple[list[str], str]:
    """What one fetch asked for, and the cursor it left."""
    before = len(site.requests)
    entries, error = await drained(daily, since, cursor)
    assert error is None
    cursors = [reading.cursor for reading in only_readings(entries) if reading.cursor is not None]
    return asked(site)[before:], (cursors or [cursor])[-1]


def asked(site: Site) -> list[str]:
    return [
        next(request.query[kind] for kind in ("date", "week", "month") if kind in request.query)
        for request in site.requests
    ]


def test_the_areas_have_names(daily: HuggingFaceDaily, trending: HuggingFaceTrending):
    assert (daily.name, daily.area, daily.every) == ("huggingface", "daily", timedelta(hours=1))
    assert (trending.name, trending.area) == ("huggingface", "trending")


async def test_a_day_gives_its_papers_and_what_the_answer_was_like(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, sample("daily-papers.json"))
    entries, error = await drained(daily)
    assert (error, [paper.announced_on for paper in only_papers(entries)]) == (None, [DAY] * 3)
    (reading,) = only_readings(entries)
    assert (reading.status, reading.batch, reading.note) == (200, DAY, "12 June 2026: 3 papers, 105 votes")
    assert (reading.greatest, entries[-1]) == ("arxiv:2606.13392", reading)
    assert site.requests[0].query == {"date": "2026-06-12", "limit": "100", "p": "0"}


async def test_every_day_since_is_asked_for_the_newest_first(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, b"[]")
    days, _ = await read(daily, site, date(2026, 6, 10))
    assert days == ["2026-06-12", "2026-06-11", "2026-06-10"]


async def test_nothing_is_asked_of_the_future(site: Site, daily: HuggingFaceDaily):
    assert await read(daily, site, date(2026, 6, 13)) == ([], "")


async def test_a_crowded_day_has_several_pages(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, listed(*range(100)), listed(*range(100, 170)), listed(*range(170, 190)))
    entries, _ = await drained(daily)
    assert len({paper.id for paper in only_papers(entries)}) == 190
    assert [request.query["p"] for request in site.requests] == ["0", "1", "2"]
    assert [reading.note for reading in only_readings(entries)] == [
        "12 June 2026: 100 papers, 100 votes so far",
        "12 June 2026: 170 papers, 170 votes so far",
        "12 June 2026: 190 papers, 190 votes",
    ]
    assert [reading.cursor is None for reading in only_readings(entries)] == [True, True, False]


async def test_a_server_that_repeats_a_page_is_not_asked_for_ever(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, listed(*range(60)))
    entries, _ = await drained(daily)
    assert (len(only_papers(entries)), len(site.requests)) == (60, 2)


async def test_a_server_that_grants_fifty_a_page_is_asked_for_the_rest(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, listed(*range(50)), listed(*range(50, 55)))
    entries, _ = await drained(daily)
    assert len(only_papers(entries)) == 55


async def test_the_last_days_are_read_every_time_and_older_ones_once_a_day(
    site: Site, daily: HuggingFaceDaily, clock: Calendar
):
    site.says(PATH, listed(1))
    days, cursor = await read(daily, site, date(2026, 6, 7))
    assert days == [f"2026-06-{day:02}" for day in (12, 11, 10, 9, 8, 7)]
    clock.passes(hours=1)
    days, cursor = await read(daily, site, DAY, cursor)
    assert days == ["2026-06-12", "2026-06-11", "2026-06-10", "2026-06-09"]
    clock.passes(hours=23)
    days, cursor = await read(daily, site, DAY, cursor)
    assert days == [f"2026-06-{day:02}" for day in (13, 12, 11, 10, 8, 7)]


async def test_a_day_whose_votes_stood_still_twice_is_settled(
    site: Site, daily: HuggingFaceDaily, clock: Calendar
):
    """Day by day: 5 June is a week old, and its votes change once more."""
    old, cursor = date(2026, 6, 5), ""
    site.says(PATH, *[listed(1)] * 8, *[listed(1, votes=2)])
    _, cursor = await read(daily, site, old)
    times = 0
    for _ in range(6):
        clock.passes(hours=24)
        site.says(PATH, listed(1, votes=2))
        days, cursor = await read(daily, site, clock.now.date(), cursor)
        times += old.isoformat() in days
    assert times == 3  # changed, the same, the same again


async def test_a_new_paper_without_votes_unsettles_a_day(
    site: Site, daily: HuggingFaceDaily, clock: Calendar
):
    old = date(2026, 6, 5)
    seen = {old.isoformat(): ["2026-06-11T18:00:00+00:00", 0, 1, 1]}
    site.says(PATH, listed(1, 2, votes=0))
    _, cursor = await read(daily, site, DAY, json.dumps({"days": seen}))
    clock.passes(hours=24)
    days, _ = await read(daily, site, clock.now.date(), cursor)
    assert old.isoformat() in days


async def test_young_days_never_settle(site: Site, daily: HuggingFaceDaily, clock: Calendar):
    site.says(PATH, b"[]")
    cursor = ""
    for _ in range(5):
        _, cursor = await read(daily, site, DAY, cursor)
        clock.passes(hours=1)
    site.says(PATH, listed(1))
    entries, _ = await drained(daily, DAY, cursor)
    assert len(only_papers(entries)) == 1
    clock.passes(days=4)
    days, _ = await read(daily, site, clock.now.date(), cursor)
    assert "2026-06-12" in days


async def test_after_two_weeks_a_day_is_left_alone_and_forgotten(
    site: Site, daily: HuggingFaceDaily, clock: Calendar
):
    site.says(PATH, listed(1))
    _, cursor = await read(daily, site, DAY)
    clock.passes(days=14)
    days, cursor = await read(daily, site, clock.now.date(), cursor)
    assert (days, list(json.loads(cursor)["days"])) == (["2026-06-26"], ["2026-06-26"])


async def test_read_again_a_paper_is_not_news_again(site: Site, daily: HuggingFaceDaily, clock: Calendar):
    site.says(PATH, listed(1, day=None))
    _, cursor = await read(daily, site, DAY)
    clock.passes(days=2)
    site.says(PATH, b"[]", b"[]", listed(1, day="2026-06-14", votes=9))
    entries, _ = await drained(daily, DAY, cursor)
    (paper,) = only_papers(entries)
    assert (paper.announced_on, paper.upvotes) == (DAY, 9)


async def test_what_was_news_before_is_only_known(site: Site, daily: HuggingFaceDaily, clock: Calendar):
    site.says(PATH, listed(1))
    _, cursor = await read(daily, site, DAY)
    clock.passes(days=2)
    site.says(PATH, b"[]", listed(1, votes=9))
    entries, _ = await drained(daily, date(2026, 6, 14), cursor)
    assert [(paper.announced_on, paper.upvotes) for paper in only_papers(entries)] == [(None, 9)]


async def test_a_few_weeks_back_come_in_weeks(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, b"[]")
    parts, _ = await read(daily, site, date(2026, 5, 20))
    assert parts[:14] == [(DAY - timedelta(days=back)).isoformat() for back in range(14)]
    assert parts[14:] == ["2026-W22", "2026-W21"]


async def test_longer_ago_comes_in_months_and_never_before_there_was_a_daily(
    site: Site, daily: HuggingFaceDaily
):
    site.says(PATH, b"[]")
    parts, _ = await read(daily, site, date(2026, 2, 27))
    assert parts[14:] == ["2026-05", "2026-04", "2026-03", "2026-02"]
    parts, _ = await read(daily, site, date(1991, 8, 1))
    assert (parts[-1], len(parts)) == ("2023-05", 14 + 37)


async def test_weeks_know_the_turn_of_the_year(site: Site, daily: HuggingFaceDaily, clock: Calendar):
    clock.now = datetime(2027, 1, 18, 9, tzinfo=UTC)
    site.says(PATH, b"[]")
    parts, _ = await read(daily, site, date(2026, 12, 27))
    assert parts[14:] == ["2027-W01", "2026-W53", "2026-W52"]


async def test_entries_of_a_week_are_news_on_their_own_days(site: Site, daily: HuggingFaceDaily):
    week = json.loads(listed(1, day="2026-05-26")) + json.loads(listed(2, day="2026-05-24"))
    week += json.loads(listed(3, day=None)) + json.loads(listed(4, day="9999-01-01"))
    site.says(PATH, *[b"[]"] * 14, json.dumps(week).encode())
    entries, _ = await drained(daily, date(2026, 5, 25))
    assert [paper.announced_on for paper in only_papers(entries)] == [date(2026, 5, 26), None, None, None]
    assert only_readings(entries)[-1].note == "week 2026-W22: 4 papers, 4 votes"


async def test_what_was_read_in_months_is_not_read_again(
    site: Site, daily: HuggingFaceDaily, clock: Calendar
):
    site.says(PATH, b"[]")
    since = date(2026, 3, 15)
    parts, cursor = await read(daily, site, since)
    assert parts[14:] == ["2026-05", "2026-04", "2026-03"]
    clock.passes(days=1)
    parts, cursor = await read(daily, site, since, cursor)
    assert [part for part in parts if len(part) < 10] == []


async def test_a_month_that_was_not_over_when_read_is_read_once_more(
    site: Site, daily: HuggingFaceDaily, clock: Calendar
):
    """On 20 June, the part of June before the window is short; weeks later, all of it is of before."""
    clock.passes(days=8)
    site.says(PATH, b"[]")
    since = date(2026, 3, 15)
    parts, cursor = await read(daily, site, since)
    assert parts[14:] == ["2026-06", "2026-05", "2026-04", "2026-03"]
    clock.passes(days=40)
    parts, cursor = await read(daily, site, since, cursor)
    assert [part for part in parts if len(part) < 10] == ["2026-07", "2026-06"]


async def test_a_failure_keeps_the_days_before_it(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, sample("daily-papers.json"), Reply(HTML), b"[]")
    entries, error = await drained(daily, date(2026, 6, 7))
    assert len(only_papers(entries)) == 3
    assert str(error) == "huggingface: a web page instead of an answer"
    cursor = only_readings(entries)[-1].cursor
    assert list(json.loads(cursor)["days"]) == ["2026-06-12"]
    days, _ = await read(daily, site, date(2026, 6, 7), cursor)
    assert days[-1] == "2026-06-07"


async def test_half_a_month_is_read_again_from_its_start(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, *[b"[]"] * 14, listed(*range(100), day="2026-05-26"), Reply(b"", 404), b"[]")
    entries, error = await drained(daily, date(2026, 5, 25))
    assert (len(only_papers(entries)), error.reason) == (100, "HTTP 404")
    cursors = [reading.cursor for reading in only_readings(entries) if reading.cursor is not None]
    await read(daily, site, date(2026, 5, 25), cursors[-1])
    assert [request.query["p"] for request in site.requests if "week" in request.query] == ["0", "1", "0"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(sample("daily-papers.json")[:700]), "not JSON, or half of it"),
        (Reply(b'{"error": "Invalid date"}'), "no list of papers in the answer"),
        (Reply(b'{"error": "x"}', 400), "HTTP 400"),
        (BUSY, "HTTP 503, tried 4 times"),
        (Reply(b"", 429, {"Retry-After": "300"}), "HTTP 429, asked us to wait 300 s"),
    ],
)
async def test_what_is_no_answer_is_an_error(
    site: Site, daily: HuggingFaceDaily, trending: HuggingFaceTrending, reply: Reply, reason: str
):
    site.says(PATH, reply)
    source = trending if reply is BUSY else daily
    entries, error = await drained(source)
    assert (entries, error.reason) == ([], reason)


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "[]",
        "3",
        "null",
        "[" * 100_000,
        '{"days": [], "periods": 3}',
        '{"days": {"2026-06-12": 3, "someday": ["2026-06-12T10:00:00+00:00", 1, 1, 9], "2026-06-11": [1, 2, 3, 4]}}',
        '{"days": {"2026-06-05": ["2026-06-05T10:00:00+00:00", -1, null, "x"]}, "periods": {"2026-W22": null}}',
        '{"days": {"2026-06-05": ["2999-06-05T10:00:00+00:00", 1, 1, 0]}, "periods": {"2026-W22": "x"}}',
        '{"days": {"2026-06-05": ["2026-06-05T10:00:00", 1, 1, 0]}}',
        '{"days": {"2026-06-05": ["yesterday", 1, 1, 0]}, "periods": {"2026-W22": "2999-01-01"}}',
    ],
)
async def test_a_nonsense_cursor_is_an_empty_one(site: Site, daily: HuggingFaceDaily, cursor: str):
    site.says(PATH, b"[]")
    days = [(DAY - timedelta(days=back)).isoformat() for back in range(14)]
    assert (await read(daily, site, date(2026, 5, 28), cursor))[0] == [*days, "2026-W22"]


async def test_check_says_how_many_and_of_which_day(site: Site, daily: HuggingFaceDaily):
    site.says(PATH, b"[]", sample("daily-papers.json"), b"[]", b"[]", Reply(b"", 404))
    assert await daily.check() == "3 papers on 11 June 2026"
    assert await daily.check() == "answers; no papers today or yesterday, as on weekends"
    with pytest.raises(SourceError, match="huggingface: HTTP 404"):
        await daily.check()


async def test_what_is_talked_about_is_news_only_on_its_own_day(site: Site, trending: HuggingFaceTrending):
    old = json.loads(listed(2, day="2026-05-24", votes=500)) + json.loads(listed(3, day=None))
    site.says(PATH, json.dumps(json.loads(listed(1)) + old + [{"paper": None}]).encode())
    entries, error = await drained(trending, date(2026, 6, 11))
    assert error is None
    assert [(paper.announced_on, paper.upvotes) for paper in only_papers(entries)] == [
        (DAY, 1),
        (None, 500),
        (None, 1),
    ]
    assert str(entries[3]) == "Skipped(what='entry 4 of those talked about', why='no paper in it')"
    assert (only_readings(entries)[0].note, only_readings(entries)[0].cursor) == ("3 papers", None)
    assert site.requests[0].query == {"sort": "trending", "limit": "100"}


async def test_check_of_what_is_talked_about(site: Site, trending: HuggingFaceTrending):
    site.says(PATH, listed(1, 2), Reply(b"", 404))
    assert await trending.check() == "2 papers are talked about"
    with pytest.raises(SourceError, match="huggingface: HTTP 404"):
        await trending.check()
