"""What each piece of evidence weighs in the directions of some tastes, worked out for all of them in one go.

One channel's numbers are few, so that asking numpy costs more than its answers; those of many channels end to end cost
hardly more. No number depends on whose others stand beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from bot.recommend.shelf import Shelf, Words
from bot.recommend.taste import (
    COMMON,
    FEW_LIKED,
    FEW_PASSED,
    FEW_TURNED,
    FIRST,
    FOLLOWED,
    OFF_TOPIC,
    PASSED_OVER,
    TURNED_DOWN,
    Evidence,
    Taste,
)
from bot.recommend.vectors import Array, row_key

KINDS = range(5)
LIKED, TURNED, PASSED, OFF, TOPIC = KINDS
"""The kinds of voices, in the order in which they speak in each strand."""


class Voices(NamedTuple):
    """Who speaks in some strands, strand after strand: `strands` (n,) and, in each of them, by `kinds` (n,).

    Those of a kind stand in the order in which the taste has them. `rows` (n,) are places on the shelf or, where
    negative, -1 - t for `topics[t]`. `weights` (n,) are what each counts in its strand's direction, below 0 for what
    speaks against. Strand s has those from ends[s] to ends[s+1].
    """

    ends: Array
    strands: Array
    kinds: Array
    rows: Array
    weights: Array
    topics: tuple[csr_matrix, ...]

    def of(self, first: int, last: int) -> "Voices":
        """Of the strands from `first` until before `last`, numbered from 0 there; the topics keep their numbers."""
        start, end = self.ends[[first, last]].tolist()
        return Voices(
            self.ends[first : last + 1] - start,
            self.strands[start:end] - first,
            self.kinds[start:end],
            self.rows[start:end],
            self.weights[start:end],
            self.topics,
        )

    def only(self, kind: int) -> tuple[Array, Array]:
        """The rows and weights of one kind."""
        mine = self.kinds == kind
        return self.rows[mine], self.weights[mine]


@dataclass(frozen=True, eq=False)
class Directions:
    """The directions of the strands of all `tastes`, numbered through: taste c has those from firsts[c] to firsts[c+1].

    By strand: `known` is what its likes weigh together, `against` what was turned down there, `passed` how many papers
    were passed over; `common` is the share of the mean paper that is taken off.
    """

    tastes: tuple[Taste, ...]
    shelf: Shelf
    firsts: Array
    voices: Voices
    known: Array
    against: Array
    passed: Array
    common: Array

    @cached_property
    def words(self) -> Words:
        """The voices' rows."""
        return self.shelf.words(self.voices.rows, self.voices.topics)

    def of(self, taste: int) -> tuple[int, int]:
        """The first strand of a taste, and the first one that is not its own any more."""
        first, last = self.firsts[[taste, taste + 1]].tolist()
        return first, last


def directions_of(tastes: Sequence[Taste], shelf: Shelf) -> Directions:
    """One direction for each strand of each taste."""
    sizes = np.array([len(taste.strands) for taste in tastes])
    firsts = np.concatenate([[0], np.cumsum(sizes)])
    count = int(firsts[-1])
    liked, turned, passed = (
        _Evidence(kind, firsts)
        for kind in zip(*((taste.likes, taste.turned, taste.passed) for taste in tastes), strict=True)
    )
    known, against, seen = (kind.together for kind in (liked, turned, passed))
    few = np.where(known > 0, FOLLOWED + FIRST / np.where(known > 0, known, 1.0), 1.0)
    topic = few * [strand.row is not None for taste in tastes for strand in taste.strands]
    background = few * np.repeat([taste.background is not None for taste in tastes], sizes)
    told = _told(known, (topic > 0) | (background > 0))
    # Of what is off topic it was said what is meant by it.
    heard = np.where(_off_topic(tastes), 1.0, told[turned.strands])
    down = -TURNED_DOWN * (against / (against + FEW_TURNED))[turned.strands] * heard * turned.means
    over = -PASSED_OVER * (told * seen / (seen + FEW_PASSED))[passed.strands] * passed.means
    firsts_of = list(zip(tastes, firsts[:-1].tolist(), strict=True))
    topics = [one for taste, first in firsts_of for one in _topics(taste, first, topic, background)]
    # Equal ones get one number: channels of one workspace follow the same.
    keys = [row_key(row) for _, _, row in topics]
    rows = {key: row for key, (_, _, row) in zip(keys, topics, strict=True)}
    number = {key: i for i, key in enumerate(rows)}
    kinds = (
        (liked.strands, liked.rows, liked.means),
        (turned.strands, turned.rows, down),
        (passed.strands, passed.rows, over),
        _joined([one for taste, first in firsts_of for one in _off(taste, first)]),
        (
            np.array([strand for strand, _, _ in topics], np.int64),
            np.array([-1 - number[key] for key in keys], np.int64),
            np.array([weight for _, weight, _ in topics]),
        ),
    )
    voices = _in_order(kinds, count, tuple(rows.values()))
    # Where nothing is liked, the common is no worse than the odd.
    common = np.repeat([0.0 if taste.is_blank() else COMMON for taste in tastes], sizes)
    passed_over = np.bincount(passed.strands, minlength=count)
    return Directions(tuple(tastes), shelf, firsts, voices, known, against, passed_over, common)


