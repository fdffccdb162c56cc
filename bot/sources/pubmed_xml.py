"""PubMed's XML: one article becomes one paper (nlm.nih.gov/bsd/licensee/elements_descriptions.html)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.ElementTree import XMLParser  # type: ignore[import-untyped]

from bot.errors import SourceError
from bot.identity import clean_text, doi_id
from bot.model import Link, Paper, PaperId
from bot.ports import Skipped
from bot.sources.affiliations import labs_of
from bot.sources.fields import paper_or_skipped, text_of
from bot.sources.web.xml import child_text, looks_like_html, pieces

NAME = "pubmed"

_CONTAINERS = frozenset({"PubmedArticleSet", "eFetchResult"})
_DEEPEST = 40
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})
_PMID = re.compile(r"\d{1,12}", re.ASCII)
_PMC = re.compile(r"PMC\d{1,12}", re.ASCII)
_KEPT = frozenset({"sub", "sup"})
_MOST_KEYWORDS = 30
_MONTHS = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_SEASONS = {"win": 1, "spr": 4, "sum": 7, "fal": 10, "aut": 10}
_LOOSE_DATE = re.compile(r"(\d{4})(?:\s+([a-z]{3})[a-z]*(?:\s+(\d{1,2})\b)?)?", re.ASCII | re.IGNORECASE)
_LOOSE_SEASON = re.compile(r"(win|spr|sum|fal|aut)[a-z]*", re.ASCII | re.IGNORECASE)


class _Articles:
    """Collects the finished children of the container and forgets them once taken."""

    def __init__(self) -> None:
        self._builder = TreeBuilder()
        self._open: list[Element] = []
        self.finished: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open and tag not in _CONTAINERS:
            raise ValueError(f"not a set of articles: the document is <{tag[:60]}>")
        if len(self._open) == _DEEPEST:
            raise ValueError("elements nested too deeply")
        self._open.append(self._builder.start(tag, attributes))

    def end(self, tag: str) -> None:
        element = self._builder.end(tag)
        self._open.pop()
        if len(self._open) == 1:
            self.finished.append(element)
            self._open[0].clear()

    def data(self, text: str) -> None:
        self._builder.data(text)

    def take(self) -> list[Element]:
        taken, self.finished = self.finished, []
        return taken


def _refuse_declarations(_name: str, _system: str | None, _public: str | None, internal: int) -> None:
    """PubMed names its document type in a line; what a document declares by itself could only do harm."""
    if internal:
        raise ValueError("a document type with declarations of its own")


def article_elements(body: bytes) -> Iterator[Element]:
    """The entries of one `efetch` answer, each as soon as it is whole.

    The document type is never loaded, entities are refused. Raises SourceError where it is no set of articles, is a
    refusal, or breaks off, after what was whole came out.
    """
    if looks_like_html(body):
        raise SourceError(NAME, "a web page instead of articles")
    articles = _Articles()
    parser = XMLParser(target=articles, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    parser.parser.StartDoctypeDeclHandler = _refuse_declarations
    for chunk in (*pieces(body), None):
        error = _fed(parser, chunk)
        for element in articles.take():
            if element.tag == "ERROR":
                raise SourceError(NAME, f"refused the request: {clean_text(inner_text(element))[:200]}")
            yield element
        if error:
            raise SourceError(NAME, error)


def _fed(parser: XMLParser, chunk: bytes | None) -> str:
    """What is wrong with the document up to and including this chunk (None: its end); empty if nothing."""
    try:
        if chunk is None:
            parser.close()
        else:
            parser.feed(chunk.translate(None, _CONTROLS))
    except ParseError as error:
        return f"half a document ({error})" if chunk is None else f"not well-formed XML ({error})"
    except (ValueError, LookupError) as error:  # LookupError: an unknown encoding
        defused = type(error).__module__.startswith("defusedxml")
        return "an entity, which no article needs" if defused else str(error)[:120] or "not XML"
    return ""


def papers_of(body: bytes, today: date) -> Iterator[Paper | Skipped]:
    """The entries of one `efetch` answer, in order; raises as `article_elements`."""
    for position, element in enumerate(article_elements(body), 1):
        pmid = pmid_of(element)
        what = f"PMID {pmid}" if pmid else f"entry {position}"
        if element.tag == "PubmedArticle":
            yield paper_or_skipped(what, lambda element=element: paper_from_article(element, today))  # type: ignore[misc]
        elif element.tag == "PubmedBookArticle":
            yield Skipped(what, "a part of a book, not an article")


def pmid_of(element: Element) -> str:
    """The PubMed id of an article or of a part of a book; empty where there is none."""
    pmid = child_text(element, "MedlineCitation/PMID", "BookDocument/PMID")
    return pmid if _PMID.fullmatch(pmid) else ""


def paper_from_article(element: Element, today: date) -> Paper:
    """The paper of one `PubmedArticle`. Raises ValueError where it has no id, no title or no day of entry."""
    citation, article = element.find("MedlineCitation"), element.find("MedlineCitation/Article")
    entered = _entered(element)
    if citation is None or article is None or entered is None or entered > today:
        raise ValueError("no article in it" if article is None else f"entered on {entered or 'no day'}")
    pmid, pmc = pmid_of(element), _pmc(element)
    ids = _ids(element, pmid, pmc)
    return Paper(
        id=ids[0],
        title=_title(article),
        abstract=_abstract(article),
        authors=tuple(dict.fromkeys(_authors(article))),
        keywords=tuple(_keywords(citation)),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
        links=(Link("full text", f"https://pmc.ncbi.nlm.nih.gov/articles/{pmc}/"),) if pmc else (),
        published_on=_day(article.find("ArticleDate")) or _day(article.find("Journal/JournalIssue/PubDate")),
        announced_on=entered,
        withdrawn=_is_retracted(article),
        aliases=ids[1:],
        sources=(NAME,),
        labs=labs_of(
            inner_text(place) for place in article.iterfind("AuthorList/Author/AffiliationInfo/Affiliation")
        ),
        venue=_venue(article),
    )


def _ids(element: Element, pmid: str, pmc: str) -> tuple[PaperId, ...]:
    """The DOI first. Cited works have ids of the same form further down: those are not looked at."""
    named = [child_text(element, "PubmedData/ArticleIdList/ArticleId[@IdType='doi']")]
    places = element.iterfind("MedlineCitation/Article/ELocationID[@EIdType='doi']")
    named += [place.text or "" for place in places if place.get("ValidYN") != "N"]
    ids = [found for text in named if (found := doi_id(clean_text(text)))]
    ids += [PaperId(f"pubmed:{pmid}")] if pmid else []
    if not ids:
        raise ValueError("no DOI and no PubMed id")
    return tuple(dict.fromkeys([*ids, *([PaperId(f"pmc:{pmc}")] if pmc else [])]))


def _pmc(element: Element) -> str:
    pmc = child_text(element, "PubmedData/ArticleIdList/ArticleId[@IdType='pmc']").upper()
    return pmc if _PMC.fullmatch(pmc) else ""


def _title(article: Element) -> str:
    """Without the final full stop, and without the brackets that mark a translation."""
    found = article.find("ArticleTitle")
    title = clean_text(inner_text(found)) if found is not None else ""
    if title.startswith("[") and title.rstrip(".").endswith("]"):
        title = title.rstrip(".")[1:-1]
    if title.casefold() in {"", "not available"}:
        vernacular = article.find("VernacularTitle")
        title = clean_text(inner_text(vernacular)) if vernacular is not None else ""
    return title if title.endswith("..") else title.removesuffix(".")


def _venue(article: Element) -> str:
    """`Gut : journal of the British Society of Gastroenterology` → `Gut`."""
    return text_of(child_text(article, "Journal/Title", "Journal/ISOAbbreviation")).partition(" : ")[0]


def _abstract(article: Element) -> str:
    return " ".join(text for text in map(_section, article.iterfind("Abstract/AbstractText")) if text)


def _section(element: Element) -> str:
    label, text = clean_text(element.get("Label", "")), clean_text(inner_text(element))
    return f"{label}: {text}" if text and label.casefold() not in {"", "unlabelled"} else text


def inner_text(element: Element) -> str:
    """All the text in it, in order; of its markup only `<sub>` and `<sup>` stay, as text."""
    parts = [element.text or ""]
    for child in element:
        inner = inner_text(child)
        parts.append(f"<{child.tag}>{inner}</{child.tag}>" if child.tag in _KEPT and inner else inner)
        parts.append(child.tail or "")
    return "".join(parts)


def _authors(article: Element) -> Iterator[str]:
    for author in article.iterfind("AuthorList/Author"):
        given = child_text(author, "ForeName", "Initials")
        parts = (given, child_text(author, "LastName"), child_text(author, "Suffix"))
        group = author.find("CollectiveName")
        name = clean_text(inner_text(group) if group is not None else " ".join(parts))
        if name and author.get("ValidYN") != "N":
            yield name


def _keywords(citation: Element) -> list[str]:
    words = (clean_text(inner_text(word)) for word in citation.iterfind("KeywordList/Keyword"))
    return list(dict.fromkeys(word for word in words if 0 < len(word) <= 100))[:_MOST_KEYWORDS]


def _is_retracted(article: Element) -> bool:
    kinds: Iterable[Element] = article.iterfind("PublicationTypeList/PublicationType")
    return any(kind.get("UI") == "D016441" or kind.text == "Retracted Publication" for kind in kinds)


def _entered(element: Element) -> date | None:
    days = {day.get("PubStatus"): _day(day) for day in element.iterfind("PubmedData/History/PubMedPubDate")}
    return days.get("entrez") or days.get("pubmed")


def _day(element: Element | None) -> date | None:
    """The first day it can mean: `2025`, `2025 Jun`, `2025 Jun-Jul`, `2025 Dec 28-2026 Jan 3`, `2025 Summer`."""
    if element is None:
        return None
    parts = (child_text(element, name) for name in ("Year", "Month", "Day"))
    text = child_text(element, "MedlineDate") or " ".join(part for part in parts if part)
    season = _LOOSE_SEASON.search(child_text(element, "Season") or text)
    found = _LOOSE_DATE.search(_with_month_names(text))
    if found is None:
        return None
    month = _MONTHS.get((found[2] or "").lower()) or (_SEASONS[season[1].lower()] if season else 1)
    try:
        return date(int(found[1]), month, int(found[3] or 1))
    except ValueError:
        return None


def _with_month_names(text: str) -> str:
    """`2025 06 12` → `2025 jun 12`."""
    year, _, rest = text.partition(" ")
    month, _, day = rest.partition(" ")
    names = list(_MONTHS)
    known = month.isascii() and month.isdigit() and len(month) <= 2 and 1 <= int(month) <= 12
    return f"{year} {names[int(month) - 1]} {day}" if known else text
