"""PubMed: a search, then the articles."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from bot.model import Link, Paper
from bot.ports import Reading, Skipped
from bot.sources.affiliations import institution_of, labs_of
from bot.sources.pubmed import PubMed
from bot.sources.pubmed_xml import papers_of
from bot.sources.web.http import Door
from bot.sources.web.xml import until_error
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
TODAY = date(2026, 6, 12)
SEARCH = "/entrez/eutils/esearch.fcgi"
FETCH = "/entrez/eutils/efetch.fcgi"
ENTERED = (
    "<PubmedData><History><PubMedPubDate PubStatus='entrez'><Year>2026</Year><Month>6</Month><Day>11</Day>"
    "</PubMedPubDate></History></PubmedData>"
)


@pytest.fixture
def pubmed(site: Site, door: Door, today: Callable[[], datetime]) -> PubMed:
    return PubMed(door, "amyloid[tiab]", clock=today, base_url=site.url)


def found(*ids: object, count: object = None, **more: object) -> bytes:
    """An answer of `esearch`."""
    result = {"count": str(len(ids)) if count is None else count, "idlist": list(ids), **more}
    return json.dumps({"header": {"type": "esearch"}, "esearchresult": result}).encode()


def article(number: int = 1, inside: str = "", title: str = "A paper.", entered: str = ENTERED) -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article><ArticleTitle>{title}</ArticleTitle>"
        f"{inside}</Article></MedlineCitation>{entered}</PubmedArticle>"
    )


def articles(*entries: str, head: str = "", end: str = "</PubmedArticleSet>") -> bytes:
    return f"<?xml version='1.0'?>{head}<PubmedArticleSet>{''.join(entries)}{end}".encode()


def read(*entries: str) -> list[Paper | Skipped]:
    return list(papers_of(articles(*entries), TODAY))


async def test_articles_give_what_the_xml_says(site: Site, pubmed: PubMed):
    site.says(SEARCH, found("90000001", "90000002", "90000003"))
    site.says(FETCH, sample("pubmed.xml"))
    entries, error = await taken(pubmed, SINCE)
    assert error is None
    assert entries[1] == Paper(
        id="doi:10.1000/nml.2026.1",
        title="Early ⁹⁹ᵐTc imaging of TTR hearts: CO₂ and p < 0.05",
        title_as_given="Early <sup>99m</sup>Tc imaging of TTR hearts: CO<sub>2</sub> and p < 0.05",
        abstract=(
            "BACKGROUND: An early picture would spare a patient two hours. It shows as much, at SUV_max < 3."
        ),
        abstract_as_given=(
            "BACKGROUND: An early picture would spare a patient two hours. "
            "It shows as much, at SUV<sub>max</sub> < 3."
        ),
        authors=("Anna M Keller", "K Ito Jr", "TTR Study Group"),
        keywords=("amyloidosis", "SPECT"),
        url="https://pubmed.ncbi.nlm.nih.gov/90000001/",
        links=(Link("full text", "https://pmc.ncbi.nlm.nih.gov/articles/PMC9900001/"),),
        published_on=date(2026, 6, 10),
        announced_on=date(2026, 6, 11),
        aliases=("pmc:PMC9900001", "pubmed:90000001"),
        sources=("pubmed",),
        labs=("University Hospital Essen", "West German Heart Center"),
        venue="Nuclear medicine letters",
    )
    assert entries[0] == Reading(200)
    assert list(map(without_cursor, entries[3:])) == [
        Skipped("PMID 90000003", "a part of a book, not an article"),
        Reading(200, batch=date(2026, 6, 12)),
    ]


def test_a_retracted_article_without_a_doi():
    paper = only_papers(list(papers_of(sample("pubmed.xml"), TODAY)))[1]
    assert (paper.id, paper.aliases, paper.withdrawn) == ("pubmed:90000002", (), True)
    assert (paper.title, paper.venue) == ("A case of retraction", "Ann Nowhere")
    assert (paper.published_on, paper.announced_on) == (date(2025, 6, 1), date(2026, 6, 12))


async def test_what_it_asks(site: Site, door: Door, today: Callable[[], datetime]):
    source = PubMed(
        door, "a OR b", clock=today, key="k3y", contact="papers@example.org", base_url=site.url + "/"
    )
    site.says(SEARCH, found("1", "2"))
    site.says(FETCH, articles(article(1), article(2)))
    await taken(source, SINCE)
    about_us = {"db": "pubmed", "tool": "paperboy", "email": "papers@example.org", "api_key": "k3y"}
    dates = {"datetype": "edat", "mindate": "2026/06/03", "maxdate": "2026/06/12"}
    assert [request.query for request in site.requests] == [
        {"term": "a OR b", "retmode": "json", "retmax": "2000", **dates, **about_us},
        {"id": "1,2", "retmode": "xml", **about_us},
    ]
    assert (source.name, source.area, source.every) == ("pubmed", "a OR b", timedelta(hours=6))


async def test_articles_are_fetched_in_batches(site: Site, pubmed: PubMed):
    site.says(SEARCH, found(*map(str, range(1, 402))))
    pages = [range(1, 201), range(201, 401), range(401, 402)]
    site.says(FETCH, *(articles(*map(article, page)) for page in pages))
    entries, error = await taken(pubmed, SINCE)
    assert ([paper.id for paper in only_papers(entries)], error) == (
        [f"pubmed:{n}" for n in range(1, 402)],
        None,
    )
    assert [len(r.query["id"].split(",")) for r in site.requests[1:]] == [200, 200, 1]
    assert len(only_readings(entries)) == 4


async def test_an_article_that_was_asked_for_and_did_not_come_is_told(site: Site, pubmed: PubMed):
    site.says(SEARCH, found("1", "2", "3"))
    site.says(FETCH, articles(article(3), article(1)))
    entries, _ = await taken(pubmed, SINCE)
    assert only_skipped(entries) == [Skipped("PMID 2", "found, but not sent")]


async def test_more_than_is_read_is_told(site: Site, pubmed: PubMed):
    site.says(SEARCH, found("1", count="42111"))
    site.says(FETCH, articles(article(1)))
    notes = {reading.note for reading in only_readings((await taken(pubmed, SINCE))[0])}
    assert notes == {"only 1 of 42111 papers were read; a narrower search would miss none"}


async def test_how_far_back_it_asks_is_limited_and_told(site: Site, pubmed: PubMed):
    site.says(SEARCH, found())
    entries, _ = await taken(pubmed, date(2020, 1, 1))
    assert site.requests[0].query["mindate"] == "2026/05/06"
    assert list(map(without_cursor, entries)) == [
        Reading(200, note="nothing before 6 May 2026 was asked for")
    ]


async def test_what_pubmed_did_not_understand_is_told(site: Site, pubmed: PubMed):
    site.says(
        SEARCH,
        found(
            errorlist={"phrasesnotfound": ["xyzzy"], "fieldsnotfound": ["nofield"]},
            warninglist={
                "phrasesignored": ["and"],
                "quotedphrasesnotfound": ['"a b"'],
                "outputmessages": ["No items found.", "Unknown sort schema 'date' ignored"],
            },
        ),
    )
    entries, error = await taken(pubmed, SINCE)
    assert error is None
    said = (
        "searched without what it does not know: xyzzy, nofield, \"a b\"; Unknown sort schema 'date' ignored"
    )
    assert list(map(without_cursor, entries)) == [Reading(200, note=said)]


async def test_nothing_found_is_no_error(site: Site, pubmed: PubMed):
    site.says(SEARCH, found(warninglist={"outputmessages": ["No items found."]}))
    entries, error = await taken(pubmed, SINCE)
    assert (list(map(without_cursor, entries)), error) == ([Reading(200)], None)
    assert await taken(pubmed, date(2026, 7, 1)) == ([], None)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (found(ERROR="Search Backend failed:\n no base"), "refused the search: Search Backend failed: no base"),
        (b'{"error":"API key invalid","api-key":"k3y"}', "refused the search: API key invalid"),
        (b'{"error":"key k3y unknown"}', "refused the search: key … unknown"),
        (b"{}", "no result of a search in the answer"),
        (b'{"esearchresult": []}', "no result of a search in the answer"),
        (found(count=None).replace(b'"0"', b'"-5"'), "no result of a search in the answer"),
        (found(count="7"), "7 found, but no ids in the answer"),
        (found(count="7", idlist="x"), "7 found, but no ids in the answer"),
        (b'{"esearchresult": {"count": "1", "idl', "not JSON, or half of it"),
        (HTML, "a web page instead of an answer"),
    ],
)  # fmt: skip
async def test_a_search_that_failed_is_an_error(
    site: Site, door: Door, today: Callable[[], datetime], reply: bytes, reason: str
):
    site.says(SEARCH, reply)
    source = PubMed(door, "x", clock=today, key="k3y", base_url=site.url)
    entries, error = await taken(source, SINCE)
    assert (entries, error and error.reason) == ([], reason)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(HTML), "a web page instead of articles"),
        (Reply(b"<eFetchResult><ERROR>Bad key k3y</ERROR></eFetchResult>"), "refused the request: Bad key …"),
        (Reply(b"<rss version='2.0'></rss>"), "not a set of articles: the document is <rss>"),
        (Reply(b"Service unavailable"), "not well-formed XML (syntax error: line 1, column 0)"),
        (Reply(b""), "half a document (no element found: line 1, column 0)"),
        (Reply(b"", 500), "HTTP 500, tried 4 times"),
    ],
)
async def test_articles_that_do_not_come_are_an_error(
    site: Site, door: Door, today: Callable[[], datetime], reply: Reply, reason: str
):
    site.says(SEARCH, found("1"))
    site.says(FETCH, reply)
    entries, error = await taken(PubMed(door, "x", clock=today, key="k3y", base_url=site.url), SINCE)
    assert (only_papers(entries), error and error.reason) == ([], reason)


async def test_whole_articles_of_half_a_document_come(site: Site, pubmed: PubMed):
    site.says(SEARCH, found("1", "2"))
    site.says(FETCH, articles(article(1), article(2)[:60], end=""))
    entries, error = await taken(pubmed, SINCE)
    assert [paper.id for paper in only_papers(entries)] == ["pubmed:1"]
    assert error is not None and error.reason.startswith("half a document")
    assert only_skipped(entries) == []


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (
            "<!DOCTYPE PubmedArticleSet [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>",
            "a document type with declarations of its own",
        ),
        (
            "<!DOCTYPE PubmedArticleSet [<!ATTLIST PubmedArticle x CDATA 'aaaa'>]>",
            "a document type with declarations of its own",
        ),
        (
            "<!DOCTYPE PubmedArticleSet SYSTEM 'file:///etc/passwd' [<!ENTITY % x SYSTEM 'file:///etc/hosts'>]>",
            "a document type with declarations of its own",
        ),
    ],
)
def test_a_document_type_may_be_named_and_may_declare_nothing(head: str, reason: str):
    named = "<!DOCTYPE PubmedArticleSet SYSTEM 'http://127.0.0.1:1/x.dtd'>"
    assert len(list(papers_of(articles(article(1), head=named), TODAY))) == 1
    entries, error = until_error(papers_of(articles(article(1), head=head), TODAY))
    assert (entries, error and error.reason) == ([], reason)


def test_depth_is_limited():
    entries, error = until_error(papers_of(articles(article(1), article(2, "<a>" * 5000)), TODAY))
    assert (len(entries), error and error.reason) == (1, "elements nested too deeply")


def test_an_article_of_many_elements_is_read():
    (paper,) = read(
        article(1, "<Abstract><AbstractText>" + "<i>x</i>" * 200_000 + "</AbstractText></Abstract>")
    )
    assert isinstance(paper, Paper) and len(paper.abstract) == 200_000


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("<PubmedArticle/>", "no article in it"),
        ("<PubmedArticle><MedlineCitation/></PubmedArticle>", "no article in it"),
        (article(5, entered=""), "entered on no day"),
        (article(5, entered=ENTERED.replace("2026", "9999")), "entered on 9999-06-11"),
        (article(5, entered=ENTERED.replace("entrez", "received")), "entered on no day"),
        (article(5, title=""), "no title"),
        (article(5, title="<i> </i>."), "no title"),
        (article(5).replace("<PMID>5</PMID>", "<PMID>x</PMID>"), "no DOI and no PubMed id"),
    ],
)
def test_one_bad_article_among_good_ones_is_skipped(bad: str, why: str):
    first, second, third = read(article(1), bad, article(3))
    assert [getattr(e, "id", None) for e in (first, third)] == ["pubmed:1", "pubmed:3"]
    assert isinstance(second, Skipped) and second.why == why


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("<Year>2025</Year>", date(2025, 1, 1)),
        ("<Year>2025</Year><Month>Jun</Month>", date(2025, 6, 1)),
        ("<Year>2025</Year><Month>06</Month><Day>9</Day>", date(2025, 6, 9)),
        ("<Year>2025</Year><Season>Autumn</Season>", date(2025, 10, 1)),
        ("<MedlineDate>2025 Jun-Jul</MedlineDate>", date(2025, 6, 1)),
        ("<MedlineDate>2025 Dec 28-2026 Jan 3</MedlineDate>", date(2025, 12, 28)),
        ("<MedlineDate>2025-2026</MedlineDate>", date(2025, 1, 1)),
        ("<MedlineDate>Winter 2025-2026</MedlineDate>", date(2025, 1, 1)),
        ("<MedlineDate>2025 Summer</MedlineDate>", date(2025, 7, 1)),
        ("<MedlineDate>2025 1st Quart</MedlineDate>", date(2025, 1, 1)),
        ("<MedlineDate>soon</MedlineDate>", None),
        ("<Year>2025</Year><Month>Feb</Month><Day>30</Day>", None),
        ("<Year>0000</Year>", None),
        ("<Year>2025</Year><Month>99</Month>", date(2025, 1, 1)),
        ("", None),
    ],
)
def test_dates_of_every_form(given: str, day: date | None):
    (paper,) = read(article(1, f"<Journal><JournalIssue><PubDate>{given}</PubDate></JournalIssue></Journal>"))
    assert isinstance(paper, Paper) and paper.published_on == day


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("A paper.", "A paper"),
        ("What now?", "What now?"),
        ("And so on...", "And so on..."),
        ("[From the Danish].", "From the Danish"),
        ("H<sub>2</sub>O <sup/>&lt;!channel&gt; <i>a<b>b</b>c</i>d", "H₂O <!channel> abcd"),
    ],
)
def test_titles(given: str, title: str):
    (paper,) = read(article(1, title=given))
    assert isinstance(paper, Paper) and paper.title == title


def test_a_title_that_is_not_available_is_the_vernacular_one():
    vernacular = "<VernacularTitle>Ein Fall.</VernacularTitle>"
    (paper,) = read(article(1, vernacular, title="[Not Available]."))
    assert isinstance(paper, Paper) and paper.title == "Ein Fall"


def test_a_doi_in_the_article_itself_counts_unless_it_is_wrong():
    right = '<ELocationID EIdType="doi" ValidYN="Y">10.1000/right</ELocationID>'
    wrong = '<ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>'
    (paper,) = read(article(1, wrong + right))
    assert isinstance(paper, Paper) and (paper.id, paper.aliases) == ("doi:10.1000/right", ("pubmed:1",))


def test_an_arxiv_doi_is_the_arxiv_id():
    (paper,) = read(
        article(1, '<ELocationID EIdType="doi" ValidYN="Y">10.48550/arXiv.2401.00001</ELocationID>')
    )
    assert isinstance(paper, Paper) and (paper.id, paper.aliases) == ("arxiv:2401.00001", ("pubmed:1",))


@pytest.mark.parametrize(
    ("address", "lab"),
    [
        ("Department of Cardiology, University Hospital Essen, Hufelandstr. 55, Germany.", "University Hospital Essen"),
        ("1Department of X, Goethe University, Frankfurt. Electronic address: a@b.de.", "Goethe University"),
        ("Max Planck Institute for Brain Research, Frankfurt", "Max Planck Institute for Brain Research"),
        ("Department of AI, Acme Pharma Inc., Boston, MA", "Acme Pharma Inc"),
        ("Division of Things, Bell Labs, Murray Hill", "Bell Labs"),
        ("Centre for Stars, Department of Physics, University of Oslo, Norway", "University of Oslo"),
        ("Bell Labs. Electronic address: a@example.org.", "Bell Labs"),
        ("Department of Nothing", ""),
        ("", ""),
        ("x" * 5000 + " University", ""),
    ],
)  # fmt: skip
def test_the_institution_in_an_address(address: str, lab: str):
    assert institution_of(address) == lab


def test_five_institutions_at_most_each_once():
    addresses = [f"University {n}, Town; UNIVERSITY {n}, Town" for n in range(9)]
    assert labs_of(addresses) == tuple(f"University {n}" for n in range(5))
    assert labs_of(["University A; Hospital B"]) == ("University A", "Hospital B")


@pytest.mark.parametrize("value", HOSTILE)
async def test_a_search_result_of_a_wrong_kind_raises_nothing_else(site: Site, pubmed: PubMed, value: object):
    site.says(FETCH, articles(article(1)))
    for key in ("count", "idlist", "errorlist", "warninglist", "ERROR"):
        site.says(SEARCH, found("1", **{"count": "1", key: value}))
        entries, error = await taken(pubmed, SINCE)
        assert entries or error


async def test_requests_keep_their_pace(site: Site, time: FakeTime, today: Callable[[], datetime]):
    door = Door(clock=time.clock, sleep=time.sleep, paces={"pubmed": 0.5})
    site.says(SEARCH, found("1"))
    site.says(FETCH, articles(article(1)))
    await taken(PubMed(door, "x", clock=today, base_url=site.url), SINCE)
    await door.close()
    assert time.naps == [0.5]


async def test_check_says_how_many_there_are(site: Site, pubmed: PubMed):
    site.says(SEARCH, found(count="17"), found(errorlist={"phrasesnotfound": ["xyzzy"]}), Reply(b"", 404))
    assert await pubmed.check() == "17 papers since 11 June 2026"
    assert (
        await pubmed.check() == "0 papers since 11 June 2026; searched without what it does not know: xyzzy"
    )
    assert await refusal(pubmed) == "pubmed: HTTP 404"
    assert site.requests[0].query["retmax"] == "0"
    assert "email" not in site.requests[0].query and "api_key" not in site.requests[0].query
