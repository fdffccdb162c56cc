"""Crossref: what a journal published."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Reading, Skipped
from bot.sources.crossref import Crossref
from bot.sources.crossref_records import entries_from_work
from bot.sources.doi import doi_page
from bot.sources.web.http import Door
from tests.sources.site import HTML, FakeTime, Reply, Site, sample, taken, without_cursor

ISSN = "1745-2481"
PATH = f"/journals/{ISSN}/works"
DAY, TODAY = date(2026, 6, 10), date(2026, 6, 12)
MORE = "next+page=="


@pytest.fixture
def journal(site: Site, door: Door, today: Callable[[], datetime]) -> Crossref:
    return Crossref(door, ISSN, clock=today, contact="papers@example.org", base_url=site.url)


def work(number: int = 1, **fields: object) -> dict[str, object]:
    """One work, with other fields (`_` for `-`)."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return {"DOI": f"10.1234/w{number}", "title": [f"Work {number}"]} | named


def page(*works: object, **message: object) -> bytes:
    more = {name.replace("_", "-"): value for name, value in message.items()}
    return json.dumps({"status": "ok", "message": {"items": works} | more}).encode()


def full(start: int) -> list[object]:
    return [work(start + n) for n in range(200)]


def read(**fields: object) -> Paper | Skipped:
    (entry,) = entries_from_work(work(**fields), 1, DAY, TODAY)
    return entry


async def test_articles_come_as_they_are(site: Site, journal: Crossref):
    site.says(PATH, sample("crossref.json"))
    (article, retracted, correction, reading), error = await taken(journal, DAY)
    assert error is None
    assert article == Paper(
        id="doi:10.1038/s41567-026-00001-1",
        title="Cooling a tiny drum",
        title_as_given="Cooling a <i>tiny</i> drum",
        abstract="We cool a drum to its ground state.",
        abstract_as_given="<jats:p>We cool a drum to its ground state.</jats:p>",
        authors=("Ada Lovelace", "Alan Turing", "The Drum Collaboration"),
        keywords=("General Physics and Astronomy",),
        url="https://doi.org/10.1038/S41567-026-00001-1",
        published_on=date(2026, 6, 11),
        announced_on=date(2026, 6, 11),
        aliases=("arxiv:2601.01234", "doi:10.1101/2026.01.02.123456"),
        sources=("crossref",),
        labs=("University of London", "NPL"),
        venue="Nature Physics",
        citations=0,
    )
    assert retracted == Paper(
        id="doi:10.1038/s41567-020-00003-3",
        title="Retraction Note: A drum that never was",
        url="https://doi.org/10.1038/s41567-020-00003-3",
        withdrawn=True,
        sources=("crossref",),
    )
    assert (correction.id, correction.announced_on) == ("doi:10.1038/s41567-026-00004-4", None)
    assert without_cursor(reading) == Reading(200)
    assert site.requests[0].query == {
        "filter": "from-created-date:2026-06-03,type:journal-article",
        "sort": "created",
        "order": "desc",
        "cursor": "*",
        "rows": "200",
        "mailto": "papers@example.org",
    }


@pytest.mark.parametrize(
    ("made", "announced"),
    [
        ("2026-06-09T23:59:59Z", None),
        ("2026-06-10T00:00:00Z", DAY),
        ("2026-06-12T17:00:00Z", TODAY),
        ("2026-06-13T00:00:00Z", None),
        ("soon", None),
        (None, None),
    ],
)
def test_an_article_is_news_on_the_day_its_doi_was_made(made: object, announced: date | None):
    assert read(created={"date-time": made}).announced_on == announced


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ({"published": [[2026, 6, 11]]}, date(2026, 6, 11)),
        ({"published": [[2026, 6]]}, date(2026, 6, 1)),
        ({"published": [[2026]]}, date(2026, 1, 1)),
        ({"published": [[2026]], "published_print": [[2026, 7]], "issued": [[2026, 8]]}, date(2026, 7, 1)),
        ({"published": [[2026, 13, 1]], "issued": [[2026]]}, date(2026, 1, 1)),
        ({"published": [[2026, None, 11]]}, date(2026, 1, 1)),
        ({"published": [[None]]}, None),
        ({"published": []}, None),
        ({"published": [[True, "6"]]}, None),
        ({"published": [5]}, None),
        ({"published": [[10**30, 1, 1]]}, None),
        ({}, None),
    ],
)
def test_the_most_exact_day_is_taken(dates: dict[str, object], day: date | None):
    assert read(**{name: {"date-parts": parts} for name, parts in dates.items()}).published_on == day


