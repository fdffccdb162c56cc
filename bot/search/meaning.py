"""What is looked for beyond its words, where the operator has a language model: more candidates, and an order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from bot.model import Paper, PaperId
from bot.ports import Hit, Query, SearchIndex, Words
from bot.search.analysis import stand_in, stems

if TYPE_CHECKING:
    from bot.recommend.meaning import Meaning
    from bot.recommend.vectors import Array

WEIGHT, NEAREST = 0.3, 20
"""For words: what the z-score of the meaning counts beside that of the words, and how many papers are looked for by it.

Measured with a weak model on eight collections: so it takes next to nothing from questions whose words are enough
(nDCG@10 ±0.002), and helps where topics are asked for; with more, it pushed aside what words had found.
"""
LIKE_WEIGHT, LIKE_NEAREST = 1.0, 50
"""For a paper, whose whole text is a better question: from 0.3 on, every step up found more of what belongs to it."""
_AMONG = 500
"""So many of the nearest are asked whether the filters let them through."""


@dataclass(frozen=True, slots=True, eq=False)
class Sense:
    """Where what is looked for lies among the meanings of papers. `phrase`: its words as stems; none for a paper.

    `weight`: what the z-scores of `order` count beside those of the words. `most`: how many are looked for.
    """

    meaning: "Meaning"
    vector: "Array"
    phrase: tuple[str, ...] = ()
    weight: float = WEIGHT
    most: int = NEAREST

    def near(self, index: SearchIndex, query: Query) -> list[PaperId]:
        """Up to `most` papers that lie nearest, the nearest first, and are let through by all filters of the query.

        Phrases and words of a field are filters; the other words need not be there. Raises StoreError.
        """
        nearest = self.meaning.nearest(self.vector, _AMONG, query.within)
        if not nearest:
            return []
        hits = index.search(replace(_filters(query), within=frozenset(nearest)), len(nearest))
        let_through = {hit.paper for hit in hits}
        return list(islice((one for one in nearest if one in let_through), self.most))

    def order(self, papers: Sequence[Paper]) -> list[float]:
        """An `Order`: the cosine of each with what is looked for; without a vector, the mean.

        Who typed words of a title in their order wants that paper: no other one can pass it by its meaning.
        """
        found = self.meaning.cosines(self.vector, papers)
        top = max(found, default=0.0)
        return [top if self._is_named(paper) else one for paper, one in zip(papers, found, strict=True)]

    def _is_named(self, paper: Paper) -> bool:
        return bool(self.phrase) and stand_in(self.phrase, stems(paper.title))


def sense_of_query(meaning: "Meaning", query: Query) -> Sense | None:
    """None where it has no words, or none that the model knows."""
    text = " ".join(words.text for words in query.wanted if words.field != "author")
    vector = meaning.sense(text) if text else None
    return Sense(meaning, vector, tuple(stems(text))) if vector is not None and vector.any() else None


def sense_of_paper(meaning: "Meaning", paper: Paper) -> Sense | None:
    """Of its own text, which is read now if it was not yet; None where that says nothing to the model."""
    vector = meaning.sense_of(paper)
    return Sense(meaning, vector, weight=LIKE_WEIGHT, most=LIKE_NEAREST) if vector.any() else None


def widened(hits: Sequence[Hit], near: Sequence[PaperId]) -> list[Hit]:
    """What words found, and behind it what only lies near: as good as the last of them, but for its meaning."""
    lowest, there = hits[-1].score if hits else 0.0, {hit.paper for hit in hits}
    return [*hits, *(Hit(one, lowest) for one in near if one not in there)]


def _filters(query: Query) -> Query:
    return replace(query, wanted=tuple(filter(_must_stand, query.wanted)))


def _must_stand(words: Words) -> bool:
    return words.phrase or bool(words.field)
