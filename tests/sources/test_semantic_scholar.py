"""Semantic Scholar: records, searches, details of known papers, and recommendations for a channel."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from bot.errors import SourceError
from bot.model import Channel, Link, Paper, PaperId
from bot.ports import Reading, Skipped
from bot.sources.first_seen import mark_of
from bot.sources.semantic_scholar.details import SemanticScholarDetails
from bot.sources.semantic_scholar.picks import SemanticScholarPicks, Taste
from bot.sources.semantic_scholar.records import name_of, paper_from_record
from bot.sources.semantic_scholar.search import SemanticScholarFinder, SemanticScholarSearch
from bot.sources.web.http import Door
from tests.sources.site import (
    HTML,
    FakeTime,
    Reply,
    Site,
    only_papers,
    only_readings,
    sample,
    taken,
    without_cursor,
)

BULK = "/graph/v1/paper/search/bulk"
SEARCH = "/graph/v1/paper/search"
BATCH = "/graph/v1/paper/batch"
PICKS = "/recommendations/v1/papers/"
KEY = "s2k-very-secret"
DAY = date(2026, 6, 10)
CHANNEL, OTHER = Channel("slack", "T1", "C1"), Channel("discord", "G1", "C2")
SHA = "4" * 40
BUSY = json.dumps({"message": "Too Many Requests.", "code": "429"}).encode()
NONE_VALID = Reply(json.dumps({"error": "No valid paper ids given"}).encode(), 400)

Clock = Callable[[], datetime]


def said(value: object) -> bytes:
    return json.dumps(value).encode()


def record(**fields: object) -> dict[str, object]:
    """One record, with other fields."""
    return {"paperId": SHA, "externalIds": {"ArXiv": "2606.00001"}, "title": "A paper", **fields}


def picked(*records: object) -> bytes:
    return said({"recommendedPapers": list(records)})


def search(site: Site, door: Door, today: Clock, key: str = "") -> SemanticScholarSearch:
    return SemanticScholarSearch(door, "speculative decoding", clock=today, key=key, base_url=site.url)


def details(site: Site, door: Door, *wanted: str, key: str = "") -> SemanticScholarDetails:
    return SemanticScholarDetails(door, lambda: [PaperId(one) for one in wanted], key=key, base_url=site.url)


def picks(site: Site, door: Door, today: Clock, *tastes: Taste) -> SemanticScholarPicks:
    return SemanticScholarPicks(door, lambda: tastes, clock=today, base_url=site.url)


def taste(channel: Channel, *liked: str, disliked: tuple[str, ...] = ()) -> Taste:
    return Taste(channel, tuple(map(PaperId, liked)), tuple(map(PaperId, disliked)))


# Records


def test_a_record_gives_a_paper_under_its_arxiv_id():
    assert paper_from_record(json.loads(sample("semantic-scholar.json"))["data"][0]) == Paper(
        id="arxiv:1706.03762",
        title="Attention is All you Need",
        abstract="Attention alone, without recurrence, is enough to translate well.",
        summary="A translator made of attention only.",
        authors=("Ashish Vaswani", "Noam M. Shazeer"),
        keywords=("Computer Science", "Linguistics"),
        url="https://arxiv.org/abs/1706.03762",
        links=(
            Link("PDF", "https://arxiv.org/pdf/1706.03762"),
            Link(
                "Semantic Scholar",
                "https://www.semanticscholar.org/paper/204e3073870fae3d05bcbc2f6a8e263d9b72e776",
            ),
        ),
        published_on=date(2017, 6, 12),
        aliases=("s2:204e3073870fae3d05bcbc2f6a8e263d9b72e776", "s2corpus:13756489"),
        sources=("semantic-scholar",),
        venue="Neural Information Processing Systems",
        citations=130000,
    )


def test_a_record_outside_arxiv_has_its_doi_or_its_own_id():
    one, other = map(paper_from_record, json.loads(sample("semantic-scholar.json"))["data"][1:3])
    assert (one.id, one.url) == (
        "doi:10.1038/s41586-021-03819-2",
        "https://doi.org/10.1038/S41586-021-03819-2",
    )
    assert one.aliases == (f"s2:{'1' * 40}", "s2corpus:235959867", "pubmed:34265844")
    assert [link.label for link in one.links] == ["PDF", "Semantic Scholar"]
    assert (one.citations, one.abstract, one.summary) == (0, "", "")
    assert (other.id, other.url) == (f"s2:{'2' * 40}", f"https://www.semanticscholar.org/paper/{'2' * 40}")
    assert (other.published_on, other.venue, other.citations) == (None, "", None)


@pytest.mark.parametrize(
    ("outside", "ids"),
    [
        ({"DOI": "10.48550/arXiv.2401.01234"}, ["arxiv:2401.01234", f"s2:{SHA}"]),
        ({"ArXiv": "2401.01234v3", "DOI": "10.48550/arXiv.2401.99999"}, ["arxiv:2401.01234", f"s2:{SHA}"]),
        ({"DOI": "none", "CorpusId": "7", "PubMed": 5}, [f"s2:{SHA}", "s2corpus:7", "pubmed:5"]),
        ({"CorpusId": -1, "PubMed": "5a"}, [f"s2:{SHA}"]),
        (None, [f"s2:{SHA}"]),
    ],
)
def test_ids_are_kept_as_aliases_the_best_one_first(outside: object, ids: list[str]):
    paper = paper_from_record(record(externalIds=outside))
    assert [paper.id, *paper.aliases] == ids


def test_being_on_arxiv_is_no_venue():
    assert paper_from_record(record(venue="arXiv.org")).venue == ""
    assert paper_from_record(record(venue="arXiv.org", journal={"name": "JMLR"})).venue == "JMLR"


@pytest.mark.parametrize("wrong", [None, 5, "words", [None, 5, {"name": 5}], {"url": "javascript:x"}, True])
def test_fields_of_a_wrong_kind_are_as_good_as_absent(wrong: object):
    names = (
        "corpusId url abstract venue publicationVenue journal publicationDate authors citationCount "
        "openAccessPdf fieldsOfStudy s2FieldsOfStudy tldr"
    ).split()
    paper = paper_from_record(record(**dict.fromkeys(names, wrong)))
    assert (paper.id, paper.title, paper.published_on, paper.summary) == (
        "arxiv:2606.00001",
        "A paper",
        None,
        "",
    )


@pytest.mark.parametrize(
    ("paper", "name"),
    [
        ("arxiv:hep-th/9901001", "ARXIV:hep-th/9901001"),
        ("doi:10.1/x", ""),
        ("doi:10.1234/x", "DOI:10.1234/x"),
        ("pubmed:1", "PMID:1"),
        (f"s2:{SHA}", SHA),
        ("s2:../x", ""),
        ("s2corpus:7", "CorpusId:7"),
        ("title:1f", ""),
        ("arxiv:", ""),
        ("doi:0123456789abcdef01234567", ""),
    ],
)
def test_papers_are_asked_for_by_its_names(paper: str, name: str):
    assert name_of(PaperId(paper)) == name


# A standing search


async def test_a_search_announces_what_was_published_since(site: Site, door: Door, today: Clock):
    site.says(BULK, sample("semantic-scholar.json"))
    (old, new, undated, skipped, reading), error = await taken(search(site, door, today), DAY)
    assert error is None
    assert [paper.announced_on for paper in (old, new, undated)] == [None, date(2026, 6, 11), None]
    assert (skipped, without_cursor(reading)) == (Skipped("3" * 40, "no title"), Reading(200))
    query = site.requests[0].query
    assert (query["query"], query["publicationDateOrYear"]) == ("speculative decoding", "2026-05-13:")
    assert "tldr" not in query["fields"] and "x-api-key" not in site.requests[0].headers


async def test_a_day_to_come_is_not_announced(site: Site, door: Door, today: Clock):
    days = ("2026-06-12", "2026-06-13")
    site.says(BULK, said({"total": 2, "data": [record(publicationDate=day) for day in days]}))
    entries, _ = await taken(search(site, door, today), DAY)
    assert [paper.announced_on for paper in entries[:2]] == [date(2026, 6, 12), None]


async def test_a_search_goes_on_for_three_pages_and_says_what_it_left(site: Site, door: Door, today: Clock):
    site.says(BULK, said({"total": 9999, "token": "more", "data": [record()]}))
    entries, _ = await taken(search(site, door, today), DAY)
    assert [request.query.get("token") for request in site.requests] == [None, "more", "more"]
    readings = only_readings(entries)
    assert [reading.note for reading in readings] == ["", "", "more than 3 pages match, the rest is not read"]


async def test_a_search_ends_with_its_last_page(site: Site, door: Door, today: Clock):
    site.says(BULK, said({"token": "t1", "data": [record()]}), said({"token": None, "data": [record()]}))
    entries, error = await taken(search(site, door, today), DAY)
    assert (len(entries), error, len(site.requests)) == (4, None, 2)
    assert without_cursor(entries[-1]) == Reading(200)


async def test_a_search_without_a_match_is_no_failure(site: Site, door: Door, today: Clock):
    site.says(BULK, said({"total": 0, "offset": 0}))
    entries, error = await taken(search(site, door, today), DAY)
    assert (list(map(without_cursor, entries)), error) == ([Reading(200)], None)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(BUSY, 429), "HTTP 429, tried 4 times"),
        (Reply(BUSY), "too many requests (it answers: 429)"),
        (Reply(b"", 500), "HTTP 500, tried 4 times"),
        (Reply(b'{"message": "Forbidden"}', 403), "our key is refused (HTTP 403)"),
        (Reply(b'{"error": "bad <b>field</b>"}', 400), "HTTP 400: bad <b>field</b>"),
        (Reply(b"nonsense", 400), "HTTP 400"),
        (Reply(HTML), "a web page instead of an answer"),
        (Reply(sample("semantic-scholar.json")[:900]), "not JSON, or half of it"),
        (Reply(b"[" * 100_000), "not JSON, or half of it"),
        (Reply(b'{"total": 5}'), "no list of papers in the answer"),
        (Reply(b"null"), "no list of papers in the answer"),
    ],
)
async def test_what_is_no_answer_is_an_error_without_the_key(
    site: Site, door: Door, today: Clock, reply: Reply, reason: str
):
    site.says(BULK, reply)
    entries, error = await taken(search(site, door, today, KEY), DAY)
    assert (entries, error.reason) == ([], reason)
    assert site.requests[0].headers["x-api-key"] == KEY
    assert KEY not in repr(error) and KEY not in repr(search(site, door, today, KEY))


async def test_without_a_key_a_refusal_asks_for_one(site: Site, door: Door, today: Clock):
    site.says(BULK, Reply(b"{}", 401))
    _, error = await taken(search(site, door, today), DAY)
    assert error.reason == "it asks for a key (HTTP 401)"


async def test_bad_records_cost_no_more_than_themselves(site: Site, door: Door, today: Clock):
    bad = [None, 5, [], {}, record(paperId="x", externalIds={"CorpusId": 5}), record(title="\ud800\u202e")]
    site.says(BULK, said({"data": [*bad, record(title="<!channel>\n\u202eT" + "x" * 5000)]}))
    entries, error = await taken(search(site, door, today), DAY)
    whys = [(entry.what, entry.why) for entry in entries[:6]]
    assert whys[:5] == [(f"entry {n}", "no usable id") for n in range(1, 5)] + [("x", "no usable id")]
    assert (whys[5], error) == ((SHA, "no title"), None)
    assert entries[6].title.startswith("<!channel> Txxx")


async def test_requests_keep_the_pace_of_the_whole_source(site: Site, time: FakeTime, today: Clock):
    door = Door(paces={"semantic-scholar": 3.0}, clock=time.clock, sleep=time.sleep, jitter=lambda: 0.5)
    site.says(BULK, said({"token": "t", "data": []}))
    site.says(BATCH, NONE_VALID)
    await taken(search(site, door, today), DAY)
    await taken(details(site, door, "arxiv:2606.00001"), DAY)
    await door.close()
    assert time.naps == [3.0, 3.0, 3.0]


async def test_check_says_how_many_match(site: Site, door: Door, today: Clock):
    site.says(BULK, sample("semantic-scholar.json"), Reply(b"", 404))
    assert await search(site, door, today).check() == "4 papers since 13 May 2026 for 'speculative decoding'"
    with pytest.raises(SourceError, match="semantic-scholar: HTTP 404"):
        await search(site, door, today).check()


def test_areas_names_and_rhythms(site: Site, door: Door, today: Clock):
    parts = [search(site, door, today), details(site, door), picks(site, door, today)]
    assert {part.name for part in parts} == {"semantic-scholar"}
    assert [part.area for part in parts] == ["speculative decoding", "details", "recommendations"]
    assert [part.every for part in parts] == [timedelta(hours=hours) for hours in (12, 12, 24)]


# Details of known papers


async def test_details_come_under_the_id_asked_for_and_are_no_news(site: Site, door: Door):
    answers = [
        record(tldr={"text": "In short."}, citationCount=3, publicationDate="2026-06-12"),
        None,
        record(externalIds={"DOI": "10.1038/x", "PubMed": "9"}, venue="Nature"),
    ]
    site.says(BATCH, said(answers))
    asked = ("arxiv:2606.00001", "title:1f", "doi:10.1101/y", "pubmed:9", "pubmed:9")
    (one, other, reading), error = await taken(details(site, door, *asked, key=KEY), DAY)
    assert error is None
    assert (one.id, one.summary, one.citations, one.announced_on) == (
        "arxiv:2606.00001",
        "In short.",
        3,
        None,
    )
    assert (other.id, other.venue) == ("pubmed:9", "Nature")
    assert other.aliases == ("doi:10.1038/x", f"s2:{SHA}")
    assert one.sources == other.sources == ()
    assert reading == Reading(200, note="1 of 3 papers are unknown to it")
    seen = site.requests[0]
    assert json.loads(seen.body) == {"ids": ["ARXIV:2606.00001", "DOI:10.1101/y", "PMID:9"]}
    assert "tldr" in seen.query["fields"] and seen.headers["x-api-key"] == KEY


async def test_a_thousand_papers_are_asked_for_in_two_batches(site: Site, door: Door):
    wanted = [f"arxiv:2606.{n:05}" for n in range(501)]
    site.says(BATCH, said([None] * 500), said([record(externalIds={"ArXiv": "2606.00500"})]))
    entries, error = await taken(details(site, door, *wanted), DAY)
    assert [len(json.loads(request.body)["ids"]) for request in site.requests] == [500, 1]
    assert [type(entry) for entry in entries] == [Reading, Paper, Reading]
    assert (entries[1].id, error) == ("arxiv:2606.00500", None)


async def test_where_nothing_is_wanted_nothing_is_asked(site: Site, door: Door):
    entries, error = await taken(details(site, door, "title:1f"), DAY)
    assert (entries, error, site.requests) == ([Reading(note="no paper to ask about")], None, [])


async def test_a_batch_of_unknown_papers_is_no_failure(site: Site, door: Door):
    site.says(BATCH, NONE_VALID)
    entries, error = await taken(details(site, door, "arxiv:2606.00001"), DAY)
    assert (entries, error) == ([Reading(400, note="1 of 1 papers are unknown to it")], None)


async def test_an_answer_about_another_paper_is_skipped(site: Site, door: Door):
    site.says(BATCH, said([record(), record(title=None)]))
    entries, _ = await taken(details(site, door, "arxiv:2606.00009", "doi:10.1234/x"), DAY)
    assert entries[:2] == [
        Skipped("arxiv:2606.00009", "answered with another paper, arxiv:2606.00001"),
        Skipped("doi:10.1234/x", "no title"),
    ]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(said([record(), record()])), "not one record for each paper asked for"),
        (Reply(b"{}"), "not one record for each paper asked for"),
        (Reply(b'{"error": "Unrecognized field"}', 400), "HTTP 400: Unrecognized field"),
        (Reply(BUSY, 429), "HTTP 429, tried 4 times"),
    ],
)
async def test_details_that_do_not_fit_are_an_error(site: Site, door: Door, reply: Reply, reason: str):
    site.says(BATCH, reply)
    entries, error = await taken(details(site, door, "arxiv:2606.00001"), DAY)
    assert (entries, error.reason) == ([], reason)


async def test_details_check_asks_for_one_paper(site: Site, door: Door):
    site.says(SEARCH, said({"total": 1, "data": [record()]}), said({"total": 1, "data": []}), Reply(b"", 400))
    assert await details(site, door, key=KEY).check() == "answers; we have a key"
    assert await details(site, door).check() == "answers; without a key it is often too busy"
    with pytest.raises(SourceError, match="HTTP 400"):
        await details(site, door).check()


# Recommendations


async def test_picks_are_private_to_their_channel_and_without_the_seeds(site: Site, door: Door, today: Clock):
    seed = record(externalIds={"ArXiv": "2606.00002", "DOI": "10.1234/seed"})
    site.says(PICKS, picked(seed, record(publicationDate="2026-05-29")), picked(record()))
    tastes = [
        taste(CHANNEL, "doi:10.1234/seed", "title:1f", disliked=("arxiv:2606.00003",)),
        taste(OTHER, "arxiv:2606.00004"),
        taste(OTHER),
    ]
    (one, _, other, reading), error = await taken(picks(site, door, today, *tastes), DAY)
    assert error is None and without_cursor(reading) == Reading(200, note="2 of 2 channels asked for")
    assert (one.sources, one.announced_on) == (("semantic-scholar:slack:T1/C1",), date(2026, 6, 12))
    assert (other.sources, other.announced_on) == (("semantic-scholar:discord:G1/C2",), None)
    assert [json.loads(request.body) for request in site.requests] == [
        {"positivePaperIds": ["DOI:10.1234/seed"], "negativePaperIds": ["ARXIV:2606.00003"]},
        {"positivePaperIds": ["ARXIV:2606.00004"], "negativePaperIds": []},
    ]
    assert site.requests[0].query["limit"] == "100"


@pytest.mark.parametrize(
    ("day", "announced"),
    [
        ("2026-05-28", None),
        ("2026-05-29", date(2026, 6, 12)),
        ("2026-06-12", date(2026, 6, 12)),
        ("2026-06-13", None),
    ],
)
async def test_a_pick_is_news_for_fourteen_days(
    site: Site, door: Door, today: Clock, day: str, announced: date | None
):
    site.says(PICKS, picked(record(publicationDate=day)))
    entries, _ = await taken(picks(site, door, today, taste(CHANNEL, "pubmed:1")), DAY)
    assert entries[0].announced_on == announced


async def test_a_hundred_newest_papers_are_asked_with(site: Site, door: Door, today: Clock):
    site.says(PICKS, picked())
    many = [f"arxiv:2606.{n:05}" for n in range(150)]
    await taken(picks(site, door, today, taste(CHANNEL, *many, disliked=tuple(many))), DAY)
    body = json.loads(site.requests[0].body)
    for names in (body["positivePaperIds"], body["negativePaperIds"]):
        assert (len(names), names[0], names[-1]) == (100, "ARXIV:2606.00050", "ARXIV:2606.00149")


@pytest.mark.parametrize("status", [400, 404])
async def test_a_channel_with_unknown_papers_does_not_stop_the_next(
    site: Site, door: Door, today: Clock, status: int
):
    refused = Reply(b'{"error": "Input papers not found"}', status)
    site.says(PICKS, refused, picked(record()))
    tastes = (taste(CHANNEL, "arxiv:2606.00002"), taste(OTHER, "arxiv:2606.00004"))
    entries, error = await taken(picks(site, door, today, *tastes), DAY)
    assert entries[0] == Skipped("a channel", f"no recommendations: HTTP {status}")
    assert (entries[1].status, entries[2].id, error) == (status, "arxiv:2606.00001", None)
    assert entries[3].note == "2 of 2 channels asked for, no recommendations for 1"


async def test_a_busy_source_fails_and_keeps_what_came_before(site: Site, door: Door, today: Clock):
    site.says(PICKS, picked(record()), Reply(BUSY, 429))
    tastes = (taste(CHANNEL, "arxiv:2606.00002"), taste(OTHER, "arxiv:2606.00004"))
    entries, error = await taken(picks(site, door, today, *tastes), DAY)
    assert [type(entry) for entry in entries] == [Paper, Reading, Reading]
    assert (entries[2].status, error.reason) == (429, "HTTP 429, tried 4 times")
    assert entries[2].note == "1 of 2 channels asked for"


def test_order_of_turns_is_no_order_of_names():
    assert mark_of(str(CHANNEL)) < mark_of(str(OTHER))


async def test_after_a_failure_the_next_drain_begins_behind_it(site: Site, door: Door, today: Clock):
    site.says(PICKS, Reply(BUSY, 429), *[Reply(BUSY, 429)] * 3, picked())
    source = picks(site, door, today, taste(CHANNEL, "pubmed:1"), taste(OTHER, "pubmed:2"))
    entries, error = await taken(source, DAY)
    assert error is not None
    await taken(source, DAY, entries[-1].cursor)
    asked = [json.loads(request.body)["positivePaperIds"] for request in site.requests[4:]]
    assert asked == [["PMID:2"], ["PMID:1"]]


async def test_three_hundred_channels_a_drain_and_all_of_them_in_the_end(
    site: Site, door: Door, today: Clock
):
    site.says(PICKS, picked())
    many = [taste(Channel("slack", "T1", f"C{n}"), f"pubmed:{n + 1}") for n in range(350)]
    first, _ = await taken(picks(site, door, today, *many), DAY)
    assert (len(site.requests), first[-1].note) == (300, "300 of 350 channels asked for")
    await taken(picks(site, door, today, *many), DAY, first[-1].cursor)
    asked = [json.loads(request.body)["positivePaperIds"][0] for request in site.requests]
    assert len(set(asked[:350])) == 350


async def test_a_pick_is_news_once_whoever_it_is_for(site: Site, door: Door, today: Clock):
    site.says(PICKS, picked(record(publicationDate="2026-06-05")))
    tastes = (taste(CHANNEL, "pubmed:1"), taste(OTHER, "pubmed:2"))
    entries, _ = await taken(picks(site, door, today, *tastes), DAY)
    assert [paper.announced_on for paper in only_papers(entries)] == [date(2026, 6, 12), None]
    tomorrow = SemanticScholarPicks(
        door, lambda: tastes, clock=lambda: today() + timedelta(days=1), base_url=site.url
    )
    again, _ = await taken(tomorrow, DAY, entries[-1].cursor)
    assert [paper.announced_on for paper in only_papers(again)] == [None, None]


@pytest.mark.parametrize(
    "cursor", ["7", "[]", "{", '{"after": 7, "seen": 7}', '{"seen": {"seen": {"x": 7}}}']
)
async def test_picks_take_a_nonsense_cursor_for_none(site: Site, door: Door, today: Clock, cursor: str):
    site.says(PICKS, picked(record(publicationDate="2026-06-05")))
    entries, error = await taken(picks(site, door, today, taste(CHANNEL, "pubmed:1")), DAY, cursor)
    assert (entries[0].announced_on, error) == (date(2026, 6, 12), None)


async def test_nothing_that_is_shown_names_a_channel_or_what_it_liked(
    site: Site, door: Door, today: Clock, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG", "bot.sources.semantic_scholar.picks")
    site.says(PICKS, Reply(b'{"error": "not found: PMID:1"}', 404), Reply(BUSY, 429))
    tastes = (
        taste(CHANNEL, "pubmed:1"),
        taste(OTHER, "pubmed:2"),
        taste(Channel("slack", "T9", "C9"), "title:1f"),
    )
    entries, error = await taken(picks(site, door, today, *tastes), DAY)
    for secret in ("C1", "C2", "C9", "T9", "PMID:1"):
        assert secret not in repr(entries) + str(error)
    shown = [
        (record.levelname, record.message) for record in caplog.records if "slack:T1/C1" in record.message
    ]
    assert shown == [("DEBUG", "semantic-scholar: no recommendations for slack:T1/C1: not found: PMID:1")]


async def test_channels_that_cannot_be_asked_for_are_told(site: Site, door: Door, today: Clock):
    assert await taken(picks(site, door, today), DAY) == (
        [Reading(note="no channel has liked a paper yet")],
        None,
    )
    entries, _ = await taken(picks(site, door, today, taste(CHANNEL, "title:1f")), DAY)
    (reading,) = map(without_cursor, entries)
    assert reading == Reading(note="0 of 1 channel asked for, 1 without a liked paper that it knows")
    assert site.requests == []


async def test_picks_check_asks_for_one_paper(site: Site, door: Door, today: Clock):
    site.says(SEARCH, said({"total": 1, "data": []}))
    assert await picks(site, door, today).check() == "answers; without a key it is often too busy"


# Looking for what we lack


async def test_words_find_papers_that_are_not_announced(site: Site, door: Door):
    site.says(SEARCH, sample("semantic-scholar.json"))
    finder = SemanticScholarFinder(door, key=KEY, base_url=site.url)
    papers = await finder.find("  self-attention  transformers ", 2)
    assert [paper.id for paper in papers] == ["arxiv:1706.03762", "doi:10.1038/s41586-021-03819-2"]
    assert [paper.announced_on for paper in papers] == [None, None]
    query = site.requests[0].query
    assert (query["query"], query["limit"]) == ("self attention transformers", "2")


async def test_at_most_a_hundred_are_asked_for_and_nothing_for_nothing(site: Site, door: Door):
    site.says(SEARCH, said({"total": 0}))
    finder = SemanticScholarFinder(door, base_url=site.url)
    assert await finder.find("a", 5000) == await finder.find(" - ", 5) == await finder.find("a", 0) == []
    assert [request.query["limit"] for request in site.requests] == ["100"]


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("arxiv:2606.00001", "/graph/v1/paper/ARXIV:2606.00001"),
        ("doi:10.1002/(sici)1<1::aid>3.0.co;2-1#", "/graph/v1/paper/DOI:10.1002/(sici)1<1::aid>3.0.co;2-1#"),
        ("pubmed:9", "/graph/v1/paper/PMID:9"),
        (f"s2:{SHA}", f"/graph/v1/paper/{SHA}"),
    ],
)
async def test_a_paper_is_looked_up_by_any_of_its_ids(site: Site, door: Door, asked: str, path: str):
    site.says(path, said(record(tldr={"text": "In short."})))
    paper = await SemanticScholarFinder(door, base_url=site.url).look_up(PaperId(asked))
    assert (paper.id, paper.summary) == ("arxiv:2606.00001", "In short.")
    assert asked in {paper.id, *paper.aliases}


async def test_what_is_unknown_or_another_paper_is_none(site: Site, door: Door):
    finder = SemanticScholarFinder(door, base_url=site.url)
    assert await finder.look_up(PaperId("arxiv:2606.00404")) is None
    site.says("/graph/v1/paper/ARXIV:2606.00002", said(record()))
    assert await finder.look_up(PaperId("arxiv:2606.00002")) is None
    assert await finder.look_up(PaperId("title:1f")) is None
    assert len(site.requests) == 2


async def test_a_look_up_that_is_refused_is_an_error(site: Site, door: Door):
    site.says("/graph/v1/paper/PMID:9", Reply(b'{"error": "no"}', 400), Reply(b"{"))
    finder = SemanticScholarFinder(door, base_url=site.url)
    for reason in ("HTTP 400: no", "not JSON, or half of it"):
        with pytest.raises(SourceError, match=reason):
            await finder.look_up(PaperId("pubmed:9"))
