"""What papers mean beyond their words: the vectors of a language model, each computed once, beside the words.

Optional (`paperboy[semantic]`). Ranking only ever looks vectors up; a paper without one is judged by its words alone.
A search has its own words read by the model, and is compared with all vectors.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from bot.model import Paper, PaperId
from bot.recommend.embedder import Embedder
from bot.recommend.vectors import Array, unit

if TYPE_CHECKING:
    from bot.recommend.vector_file import VectorFile

KEY_BYTES = 16
ENOUGH = 500
"""From so many vectors it is known what all papers of the archive have in common."""
MOST_COMPARED = 26_000_000
"""Above so many numbers (vectors × dimensions) not all vectors are compared: 100,000 of 256 take some 45 ms."""
_AT_ONCE = 32
_MOST = 50_000
"""So many spots are kept in memory."""


class Meaning:
    """The vectors of papers, computed in batches in the background and looked up while ranking."""

    def __init__(self, embedder: Embedder, file: "VectorFile", *, most_compared: int = MOST_COMPARED) -> None:
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self._embedder, self._file, self._most_compared = embedder, file, most_compared
        self._row: dict[int, int] = {}
        self._placed = _Placed({})

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return len(self._file)

    def embed(self, papers: Sequence[Paper], go_on: Callable[[], bool] = lambda: True) -> int:
        """Compute and keep the vectors that are lacking, in this order, while `go_on`; returns how many.

        Raises OSError where they cannot be kept.
        """
        self._file.catch_up()
        keys = {
            paper.id: (key_of(text), text) for paper, text in zip(papers, map(text_of, papers), strict=True)
        }
        texts = dict(keys.values())
        waiting = [key for key in texts if self._file.row(key) < 0]
        done = 0
        while waiting and go_on():
            # Another process of this machine takes the next batch, not the same one.
            with self._file.alone():
                waiting = [key for key in waiting if self._file.row(key) < 0]
                some, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
                if some:
                    self._file.append(some, self._embedder.embed([texts[key] for key in some]))
            done += len(some)
        rows = {one: self._file.row(key) for one, (key, _) in keys.items()}
        self._placed = self._placed.beside({one: row for one, row in rows.items() if row >= 0})
        return done

    def rows(self, papers: Sequence[Paper]) -> Array:
        """(len(papers),): names of their vectors as long as the process lives; -1 where there is none yet."""
        return np.fromiter((self._row_of(paper) for paper in papers), np.int64, len(papers))

    def vectors(self, rows: Array) -> Array:
        """(len(rows), dimensions) of rows that are not -1."""
        return self._file.vectors(rows)

    def sense(self, text: str) -> Array:
        """(dimensions,) of length 1: where that text lies; zeros where it says nothing to the model."""
        return np.asarray(self._embedder.embed([text])[0], np.float32)

    def sense_of(self, paper: Paper) -> Array:
        """As `sense`: the paper's own vector, or where it has none yet, its text."""
        row = self._row_of(paper)
        return self.vectors(np.array([row]))[0] if row >= 0 else self.sense(text_of(paper))

    def cosines(self, sense: Array, papers: Sequence[Paper]) -> list[float]:
        """How near each lies to that; one without a vector: as the mean of the others, 0 where none has one."""
        rows = self.rows(papers)
        known = rows >= 0
        found = np.zeros(len(rows))
        if known.any():
            found[known] = self.vectors(rows[known]) @ sense
            found[~known] = found[known].mean()
        return [float(one) for one in found]

    def nearest(self, sense: Array, k: int, within: Collection[PaperId] | None = None) -> list[PaperId]:
        """Up to k papers that lie nearest, the nearest first; only such as `embed` was handed in this process.

        `within`: only these. None where more vectors would be compared than can be while somebody waits.
        """
        placed = self._placed if within is None else self._placed.only(within)
        compared = self.count if within is None else len(placed.ids)
        if not sense.any() or compared * self.dimensions > self._most_compared:
            return []
        found = (
            self._file.cosines(sense)[placed.rows] if within is None else self.vectors(placed.rows) @ sense
        )
        best = np.argpartition(-found, k)[:k] if len(found) > k else np.arange(len(found))
        return [placed.ids[i] for i in best[np.argsort(-found[best], kind="stable")].tolist()]

    def map(self, papers: Sequence[Paper]) -> "Map | None":
        """How those of the papers lie that have a vector; None while these are too few."""
        rows = np.unique(self.rows(papers))
        rows = rows[rows >= 0]
        return Map(self, self.vectors(rows)) if len(rows) >= ENOUGH else None

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _row_of(self, paper: Paper) -> int:
        # Asked for each candidate of each channel: the digest of a text is worked out only until its row is known.
        quick = hash((paper.title, paper.abstract, paper.summary))
        row = self._row.get(quick, -1)
        if row < 0:
            row = self._file.row(key_of(text_of(paper)))
            if row >= 0:
                self._row[quick] = row
        return row


