"""A paper as a BibTeX entry (bibtex.org/Format): whatever its words hold, the entry stays one entry.

Braces count in BibTeX even behind a backslash, so a lone one is spelt out as a command.
"""

import re
from collections.abc import Iterator
from datetime import date

from bot.arxiv_categories import CATEGORIES
from bot.identity import doi_id, normal_title
from bot.model import Paper, PaperId

_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "$&%#_"},
    }
)
_IN_ADDRESS = str.maketrans({c: f"%{ord(c):02X}" for c in '{}\\"<>^`| '})
_ARXIV = re.compile(r"arxiv:(?:[a-z.-]+/)?(\d\d)(?:\d\d)\.?\d+", re.IGNORECASE)
_PASSED_OVER = frozenset(
    "a an and are as at by can do does for from how in into is it its of on or the to towards via what when why "
    "with without".split()
)
_SHORTENED = re.compile(r"[0-9a-f]{24}")
_FIRST_ARXIV_YEAR = 91


def bibtex(paper: Paper) -> str:
    """`@article` where a journal or conference is known, otherwise `@misc`; ends without a line break."""
    kind = "article" if paper.venue else "misc"
    fields = [f"  {name} = {{{value}}}," for name, value in _fields(paper) if value]
    return "\n".join([f"@{kind}{{{_key(paper)},", *fields, "}"])


def _fields(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "title", _title(paper.title)
    yield "author", " and ".join(map(_author, paper.authors))
    yield "journal", escaped(paper.venue)
    yield "year", _year(paper)
    if number := _id_in("arxiv", paper):
        yield "eprint", number
        yield "archivePrefix", "arXiv"
        yield "primaryClass", next((one for one in paper.categories if one in CATEGORIES), "")
    yield "doi", _doi(paper)
    yield "url", paper.url.translate(_IN_ADDRESS)


def escaped(text: str) -> str:
    """As LaTeX prints the text itself; its braces are balanced. Letters of any script stay: BibTeX files are UTF-8."""
    return text.translate(_SPECIAL)


def _title(title: str) -> str:
    """Words with capitals inside are held together, because styles make small letters of the others."""
    words = ((escaped(word), any(map(str.isupper, word[1:]))) for word in title.split())
    return " ".join(f"{{{word}}}" if is_name else word for word, is_name in words)


def _author(name: str) -> str:
    """One that BibTeX would take apart (`Barnes and Noble`, too many commas) is held together."""
    text = escaped(name)
    odd = " and " in f" {name.casefold()} " or name.count(",") > 2 or name.casefold() == "others"
    return f"{{{text}}}" if odd else text


def _id_in(scheme: str, paper: Paper) -> str:
    ids: list[PaperId] = [paper.id, *paper.aliases]
    return next((one.partition(":")[2] for one in ids if one.startswith(f"{scheme}:")), "")


def _doi(paper: Paper) -> str:
    """Its DOI; empty where there is none, or only the short form of one that was too long to be an id."""
    doi = _id_in("doi", paper)
    named = next((found for link in paper.links if (found := doi_id(link.url))), "")
    if _SHORTENED.fullmatch(doi):
        doi = ""
    if not doi and named.startswith("doi:"):
        doi = named.removeprefix("doi:")
    return doi.translate(_IN_ADDRESS)


def _year(paper: Paper) -> str:
    """When it was published, otherwise announced, otherwise as its arXiv id says."""
    day: date | None = paper.published_on or paper.announced_on
    if day:
        return str(day.year)
    match = _ARXIV.match(f"arxiv:{_id_in('arxiv', paper)}")
    if match is None:
        return ""
    return f"{19 if int(match[1]) >= _FIRST_ARXIV_YEAR else 20}{match[1]}"


def _key(paper: Paper) -> str:
    """`vaswani2017attention`: letters and digits of ASCII alone."""
    words = [word for word in map(_ascii, normal_title(paper.title).split()) if word]
    telling = next((word for word in words if word not in _PASSED_OVER), "".join(words[:1]))
    key = f"{_surname(paper)}{_year(paper)}{telling}"
    return key if key[:1].isalpha() else f"paper{key or _ascii(paper.id)}"


def _surname(paper: Paper) -> str:
    name = paper.authors[0] if paper.authors else ""
    last = name.partition(",")[0] if "," in name else name
    return _ascii("".join(normal_title(last).split()[-1:]))


def _ascii(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isascii() and c.isalnum())
