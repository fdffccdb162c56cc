"""Semantic Scholar: one record → one paper, the names it knows papers by, and how it is asked.

What is asked stands in semantic_scholar_search, _details and _picks (api.semanticscholar.org/api-docs).
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.errors import SourceError
from bot.identity import arxiv_version, doi_id
from bot.model import Link, Paper, PaperId
from bot.ports import Skipped
from bot.sources.arxiv.facts import abstract_page, pdf_link
from bot.sources.doi import doi_page
from bot.sources.fields import count_of, day_of, links_of, paper_or_skipped, text_of, texts_of
from bot.sources.web.http import Answer, Door
from bot.sources.web.jsonbody import items_of, object_of, reason_of, value_of

NAME = "semantic-scholar"
HOME = "https://api.semanticscholar.org"

FIELDS = (
    "paperId,corpusId,externalIds,url,title,abstract,venue,publicationVenue,journal,publicationDate,"
    "authors,citationCount,openAccessPdf,fieldsOfStudy,s2FieldsOfStudy"
)
# Bulk search and recommendations refuse a request that names it.
FIELDS_AND_TLDR = f"{FIELDS},tldr"

_PAUSE = 60.0
_SHA = re.compile(r"[0-9a-f]{40}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,11}", re.ASCII)
_NAMES = {"arxiv": "ARXIV", "doi": "DOI", "pubmed": "PMID", "s2corpus": "CorpusId"}


class ScholarApi:
    """Asks Semantic Scholar at the one pace it allows for all that we ask; the key goes into a header only."""

    def __init__(self, door: Door, *, key: str, base_url: str) -> None:
        self._door = door
        self._base = base_url.rstrip("/")
        self._headers = {"x-api-key": key.strip()} if key.strip() else None

    async def get(self, path: str, params: Mapping[str, str]) -> Answer:
        """The answer, status 200, 400 or 404. Raises SourceError for any other."""
        return self._heard(
            await self._door.get(
                f"{self._base}{path}",
                source=NAME,
                params=params,
                pace=NAME,
                accept={400, 401, 403, 404},
                headers=self._headers,
            )
        )

    async def post(self, path: str, body: object, params: Mapping[str, str]) -> Answer:
        """The answer to a question that is sent as JSON; otherwise as `get`."""
        return self._heard(
            await self._door.post(
                f"{self._base}{path}",
                body,
                source=NAME,
                params=params,
                pace=NAME,
                accept={400, 401, 403, 404},
                headers=self._headers,
            )
        )

    async def check(self) -> str:
        """Say that it answers, and whether we have a key. Raises SourceError."""
        answer = await self.get("/graph/v1/paper/search", {"query": "paper", "limit": "1", "fields": "title"})
        entries_of(page_of(answer), "data")
        return "answers; we have a key" if self._headers else "answers; without a key it is often too busy"

    def _heard(self, answer: Answer) -> Answer:
        if answer.status in {401, 403}:
            named = "our key is refused" if self._headers else "it asks for a key"
            raise SourceError(NAME, f"{named} (HTTP {answer.status})")
        if answer.status == 200 and b'"429"' in answer.body[:1000] and _busy(answer.body):
            raise SourceError(NAME, "too many requests (it answers: 429)", retry_after=_PAUSE)
        return answer


def _busy(body: bytes) -> bool:
    return reason_of(body, "code") == "429"


def refusal(answer: Answer) -> SourceError:
    """What an answer that is not 200 comes to, in Semantic Scholar's own words where it has some."""
    words = reason_of(answer.body, "error", "message")
    return SourceError(NAME, f"HTTP {answer.status}" + (f": {words}" if words else ""))


def page_of(answer: Answer) -> Mapping[str, object]:
    """The page in an answer. Raises SourceError where it is a refusal, or no JSON."""
    if answer.status != 200:
        raise refusal(answer)
    return object_of(value_of(answer.body, NAME))


def entries_of(
    page: Mapping[str, object], field: str, sources: tuple[str, ...] = (NAME,)
) -> list[Paper | Skipped]:
    """The papers in that field of a page. Raises SourceError where it has no such list."""
    found = page.get(field)
    # A search without a match has no list at all.
    if not isinstance(found, list) and page.get("total") != 0:
        raise SourceError(NAME, "no list of papers in the answer")
    return [_entry(record, position, sources) for position, record in enumerate(items_of(found), 1)]


def _entry(record: object, position: int, sources: tuple[str, ...]) -> Paper | Skipped:
    what = text_of(object_of(record).get("paperId"))[:80] or f"entry {position}"
    return paper_or_skipped(what, lambda: paper_from_record(record, sources))


