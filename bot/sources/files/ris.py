"""Papers in RIS, as publishers, Zotero, EndNote and Mendeley export it (refman.com's format of two-letter tags)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import rispy  # type: ignore[import-untyped]

from bot.model import Paper
from bot.ports import Skipped
from bot.sources.fields import paper_or_skipped
from bot.sources.files.references import Reference, paper_from_reference

_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}- ?(.*)", re.ASCII | re.DOTALL)
_MOST_LINES = 20_000

Record = Mapping[str, object]


def looks_like_ris(first: bytes) -> bool:
    """Whether the text begins with a reference; some exporters put blank lines or a line of their own first."""
    lines = first[:4000].decode("latin-1").removeprefix("ï»¿").splitlines()
    return any(re.match(r"TY {1,2}- ?\S", line) for line in [line for line in lines if line.strip()][:3])


def papers_in_ris(lines: Iterable[str], file: str, source: str) -> Iterator[Paper | Skipped]:
    """The references in order of appearance; one that breaks off, or runs into the next, is Skipped."""
    for number, record, whole in _records(lines):
        what = f"{file} line {number}"
        if whole:
            yield paper_or_skipped(what, partial(_paper_from_lines, record, source))
        else:
            yield Skipped(what, "the reference breaks off")


def _records(lines: Iterable[str]) -> Iterator[tuple[int, list[str], bool]]:
    """The line on which each reference begins, its lines, and whether it has an end."""
    begun: list[str] = []
    first = 0
    for number, line in enumerate(lines, 1):
        found = _TAG.match(line)
        tag = found[1] if found else ""
        if tag == "TY" and begun:
            yield first, begun, False
        if tag == "TY":
            first, begun = number, [_plain(line)]
        elif begun and tag == "ER":
            yield first, [*begun, "ER  - "], len(begun) < _MOST_LINES
            begun = []
        elif begun and len(begun) < _MOST_LINES:
            begun.append(_plain(line))
    if begun:
        yield first, begun, False


def _plain(line: str) -> str:
    """With the two spaces that the library insists on."""
    found = _TAG.match(line.rstrip("\r\n"))
    return f"{found[1]}  - {found[2]}" if found else line.rstrip("\r\n")


def _paper_from_lines(lines: list[str], source: str) -> Paper:
    try:
        (record,) = rispy.loads("\n".join(lines))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError("not a RIS reference") from error
    return paper_from_record(record, source)


def paper_from_record(record: Record, source: str) -> Paper:
    """The paper of one reference as rispy names its fields. Raises ValueError where it has no title."""
    unknown = record.get("unknown_tag")
    other = [text for values in unknown.values() for text in values] if isinstance(unknown, Mapping) else []
    return paper_from_reference(
        Reference(
            title=_first(record, "title", "primary_title"),
            abstract=_first(record, "abstract", "notes_abstract"),
            authors=(*_all(record, "authors"), *_all(record, "first_authors")),
            keywords=_all(record, "keywords"),
            venue=_first(
                record,
                "journal_name",
                "alternate_title3",
                "secondary_title",
                "alternate_title1",
                "alternate_title2",
            ),
            dates=_all(record, "date", "publication_year", "year"),
            dois=_all(record, "doi"),
            urls=_all(record, "urls", "file_attachments1", "file_attachments2"),
            pmid=_pmid(record),
            notes=(
                *_all(
                    record,
                    "notes",
                    "note",
                    "custom1",
                    "custom2",
                    "custom3",
                    "custom7",
                    "accession_number",
                    "number",
                ),
                *other,
            ),
        ),
        source,
    )


def _all(record: Record, *names: str) -> tuple[str, ...]:
    """The texts of the fields, those of lists one by one."""
    values = [record.get(name) for name in names]
    flat = [text for value in values for text in (value if isinstance(value, list) else [value])]
    return tuple(text for text in flat if isinstance(text, str) and text)


def _first(record: Record, *names: str) -> str:
    return next(iter(_all(record, *names)), "")


def _pmid(record: Record) -> str:
    """PubMed's own export has the PMID as accession number, and says so."""
    pubmed = any("pubmed" in text.lower() for text in _all(record, "name_of_database", "database_provider"))
    return _first(record, "accession_number") if pubmed else ""
