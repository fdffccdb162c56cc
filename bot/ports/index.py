"""The promises of a search index, and how it is asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.model import Paper, PaperId


@dataclass(frozen=True, slots=True)
class Words:
    """Words as they were typed; the index folds, splits and stems them as it does papers.

    `phrase`: they stand next to one another in that order. `field` is `title` or `author`, where they must all stand
    (an author's in one name); empty: anywhere.
    """

    text: str
    phrase: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What a paper must be, and what makes it a better match.

    `wanted`: phrases and words of a field must be there; of the other words at least one, and the more, and the rarer,
    the better. Without any, all that the rest lets through are found, the latest first. `unwanted` must not be there.
    `categories` and `sources`: one of them; `cs` is all of `cs.*`. `no_categories`, `no_sources`: none of them. Its
    day is `since` or later, and earlier than `before`. `within`: one of these papers; None: any. `beyond`: none of
    these.
    """

    wanted: tuple[Words, ...] = ()
    unwanted: tuple[Words, ...] = ()
    categories: tuple[str, ...] = ()
    no_categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    no_sources: tuple[str, ...] = ()
    since: date | None = None
    before: date | None = None
    within: frozenset[PaperId] | None = None
    beyond: frozenset[PaperId] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A found paper; a higher score is better, comparable within one answer only."""

    paper: PaperId
    score: float


class SearchIndex(Protocol):
    """Words → papers. A projection of the store: it may be thrown away and built again. Raises StoreError.

    A paper's day is when it was published, otherwise announced.
    """

    def position(self) -> int:
        """The store's position up to which papers are indexed; 0 when empty."""

    def identity(self) -> str:
        """Of which store it is, as `clear` was told; empty where it was told none, or the files proved damaged."""

    def add(self, papers: Sequence[Paper], position: int) -> None:
        """Index them (again), then remember the position; what is interrupted is indexed again later.

        A thousand papers and more at once may be found only when fewer, or none, follow. Nothing happens, and the
        position stays, where another process is the one that writes.
        """

    def forget(self, papers: Collection[PaperId]) -> None:
        """Remove them, as far as they are there; found by nobody once something is added, if only nothing.

        Nothing happens where another process is the one that writes. Words and names stay known.
        """

    def search(self, query: Query, limit: int, offset: int = 0) -> list[Hit]:
        """The best matches, best first; of equal ones the latest."""

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """How many papers have each of these words, analysed; 0 for unknown ones."""

    def complete(self, beginning: str, limit: int) -> list[str]:
        """Words of titles that begin like it, the most frequent first."""

    def authors(self, beginning: str, limit: int) -> list[str]:
        """Names of which a part begins like it, those with most papers first."""

    def alike(self, word: str, limit: int) -> list[str]:
        """Known words spelt nearly like it, the best guess first; without itself."""

    def clear(self, identity: str = "") -> bool:
        """Empty it, for that store: position 0. False, and nothing happens, where another process writes."""

    def close(self) -> None:
        """Give back the file. May be called twice."""
