"""arXiv's history over OAI-PMH: page by page, interrupted, expired, deleted, half."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from gc import collect
from weakref import ref

import pytest

from bot.errors import SourceError
from bot.model import Link, Paper
from bot.ports import Entry, Reading, Skipped
from bot.sources.arxiv.harvest import set_of
from bot.sources.arxiv.history import ArxivHistory
from bot.sources.arxiv.raw import answered
from bot.sources.web.http import Door
from bot.sources.web.xml import OAI as OAI_TAG
from bot.sources.web.xml import feed_children
from tests.sources.site import BUSY, HTML, Reply, Site, only_readings, sample

OAI = "/oai"
SINCE = date(2026, 6, 9)


def next_day(submitted_at: datetime) -> date:
    """A calendar of ours: all that is submitted is announced the day after."""
    return submitted_at.date() + timedelta(days=1)


@pytest.fixture
def history(site: Site, door: Door, today: Callable[[], datetime]) -> ArxivHistory:
    return ArxivHistory(door, "cs.CL", clock=today, batch_of=next_day, base_url=site.url)


def record(
    number: int,
    day: str = "2026-06-10",
    submitted: str = "Tue, 09 Jun 2026 15:00:00 GMT",
    versions: int = 1,
    more: str = "",
) -> str:
    """A record; the ids are of a month that never was."""
    dates = "".join(
        f"<version version='v{version}'><date>{submitted}</date></version>"
        for version in range(1, versions + 1)
    )
    return (
        f"<record><header><identifier>oai:arXiv.org:9913.{number:05}</identifier><datestamp>{day}</datestamp></header>"
        f"<metadata><arXivRaw xmlns='http://arxiv.org/OAI/arXivRaw/'><id>9913.{number:05}</id>{dates}"
        f"<title>A paper</title><authors>A. One</authors><categories>cs.CL</categories>{more}"
        "<abstract>Short.</abstract></arXivRaw></metadata></record>"
    )


def answer(inside: str) -> bytes:
    return f"<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>{inside}</OAI-PMH>".encode()


def page(*records: str, token: str = "", attributes: str = "") -> bytes:
    """A page of these records; without a token it is the last one."""
    more = f"<resumptionToken {attributes}>{token}</resumptionToken>" if token or attributes else ""
    return answer(f"<ListRecords>{''.join(records)}{more}</ListRecords>")


def refusal(code: str, text: str = "No.") -> bytes:
    return answer(f"<error code='{code}'>{text}</error>")


async def drained(
    history: ArxivHistory, since: date = SINCE, cursor: str = ""
) -> tuple[list[Entry], SourceError | None]:
    entries: list[Entry] = []
    try:
        async for entry in history.fetch(since, cursor):
            entries.append(entry)
    except SourceError as error:
        return entries, error
    return entries, None


async def killed_after(history: ArxivHistory, pages: int, cursor: str = "") -> list[Entry]:
    """What a process told that died right after that many pages."""
    entries: list[Entry] = []
    stream = history.fetch(SINCE, cursor)
    async for entry in stream:
        entries.append(entry)
        pages -= isinstance(entry, Reading)
        if pages == 0:
            break
    await stream.aclose()
    return entries


def last_cursor(entries: list[Entry]) -> str:
    return [reading.cursor for reading in only_readings(entries) if reading.cursor is not None][-1]


def ids(entries: list[Entry]) -> list[str]:
    return [entry.id for entry in entries if isinstance(entry, Paper)]


def asked(site: Site) -> list[str]:
    """What each request asked for: a day or a token."""
    return [request.query.get("from") or request.query["resumptionToken"] for request in site.requests]


def test_its_area_names_the_category(history: ArxivHistory):
    assert (history.name, history.area, history.every) == ("arxiv", "history cs.CL", timedelta(hours=24))


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("cs.CL", "cs:cs:CL"),
        ("hep-th", "physics:hep-th"),
        ("astro-ph.CO", "physics:astro-ph:CO"),
        ("physics.optics", "physics:physics:optics"),
        ("nlin.CD", "physics:nlin:CD"),
        ("math-ph", "physics:math-ph"),
        ("q-bio.NC", "q-bio:q-bio:NC"),
        ("cs", "cs"),
        ("cond-mat", "physics:cond-mat"),
        ("physics", "physics:physics"),
    ],
)
def test_categories_and_archives_have_their_sets(category: str, expected: str):
    assert set_of(category) == expected


async def test_a_record_gives_what_its_form_says(site: Site, history: ArxivHistory):
    site.says(OAI, sample("history.xml"))
    entries, error = await drained(history)
    assert error is None
    assert entries[0] == Paper(
        id="arxiv:2606.10423",
        title="WebChallenger: A Reliable and Efficient Generalist Web Agent",
        abstract="An agent that finds its way on web pages.",
        authors=("Jayoo Hwang", "Ann Other", "B. Third"),
        categories=("cs.CL", "cs.AI"),
        url="https://arxiv.org/abs/2606.10423",
        links=(Link("PDF", "https://arxiv.org/pdf/2606.10423"),),
        published_on=date(2026, 6, 9),
        announced_on=date(2026, 6, 10),
        version=1,
        sources=("arxiv",),
    )
    old, taken_back = entries[1:3]
    assert (old.id, old.version, old.published_on) == ("arxiv:cs/0112017", 2, date(2001, 12, 14))
    assert (old.announced_on, old.authors[1]) == (None, "Karl Sample, Jr.")
    assert (old.venue, old.aliases) == (
        "J. Examples 3 (2002) 1-9",
        ("doi:10.1000/example.1", "doi:10.1000/example.2"),
    )
    assert [paper.withdrawn for paper in entries[:3]] == [False, False, True]
    assert taken_back.announced_on is None
    assert site.requests[0].query == {
        "verb": "ListRecords",
        "metadataPrefix": "arXivRaw",
        "set": "cs:cs:CL",
        "from": "2026-06-09",
    }


async def test_deleted_records_are_counted_and_give_nothing(site: Site, history: ArxivHistory):
    site.says(OAI, sample("history.xml"))
    entries, _ = await drained(history)
    assert ids(entries) == ["arxiv:2606.10423", "arxiv:cs/0112017", "arxiv:2606.00467"]
    (reading,) = only_readings(entries)
    assert reading.note == "page 1, 4 in all, 1 deleted"
    assert (reading.status, reading.greatest, reading.batch) == (200, "arxiv:2606.10423", date(2026, 6, 10))


async def test_pages_follow_their_tokens_and_say_how_far_they_are(site: Site, history: ArxivHistory):
    token = "verb%3DListRecords%26from%3D2026-06-09%26skip%3D17"
    site.says(
        OAI,
        page(record(1), record(2), token=token, attributes="cursor='0' completeListSize='12345'"),
        page(record(3), record(4), token="next & last".replace("&", "&amp;")),
        page(record(5), attributes="cursor='12344' completeListSize='12345'"),
    )
    entries, error = await drained(history)
    assert (error, ids(entries)) == (None, [f"arxiv:9913.{number:05}" for number in range(1, 6)])
    assert [reading.note for reading in only_readings(entries)] == [
        "page 1, 2 of 12,345",
        "page 2, 4 so far",
        "page 3, 12,345 of 12,345",
    ]
    assert asked(site) == ["2026-06-09", token, "next & last"]
    assert set(site.requests[1].query) == {"verb", "resumptionToken"}
    assert site.requests[1].at - site.requests[0].at >= 3.0


async def test_a_killed_harvest_goes_on_with_its_token(site: Site, history: ArxivHistory):
    site.says(OAI, page(record(1), token="two"), page(record(2), token="three"), page(record(3)))
    told = await killed_after(history, 2)
    rest, error = await drained(history, cursor=last_cursor(told))
    assert (error, ids(told), ids(rest)) == (
        None,
        ["arxiv:9913.00001", "arxiv:9913.00002"],
        ["arxiv:9913.00003"],
    )
    assert asked(site) == ["2026-06-09", "two", "three"]
    assert only_readings(rest)[0].note == "page 3, 3 in all"


async def test_an_expired_token_begins_again_at_the_greatest_datestamp(site: Site, history: ArxivHistory):
    site.says(
        OAI,
        page(record(1, "2026-06-10"), record(2, "2026-06-11"), token="two"),
        refusal("badResumptionToken"),
        page(record(2, "2026-06-11"), record(3, "2026-06-12")),
    )
    told = await killed_after(history, 1)
    rest, error = await drained(history, cursor=last_cursor(told))
    assert (error, ids(rest)) == (None, ["arxiv:9913.00002", "arxiv:9913.00003"])
    assert asked(site) == ["2026-06-09", "two", "2026-06-11"]
    assert [reading.note for reading in only_readings(rest)] == [
        "its resumption token has expired",
        "page 1, 2 in all",
    ]


async def test_the_cursor_after_an_expired_token_does_without_it(site: Site, history: ArxivHistory):
    site.says(OAI, page(record(1), token="two"), refusal("badResumptionToken"), page(record(2)))
    told = await killed_after(history, 1)
    told = await killed_after(history, 1, last_cursor(told))
    await drained(history, cursor=last_cursor(told))
    assert asked(site) == ["2026-06-09", "two", "2026-06-10"]


async def test_tokens_that_are_always_refused_are_an_error(site: Site, history: ArxivHistory):
    no = refusal("badResumptionToken", "Invalid or expired.")
    site.says(OAI, page(record(1), token="two"), no, page(record(1), token="three"), no)
    entries, error = await drained(history)
    assert str(error) == "arxiv: refused the request: Invalid or expired. (badResumptionToken)"
    assert json.loads(last_cursor(entries))["token"] == "three"


async def test_the_next_harvest_begins_at_the_last_day_of_the_one_before(site: Site, history: ArxivHistory):
    site.says(OAI, page(record(1, "2026-06-11")), page(record(2, "2026-06-12")), refusal("noRecordsMatch"))
    cursor = ""
    for _ in range(4):
        entries, error = await drained(history, cursor=cursor)
        cursor = last_cursor(entries)
        assert error is None
    assert asked(site) == ["2026-06-09", "2026-06-11", "2026-06-12", "2026-06-12"]


async def test_asked_for_earlier_days_it_reads_from_there(site: Site, history: ArxivHistory):
    site.says(OAI, page(record(1, "2026-06-11")))
    entries, _ = await drained(history)
    earlier = date(2026, 5, 1)
    entries, _ = await drained(history, earlier, last_cursor(entries))
    await drained(history, SINCE, last_cursor(entries))
    await drained(history, earlier, last_cursor(entries))
    assert asked(site) == ["2026-06-09", "2026-05-01", "2026-06-11", "2026-06-11"]


async def test_a_harvest_under_way_that_began_too_late_is_begun_again(site: Site, history: ArxivHistory):
    site.says(OAI, page(record(1), token="two"), page(record(1), token="other"), page(record(2)))
    told = await killed_after(history, 1)
    await drained(history, date(2026, 5, 1), last_cursor(told))
    assert asked(site) == ["2026-06-09", "2026-05-01", "other"]


async def test_no_records_are_no_error(site: Site, history: ArxivHistory):
    site.says(OAI, refusal("noRecordsMatch"))
    entries, error = await drained(history)
    assert (error, [reading.note for reading in only_readings(entries)]) == (None, ["page 1, 0 in all"])


@pytest.mark.parametrize(
    ("since", "begin"), [(date(1991, 8, 1), "2005-09-16"), (date(2030, 1, 1), "2026-06-12")]
)
async def test_nothing_is_asked_of_times_without_records(
    site: Site, history: ArxivHistory, since: date, begin: str
):
    site.says(OAI, refusal("noRecordsMatch"))
    await drained(history, since)
    assert asked(site) == [begin]


async def test_a_half_page_gives_its_whole_records_and_is_read_again(site: Site, history: ArxivHistory):
    whole = page(record(2), record(3), token="three")
    half = whole[: whole.index(b"9913.00003") + 200]
    site.says(OAI, page(record(1), token="two"), half, whole, page(record(4)))
    entries, error = await drained(history)
    assert error is not None and error.reason.startswith("half a document")
    assert ids(entries) == ["arxiv:9913.00001", "arxiv:9913.00002"]
    rest, error = await drained(history, cursor=last_cursor(entries))
    assert (error, ids(rest)) == (None, ["arxiv:9913.00002", "arxiv:9913.00003", "arxiv:9913.00004"])
    assert asked(site) == ["2026-06-09", "two", "two", "three"]


async def test_a_busy_server_is_asked_again_later(site: Site, history: ArxivHistory):
    site.says(OAI, Reply(b"", 503, {"Retry-After": "20"}), page(record(1)))
    entries, error = await drained(history)
    assert (error, len(ids(entries))) == (None, 1)
    assert site.requests[1].at - site.requests[0].at >= 20.0


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (
            refusal("badArgument", "The set\n does not exist."),
            "refused the request: The set does not exist. (badArgument)",
        ),
        (refusal("badVerb", ""), "refused the request (badVerb)"),
        (answer("<error>Because.</error>"), "refused the request: Because. (no code)"),
        (answer(""), "neither records nor a reason in the answer"),
        (page(), "neither records nor a reason in the answer"),
        (page(token="two"), "neither records nor a reason in the answer"),
        (page(record(1), token="x" * 3000), "its resumption token is too long to be kept"),
        (sample("nothing.xml"), "neither records nor a reason in the answer"),
        (HTML, "a web page instead of records"),
        (b"", "half a document"),
        (b"{}", "not well-formed XML"),
        (b"<records/>", "not a feed: the document is <records>"),
        (b'<!DOCTYPE x [<!ENTITY a "ha">]><OAI-PMH/>', "a document type or entity"),
        (answer("<a>" * 60), "elements nested too deeply"),
        (BUSY, "HTTP 503, tried 4 times"),
        (Reply(b"", 404), "HTTP 404"),
    ],
)
async def test_what_is_no_page_is_an_error(
    site: Site, history: ArxivHistory, reply: Reply | bytes, reason: str
):
    site.says(OAI, reply)
    entries, error = await drained(history)
    assert error is not None and error.reason.startswith(reason)
    assert only_readings(entries) == []


async def test_a_token_that_leads_back_to_itself_is_an_error(site: Site, history: ArxivHistory):
    site.says(OAI, page(record(1), token="two"))
    _, error = await drained(history)
    assert (error.reason, len(site.requests)) == ("its resumption token leads back to itself", 2)


@pytest.mark.parametrize(
    ("submitted", "day", "versions", "expected"),
    [
        ("Tue, 09 Jun 2026 15:00:00 GMT", "2026-06-10", 1, date(2026, 6, 10)),
        ("Tue, 09 Jun 2026 23:30:00 -0400", "2026-06-10", 1, date(2026, 6, 11)),
        ("Tue, 09 Jun 2026 15:00:00 GMT", "2026-06-09", 1, date(2026, 6, 10)),
        ("Tue, 09 Jun 2026 15:00:00 GMT", "2026-06-17", 1, date(2026, 6, 10)),
        ("Tue, 09 Jun 2026 15:00:00 GMT", "2026-06-18", 1, None),
        ("Tue, 09 Jun 2026 15:00:00 GMT", "2026-06-10", 2, None),
        ("Sun, 07 Jun 2026 15:00:00 GMT", "2026-06-08", 1, None),
        ("soon", "2026-06-10", 1, None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "2026-06-10", 1, None),
        ("Tue, 09 Jun 2026 15:00:00 GMT", "lately", 1, None),
        ("Tue, 09 Jun 2026 15:00:00 GMT", "2026-06-10", 0, None),
    ],
)
async def test_only_a_young_first_version_is_news(
    site: Site, history: ArxivHistory, submitted: str, day: str, versions: int, expected: date | None
):
    site.says(OAI, page(record(1, day, submitted, versions)))
    entries, _ = await drained(history)
    assert entries[0].announced_on == expected


async def test_a_first_version_that_calls_itself_second_is_not_news(site: Site, history: ArxivHistory):
    site.says(OAI, page(record(1).replace("version='v1'", "version='v2'")))
    entries, _ = await drained(history)
    assert (entries[0].version, entries[0].announced_on) == (2, None)


async def test_a_withdrawal_is_told_by_its_comment_too(site: Site, history: ArxivHistory):
    comment = "<comments>This paper has been withdrawn by the author</comments>"
    site.says(OAI, page(record(1, versions=2, more=comment), record(2, more=comment)))
    entries, _ = await drained(history)
    assert [entry.withdrawn for entry in entries[:2]] == [True, False]


async def test_one_bad_record_costs_itself_alone(site: Site, history: ArxivHistory):
    bad = record(2).replace("9913.00002", "../../etc")
    empty = "<record><header><identifier>x</identifier></header></record>"
    nameless = record(4).replace("<title>A paper</title>", "<title> \u202e </title>")
    site.says(OAI, page(record(1), bad, empty, nameless, record(5), "<record/>"))
    entries, error = await drained(history)
    assert (error, ids(entries)) == (None, ["arxiv:9913.00001", "arxiv:9913.00005"])
    assert [entry for entry in entries if isinstance(entry, Skipped)] == [
        Skipped("oai:arXiv.org:../../etc", "no arXiv id: '../../etc'"),
        Skipped("x", "no arXivRaw in it"),
        Skipped("oai:arXiv.org:9913.00004", "no title"),
        Skipped("record 6", "no arXivRaw in it"),
    ]


async def test_hostile_text_stays_text_in_one_line(site: Site, history: ArxivHistory):
    title = "&lt;!channel&gt;\n@everyone\u202e " + "long " * 1000
    site.says(OAI, page(record(1).replace("A paper", title)))
    entries, _ = await drained(history)
    assert entries[0].title.startswith("<!channel> @everyone long")


async def test_a_datestamp_of_the_future_does_not_hide_what_comes_before_it(
    site: Site, history: ArxivHistory
):
    site.says(OAI, page(record(1, "2026-06-11"), record(2, "9999-12-31")))
    entries, _ = await drained(history)
    await drained(history, cursor=last_cursor(entries))
    assert asked(site) == ["2026-06-09", "2026-06-11"]


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "[]",
        "3",
        "null",
        "[" * 100_000,
        '{"first": 3, "last": []}',
        '{"first": "2026-06-01"}',
        '{"last": "2026-06-01"}',
        '{"first": "2026-06-01", "last": "9999-12-31"}',
        '{"first": "2026-06-05", "last": "2026-06-01"}',
        '{"token": "two"}',
        '{"start": "2026-06-01", "token": 5}',
        '{"start": "someday", "token": "two"}',
    ],
)
async def test_a_nonsense_cursor_is_an_empty_one(site: Site, history: ArxivHistory, cursor: str):
    site.says(OAI, page(record(1)))
    _, error = await drained(history, cursor=cursor)
    assert (error, asked(site)) == (None, ["2026-06-09"])


async def test_check_says_how_much_was_changed_since_yesterday(site: Site, history: ArxivHistory):
    site.says(
        OAI, page(record(1), record(2)), page(record(1), token="x"), refusal("badArgument", "No such set.")
    )
    assert await history.check() == "2 records in cs.CL changed since 11 June 2026"
    assert await history.check() == "more than 1 records in cs.CL changed since 11 June 2026"
    with pytest.raises(SourceError, match="No such set"):
        await history.check()


def test_records_come_out_before_the_whole_page_is_read():
    body = page(*(record(number) for number in range(2000)))
    parts = answered(body[: len(body) // 2], next_day)
    assert next(parts).entry.id == "arxiv:9913.00000"
    with pytest.raises(SourceError):
        list(parts)


def test_only_entries_come_out_of_a_document_and_are_not_kept():
    body = page(*map(record, range(4)), token="two")
    children = feed_children((bytes([byte]) for byte in body), "arxiv")
    first = ref(next(children))
    rest = [next(children).tag for _ in range(3)]
    collect()
    assert first() is None
    assert [*rest, *(child.tag for child in children)] == [f"{OAI_TAG}record"] * 3 + [
        f"{OAI_TAG}resumptionToken"
    ]
    (error,) = feed_children([refusal("badVerb")], "arxiv")
    assert error.tag == f"{OAI_TAG}error"
