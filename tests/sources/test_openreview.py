"""OpenReview: a venue's submissions, those that changed last first."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import SourceError
from bot.model import Link, Paper
from bot.ports import Reading, Skipped
from bot.sources.openreview import OpenReview
from bot.sources.openreview_notes import entry_from_note
from bot.sources.web.http import Door
from tests.sources.site import HTML, FakeTime, Reply, Site, only_readings, sample, taken

PATH = "/notes"
VENUE = "ICLR.cc/2027/Conference"
DAY, TODAY = date(2026, 6, 10), date(2026, 6, 12)
NOW = 1781287200000  # 12 June 2026, 18:00
MIDNIGHT = 1781049600000  # 10 June 2026
UNKNOWN = Reply(
    json.dumps(
        {
            "name": "NotFoundError",
            "message": f"The Invitation {VENUE}/-/Submission was not found",
            "status": 404,
        }
    ).encode(),
    404,
)
NOTHING = b'{"notes": [], "count": 0}'


@pytest.fixture
def venue(site: Site, door: Door, today: Callable[[], datetime]) -> OpenReview:
    return OpenReview(door, VENUE, clock=today, base_url=site.url)


def note(number: int = 1, changed: int = NOW, **fields: object) -> dict[str, object]:
    """One note, with other fields."""
    content = {"title": {"value": f"Paper {number}"}}
    return {
        "id": f"note{number}",
        "forum": f"note{number}",
        "cdate": NOW,
        "tmdate": changed,
        "content": content,
    } | fields


def page(*notes: object, count: int | None = None) -> bytes:
    return json.dumps({"notes": notes} | ({} if count is None else {"count": count})).encode()


def full(changed: int) -> list[object]:
    return [note(n, changed - n) for n in range(1000)]


def read(**fields: object) -> Paper | Skipped:
    return entry_from_note(note(**fields), 1, DAY, TODAY)


def of(**content: object) -> Paper | Skipped:
    """The paper of a note with that content."""
    return read(content={"title": "A paper"} | content)


async def resumed(venue: OpenReview, cursor: str) -> list[object]:
    return [entry async for entry in venue.fetch(DAY, cursor)]


async def test_submissions_come_as_they_are(site: Site, venue: OpenReview):
    site.says(PATH, sample("openreview.json"))
    (shown, accepted, gone, reading), error = await taken(venue, DAY)
    assert error is None
    assert shown == Paper(
        id="openreview:aVh9KRZdRk",
        title="Learning to Read Papers",
        abstract="A reader that gets better every day.",
        summary="It reads $n$ papers.",
        keywords=("reading", "recommendation"),
        url="https://openreview.net/forum?id=aVh9KRZdRk",
        links=(Link("PDF", "https://openreview.net/pdf/0123456789abcdef.pdf"),),
        published_on=date(2026, 6, 12),
        announced_on=date(2026, 6, 12),
        sources=("openreview",),
        venue="ICLR 2027 Conference Submission",
    )
    assert (accepted.authors, accepted.venue) == (("Ada Lovelace", "Alan Turing"), "ICLR 2027 poster")
    assert [link.url for link in accepted.links] == [
        "https://example.org/paper.pdf",
        "https://github.com/example/paper",
    ]
    assert (gone.withdrawn, gone.announced_on, accepted.withdrawn) == (True, None, False)
    assert reading == Reading(200, cursor='{"changed": 1781222400000}')
    assert site.requests[0].query == {
        "invitation": f"{VENUE}/-/Submission",
        "limit": "1000",
        "offset": "0",
        "sort": "tmdate:desc",
    }


def test_a_paper_is_news_on_the_latest_of_its_days():
    early, shown, later = 1780000000000, 1781222400000, 1781400000000
    assert read(cdate=early).announced_on is None
    assert read(cdate=early).published_on == date(2026, 5, 28)
    assert read(cdate=early, odate=shown).announced_on == date(2026, 6, 12)
    assert read(cdate=MIDNIGHT).announced_on == DAY
    assert read(cdate=MIDNIGHT - 1).announced_on is None
    assert read(cdate=shown, pdate=later).announced_on == date(2026, 6, 12)
    assert read(cdate=shown, pdate=later).published_on == date(2026, 6, 14)
    assert read(cdate=None, tcdate=shown).published_on == date(2026, 6, 12)


def test_version_one_keeps_its_fields_bare():
    paper = of(
        abstract="Bare.",
        TLDR="Short.",
        authors=["Anonymous"],
        keywords="a, b; c",
        pdf="/pdf/x.pdf",
        venue="W 2020",
    )
    assert (paper.title, paper.abstract, paper.summary, paper.venue) == (
        "A paper",
        "Bare.",
        "Short.",
        "W 2020",
    )
    assert (paper.authors, paper.keywords) == ((), ("a", "b", "c"))
    assert paper.links == (Link("PDF", "https://openreview.net/pdf/x.pdf"),)


def test_authors_may_be_objects():
    people = [{"fullname": "Ada Lovelace", "username": "~Ada1"}, {"name": "Alan Turing"}, None, 5, {}]
    assert of(authors={"value": people}).authors == ("Ada Lovelace", "Alan Turing")


@pytest.mark.parametrize(
    ("content", "withdrawn"),
    [
        ({"venueid": {"value": f"{VENUE}/Withdrawn_Submission"}}, True),
        ({"venueid": f"{VENUE}/Desk_Rejected_Submission"}, True),
        ({"venue": "ICLR 2027 Conference Desk Rejected Submission"}, True),
        ({"venue": {"value": "ICLR 2027 Conference Withdrawn Submission"}}, True),
        ({"venueid": f"{VENUE}/Rejected_Submission", "venue": "Submitted to ICLR 2027"}, False),
        ({"venue": "ICLR 2027 oral"}, False),
    ],
)
def test_what_was_withdrawn_or_rejected_unread_is_marked(content: dict[str, object], withdrawn: bool):
    assert of(**content).withdrawn is withdrawn


def test_a_deleted_note_is_withdrawn():
    assert read(ddate=NOW).withdrawn


@pytest.mark.parametrize(
    ("bad", "what", "why"),
    [
        (None, "note 7", "no usable id: ''"),
        ({"id": "../x", "content": {}}, "../x", "no usable id: '../x'"),
        (note(forum="other"), "note1", "a reply, not a submission"),
        (note(content=None), "note1", "no title"),
        (note(content={"title": {"value": ["x"]}}), "note1", "no title"),
        (note(content={"title": {"value": "\ud800\u202e"}}), "note1", "no title"),
    ],
)
def test_one_bad_note_is_skipped(bad: object, what: str, why: str):
    assert entry_from_note(bad, 7, DAY, TODAY) == Skipped(what, why)


@pytest.mark.parametrize("wrong", [None, True, -5, 1 << 70, 1.5, "soon", [None], {"value": {"value": 5}}])
def test_fields_of_a_wrong_kind_are_as_good_as_absent(wrong: object):
    names = "abstract TL;DR authors keywords pdf venue venueid code".split()
    fields = dict.fromkeys("cdate pdate odate tcdate tmdate ddate".split(), wrong)
    paper = read(**fields, content={"title": "A paper"} | dict.fromkeys(names, wrong))
    assert (paper.title, paper.published_on, paper.links, paper.withdrawn) == ("A paper", None, (), False)


def test_hostile_text_stays_text_in_one_line():
    assert of(title={"value": "<!channel>\n\u202e" + "x" * 5000}).title == "<!channel> " + "x" * 5000
    assert of(pdf={"value": "//evil.example/x.pdf"}).links == of(pdf="javascript:x").links == ()


async def test_pages_are_read_until_a_short_one(site: Site, venue: OpenReview):
    site.says(PATH, page(*full(NOW)), page(note(5000)))
    entries, error = await taken(venue, DAY)
    assert [request.query["offset"] for request in site.requests] == ["0", "1000"]
    readings = only_readings(entries)
    assert (len(entries), error) == (1003, None)
    assert readings == [Reading(200), Reading(200, cursor=f'{{"changed": {NOW}}}')]


async def test_a_short_page_is_not_the_last_where_there_are_more(site: Site, venue: OpenReview):
    site.says(PATH, page(note(1), note(2), count=3), page(note(3), count=3))
    entries, _ = await taken(venue, DAY)
    assert [entry.id for entry in entries if isinstance(entry, Paper)] == [
        f"openreview:note{n}" for n in (1, 2, 3)
    ]
    assert [request.query["offset"] for request in site.requests] == ["0", "2"]


async def test_reading_ends_where_nothing_has_changed_since(site: Site, venue: OpenReview):
    site.says(PATH, page(note(5000, MIDNIGHT), note(5001, MIDNIGHT - 1), *full(MIDNIGHT - 2)[:998]))
    entries, _ = await taken(venue, DAY)
    assert [type(entry) for entry in entries] == [Paper, Reading]
    assert len(site.requests) == 1


async def test_an_answer_in_another_order_is_read_to_its_end(site: Site, venue: OpenReview):
    site.says(PATH, page(*reversed(full(MIDNIGHT)[:999]), note(5000, MIDNIGHT - 5)), page(note(5001)))
    entries, _ = await taken(venue, DAY)
    assert len(site.requests) == 2
    assert [entry.id for entry in entries if isinstance(entry, Paper)] == [
        "openreview:note0",
        "openreview:note5001",
    ]


async def test_the_cursor_says_where_to_go_on(site: Site, venue: OpenReview):
    hour = 3_600_000
    site.says(PATH, page(note(1, NOW), note(2, NOW - hour), note(3, NOW - hour - 1), note(4, 0, tcdate=None)))
    entries = await resumed(venue, f'{{"changed": {NOW}}}')
    ids = [entry.id for entry in entries if isinstance(entry, Paper)]
    assert ids == [f"openreview:note{n}" for n in (1, 2, 4)]


@pytest.mark.parametrize(
    "cursor", ["", "x", "[]", "5", '{"changed": "soon"}', '{"changed": -5}', "[" * 10_000]
)
async def test_a_nonsense_cursor_counts_as_none(site: Site, venue: OpenReview, cursor: str):
    site.says(PATH, page(note(1, MIDNIGHT), note(2, MIDNIGHT - 1)))
    entries = await resumed(venue, cursor)
    assert [type(entry) for entry in entries] == [Paper, Reading]


async def test_a_moment_to_come_is_no_cursor(site: Site, venue: OpenReview):
    site.says(PATH, page(note(1, NOW + 10**9)))
    entries, _ = await taken(venue, DAY)
    assert entries[1].cursor == f'{{"changed": {NOW}}}'


async def test_thirty_pages_are_the_most(site: Site, venue: OpenReview):
    site.says(PATH, page(*full(NOW)))
    entries, _ = await taken(venue, DAY)
    assert len(site.requests) == 30
    assert entries[-1] == Reading(200, note="more than 30000 submissions changed, the rest is not read")


@pytest.mark.parametrize("first", [Reply(NOTHING), UNKNOWN])
async def test_accepted_papers_may_stand_under_the_venue_only(site: Site, venue: OpenReview, first: Reply):
    site.says(PATH, first, page(*full(NOW)), page(note(5000)))
    entries, error = await taken(venue, DAY)
    assert (len(entries), error) == (1003, None)
    assert [request.query.get("content.venueid") for request in site.requests] == [None, VENUE, VENUE]
    assert "invitation" not in site.requests[1].query


async def test_a_venue_without_public_submissions_is_no_failure(site: Site, venue: OpenReview):
    site.says(PATH, NOTHING)
    assert await taken(venue, DAY) == ([Reading(200, note="no submission is public yet")], None)
    assert await venue.check() == "answers; no submission is public yet"


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ((UNKNOWN, Reply(NOTHING)), f"HTTP 404: The Invitation {VENUE}/-/Submission was not found"),
        ((UNKNOWN, UNKNOWN), f"HTTP 404: The Invitation {VENUE}/-/Submission was not found"),
        ((Reply(b'{"name": "ForbiddenError", "message": "Log in"}', 403),), "HTTP 403: Log in"),
        ((Reply(b"\xff", 400),), "HTTP 400"),
        ((Reply(b'{"name": "RateLimitError"}', 429),), "HTTP 429, tried 4 times"),
        ((Reply(b'{"name": "Error", "message": "Slow\\n down"}'),), "Slow down"),
        ((Reply(HTML),), "a web page instead of an answer"),
        ((Reply(sample("openreview.json")[:700]),), "not JSON, or half of it"),
        ((Reply(b"[]"),), "no list of notes in the answer"),
    ],
)
async def test_what_is_no_answer_is_an_error(
    site: Site, venue: OpenReview, replies: tuple[Reply, ...], reason: str
):
    site.says(PATH, *replies)
    entries, error = await taken(venue, DAY)
    assert (entries, error.reason) == ([], reason)


async def test_a_page_that_fails_keeps_those_before_it_and_no_cursor(site: Site, venue: OpenReview):
    site.says(PATH, page(*full(NOW)), UNKNOWN)
    entries, error = await taken(venue, DAY)
    assert (len(entries), entries[-1], error.source) == (1001, Reading(200), "openreview")


async def test_check_says_how_many_there_are(site: Site, venue: OpenReview):
    site.says(PATH, page(note(), count=7304), page(note()), Reply(b"", 500))
    assert await venue.check() == f"7304 submissions to {VENUE}"
    assert await venue.check() == f"submissions to {VENUE}"
    assert site.requests[0].query["limit"] == "1"
    with pytest.raises(SourceError, match="openreview: HTTP 500"):
        await venue.check()


async def test_pages_keep_their_pace(site: Site, time: FakeTime, today: Callable[[], datetime]):
    door = Door(paces={"openreview": 0.5}, clock=time.clock, sleep=time.sleep)
    site.says(PATH, page(*full(NOW)), page())
    await taken(OpenReview(door, VENUE, clock=today, base_url=site.url), DAY)
    await door.close()
    assert time.naps == [0.5]


def test_the_area_is_the_venue(venue: OpenReview):
    assert (venue.name, venue.area, venue.every) == ("openreview", VENUE, timedelta(hours=12))


def test_the_moments_of_these_tests_are_what_they_say():
    assert datetime.fromtimestamp(NOW / 1000, UTC) == datetime(2026, 6, 12, 18, tzinfo=UTC)
    assert datetime.fromtimestamp(MIDNIGHT / 1000, UTC) == datetime(2026, 6, 10, tzinfo=UTC)
