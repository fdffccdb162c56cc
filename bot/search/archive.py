"""Finding papers in the whole archive: candidates from the index, papers from the store, one order of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

from bot.model import Paper
from bot.ports import Hit, Query, SearchIndex, Store, Words
from bot.search.meaning import Sense, sense_of_paper, sense_of_query, widened
from bot.search.meant import suggested
from bot.search.ranking import added, ranked
from bot.search.similar import likeness, others
from bot.search.snippet import excerpt_and_marks

if TYPE_CHECKING:
    from bot.recommend.meaning import Meaning

RANKED = 100
"""So many of the index's best are put in order by more than it knows."""
FEW = 5
"""Where fewer have the phrases that were asked for, papers with some of their words follow."""
ORDER_WEIGHT = 1.0
"""What the z-score of a channel's own order counts beside that of the words."""


@dataclass(frozen=True, slots=True)
class Found:
    """A found paper; `marks` are the words of it that were looked for, as they stand in `excerpt` or in its title."""

    paper: Paper
    score: float
    excerpt: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was found, best first; `more`: there is a page behind it.

    `loosened`: few papers have the phrases that were asked for; some of these only have words of them.
    """

    found: tuple[Found, ...] = ()
    more: bool = False
    loosened: bool = False


Order = Callable[[Sequence[Paper]], Sequence[float]]
"""What else speaks for papers: one number for each, any scale; the ranking takes its z-scores."""


@dataclass(frozen=True, slots=True)
class Archive:
    """Where is looked: an index, the store that it is a projection of, and what the asker may see of it.

    `meaning`: what is looked for is widened and ordered by what it means, too.
    """

    index: SearchIndex
    store: Store
    now: datetime
    visible: Callable[[Paper], bool] = lambda _: True
    meaning: "Meaning | None" = None


_Pair = tuple[Paper, float]
_Pairs = Sequence[_Pair]
_Scoring = Callable[[_Pairs], Sequence[float]]
"""Candidates with the index's scores → their scores."""


def search(archive: Archive, query: Query, size: int, offset: int = 0, orders: Sequence[Order] = ()) -> Page:
    """The papers from the `offset`th on. The best 100 are ranked by more than the index knows."""
    strict, loose = _found(archive, query, orders), _loosened(query)
    if loose is None:
        return _page(list(islice(strict, offset, offset + size + 1)), size, query)
    exact = list(islice(strict, max(FEW, offset + size + 1)))
    behind = _beyond(exact, _found(archive, loose, orders)) if len(exact) < FEW else iter(())
    page = _page(list(islice(chain(exact, behind), offset, offset + size + 1)), size, query)
    return replace(page, loosened=offset + len(page.found) > len(exact))


def similar(archive: Archive, paper: Paper, size: int, offset: int = 0) -> Page:
    """Papers most like that one: neither itself nor another version or description of the same work."""
    like = likeness(paper, archive.index, archive.store.paper_count())
    query = like.query()
    if not query.wanted:
        return Page()
    sense = sense_of_paper(archive.meaning, paper) if archive.meaning else None

    def scores(found: _Pairs) -> Sequence[float]:
        papers = [one for one, _ in found]
        return added(like.order(papers), _by_meaning(sense, papers))

    found = others(paper, _in_order(archive, query, scores, sense))
    return _page(list(islice(found, offset, offset + size + 1)), size, Query())


def suggestion(archive: Archive, query: Query, text: str = "") -> str:
    """The text, or the query's words, with those that few papers have replaced by what was likely meant, or empty."""
    return suggested(archive.index, query, text)


def _page(found: _Pairs, size: int, query: Query) -> Page:
    shown = (Found(paper, score, *excerpt_and_marks(paper, query.wanted)) for paper, score in found[:size])
    return Page(tuple(shown), more=len(found) > size)


def _found(archive: Archive, query: Query, orders: Sequence[Order]) -> Iterator[_Pair]:
    """Where there are no words to judge by, the index's order stays: the latest first."""
    asked = " ".join(words.text for words in query.wanted if words.field != "author")
    sense = sense_of_query(archive.meaning, query) if archive.meaning else None

    def scores(found: _Pairs) -> Sequence[float]:
        papers, words = [paper for paper, _ in found], [score for _, score in found]
        told = [(ORDER_WEIGHT, order(papers)) for order in orders if papers]
        if asked:
            words = ranked(words, papers, asked, archive.now.date())
            return added(words, [*told, *_by_meaning(sense, papers)], scaled=True)
        return added(words, told) if told else words

    return _in_order(archive, query, scores, sense)


def _by_meaning(sense: Sense | None, papers: Sequence[Paper]) -> list[tuple[float, Sequence[float]]]:
    return [(sense.weight, sense.order(papers))] if sense and papers else []


def _in_order(archive: Archive, query: Query, scoring: _Scoring, sense: Sense | None) -> Iterator[_Pair]:
    """All that is found, each paper once: the first hundred by these scores, the rest as the index has them."""
    hits = archive.index.search(query, RANKED)
    first = list(_read(archive, widened(hits, sense.near(archive.index, query)) if sense else hits))
    scores = scoring(first)
    places = sorted(range(len(first)), key=lambda place: -scores[place])
    ahead = [(first[place][0], scores[place]) for place in places]
    lowest = ahead[-1][1] if ahead else 0.0
    seen = set()
    for paper, score in chain(ahead, ((paper, lowest) for paper, _ in _rest(archive, query, len(hits)))):
        if paper.id not in seen:
            seen.add(paper.id)
            yield paper, score


def _rest(archive: Archive, query: Query, place: int) -> Iterator[_Pair]:
    """What the index has behind the first ones; they were all where they were fewer than it was asked for."""
    while place and place % RANKED == 0:
        hits = archive.index.search(query, RANKED, place)
        yield from _read(archive, hits)
        place += len(hits) or 1


def _read(archive: Archive, hits: Sequence[Hit]) -> Iterator[_Pair]:
    """The visible ones. The index may name a paper that is gone, or one twice that was merged since."""
    stored = archive.store.papers([hit.paper for hit in hits])
    for hit in hits:
        paper = stored.get(hit.paper)
        if paper is not None and archive.visible(paper):
            yield paper, hit.score


def _beyond(exact: _Pairs, loose: Iterable[_Pair]) -> Iterator[_Pair]:
    there = {paper.id for paper, _ in exact}
    return ((paper, score) for paper, score in loose if paper.id not in there)


def _loosened(query: Query) -> Query | None:
    """Its phrases as plain words; None where it has none."""
    if not any(words.phrase for words in query.wanted):
        return None
    plain = " ".join(words.text for words in query.wanted if not words.field)
    rest = (replace(words, phrase=False) for words in query.wanted if words.field)
    return replace(query, wanted=(*((Words(plain),) if plain else ()), *rest))
