"""Crossref's records: one work → one paper (github.com/CrossRef/rest-api-doc, api_format.md)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import takewhile

from bot.identity import arxiv_version, doi_id
from bot.model import Paper, PaperId
from bot.ports import Skipped
from bot.sources.doi import doi_page
from bot.sources.fields import count_of, day_of, paper_or_skipped, text_of, texts_of
from bot.sources.web.jsonbody import items_of, object_of

NAME = "crossref"

_HEADING = re.compile(
    r"^\s*((?:<jats:sec\b[^<>]{0,200}>\s*)?)<(jats:title|title)\b[^<>]{0,200}>\s*abstract\s*[.:]?\s*</\2>\s*",
    re.IGNORECASE,
)
_GONE = frozenset({"retraction", "withdrawal", "removal"})
_GONE_IN_TITLE = re.compile(r"\s*(?:retracted|withdrawn|removed)(?:\s+article)?\s*:", re.IGNORECASE)
# These update a paper and are papers themselves; all other updates are notices about one.
_EDITIONS = frozenset({"new_version", "new_edition"})
_PUBLISHED = ("published", "published-online", "published-print", "issued")
_PREPRINTS = ("has-preprint", "is-preprint-of")


def entries_from_work(work: object, position: int, since: date, today: date) -> list[Paper | Skipped]:
    """The cleaned paper of one work, or why there is none; of the notice of a retraction the retracted papers."""
    fields = object_of(work)
    what = text_of(fields.get("DOI"))[:80] or f"work {position}"
    gone = [text_of(update.get("DOI")) for update in _updates(fields) if _kind(update) in _GONE]
    if any(gone):
        return [_entry_of_retracted(doi, what, fields) for doi in dict.fromkeys(gone) if doi]
    return [paper_or_skipped(what, lambda: paper_from_work(fields, since, today))]


def paper_from_work(fields: Mapping[str, object], since: date, today: date) -> Paper:
    """The paper of one work. Raises ValueError where it names no DOI.

    It was news on the day its DOI was made, where that is one from `since` to `today`. A notice about another paper
    (a correction) is no news.
    """
    doi = text_of(fields.get("DOI"))
    paper = doi_id(doi)
    if paper is None:
        raise ValueError(f"no DOI: {doi[:80]!r}")
    news = day_of(object_of(fields.get("created")).get("date-time"))
    notice = any(_kind(update) not in _EDITIONS for update in _updates(fields))
    return Paper(
        id=paper,
        title=_first(fields.get("title")),
        abstract=_abstract(text_of(fields.get("abstract"))),
        authors=tuple(_authors(fields.get("author"))),
        keywords=texts_of(fields.get("subject")),
        url=doi_page(doi),
        published_on=_published(fields),
        announced_on=news if news and since <= news <= today and not notice else None,
        withdrawn=_is_withdrawn(fields),
        aliases=tuple(_preprints(object_of(fields.get("relation")))),
        sources=(NAME,),
        labs=_labs(fields.get("author")),
        venue=_first(fields.get("container-title")) or _first(fields.get("short-container-title")),
        citations=count_of(fields.get("is-referenced-by-count")),
    )


def _entry_of_retracted(doi: str, what: str, notice: Mapping[str, object]) -> Paper | Skipped:
    return paper_or_skipped(what, lambda: _retracted(doi, notice))


def _retracted(doi: str, notice: Mapping[str, object]) -> Paper:
    """What a notice says of a paper it retracts; its own title stands where the paper is not known."""
    paper = doi_id(doi)
    if paper is None:
        raise ValueError(f"retracts what is no DOI: {doi[:80]!r}")
    return Paper(paper, _first(notice.get("title")), url=doi_page(doi), withdrawn=True, sources=(NAME,))


def _updates(fields: Mapping[str, object]) -> list[Mapping[str, object]]:
    return [object_of(update) for update in items_of(fields.get("update-to"))]


def _kind(update: Mapping[str, object]) -> str:
    return text_of(update.get("type")).lower().replace("-", "_")


def _is_withdrawn(fields: Mapping[str, object]) -> bool:
    """What a notice says, or a publisher that only changed the title."""
    updates = map(object_of, items_of(fields.get("updated-by")))
    by_notice = any(_kind(update) in _GONE for update in updates)
    return by_notice or _GONE_IN_TITLE.match(_first(fields.get("title"))) is not None


def _first(value: object) -> str:
    """Titles come as lists; another one is the same in another form."""
    return next(iter(texts_of(value)), "") or text_of(value)


def _abstract(text: str) -> str:
    """Without its heading: the tags of the rest are for whoever makes text readable."""
    return _HEADING.sub(r"\1", text)


def _authors(people: object) -> Iterator[str]:
    for person in map(object_of, items_of(people)):
        given, family = text_of(person.get("given")), text_of(person.get("family"))
        yield f"{given} {family}".strip() or text_of(person.get("name"))


def _labs(people: object) -> tuple[str, ...]:
    homes = [home for person in items_of(people) for home in items_of(object_of(person).get("affiliation"))]
    return texts_of([object_of(home).get("name") for home in homes])


def _published(fields: Mapping[str, object]) -> date | None:
    """The most exact day there is; of a month or a year alone the first day."""
    days = [day for day in (_day(fields.get(name)) for name in _PUBLISHED) if day]
    return max(days, key=lambda day: day[0])[1] if days else None


def _day(value: object) -> tuple[int, date] | None:
    """How many parts are told (`{"date-parts": [[2026, 6]]}`: 2), and the first day that fits them."""
    lists = items_of(object_of(value).get("date-parts"))
    told = takewhile(lambda part: type(part) is int, items_of(lists[0] if lists else None)[:3])
    parts = [part for part in told if isinstance(part, int)]
    if not parts:  # a day that is not known is `[[null]]`
        return None
    try:
        return len(parts), date(*[*parts, 1, 1][:3])
    except (ValueError, OverflowError):
        return None


def _preprints(relation: Mapping[str, object]) -> Iterator[PaperId]:
    """The other half of a preprint and its article."""
    for kind in _PREPRINTS:
        for other in map(object_of, items_of(relation.get(kind))):
            name = text_of(other.get("id"))
            arxiv = arxiv_version(name) if text_of(other.get("id-type")).lower() == "arxiv" else None
            if found := arxiv[0] if arxiv else doi_id(name):
                yield found
