"""The learner: one direction in word space per channel (Rocchio 1971, with negative feedback).

A channel's direction is half the mean of the topics it follows plus the mean of its seed papers and liked papers,
minus a share of the mean of what it disliked and a smaller share of what it was shown and ignored. A paper's score is
its product with that direction, plus a little for votes, minus a little for age. Everything is linear, so the parts
of `explain` add up exactly.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log1p

import numpy as np
from scipy.sparse import csr_matrix, vstack

from bot.model import Paper, Recommendation
from bot.ports import Explanation, Profile
from bot.recommend.features import (
    PaperVectors,
    columns,
    interest_grams,
    paper_grams,
    rarity,
    strongest,
    telling,
    vectors,
    weighted,
)
from bot.recommend.newest import newness

FOLLOWED = 0.5
"""Weight of the mean followed topic beside the mean liked paper: a topic is few words, so each of them is strong."""
DISLIKED = 0.8
"""Share of the mean disliked paper that is taken off."""
IGNORED = 0.6
"""Share of the mean ignored paper that is taken off."""
VOTES = 0.05
"""What 100 upvotes are worth, beside a cosine."""
AGE = 0.01
"""What each day behind the newest candidate costs."""


@dataclass(frozen=True)
class _Taste:
    direction: np.ndarray
    liked: csr_matrix
    liked_papers: tuple[Paper, ...]
    followed: dict[str, str]


class Rocchio:
    """Fulfils Recommender. Holds no channel's state: only vectors of papers, computed once each."""

    version = "rocchio-1"

    def __init__(self) -> None:
        self._vectors = PaperVectors()

    def recommend(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Recommendation]:
        """The k best by score; equal scores by the greater id."""
        pool = list({paper.id: paper for paper in candidates}.values())
        if not pool or k <= 0:
            return []
        taste, rows = self._taste(profile, pool)
        scores = rows @ taste.direction + _extras(pool)
        best = sorted(range(len(pool)), key=lambda i: (float(scores[i]), pool[i].id), reverse=True)[:k]
        reasons = _reasons(taste, rows[best], [pool[i] for i in best])
        return [Recommendation(pool[i], float(scores[i]), why) for i, why in zip(best, reasons, strict=True)]

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        """Exact: words that raised, words that lowered, votes and age add up to the score."""
        pool = list({p.id: p for p in (*candidates, paper)}.values())
        here = next(i for i, p in enumerate(pool) if p.id == paper.id)
        taste, rows = self._taste(profile, pool)
        extras = _extras(pool)
        scores = rows @ taste.direction + extras
        shares = _shares(taste, rows[here], paper)
        votes = _votes(paper)
        nearest, similarity = _nearest(taste, rows[here])[0]
        parts = (
            ("words you like", sum(v for _, v in shares if v > 0)),
            ("words you turn down", sum(v for _, v in shares if v < 0)),
            ("upvotes", votes),
            ("age", float(extras[here]) - votes),
        )
        return Explanation(
            score=float(sum(value for _, value in parts)),
            parts=parts,
            raised=tuple(strongest([s for s in shares if s[1] > 0], 6)),
            lowered=tuple((w, -v) for w, v in strongest([(w, -v) for w, v in shares if v < 0], 4)),
            nearest=nearest,
            similarity=similarity,
            rank=1
            + int(sum((s, p.id) > (scores[here], paper.id) for s, p in zip(scores, pool, strict=True))),
            of=len(pool),
        )

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        """Words of rated papers and seeds by their weight in the direction that these alone would give."""
        judged = (*profile.seeds, *(paper for paper, _ in profile.ratings))
        taste, _ = self._taste(replace(profile, interests=()), judged)
        seen = Counter(gram for paper in judged for gram in set(paper_grams(paper)))
        # Once there are a few papers, a word of only one of them says little about the channel.
        grams = sorted(gram for gram, count in seen.items() if count > 1 or len(judged) < 4)
        weights = [(gram, float(taste.direction[i])) for gram, i in zip(grams, columns(grams), strict=True)]
        towards = telling([(g, w) for g, w in weights if w > 0], most)
        away = telling([(g, -w) for g, w in weights if w < 0], most)
        return [_readable(gram) for gram in towards], [_readable(gram) for gram in away]

    def _taste(self, profile: Profile, pool: Sequence[Paper]) -> tuple[_Taste, csr_matrix]:
        raw = self._vectors.matrix(pool)
        liked = (*profile.seeds, *(p for p, r in profile.ratings if r > 0))
        disliked = tuple((p, -r) for p, r in profile.ratings if r < 0)
        raw_liked = self._vectors.matrix(liked)
        idf = rarity(vstack([raw, raw_liked], format="csr"))
        topics = weighted(vectors([interest_grams(i) for i in profile.interests]), idf)
        like_rows = weighted(raw_liked, idf)
        weights = [*([1.0] * len(profile.seeds)), *(r for _, r in profile.ratings if r > 0)]
        direction = FOLLOWED * _mean(topics, [1.0] * len(profile.interests)) + _mean(like_rows, weights)
        scale = float(np.sqrt(direction.multiply(direction).sum())) or 1.0
        followed = {gram: i.name for i in reversed(profile.interests) for gram in interest_grams(i)}
        minus = weighted(self._vectors.matrix([p for p, _ in disliked]), idf)
        ignored = weighted(self._vectors.matrix(profile.ignored), idf)
        direction = direction - DISLIKED * _mean(minus, [w for _, w in disliked])
        direction = direction - IGNORED * _mean(ignored, [1.0] * len(profile.ignored))
        return _Taste(direction.toarray().ravel() / scale, like_rows, liked, followed), weighted(raw, idf)


