"""What is written about many papers, where a topic is looked for in all of them at once."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from bot.model import Interest, Paper
from bot.recommend.words import folded, has_words, is_about, marks, texts_of, topic_words, word_at


class Texts:
    """`is_about` of its papers: one search goes through all, where most have not even the letters of a topic."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._papers = papers
        texts = [folded(texts_of(paper)) for paper in papers]
        self._odd = [number for number, text in enumerate(texts) if not text]
        # One sign beyond ASCII makes a text as wide in memory as if all were; so these stand apart.
        plain = {number: text for number, text in enumerate(texts) if text and text.isascii()}
        other = {number: text for number, text in enumerate(texts) if text and number not in plain}
        self._joined = [_Joined(list(some), list(some.values())) for some in (plain, other) if some]

    def about(self, interest: Interest) -> bytes:
        """(papers,): 1 where the paper is about it, else 0."""
        if interest.author or interest.lab or interest.category or interest.paper:
            return bytes(is_about(paper, interest) for paper in self._papers)
        wanted, out = topic_words(interest.name), bytearray(len(self._papers))
        for joined in self._joined:
            for number in joined.having(wanted):
                out[number] = 1
        for number in self._odd:
            out[number] = has_words(self._papers[number], wanted)
        return bytes(out)


class _Joined:
    """Folded texts in one, and the numbers that they have."""

    def __init__(self, numbers: Sequence[int], texts: Sequence[str]) -> None:
        self._numbers = numbers
        # No word has a line's end in it.
        self._text = "\n".join(texts)
        self._starts = [0, *accumulate(len(text) + 1 for text in texts)]

    def having(self, wanted: frozenset[str]) -> Iterator[int]:
        """Those with all of these content words, if there are some."""
        first, *others = marks(wanted) or [("", "")]
        for place in self._with(*first) if wanted else ():
            start, end = self._starts[place : place + 2]
            if all(self._has(word, mark, start, end) for word, mark in others):
                yield self._numbers[place]

    def _with(self, word: str, mark: str) -> Iterator[int]:
        """The places of those with that word."""
        text, place, start = self._text, -1, 0
        while (at := self._at(word, mark, start, len(text))) >= 0:
            place = bisect_right(self._starts, at) - 1
            start = self._starts[place + 1]
            yield place

    def _has(self, word: str, mark: str, start: int, end: int) -> bool:
        return self._at(word, mark, start, end) >= 0

    def _at(self, word: str, mark: str, start: int, end: int) -> int:
        at = self._text.find(mark, start, end)
        return at if at < 0 else word_at(self._text, word, mark, at, end)
