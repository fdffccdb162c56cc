"""A channel's taste: its likes shared out among interests, each with a direction in word space.

An interest's direction is the mean of its liked papers, and of the topic where it is followed by words, minus shares
of the means of what was turned down and passed over there, of what was off topic anywhere, and of any paper at all
(Rocchio 1971, with negatives). All of it is linear in a paper's words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from bot.model import Interest, Paper, PaperId
from bot.ports import Profile
from bot.recommend.grouping import grouped, middle, same
from bot.recommend.language import Language
from bot.recommend.shelf import Shelf
from bot.recommend.vectors import COLUMNS, Array, columns, scaled
from bot.recommend.words import has_words, interest_grams, topic_words

FOLLOWED, FIRST = 0.5, 2.0
"""Weight of a followed topic beside the mean liked paper, and what it weighs more beside few likes: so much / likes."""
TURNED_DOWN = 0.8
PASSED_OVER = 0.5
OFF_TOPIC = 1.5
COMMON = 0.4
"""Shares of the mean paper turned down, passed over, off topic and of the archive that are taken off."""
FEW_TURNED, FEW_PASSED = 3.0, 10.0
"""… times n / (n + so many), n being what they weigh together: one 👎 says more than one paper passed over."""
FEW_LIKED = 3.0
"""… and times n / (n + so many), n being what is liked there: what both sides share cancels only where both are known.

The mean of n papers is that reliable where any two of them correlate by 0.25 (Spearman and Brown, 1910).
"""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Papers that speak in a taste, with weights > 0 and which strand each speaks in (-1: in all)."""

    papers: tuple[Paper, ...]
    places: Array
    weights: Array
    strands: Array

    def of(self, strand: int) -> Array:
        """The numbers of those that speak in it."""
        return np.flatnonzero(self.strands == strand)

    def some(self, part: slice) -> "Evidence":
        """Only these."""
        return Evidence(self.papers[part], self.places[part], self.weights[part], self.strands[part])


@dataclass(frozen=True, eq=False)
class Strand:
    """One interest: `interest` where people follow or named it; `row` (1, 2^20) is its topic, None without words."""

    interest: Interest | None
    row: csr_matrix | None = None


@dataclass(frozen=True, eq=False)
class Taste:
    """What a channel likes, before any candidate is seen. `background`: followed categories, part of every strand.

    `middles` (strands, dimensions) is where each stands in the latent space: among its likes, or where its words are.
    One strand at least is not among `muted`. `silenced` are the muted ones of what is followed by hand.
    """

    strands: tuple[Strand, ...]
    likes: Evidence
    turned: Evidence
    passed: Evidence
    off: Evidence
    background: Strand | None
    middles: Array
    muted: frozenset[int]
    silenced: tuple[Interest, ...] = ()

    def is_blank(self) -> bool:
        """Whether nothing is liked and no topic is followed: then little can be told but what is not wanted."""
        topics = (*self.strands, *([self.background] if self.background else []))
        return not self.likes.papers and not any(s.row is not None and s.row.nnz for s in topics)

    @cached_property
    def topics(self) -> tuple[tuple[int, csr_matrix], ...]:
        """The strands' own topics with their numbers, and the background with -1."""
        rows = [*((i, strand.row) for i, strand in enumerate(self.strands)), (-1, self._background_row)]
        return tuple((number, row) for number, row in rows if row is not None)

    @property
    def _background_row(self) -> csr_matrix | None:
        return self.background.row if self.background else None


def taste_of(profile: Profile, shelf: Shelf) -> Taste:
    """The channel's taste. A strand is an interest followed in words or kept by people, or was found in the likes."""
    heads = _by_hand(profile, shelf)
    liked, weights, strands = _likes(profile, heads)
    down = [(paper, -worth) for paper, worth in profile.ratings if worth < 0]
    papers = (*liked, *(paper for paper, _ in down), *profile.ignored)
    places = shelf.places(papers)
    spots = shelf.spots(places)
    strands, found = _found(spots[: len(liked)], strands, len(heads))
    heads, background, muted = _open(profile, [*heads, *[Strand(None)] * found], _background(profile, shelf))
    middles = _middles(heads, spots[: len(liked)], strands, shelf)
    strands = np.concatenate([strands, (spots[len(liked) :] @ middles.T).argmax(axis=1)])
    weights = np.concatenate([weights, [worth for _, worth in down], np.ones(len(profile.ignored))])
    heard = Evidence(papers, places, weights, strands)
    likes, turned = heard.some(slice(len(liked))), heard.some(slice(len(liked), len(liked) + len(down)))
    return Taste(
        strands=tuple(heads),
        likes=likes,
        turned=turned,
        passed=heard.some(slice(len(liked) + len(down), None)),
        off=_weighed(_off_topic(turned, frozenset(profile.off_topic)), likes, profile.voters, shelf),
        background=background,
        middles=middles,
        muted=muted,
        silenced=tuple(one for one in profile.interests if one.name in profile.muted),
    )


def _by_hand(profile: Profile, shelf: Shelf) -> list[Strand]:
    topics = [one for one in profile.interests if not (one.category or one.author or one.lab)]
    kept = [Strand(group.interest) for group in profile.groups]
    return [*kept, *(Strand(one, _topic(one, shelf)) for one in topics)]


def _open(
    profile: Profile, heads: list[Strand], background: Strand | None
) -> tuple[list[Strand], Strand | None, frozenset[int]]:
    """The strands, one at least that is not muted; the background, if it is none of them; the muted ones."""
    if not heads and background:
        heads, background = [background], None
    muted = frozenset(i for i, s in enumerate(heads) if s.interest and s.interest.name in profile.muted)
    return (heads if len(muted) < len(heads) else [*heads, Strand(None)]), background, muted