@pytest.mark.parametrize(
    ("text", "abstract"),
    [
        ("<jats:title>ABSTRACT</jats:title><jats:p>A.</jats:p>", "A."),
        ("<jats:sec><jats:title>Abstract:</jats:title> <jats:p>A.</jats:p></jats:sec>", "A."),
        ("<title>Abstract</title>A.", "A."),
        ("<jats:title>Background</jats:title><jats:p>A.</jats:p>", "Background A."),
        ("Abstract interpretation is a theory.", None),
        ("<jats:title>" * 500, None),
    ],
)
def test_the_heading_of_an_abstract_and_its_tags_go(text: str, abstract: str | None):
    assert read(abstract=text).abstract == (text if abstract is None else abstract)


@pytest.mark.parametrize(
    ("fields", "withdrawn"),
    [
        ({"updated_by": [{"type": "retraction", "DOI": "10.1234/n"}]}, True),
        ({"updated_by": [{"type": "Withdrawal"}]}, True),
        ({"updated_by": [{"type": "correction"}, None]}, False),
        ({"title": ["RETRACTED: Work"]}, True),
        ({"title": ["RETRACTED ARTICLE: Work"]}, True),
        ({"title": ["Retracted papers: a study of them"]}, False),
        ({"update_to": [{"type": "new_version", "DOI": "10.1234/old"}]}, False),
    ],
)
def test_a_retracted_article_is_withdrawn(fields: dict[str, object], withdrawn: bool):
    assert read(**fields).withdrawn is withdrawn


def test_a_notice_may_retract_several_papers():
    gone = [{"type": "retraction", "DOI": f"10.1234/g{n}"} for n in (1, 2, 1)]
    entries = entries_from_work(work(update_to=[*gone, {"type": "retraction", "DOI": "x"}]), 1, DAY, TODAY)
    assert [(entry.id, entry.withdrawn) for entry in entries[:2]] == [
        ("doi:10.1234/g1", True),
        ("doi:10.1234/g2", True),
    ]
    assert entries[2:] == [Skipped("10.1234/w1", "retracts what is no DOI: 'x'")]


def test_a_new_version_is_news_and_a_correction_is_not():
    made = {"date-time": "2026-06-12T00:00:00Z"}
    kinds = ("new_version", "new-edition", "erratum", "expression_of_concern")
    days = [read(created=made, update_to=[{"type": kind, "DOI": "10.1234/a"}]).announced_on for kind in kinds]
    assert days == [TODAY, TODAY, None, None]


def test_preprints_are_aliases():
    others = [
        {"id-type": "arxiv", "id": "2601.01234v2"},
        {"id-type": "doi", "id": "https://doi.org/10.1101/X"},
        {"id-type": "uri", "id": "https://example.org"},
        None,
    ]
    assert read(relation={"is-preprint-of": others, "cites": [{"id": "10.1234/c"}]}).aliases == (
        "arxiv:2601.01234",
        "doi:10.1101/x",
    )


def test_one_bad_work_is_skipped():
    bad = (None, {}, work(DOI="none"), work(title=[]), work(title=["\ud800\u202e"]))
    assert [entries_from_work(one, 7, DAY, TODAY) for one in bad] == [
        [Skipped("work 7", "no DOI: ''")],
        [Skipped("work 7", "no DOI: ''")],
        [Skipped("none", "no DOI: 'none'")],
        [Skipped("10.1234/w1", "no title")],
        [Skipped("10.1234/w1", "no title")],
    ]


@pytest.mark.parametrize(
    "wrong", [None, True, 5, "x", [None], [[]], [{"name": 5}], {"date-parts": {}}, {"x": 1}]
)
def test_fields_of_a_wrong_kind_are_as_good_as_absent(wrong: object):
    names = (
        "author published created subject is_referenced_by_count relation update_to updated_by issued".split()
    )
    paper = read(**dict.fromkeys(names, wrong))
    assert (paper.id, paper.authors, paper.labs, paper.aliases) == ("doi:10.1234/w1", (), (), ())
    assert (paper.published_on, paper.announced_on, paper.withdrawn) == (None, None, False)


def test_hostile_text_stays_text_in_one_line():
    assert read(title=["<!channel>\n\u202e" + "x" * 5000]).title == "<!channel> " + "x" * 5000


@pytest.mark.parametrize(
    ("doi", "address"),
    [
        ("https://doi.org/10.1234/A.b_c", "https://doi.org/10.1234/A.b_c"),
        ("10.1002/(SICI)1<1::AID>3.0.CO;2-1#", "https://doi.org/10.1002/(SICI)1%3C1::AID%3E3.0.CO;2-1%23"),
        ("x", ""),
        ("", ""),
    ],
)
def test_a_doi_leads_to_its_page(doi: str, address: str):
    assert doi_page(doi) == address


