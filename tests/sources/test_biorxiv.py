"""bioRxiv and medRxiv, page by page."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from bot.identity import merged
from bot.model import Paper
from bot.ports import Reading, Skipped
from bot.sources.biorxiv import Biorxiv, authors_of, page_of
from bot.sources.web.http import Door
from tests.sources.bioanswers import HOSTILE, refusal, told
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
)

SINCE = date(2026, 6, 10)
SPAN = "/details/biorxiv/2026-06-08/2026-06-12"


@pytest.fixture
def biorxiv(site: Site, door: Door, today: Callable[[], datetime]) -> Biorxiv:
    return Biorxiv(door, "biorxiv", clock=today, base_url=site.url)


def record(number: int = 1, version: object = "1", **fields: object) -> dict[str, object]:
    return {
        "doi": f"10.1101/2026.06.01.{number:06}",
        "title": f"Paper {number}",
        "date": "2026-06-11",
        "version": version,
        "abstract": "Short.",
        "category": "ecology",
        "published": "NA",
        **fields,
    }


async def test_a_page_gives_what_the_json_says(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", sample("biorxiv.json"))
    entries, error = await taken(biorxiv, SINCE)
    assert error is None
    assert entries[0] == Paper(
        id="doi:10.1101/2026.06.01.600101",
        title="Sleep restores place maps in the Mus musculus hippocampus",
        title_as_given="Sleep restores place maps in the <italic>Mus musculus</italic> hippocampus",
        abstract=(
            "Maps of a room fade in a day without sleep. A nap of twenty minutes brings Ca²⁺ events back."
        ),
        abstract_as_given=(
            "Maps of a room fade in a day without sleep. "
            "A nap of twenty minutes brings Ca<sup>2+</sup> events back."
        ),
        authors=("N. Okafor", "M. P. de la Cruz", "W. Hart, Jr.", "The Sleep Consortium"),
        categories=("neuroscience",),
        url="https://www.biorxiv.org/content/10.1101/2026.06.01.600101v1",
        published_on=date(2026, 6, 9),
        announced_on=date(2026, 6, 9),
        version=1,
        sources=("biorxiv",),
        labs=("University of Lagos",),
    )
    assert entries[-1] == Reading(200, batch=date(2026, 6, 12))
    assert (biorxiv.name, biorxiv.area, biorxiv.every) == ("biorxiv", "", timedelta(hours=3))


async def test_a_later_version_changes_a_paper_and_is_no_news(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", sample("biorxiv.json"))
    paper = only_papers((await taken(biorxiv, SINCE))[0])[1]
    assert (paper.version, paper.announced_on, paper.published_on) == (3, None, None)
    assert paper.aliases == ("doi:10.1093/bioinformatics/btag001",)
    assert paper.url == "https://www.biorxiv.org/content/10.1101/2026.05.20.600007v3"


async def test_a_withdrawal_is_a_newer_version_that_says_so(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", sample("biorxiv.json"))
    papers = only_papers((await taken(biorxiv, SINCE))[0])
    assert [paper.withdrawn for paper in papers] == [False, False, True, False]


@pytest.mark.parametrize(
    ("fields", "withdrawn"),
    [
        ({"title": "Withdrawn: a paper"}, True),
        ({"title": "WITHDRAWN - a paper"}, True),
        ({"title": "Withdrawn patients in trials"}, False),
        ({"abstract": "This manuscript has been withdrawn by the authors."}, True),
        ({"abstract": "The authors have withdrawn their manuscript because of an error."}, True),
        ({"abstract": "Patients were withdrawn from the trial."}, False),
        ({"type": "withdrawn"}, True),
        ({"title": "WITHDRAWN: a paper", "version": "1"}, False),
    ],
)
def test_which_version_is_a_withdrawal(fields: dict[str, object], withdrawn: bool):
    (paper,) = page_of(told({**record(version="2"), **fields}), "biorxiv").entries
    assert paper.withdrawn is withdrawn


async def test_the_next_page_begins_where_the_last_one_ended(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", told(*map(record, range(30)), total="45"))
    site.says(f"{SPAN}/30/json", told(*map(record, range(30, 37)), total="45"))
    site.says(f"{SPAN}/37/json", told(*map(record, range(37, 45)), total="45"))
    entries, error = await taken(biorxiv, SINCE)
    assert error is None
    assert [paper.title for paper in only_papers(entries)] == [f"Paper {n}" for n in range(45)]
    assert [request.path.split("/")[-2] for request in site.requests] == ["0", "30", "37"]
    assert len(only_readings(entries)) == 3


async def test_skipped_records_count_for_the_next_page(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", told(record(1), {"doi": "none"}, None, total=4))
    site.says(f"{SPAN}/3/json", told(record(2), total=4))
    entries, error = await taken(biorxiv, SINCE)
    assert ([paper.title for paper in only_papers(entries)], error) == (["Paper 1", "Paper 2"], None)


async def test_a_list_that_ends_before_its_end_is_told(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", told(record(1), total=3))
    site.says(f"{SPAN}/1/json", told(total=3))
    entries, error = await taken(biorxiv, SINCE)
    assert error is None
    assert [reading.note for reading in only_readings(entries)] == ["", "the list ended after 1 of 3 records"]


async def test_without_a_total_it_asks_until_nothing_comes(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", told(record(1), total="many"))
    site.says(f"{SPAN}/1/json", told(record(2), total="many"))
    site.says(f"{SPAN}/2/json", told(total="many", status="no posts found"))
    entries, error = await taken(biorxiv, SINCE)
    assert (len(only_papers(entries)), error) == (2, None)


async def test_a_site_that_ignores_the_cursor_is_not_asked_for_ever(site: Site, biorxiv: Biorxiv):
    for at in (0, 1):
        site.says(f"{SPAN}/{at}/json", told(record(1), total=900_000_000))
    entries, error = await taken(biorxiv, SINCE)
    assert (len(only_papers(entries)), len(site.requests)) == (1, 2)
    assert error is not None and error.reason == "the same records again after 2 of 900000000"


async def test_nothing_posted_is_no_error(site: Site, biorxiv: Biorxiv):
    site.says(
        f"{SPAN}/0/json",
        b'{"messages":[{"status":"no posts found","category":"all"}],"collection":[]}',
    )
    assert await taken(biorxiv, SINCE) == ([Reading(200)], None)


async def test_a_refusal_is_an_error(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", told(status="Error: interval not recognised"))
    _, error = await taken(biorxiv, SINCE)
    assert str(error) == "biorxiv: refused the request: Error: interval not recognised"


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
async def test_of_several_versions_in_an_answer_the_newest_comes_with_the_first_day(
    site: Site, biorxiv: Biorxiv, order: tuple[int, ...]
):
    days = {1: "2026-06-10", 2: "2026-06-11", 3: "2026-06-12"}
    versions = [record(1, str(n), date=days[n], title=f"Title {n}") for n in order]
    site.says(f"{SPAN}/0/json", told(*versions))
    (paper,) = only_papers((await taken(biorxiv, SINCE))[0])
    assert (paper.title, paper.version, paper.url[-2:]) == ("Title 3", 3, "v3")
    assert (paper.announced_on, paper.published_on) == (date(2026, 6, 10), date(2026, 6, 10))


async def test_a_first_version_that_comes_after_a_later_one_is_news_all_the_same(
    site: Site, biorxiv: Biorxiv
):
    site.says(f"{SPAN}/0/json", told(record(1, "3", title="Third"), total=4))
    site.says(f"{SPAN}/1/json", told(record(1, "2"), record(1, "1"), record(1, "3"), total=4))
    third, first = only_papers((await taken(biorxiv, SINCE))[0])
    assert (third.version, third.announced_on) == (3, None)
    both = merged(third, first)
    assert (both.title, both.version, both.announced_on) == ("Third", 3, date(2026, 6, 11))


async def test_an_older_version_without_news_does_not_come_after_a_newer_one(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", told(record(1, "3"), total=3))
    site.says(f"{SPAN}/1/json", told(record(1, "2"), record(2, "2"), total=3))
    papers = only_papers((await taken(biorxiv, SINCE))[0])
    assert [(paper.title, paper.version) for paper in papers] == [("Paper 1", 3), ("Paper 2", 2)]


async def test_only_the_wanted_categories_come(site: Site, door: Door, today: Callable[[], datetime]):
    source = Biorxiv(door, "biorxiv", categories=("Neuroscience", "ECOLOGY"), clock=today, base_url=site.url)
    site.says(f"{SPAN}/0/json", sample("biorxiv.json"))
    papers = only_papers((await taken(source, SINCE))[0])
    assert [paper.categories for paper in papers] == [("neuroscience",), ("ecology",)]


async def test_medrxiv_is_asked_at_the_same_house(site: Site, door: Door, today: Callable[[], datetime]):
    source = Biorxiv(door, "medrxiv", clock=today, base_url=site.url + "/")
    site.says("/details/medrxiv/2026-06-08/2026-06-12/0/json", told(record(1)))
    (paper,) = only_papers((await taken(source, SINCE))[0])
    assert (source.name, paper.sources) == ("medrxiv", ("medrxiv",))
    assert paper.url == "https://www.medrxiv.org/content/10.1101/2026.06.01.000001v1"
    assert paper.links == ()


async def test_how_far_back_it_asks_is_limited_and_told(site: Site, biorxiv: Biorxiv):
    site.says("/details/biorxiv/2026-05-11/2026-06-12/0/json", told())
    entries, error = await taken(biorxiv, date(2020, 1, 1))
    assert (entries, error) == ([Reading(200, note="nothing before 11 May 2026 was asked for")], None)


async def test_nothing_is_asked_of_the_future(site: Site, biorxiv: Biorxiv):
    assert await taken(biorxiv, date(2026, 7, 1)) == ([], None)
    assert site.requests == []


async def test_a_failure_keeps_the_pages_before_it(site: Site, biorxiv: Biorxiv):
    site.says(f"{SPAN}/0/json", told(record(1), total=2))
    site.says(f"{SPAN}/1/json", Reply(HTML))
    entries, error = await taken(biorxiv, SINCE)
    assert (len(only_papers(entries)), str(error)) == (1, "biorxiv: a web page instead of an answer")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(sample("biorxiv.json")[:700]), "not JSON, or half of it"),
        (Reply(b"[" * 100_000), "not JSON, or half of it"),
        (Reply(b"[]"), "no list of papers in the answer"),
        (Reply(b"{}"), "no list of papers in the answer"),
        (Reply(b'{"collection": {"a": 1}}'), "no list of papers in the answer"),
        (Reply(b"", 503), "HTTP 503, tried 4 times"),
    ],
)
async def test_what_is_no_answer_is_an_error(site: Site, biorxiv: Biorxiv, reply: Reply, reason: str):
    site.says(f"{SPAN}/0/json", reply)
    _, error = await taken(biorxiv, SINCE)
    assert error is not None and error.reason == reason


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (None, "not a JSON object"),
        ([], "not a JSON object"),
        (record(doi=None), "no usable DOI"),
        (record(doi="10.1101/" + "9" * 90), "no usable DOI"),
        (record(doi="10.48550/arxiv.2401.00001"), "no usable DOI"),
        (record(version="0"), "no version"),
        (record(version=None), "no version"),
        (record(version="v1"), "no version"),
        (record(version="9" * 5000), "no version"),
        (record(date="2026-02-30"), "no day on which it was posted"),
        (record(date=None), "no day on which it was posted"),
        (record(title="\u202e"), "no title"),
        (record(date="9999-12-31"), "posted on 9999-12-31, which was not asked for"),
        (record(date="2020-01-01"), "posted on 2020-01-01, which was not asked for"),
    ],
)
async def test_one_bad_record_among_good_ones_is_skipped(site: Site, biorxiv: Biorxiv, bad: object, why: str):
    site.says(f"{SPAN}/0/json", told(record(7), bad, record(8)))
    entries, error = await taken(biorxiv, SINCE)
    assert ([paper.title for paper in only_papers(entries)], error) == (["Paper 7", "Paper 8"], None)
    assert [skipped.why for skipped in only_skipped(entries)] == [why]
    assert [reading.batch for reading in only_readings(entries)] == [date(2026, 6, 11)]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_field_of_a_wrong_kind_costs_nothing_but_itself(value: object):
    for key in record():
        page = page_of(told(record(1, **{key: value})), "biorxiv")
        assert len(page.entries) == 1
        json.dumps(str(page.entries[0]), ensure_ascii=False).encode()


def test_bytes_that_are_no_text_cost_their_place_only():
    body = told(record(1)).replace(b"Short.", b"Sh\xff\x00rt" + b"\\u0000")
    (paper,) = page_of(body, "biorxiv").entries
    assert paper.abstract == "Sh\ufffdrt"


def test_hostile_text_stays_text():
    (paper,) = page_of(told(record(title="<!channel>\n@everyone\u202e " + "x" * 5000)), "biorxiv").entries
    assert isinstance(paper, Paper)
    assert paper.title == "<!channel> @everyone " + "x" * 5000


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Surname, A.; Other, B. C.", ("A. Surname", "B. C. Other")),
        ("A Consortium", ("A Consortium",)),
        ("One, A.;; ; Two, B.;", ("A. One", "B. Two")),
        ("Hart, W., Jr.", ("W. Hart, Jr.",)),
        (", A.", ("A.",)),
        ("", ()),
    ],
)
def test_names_are_turned_round(text: str, names: tuple[str, ...]):
    assert authors_of(text) == names


async def test_requests_keep_their_pace(site: Site, time: FakeTime, today: Callable[[], datetime]):
    door = Door(clock=time.clock, sleep=time.sleep, paces={"biorxiv": 1.0})
    site.says(f"{SPAN}/0/json", told(record(1), total=2))
    site.says(f"{SPAN}/1/json", told(record(2), total=2))
    await taken(Biorxiv(door, "biorxiv", clock=today, base_url=site.url), SINCE)
    await door.close()
    assert time.naps == [1.0]


async def test_check_says_how_many_there_are(site: Site, biorxiv: Biorxiv):
    site.says("/details/biorxiv/2026-06-11/2026-06-12/0/json", told(record(1), total="412"), Reply(b"", 404))
    assert await biorxiv.check() == "412 papers and new versions since 11 June 2026"
    assert await refusal(biorxiv) == "biorxiv: HTTP 404"


def test_a_record_says_why_it_was_skipped():
    (skipped,) = page_of(told({"title": "x"}), "biorxiv").entries
    assert skipped == Skipped("record 1", "no usable DOI")
