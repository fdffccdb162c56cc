"""What makes two descriptions one paper: ids, aliases, and how two descriptions become one."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache

from bot.arxiv_categories import ARCHIVES, CATEGORIES
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
_PREPRINT_PAGE = re.compile(
    r"(?:https?://)?(?:[a-z]+\.)?(?:bio|med)rxiv\.org/content/(10\.\d{4,9}/[\d.]*\d)(?:v\d+)?(?:[./?#]\S*)?",
    re.IGNORECASE | re.ASCII,
)
_ELSEWHERE = {
    "pubmed": r"(?:pubmed|pmid):\s*0*([1-9]\d{0,8})|(?:pubmed\.ncbi\.nlm|(?:www\.)?ncbi\.nlm)\.nih\.gov/(?:pubmed/)?"
    r"0*([1-9]\d{0,8})",
    "openalex": r"openalex:(w\d{1,12})|(?:api\.)?openalex\.org/(?:works/)?(w\d{1,12})|(w\d{7,12})",
    "openreview": r"openreview:([\w-]{4,40})|(?:www\.)?openreview\.net/(?:forum|pdf)\?(?:[^#\s]*&)?id=([\w-]{4,40})",
    "s2": r"s2:([0-9a-f]{40})|(?:www\.)?semanticscholar\.org/paper/(?:[^/\s]+/)?([0-9a-f]{40})",
    "s2corpus": r"s2corpus:(\d{1,12})|(?:(?:api|www)\.semanticscholar\.org/)?corpusid:\s*(\d{1,12})",
}
_PATTERNS = {
    scheme: re.compile(rf"(?:https?://)?(?:{pattern})/?(?:[?&#]\S*)?", re.ASCII | re.IGNORECASE)
    for scheme, pattern in _ELSEWHERE.items()
}
_IN_CASE: dict[str, Callable[[str], str]] = {"openalex": str.upper, "s2": str.lower}
_OWN_SCHEMES = frozenset({"title", "url", "hf"})
_WORD = re.compile(r"[^\W_]+")
_SHORTENED_DOI = re.compile(r"doi:[0-9a-f]{24}")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff]"
)
_MAX_ID = 80
_TELLING_WORDS = 4
_CUT = ("…", "...")
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon "
    "phi chi psi omega"
)
_SPELT_OUT = str.maketrans(
    {chr(0x3B1 + place): f" {name} " for place, name in enumerate(_GREEK.split())}
    | {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


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
    """`doi:…` in lower case; an arXiv DOI gives the arXiv id. None where there is no DOI.

    Knows addresses of doi.org, and the pages of bioRxiv and medRxiv, which add a version to the DOI.
    """
    doi = _DOI_PREFIX.sub("", text.strip()).rstrip(".,;")
    if page := _PREPRINT_PAGE.fullmatch(doi):
        doi = page[1]
    if not _DOI.fullmatch(doi):
        return None
    if _ARXIV_DOI.match(doi):
        found = arxiv_version(_ARXIV_DOI.sub("", doi))
        return found[0] if found else None
    return _short("doi", doi.lower())


def scheme_id(scheme: str, text: str) -> PaperId | None:
    """The id in `scheme` that the text names; None where it names none.

    Knows pubmed (`PMID: 31978945`, addresses), openalex (`W2741809807`, addresses), openreview (`openreview:…`,
    addresses), s2 (`s2:` and a sha, addresses of semanticscholar.org/paper) and s2corpus (`CorpusId:215416146`):
    ids as in api.semanticscholar.org/api-docs and docs.openalex.org (get single entities).
    """
    match = _PATTERNS[scheme].fullmatch(text.strip())
    if not match:
        return None
    found = next(group for group in match.groups() if group)
    return PaperId(f"{scheme}:{_IN_CASE.get(scheme, str)(found)}")


def url_id(url: str) -> PaperId:
    """An id for a page that names no better one."""
    return _short("url", url.strip())


def id_from_text(text: str) -> PaperId | None:
    """The id a person may have meant: one of a known scheme, an address that holds one, or one of our own ids."""
    text = text.strip().strip("<>")
    if found := arxiv_version(text):
        return found[0]
    elsewhere = (scheme_id(scheme, text) for scheme in _PATTERNS)
    if known := doi_id(text) or next(filter(None, elsewhere), None):
        return known
    scheme, _, rest = text.partition(":")
    own = scheme in _OWN_SCHEMES and rest and len(text) <= _MAX_ID and " " not in text
    return PaperId(text) if own or _SHORTENED_DOI.fullmatch(text) else None


def _short(scheme: str, rest: str) -> PaperId:
    whole = f"{scheme}:{rest}"
    if len(whole) <= _MAX_ID and not re.search(r"\s", whole):
        return PaperId(whole)
    return PaperId(f"{scheme}:{short_hash(rest)}")


def short_hash(text: str) -> str:
    """24 hexadecimal digits, as ids have them where the text itself is too long for one."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


# A title is asked for several times in a row; this is where imports spend their time.
@lru_cache(maxsize=256)
def normal_title(title: str) -> str:
    """Words only, folded, single spaces, Greek letters by name; the title itself where it has no word at all."""
    folded = unicodedata.normalize("NFKD", title).casefold()
    if not folded.isascii():
        folded = "".join(c for c in folded if not unicodedata.combining(c)).translate(_SPELT_OUT)
    return " ".join(_WORD.findall(folded)) or title.strip()