async def test_pages_are_read_until_a_short_one(site: Site, journal: Crossref):
    site.says(PATH, page(*full(0), next_cursor=MORE), page(work(500), next_cursor=MORE))
    entries, error = await taken(journal, DAY)
    assert [request.query["cursor"] for request in site.requests] == ["*", MORE]
    assert (len(entries), error, without_cursor(entries[-1])) == (203, None, Reading(200))


async def test_a_page_without_a_mark_is_the_last(site: Site, journal: Crossref):
    site.says(PATH, page(*full(0)))
    entries, _ = await taken(journal, DAY)
    assert (len(site.requests), without_cursor(entries[-1])) == (1, Reading(200))


@pytest.mark.parametrize(
    ("total", "note"), [(1000, ""), (1001, "more than 1000 articles, the rest is not read")]
)
async def test_five_pages_are_the_most(site: Site, journal: Crossref, total: int, note: str):
    site.says(PATH, page(*full(0), next_cursor=MORE, total_results=total))
    entries, _ = await taken(journal, DAY)
    assert len(site.requests) == 5
    assert without_cursor(entries[-1]) == Reading(200, note=note)


async def test_a_failed_page_keeps_those_before_it(site: Site, journal: Crossref):
    site.says(PATH, page(*full(0), next_cursor=MORE), Reply(b"", 500))
    entries, error = await taken(journal, DAY)
    assert (len(entries), str(error)) == (201, "crossref: HTTP 500, tried 4 times")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(b"Resource not found.", 404), f"knows no journal with the ISSN {ISSN}"),
        (
            Reply(b'{"status": "failed", "message": [{"type": "x", "message": "Bad filter."}]}', 400),
            "HTTP 400: Bad filter.",
        ),
        (Reply(b'{"message": "No"}', 400), "HTTP 400: No"),
        (Reply(b"\xff", 400), "HTTP 400"),
        (Reply(b"", 429, {"Retry-After": "300"}), "HTTP 429, asked us to wait 300 s"),
        (Reply(HTML), "a web page instead of an answer"),
        (Reply(sample("crossref.json")[:700]), "not JSON, or half of it"),
        (Reply(b'{"message": []}'), "no list of works in the answer"),
        (Reply(b'{"message": {"items": null}}'), "no list of works in the answer"),
    ],
)
async def test_what_is_no_answer_is_an_error(site: Site, journal: Crossref, reply: Reply, reason: str):
    site.says(PATH, reply)
    entries, error = await taken(journal, DAY)
    assert (entries, error.reason) == ([], reason)


async def test_only_an_address_of_mail_is_told_as_one(site: Site, door: Door, today: Callable[[], datetime]):
    site.says(PATH, page())
    for contact in ("", "https://example.org/@us"):
        await taken(Crossref(door, ISSN, clock=today, contact=contact, base_url=site.url), DAY)
    assert ["mailto" in request.query for request in site.requests] == [False, False]


async def test_an_issn_stays_in_its_place(site: Site, door: Door, today: Callable[[], datetime]):
    _, error = await taken(Crossref(door, "../x?y", clock=today, base_url=site.url), DAY)
    assert site.requests[0].path == "/journals/../x?y/works"
    assert error.reason == "knows no journal with the ISSN ../x?y"


async def test_check_says_what_the_journal_published(site: Site, journal: Crossref):
    site.says(
        PATH,
        page(work(container_title=["Nature Physics"]), total_results=42),
        page(total_results=0),
        page(work()),
        Reply(b"", 404),
    )
    assert await journal.check() == "42 articles of Nature Physics in the last 30 days"
    assert await journal.check() == f"0 articles of ISSN {ISSN} in the last 30 days"
    assert await journal.check() == f"1 articles of ISSN {ISSN} in the last 30 days"
    assert site.requests[0].query["rows"] == "1"
    with pytest.raises(SourceError, match="knows no journal"):
        await journal.check()


async def test_pages_keep_their_pace(site: Site, time: FakeTime, today: Callable[[], datetime]):
    door = Door(paces={"crossref": 0.5}, clock=time.clock, sleep=time.sleep)
    site.says(PATH, page(*full(0), next_cursor=MORE), page())
    await taken(Crossref(door, ISSN, clock=today, base_url=site.url), DAY)
    await door.close()
    assert time.naps == [0.5]


def test_the_area_is_the_issn(journal: Crossref):
    assert (journal.name, journal.area, journal.every) == ("crossref", ISSN, timedelta(hours=12))
