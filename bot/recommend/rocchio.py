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

from bot.model import Interest, Paper, Recommendation
from bot.ports import Explanation, Likes, Profile, Theme
from bot.recommend.features import (
    PaperVectors,
    bare_words,
    columns,
    is_about,
    paper_grams,
    rarity,
    strongest,
    telling,
    telling_word,
    topic_rows,
    weighted,
)
from bot.recommend.newest import newness
from bot.recommend.people import people_bonus

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
NEAR = 0.1
"""The similarity from which a liked paper is worth naming."""


@dataclass(frozen=True)
class _Taste:
    """`components` are the named rows that add up to the direction; `liked` holds the seeds first."""

    direction: np.ndarray
    components: dict[str, csr_matrix]
    liked: csr_matrix
    liked_papers: tuple[Paper, ...]
    seeds: int
    interests: tuple[Interest, ...]


class Rocchio:
    """Fulfils Recommender. Holds no channel's state: only vectors of papers, computed once each."""

    version = "rocchio-2"

    def __init__(self) -> None:
        self._vectors = PaperVectors()

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """It learns nothing."""

    def questions(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Paper]:
        """The best."""
        return [pick.paper for pick in self.recommend(profile, candidates, k)]

    def themes(self, profile: Profile) -> tuple[Theme, ...]:
        """It knows none."""
        return ()

    def halves(self, papers: Sequence[Paper]) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        """All, and none."""
        return tuple(papers), ()

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        """The k best by score; equal scores by the greater id."""
        pool = list({paper.id: paper for paper in candidates}.values())
        if not pool or k <= 0:
            return []
        taste, rows = self._taste(profile, pool)
        scores = rows @ taste.direction + _extras(pool) + people_bonus(pool, taste.interests)
        best = sorted(range(len(pool)), key=lambda i: (float(scores[i]), pool[i].id), reverse=True)[:k]
        reasons = _reasons(taste, rows[best], [pool[i] for i in best])
        return [
            Recommendation(pool[i], float(scores[i]), text, matches=matches)
            for i, (text, matches) in zip(best, reasons, strict=True)
        ]

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        """Exact: what is followed, liked, turned down and passed over, votes and age add up to the score."""
        pool = list({p.id: p for p in (*candidates, paper)}.values())
        here = next(i for i, p in enumerate(pool) if p.id == paper.id)
        taste, rows = self._taste(profile, pool)
        extras = _extras(pool)
        people = people_bonus(pool, taste.interests)
        scores = rows @ taste.direction + extras + people
        shares = _shares(taste.direction, rows[here], paper)
        votes = _votes(paper)
        place, similarity = _nearest_places(taste, rows[here])[0]
        parts = (
            *((name, float((rows[here] @ part.T).sum())) for name, part in taste.components.items()),
            ("authors and labs you follow", float(people[here])),
            ("upvotes", votes),
            ("age", float(extras[here]) - votes),
        )
        return Explanation(
            score=float(sum(value for _, value in parts)),
            parts=parts,
            raised=tuple(strongest([s for s in shares if s[1] > 0], 6)),
            lowered=tuple((w, -v) for w, v in strongest([(w, -v) for w, v in shares if v < 0], 4)),
            nearest=taste.liked_papers[place] if place >= 0 else None,
            similarity=similarity,
            rank=1
            + int(sum((s, p.id) > (scores[here], paper.id) for s, p in zip(scores, pool, strict=True))),
            of=len(pool),
        )

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        """Words of rated papers and seeds by their weight in the direction that these alone would give."""
        judged = (*profile.seeds, *(paper for paper, _ in profile.ratings))
        taste, _ = self._taste(replace(profile, interests=(), ignored=()), judged)
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
        like_rows = weighted(raw_liked, idf)
        weights = [*([1.0] * len(profile.seeds)), *(r for _, r in profile.ratings if r > 0)]
        minus = weighted(self._vectors.matrix([p for p, _ in disliked]), idf)
        ignored = weighted(self._vectors.matrix(profile.ignored), idf)
        followed = [interest for interest in profile.interests if not (interest.author or interest.lab)]
        topics = topic_rows(followed, idf)
        components = {
            "topics you follow": FOLLOWED * _mean(topics, [1.0] * len(followed)),
            "words you like": _mean(like_rows, weights),
            "words you turn down": -DISLIKED * _mean(minus, [w for _, w in disliked]),
            "shown and passed over": -IGNORED * _mean(ignored, [1.0] * len(profile.ignored)),
        }
        towards = components["topics you follow"] + components["words you like"]
        scale = float(np.sqrt(towards.multiply(towards).sum())) or 1.0
        components = {name: part / scale for name, part in components.items()}
        direction = sum(part.toarray().ravel() for part in components.values())
        taste = _Taste(direction, components, like_rows, liked, len(profile.seeds), profile.interests)
        return taste, weighted(raw, idf)


