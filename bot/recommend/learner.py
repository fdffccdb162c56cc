"""The recommender: what all channels share is studied seldom; a channel's taste is worked out from its facts each time.

Everything is linear or affine in a paper's words, so that `explain` adds up exactly.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log
from threading import Lock

import numpy as np

from bot.model import Interest, Paper, Recommendation
from bot.ports import Explanation, Likes, Profile, Theme, Wish
from bot.recommend.crowd import Crowd, crowd_from_likes, trust
from bot.recommend.dealing import deal, wild_cards
from bot.recommend.directions import directions_of
from bot.recommend.grouping import halved
from bot.recommend.hand import Hand, Pools
from bot.recommend.language import RARITY, language_from_rows
from bot.recommend.lines import lines_of
from bot.recommend.meaning import Map, Meaning, Meanings
from bot.recommend.reasons import nearest, readable, reasons, shares
from bot.recommend.scoring import MEANT, Scores, scores_of
from bot.recommend.seen import Seen
from bot.recommend.shelf import Shelf
from bot.recommend.spoken import parts_of
from bot.recommend.taste import TURNED_DOWN, Taste, taste_of
from bot.recommend.threads import LIMIT as _ONE_THREAD  # noqa: F401
from bot.recommend.vectors import Array, columns, paper_rows, spread
from bot.recommend.words import category_grams, grams, is_about, paper_grams, strongest, telling

TOGETHER, LIKENESSES = 50, 5_000_000
"""So many channels are worked out in one go, or fewer where their evidence × candidates would be more numbers."""
_NAME_WORDS = 2
_THEME_WORDS = 5
_TOLD = 3
"""Of fewer papers only the titles name a theme: what two abstracts share is mostly chance."""
_EVERYWHERE = frozenset(
    "model token language framework task data dataset training learning network system llm benchmark performance "
    "experiment domain complex evaluation".split()
)
"""Grams of these words alone name nothing …"""
_TOO_COMMON = (log(4.0) + 1.0) ** RARITY
"""… nor do those which a quarter of the archive uses."""


@dataclass(frozen=True, eq=False)
class _Studied:
    """What all channels share, as of one study, after which the learner is called `version`."""

    version: str
    shelf: Shelf
    pools: Pools
    seen: Seen | None
    map: Map | None


def _studied(version: str, shelf: Shelf, crowd: Crowd | None, found: Map | None) -> _Studied:
    return _Studied(version, shelf, Pools(shelf), Seen(crowd, shelf) if crowd else None, found)


class Learner:
    """Fulfils Recommender. Holds no channel's state: only what was studied, and papers made ready.

    `version` names it and the language it studied: `linear-2+1f3a9c02`. `simple`: all likes are one interest, and
    other channels are not looked at; for comparison. With `meaning` the vectors of a language model count beside the
    words, from the first study that finds enough of them; then `version` names the model too.
    """

    def __init__(self, *, simple: bool = False, meaning: Meaning | None = None) -> None:
        self._simple = simple
        self._meaning = meaning
        self._name = "words-1" if simple else "linear-2"
        self._lock = Lock()
        self._studied: _Studied | None = None
        self.version = self._name

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """Fit the language to the papers, and the crowd's factors to the libraries."""
        ordered = sorted({paper.id: paper for paper in papers}.values(), key=lambda paper: paper.id)
        counts = paper_rows(ordered)
        language = language_from_rows(counts, latent=not self._simple)
        ids = [paper.id for paper in ordered]
        rows = language.rows(counts)
        crowd = None if self._simple else crowd_from_likes(libraries, ids, rows)
        shelf = Shelf(language)
        shelf.fill(ordered, rows)
        found = self._meaning.map(ordered) if self._meaning else None
        model = f"+{self._meaning.name}" if self._meaning and found else ""
        studied = _studied(f"{self._name}+{language.version}{model}", shelf, crowd, found)
        if studied.seen:
            rated = {paper for library in libraries for paper, _ in library}
            studied.seen.spots([paper for paper in ordered if paper.id in rated])
        with self._lock:
            self._studied = studied
            self.version = studied.version

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        """The k best by log-odds, dealt to the channel's interests, and then the wild cards."""
        return self.recommend_all([Wish(profile, candidates, k, wild_cards)])[0]

    def recommend_all(self, wishes: Sequence[Wish]) -> list[list[Recommendation]]:
        """Worked out together, some at a time, but for what is each channel's own. All of them after one study."""
        studied = self._now()
        real = [number for number, wish in enumerate(wishes) if wish.candidates and wish.k > 0]
        found: list[list[Recommendation]] = [[] for _ in wishes]
        for some in _in_parts(real, [_size(wishes[number]) for number in real]):
            views = self._views(
                [(wishes[number].profile, wishes[number].candidates) for number in some], studied
            )
            for number, view in zip(some, views, strict=True):
                found[number] = self._picked(view, wishes[number].k, wishes[number].wild_cards)
        return found

    def questions(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Paper]:
        """Plausible ones of which the least is known."""
        if not candidates or k <= 0:
            return []
        view = self._view(profile, candidates)
        judged = {paper.id for paper in (*profile.seeds, *(paper for paper, _ in profile.ratings))}
        rated = [i for i in range(len(view.hand.papers)) if view.paper(i).id in judged]
        return [view.paper(i) for i in wild_cards_of(view, k, rated, asking=True)]

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        """Exact: what was liked, followed, turned down, passed over and the rest add up to the score."""
        pool = [paper if p.id == paper.id else p for p in candidates]
        pool += [] if paper in pool else [paper]
        view = self._view(profile, pool)
        here = next(i for i in range(len(view.hand.papers)) if view.paper(i).id == paper.id)
        strand = view.scores.strand(here)
        lines, shelf = view.scores.lines, view.hand.pool.shelf
        row, slope = shelf.words(shelf.places([paper])), float(lines.slope[strand])
        spoken = parts_of(lines.voices(strand), lines.common(strand), row, shelf)
        words = shares(paper, slope * np.sum(list(spoken.values()), axis=0), row.columns)
        [(number, likeness)] = nearest(view.taste, view.hand, [here])
        score = float(view.scores.total[here])
        known = {
            **{name: slope * float(part.sum()) for name, part in spoken.items()},
            **{name: float(extra[here]) for name, extra in view.scores.extras.items()},
        }
        if view.scores.meant is not None:
            known[MEANT] = float(view.scores.meant[strand, here])
        parts = (*known.items(), ("how much is liked there", score - sum(known.values())))
        return Explanation(
            score=score,
            parts=parts,
            raised=tuple(strongest([term for term in words if term[1] > 0], 6)),
            lowered=tuple((w, -v) for w, v in strongest([(w, -v) for w, v in words if v < 0], 4)),
            nearest=view.taste.likes.papers[number] if number >= 0 else None,
            similarity=likeness,
            rank=1 + int((view.scores.total > score).sum() + (view.scores.total[:here] == score).sum()),
            of=len(view.hand.papers),
            theme=view.name(strand),
        )

    def themes(self, profile: Profile) -> tuple[Theme, ...]:
        """Those kept or followed by hand, then those found in the likes, the greatest first."""
        shelf = self._shelf([])
        taste = taste_of(profile, shelf)
        rarity = shelf.language.rarity
        heads = [(strand.interest, _theme(taste, i, rarity)) for i, strand in enumerate(taste.strands)]
        mine = {interest.name: theme for interest, theme in heads if interest}
        open_ones = [one for one in _unmuted(profile) if one.category]
        alone = taste.strands[0].row is not None and not heads[0][0]
        rest = 1 / len(open_ones) if alone else 0.0
        by_hand = [
            mine.get(one.name, Theme(one.name, rest if one in open_ones else 0.0, interest=one))
            for one in _by_hand(profile)
        ]
        found = sorted(
            (theme for interest, theme in heads if not interest and theme.papers), key=lambda t: -t.share
        )
        return (*by_hand, *found)

    def halves(self, papers: Sequence[Paper]) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        """By the first cut of Ward's tree."""
        shelf = self._shelf(papers)
        second = halved(shelf.spots(shelf.places(papers)))
        sides = ([p for p, side in zip(papers, second, strict=True) if side == wanted] for wanted in (0, 1))
        one, other = (tuple(side) for side in sides)
        return one, other

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        """Words of rated papers and seeds by their weight in the direction that these alone would give."""
        liked = [(paper, 1.0) for paper in profile.seeds] + [(p, w) for p, w in profile.ratings if w > 0]
        turned = [(paper, -worth) for paper, worth in profile.ratings if worth < 0]
        judged = [paper for paper, _ in (*liked, *turned)]
        shelf = self._shelf(judged)
        direction = _mean_words(shelf, liked) - TURNED_DOWN * _mean_words(shelf, turned)
        seen = Counter(gram for paper in judged for gram in {*paper_grams(paper), *category_grams(paper)})
        # Once there are a few papers, a word of only one of them says little about the channel.
        kept = sorted(gram for gram, count in seen.items() if count > 1 or len(judged) < 4)
        weights = [(gram, float(direction[i])) for gram, i in zip(kept, columns(kept), strict=True)]
        towards = telling([(g, w) for g, w in weights if w > 0], most)
        away = telling([(g, -w) for g, w in weights if w < 0], most)
        return [readable(gram) for gram in towards], [readable(gram) for gram in away]

    def _now(self) -> _Studied | None:
        """What was studied last. To be asked once per question: a study may end at any time."""
        studied = self._studied
        if studied is None or not studied.shelf.full():
            return studied
        with self._lock:
            old = self._studied or studied
            crowd = old.seen.crowd if old.seen else None
            self._studied = _studied(old.version, Shelf(old.shelf.language), crowd, old.map)
            return self._studied

    def _shelf(self, papers: Sequence[Paper]) -> Shelf:
        """The studied one; before any study, one whose language is that of the papers at hand."""
        studied = self._now()
        return studied.shelf if studied else Shelf(language_from_rows(paper_rows(papers)))

    def _view(self, profile: Profile, candidates: Sequence[Paper]) -> "_View":
        [view] = self._views([(profile, candidates)], self._now())
        return view

    def _views(
        self, asked: Sequence[tuple[Profile, Sequence[Paper]]], studied: _Studied | None
    ) -> Iterator["_View"]:
        if studied:
            return _views_of(studied, asked)
        # Each has a language of its own then.
        return chain.from_iterable(_views_of(_unstudied(self._name, *one), [one]) for one in asked)

    def _picked(self, view: "_View", k: int, wild_cards: int) -> list[Recommendation]:
        wild = min(wild_cards, k - 1) if view.has_taste() else 0
        picked = deal(view.scores, view.taste, view.hand, k - wild, view.pinned())
        explored = wild_cards_of(view, wild, [candidate for candidate, _ in picked])
        both = [*((*pair, False) for pair in picked), *((i, view.scores.strand(i), True) for i in explored)]
        return self._recommendations(view, both)

    def _recommendations(self, view: "_View", picks: Sequence[tuple[int, int, bool]]) -> list[Recommendation]:
        """For (candidate, strand, whether it explores)."""
        seeds = frozenset(seed.id for seed in view.profile.seeds)
        places = [(candidate, strand) for candidate, strand, _ in picks]
        why = reasons(places, view.taste, view.scores, view.hand, _unmuted(view.profile), seeds)
        return [
            Recommendation(
                view.paper(candidate),
                float(view.scores.total[candidate]),
                text,
                explores,
                matches,
                view.name(strand),
                view.version,
            )
            for (candidate, strand, explores), (text, matches) in zip(picks, why, strict=True)
        ]


