"""Why a paper was picked, in words: exact shares of a linear score, and the liked paper it is nearest to."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bot.model import Interest, Paper
from bot.recommend.dealing import LONGEST
from bot.recommend.directions import TOPIC
from bot.recommend.hand import Hand
from bot.recommend.lines import Lines
from bot.recommend.newest import newness
from bot.recommend.scoring import Scores
from bot.recommend.spoken import spoken, spoken_by
from bot.recommend.taste import Taste
from bot.recommend.vectors import Array, columns
from bot.recommend.words import (
    category_grams,
    first_telling,
    is_about,
    paper_grams,
    telling_word,
    topic_words,
)

NEAR = 0.1
"""The likeness from which a liked paper is worth naming."""
_LONGEST_TITLE = 70
_MOST_TOPICS = 3


@dataclass(frozen=True, eq=False)
class _Named:
    """The columns of a paper's row, and which word or category is in each.

    `pairs` are the places of those pairs of words of which each word is there alone, too: at `first` and at `second`.
    """

    columns: tuple[int, ...]
    grams: tuple[str, ...]
    pairs: Array
    first: Array
    second: Array

    def strongest(self, values: Array, known: frozenset[str], most: int) -> list[str]:
        """`telling` of its grams without those that have a `known` word; `values`, all >= 0, by column."""
        strength = values.copy()
        strength[self.pairs] += np.minimum(values[self.first], values[self.second])
        some = np.flatnonzero(values)
        order = some[np.argsort(-strength[some], kind="stable")]
        return first_telling(map(self.grams.__getitem__, order.tolist()), most, known)


@lru_cache(maxsize=5_000)
def _named(paper: Paper) -> _Named:
    grams = list(dict.fromkeys((*paper_grams(paper), *category_grams(paper))))
    # Of two grams in one column the first names it.
    by_column = dict(zip(reversed(columns(grams)), reversed(grams), strict=True))
    ordered = sorted(by_column)
    named = tuple(map(by_column.__getitem__, ordered))
    place = {gram: i for i, gram in enumerate(named)}
    split = ((i, gram.partition(" ")) for i, gram in enumerate(named))
    pairs = [(i, place[one], place[two]) for i, (one, _, two) in split if two in place and one in place]
    return _Named(tuple(ordered), named, *np.array(pairs, np.int64).reshape(-1, 3).T)


def shares(paper: Paper, values: Array, at: Array) -> list[tuple[str, float]]:
    """What each of the paper's words and categories adds: `values` of its row, whose columns are `at`."""
    named = _named(paper)
    names = dict(zip(named.columns, named.grams, strict=True))
    some = np.flatnonzero(values)
    pairs = zip(at[some].tolist(), values[some].tolist(), strict=True)
    return [(names[i], value) for i, value in pairs if i in names]


def nearest(taste: Taste, hand: Hand, candidates: Sequence[int]) -> list[tuple[int, float]]:
    """Which liked paper is nearest to each candidate, and how like it is; -1 where nothing is liked."""
    if not taste.likes.papers:
        return [(-1, 0.0)] * len(candidates)
    likeness = hand.likeness(taste.likes.places, np.array(candidates, np.int64))
    return list(zip(likeness.argmax(axis=0).tolist(), likeness.max(axis=0).tolist(), strict=True))


def reasons(
    picks: Sequence[tuple[int, int]],
    taste: Taste,
    scores: Scores,
    hand: Hand,
    followed: Sequence[Interest],
    seeds: frozenset[str],
) -> list[tuple[str, bool]]:
    """For picks (candidate, strand): why, in one line, and whether that is more than chance.

    Whoever asks for more than any digest holds is told of the rest how new it is.
    """
    known = frozenset(word for interest in _topics(followed) for word in topic_words(interest.name))
    asked = _Asked(taste, hand, followed, seeds, known)
    first = _reasons(picks[:LONGEST], scores, asked)
    return first + [(newness(hand.papers[number]), False) for number, _ in picks[LONGEST:]]