def name_of(paper: PaperId) -> str:
    """What Semantic Scholar calls the paper of that id (`ARXIV:2401.01234`); empty where it has no such names."""
    scheme, _, rest = paper.partition(":")
    if scheme == "s2":
        return rest if _SHA.fullmatch(rest) else ""
    if scheme == "doi" and doi_id(rest) is None:  # a long one, of which we keep a digest
        return ""
    return f"{_NAMES[scheme]}:{rest}" if scheme in _NAMES and rest else ""


def paper_from_record(record: object, sources: tuple[str, ...] = (NAME,)) -> Paper:
    """The paper of one record, not announced. Raises ValueError where it names no id.

    `tldr` is a model's sentence about it; a year without a day is no day.
    """
    fields = object_of(record)
    paper, *others = _ids(fields)
    doi = text_of(object_of(fields.get("externalIds")).get("DOI"))
    page = _page(fields)
    return Paper(
        id=paper,
        title=text_of(fields.get("title")),
        abstract=text_of(fields.get("abstract")),
        summary=text_of(object_of(fields.get("tldr")).get("text")),
        authors=tuple(text_of(object_of(author).get("name")) for author in items_of(fields.get("authors"))),
        keywords=_keywords(fields),
        url=abstract_page(paper) if paper.startswith("arxiv:") else doi_page(doi) or page,
        links=_links(paper, fields, page),
        published_on=day_of(fields.get("publicationDate")),
        aliases=tuple(others),
        sources=sources,
        venue=_venue(fields),
        citations=count_of(fields.get("citationCount")),
    )


def _ids(fields: Mapping[str, object]) -> list[PaperId]:
    """Every id the record names, the best one first. Raises ValueError where there is none."""
    outside = object_of(fields.get("externalIds"))
    arxiv = arxiv_version(text_of(outside.get("ArXiv")))
    found = [
        arxiv[0] if arxiv else None,
        doi_id(text_of(outside.get("DOI"))),
        _id("s2", _SHA, fields.get("paperId")),
        _id("s2corpus", _NUMBER, outside.get("CorpusId") or fields.get("corpusId")),
        _id("pubmed", _NUMBER, outside.get("PubMed")),
    ]
    ids = list(dict.fromkeys(one for one in found if one))
    if not ids or ids[0].startswith(("s2corpus:", "pubmed:")):
        raise ValueError("no usable id")
    # A DOI of arXiv that names another paper than the arXiv id does would make two papers one.
    return [ids[0], *(one for one in ids[1:] if not one.startswith("arxiv:"))]


def _id(scheme: str, form: re.Pattern[str], value: object) -> PaperId | None:
    """Numbers come as numbers or as texts."""
    text = str(value) if type(value) is int else text_of(value)
    return PaperId(f"{scheme}:{text}") if form.fullmatch(text) else None


def _page(fields: Mapping[str, object]) -> str:
    sha = text_of(fields.get("paperId"))
    known = links_of([("", fields.get("url"))])
    if known:
        return known[0].url
    return f"https://www.semanticscholar.org/paper/{sha}" if _SHA.fullmatch(sha) else ""


def _links(paper: PaperId, fields: Mapping[str, object], page: str) -> tuple[Link, ...]:
    ours = (pdf_link(paper),) if paper.startswith("arxiv:") else ()
    pdf = object_of(fields.get("openAccessPdf")).get("url")
    # arXiv's own is there already, in the form arXiv asks for.
    pairs = (("PDF", None if ours else pdf), ("Semantic Scholar", page))
    return ours + links_of(pairs)


def _venue(fields: Mapping[str, object]) -> str:
    """Where it appeared; to be on arXiv is not to have appeared."""
    places = (
        fields.get("venue"),
        object_of(fields.get("publicationVenue")).get("name"),
        object_of(fields.get("journal")).get("name"),
    )
    names = (name for name in map(text_of, places) if name)
    return next((name for name in names if name.lower() not in {"arxiv", "arxiv.org"}), "")


def _keywords(fields: Mapping[str, object]) -> tuple[str, ...]:
    areas = [object_of(area).get("category") for area in items_of(fields.get("s2FieldsOfStudy"))]
    return texts_of([*items_of(fields.get("fieldsOfStudy")), *areas])


def agreed(paper: Paper, asked: PaperId) -> Paper:
    """The paper, known under the id it was asked for as well.

    Raises ValueError where the two are different papers of arXiv: a wrong match must not make them one.
    """
    if asked.startswith("arxiv:") and paper.id.startswith("arxiv:") and paper.id != asked:
        raise ValueError(f"answered with another paper, {paper.id}")
    return replace(paper, aliases=(*paper.aliases, asked))
