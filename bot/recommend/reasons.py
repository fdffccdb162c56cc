"""Why a paper was picked, in words: exact shares of a linear score, and the liked paper it is nearest to."""

from collections.abc import Sequence
from functools import lru_cache

from bot.model import Interest, Paper
from bot.recommend.newest import newness
from bot.recommend.pool import Pool
from bot.recommend.scoring import LIKED, TOPICS, parts_of
from bot.recommend.taste import Taste
from bot.recommend.vectors import Array, columns
from bot.recommend.words import bare_words, category_grams, is_about, paper_grams, telling, telling_word

NEAR = 0.1
"""The likeness from which a liked paper is worth naming."""
REASONED = 30
_LONGEST_TITLE = 70
_MOST_TOPICS = 3


@lru_cache(maxsize=20_000)
def _named_columns(paper: Paper) -> dict[int, str]:
    """The paper's grams by their columns."""
    grams = list(dict.fromkeys((*paper_grams(paper), *category_grams(paper))))
    return dict(zip(reversed(columns(grams)), reversed(grams), strict=True))


def shares(paper: Paper, values: Array, at: Array) -> list[tuple[str, float]]:
    """What each of the paper's words and categories adds: `values` of its row, whose columns are `at`."""
    names = _named_columns(paper)
    return [(names[i], v) for i, v in zip(at.tolist(), values.tolist(), strict=True) if v and i in names]


def nearest(taste: Taste, pool: Pool, number: int) -> tuple[int, float]:
    """Which liked paper is nearest to that of the pool, and how like it is; -1 where nothing is liked."""
    if not taste.likes.papers:
        return -1, 0.0
    likeness = pool.likeness(taste.likes.places)[:, number]
    best = int(likeness.argmax())
    return best, float(likeness[best])


def reasons(
    picks: Sequence[tuple[int, int]],
    taste: Taste,
    pool: Pool,
    followed: Sequence[Interest],
    seeds: frozenset[str],
) -> list[tuple[str, bool]]:
    """For picks (number in the pool, strand): why, in one line, and whether that is more than chance.

    No digest has more than REASONED; whoever asks for more is told of the rest how new it is.
    """
    first = _reasons(picks[:REASONED], taste, pool, followed, seeds)
    return first + [(newness(pool.papers[number]), False) for number, _ in picks[REASONED:]]


def _reasons(
    picks: Sequence[tuple[int, int]],
    taste: Taste,
    pool: Pool,
    followed: Sequence[Interest],
    seeds: frozenset[str],
) -> list[tuple[str, bool]]:
    spoken: dict[tuple[int, int], _Spoken] = {}
    for strand in {strand for _, strand in picks}:
        mine = [number for number, its in picks if its == strand]
        rows = pool.shelf.rows(pool.places[mine])
        parts = parts_of(taste, strand, pool.shelf, rows, all_of=False)
        for number, start, end in zip(mine, rows.indptr, rows.indptr[1:], strict=False):
            at = slice(start, end)
            spoken[number, strand] = (rows.indices[at], parts[LIKED][at], parts[TOPICS][at])
    return [_reason(number, spoken[number, strand], taste, pool, followed, seeds) for number, strand in picks]


_Spoken = tuple[Array, Array, Array]
"""A paper's columns, and what liked papers and followed topics add to each."""


def _reason(
    number: int,
    spoken: _Spoken,
    taste: Taste,
    pool: Pool,
    followed: Sequence[Interest],
    seeds: frozenset[str],
) -> tuple[str, bool]:
    """More than chance is a topic followed, or likeness to a liked paper."""
    paper, (at, by_likes, by_topics) = pool.papers[number], spoken
    names = [interest.name for interest in followed if is_about(paper, interest)][:_MOST_TOPICS]
    parts = [f"you follow {', '.join(names)}"] if names else []
    place, likeness = nearest(taste, pool, number)
    if likeness >= NEAR / 2:
        terms = _new_to(shares(paper, by_likes, at), followed)
        if liked := [readable(gram) for gram in telling(terms, _MOST_TOPICS - len(names))]:
            seeded = taste.likes.papers[place].id in seeds
            parts.append(f"{'like the papers you follow:' if seeded else 'you like'} {', '.join(liked)}")
    if likeness >= NEAR:
        parts.append(f"close to “{_shortened(taste.likes.papers[place].title)}”")
    chance = "" if parts else _shared(shares(paper, by_topics, at), followed) or newness(paper)
    return "; ".join(parts) or chance, bool(parts)


def _new_to(terms: Sequence[tuple[str, float]], followed: Sequence[Interest]) -> list[tuple[str, float]]:
    """Those for a paper that are not words of a followed topic."""
    known = {word for interest in _topics(followed) for word in bare_words(interest.name)}
    return [(gram, value) for gram, value in terms if value > 0 and not known & set(gram.split())]


def _shared(terms: Sequence[tuple[str, float]], followed: Sequence[Interest]) -> str:
    """The one word of a followed topic that the paper has, where that is all."""
    raised = sorted((term for term in terms if term[1] > 0), key=lambda term: (-term[1], term[0]))
    for word in (gram for gram, _ in raised if " " not in gram and telling_word(gram)):
        for interest in _topics(followed):
            if word in bare_words(interest.name):
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