class _Evidence:
    """One kind of evidence of all tastes, end to end: the `strands` it speaks in, each paper's part in their `means`.

    By what papers weigh `together` (strands,), not by their number, a damped or faded vote says less.
    """

    def __init__(self, evidence: Sequence[Evidence], firsts: Array) -> None:
        counts = [len(one.papers) for one in evidence]
        self.strands = np.concatenate([one.strands for one in evidence]) + np.repeat(firsts[:-1], counts)
        self.rows = np.concatenate([one.places for one in evidence])
        weights = np.concatenate([one.weights for one in evidence])
        self.together = np.bincount(self.strands, weights, int(firsts[-1]))
        self.means = weights / self.together[self.strands]


def _told(known: Array, followed: Array) -> Array:
    """(strands,): 0 … 1, how well it is known what is wanted there; a topic stands for part of a like.

    What turned down and wanted papers share cancels only in a mean of many likes: few would have it against them.
    Where nothing is wanted, what is turned down is all there is, and counts in full.
    """
    wanted = known + FOLLOWED * followed
    return np.where(wanted > 0, wanted / (wanted + FEW_LIKED), 1.0)


def _off_topic(tastes: Sequence[Taste]) -> Array:
    """(all turned down,): whether a paper is off topic too; seldom is any."""

    def marked(taste: Taste) -> Array:
        if not len(taste.off.places):
            return np.zeros(len(taste.turned.places), bool)
        return np.isin(taste.turned.places, taste.off.places)

    return np.concatenate([marked(taste) for taste in tastes])


def _off(taste: Taste, first: int) -> Iterator[tuple[Array, Array, Array]]:
    """What is off topic speaks in every strand: its (strands, rows, weights) in each."""
    if len(taste.off.places):
        for strand in range(first, first + len(taste.strands)):
            yield np.full(len(taste.off.places), strand), taste.off.places, -OFF_TOPIC * taste.off.weights


def _topics(
    taste: Taste, first: int, topic: Array, background: Array
) -> Iterator[tuple[int, float, csr_matrix]]:
    """Each followed topic in its own strand, and the followed categories in all: (strand, weight, row)."""
    for number, row in taste.topics:
        if number >= 0:
            yield first + number, float(topic[first + number]), row
        else:
            for strand in range(first, first + len(taste.strands)):
                yield strand, float(background[strand]), row


def _joined(parts: Sequence[tuple[Array, Array, Array]]) -> tuple[Array, Array, Array]:
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    strands, rows, weights = (np.concatenate(some) for some in zip(*parts, strict=True))
    return strands, rows, weights


def _in_order(
    kinds: Sequence[tuple[Array, Array, Array]], count: int, topics: tuple[csr_matrix, ...]
) -> Voices:
    """From (strands, rows, weights) of each kind."""
    strands, rows, weights = _joined(kinds)
    # Stable: kinds stay in their order in each strand, and papers in theirs in each kind.
    order = np.argsort(strands, kind="stable")
    kind = np.repeat(np.arange(len(kinds)), [len(one[0]) for one in kinds])
    ends = np.concatenate([[0], np.cumsum(np.bincount(strands, minlength=count))])
    return Voices(ends, strands[order], kind[order], rows[order], weights[order], topics)
