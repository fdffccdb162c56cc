"""What the query language knows: one table, of which the parser and docs/search.md are made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from bot.arxiv_categories import category_named, looks_like_category, nearest_category
from bot.ports import Words
from bot.search.categories import meant_category
from bot.search.days import day_from_text

MOST_NOTED = 40
"""So many characters of what was typed are repeated in a note."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`posted:here`, `saved:me`, `liked:here`: papers that facts name; `without` where it has a minus."""

    name: str
    without: bool = False


@dataclass(slots=True)
class Draft:
    """What was understood so far."""

    today: date
    words: list[str] = field(default_factory=list)
    wanted: list[Words] = field(default_factory=list)
    unwanted: list[Words] = field(default_factory=list)
    categories: dict[bool, list[str]] = field(default_factory=lambda: {True: [], False: []})
    sources: dict[bool, list[str]] = field(default_factory=lambda: {True: [], False: []})
    since: date | None = None
    before: date | None = None
    scopes: list[Scope] = field(default_factory=list)
    for_us: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Term:
    """One part of what was typed: `-title:"graph networks"`."""

    text: str
    field: str = ""
    minus: bool = False
    quoted: bool = False

    def written(self) -> str:
        """As it was typed, cut short."""
        value = f'"{self.text}"' if self.quoted else self.text
        whole = f"{self.field}:{value}" if self.field else value
        return whole if len(whole) <= MOST_NOTED else f"{whole[:MOST_NOTED]}…"


Reader = Callable[[Draft, Term], bool]
"""Reads a term of its field into the draft; False, and it is left out, where the value means nothing."""


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the language: what stands behind the colon, what it means, how it is typed."""

    name: str
    value: str
    means: str
    examples: tuple[str, ...]
    expects: str
    read: Reader


def _read_title(draft: Draft, term: Term) -> bool:
    (draft.unwanted if term.minus else draft.wanted).append(
        Words(term.text, phrase=term.quoted, field="title")
    )
    return True


def _read_author(draft: Draft, term: Term) -> bool:
    (draft.unwanted if term.minus else draft.wanted).append(Words(term.text, field="author"))
    return True


def _read_category(draft: Draft, term: Term) -> bool:
    for name in filter(None, map(str.strip, term.text.split(","))):
        known = category_named(name) or (name if name.casefold() in _ELSEWHERE else "")
        draft.categories[not term.minus] += filter(None, [known or _guessed_category(draft, name)])
    return True


def _guessed_category(draft: Draft, name: str) -> str:
    """What to filter by where arXiv has no such category; empty where that cannot be told. Says so in a note."""
    shown = f"“{name[:MOST_NOTED]}”"
    if meant := meant_category(name):
        draft.notes.append(f"{shown} was taken as the category {meant}.")
        return meant
    near = nearest_category(name)
    if near or looks_like_category(name):
        hint = f"; the nearest is {near}" if near else ""
        draft.notes.append(f"{shown} was left out: arXiv has no such category{hint}.")
        return ""
    draft.notes.append(
        f"{shown} is no category of arXiv: only papers are found to which another source gave it."
    )
    return name


def _read_source(draft: Draft, term: Term) -> bool:
    names = [name.strip().casefold() for name in term.text.split(",")]
    draft.sources[not term.minus] += filter(None, names)
    return True


def _read_since(draft: Draft, term: Term) -> bool:
    return _read_bound(draft, term, since=not term.minus)


def _read_before(draft: Draft, term: Term) -> bool:
    return _read_bound(draft, term, since=term.minus)


def _read_bound(draft: Draft, term: Term, *, since: bool) -> bool:
    day = day_from_text(term.text, draft.today)
    if day is None:
        return False
    if since:
        draft.since = max(draft.since or day, day)
    else:
        draft.before = min(draft.before or day, day)
    return True


def _read_scope(draft: Draft, term: Term) -> bool:
    scope = f"{term.field}:{term.text.casefold()}"
    if scope not in _SCOPES:
        return False
    draft.scopes.append(Scope(scope, term.minus))
    return True


def _read_order(draft: Draft, term: Term) -> bool:
    if term.text.casefold() != "us" or term.minus:
        return False
    draft.for_us = True
    return True


def _read_page(_: Draft, __: Term) -> bool:
    return False  # it was read before the words were taken apart; this one stands inside another word


_ELSEWHERE = frozenset(
    "animal behavior and cognition, biochemistry, bioengineering, bioinformatics, biophysics, cancer biology, "
    "cell biology, developmental biology, ecology, epidemiology, evolutionary biology, genetics, genomics, immunology, "
    "microbiology, molecular biology, neuroscience, paleontology, pathology, pharmacology and toxicology, physiology, "
    "plant biology, scientific communication and education, synthetic biology, systems biology, zoology".split(
        ", "
    )
)
"""Categories of bioRxiv, which some of arXiv's are near to."""
_SCOPES = frozenset({"posted:here", "saved:me", "liked:here"})
_DATE = "write a day, a month or a year (2026-01-15, 2026-01, 2026), or how long ago (7d, 2w, 3m, 1y)."

FIELDS: dict[str, Field] = {
    row.name: row
    for row in (
        Field(
            "title",
            "a word or “phrase”",
            "It stands in the title",
            ("title:attention", 'title:"scaling laws"'),
            "write words of the title.",
            _read_title,
        ),
        Field(
            "author",
            "a name or a part of one",
            "One of its authors is called so",
            ("author:vaswani", 'author:"Yann LeCun"'),
            "write a name.",
            _read_author,
        ),
        Field(
            "cat",
            "categories",
            "It is in one of them; an archive (cs) is all that is in it",
            ("cat:cs.CL", "cat:cs.CL,cs.LG", "-cat:math"),
            "write a category such as cs.CL.",
            _read_category,
        ),
        Field(
            "source",
            "names of sources",
            "One of them named it",
            ("source:arxiv", "source:pubmed,biorxiv"),
            "write the name of a source.",
            _read_source,
        ),
        Field(
            "since",
            "a day, month or year, or how long ago",
            "It appeared then or later",
            ("since:2026-01", "since:2w"),
            _DATE,
            _read_since,
        ),
        Field(
            "before",
            "a day, month or year, or how long ago",
            "It appeared earlier",
            ("before:2026", "before:2026-01-15"),
            _DATE,
            _read_before,
        ),
        Field(
            "posted",
            "here",
            "It was posted in this channel",
            ("posted:here", "-posted:here"),
            "write posted:here.",
            _read_scope,
        ),
        Field("saved", "me", "You saved it here", ("saved:me",), "write saved:me.", _read_scope),
        Field("liked", "here", "This channel likes it", ("liked:here",), "write liked:here.", _read_scope),
        Field(
            "order",
            "us",
            "What this channel likes comes first",
            ("order:us",),
            "write order:us.",
            _read_order,
        ),
        Field(
            "page",
            "a number",
            "That page of the results",
            ("page:2",),
            "write it as a word of its own.",
            _read_page,
        ),
    )
}
"""Name → what it is for, and how it is read."""


SHORT = {
    "category": "cat",
    "au": "author",
    "ti": "title",
    "after": "since",
    "until": "before",
    "sort": "order",
}
"""Other names that people try → the name in `FIELDS`."""
