"""The words of titles and the names of authors, for completion and for what was meant; tables of an SQLite file."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.identity import is_private
from bot.model import Paper
from bot.search.analysis import folded
from bot.search.entries import Entry, Person, encoded, plain_name, title_words

_MOST_NAMED = 5000
"""So many people may share the name that is asked for."""
_KNOWN_NAMES = 3000
_SHORT = 2
_SHORTEST_TYPO = 3
_SPACES = re.compile(r"\s+")


@dataclass(slots=True)
class Learnt:
    """Words and folded names, with in how many papers they are.

    `known` are words that need no count. `written` are all names as they are written, `hidden` likewise those of papers
    that some channels alone read: they can be looked up, and nobody is offered them.
    """

    words: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    written: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)

    def note(self, paper: Paper, entry: Entry, *, new: bool) -> None:
        """Count a paper's; of one that was counted before, only see to it that they are known."""
        if is_private(paper):
            self.hidden.update(entry.names)
            return
        words = title_words(paper)
        if new:
            self.words.update(words)
            self.names.update([plain for plain, _ in entry.names])
        else:
            self.known |= words
        self.written.update(entry.names)


def create(connection: sqlite3.Connection) -> None:
    """Make the tables, inside a transaction of the caller."""
    connection.execute("CREATE TABLE words (word TEXT PRIMARY KEY, papers INTEGER NOT NULL) WITHOUT ROWID")
    connection.execute(
        """
        CREATE TABLE names (
            number INTEGER PRIMARY KEY, plain TEXT NOT NULL UNIQUE, written TEXT NOT NULL, papers INTEGER NOT NULL)
        """
    )
    connection.execute("CREATE INDEX known_names ON names (papers) WHERE papers > 7")
    connection.execute(
        """
        CREATE TABLE parts (part TEXT NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (part, name)) WITHOUT ROWID
        """
    )


