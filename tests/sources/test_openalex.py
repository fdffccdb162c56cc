"""OpenAlex: a search, page by page."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from bot.model import Link, Paper
from bot.ports import Reading, Skipped
from bot.sources.openalex import OpenAlex, page_of
from bot.sources.openalex_work import FIELDS, abstract_of
from bot.sources.web.http import Door
from tests.sources.bioanswers import HOSTILE, refusal
from tests.sources.site import (
    HTML,
    FakeTime,
    Reply,
    Site,
    only_papers,
    only_readings,
    only_skipped,
    sample,
    taken,
    without_cursor,
)

SINCE = date(2026, 6, 10)
WORKS = "/works"


@pytest.fixture
def openalex(site: Site, door: Door, today: Callable[[], datetime]) -> OpenAlex:
    return OpenAlex(door, "counting cells", clock=today, key="s3cret", base_url=site.url)


@pytest.fixture
def keyless(site: Site, door: Door, today: Callable[[], datetime]) -> OpenAlex:
    return OpenAlex(door, "counting cells", clock=today, base_url=site.url)


def work(number: int = 1, **fields: object) -> dict[str, object]:
    return {
        "id": f"https://openalex.org/W{number}",
        "title": f"Work {number}",
        "publication_date": "2026-06-11",
        **fields,
    }


def listed(*works: object, count: object = None, after: object = None) -> bytes:
    meta = {"count": len(works) if count is None else count, "next_cursor": after}
    return json.dumps({"meta": meta, "results": list(works)}).encode()


def read(**fields: object) -> Paper | Skipped:
    (entry,) = page_of(listed(work(**fields))).entries
    return entry


async def test_works_give_what_the_json_says(site: Site, openalex: OpenAlex):
    site.says(WORKS, sample("openalex.json"))
    entries, error = await taken(openalex, SINCE)
    assert error is None
    assert entries[0] == Paper(
        id="doi:10.1000/cells.2026.7",
        title="Cells that count to three",
        title_as_given="Cells that count to <i>three</i>",
        abstract="A yeast cell counts. So: A yeast abacus.",
        authors=("Mira Novak", "J. Doe"),
        keywords=("Cell arithmetic", "Yeast"),
        url="https://example.org/cells/7",
        links=(Link("PDF", "https://example.org/cells/7.pdf"),),
        published_on=date(2026, 6, 11),
        announced_on=date(2026, 6, 11),
        citations=0,
        aliases=("openalex:W9000000001", "pmc:PMC9900009", "pubmed:90000009"),
        sources=("openalex",),
        labs=("University of Oslo", "SINTEF"),
        venue="Journal of Cells",
    )
    assert list(map(without_cursor, entries[3:])) == [
        Skipped("https://openalex.org/W9000000004", "no title"),
        Reading(200, batch=date(2026, 6, 11)),
    ]
    assert (openalex.name, openalex.area, openalex.every) == (
        "openalex",
        "counting cells",
        timedelta(hours=12),
    )


async def test_an_arxiv_id_comes_first(site: Site, openalex: OpenAlex):
    site.says(WORKS, sample("openalex.json"))
    _, second, third = only_papers((await taken(openalex, SINCE))[0])
    assert (second.id, second.aliases) == ("arxiv:2606.00002", ("openalex:W9000000002",))
    assert (second.url, second.citations, second.abstract) == ("https://arxiv.org/abs/2606.00002", 12, "")
    assert third.id == "arxiv:2605.00003"
    assert third.aliases == ("doi:10.1000/counting.3", "openalex:W9000000003")
    assert (third.withdrawn, second.withdrawn) == (True, False)


@pytest.mark.parametrize(
    ("day", "announced"),
    [
        ("2026-06-09", None),
        ("2026-06-10", date(2026, 6, 10)),
        ("2026-06-12", date(2026, 6, 12)),
        ("2026-06-13", None),
        (None, None),
    ],
)
async def test_news_is_what_came_out_on_a_day_asked_for(
    site: Site, openalex: OpenAlex, day: str | None, announced: date | None
):
    site.says(WORKS, listed(work(publication_date=day)))
    (paper,) = only_papers((await taken(openalex, SINCE))[0])
    assert paper.announced_on == announced


async def test_what_it_asks(site: Site, door: Door, today: Callable[[], datetime]):
    source = OpenAlex(
        door, "a, b", clock=today, key="s3cret", contact="papers@example.org", base_url=site.url + "/"
    )
    site.says(WORKS, listed(work(1), count=3, after="next=="), listed(work(2), work(3), count=3))
    entries, error = await taken(source, SINCE)
    assert ([paper.title for paper in only_papers(entries)], error) == (["Work 1", "Work 2", "Work 3"], None)
    assert site.requests[0].query == {
        "search": "a, b",
        "filter": "from_publication_date:2026-05-13,to_publication_date:2026-06-12",
        "sort": "publication_date:desc",
        "per_page": "100",
        "select": ",".join(FIELDS),
        "cursor": "*",
        "mailto": "papers@example.org",
        "api_key": "s3cret",
    }
    assert [request.query["cursor"] for request in site.requests] == ["*", "next=="]


async def test_without_a_key_pages_have_numbers(site: Site, keyless: OpenAlex):
    site.says(WORKS, listed(work(1), count=2), listed(work(2), count=2))
    entries, _ = await taken(keyless, SINCE)
    assert len(only_papers(entries)) == 2
    assert [(r.query.get("page"), r.query.get("cursor")) for r in site.requests] == [("1", None), ("2", None)]
    assert not {"api_key", "mailto"} & site.requests[0].query.keys()


@pytest.mark.parametrize("key", ["", "s3cret"])
async def test_five_pages_are_read_and_the_rest_is_told(
    site: Site, door: Door, today: Callable[[], datetime], key: str
):
    source = OpenAlex(door, "x", clock=today, key=key, base_url=site.url)
    site.says(WORKS, *(listed(work(n), count=348439, after=f"c{n}") for n in range(1, 9)))
    entries, error = await taken(source, SINCE)
    assert (len(site.requests), len(only_papers(entries)), error) == (5, 5, None)
    told = "only 5 of 348439 papers were read; a narrower search would miss none"
    assert [reading.note for reading in only_readings(entries)] == [""] * 4 + [told]


@pytest.mark.parametrize("after", [None, "", 7, "*"])
async def test_a_list_that_breaks_off_is_told(site: Site, openalex: OpenAlex, after: object):
    site.says(WORKS, listed(work(1), count=2, after=after))
    entries, error = await taken(openalex, SINCE)
    assert (len(site.requests), error) == (1, None)
    assert only_readings(entries)[0].note.startswith("only 1 of 2 papers were read")


async def test_without_a_count_it_asks_until_nothing_comes(site: Site, keyless: OpenAlex):
    site.says(WORKS, listed(work(1), count="x"), listed(work(2), count="x"), listed(count="x"))
    entries, _ = await taken(keyless, SINCE)
    assert (len(only_papers(entries)), len(site.requests)) == (2, 3)


async def test_nothing_found_is_no_error(site: Site, openalex: OpenAlex):
    site.says(WORKS, listed())
    entries, error = await taken(openalex, SINCE)
    assert (list(map(without_cursor, entries)), error) == ([Reading(200)], None)


async def test_all_since_the_last_time_is_asked_for(site: Site, openalex: OpenAlex):
    site.says(WORKS, listed())
    await taken(openalex, date(2026, 4, 1))
    assert "from_publication_date:2026-04-01," in site.requests[0].query["filter"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (
            Reply(b'{"error": "Invalid query", "message": "no filter x in /works?api_key=s3cret&y"}', 400),
            "HTTP 400: no filter x in /works?api_key=…&y",
        ),
        (Reply(b'{"error": "Cursor paging needs a key"}', 401), "HTTP 401: Cursor paging needs a key"),
        (Reply(HTML, 403), "HTTP 403"),
        (Reply(b"[]", 400), "HTTP 400"),
        (Reply(b"", 404), "HTTP 404"),
        (Reply(b'{"error": "daily limit"}', 429, {"Retry-After": "3600"}), "HTTP 429, asked us to wait 3600 s"),
        (Reply(HTML), "a web page instead of an answer"),
        (Reply(b'{"results": {"a": 1}}'), "no list of works in the answer"),
        (Reply(sample("openalex.json")[:500]), "not JSON, or half of it"),
        (Reply(lost=True), "the connection broke, tried 4 times"),
    ],
)  # fmt: skip
async def test_what_is_no_answer_is_an_error(site: Site, openalex: OpenAlex, reply: Reply, reason: str):
    site.says(WORKS, reply)
    entries, error = await taken(openalex, SINCE)
    assert (entries, error and error.reason) == ([], reason)
    assert "s3cret" not in f"{error!r} {openalex!r}"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (None, "not a JSON object"),
        (work(5, title=None), "no title"),
        (work(5, id="https://openalex.org/A5"), "no usable id"),
        (work(5, id=None), "no usable id"),
    ],
)
def test_one_bad_work_among_good_ones_is_skipped(bad: object, why: str):
    first, second, third = page_of(listed(work(1), bad, work(3))).entries
    assert isinstance(first, Paper) and isinstance(third, Paper)
    assert isinstance(second, Skipped) and second.why == why


@pytest.mark.parametrize("value", HOSTILE)
def test_a_field_of_a_wrong_kind_costs_nothing_but_itself(value: object):
    for key in FIELDS:
        entry = read(**{key: value})
        assert isinstance(entry, Paper) or entry.why in {"no title", "no usable id"}
        assert key in {"title", "id"} or isinstance(entry, Paper)
        repr(entry).encode()


@pytest.mark.parametrize("value", HOSTILE)
def test_a_wrong_kind_further_inside_costs_nothing_either(value: object):
    entry = read(
        ids={"doi": value, "pmid": value, "pmcid": value},
        authorships=[{"author": {"display_name": value}, "institutions": [{"display_name": value}, value]}, value],
        primary_location={"source": value, "landing_page_url": value},
        best_oa_location={"pdf_url": value},
        locations=[value, {"landing_page_url": value}],
        keywords=[value, {"display_name": value}],
        primary_topic={"display_name": value},
    )  # fmt: skip
    assert isinstance(entry, Paper)
    repr(entry).encode()


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ({"b": [1], "a": [0]}, "a b"),
        ({"a": [0], "z": [10**9, 20_000, -1, True, None, "1", 1.0, [2]]}, "a"),
        ({"first": [0], "second": [0, 1]}, "first second"),
        ({"a": [5], "b": [99]}, "a b"),
        ({"a": 0, "b": None, "c": {"0": 1}}, ""),
        ({"w" * 501: [0], "a": [1]}, "a"),
        ({"<!channel>\u202e": [0], "\ud800": [1], "b\n": [2]}, "<!channel> b"),
        ({}, ""),
        (None, ""),
        ([], ""),
    ],
)
def test_an_abstract_is_put_together_again(index: object, text: str):
    assert abstract_of(index) == text


def test_an_abstract_grows_no_larger_than_an_abstract():
    long = abstract_of({"w" * 500: list(range(20_000))})
    assert 90_000 < len(long) <= 100_000
    assert abstract_of({"a": list(range(10**6))}).count("a") == 20_000


def test_a_number_without_end_costs_its_place_only():
    body = listed(work(1, cited_by_count=7)).replace(b": 7", b": " + b"9" * 6000)
    (paper,) = page_of(body).entries
    assert isinstance(paper, Paper) and paper.citations is None


def test_the_first_address_that_is_one_is_its_page():
    paper = read(
        doi="https://doi.org/10.1000/x", primary_location={"landing_page_url": "javascript:alert(1)"}
    )
    assert isinstance(paper, Paper) and paper.url == "https://doi.org/10.1000/x"
    bare = read()
    assert isinstance(bare, Paper) and bare.url == "https://openalex.org/W1"


async def test_requests_keep_their_pace(site: Site, time: FakeTime, today: Callable[[], datetime]):
    door = Door(clock=time.clock, sleep=time.sleep, paces={"openalex": 0.25})
    site.says(WORKS, listed(work(1), count=2), listed(work(2), count=2))
    await taken(OpenAlex(door, "x", clock=today, base_url=site.url), SINCE)
    await door.close()
    assert time.naps == [0.25]


async def test_check_says_how_many_there_are(site: Site, openalex: OpenAlex):
    site.says(WORKS, listed(work(1), count=812), Reply(b'{"message": "bad key s3cret"}', 401))
    assert await openalex.check() == "812 papers since 5 June 2026"
    assert await refusal(openalex) == "openalex: HTTP 401: bad key …"
    assert site.requests[0].query["per_page"] == "1"


async def test_skipped_works_come_once_with_their_page(site: Site, openalex: OpenAlex):
    site.says(WORKS, listed(None, work(2)))
    entries, _ = await taken(openalex, SINCE)
    assert only_skipped(entries) == [Skipped("work 1", "not a JSON object")]
