"""The small search index: plain Python, in memory, reading every paper for every query."""

import math
from collections.abc import Iterator, Sequence
from threading import Lock

from bot.model import Paper, PaperId
from bot.ports import Hit
from bot.search.query import Phrase, Query, parse, words

_WEIGHTS = (5.0, 1.0, 1.0, 1.0, 1.0)
_K1, _B = 1.2, 0.75
_SHORT = 3

Fields = tuple[Phrase, ...]
"""The words of title, abstract, summary, authors and keywords."""


class ScanIndex:
    """BM25 over folded words, a plural `s` cut off; good for some thousand papers. Fulfils `SearchIndex`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._position = 0
        self._papers: dict[PaperId, Fields] = {}

    def position(self) -> int:
        """The store's position up to which papers are indexed."""
        return self._position

    def add(self, papers: Sequence[Paper], position: int) -> None:
        """Index them (again), then remember the position."""
        fields = {paper.id: _fields(paper) for paper in papers}
        with self._lock:
            for paper in papers:
                for key in paper.aliases:
                    self._papers.pop(key, None)
            self._papers.update(fields)
            self._position = position

    def search(self, query: str, limit: int, offset: int = 0) -> list[Hit]:
        """The best matches, those with every word first."""
        parsed = parse(query)
        with self._lock:
            hits = sorted(_hits(parsed, self._papers), key=lambda hit: (-hit.score, hit.paper))
        return hits[offset : offset + limit]

    def close(self) -> None:
        """Nothing to give back."""


def _fields(paper: Paper) -> Fields:
    texts = (paper.title, paper.abstract, paper.summary, " ".join(paper.authors), " ".join(paper.keywords))
    return tuple(tuple(map(_singular, words(text))) for text in texts)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _SHORT and word.endswith("s") and not word.endswith("ss") else word


def _count(phrase: Phrase, field: Phrase) -> int:
    if len(phrase) == 1:
        return field.count(phrase[0])
    starts = range(len(field) - len(phrase) + 1)
    return sum(field[start : start + len(phrase)] == phrase for start in starts)


def _weight(phrase: Phrase, fields: Fields) -> float:
    return sum(weight * _count(phrase, field) for weight, field in zip(_WEIGHTS, fields, strict=True))


def _hits(query: Query, papers: dict[PaperId, Fields]) -> Iterator[Hit]:
    """Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, section 3.5."""
    wanted = [tuple(map(_singular, phrase)) for phrase in query.wanted]
    unwanted = [tuple(map(_singular, phrase)) for phrase in query.unwanted]
    weights = {key: [_weight(phrase, fields) for phrase in wanted] for key, fields in papers.items()}
    rarities = [
        _rarity(sum(map(bool, column)), len(papers)) for column in zip(*weights.values(), strict=True)
    ]
    lengths = {key: sum(map(len, fields)) for key, fields in papers.items()}
    mean = sum(lengths.values()) / max(len(lengths), 1)
    for key, found in weights.items():
        if any(found) and not any(_weight(phrase, papers[key]) for phrase in unwanted):
            damping = _K1 * (1 - _B + _B * lengths[key] / mean)
            raw = sum(
                rarity * weight * (_K1 + 1) / (weight + damping)
                for rarity, weight in zip(rarities, found, strict=True)
            )
            yield Hit(key, raw / (1 + raw) + all(found))


def _rarity(having: int, of: int) -> float:
    return math.log(1 + (of - having + 0.5) / (having + 0.5))