class _Placed:
    """Which vector is whose. Never changed, so that whoever reads it needs no lock."""

    def __init__(self, row: dict[PaperId, int]) -> None:
        self._row = row
        self.ids = list(row)
        self.rows: Array = np.fromiter(row.values(), np.int64, len(row))

    def beside(self, more: dict[PaperId, int]) -> "_Placed":
        """With these as well."""
        return self if more.items() <= self._row.items() else _Placed(self._row | more)

    def only(self, ids: Collection[PaperId]) -> "_Placed":
        """Those of these that it has."""
        return _Placed({one: self._row[one] for one in ids if one in self._row})


class Map:
    """Where papers stand around the centre of the archive: without what all its papers have in common.

    Not whitened: with a few likes and hundreds of dimensions that made chance louder when it was tried.
    """

    def __init__(self, meaning: Meaning, archive: Array) -> None:
        """`archive` (n, dimensions) are the vectors by which the others are measured."""
        self._meaning = meaning
        self._centre = archive.mean(axis=0)
        self._spot: dict[int, Array] = {}

    @property
    def count(self) -> int:
        """How many vectors there are: when that has grown, more papers have a spot."""
        return self._meaning.count

    def spots(self, papers: Sequence[Paper]) -> Array:
        """(len(papers), dimensions) of length 1: zeros where there is no vector yet."""
        rows, known = self._meaning.rows(papers).tolist(), self._spot
        kept = {row: known[row] for row in rows if row in known}
        if missing := sorted({row for row in rows if row >= 0} - kept.keys()):
            fresh = dict(zip(missing, self._placed(self._meaning.vectors(np.array(missing))), strict=True))
            kept |= fresh
            self._spot = fresh if len(known) > _MOST else known | fresh
        nothing = np.zeros(self._meaning.dimensions, np.float32)
        return np.array([kept.get(row, nothing) for row in rows]).reshape(len(rows), len(nothing))

    def _placed(self, vectors: Array) -> Array:
        return np.asarray(unit(vectors - self._centre), np.float32)


@dataclass(frozen=True, eq=False)
class Meanings:
    """Where the candidates (`here`) stand on the map, and each kind of a taste's evidence: (n, dimensions) each."""

    here: Array
    liked: Array
    turned: Array
    passed: Array
    off: Array

    def say(self, liked: Array, turned: Array, passed: Array, off: Array) -> Array:
        """(candidates,): likeness to the evidence of these weights, in standard deviations of the candidates.

        0 where there is no vector; 0 everywhere where nothing liked has one.
        """
        towards = liked @ self.liked
        known = self.here.any(axis=1)
        if not towards.any() or not known.any():
            return np.zeros(len(self.here))
        raw = self.here @ (towards + turned @ self.turned + passed @ self.passed + off @ self.off)
        mean, deviation = float(raw[known].mean()), float(raw[known].std()) or 1.0
        return np.where(known, (raw - mean) / deviation, 0.0)


def text_of(paper: Paper) -> str:
    """What the model reads."""
    return f"{paper.title}\n{paper.abstract or paper.summary}".strip()


def key_of(text: str) -> bytes:
    """Of 16 bytes."""
    return blake2b(text.encode(errors="replace"), digest_size=KEY_BYTES).digest()
