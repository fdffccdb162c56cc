"""arXiv's announcement feeds: what is new today in one category (info.arxiv.org/help/rss.html)."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from xml.etree.ElementTree import Element

from bot.arxiv_calendar import HOME
from bot.arxiv_categories import CATEGORIES, twin_of
from bot.errors import SourceError
from bot.identity import arxiv_version
from bot.model import Paper
from bot.ports import Clock, Reading, Skipped
from bot.sources.arxiv.atom import terms_of
from bot.sources.arxiv.batch import (
    Finding,
    Memory,
    claimed_batch,
    conditions,
    cursor_from_memory,
    empty,
    judged,
    memory_from_cursor,
    same,
    validators,
)
from bot.sources.arxiv.facts import abstract_page, authors_of, categories_of, dois_of, is_withdrawn, pdf_link
from bot.sources.fields import day_of, paper_or_skipped, plain_day, text_of
from bot.sources.web.http import Answer, Door
from bot.sources.web.xml import (
    ARXIV,
    ATOM,
    BROKEN,
    DC,
    child_text,
    feed_children,
    looks_like_html,
    pieces,
    until_error,
)

_NOT_MODIFIED = 304
_PREFIX = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+Abstract:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Announced:
    """One entry of a feed as it stands there: `day` and `crossed` are what it says of itself.

    `day` is None where the entry could not be read. `crossed`: its primary category is not among those of the feed.
    """

    entry: Paper | Skipped
    day: date | None = None
    crossed: bool = False


class ArxivFeed:
    """A PaperSource over `rss.arxiv.org` for one category, which is its `area`.

    A feed is cut at 2,000 results, new papers first, so joining categories with `+` would lose replacements;
    it would also hide that one of them is late, which happens to each on its own.
    """

    name = "arxiv"

    def __init__(
        self,
        door: Door,
        category: str,
        *,
        base_url: str = "https://rss.arxiv.org",
        form: Literal["rss", "atom"] = "rss",
        clock: Clock,
        every: timedelta = timedelta(minutes=30),
    ) -> None:
        self.area = category
        self.every = every
        self._door = door
        self._clock = clock
        self._url = f"{base_url.rstrip('/')}/{form}/{category}"

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Paper | Skipped | Reading]:
        """The batch that the feed shows, dated by what it is and not by what it claims; see PaperSource.

        Replacements of the batch come too, with `announced_on` None: they change a paper and are not news.
        """
        memory = memory_from_cursor(cursor)
        answer = await self._asked(conditions(memory, self._url))
        if answer.status == _NOT_MODIFIED:
            yield _unchanged(memory, self._clock, self.area)
            return
        entries, error = await _read(answer)
        built = None if entries or error else await asyncio.to_thread(built_on, answer.body)
        finding = self._found(entries, memory, built)
        for announced in entries:
            if finding.shown is None or finding.shown.day >= since or isinstance(announced.entry, Skipped):
                yield _dated(announced, finding, self.area)
        if error:
            raise error
        yield self._reading(answer, finding, built, nothing=not entries)

    async def check(self) -> str:
        """Ask for the feed; see PaperSource."""
        entries, error = await _read(await self._asked({}))
        if error:
            raise error
        days = [announced.day for announced in entries if announced.day]
        if not days:
            return f"answers; no papers in {self.area} today, as on weekends and holidays"
        return f"{len(days)} papers in {self.area} on {plain_day(max(days))}"

    async def _asked(self, headers: dict[str, str]) -> Answer:
        return await self._door.get(
            self._url, source=self.name, pace="arxiv", accept={_NOT_MODIFIED}, headers=headers
        )

    def _found(self, entries: list[Announced], memory: Memory, built: date | None) -> Finding:
        now = self._clock()
        if not entries:
            return empty(memory.batch, now, built, self.area)
        papers = [(one.entry, one.day) for one in entries if isinstance(one.entry, Paper) and one.day]
        return judged(claimed_batch(papers), memory.batch, now, unread=len(entries) - len(papers))

    def _reading(self, answer: Answer, finding: Finding, built: date | None, *, nothing: bool) -> Reading:
        memory = Memory(self._url, *validators(answer.headers), nothing, finding.known, built)
        reading = _reading(answer.status, finding)
        return reading if finding.again else replace(reading, cursor=cursor_from_memory(memory))


async def _read(answer: Answer) -> tuple[list[Announced], SourceError | None]:
    return await asyncio.to_thread(until_error, announcements(answer.body))


def _unchanged(memory: Memory, clock: Clock, area: str) -> Reading:
    """The same answer as the last time; only the calendar has moved on."""
    known, now = memory.batch, clock()
    read = None if memory.empty else known
    finding = same(read, now) if read else empty(known, now, memory.built, area)
    reading = _reading(_NOT_MODIFIED, replace(finding, note=f"nothing changed: {finding.note}"))
    if finding.known == known:
        return reading
    return replace(reading, cursor=cursor_from_memory(replace(memory, batch=finding.known)))


def _reading(status: int, finding: Finding) -> Reading:
    """What is known of the category by now, shown in this answer or before."""
    batches = [batch for batch in (finding.shown, finding.known) if batch]
    return Reading(
        status=status,
        greatest=max((batch.greatest for batch in batches), default=""),
        batch=max((batch.until for batch in batches), default=None),
        stale=finding.stale,
        note=finding.note,
    )


def _dated(announced: Announced, finding: Finding, category: str) -> Paper | Skipped:
    """The entry, news on the day of the batch that it belongs to, with its primary category first."""
    paper = announced.entry
    if isinstance(paper, Skipped) or finding.shown is None:
        return paper
    day = finding.shown.day if paper.announced_on else None
    categories = primary_first(paper.categories, category, crossed=announced.crossed)
    if (day, categories) == (paper.announced_on, paper.categories):  # most are; copying one takes a while
        return paper
    return replace(paper, announced_on=day, categories=categories)


def primary_first(categories: tuple[str, ...], category: str, *, crossed: bool) -> tuple[str, ...]:
    """The categories of an entry in that category's feed; the type of the entry tells which one is primary.

    A paper is new or replaced where its primary category is the feed's, and crossed where it is not
    (info.arxiv.org/help/rss_specifications.html). A feed also stands for the other name of its category, and an
    archive's feed for all of its categories, which leaves the order as it is.
    """
    if category not in CATEGORIES or category not in categories:
        return categories
    here = {category, twin_of(category)}
    others = [name for name in categories if name not in here]
    if crossed and categories[0] in here and others:
        return tuple(dict.fromkeys((others[0], *categories)))
    if not crossed and categories[0] not in here:
        return tuple(dict.fromkeys((category, *categories)))
    return categories


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
        elif child.tag == BROKEN:
            position += 1
            yield Announced(Skipped(f"entry {position}", child.text or ""))
        elif child.tag in {"title", f"{ATOM}title"} and text_of(child.text).startswith("Feed error"):
            raise SourceError(ArxivFeed.name, text_of(child.text)[:200])


def built_on(body: bytes) -> date | None:
    """The day on which a feed says it was made, by arXiv's own calendar; the earliest where it names several."""
    named = {"lastBuildDate", "pubDate", f"{ATOM}updated"}
    children, _ = until_error(feed_children(pieces(body), ArxivFeed.name))
    days = [day_of(text_of(child.text), HOME) for child in children if child.tag in named]
    return min((day for day in days if day), default=None)


