"""Which pieces of a text are to be emphasised: whole words only. Pure; every platform has its own way to emphasise."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

Span = tuple[int, int]
_JOINERS = frozenset("\u200c\u200d")
_SKINS = range(0x1F3FB, 0x1F400)


def marked(text: str, marks: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """The text in pieces, each with whether it is one of the marks; joined they are the text, and none is empty.

    A mark counts where it stands as it is written, not inside a longer word and never in the midst of what is one
    character to a reader. Where two begin together the longer one counts; marks with at most space between them are
    one piece.
    """
    spans = _runs(text, _found(text, sorted({*marks} - {""}, key=len, reverse=True)))
    ends = [0, *(end for span in spans for end in span), len(text)]
    pieces = ((text[start:end], bool(n % 2)) for n, (start, end) in enumerate(pairwise(ends)))
    return tuple(piece for piece in pieces if piece[0])


def _found(text: str, marks: Sequence[str]) -> Iterator[Span]:
    start = 0
    while marks and start < len(text):
        end = next((start + len(mark) for mark in marks if _stands(text, mark, start)), start)
        if end > start:
            yield start, end
        start = max(end, start + 1)


def _stands(text: str, mark: str, start: int) -> bool:
    return text.startswith(mark, start) and _parts(text, start) and _parts(text, start + len(mark))


def _parts(text: str, place: int) -> bool:
    """Whether a word may begin or end before the character at `place`."""
    if not 0 < place < len(text):
        return True
    before, after = text[place - 1], text[place]
    if _extends(after) or before in _JOINERS:
        return False
    return not (_in_word(text, place - 1) and _in_word(text, place))


def _in_word(text: str, place: int) -> bool:
    """Whether the character belongs to a word; an accent belongs to what the word before it is."""
    while place > 0 and _extends(text[place]):
        place -= 1
    return text[place].isalnum() or text[place] == "_"


def _extends(character: str) -> bool:
    """Whether it only changes the character before it: an accent, a joiner, the colour of a hand."""
    if character.isascii():
        return False
    return character in _JOINERS or ord(character) in _SKINS or unicodedata.category(character)[0] == "M"


def _runs(text: str, spans: Iterator[Span]) -> list[Span]:
    runs: list[Span] = []
    for start, end in spans:
        if runs and not text[runs[-1][1] : start].strip():
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs
