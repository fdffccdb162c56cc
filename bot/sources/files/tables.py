"""Papers in CSV or TSV: exports of Zotero, Scopus, Web of Science and PubMed, and tables that people keep."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Skipped
from bot.sources.arxiv.facts import authors_of
from bot.sources.fields import paper_or_skipped
from bot.sources.files.references import Reference, paper_from_reference

_DELIMITERS = ",;\t|"
_MOST_COLUMNS = 500
_QUOTED = re.compile(r'"[^"]*"')
_SCOPUS_NUMBER = re.compile(r"\s*\(\d+\)\s*$")

# Headers in small letters without spaces and signs; the first that has a value counts.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "articletitle", "documenttitle", "papertitle", "itemtitle", "ti"),
    "authors": ("authorfullnames", "authors", "author", "af", "au"),
    "abstract": ("abstract", "abstractnote", "summary", "ab"),
    "venue": (
        "journal",
        "publicationtitle",
        "sourcetitle",
        "journalbook",
        "venue",
        "booktitle",
        "conferencename",
        "so",
    ),
    "dates": ("publishedon", "date", "publicationdate", "year", "publicationyear", "py"),
    "dois": ("doi", "di", "itemdoi", "doilink"),
    "urls": ("url", "link", "urls"),
    "pmid": ("pmid", "pubmedid", "pm"),
    "arxiv": ("arxiv", "arxivid", "eprint", "id"),
    "keywords": ("keywords", "authorkeywords", "manualtags", "tags", "automatictags", "de", "id"),
    "notes": ("extra", "notes", "id", "archivelocation", "archiveid", "aliases"),
}
_TITLES = frozenset(_COLUMNS["title"])
_KNOWN = frozenset(name for names in _COLUMNS.values() for name in names)
_LISTS = frozenset({"dates", "dois", "urls", "notes"})


def looks_like_table(first: bytes) -> bool:
    """Whether the first line is a header with a column for titles and another that is known."""
    line = first.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace")
    headers = _headers(line)
    return len(headers) < _MOST_COLUMNS and bool(_TITLES & set(headers)) and len(_KNOWN & set(headers)) > 1


def _delimiter(line: str) -> str:
    bare = _QUOTED.sub("", line)
    return max(_DELIMITERS, key=bare.count)


def _headers(line: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=_delimiter(line)), [])
    except csv.Error:
        return []
    return [re.sub(r"[^a-z0-9]", "", name.lower()) for name in row]


def papers_in_table(lines: Iterable[str], file: str, source: str) -> Iterator[Paper | Skipped]:
    """The rows in order; a row that is broken is Skipped. Raises SourceError where no column holds titles.

    A field in quotes may go over several lines.
    """
    rows = iter(lines)
    first = next(rows, "")
    headers = _headers(first)
    if not _TITLES & set(headers):
        raise SourceError(file, "no column named title in the first line")
    reader = csv.reader(rows, delimiter=_delimiter(first))
    while True:
        what = f"{file} line {reader.line_num + 2}"
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield Skipped(what, str(error)[:200])
            continue
        if row is None:
            return
        if any(field.strip() for field in row):
            yield paper_or_skipped(
                what, partial(_paper_from_row, dict(zip(headers, row, strict=False)), source)
            )


def _paper_from_row(row: Mapping[str, str], source: str) -> Paper:
    found = {field: _values(row, names) for field, names in _COLUMNS.items()}
    single = {field: next(iter(values), "") for field, values in found.items() if field not in _LISTS}
    return paper_from_reference(
        Reference(
            title=single["title"],
            abstract=single["abstract"],
            authors=_authors(single["authors"]),
            keywords=_keywords(row),
            venue=single["venue"],
            dates=found["dates"],
            dois=found["dois"],
            urls=found["urls"],
            pmid=single["pmid"],
            arxiv=single["arxiv"],
            notes=found["notes"],
        ),
        source,
    )


def _values(row: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for name in names if (value := row.get(name, "").strip()))


def _authors(text: str) -> tuple[str, ...]:
    """`One, A.; Two, B.` as reference managers write them, or `A. One, B. Two` as people do; Scopus adds numbers."""
    joined = text.split(" and ")
    if ";" in text:
        joined = text.split(";")
    elif not all(_is_surname_first(name) for name in joined):
        return authors_of(text)
    return tuple(_SCOPUS_NUMBER.sub("", name) for name in joined if name.strip() not in {"", "et al."})


def _is_surname_first(name: str) -> bool:
    """`One, A.` and `van der Berg, Jane`, not `A. One, B. Two`."""
    surname, comma, given = (part.strip() for part in name.partition(","))
    return comma != "" and "," not in given and not (" " in surname and " " in given)


def _keywords(row: Mapping[str, str]) -> tuple[str, ...]:
    # Web of Science calls a column of keywords ID; other tables keep ids there.
    names = [name for name in _COLUMNS["keywords"] if name != "id"]
    return tuple(
        word.strip()
        for text in _values(row, names)
        for word in re.split(r"[;,]" if ";" not in text else ";", text)
    )
