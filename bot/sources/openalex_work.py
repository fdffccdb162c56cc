"""OpenAlex's works: one record becomes one paper (developers.openalex.org/api-reference/works)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from bot.identity import arxiv_version, doi_id
from bot.model import Paper, PaperId
from bot.sources.arxiv.facts import abstract_page
from bot.sources.fields import count_of, day_of, links_of, text_of, web_address
from bot.sources.web.jsonbody import part, parts

Work = Mapping[str, object]

NAME = "openalex"
FIELDS = (
    "id",
    "doi",
    "ids",
    "title",
    "publication_date",
    "abstract_inverted_index",
    "authorships",
    "primary_location",
    "best_oa_location",
    "locations",
    "cited_by_count",
    "is_retracted",
    "primary_topic",
    "keywords",
)
"""What is asked for: a whole work is many times larger."""

_OWN = re.compile(r"(?:https?://openalex\.org/)?(W\d{1,15})", re.ASCII | re.IGNORECASE)
_PMID = re.compile(r"(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/)?(\d{1,12})/?", re.ASCII)
_PMC = re.compile(r"(?:https?://\S{1,60}/articles/)?(?:PMC)?(\d{1,12})/?", re.ASCII | re.IGNORECASE)
_MOST_LABS = 20
_MOST_KEYWORDS = 30
_MOST_WORDS = 20_000
_LONGEST_WORD = 500
_LONGEST_ABSTRACT = 100_000


def paper_from_work(work: object) -> Paper:
    """The paper of one work, not announced. Raises ValueError where it has no id or no title."""
    if not isinstance(work, Mapping):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a fault of the data
    ids = _ids(work)
    keywords = (part(work, "primary_topic"), *parts(work, "keywords"))
    venue = text_of(part(work, "primary_location", "source", "display_name"))
    return Paper(
        id=ids[0],
        title=text_of(work.get("title")) or text_of(work.get("display_name")),
        abstract=abstract_of(work.get("abstract_inverted_index")),
        authors=tuple(_authors(work)),
        keywords=_names(keywords, _MOST_KEYWORDS),
        url=_page(work, ids[0]),
        links=links_of([("PDF", part(work, "best_oa_location", "pdf_url"))]),
        published_on=day_of(work.get("publication_date")),
        withdrawn=work.get("is_retracted") is True,
        citations=count_of(work.get("cited_by_count")),
        aliases=ids[1:],
        sources=(NAME,),
        labs=_names(_institutions(work), _MOST_LABS),
        venue=venue,
    )


def _ids(work: Work) -> tuple[PaperId, ...]:
    """arXiv's id before the DOI before OpenAlex's own; each of them may stand in several places, as an address."""
    doi = doi_id(text_of(work.get("doi")) or text_of(part(work, "ids", "doi")))
    places = (_arxiv(part(place, "landing_page_url")) for place in parts(work, "locations"))
    arxiv = [doi] if doi and doi.startswith("arxiv:") else list(islice(filter(None, places), 1))
    own = _OWN.fullmatch(text_of(work.get("id")) or text_of(part(work, "ids", "openalex")))
    pmid = _PMID.fullmatch(text_of(part(work, "ids", "pmid")))
    pmc = _PMC.fullmatch(text_of(part(work, "ids", "pmcid")))
    ids = [
        *arxiv,
        *([doi] if doi else []),
        *([PaperId(f"openalex:{own[1].upper()}")] if own else []),
        *([PaperId(f"pubmed:{pmid[1]}")] if pmid else []),
        *([PaperId(f"pmc:PMC{pmc[1]}")] if pmc else []),
    ]
    if not ids:
        raise ValueError("no usable id")
    return tuple(dict.fromkeys(ids))


def _arxiv(address: object) -> PaperId | None:
    text = text_of(address)
    found = arxiv_version(text) if "arxiv.org/" in text.lower() else None
    return found[0] if found else None


def _page(work: Work, paper: PaperId) -> str:
    if paper.startswith("arxiv:"):
        return abstract_page(paper)
    places = (part(work, "primary_location", "landing_page_url"), work.get("doi"), work.get("id"))
    return next((page for page in map(web_address, places) if page), "")


def _authors(work: Work) -> Iterator[str]:
    for authorship in parts(work, "authorships"):
        yield text_of(part(authorship, "author", "display_name")) or text_of(
            part(authorship, "raw_author_name")
        )


def _institutions(work: Work) -> Iterator[object]:
    for authorship in parts(work, "authorships"):
        yield from parts(authorship, "institutions")


def _names(things: Iterable[object], most: int) -> tuple[str, ...]:
    names = (text_of(part(thing, "display_name")) for thing in things)
    return tuple(islice(dict.fromkeys(name for name in names if name), most))


def abstract_of(index: object) -> str:
    """The text of `{"word": [places]}`; a place that is no place, taken, or beyond any abstract is passed over."""
    if not isinstance(index, Mapping):
        return ""
    words: dict[int, str] = {}
    for word, places in index.items():
        if isinstance(word, str) and len(word) <= _LONGEST_WORD and isinstance(places, list):
            for place in islice(places, _MOST_WORDS):
                if isinstance(place, int) and not isinstance(place, bool) and 0 <= place < _MOST_WORDS:
                    words.setdefault(place, word)
    return _bounded(words[place] for place in sorted(words))


def _bounded(words: Iterable[str]) -> str:
    kept: list[str] = []
    size = 0
    for word in words:
        size += len(word) + 1
        if size > _LONGEST_ABSTRACT:
            break
        kept.append(word)
    return text_of(" ".join(kept))