def clear(connection: sqlite3.Connection) -> None:
    """Empty the tables, inside a transaction of the caller."""
    for table in ("words", "names", "parts"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 (names of ours)


def learn(connection: sqlite3.Connection, learnt: Learnt) -> None:
    """Add what was noted, inside a transaction of the caller."""
    connection.executemany(
        """
        INSERT INTO words (word, papers) VALUES (?, ?)
        ON CONFLICT (word) DO UPDATE SET papers = papers + excluded.papers
        """,
        _counts(learnt.words, learnt.known),
    )
    last: int = connection.execute("SELECT COALESCE(MAX(number), 0) FROM names").fetchone()[0]
    connection.executemany(
        "INSERT OR IGNORE INTO names (plain, written, papers) VALUES (?, ?, 0)",
        ((plain, _unless_plain(name, plain)) for plain, name in sorted(learnt.hidden.items())),
    )
    connection.executemany(
        """
        INSERT INTO names (plain, written, papers) VALUES (?, ?, MAX(?, 1))
        ON CONFLICT (plain) DO UPDATE SET papers = MAX(papers + ?, 1)
        """,
        (
            (plain, _unless_plain(learnt.written[plain], plain), count, count)
            for plain, count in _counts(learnt.names, learnt.written.keys())
        ),
    )
    new = connection.execute("SELECT number, plain FROM names WHERE number > ?", (last,)).fetchall()
    connection.executemany(
        "INSERT OR IGNORE INTO parts (part, name) VALUES (?, ?)",
        sorted((part, number) for number, plain in new for part in plain.split()),
    )


def _counts(new: Counter[str], known: Set[str]) -> Iterator[tuple[str, int]]:
    """How often each is new, in their order, which is how a table takes them fastest."""
    return ((one, new[one]) for one in sorted(new.keys() | known))


def _unless_plain(written: str, plain: str) -> str:
    """Most names can be made again of their folded form: these are not kept twice."""
    return "" if written == plain.title() else _SPACES.sub(" ", encoded(written).decode()).strip()


def complete(connection: sqlite3.Connection, beginning: str, limit: int) -> list[str]:
    """Words that begin like it, the most frequent first."""
    plain = folded(beginning).strip()
    rows = connection.execute(
        "SELECT word FROM words WHERE word BETWEEN ? AND ? ORDER BY papers DESC, word LIMIT ?",
        (*_range(plain), limit),
    )
    return [word for (word,) in rows] if plain else []


def _range(beginning: str) -> tuple[str, str]:
    return beginning, beginning + "\U0010ffff"


def authors(connection: sqlite3.Connection, beginning: str, limit: int) -> list[str]:
    """Names that have all the words of it, the last one as the beginning of a part; most papers first."""
    parts = plain_name(beginning).split()
    if not parts or limit < 1:
        return []
    if len(parts) == 1 and len(parts[0]) <= _SHORT:
        known = _shown(_known_names(connection), parts, limit)
        if len(known) == limit:
            return known
    key = max(parts, key=len)
    rows = connection.execute(
        """
        SELECT DISTINCT plain, written, papers FROM parts JOIN names ON names.number = parts.name
        WHERE part BETWEEN ? AND ? AND papers > 0 ORDER BY papers DESC, plain
        """,
        _range(key) if key is parts[-1] else (key, key),
    )
    return _shown(rows, parts, limit)


def _known_names(connection: sqlite3.Connection) -> Iterable[tuple[str, str, int]]:
    """Of names that begin with `s` there are too many to sort as somebody types."""
    return connection.execute(
        "SELECT plain, written, papers FROM names WHERE papers > 7 ORDER BY papers DESC, plain LIMIT ?",
        (_KNOWN_NAMES,),
    )


def _shown(rows: Iterable[tuple[str, str, int]], parts: Sequence[str], limit: int) -> list[str]:
    found: list[str] = []
    for plain, written, _ in rows:
        there = plain.split()
        if all(part in there for part in parts[:-1]) and any(one.startswith(parts[-1]) for one in there):
            found.append(written or plain.title())
            if len(found) == limit:
                break
    return found


def names_of(connection: sqlite3.Connection, person: Person) -> list[str]:
    """The folded names that are meant, at most 5,000, those with most papers first. A letter is an initial."""
    key = max(person.parts, key=len)
    rows = connection.execute(
        """
        SELECT DISTINCT plain FROM parts JOIN names ON names.number = parts.name
        WHERE part BETWEEN ? AND ? ORDER BY papers DESC LIMIT ?
        """,
        (*(_range(key) if len(key) == 1 else (key, key)), _MOST_NAMED),
    )
    return [plain for (plain,) in rows if _is_meant(person, plain.split())]


def _is_meant(person: Person, there: Sequence[str]) -> bool:
    if not person.phrase:
        return all(any(_fits(part, one) for one in there) for part in person.parts)
    starts = range(len(there) - len(person.parts) + 1)
    return any(all(map(_fits, person.parts, there[start : start + len(person.parts)])) for start in starts)


def _fits(part: str, there: str) -> bool:
    return there.startswith(part) if len(part) == 1 else there == part


def alike(connection: sqlite3.Connection, word: str, limit: int) -> list[str]:
    """Words of which it may be a misspelling: the fewest wrong letters first, then the most frequent."""
    plain = folded(word).strip()
    if len(plain) < _SHORTEST_TYPO:
        return []
    most = 1 if len(plain) < 6 else 2
    known = dict(
        connection.execute(
            "SELECT word, papers FROM words WHERE length(word) BETWEEN ? AND ? AND word != ?",
            (len(plain) - most, len(plain) + most, plain),
        )
    )
    found = process.extract(plain, list(known), scorer=OSA.distance, score_cutoff=most, limit=None)
    best = sorted(found, key=lambda one: (one[1], one[0][0] != plain[0], -known[one[0]], one[0]))
    return [one for one, *_ in best[:limit]]
