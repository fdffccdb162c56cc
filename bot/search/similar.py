"""Papers like one paper: what is asked of the index, and which of the answers are another work."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log, log1p

from bot.alike import alike
from bot.model import Paper
from bot.ports import Query, SearchIndex, Words
from bot.search.analysis import STOP_WORDS, folded, stem, stems

MOST_ASKED = 40
"""So many of its telling words find candidates; with more, it was no better."""
MOST_COMPARED = 200
"""So many of its telling words put the candidates in order."""
_SATURATION, _LENGTH = 1.2, 0.75
_LONGEST_TEXT = 4000
_WORD = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class Likeness:
    """What makes papers like one paper: its telling words (stems), what each is worth, and how one is written."""

    worth: Mapping[str, float]
    written: Mapping[str, str]

    def query(self) -> Query:
        """For candidates; without any word where the paper has none that others have."""
        telling = [self.written[found] for found in islice(self.worth, MOST_ASKED)]
        return Query((Words(" ".join(telling)),)) if telling else Query()

    def order(self, papers: Sequence[Paper]) -> list[float]:
        """How like each of these is: BM25, each word counting what it is worth in the one paper.

        The index cannot know that: it finds by words, and each counts the same.
        """
        texts = [Counter(_stems(paper)) for paper in papers]
        mean = sum(map(Counter.total, texts)) / max(len(texts), 1) or 1.0
        return [self._score(text, text.total() / mean) for text in texts]

    def _score(self, text: Counter[str], length: float) -> float:
        damping = _SATURATION * (1 - _LENGTH + _LENGTH * length)
        return sum(worth * text[found] / (text[found] + damping) for found, worth in self.worth.items())


def likeness(paper: Paper, index: SearchIndex, of: int) -> Likeness:
    """Its telling words are often in the paper, twice in its title, and seldom in the `of` papers there are."""
    text = folded(_text(paper))
    written = {stem(word): word for word in _WORD.findall(text) if word not in STOP_WORDS}
    times = Counter(found for found in _stems(paper) if found in written)
    having = index.frequencies(set(written.values()))
    worth = {
        found: (1 + log(count)) * log1p(of / (having[written[found]] + 0.5))
        for found, count in times.items()
        # What no other paper has finds no other paper.
        if having[written[found]] > 1
    }
    telling = sorted(worth, key=lambda found: -worth[found])[:MOST_COMPARED]
    return Likeness({found: worth[found] for found in telling}, written)


def _text(paper: Paper) -> str:
    return f"{paper.title} {paper.title} {paper.abstract or paper.summary}"[:_LONGEST_TEXT]


def _stems(paper: Paper) -> list[str]:
    return stems(_text(paper))


def others(paper: Paper, found: Iterable[tuple[Paper, float]]) -> Iterator[tuple[Paper, float]]:
    """Those that are another work than `paper`."""
    return ((one, score) for one, score in found if not _same(paper, one))


def _same(paper: Paper, other: Paper) -> bool:
    return bool({paper.id, *paper.aliases} & {other.id, *other.aliases}) or alike(paper, other)