@dataclass(frozen=True, eq=False)
class _View:
    """One channel's look at its candidates, by the learner of that `version`."""

    version: str
    profile: Profile
    taste: Taste
    hand: Hand
    scores: Scores

    def paper(self, candidate: int) -> Paper:
        return self.hand.papers[candidate]

    def has_taste(self) -> bool:
        return bool(self.taste.likes.papers or self.profile.interests)

    def pinned(self) -> list[tuple[int, Array]]:
        """For `deal`."""
        wanted = [one for one in _by_hand(self.profile) if one.pinned and one.name not in self.profile.muted]
        return [self._of(one) for one in wanted]

    def _of(self, interest: Interest) -> tuple[int, Array]:
        """Its strand and the candidates that are of it; a category, an author or a lab has no strand of its own."""
        if interest.category or interest.author or interest.lab:
            return -1, np.array([is_about(self.paper(i), interest) for i in range(len(self.hand.papers))])
        strand = next(i for i, one in enumerate(self.taste.strands) if one.interest is interest)
        return strand, self.scores.by_strand.argmax(axis=0) == strand

    def name(self, strand: int) -> str:
        """Of an interest that people named; what was found has none that lasts."""
        interest = self.taste.strands[strand].interest
        return interest.name if interest else ""


def _views_of(studied: _Studied, asked: Sequence[tuple[Profile, Sequence[Paper]]]) -> Iterator[_View]:
    hands = [studied.pools.hand(candidates) for _, candidates in asked]
    tastes = [taste_of(profile, studied.shelf) for profile, _ in asked]
    lines = lines_of(directions_of(tastes, studied.shelf), hands)
    for (profile, _), taste, hand, mine in zip(asked, tastes, hands, lines, strict=True):
        crowd, meanings = _crowd_says(studied, profile, hand), _meanings(studied, taste, hand)
        scores = scores_of(taste, mine, hand, _unmuted(profile), crowd, meanings)
        yield _View(studied.version, profile, taste, hand, scores)


