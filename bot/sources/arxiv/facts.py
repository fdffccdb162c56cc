"""What is common to all that comes from arXiv: addresses, categories, author lists, withdrawals."""

import re
from collections.abc import Iterable

from bot.arxiv_categories import ARCHIVES, CATEGORIES, RETIRED
from bot.identity import doi_id
from bot.model import Link, PaperId

_KNOWN = CATEGORIES | ARCHIVES | RETIRED
_AND = re.compile(r"\s+and\s+")
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_WITHDRAWN = re.compile(
    r"(?:(?:this|the|our)\s+(?:\w+\s+){0,3}?(?:paper|article|submission|manuscript|preprint|work|version|draft|note)\b"
    r"(?:\s+\w+){0,5}?\s+)?withdrawn\b(?:\s*(?:$|[.,;:()])|\s+(?:by|due|because|since|as|until|pending|from arxiv)\b)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?:^|[.;,:(])\s*")


def abstract_page(paper: PaperId) -> str:
    """Where arXiv asks to be linked to: the page of the newest version."""
    return f"https://arxiv.org/abs/{paper.removeprefix('arxiv:')}"


def pdf_link(paper: PaperId) -> Link:
    """The newest version's PDF."""
    return Link("PDF", f"https://arxiv.org/pdf/{paper.removeprefix('arxiv:')}")


def is_category(term: str) -> bool:
    """Whether it is a category of arXiv, an archive or one retired (`cs.CL`, `astro-ph`, `cmp-lg`).

    ACM and MSC codes (`I.2.7`, `68T50`), which stand beside them in records, are none.
    """
    return term in _KNOWN


def categories_of(terms: Iterable[str], primary: str = "") -> tuple[str, ...]:
    """arXiv's own categories among the terms, each once, the primary one first."""
    return tuple(dict.fromkeys(term for term in (primary, *terms) if is_category(term)))


def dois_of(text: str) -> tuple[PaperId, ...]:
    """The DOIs in arXiv's field, which holds several separated by spaces where a paper appeared twice."""
    return tuple(found for found in map(doi_id, text.split()) if found)


def authors_of(text: str) -> tuple[str, ...]:
    """The names in arXiv's author line: commas and a last "and" divide, affiliations in parentheses go.

    `A. One (MIT, Boston), B. Two, Jr. and C. Three` → `A. One`, `B. Two, Jr.`, `C. Three`.
    """
    names: list[str] = []
    for part in _AND.sub(",", _outside_parentheses(text)).split(","):
        name = " ".join(part.split()).removeprefix("and ")
        if name.lower() in _SUFFIXES and names:
            names[-1] = f"{names[-1]}, {name}"
        elif name:
            names.append(name)
    return tuple(names)


def _outside_parentheses(text: str) -> str:
    if "(" not in text or text.count("(") != text.count(")"):  # cutting would lose names
        return text
    kept, depth = [], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth == 0 and char != ")":
            kept.append(char)
    return "".join(kept)


def is_withdrawn(version: int, comment: str, abstract: str) -> bool:
    """Whether a newer version says in its comment, or first thing in its abstract, that it is withdrawn.

    arXiv has no flag for it (info.arxiv.org/help/withdraw.html): a withdrawal is a version 2 or later
    without a PDF whose comment gives the reason. A first version is never one.
    """
    if version < 2 or "withdrawn" not in f"{comment} {abstract}".lower():
        return False
    if _WITHDRAWN.match(abstract.strip()):
        return True
    return any(_WITHDRAWN.match(comment, clause.end()) for clause in _CLAUSE.finditer(comment))
