"""What makes two descriptions one paper: ids, aliases, and how two descriptions become one."""

import hashlib
import re
import unicodedata
from dataclasses import replace
from datetime import date

from bot.model import Link, Paper, PaperId

_NEW_ARXIV = re.compile(r"(\d{4}\.\d{4,5})(?:v(\d+))?", re.ASCII)
_OLD_ARXIV = re.compile(r"([a-z]+(?:-[a-z]+)?)(?:\.[A-Z]{2})?/(\d{7})(?:v(\d+))?", re.ASCII)
_DOI = re.compile(r"10\.\d{4,9}/\S+", re.ASCII)
_ARXIV_PREFIX = re.compile(
    r"^(?:(?:https?://)?(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html)/|oai:arxiv\.org:|arxiv:\s*|"
    r"(?:https?://)?(?:www\.)?huggingface\.co/papers/)",
    re.IGNORECASE,
)
_DOI_PREFIX = re.compile(r"^(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"^10\.48550/arxiv\.", re.IGNORECASE)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff]"
)
_MAX_ID = 80
_TELLING_WORDS = 4


def arxiv_version(text: str) -> tuple[PaperId, int] | None:
    """The versionless id and the version (0: not named) in an arXiv id or address.

    Knows `2203.01250v3`, `arXiv:…`, `oai:arXiv.org:…`, `hep-ex/0307015v1`, `math.GT/0309136`, addresses of
    arxiv.org (abs, pdf, html) and of Hugging Face papers. None for anything else.
    """
    rest = _ARXIV_PREFIX.sub("", text.strip()).split("?")[0].split("#")[0].removesuffix(".pdf").strip("/")
    if match := _NEW_ARXIV.fullmatch(rest):
        return PaperId(f"arxiv:{match[1]}"), int(match[2] or 0)
    if match := _OLD_ARXIV.fullmatch(rest):
        return PaperId(f"arxiv:{match[1]}/{match[2]}"), int(match[3] or 0)
    return None


def doi_id(text: str) -> PaperId | None:
    """`doi:…` in lower case; an arXiv DOI gives the arXiv id. None where there is no DOI."""
    doi = _DOI_PREFIX.sub("", text.strip()).rstrip(".,;")
    if not _DOI.fullmatch(doi):
        return None
    if _ARXIV_DOI.match(doi):
        found = arxiv_version(_ARXIV_DOI.sub("", doi))
        return found[0] if found else None
    return _short("doi", doi.lower())


def url_id(url: str) -> PaperId:
    """An id for a page that names no better one."""
    return _short("url", url.strip())


def id_from_text(text: str) -> PaperId | None:
    """The id a person may have meant: an arXiv id or address, a DOI, or one of our own ids."""
    text = text.strip().strip("<>")
    if found := arxiv_version(text):
        return found[0]
    if found_doi := doi_id(text):
        return found_doi
    scheme, _, rest = text.partition(":")
    if scheme in {"title", "url", "hf"} and rest and len(text) <= _MAX_ID and " " not in text:
        return PaperId(text)
    return None


def _short(scheme: str, rest: str) -> PaperId:
    whole = f"{scheme}:{rest}"
    if len(whole) <= _MAX_ID and not re.search(r"\s", whole):
        return PaperId(whole)
    return PaperId(f"{scheme}:{_digest(rest)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def normal_title(title: str) -> str:
    """Words only, folded, single spaces; the title itself where it has no word at all."""
    folded = unicodedata.normalize("NFKD", title).casefold()
    bare = folded if folded.isascii() else "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare)) or title.strip()


def title_id(title: str) -> PaperId:
    """The id of a paper that has no other."""
    return PaperId(f"title:{_digest(normal_title(title))}")


def title_tells(title: str) -> bool:
    """True where a title is long enough to recognise a work by ("0" and "Introduction" are not)."""
    return len(normal_title(title).split()) >= _TELLING_WORDS


def keys(paper: Paper) -> tuple[PaperId, ...]:
    """All ids it is known under, the canonical one first, the title's last where the title tells."""
    titled = (title_id(paper.title),) if title_tells(paper.title) else ()
    return tuple(dict.fromkeys((paper.id, *paper.aliases, *titled)))


def same_work(one: Paper, other: Paper) -> bool:
    """Whether two papers of one title are one work, when no id says so.

    Two ids of one scheme are two works; then first authors must agree unless one names none.
    """
    schemes = _schemes(one) & _schemes(other) - {"title"}
    if schemes or not title_tells(one.title) or normal_title(one.title) != normal_title(other.title):
        return False
    if not one.authors or not other.authors:
        return True
    return _surname(one.authors[0]) == _surname(other.authors[0])


def _schemes(paper: Paper) -> set[str]:
    return {key.partition(":")[0] for key in (paper.id, *paper.aliases)}


def _surname(author: str) -> str:
    name = author.split(",", maxsplit=1)[0] if "," in author else (author.split() or [""])[-1]
    return normal_title(name)


def merged(known: Paper, seen: Paper) -> Paper:
    """One paper from two descriptions. Keeps `known.id`; merging the same thing again changes nothing.

    A newer version's words win; otherwise what is known stays and gaps are filled. Counts are the newest.
    """
    newer = seen.version > known.version
    first, second = (seen, known) if newer else (known, seen)
    aliases = dict.fromkeys((*known.aliases, seen.id, *seen.aliases))
    aliases.pop(known.id, None)
    return replace(
        known,
        title=first.title or second.title,
        abstract=first.abstract or second.abstract,
        summary=known.summary or seen.summary,
        authors=first.authors or second.authors,
        categories=_union(first.categories, second.categories),
        keywords=_union(known.keywords, seen.keywords),
        url=known.url or seen.url,
        links=_links(known.links, seen.links),
        published_on=_earliest(known.published_on, seen.published_on),
        announced_on=_latest(known.announced_on, seen.announced_on),
        version=max(known.version, seen.version),
        withdrawn=first.withdrawn if newer else known.withdrawn or seen.withdrawn,
        upvotes=known.upvotes if seen.upvotes is None else seen.upvotes,
        stars=known.stars if seen.stars is None else seen.stars,
        aliases=tuple(sorted(aliases)),
        sources=_union(known.sources, seen.sources),
    )


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _links(known: tuple[Link, ...], seen: tuple[Link, ...]) -> tuple[Link, ...]:
    by_url = {link.url: link for link in seen} | {link.url: link for link in known}
    order = dict.fromkeys(link.url for link in (*known, *seen))
    return tuple(by_url[url] for url in order)


def _earliest(one: date | None, other: date | None) -> date | None:
    return min((d for d in (one, other) if d), default=None)


def _latest(one: date | None, other: date | None) -> date | None:
    return max((d for d in (one, other) if d), default=None)


def clean_text(text: str) -> str:
    """One line of readable text: no control or direction-changing characters, single spaces."""
    # Most text is clean already, and imports spend their time here. All but one kind of space is unprintable.
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(_INVISIBLE.sub("", text).split())


def cleaned(paper: Paper) -> Paper:
    """The paper as a store takes it: clean lines, its own id not among its aliases, aliases sorted.

    Raises ValueError where it has no title.
    """
    title = clean_text(paper.title)
    if title == "":
        raise ValueError("no title")
    return replace(
        paper,
        title=title,
        abstract=clean_text(paper.abstract),
        summary=clean_text(paper.summary),
        authors=tuple(name for name in map(clean_text, paper.authors) if name),
        categories=tuple(dict.fromkeys(paper.categories)),
        aliases=tuple(sorted(set(paper.aliases) - {paper.id})),
    )
