"""Entries of arXiv's query API (Atom): one entry → one paper. Shared by the API and by files of its answers."""

from xml.etree.ElementTree import Element

from bot.identity import arxiv_version
from bot.model import Paper
from bot.sources.arxiv.facts import abstract_page, categories_of, dois_of, is_withdrawn, pdf_link
from bot.sources.fields import day_of, text_of
from bot.sources.web.xml import ARXIV, ATOM, child_text

_ERROR = "/api/errors#"


def error_of(entry: Element) -> str:
    """What arXiv complains about, where the entry is its way to report an error; else empty."""
    if _ERROR not in child_text(entry, f"{ATOM}id"):
        return ""
    return child_text(entry, f"{ATOM}summary") or "an error without a text"


def paper_from_entry(entry: Element, source: str = "arxiv") -> Paper:
    """The paper of one entry, not announced: the API says when it was submitted, not when it was news.

    Raises ValueError where the entry is an error or names no arXiv id.
    """
    if error := error_of(entry):
        raise ValueError(f"arXiv reports an error: {error}")
    address = child_text(entry, f"{ATOM}id")
    found = arxiv_version(address)
    if found is None:
        raise ValueError(f"no arXiv id: {address[:80]!r}")
    paper, version = found
    abstract = child_text(entry, f"{ATOM}summary")
    return Paper(
        id=paper,
        title=child_text(entry, f"{ATOM}title"),
        abstract=abstract,
        authors=tuple(child_text(author, f"{ATOM}name") for author in entry.iterfind(f"{ATOM}author")),
        categories=categories_of(terms_of(entry), _primary(entry)),
        url=abstract_page(paper),
        links=(pdf_link(paper),),
        published_on=day_of(child_text(entry, f"{ATOM}published")),
        version=version,
        withdrawn=is_withdrawn(version, child_text(entry, f"{ARXIV}comment"), abstract),
        aliases=dois_of(child_text(entry, f"{ARXIV}doi")),
        sources=(source,),
        labs=_labs(entry),
        venue=text_of(child_text(entry, f"{ARXIV}journal_ref")),
    )


def terms_of(entry: Element) -> list[str]:
    """The terms of an Atom entry's categories."""
    return [category.get("term", "") for category in entry.iterfind(f"{ATOM}category")]


def _labs(entry: Element) -> tuple[str, ...]:
    """What the authors gave as their affiliations, each once; few do."""
    names = (text_of(name.text) for name in entry.iterfind(f"{ATOM}author/{ARXIV}affiliation"))
    return tuple(dict.fromkeys(name for name in names if name))


def _primary(entry: Element) -> str:
    primary = entry.find(f"{ARXIV}primary_category")
    return "" if primary is None else primary.get("term", "")
