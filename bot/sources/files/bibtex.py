"""Papers in BibTeX, as reference managers, publishers and dblp export it."""

import logging
import re
from collections.abc import Iterator
from datetime import date

from bibtexparser.entrypoint import parse_string
from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.library import Library
from bibtexparser.middlewares import RemoveEnclosingMiddleware
from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import Block, Entry, ParsingFailedBlock

from bot.identity import arxiv_version, clean_text, doi_id, title_id
from bot.model import Paper, PaperId
from bot.ports import Skipped
from bot.sources.arxiv.facts import abstract_page, categories_of, pdf_link
from bot.sources.fields import day_of, paper_or_skipped, web_address
from bot.sources.files.references import is_preprint_server
from bot.sources.text.readable import readable

# What it complains about comes out as Skipped.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_BARE = RemoveEnclosingMiddleware(allow_inplace_modification=True)
_IN_TEXT = re.compile(r"arxiv[:\s]\s*(\S+)", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def papers_in_bibtex(text: str, file: str, source: str) -> Iterator[Paper | Skipped]:
    """The entries in order of appearance; `file` names them in what is skipped.

    An entry under a key that was used before, or with a field twice, is still an entry.
    """
    library = parse_string(text)
    for block in library.blocks:
        if entry := _entry(block, library):
            yield paper_or_skipped(_what(block, file), lambda entry=entry: paper_from_entry(entry, source))  # type: ignore[misc]
        elif isinstance(block, ParsingFailedBlock):
            yield Skipped(_what(block, file), _why(block.error))


def _entry(block: Block, library: Library) -> Entry | None:
    if isinstance(block, ParsingFailedBlock) and isinstance(block.ignore_error_block, Entry):
        block = _BARE.transform_entry(block.ignore_error_block, library)  # not done for failed blocks
    return block if isinstance(block, Entry) else None


def _what(block: Block, file: str) -> str:
    return f"{file} line {(block.start_line or 0) + 1}"


def _why(error: Exception) -> str:
    reason = error.abort_reason if isinstance(error, BlockAbortedException) else str(error)
    return clean_text(reason)[:200] or "not a BibTeX entry"


def paper_from_entry(entry: Entry, source: str) -> Paper:
    """The paper of one entry. Raises ValueError where it has no title.

    Where only the year (and month) is known, it counts as published on its first day, unless arXiv knows better.
    """
    fields = {field.key.lower(): str(field.value) for field in entry.fields}
    given, abstract = (clean_text(fields.get(name, "")) for name in ("title", "abstract"))
    title = plain(given)
    if title == "":
        raise ValueError("no title")
    found = next((found for found in map(arxiv_version, _arxiv_places(fields)) if found), None)
    doi = doi_id(fields.get("doi", "")) or doi_id(fields.get("url", ""))
    arxiv, version = found if found else (None, 0)
    paper = arxiv or doi or _pmid(fields) or title_id(title)
    return Paper(
        id=paper,
        title=title,
        abstract=plain(abstract),
        authors=tuple(_authors(fields.get("author", ""))),
        categories=categories_of(fields.get("primaryclass", "").split()),
        keywords=tuple(filter(None, map(plain, re.split(r"[,;]", fields.get("keywords", ""))))),
        url=_url(fields, paper),
        links=(pdf_link(arxiv),) if arxiv else (),
        published_on=_published_on(fields) if arxiv is None else None,
        version=version,
        aliases=tuple(found for found in (doi, _pmid(fields)) if found),
        sources=(source,),
        venue=_venue(fields),
        title_as_given=given if given != title else "",
        abstract_as_given=abstract if abstract != plain(abstract) else "",
    )


def plain(latex: str) -> str:
    """Readable text without the braces that keep BibTeX from changing case."""
    return clean_text(readable(latex).replace("{", "").replace("}", ""))


def _arxiv_places(fields: dict[str, str]) -> Iterator[str]:
    """Where an arXiv id may stand: eprint, an address, dblp's volume, Scholar's `arXiv preprint arXiv:…`."""
    yield fields.get("eprint", "")
    yield fields.get("url", "")
    yield fields.get("volume", "").removeprefix("abs/")
    yield re.sub(r"^10\.48550/", "", fields.get("doi", ""), flags=re.IGNORECASE).replace(
        "arXiv.", "arXiv:", 1
    )
    for place in ("journal", "note", "howpublished"):
        yield from (match.rstrip(".,;]})") for match in _IN_TEXT.findall(fields.get(place, "")))


def _pmid(fields: dict[str, str]) -> PaperId | None:
    """Reference managers write `pmid`; biblatex an eprint of type pubmed."""
    of_pubmed = fields.get("eprinttype", fields.get("archiveprefix", "")).lower() == "pubmed"
    number = (fields.get("pmid", "") or (fields.get("eprint", "") if of_pubmed else "")).strip()
    return PaperId(f"pubmed:{number}") if number.isascii() and number.isdigit() and len(number) <= 9 else None


def _venue(fields: dict[str, str]) -> str:
    named = (plain(fields.get(name, "")) for name in ("journal", "journaltitle", "booktitle"))
    venue = next(filter(None, named), "")
    return "" if is_preprint_server(venue) else venue


def _authors(text: str) -> Iterator[str]:
    for name in split_multiple_persons_names(text):
        if name.strip().lower() != "others":
            yield plain(_first_name_first(name))


def _first_name_first(name: str) -> str:
    try:
        return parse_single_name_into_parts(name).merge_first_name_first
    except InvalidNameError:
        return name


def _url(fields: dict[str, str], paper: PaperId) -> str:
    if paper.startswith("arxiv:"):
        return abstract_page(paper)
    address = web_address(fields.get("url", "").replace("\\", ""))
    return address or (f"https://doi.org/{paper.removeprefix('doi:')}" if paper.startswith("doi:10.") else "")


def _published_on(fields: dict[str, str]) -> date | None:
    if day := day_of(fields.get("date", "")):
        return day
    year, month = fields.get("year", ""), fields.get("month", "").strip().lower()
    number = (
        int(month)
        if month.isdecimal()
        else 1 + next((i for i, m in enumerate(_MONTHS) if month.startswith(m)), 0)
    )
    try:
        return date(int(year), number, 1)
    except (ValueError, OverflowError):
        return None