def _size(wish: Wish) -> int:
    """How many likenesses it takes; what is off topic counts again for each interest."""
    own = wish.profile
    heard = len(own.ratings) + len(own.seeds) + len(own.ignored) + sum(len(one.papers) for one in own.groups)
    again = len(own.off_topic) * (len(own.interests) + len(own.groups))
    return (heard + again) * len(wish.candidates)


def _in_parts(numbers: Sequence[int], sizes: Sequence[int]) -> Iterator[list[int]]:
    """At most TOGETHER in each, and of LIKENESSES together where these are more than one."""
    part: list[int] = []
    together = 0
    for number, size in zip(numbers, sizes, strict=True):
        if part and (len(part) == TOGETHER or together + size > LIKENESSES):
            yield part
            part, together = [], 0
        part.append(number)
        together += size
    if part:
        yield part


def _unstudied(version: str, profile: Profile, candidates: Sequence[Paper]) -> _Studied:
    """What is known before any study: the language of the papers at hand."""
    known = [*candidates, *profile.seeds, *(paper for paper, _ in profile.ratings)]
    return _studied(version, Shelf(language_from_rows(paper_rows(known))), None, None)


def wild_cards_of(view: _View, k: int, taken: Sequence[int], *, asking: bool = False) -> list[int]:
    """The k candidates that would teach most about the channel."""
    return wild_cards(view.scores, view.taste, view.hand, k, taken, asking=asking)


