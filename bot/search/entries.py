"""What every index keeps of a paper, and what it looks for: the same in all of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from bot.model import Paper, PaperId
from bot.ports import Query, Words
from bot.search.analysis import STOP_WORDS, asked_stems, folded, indexed_text, prepared, stem, stems

MOST_NAMES = 500
"""Authors beyond these are no longer found by their names: some experiments have thousands."""

_LOW = 24
_ENDLESS = 1 << 62
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_SHORTEST, _LONGEST = 2, 40
_STOPS = frozenset(map(stem, STOP_WORDS))


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper in an index. Texts are prepared for the tokenizer; categories and sources are folded.

    `names` are authors' names, folded and as they are written.

    `order` grows with the paper's day, and is another one for (nearly) every paper.
    """

    id: PaperId
    text: str
    title: str
    names: tuple[tuple[str, str], ...]
    categories: tuple[str, ...]
    sources: tuple[str, ...]
    order: int


def entry_from_paper(paper: Paper) -> Entry:
    """Any text is allowed, and what no file can hold is left out of it."""
    categories = [folded(category) for category in paper.categories]
    title = prepared(paper.title)
    return Entry(
        paper.id,
        indexed_text(paper, title),
        title,
        tuple(
            {
                plain: name for name in reversed(paper.authors[:MOST_NAMES]) if (plain := plain_name(name))
            }.items()
        ),
        # `cs.cl` is of `cs` too.
        tuple({*categories, *(category.partition(".")[0] for category in categories)}),
        tuple(map(folded, paper.sources)),
        first_order(paper.published_on or paper.announced_on) | crc32(encoded(paper.id)) >> (32 - _LOW),
    )


def encoded(text: str) -> bytes:
    """As UTF-8; a lone half of a pair, which no file can hold, as a question mark."""
    return text.encode("utf-8", "replace")


def first_order(day: date | None) -> int:
    """The least `order` of a paper of that day; papers without one come before all days."""
    return day.toordinal() << _LOW if day else 0


def asked_orders(query: Query) -> range | None:
    """What the `order` of a paper of the days asked for can be; None where one without a day will do, too."""
    if not (query.since or query.before):
        return None
    return range(
        first_order(query.since or date.min), first_order(query.before) if query.before else _ENDLESS
    )


def plain_name(name: str) -> str:
    """The folded parts of a person's name: `É. Zola` → `e zola`."""
    return " ".join(_PART.findall(folded(name)))


def title_words(paper: Paper) -> set[str]:
    """The folded words of title and keywords that are worth proposing: `GPT-4` whole, and its parts."""
    plain = folded(" ".join((paper.title, *paper.keywords)))
    found = _WORD.findall(plain)
    found += [part for word in found if "-" in word for part in word.split("-")]
    return {one for one in found if _SHORTEST < len(one) <= _LONGEST and one not in STOP_WORDS}


@dataclass(frozen=True, slots=True)
class Clause:
    """Stems of one field with their places; all must stand there. `phrase`: in these places, counted from any."""

    field: str
    stems: tuple[tuple[int, str], ...]
    phrase: bool


@dataclass(frozen=True, slots=True)
class Person:
    """The parts of a name, all in one; `phrase`: next to one another, in that order."""

    parts: tuple[str, ...]
    phrase: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """A query, analysed. `loose`: stems of `field`, at least one of them, and what each counts."""

    loose: dict[str, float]
    field: str
    must: tuple[Clause | Person, ...]
    must_not: tuple[Clause | Person, ...]

    @property
    def newest(self) -> bool:
        """Nothing is asked for by which one paper is better than another: the latest come first."""
        return not (self.loose or any(isinstance(one, Clause) for one in self.must))


def sought_from_query(query: Query) -> Sought | None:
    """None where words are asked for and there is no letter or digit in them."""
    texts = [one.text for one in query.wanted if not (one.phrase or one.field)]
    loose = asked_stems(" ".join(texts))
    must = _clauses(one for one in query.wanted if one.phrase or one.field)
    if query.wanted and not (loose or must):
        return None
    # Words that everything has are not in the text, but they are in titles: `The Who`.
    field = "text" if set(loose) - _STOPS else "title"
    return Sought(loose, field, must, _clauses(query.unwanted))


def _clauses(some: Iterable[Words]) -> tuple[Clause | Person, ...]:
    return tuple(filter(None, map(_clause, some)))


def _clause(words: Words) -> Clause | Person | None:
    if words.field == "author":
        parts = tuple(plain_name(words.text).split())
        return Person(parts, words.phrase) if parts else None
    placed = tuple(enumerate(stems(words.text)))
    if words.field == "title":
        return Clause("title", placed, words.phrase) if placed else None
    kept = tuple((place, one) for place, one in placed if one not in _STOPS)
    # A word with a hyphen has several stems, which belong together.
    return Clause("text" if kept else "title", kept or placed, True) if placed else None


def counted_stems(word: str) -> tuple[str, Sequence[str]]:
    """The field and the stems by which the papers are counted that have a word."""
    found = stems(word)
    kept = [one for one in found if one not in _STOPS]
    return ("text", kept) if kept else ("title", found)
