"""What reference managers know of a work, whatever form they wrote it in: one reference → one paper."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import chain

from bot.identity import arxiv_version, clean_text, doi_id, title_id
from bot.model import Paper, PaperId
from bot.sources.arxiv.facts import abstract_page, pdf_link
from bot.sources.fields import day_of, web_address

_MOST_AUTHORS = 5000
_ARXIV = re.compile(r"arxiv(?:\.org/(?:abs|pdf)/|[:.\s]\s*)(\S{5,40})", re.IGNORECASE)
# Notes are free text: only what stands at the start of a line is about this work.
_ARXIV_NOTE = re.compile(r"(?:^|[\n;])\s*arxiv(?: id)?[:.]\s*(\S{5,40})", re.IGNORECASE)
_DOI_NOTE = re.compile(r"(?:^|[\n;])\s*doi:?\s*(10\.\d{4,9}/[^\s;,\"<>]{1,200})", re.ASCII | re.IGNORECASE)
_PMID = re.compile(
    r"\b(?:PMID|PubMed ID)\s*:?\s*(\d{1,9})\b|pubmed(?:\.ncbi\.nlm\.nih\.gov)?/(\d{1,9})\b", re.IGNORECASE
)
_DATE = re.compile(r"(\d{4})(?:[-/.\s]+([A-Za-z]{3,9}|\d{1,2}))?(?:[-/.\s]+(\d{1,2}))?(?!\d)", re.ASCII)
_YEAR = re.compile(r"\b(1[5-9]\d\d|2[01]\d\d)\b", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Reference:
    """One work as exported. `dates`, `dois`, `urls` in order of trust; ids may also stand in `notes`, free text."""

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    venue: str = ""
    dates: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    pmid: str = ""
    arxiv: str = ""
    notes: tuple[str, ...] = ()


def paper_from_reference(reference: Reference, source: str) -> Paper:
    """The paper, with every id that the reference names. Raises ValueError where it has no title.

    Where only the year (and month) is known, it counts as published on its first day, unless arXiv knows better.
    """
    title = clean_text(reference.title)
    if title == "":
        raise ValueError("no title")
    arxiv, version = _arxiv(reference)
    doi, pmid = _doi(reference), _pmid(reference)
    paper = arxiv or doi or pmid or title_id(title)
    return Paper(
        id=paper,
        title=title,
        abstract=reference.abstract,
        authors=tuple(first_name_first(name) for name in reference.authors[:_MOST_AUTHORS] if name.strip()),
        keywords=tuple(dict.fromkeys(word for word in map(clean_text, reference.keywords) if word)),
        url=abstract_page(arxiv) if arxiv else _url(reference, doi),
        links=(pdf_link(arxiv),) if arxiv else (),
        published_on=None if arxiv else next(filter(None, map(day_from_text, reference.dates)), None),
        version=version,
        aliases=tuple(found for found in (doi, pmid) if found and found != paper),
        sources=(source,),
        venue="" if is_preprint_server(reference.venue) else clean_text(reference.venue),
    )


def is_preprint_server(venue: str) -> bool:
    """Whether it is the name of arXiv, as Scholar (`arXiv preprint arXiv:…`) and dblp (`CoRR`) have it."""
    return venue.strip().lower().startswith(("arxiv", "corr")) and not venue.lower().startswith("corro")


def _arxiv(reference: Reference) -> tuple[PaperId | None, int]:
    texts = (reference.arxiv, *reference.urls, *reference.dois)
    mentioned = chain(
        (match for text in (*texts, reference.venue) for match in _ARXIV.findall(text)),
        (match for note in reference.notes for match in _ARXIV_NOTE.findall(note)),
    )
    for text in chain(texts, (match.rstrip(".,;]})>") for match in mentioned)):
        if found := arxiv_version(text):
            return found
    found_doi = next((doi for doi in map(doi_id, reference.dois) if doi and doi.startswith("arxiv:")), None)
    return found_doi, 0


def _doi(reference: Reference) -> PaperId | None:
    mentioned = (match for note in reference.notes for match in _DOI_NOTE.findall(note))
    candidates = map(doi_id, (*reference.dois, *reference.urls, *mentioned))
    return next((found for found in candidates if found and found.startswith("doi:")), None)


def _pmid(reference: Reference) -> PaperId | None:
    own = reference.pmid.strip()
    if own.isascii() and own.isdigit() and len(own) <= 9:
        return PaperId(f"pubmed:{own}")
    for text in (*reference.urls, *reference.notes):
        if found := _PMID.search(text):
            return PaperId(f"pubmed:{found[1] or found[2]}")
    return None


def _url(reference: Reference, doi: PaperId | None) -> str:
    address = next(filter(None, map(web_address, reference.urls)), "")
    return address or (
        f"https://doi.org/{doi.removeprefix('doi:')}" if doi and doi.startswith("doi:10.") else ""
    )


def first_name_first(name: str) -> str:
    """`Byron, Ada` and `Byron, Jr., Ada` → `Ada Byron`, `Ada Byron, Jr.`; other names as they are."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 2 and all(parts):
        return clean_text(f"{parts[1]} {parts[0]}")
    if len(parts) == 3 and all(parts):
        return clean_text(f"{parts[2]} {parts[0]}, {parts[1]}")
    return clean_text(name).strip(",")


def day_from_text(text: str) -> date | None:
    """The first day that `2021`, `2021-03`, `2021/03/05/`, `2021 Mar 5` or `Mar. 2021` allows; None for nonsense."""
    if day := day_of(text):
        return day
    if found := _DATE.match(text.strip()):
        return _first_day(found[1], found[2] or "", found[3] or "")
    year = _YEAR.search(text[:100])
    return _first_day(year[1], text.strip(), "") if year else None


def _first_day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdecimal() else _month_number(month)
    for parts in ((int(year), number, int(day or 1)), (int(year), number, 1), (int(year), 1, 1)):
        try:
            return date(*parts)
        except ValueError:
            continue
    return None


def _month_number(month: str) -> int:
    return 1 + next((number for number, name in enumerate(_MONTHS) if month.lower().startswith(name)), 0)