def _reasons(picks: Sequence[tuple[int, int]], scores: Scores, asked: "_Asked") -> list[tuple[str, bool]]:
    """What liked papers add to words is worked out only for picks that are like one of them."""
    hand = asked.hand
    close = nearest(asked.taste, hand, [number for number, _ in picks])
    alike = [pick for pick, (_, likeness) in zip(picks, close, strict=True) if likeness >= NEAR / 2]
    by_likes: dict[tuple[int, int], Array] = {}
    for strand in {strand for _, strand in alike}:
        mine = [number for number, its in alike if its == strand]
        rows = hand.pool.shelf.words(hand.places[mine])
        values, ends = spoken(*scores.lines.liked_words(strand), rows), rows.ends.tolist()
        by_likes |= {(number, strand): values[ends[i] : ends[i + 1]] for i, number in enumerate(mine)}
    told = [_Pick(*pick, *near, by_likes.get(pick)) for pick, near in zip(picks, close, strict=True)]
    return [_reason(pick, asked, scores.lines) for pick in told]


class _Pick(NamedTuple):
    """A candidate, for whose place it was picked, the `nearest` like (-1: none), and how like it that is.

    `by_likes` is what liked papers add to each of its words; None where it is not like any.
    """

    number: int
    strand: int
    nearest: int
    likeness: float
    by_likes: Array | None


@dataclass(frozen=True, eq=False)
class _Asked:
    """One channel's question. `known` are the words of its topics, `seeds` the ids of its seed papers."""

    taste: Taste
    hand: Hand
    followed: Sequence[Interest]
    seeds: frozenset[str]
    known: frozenset[str]


def _reason(pick: _Pick, asked: _Asked, lines: Lines) -> tuple[str, bool]:
    """More than chance is a topic followed, or likeness to a liked paper."""
    paper = asked.hand.papers[pick.number]
    names = [one.name for one in asked.followed if is_about(paper, one)][:_MOST_TOPICS]
    parts = [f"you follow {', '.join(names)}"] if names else []
    close = asked.taste.likes.papers[pick.nearest] if pick.nearest >= 0 else None
    if close and pick.by_likes is not None:
        liked = _named(paper).strongest(pick.by_likes, asked.known, _MOST_TOPICS - len(names))
        if liked:
            like = "like the papers you follow:" if close.id in asked.seeds else "you like"
            parts.append(f"{like} {', '.join(map(readable, liked))}")
    if close and pick.likeness >= NEAR:
        parts.append(f"close to “{_shortened(close.title)}”")
    if parts:
        return "; ".join(parts), True
    return _by_topics(pick, asked, lines) or newness(paper), False


def _by_topics(pick: _Pick, asked: _Asked, lines: Lines) -> str:
    """What the paper shares with followed topics, where it has not all of their words."""
    hand = asked.hand
    topics = [row for strand, row in asked.taste.topics if strand in (pick.strand, -1)]
    if not any(hand.pool.topic_likeness(row)[hand.numbers[pick.number]] for row in topics):
        return ""
    row = hand.pool.shelf.words(hand.places[[pick.number]])
    values = spoken_by(lines.voices(pick.strand), TOPIC, row, hand.pool.shelf)
    return (
        _shared(shares(hand.papers[pick.number], values, row.columns), asked.followed) if values.any() else ""
    )


def _shared(terms: Sequence[tuple[str, float]], followed: Sequence[Interest]) -> str:
    """The one word of a followed topic that the paper has, where that is all."""
    raised = sorted((term for term in terms if term[1] > 0), key=lambda term: (-term[1], term[0]))
    for word in (gram for gram, _ in raised if " " not in gram and telling_word(gram)):
        for interest in _topics(followed):
            if word in topic_words(interest.name):
                return f"shares “{word}” with {interest.name}"
    return ""


def _topics(followed: Sequence[Interest]) -> list[Interest]:
    """What is followed in words."""
    return [one for one in followed if not (one.category or one.author or one.lab)]


def readable(gram: str) -> str:
    """As people read it: a category without its prefix."""
    return gram.removeprefix("cat:")


def _shortened(title: str) -> str:
    if len(title) <= _LONGEST_TITLE:
        return title
    return title[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(",:;") + "…"