def _announced(item: Element, position: int) -> Announced:
    day = announcement_day(item)
    what = child_text(item, "guid", f"{ATOM}id")[:80] or f"entry {position}"
    entry = paper_or_skipped(what, lambda: paper_from_item(item, day))
    return Announced(entry, day if isinstance(entry, Paper) else None, _kind(item).endswith("cross"))


def announcement_day(item: Element) -> date | None:
    """The day of the entry's batch, by arXiv's own calendar."""
    return day_of(child_text(item, "pubDate", f"{ATOM}published"), HOME)


def _kind(item: Element) -> str:
    """`new`, `cross`, `replace` or `replace-cross`; never kept with a paper, because it is another in another feed."""
    named = child_text(item, f"{ARXIV}announce_type")
    prefix = None if named else _PREFIX.match(child_text(item, "description", f"{ATOM}summary"))
    return (named or (prefix[1] if prefix else "new")).lower()


def paper_from_item(item: Element, day: date | None, source: str = ArxivFeed.name) -> Paper:
    """The paper of one entry in a batch of `day`. Raises ValueError where it has no arXiv id or no day."""
    found = arxiv_version(child_text(item, "guid", f"{ATOM}id"))
    if found is None or day is None:
        raise ValueError("no announcement day" if found else "no arXiv id")
    paper, version = found
    description = child_text(item, "description", f"{ATOM}summary")
    prefix = _PREFIX.match(description)
    abstract = description[prefix.end() :] if prefix else description
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
        announced_on=None if _kind(item).startswith("replace") else day,
        version=version,
        withdrawn=is_withdrawn(version, "", abstract),
        aliases=dois_of(child_text(item, f"{ARXIV}DOI", f"{ARXIV}doi")),
        sources=(source,),
    )
