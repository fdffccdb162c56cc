"""Papers in JSON: one record → one paper, in our own form or in that of arXiv's metadata snapshot."""

import re
from collections.abc import Iterator, Mapping

from bot.identity import arxiv_version, clean_text, doi_id, id_from_text, title_id
from bot.model import Link, Paper, PaperId
from bot.sources.arxiv.facts import abstract_page, authors_of, categories_of, dois_of, is_withdrawn, pdf_link
from bot.sources.fields import count_of, day_of, links_of, text_of, texts_of, web_address
from bot.sources.web.jsonbody import items_of

Record = Mapping[str, object]

_SNAPSHOT_KEYS = frozenset({"submitter", "authors_parsed", "update_date"})
_VERSION = re.compile(r"v(\d{1,4})", re.ASCII)


def paper_from_record(record: object, source: str) -> Paper:
    """The paper of one JSON value. Raises ValueError where it is no object, has no title, or a foreign form."""
    if not isinstance(record, Mapping):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a fault of the data
    if _SNAPSHOT_KEYS & record.keys():
        return _paper_from_snapshot(record, source)
    return _paper_from_own(record, source)


def _paper_from_own(record: Record, source: str) -> Paper:
    title = _title(record)
    url = web_address(record.get("url"))
    paper, version = _identified(text_of(record.get("id")), url, text_of(record.get("doi")), title)
    categories = texts_of(record.get("categories"))
    return Paper(
        id=paper,
        title=title,
        abstract=_raw(record, "abstract"),
        summary=_raw(record, "summary"),
        authors=_people(record.get("authors")),
        categories=categories_of(categories) if paper.startswith("arxiv:") else categories,
        keywords=texts_of(record.get("keywords")),
        url=url or _page(paper),
        links=_links(record.get("links")),
        published_on=day_of(record.get("published_on")),
        announced_on=day_of(record.get("announced_on")) or day_of(record.get("day")),
        version=version or count_of(record.get("version")) or 0,
        withdrawn=record.get("withdrawn") is True,
        upvotes=count_of(record.get("upvotes")),
        stars=count_of(record.get("stars")),
        aliases=_aliases(record),
        sources=texts_of(record.get("sources")) or (source,),
    )


def _title(record: Record) -> str:
    title = text_of(record.get("title"))
    if title == "":
        raise ValueError("no title")
    return title


def _raw(record: Record, key: str) -> str:
    """The text as it is: long texts are cleaned once, with the whole paper."""
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _identified(own: str, url: str, doi: str, title: str) -> tuple[PaperId, int]:
    """The best id the record names; an id of a system we do not know tells nothing, the title does."""
    for text in (own, url):
        if found := arxiv_version(text):
            return found
    return id_from_text(own) or doi_id(doi) or doi_id(url) or title_id(title), 0


def _people(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return authors_of(clean_text(value))
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()


def _page(paper: PaperId) -> str:
    scheme, _, rest = paper.partition(":")
    pages = {"arxiv": abstract_page(paper), "doi": f"https://doi.org/{rest}", "url": rest}
    return web_address(pages.get(scheme))


def _links(value: object) -> tuple[Link, ...]:
    if isinstance(value, Mapping):
        return links_of(value.items())
    entries = value if isinstance(value, list) else ()
    return links_of((entry.get("label"), entry.get("url")) for entry in entries if isinstance(entry, Mapping))


def _aliases(record: Record) -> tuple[PaperId, ...]:
    named = (*texts_of(record.get("aliases")), text_of(record.get("doi")))
    return tuple(found for text in named if text and (found := id_from_text(text)))


def _paper_from_snapshot(record: Record, source: str) -> Paper:
    """One line of arXiv's metadata snapshot; the day it was submitted is known, the day it was news is not."""
    found = arxiv_version(text_of(record.get("id")))
    if found is None:
        raise ValueError("no arXiv id")
    paper = found[0]
    abstract = text_of(record.get("abstract"))
    versions = [entry for entry in items_of(record.get("versions")) if isinstance(entry, Mapping)]
    version = max((_number(entry.get("version")) for entry in versions), default=0)
    return Paper(
        id=paper,
        title=_title(record),
        abstract=abstract,
        authors=tuple(_parsed_names(record.get("authors_parsed")))
        or authors_of(text_of(record.get("authors"))),
        categories=categories_of(text_of(record.get("categories")).split()),
        url=abstract_page(paper),
        links=(pdf_link(paper),),
        published_on=day_of(versions[0].get("created")) if versions else None,
        version=version,
        withdrawn=is_withdrawn(version, text_of(record.get("comments")), abstract),
        aliases=dois_of(text_of(record.get("doi"))),
        sources=(source,),
    )


def _number(version: object) -> int:
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    return int(match[1]) if match else 0


def _parsed_names(value: object) -> Iterator[str]:
    """`["Balázs", "C.", "", "MIT"]` is last name, first name, suffix, and sometimes affiliations."""
    for parts in items_of(value):
        last, first, suffix = (*_in_order(parts), "", "", "")[:3]
        if last:
            yield " ".join(part for part in (first, last, suffix) if part)


def _in_order(value: object) -> tuple[str, ...]:
    """Clean texts of a list with empty ones kept, so that places keep their meaning."""
    return tuple(map(text_of, items_of(value)))
