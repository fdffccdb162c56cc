"""What is found late is news once: the rule itself, and the sources that keep it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import SourceError
from bot.model import Paper, PaperId
from bot.ports import Clock, Entry, PaperSource, Reading, Skipped
from bot.sources.crossref import Crossref
from bot.sources.first_seen import FirstSeen
from bot.sources.openalex import OpenAlex
from bot.sources.pubmed import PubMed
from bot.sources.semantic_scholar.search import SemanticScholarSearch
from bot.sources.web.http import Door
from tests.sources.site import Reply, Site

TODAY = date(2026, 6, 12)
YESTERDAY = TODAY - timedelta(days=1)
EMPTY = json.dumps({"seen": {}, "floor": "2026-01-01"})


def memory(cursor: str = EMPTY, today: date = TODAY) -> FirstSeen:
    """Of a source that was asked the day before."""
    return FirstSeen(cursor, "own", today - timedelta(days=1), today)


def work(number: int = 1, *aliases: str) -> Paper:
    return Paper(PaperId(f"own:{number}"), "A work", aliases=tuple(map(PaperId, aliases)))


def news(seen: FirstSeen, paper: Paper, day: date | None) -> date | None:
    """The day on which it was news."""
    entry = seen.dated(paper, day)
    assert isinstance(entry, Paper)
    return entry.announced_on


@pytest.mark.parametrize(
    ("age", "first", "later"),
    [
        (0, 0, 0),
        (1, 1, 1),
        (2, None, 0),
        (30, None, 0),
        (31, None, None),
        (-1, None, None),
        (None, None, None),
    ],
)
def test_a_work_is_news_on_its_own_day_or_on_the_day_we_see_it(
    age: int | None, first: int | None, later: int | None
):
    def day(days: int | None) -> date | None:
        return None if days is None else TODAY - timedelta(days=days)

    assert news(memory(""), work(), day(age)) == day(first)
    assert news(memory(), work(), day(age)) == day(later)


def test_it_is_news_once():
    seen, came_out = memory(), TODAY - timedelta(days=9)
    assert news(seen, work(), came_out) == TODAY
    assert news(seen, work(), came_out) is None
    for days in range(1, 40):
        again = memory(seen.cursor(ended=True) or "", TODAY + timedelta(days=days))
        assert news(again, work(), came_out) is None
        seen = again


def test_what_was_news_on_its_own_day_is_not_so_again_later():
    seen = memory()
    assert news(seen, work(), YESTERDAY) == YESTERDAY
    after = memory(seen.cursor(ended=True) or "", TODAY + timedelta(days=1))
    assert news(after, work(), YESTERDAY) is None


def test_a_day_to_come_is_news_when_it_comes():
    seen, to_come = memory(), TODAY + timedelta(days=5)
    assert news(seen, work(), to_come) is None
    assert news(memory(seen.cursor(ended=True) or "", to_come), work(), to_come) == to_come


def test_a_work_is_known_by_the_sources_own_id():
    seen, came_out = memory(), TODAY - timedelta(days=9)
    assert news(seen, work(1), came_out) == TODAY
    assert news(seen, Paper(PaperId("arxiv:2606.00001"), "A", aliases=(PaperId("own:1"),)), came_out) is None


def test_what_a_first_fetch_did_not_reach_is_not_taken_for_new():
    begun = memory("")
    news(begun, work(1), TODAY - timedelta(days=9))
    assert begun.cursor(ended=False) is None
    assert memory().cursor(ended=False) is not None


def test_what_stands_behind_the_end_of_a_cut_list_is_not_taken_for_new():
    seen = memory("")
    news(seen, work(1), TODAY - timedelta(days=3))
    seen.cut()
    after = memory(seen.cursor(ended=True) or "")
    assert news(after, work(2), TODAY - timedelta(days=3)) is None
    assert news(after, work(3), TODAY - timedelta(days=2)) == TODAY


def test_two_thousand_works_are_remembered_and_the_others_are_not_news_again():
    seen = memory("")
    days = {number: TODAY - timedelta(days=number // 200) for number in range(3000)}
    for number, day in days.items():
        news(seen, work(number), day)
    cursor = seen.cursor(ended=True) or ""
    assert len(json.loads(cursor)["seen"]) <= 2000
    assert len(cursor) < 100_000
    again = memory(cursor)
    assert {news(again, work(number), day) for number, day in days.items()} == {TODAY, YESTERDAY, None}
    assert sum(news(memory(cursor), work(number), day) == TODAY for number, day in days.items()) == 200


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "[" * 9999,
        "null",
        "[]",
        "{}",
        '{"seen": 5}',
        '{"seen": null, "floor": "2026-06-12"}',
        "\ud800",
    ],
)
def test_nonsense_is_as_good_as_nothing(cursor: str):
    assert news(memory(cursor), work(), TODAY - timedelta(days=9)) is None


@pytest.mark.parametrize(
    "kept",
    [{"seen": {}}, {"seen": {"a": 5, "b": None, "c": "soon"}, "floor": 7}, {"seen": {}, "floor": "soon"}],
)
def test_a_wrong_kind_inside_costs_itself_only(kept: object):
    assert news(memory(json.dumps(kept)), work(), TODAY - timedelta(days=9)) == TODAY


def test_a_floor_to_come_ends_with_today():
    kept = json.dumps({"seen": {}, "floor": "9999-12-31"})
    seen = memory(kept)
    assert news(seen, work(), YESTERDAY) == YESTERDAY
    assert json.loads(seen.cursor(ended=True) or "")["floor"] == TODAY.isoformat()


def test_what_was_skipped_stays_skipped():
    assert memory().dated(Skipped("a", "b"), TODAY) == Skipped("a", "b")


# The sources


def openalex(*works: tuple[int, str], more: bool = False) -> bytes:
    results = [
        {"id": f"https://openalex.org/W{n}", "title": f"Work {n}", "publication_date": day}
        for n, day in works
    ]
    meta = {"count": len(works) + more, "next_cursor": "next" if more else None}
    return json.dumps({"meta": meta, "results": results}).encode()


def scholar(*works: tuple[int, str], more: bool = False) -> bytes:
    data = [{"paperId": f"{n:040}", "title": f"Work {n}", "publicationDate": day} for n, day in works]
    return json.dumps({"total": len(data) + more, "token": "next" if more else None, "data": data}).encode()


def crossref(*works: tuple[int, str], more: bool = False) -> bytes:
    items: list[object] = [
        {"DOI": f"10.1234/w{n}", "title": [f"Work {n}"], "created": {"date-time": f"{day}T10:00:00Z"}}
        for n, day in works
    ]
    fill = [{}] * (200 - len(items)) if more else []
    return json.dumps({"message": {"items": items + fill, "next-cursor": "next"}}).encode()


def pubmed_found(*numbers: int) -> bytes:
    ids = [str(number) for number in numbers]
    return json.dumps({"esearchresult": {"count": str(len(ids)), "idlist": ids}}).encode()


def pubmed(*works: tuple[int, str]) -> bytes:
    def article(number: int, day: date) -> str:
        entered = f"<Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}</Day>"
        return (
            f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article><ArticleTitle>Work {number}</ArticleTitle>"
            f"</Article></MedlineCitation><PubmedData><History><PubMedPubDate PubStatus='entrez'>{entered}"
            "</PubMedPubDate></History></PubmedData></PubmedArticle>"
        )

    articles = (article(number, date.fromisoformat(day)) for number, day in works)
    return f"<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>".encode()


Make = Callable[[Door, Clock, str], PaperSource]
Say = Callable[..., bytes]
SOURCES = [
    pytest.param(
        "/works", openalex, lambda d, c, u: OpenAlex(d, "x", clock=c, key="k", base_url=u), id="openalex"
    ),
    pytest.param(
        "/graph/v1/paper/search/bulk",
        scholar,
        lambda d, c, u: SemanticScholarSearch(d, "x", clock=c, base_url=u),
        id="semantic-scholar",
    ),
    pytest.param(
        "/journals/1234-5678/works",
        crossref,
        lambda d, c, u: Crossref(d, "1234-5678", clock=c, base_url=u),
        id="crossref",
    ),
]
each_source = pytest.mark.parametrize(("path", "say", "make"), SOURCES)


async def test_an_article_that_pubmed_finds_late_is_news_on_that_day_alone(site: Site, door: Door):
    days = Days(door, lambda d, c, u: PubMed(d, "x", clock=c, base_url=u), site.url)
    site.says("/entrez/eutils/esearch.fcgi", pubmed_found(), *[pubmed_found(1, 2)] * 2)
    site.says("/entrez/eutils/efetch.fcgi", pubmed((1, "2026-06-12"), (2, "2026-06-08")))
    assert await days.on(TODAY) == {}
    assert await days.on(TODAY) == {"Work 1": TODAY, "Work 2": TODAY}
    assert await days.on(TODAY + timedelta(days=2)) == {"Work 1": None, "Work 2": None}


class Days:
    """One source on several days, with its cursor kept as the app keeps it."""

    def __init__(self, door: Door, make: Make, url: str) -> None:
        self._door, self._make, self._url = door, make, url
        self.cursor = ""

    async def on(self, day: date) -> dict[str, date | None]:
        """The titles, and when they were news, of a fetch on that day."""
        now = datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
        source = self._make(self._door, lambda: now, self._url)
        found: dict[str, date | None] = {}
        async for entry in source.fetch(day - timedelta(days=1), self.cursor):
            self._take(entry, found)
        return found

    def _take(self, entry: Entry, found: dict[str, date | None]) -> None:
        if isinstance(entry, Paper):
            found[entry.title] = entry.announced_on
        if isinstance(entry, Reading) and entry.cursor is not None:
            self.cursor = entry.cursor


@each_source
async def test_a_work_that_is_found_late_is_news_on_that_day_alone(
    site: Site, door: Door, path: str, say: Say, make: Make
):
    days = Days(door, make, site.url)
    old, late, new = (1, "2026-06-09"), (2, "2026-06-09"), (3, "2026-06-12")
    site.says(path, say(old), say(new, late, old), say(new, late, old))
    assert await days.on(TODAY) == {"Work 1": None}
    assert await days.on(TODAY) == {"Work 3": TODAY, "Work 2": TODAY, "Work 1": None}
    after = await days.on(TODAY + timedelta(days=2))
    assert after == {"Work 3": None, "Work 2": None, "Work 1": None}


@each_source
async def test_a_first_fetch_that_breaks_off_makes_no_flood(
    site: Site, door: Door, path: str, say: Say, make: Make
):
    days = Days(door, make, site.url)
    old, older = (1, "2026-06-09"), (2, "2026-06-08")
    site.says(path, say(old, more=True), Reply(b"", 404), say(old, more=True), say(older))
    with pytest.raises(SourceError):
        await days.on(TODAY)
    assert days.cursor == ""
    assert await days.on(TODAY) == {"Work 1": None, "Work 2": None}
