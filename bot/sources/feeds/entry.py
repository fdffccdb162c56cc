"""From an entry of any feed to a paper: which work it is about, who wrote it, when it came out."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from urllib.parse import unquote

from bot.identity import arxiv_version, clean_text, doi_id, title_id, title_tells, url_id
from bot.model import Paper, PaperId
from bot.sources.arxiv.facts import abstract_page, pdf_link
from bot.sources.fields import day_of, links_of, text_of, texts_of, web_address

_MOST_KEYWORDS = 30
_LONGEST_KEYWORD = 100
_ENOUGH = 200

_DOI_IN_PATH = re.compile(r"/(10\.\d{4,9}/[^?#\s]+)")
_AFTER_DOI = re.compile(r"[./](?:full|abstract|short|e?pdf|html?|full-text|meta|full\.pdf|full\.html)/?$")
# bioRxiv and medRxiv add the version to the DOI in their addresses.
_RXIV_VERSION = re.compile(r"^(10\.(?:1101|64898)/.+?)v\d{1,3}$")
_INITIALS = re.compile(r"(?:[A-Z]\.?[- ]?){1,4}", re.ASCII)
_AND = re.compile(r"\s*,?\s+and\s+|\s*;\s*")


def paper_from_entry(
    record: Mapping[str, object],
    day: date,
    *,
    feed: str,
    source: str,
    shared: Collection[str] = (),
    trusted: bool = False,
) -> Paper:
    """The paper of an entry that was news on `day`, from the feed of that address. Raises ValueError without a title.

    `record` is an entry as the parser tells it; its markup is kept. An address or id in `shared` names no work.
    """
    title = text_of(record.get("title"))
    if not title:
        raise ValueError("no title")
    link = web_address(record.get("link")) or web_address(record.get("id"))
    named = [text for name in ("link", "id") if (text := text_of(record.get(name))) and text not in shared]
    found = list(dict.fromkeys(_ids(named, texts_of(record.get("dois")))))
    paper = found[0] if found else _own_id(named, title, feed)
    arxiv = paper.startswith("arxiv:")
    return Paper(
        id=paper,
        title=title,
        abstract=_abstract(text_of(record.get("summary")), text_of(record.get("content"))),
        authors=tuple(authors_of_feed(texts_of(record.get("authors")))),
        keywords=tuple(term[:_LONGEST_KEYWORD] for term in texts_of(record.get("terms"))[:_MOST_KEYWORDS]),
        url=abstract_page(paper) if arxiv else link,
        links=(pdf_link(paper),) if arxiv else links_of([("PDF", record.get("pdf"))]),
        published_on=day_of(record.get("published")),
        announced_on=day,
        aliases=tuple(found[1:]) if trusted else (),
        sources=(source,),
    )


def _ids(named: list[str], told: tuple[str, ...]) -> Iterator[PaperId]:
    """arXiv's first, then DOIs, best told first."""
    for text in named:
        if arxiv := arxiv_version(text):
            yield arxiv[0]
    dois = [doi for text in (*told, *named) if (doi := _doi(text) or _doi_in(text))]
    yield from sorted(dois, key=lambda doi: not doi.startswith("arxiv:"))


def _doi(text: str) -> PaperId | None:
    return doi_id(text.removeprefix("info:doi/").partition("?")[0])


def _doi_in(link: str) -> PaperId | None:
    """The DOI in the path of a publisher's address (`/doi/full/10.1126/science.abc`)."""
    found = _DOI_IN_PATH.search(unquote(link.partition("?")[0])) if web_address(link) else None
    if not found:
        return None
    doi = _AFTER_DOI.sub("", found[1])
    return doi_id(_RXIV_VERSION.sub(r"\1", doi))


def _own_id(named: list[str], title: str, feed: str) -> PaperId:
    """A title that tells nothing names its work in this feed only."""
    if link := next(filter(None, map(web_address, named)), ""):
        return url_id(link)
    return title_id(title) if title_tells(title) else url_id(f"{feed}#{next(iter(named), title)}")


def _abstract(summary: str, content: str) -> str:
    """The summary, unless it is but a teaser for what follows."""
    return content if len(summary) < min(_ENOUGH, len(content)) else summary


def authors_of_feed(names: tuple[str, ...]) -> Iterator[str]:
    """One name each, also where a feed has all of them in one (`A. One and B. Two`, `One, A., Two, B.`)."""
    for name in names:
        for part in _AND.split(name):
            yield from filter(None, map(clean_text, _split(part)))


def _split(names: str) -> list[str]:
    parts = [part.strip() for part in names.split(",") if part.strip()]
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) > 2 and len(parts) % 2 == 0 and all(_INITIALS.fullmatch(second) for _, second in pairs):
        return [f"{first}, {second}" for first, second in pairs]
    return parts if len(parts) > 1 and all(" " in part for part in parts) else [names]
