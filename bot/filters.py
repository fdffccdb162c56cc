"""What a channel lets through: its sources, categories, and the topics it wants or does not want. Pure."""

import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from bot.arxiv_categories import within
from bot.model import Filters, Interest, Paper
from bot.recommend import is_about

_NAMED = re.compile(r"(author|lab)\s*:\s*(.+)", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def interest_from_text(text: str) -> Interest:
    """`author: NAME` and `lab: NAME` are a person and an institution, any other text is words.

    `author: Li, Fei-Fei` is turned round: a single word before the only comma is a surname.
    """
    match = _NAMED.fullmatch(text.strip())
    if match is None:
        return Interest(text)
    kind, name = match[1].casefold(), match[2].strip()
    if kind == "author":
        name = _turned(name)
        return Interest(f"{kind}: {name}", author=name)
    return Interest(f"{kind}: {name}", lab=name)


def _turned(name: str) -> str:
    last, _, first = (part.strip() for part in name.partition(","))
    reversed_name = first and "," not in first and len(last.split()) == 1
    return f"{first} {last}" if reversed_name else name


def is_readable(paper: Paper, private: Collection[str]) -> bool:
    """Whether the paper came from a source that is read for everybody, or from a `private` one of the channel's own."""
    for source in paper.sources:
        if ":" not in source or source in private:
            return True
    return not paper.sources


def passes(paper: Paper, filters: Filters, private: Collection[str] = ()) -> bool:
    """Whether a channel with these filters and private sources may be offered the paper."""
    return gate(filters, private)(paper)


def gate(filters: Filters, private: Collection[str] = ()) -> Callable[[Paper], bool]:
    """`passes` for many papers: what the filters say is worked out once, and asks of a paper only what they say."""
    asked = [question for question in (_sources(filters, private), topical(filters)) if question]

    def lets(paper: Paper) -> bool:
        return is_readable(paper, private) and all(question(paper) for question in asked)

    return lets if asked else lambda paper: is_readable(paper, private)


def topical(filters: Filters) -> Callable[[Paper], bool] | None:
    """What the filters ask of a paper wherever it came from: its categories and topics; None where they ask nothing."""
    categories, topics = _categories(filters), _topics(filters)
    if categories and topics:
        return lambda paper: categories(paper) and topics(paper)
    return categories or topics


def _sources(filters: Filters, private: Collection[str]) -> Callable[[Paper], bool] | None:
    """A feed that the channel added needs no mention among the sources it chose."""
    wanted = {*filters.sources, *(source for source in private if source.startswith("feed:"))}
    return (lambda paper: not wanted.isdisjoint(paper.sources)) if filters.sources else None


def _categories(filters: Filters) -> Callable[[Paper], bool] | None:
    """Only arXiv knows these categories: papers of other sources are not stopped by them."""
    wanted = {name for category in filters.categories for name in within(category)}
    lets = lambda paper: not paper.id.startswith("arxiv:") or not wanted.isdisjoint(paper.categories)  # noqa: E731
    return lets if wanted else None


def _topics(filters: Filters) -> Callable[[Paper], bool] | None:
    wanted = [interest_from_text(topic) for topic in filters.include]
    unwanted = [interest_from_text(topic) for topic in filters.exclude]

    def lets(paper: Paper) -> bool:
        fits = not wanted or any(is_about(paper, one) for one in wanted)
        return fits and not any(is_about(paper, one) for one in unwanted)

    return lets if wanted or unwanted else None


def announce_type(paper: Paper, categories: Iterable[str]) -> str:
    """`cross-list` where the paper's primary category is none of those the channel reads, else empty.

    The same paper is new in one channel and cross-listed in another, so this is never stored.
    """
    wanted = {name for category in categories for name in within(category)}
    return "cross-list" if wanted and paper.categories and paper.categories[0] not in wanted else ""


def private_sources(channel: object, feed_urls: Iterable[str]) -> frozenset[str]:
    """The names of the sources that are read for that channel alone: its feeds, and what was recommended to it."""
    return frozenset({*(f"feed:{url}" for url in feed_urls), f"semantic-scholar:{channel}"})
