"""arXiv's announcement feeds: what is new today, by category (info.arxiv.org/help/rss.html)."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from bot.errors import SourceError
from bot.identity import arxiv_version
from bot.model import Paper, PaperId
from bot.ports import Skipped
from bot.sources.arxiv import abstract_page, authors_of, categories_of, dois_of, is_withdrawn, pdf_link
from bot.sources.arxiv_atom import terms_of
from bot.sources.fields import day_of, paper_or_skipped, plain_day, text_of
from bot.sources.http import Door
from bot.sources.xml import ARXIV, ATOM, DC, child_text, feed_children, looks_like_html, pieces, until_error

# arXiv announces by the calendar of its home.
_HOME = ZoneInfo("America/New_York")
_PREFIX = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+Abstract:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Announced:
    """One entry of a feed. `day` is its batch's, None where the entry could not be read."""

    entry: Paper | Skipped
    day: date | None = None


class ArxivFeed:
    """A PaperSource over `rss.arxiv.org`, one request for each category.

    A feed is cut at 2,000 results, new papers first, so joining categories with `+` would lose replacements;
    it would also hide that one of them is late. A category that fails does not stop the others.
    """

    name = "arxiv"

    def __init__(
        self,
        door: Door,
        categories: Sequence[str],
        *,
        base_url: str = "https://rss.arxiv.org",
        form: Literal["rss", "atom"] = "rss",
    ) -> None:
        self._door = door
        self._categories = tuple(dict.fromkeys(categories))
        self._feeds = f"{base_url.rstrip('/')}/{form}"

    async def fetch(self, since: date) -> AsyncIterator[Paper | Skipped]:
        """The latest batch of every category, each paper once; see PaperSource.

        Replacements of such a batch come too, with `announced_on` None: they change a paper and are not news.
        """
        failures: dict[str, SourceError] = {}
        met: set[tuple[PaperId, int]] = set()
        for category in self._categories:
            batch, error = await self._batch(category)
            if error:
                failures[category] = error
            for announced in batch:
                if _wanted(announced, since, met):
                    yield announced.entry
        if failures:
            raise _joined(failures)

    async def check(self) -> str:
        """Ask for the first category; see PaperSource."""
        category = self._categories[0]
        batch, error = await self._batch(category)
        if error:
            raise _joined({category: error})
        days = [announced.day for announced in batch if announced.day]
        if not days:
            return f"answers; no papers in {category} today, as on weekends and holidays"
        return f"{len(days)} papers in {category} on {plain_day(max(days))}"

    async def _batch(self, category: str) -> tuple[list[Announced], SourceError | None]:
        try:
            answer = await self._door.get(f"{self._feeds}/{category}", source=self.name, pace="arxiv")
        except SourceError as error:
            return [], error
        return await asyncio.to_thread(until_error, announcements(answer.body))


def _wanted(announced: Announced, since: date, met: set[tuple[PaperId, int]]) -> bool:
    """A cross-listed paper stands in the feeds of several categories."""
    if announced.day is None or isinstance(announced.entry, Skipped):
        return True
    key = (announced.entry.id, announced.entry.version)
    if announced.day < since or key in met:
        return False
    met.add(key)
    return True


def _joined(failures: Mapping[str, SourceError]) -> SourceError:
    """One error for all categories that failed; those that failed alike are named together."""
    alike: dict[str, list[str]] = {}
    for category, error in failures.items():
        alike.setdefault(error.reason, []).append(category)
    reasons = [f"{', '.join(categories)}: {reason}" for reason, categories in alike.items()]
    waits = [error.retry_after for error in failures.values() if error.retry_after is not None]
    return SourceError(ArxivFeed.name, "; ".join(reasons), retry_after=max(waits, default=None))


def announcements(body: bytes) -> Iterator[Announced]:
    """The entries of one feed in either form, in order.

    Raises SourceError where it is not a feed or breaks off, after its whole entries.
    """
    if looks_like_html(body):
        raise SourceError(ArxivFeed.name, "a web page instead of a feed")
    position = 0
    for child in feed_children(pieces(body), ArxivFeed.name):
        if child.tag in {"item", f"{ATOM}entry"}:
            position += 1
            yield _announced(child, position)
        elif child.tag in {"title", f"{ATOM}title"} and text_of(child.text).startswith("Feed error"):
            raise SourceError(ArxivFeed.name, text_of(child.text)[:200])


def _announced(item: Element, position: int) -> Announced:
    day = announcement_day(item)
    what = child_text(item, "guid", f"{ATOM}id")[:80] or f"entry {position}"
    entry = paper_or_skipped(what, lambda: paper_from_item(item, day))
    return Announced(entry, day if isinstance(entry, Paper) else None)


def announcement_day(item: Element) -> date | None:
    """The day of the entry's batch, by arXiv's own calendar."""
    return day_of(child_text(item, "pubDate", f"{ATOM}published"), _HOME)


def paper_from_item(item: Element, day: date | None, source: str = ArxivFeed.name) -> Paper:
    """The paper of one entry in a batch of `day`. Raises ValueError where it has no arXiv id or no day."""
    found = arxiv_version(child_text(item, "guid", f"{ATOM}id"))
    if found is None or day is None:
        raise ValueError("no announcement day" if found else "no arXiv id")
    paper, version = found
    description = child_text(item, "description", f"{ATOM}summary")
    prefix = _PREFIX.match(description)
    abstract = description[prefix.end() :] if prefix else description
    kind = child_text(item, f"{ARXIV}announce_type") or (prefix[1] if prefix else "new")
    return Paper(
        id=paper,
        title=child_text(item, "title", f"{ATOM}title"),
        abstract=abstract,
        authors=authors_of(child_text(item, f"{DC}creator")),
        categories=categories_of(
            [*(child.text or "" for child in item.iterfind("category")), *terms_of(item)]
        ),
        url=abstract_page(paper),
        links=(pdf_link(paper),),
        announced_on=None if kind.lower().startswith("replace") else day,
        version=version,
        withdrawn=is_withdrawn(version, "", abstract),
        aliases=dois_of(child_text(item, f"{ARXIV}DOI", f"{ARXIV}doi")),
        sources=(source,),
    )