def _reasons(taste: _Taste, rows: csr_matrix, papers: Sequence[Paper]) -> list[tuple[str, bool]]:
    return [
        _reason(taste, rows[i], paper, *near)
        for i, (paper, near) in enumerate(zip(papers, _nearest_places(taste, rows), strict=True))
    ]


def _reason(taste: _Taste, row: csr_matrix, paper: Paper, place: int, similarity: float) -> tuple[str, bool]:
    """Why in one line, and whether that is more than chance: a topic followed, or likeness to a liked paper."""
    followed = [interest.name for interest in taste.interests if is_about(paper, interest)][:3]
    near = similarity >= NEAR
    parts = [f"you follow {', '.join(followed)}"] if followed else []
    if liked := _liked_words(taste, row, paper, 3 - len(followed)) if similarity >= NEAR / 2 else []:
        seeded = place < taste.seeds
        parts.append(f"{'like the papers you follow:' if seeded else 'you like'} {', '.join(liked)}")
    if near:
        parts.append(f"close to “{_shortened(taste.liked_papers[place].title)}”")
    return "; ".join(parts) or _shared(taste, row, paper) or newness(paper), bool(parts)


def _liked_words(taste: _Taste, row: csr_matrix, paper: Paper, most: int) -> list[str]:
    """The strongest words that liked papers speak for, without those of a followed topic."""
    liked = {gram for gram, _ in _shares(taste.components["words you like"].toarray().ravel(), row, paper)}
    known = {word for interest in _topics(taste) for word in bare_words(interest.name)}
    shares = [
        (gram, value)
        for gram, value in _shares(taste.direction, row, paper)
        if value > 0 and gram in liked and not known & set(gram.split())
    ]
    return [_readable(gram) for gram in telling(shares, most)]


def _shared(taste: _Taste, row: csr_matrix, paper: Paper) -> str:
    """The one word of a followed topic that the paper has, where that is all."""
    raised = sorted(
        (s for s in _shares(taste.direction, row, paper) if s[1] > 0), key=lambda s: (-s[1], s[0])
    )
    for word in (gram for gram, _ in raised if " " not in gram and telling_word(gram)):
        for interest in _topics(taste):
            if word in bare_words(interest.name):
                return f"shares “{word}” with {interest.name}"
    return ""


def _topics(taste: _Taste) -> list[Interest]:
    """What is followed in words."""
    return [one for one in taste.interests if not (one.category or one.author or one.lab)]


def _mean(rows: csr_matrix, weights: Sequence[float]) -> csr_matrix:
    shares = np.array([weights], dtype=np.float64) / (float(sum(weights)) or 1.0)
    return csr_matrix(csr_matrix(shares) @ rows)


def _votes(paper: Paper) -> float:
    return VOTES * log1p(max(paper.upvotes or 0, 0)) / log1p(100)


def _extras(pool: Sequence[Paper]) -> np.ndarray:
    newest = max((p.announced_on or date.min for p in pool), default=date.min)
    ages = [min((newest - (p.announced_on or date.min)).days, 30) for p in pool]
    return np.array([_votes(p) - AGE * age for p, age in zip(pool, ages, strict=True)])


def _shares(direction: np.ndarray, row: csr_matrix, paper: Paper) -> list[tuple[str, float]]:
    """What each of the paper's grams adds to its score."""
    values = row.data * direction[row.indices]
    grams = list(dict.fromkeys(paper_grams(paper)))
    named = dict(zip(reversed(columns(grams)), reversed(grams), strict=True))
    return [(named[i], v) for i, v in zip(row.indices.tolist(), values.tolist(), strict=True) if v]


def _nearest_places(taste: _Taste, rows: csr_matrix) -> list[tuple[int, float]]:
    """Which liked paper is nearest to each row, and how near; -1 where nothing is liked."""
    if not taste.liked_papers:
        return [(-1, 0.0)] * rows.shape[0]
    cosines = (rows @ taste.liked.T).toarray()
    return [(int(j), float(cosines[i, j])) for i, j in enumerate(cosines.argmax(axis=1))]


def _readable(gram: str) -> str:
    return gram.removeprefix("cat:")


def _shortened(title: str, most: int = 70) -> str:
    return title if len(title) <= most else title[:most].rsplit(" ", 1)[0].rstrip(",:;") + "…"