def _reasons(taste: _Taste, rows: csr_matrix, papers: Sequence[Paper]) -> list[str]:
    nearest = _nearest(taste, rows)
    return [_reason(taste, rows[i], paper, *nearest[i]) for i, paper in enumerate(papers)]


def _reason(taste: _Taste, row: csr_matrix, paper: Paper, nearest: Paper | None, similarity: float) -> str:
    raised = telling([s for s in _shares(taste, row, paper) if s[1] > 0], 3)
    followed = dict.fromkeys(taste.followed[gram] for gram in raised if gram in taste.followed)
    liked = [_readable(gram) for gram in raised if gram not in taste.followed]
    parts = [
        f"you {verb} {', '.join(names)}" for verb, names in (("follow", followed), ("like", liked)) if names
    ]
    if nearest and similarity >= 0.05:
        parts.append(f"close to “{_shortened(nearest.title)}”")
    return "; ".join(parts) or newness(paper)


def _mean(rows: csr_matrix, weights: Sequence[float]) -> csr_matrix:
    shares = np.array([weights], dtype=np.float64) / (float(sum(weights)) or 1.0)
    return csr_matrix(csr_matrix(shares) @ rows)


def _votes(paper: Paper) -> float:
    return VOTES * log1p(max(paper.upvotes or 0, 0)) / log1p(100)


def _extras(pool: Sequence[Paper]) -> np.ndarray:
    newest = max((p.announced_on or date.min for p in pool), default=date.min)
    ages = [min((newest - (p.announced_on or date.min)).days, 30) for p in pool]
    return np.array([_votes(p) - AGE * age for p, age in zip(pool, ages, strict=True)])


def _shares(taste: _Taste, row: csr_matrix, paper: Paper) -> list[tuple[str, float]]:
    """What each of the paper's grams adds to its score."""
    values = row.data * taste.direction[row.indices]
    grams = list(dict.fromkeys(paper_grams(paper)))
    named = dict(zip(reversed(columns(grams)), reversed(grams), strict=True))
    return [(named[i], v) for i, v in zip(row.indices.tolist(), values.tolist(), strict=True) if v]


def _nearest(taste: _Taste, rows: csr_matrix) -> list[tuple[Paper | None, float]]:
    if not taste.liked_papers:
        return [(None, 0.0)] * rows.shape[0]
    cosines = (rows @ taste.liked.T).toarray()
    best = cosines.argmax(axis=1)
    return [(taste.liked_papers[j], float(cosines[i, j])) for i, j in enumerate(best)]


def _readable(gram: str) -> str:
    return gram.removeprefix("cat:")


def _shortened(title: str, most: int = 70) -> str:
    return title if len(title) <= most else title[:most].rsplit(" ", 1)[0].rstrip(",:;") + "…"
