"""Papers in CSL JSON, which Zotero, Mendeley and citation services write (citationstyles.org's csl-data.json)."""

from collections.abc import Iterator, Mapping
from typing import TypeGuard

from bot.model import Paper
from bot.sources.fields import text_of, texts_of
from bot.sources.files.references import Reference, paper_from_reference

Item = Mapping[str, object]

_KEYS = frozenset({"issued", "container-title", "DOI", "PMID", "URL", "citation-key", "ISSN", "author"})


def is_csl(record: object) -> TypeGuard[Item]:
    """Whether a JSON value is an item in CSL's form, not in one of ours."""
    return isinstance(record, Mapping) and bool(_KEYS & record.keys())


def paper_from_csl(item: Item, source: str) -> Paper:
    """The paper of one item. Raises ValueError where it has no title."""
    return paper_from_reference(
        Reference(
            title=_text(item.get("title")),
            abstract=_text(item.get("abstract")),
            authors=tuple(_names(item.get("author"))),
            keywords=_keywords(item.get("keyword")),
            venue=_text(item.get("container-title")) or _text(item.get("event-title")),
            dates=tuple(_dates(item.get("issued"))),
            dois=(_text(item.get("DOI")),),
            urls=(_text(item.get("URL")),),
            pmid=_text(item.get("PMID")),
            notes=(_note(item.get("note")), _text(item.get("number")), _text(item.get("archive_location"))),
        ),
        source,
    )


def _text(value: object) -> str:
    """Crossref's answers have lists where CSL has texts, and some writers have numbers."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return (
        str(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0
        else text_of(value)
    )


def _note(value: object) -> str:
    """With its line ends: Zotero writes one more field on each line."""
    return value if isinstance(value, str) else ""


def _names(people: object) -> Iterator[str]:
    for person in people if isinstance(people, list) else ():
        if isinstance(person, Mapping):
            parts = [
                text_of(person.get(key))
                for key in ("given", "dropping-particle", "non-dropping-particle", "family")
            ]
            name = text_of(person.get("literal")) or " ".join(part for part in parts if part)
            suffix = text_of(person.get("suffix"))
            yield f"{name} {suffix}".strip() if name else ""


def _keywords(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(";" if ";" in value else ","))
    return texts_of(value)


def _dates(issued: object) -> Iterator[str]:
    """`{"date-parts": [[2021, 3, 5]]}`, with texts for numbers now and then; or a date in words."""
    if not isinstance(issued, Mapping):
        yield text_of(issued)
        return
    spans = issued.get("date-parts")
    first = spans[0] if isinstance(spans, list) and spans else None
    parts = [_text(part) for part in first[:3]] if isinstance(first, list) else []
    if parts and all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        yield "-".join(part.zfill(2) for part in parts)
    yield text_of(issued.get("raw"))
    yield text_of(issued.get("literal"))
