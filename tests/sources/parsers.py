"""All parsers of foreign documents in one table: to have one fuzzed, add its line."""

import gzip
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.identity import clean_text, cleaned, keys
from bot.model import Paper, PaperId
from bot.ports import Skipped
from bot.sources import biorxiv, crossref, openalex, openreview
from bot.sources.arxiv import api as arxiv_api
from bot.sources.arxiv import feed as arxiv_feed
from bot.sources.arxiv import raw as arxiv_raw
from bot.sources.crossref_records import entries_from_work
from bot.sources.feeds.entry import paper_from_entry
from bot.sources.feeds.parser import read
from bot.sources.fields import paper_or_skipped
from bot.sources.files.load import load
from bot.sources.files.opml import feeds_in_opml
from bot.sources.huggingface.entries import daily_papers, listed_papers
from bot.sources.huggingface.finder import paper_from_answer
from bot.sources.openreview_notes import entry_from_note
from bot.sources.pubmed import found_in
from bot.sources.pubmed_xml import papers_of
from bot.sources.semantic_scholar.details import details
from bot.sources.semantic_scholar.records import entries_of, page_of
from bot.sources.text.readable import readable
from bot.sources.web.http import Answer
from bot.sources.web.xml import until_error
from tests.sources.site import sample

Entries = Iterable[Paper | Skipped]
Read = Callable[[bytes], Entries]

SINCE, TODAY = date(2026, 6, 10), date(2026, 6, 12)
FEED = "https://lab.example.org/news"


@dataclass(frozen=True)
class Parser:
    """What reads a kind of document, and whole documents of that kind."""

    name: str
    read: Read
    documents: tuple[bytes, ...]


def survives(entries: Iterable[Paper | Skipped]) -> int:
    """How many entries came out, each clean and with a form in UTF-8; nothing but SourceError is raised."""
    found, error = until_error(iter(entries))
    for entry in found[:1000]:
        assert isinstance(entry, Paper | Skipped)
        json.dumps(asdict(entry), default=str, ensure_ascii=False).encode()
        if isinstance(entry, Paper):
            assert cleaned(entry) == entry
            assert all(0 < len(key) <= 80 for key in keys(entry))
        else:
            assert entry.what
            assert 0 < len(entry.why) <= 200
    assert error is None or (error.reason and "\n" not in error.reason)
    return len(found)


def table() -> list[Parser]:
    """Every parser once."""
    daily, scholar = sample("daily-papers.json"), sample("semantic-scholar.json")
    queries = ("query.xml", "error.xml", "rewritten.xml", "nothing.xml")
    return [
        Parser("arxiv-rss", of_arxiv_feed, (sample("cs.CL.rss"), sample("weekend.rss"))),
        Parser("arxiv-atom", of_arxiv_feed, (sample("cs.CL.atom"),)),
        Parser("arxiv-query", lambda body: arxiv_api.answered(body, "badfield:xyz"), tuple(map(sample, queries))),
        Parser("arxiv-oai", of_oai, (sample("history.xml"),)),
        Parser("huggingface-daily", lambda body: daily_papers(body, TODAY), (daily,)),
        Parser("huggingface-search", lambda body: listed_papers(body, "of what was found"), (daily,)),
        Parser("huggingface-paper", lambda body: [paper_from_answer(body)], (first(daily, "paper"),)),
        Parser("biorxiv", lambda body: biorxiv.page_of(body, "biorxiv").entries, (sample("biorxiv.json"),)),
        Parser("pubmed-search", of_pubmed_search, (PUBMED_SEARCH,)),
        Parser("pubmed-articles", lambda body: papers_of(body, TODAY), (sample("pubmed.xml"),)),
        Parser("openalex", lambda body: openalex.page_of(body).entries, (sample("openalex.json"),)),
        Parser("semantic-scholar-search", lambda body: of_scholar(body, "data"), (scholar,)),
        Parser("semantic-scholar-details", of_details, (batch(scholar),)),
        Parser("semantic-scholar-picks", lambda body: of_scholar(body, "recommendedPapers"), (picks(scholar),)),
        Parser("openreview", of_openreview, (sample("openreview.json"),)),
        Parser("crossref", of_crossref, (sample("crossref.json"),)),
        Parser("feed", of_feed, (sample("feed-lab.atom"), sample("feed-journal.rdf"), sample("cs.CL.rss"))),
        Parser("bibtex", of_file("library.bib"), (sample("library.bib"),)),
        Parser("ris", of_file("library.ris"), (sample("library.ris"),)),
        Parser("csv", of_file("zotero.csv"), (sample("zotero.csv"),)),
        Parser("csl-json", of_file("library.json"), (CSL,)),
        Parser("opml", of_opml, (OPML,)),
        Parser("readable", of_readable, (LATEX, MARKUP)),
        Parser("json-lines", of_file("snapshot.jsonl"), (sample("snapshot.jsonl"), OWN)),
        Parser("gzip", of_file("papers.jsonl.gz"), (packed(OWN), packed(sample("cs.CL.rss")))),
        Parser("atom-file", of_file("query.xml"), (sample("query.xml"), sample("cs.CL.atom"))),
    ]  # fmt: skip