def title_id(title: str) -> PaperId:
    """The id of a paper that has no other."""
    return PaperId(f"title:{short_hash(normal_title(title))}")


def title_tells(title: str) -> bool:
    """True where a title is long enough to recognise a work by ("0" and "Introduction" are not)."""
    return len(normal_title(title).split()) >= _TELLING_WORDS


def keys(paper: Paper) -> tuple[PaperId, ...]:
    """All ids it is known under, the canonical one first, the title's last where the title tells."""
    titled = (title_id(paper.title),) if title_tells(paper.title) else ()
    return tuple(dict.fromkeys((paper.id, *paper.aliases, *titled)))


def schemes(paper: Paper) -> set[str]:
    """Where it has an id."""
    return {key.partition(":")[0] for key in (paper.id, *paper.aliases)}


def is_private_source(name: str) -> bool:
    """Whether the source of that name is read for some channels only."""
    return ":" in name


def is_private(paper: Paper) -> bool:
    """Whether sources of single channels alone tell of it: anybody may have written such a source."""
    return bool(paper.sources) and all(map(is_private_source, paper.sources))


def merged(known: Paper, seen: Paper) -> Paper:
    """One paper from two descriptions. Keeps `known.id`; merging the same thing again changes nothing.

    A newer version's words win; otherwise what is known stays and gaps are filled. Counts are the newest. A title
    that is another's text as given is replaced by the readable one, and a shortened abstract by the longer one
    (unless both name their versions and these differ). Where one description is private and the other is not, all
    comes from the public one, its day of news and its ids too, and only the private one's sources are added.
    """
    if is_private(known) != is_private(seen):
        return _public(known, seen)
    newer = seen.version > known.version
    first, second = (seen, known) if newer else (known, seen)
    aliases = dict.fromkeys((*known.aliases, seen.id, *seen.aliases))
    aliases.pop(known.id, None)
    title, title_as_given = _readable(_title(first), _title(second))
    abstract, abstract_as_given = _readable(*_longer(first, second))
    return replace(
        known,
        title=title,
        title_as_given=title_as_given,
        abstract=abstract,
        abstract_as_given=abstract_as_given,
        summary=known.summary or seen.summary,
        authors=first.authors or second.authors,
        labs=_union(known.labs, seen.labs),
        categories=_categories(first, second),
        keywords=_union(known.keywords, seen.keywords),
        url=known.url or seen.url,
        links=_links(known.links, seen.links),
        venue=known.venue or seen.venue,
        published_on=_earliest(known.published_on, seen.published_on),
        announced_on=_latest(known.announced_on, seen.announced_on),
        version=max(known.version, seen.version),
        withdrawn=first.withdrawn if newer else known.withdrawn or seen.withdrawn,
        upvotes=known.upvotes if seen.upvotes is None else seen.upvotes,
        stars=known.stars if seen.stars is None else seen.stars,
        citations=known.citations if seen.citations is None else seen.citations,
        aliases=tuple(sorted(aliases)),
        sources=_union(known.sources, seen.sources),
    )


def _public(known: Paper, seen: Paper) -> Paper:
    """The public description of the two, under the id of the first."""
    public = seen if is_private(known) else known
    public = merged(public, public)
    aliases = {public.id, *public.aliases} - {known.id}
    # A paper without a source is public; with a private one alone it would be taken for private the next time.
    sources = _union(known.sources, seen.sources) if public.sources else ()
    return replace(public, id=known.id, aliases=tuple(sorted(aliases)), sources=sources)


_Text = tuple[str, str]
"""The readable text, and the source's own where that differs."""


def _title(paper: Paper) -> _Text:
    return paper.title, paper.title_as_given


def _abstract(paper: Paper) -> _Text:
    return paper.abstract, paper.abstract_as_given


def _readable(first: _Text, second: _Text) -> _Text:
    """The first text with its own original, unless it is missing, or is itself the other's original."""
    if first[0] == second[0]:
        return first[0], first[1] or second[1]
    return second if second[0] and first[0] in ("", second[1]) else first


def _longer(first: Paper, second: Paper) -> tuple[_Text, _Text]:
    """The abstracts, the better one first."""
    comparable = first.version == second.version or not (first.version and second.version)
    swap = comparable and _cut_short(first.abstract, second.abstract)
    return (_abstract(second), _abstract(first)) if swap else (_abstract(first), _abstract(second))


def _cut_short(text: str, whole: str) -> bool:
    if len(text) >= len(whole) or not text:
        return False
    bare = text.removesuffix("…").rstrip(".").rstrip()
    return whole.startswith(bare) or (text.endswith(_CUT) and not whole.endswith(_CUT))


def _categories(first: Paper, second: Paper) -> tuple[str, ...]:
    """arXiv's own in arXiv's order, the primary one first; then what other sources call its subjects."""
    if _from_arxiv(second) and not _from_arxiv(first):
        first, second = second, first
    both = _union(first.categories, second.categories)
    return tuple(sorted(both, key=lambda name: name not in CATEGORIES and name not in ARCHIVES))


def _from_arxiv(paper: Paper) -> bool:
    return any(source.startswith("arxiv") for source in paper.sources)


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