def _off_topic(turned: Evidence, unwanted: frozenset[PaperId]) -> Evidence:
    """Those of the papers turned down whose topic is not wanted; they speak in all strands."""
    mine = [number for number, paper in enumerate(turned.papers) if paper.id in unwanted] if unwanted else []
    papers, places = tuple(turned.papers[number] for number in mine), turned.places[np.array(mine, np.int64)]
    return Evidence(papers, places, np.ones(len(mine)), np.full(len(mine), -1))


def _weighed(off: Evidence, likes: Evidence, voters: int, shelf: Shelf) -> Evidence:
    """With weights by topic, not by paper: those of one topic share one, and a second topic frees no first one.

    Where others like the topic, by how many of those who speak of it want it gone: nobody vetoes for all. Likes near
    an off-topic paper stand for a person each, as far as there are other people; one alone is heard in full.
    """
    if not off.papers:
        return off
    weights = 1.0 / np.maximum(np.maximum(_alike(off.places, off.places, shelf), 0.0).sum(axis=1), 1.0)
    near = np.maximum(_alike(off.places, likes.places, shelf), 0.0) ** 2 @ likes.weights
    return replace(off, weights=weights / (1.0 + np.minimum(near, voters - 1)))


def _alike(some: Array, others: Array, shelf: Shelf) -> Array:
    """(some, others): in the latent space, or in words where there is none."""
    one, two = shelf.spots(some), shelf.spots(others)
    if one.shape[1]:
        return np.asarray(one @ two.T)
    return np.asarray((shelf.rows(some) @ shelf.rows(others).T).toarray())


def _likes(profile: Profile, heads: Sequence[Strand]) -> tuple[tuple[Paper, ...], Array, Array]:
    """Liked papers and seeds, what each weighs, and the number of the head that has it (-1: none)."""
    found: dict[str, tuple[Paper, float, int]] = {}
    for number, group in enumerate(profile.groups):
        found |= {paper.id: (paper, 1.0, number) for paper in group.papers}
    liked = [*((seed, 1.0) for seed in profile.seeds), *((p, w) for p, w in profile.ratings if w > 0)]
    topics = [
        (number, topic_words(head.interest.name))
        for number, head in enumerate(heads)
        if head.row is not None and head.interest and head.interest.paper is None
    ]
    for paper, weight in liked:
        kept = found[paper.id][2] if paper.id in found else _about(paper, topics)
        found[paper.id] = (paper, weight, kept)
    for paper, worth in profile.ratings:
        if worth < 0:
            found.pop(paper.id, None)
    rows = list(found.values())
    numbers = np.array([kept for _, _, kept in rows], np.int64)
    return tuple(paper for paper, _, _ in rows), np.array([w for _, w, _ in rows], np.float64), numbers


def _about(paper: Paper, topics: Sequence[tuple[int, frozenset[str]]]) -> int:
    """The first head of whose topic it has all words; -1 for none."""
    for number, wanted in topics:
        if has_words(paper, wanted):
            return number
    return -1


def _found(spots: Array, strands: Array, heads: int) -> tuple[Array, int]:
    """Strands for the likes that no head has: grouped; one like a head's own likes joins it. And how many are new."""
    free = np.flatnonzero(strands < 0)
    if not len(free):
        return strands, 0
    labels = grouped(spots[free])
    out, new = strands.copy(), 0
    for label in range(int(labels.max()) + 1):
        mine = free[labels == label]
        joined = next((h for h in range(heads) if same(spots[mine], spots[strands == h])), -1)
        out[mine] = joined if joined >= 0 else heads + new
        new += joined < 0
    return out, new


def _background(profile: Profile, shelf: Shelf) -> Strand | None:
    """The followed categories as one topic."""
    wanted = [one for one in profile.interests if one.category and one.name not in profile.muted]
    if not wanted:
        return None
    mean = sum(_topic(one, shelf) for one in wanted) / len(wanted)
    return Strand(wanted[0] if len(wanted) == 1 else None, csr_matrix(mean, dtype=np.float32))


def _topic(interest: Interest, shelf: Shelf) -> csr_matrix:
    """Its `topic_row`, kept on the shelf under its words."""
    return shelf.topic((interest.name, interest.category), lambda: topic_row(interest, shelf.language))


def topic_row(interest: Interest, language: Language) -> csr_matrix:
    """(1, 2^20) of length 1: pairs of words weigh double, a common word beside a rare one little."""
    grams = list(dict.fromkeys(interest_grams(interest)))
    places = columns(grams)
    rarity = language.rarity
    rarest = max((rarity[i] for i, gram in zip(places, grams, strict=True) if " " not in gram), default=1.0)
    weights = [
        2.0 if " " in gram else (rarity[i] / rarest) ** 2 for i, gram in zip(places, grams, strict=True)
    ]
    row = csr_matrix((np.array(weights, np.float32), (np.zeros(len(places), np.int64), places)), (1, COLUMNS))
    return scaled(row, rarity)


def _middles(heads: Sequence[Strand], spots: Array, strands: Array, shelf: Shelf) -> Array:
    """(strands, dimensions): where each stands: among its likes, or where its words are."""
    out = np.zeros((len(heads), spots.shape[1]), np.float32)
    for number, head in enumerate(heads):
        mine = spots[strands == number]
        if len(mine):
            out[number] = middle(mine)
        elif head.row is not None:
            out[number] = shelf.topic_spot(head.row)
    return out