PUBMED_SEARCH = (
    b'{"esearchresult":{"count":"2","idlist":["1","2"],"errorlist":{"phrasesnotfound":["x"],"fieldsnotfound":[]},'
    b'"warninglist":{"outputmessages":["Unknown sort schema"]}}}'
)
OWN = (
    b'{"id":"arxiv:2401.01234v2","title":"A title","abstract":"Short.","authors":["A. One"],"categories":["cs.CL"],'
    b'"links":[{"label":"code","url":"https://example.org/c"}],"day":"2026-06-12","aliases":["doi:10.1000/x"],"version":2}\n'
    b'{"doi":"10.1000/y","title":"Another","keywords":["k"],"upvotes":3,"stars":1,"summary":"In short.",'
    b'"url":"https://example.org/p","withdrawn":false,"announced_on":"2026-06-12","published_on":"2026-06-11","sources":["x"]}'
)

CSL = json.dumps([
    {
        "type": "article-journal", "title": "A <i>title</i>", "DOI": "10.1000/z", "URL": "https://example.org/z",
        "author": [{"family": "One", "given": "A.", "suffix": "Jr."}, {"literal": "A Consortium"}],
        "issued": {"date-parts": [[2021, 3, "5"]]}, "container-title": "J. Examples", "keyword": "k; l", "PMID": "7",
        "abstract": "Short.", "note": "arXiv: 2101.00001",
    },
    {"title": "Another", "issued": {"raw": "2020"}, "author": [], "archive_location": "arXiv:2001.00002"},
]).encode()  # fmt: skip
OPML = (
    b"<?xml version='1.0'?><opml version='2.0'><head><title>Feeds</title></head><body><outline text='Labs'>"
    b"<outline type='rss' text='A lab' title='A lab' xmlUrl='https://lab.example.org/feed' htmlUrl='https://lab.example.org'/>"
    b"</outline><outline type='rss' text='B &amp; C' xmlUrl='http://b.example.org/rss?a=1&amp;b=2'/></body></opml>"
)
LATEX = (
    rb"On $\mathcal{O}(n^2)$ \'etale \textbf{maps} $x_{i+1} \leq \frac{1}{2}$, {\em half} of \cite{one}~and "
    rb"\\ $$\sum_{i=0}^n \alpha_i$$ costs \$5, 50\% \url{https://example.org} \begin{equation}E=mc^2\end{equation}"
)
MARKUP = (
    b"<jats:p>One <i>in vitro</i> &amp; CO<sub>2</sub>, <mml:math><mml:mi>x</mml:mi></mml:math> at 5&#176;C</jats:p>"
    b"<h3>Results</h3><p>p &lt; 0.01</p>"
)


def first(body: bytes, key: str) -> bytes:
    return json.dumps(json.loads(body)[0][key]).encode()


def packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def batch(body: bytes) -> bytes:
    """Its records as an answer to `/paper/batch`; one of them is unknown."""
    return json.dumps([*json.loads(body)["data"], None]).encode()


def picks(body: bytes) -> bytes:
    return json.dumps({"recommendedPapers": json.loads(body)["data"]}).encode()


def answer(body: bytes) -> Answer:
    return Answer(200, body, {})


def of_arxiv_feed(body: bytes) -> Entries:
    return (announced.entry for announced in arxiv_feed.announcements(body))


def of_oai(body: bytes) -> Entries:
    for found in arxiv_raw.answered(body, next_day):
        if isinstance(found, arxiv_raw.Record) and found.entry:
            yield found.entry
        if isinstance(found, arxiv_raw.Refusal):
            yield Skipped(found.code, found.text or "refused")


def next_day(submitted_at: datetime) -> date:
    return submitted_at.date() + timedelta(days=1)


def of_pubmed_search(body: bytes) -> Entries:
    found = found_in(body)
    return [Skipped(pmid, found.note[:200] or "found") for pmid in found.ids]


def of_scholar(body: bytes, field: str) -> Entries:
    return entries_of(page_of(answer(body)), field)


def of_details(body: bytes) -> Entries:
    count = len(json.loads(batch(sample("semantic-scholar.json"))))
    return details(answer(body), [PaperId(f"doi:10.1000/{number}") for number in range(count)])


def of_openreview(body: bytes) -> Entries:
    notes = openreview.page_of(answer(body)).notes
    return [entry_from_note(note, number, SINCE, TODAY) for number, note in enumerate(notes)]


def of_crossref(body: bytes) -> Entries:
    for number, work in enumerate(crossref.page_of(answer(body)).works):
        yield from entries_from_work(work, number, SINCE, TODAY)


def of_feed(body: bytes) -> Entries:
    """As the process of its own reads it, and what becomes of that; see feeds/parser.py."""
    try:
        found = json.loads(json.dumps(read(body, "application/xml", FEED)))
    except ValueError as refused:
        return [Skipped(FEED, str(refused)[:200])]
    return [
        paper_or_skipped("an entry", lambda entry=entry: paper_from_entry(entry, TODAY, feed=FEED, source="feed"))  # type: ignore[misc]
        for entry in found["entries"]
    ]  # fmt: skip


def of_opml(body: bytes) -> Entries:
    """The feeds in it, as entries."""
    return [Skipped(url, title[:200]) for title, url in feeds_in_opml(body).taken]


def of_readable(body: bytes) -> Entries:
    """A text in, a text out; and so in an abstract."""
    text = body.decode("utf-8", "replace")
    assert clean_text(readable(text)) == readable(text)
    assert bool(readable(text)) == bool(clean_text(text))
    return [paper_or_skipped("a text", lambda: Paper(PaperId("arxiv:2606.00001"), "A title", text))]


def of_file(name: str) -> Read:
    def entries(body: bytes) -> Iterator[Paper | Skipped]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(body)
            yield from load(path)

    return entries
