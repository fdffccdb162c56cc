"""What a channel lets through: its sources, categories, and the topics it wants or does not want. Pure."""

import re
from collections.abc import Collection, Iterable
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
    return not paper.sources or any(":" not in source or source in private for source in paper.sources)


def passes(paper: Paper, filters: Filters, private: Collection[str] = ()) -> bool:
    """Whether a channel with these filters and private sources may be offered the paper."""
    return (
        is_readable(paper, private)
        and _is_of(paper, filters, private)
        and _is_in(paper, filters.categories)
        and (not filters.include or _is_about_any(paper, filters.include))
        and not _is_about_any(paper, filters.exclude)
    )


def _is_of(paper: Paper, filters: Filters, private: Collection[str]) -> bool:
    """A feed that the channel added needs no mention among the sources it chose."""
    own = {source for source in private if source.startswith("feed:")}
    return not filters.sources or not own.union(filters.sources).isdisjoint(paper.sources)


def _is_in(paper: Paper, categories: Iterable[str]) -> bool:
    """Only arXiv knows these categories: papers of other sources are not stopped by them."""
    wanted = {name for category in categories for name in within(category)}
    return not wanted or not paper.id.startswith("arxiv:") or not wanted.isdisjoint(paper.categories)


def _is_about_any(paper: Paper, topics: Iterable[str]) -> bool:
    return any(is_about(paper, interest_from_text(topic)) for topic in topics)


def announce_type(paper: Paper, categories: Iterable[str]) -> str:
    """`cross-list` where the paper's primary category is none of those the channel reads, else empty.

    The same paper is new in one channel and cross-listed in another, so this is never stored.
    """
    wanted = {name for category in categories for name in within(category)}
    return "cross-list" if wanted and paper.categories and paper.categories[0] not in wanted else ""


def private_sources(channel: object, feed_urls: Iterable[str]) -> frozenset[str]:
    """The names of the sources that are read for that channel alone: its feeds, and what was recommended to it."""
    return frozenset({*(f"feed:{url}" for url in feed_urls), f"semantic-scholar:{channel}"})