def _crowd_says(studied: _Studied, profile: Profile, hand: Hand) -> Array | None:
    """(candidates,): what similar channels like, as standard deviations, times what the crowd counts."""
    seen = studied.seen
    rated = [*((seed, 1.0) for seed in profile.seeds), *profile.ratings]
    if seen is None or not profile.crowd or not rated:
        return None
    spots, worth = seen.spots([paper for paper, _ in rated]), np.array([w for _, w in rated])
    vector = seen.crowd.vector(spots, worth)
    said = hand.pool.crowd_likeness(seen, vector.astype(np.float32)).astype(np.float64).take(hand.numbers)
    said -= said.sum() / len(said)
    return np.asarray(seen.crowd.weight * trust(len(rated)) / (spread(said) or 1.0) * said)


def _meanings(studied: _Studied, taste: Taste, hand: Hand) -> Meanings | None:
    found = studied.map
    if found is None:
        return None
    known = (found.spots(some.papers) for some in (taste.likes, taste.turned, taste.passed, taste.off))
    return Meanings(found.spots(hand.papers), *known)


def _by_hand(profile: Profile) -> list[Interest]:
    return [*(group.interest for group in profile.groups), *profile.interests]


def _unmuted(profile: Profile) -> list[Interest]:
    return [one for one in profile.interests if one.name not in profile.muted]


def _mean_words(shelf: Shelf, papers: Sequence[tuple[Paper, float]]) -> Array:
    rows = shelf.rows(shelf.places([paper for paper, _ in papers]))
    weights = np.array([[weight for _, weight in papers]])
    return np.asarray(weights @ rows).ravel() / (float(weights.sum()) or 1.0)


def _theme(taste: Taste, number: int, rarity: Array) -> Theme:
    strand = taste.strands[number]
    papers = tuple(taste.likes.papers[i] for i in taste.likes.of(number))
    words = _theme_words(papers, rarity)
    name = strand.interest.name if strand.interest else ", ".join(words[:_NAME_WORDS]) or "what you like"
    return Theme(name, _share(taste, number), tuple(words), papers, strand.interest)


def _share(taste: Taste, number: int) -> float:
    """Its part of the likes, one more for each strand, times what people made of it: `Theme.share`."""

    def size(i: int) -> float:
        interest = taste.strands[i].interest
        return (1.0 + len(taste.likes.of(i))) * (interest.share if interest else 1.0) * (i not in taste.muted)

    return size(number) / (sum(map(size, range(len(taste.strands)))) or 1.0)


def _theme_words(papers: Sequence[Paper], rarity: Array) -> list[str]:
    """The words that most of them use, and few others."""
    few = len(papers) < _TOLD
    seen = Counter(gram for p in papers for gram in set(grams(p.title) if few else paper_grams(p)))
    often = sorted(gram for gram, count in seen.items() if count > 1 or few)
    weights = dict(zip(often, rarity[columns(often)].tolist(), strict=True))
    own = [g for g in often if weights[g] > _TOO_COMMON and not _EVERYWHERE.issuperset(g.split())]
    words = telling([(gram, seen[gram] ** 2 * weights[gram]) for gram in own or often], _THEME_WORDS)
    return _paired(words, seen)


def _paired(words: list[str], seen: Counter[str]) -> list[str]:
    """One pair of words for the two that lead, where these mostly stand side by side."""
    both = words[:2]
    pairs = [" ".join(both), " ".join(both[::-1])] if len(both) > 1 else []
    often = [pair for pair in pairs if 2 * seen[pair] > min(seen[word] for word in both)]
    return [often[0], *words[2:]] if often else words
