"""bioRxiv and medRxiv: what was posted, day by day (api.biorxiv.org).

Their PDFs may not be scraped: papers link to their pages only.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bot.errors import SourceError
from bot.identity import doi_id
from bot.model import Paper, PaperId
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.arxiv.facts import is_withdrawn
from bot.sources.fields import latest_day, paper_or_skipped, plain_day, text_of, web_address
from bot.sources.web.http import Door
from bot.sources.web.jsonbody import part, parts, value_of

Record = Mapping[str, object]

_PACE = "biorxiv"
_LOOK_BACK = timedelta(days=2)  # a paper may be listed a day after the one it is dated
_MOST_PAGES = 1000
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_VERSION = re.compile(r"[1-9]\d{0,2}", re.ASCII)
_WITHDRAWN_TITLE = re.compile(r"withdrawn\s*[:.–—-]", re.IGNORECASE)
_WITHDRAWN_BY = re.compile(r"(?:the )?authors? (?:have|has) withdrawn (?:this|the|their) ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its entries, how many records it had, and how many versions there are in all (None: not told)."""

    entries: tuple[Paper | Skipped, ...]
    count: int
    total: int | None

    def ends(self, at: int) -> bool:
        """Whether there is nothing after the record `at`."""
        return self.count == 0 or (self.total is not None and at >= self.total)


class Biorxiv:
    """A PaperSource over `/details/{server}` of `api.biorxiv.org`, which answers for medRxiv too.

    `categories` are those let through, in any case (`neuroscience`); none: all. What is older than `most_days` is
    not asked for.
    """

    area = ""

    def __init__(
        self,
        door: Door,
        server: Literal["biorxiv", "medrxiv"],
        *,
        categories: Collection[str] = (),
        clock: Clock,
        base_url: str = "https://api.biorxiv.org",
        every: timedelta = timedelta(hours=3),
        most_days: int = 30,
    ) -> None:
        self.name: str = server
        self.every = every
        self._door = door
        self._clock = clock
        self._categories = frozenset(text_of(category).casefold() for category in categories)
        self._details = f"{base_url.rstrip('/')}/details/{server}"
        self._most_days = timedelta(days=most_days)

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Papers posted from two days before `since` to today, and new versions of others; see PaperSource.

        A first version is news on its day; a later one has `announced_on` None and only changes its paper. Each
        version comes once, of several in one answer only the newest. `cursor` is not used: days are.
        """
        today = self._clock().date()
        first = max(since, today - self._most_days) - _LOOK_BACK
        note = "" if since >= today - self._most_days else f"nothing before {plain_day(first)} was asked for"
        met: dict[PaperId, set[int]] = {}
        at = 0
        if first > today:
            return
        for _ in range(_MOST_PAGES):
            page, status = await self._page(first, today, at)
            fresh = _unmet(page.entries, met)
            entries = [_asked_for(entry, first, today) for entry in _newest(fresh)]
            for entry in entries:
                yield entry
            at += page.count
            yield Reading(status, batch=latest_day(entries), note=_cut_short(page, at) or note)
            if page.ends(at):
                return
            if page.entries and not fresh:
                raise SourceError(self.name, f"the same records again after {at} of {page.total}")
        raise SourceError(self.name, f"more than {_MOST_PAGES} pages since {plain_day(first)}")

    async def check(self) -> str:
        """Ask for yesterday and today; see PaperSource."""
        today = self._clock().date()
        first = today - timedelta(days=1)
        page, _ = await self._page(first, today, 0)
        return f"{page.total or page.count} papers and new versions since {plain_day(first)}"

    async def _page(self, first: date, last: date, at: int) -> tuple[Page, int]:
        answer = await self._door.get(
            f"{self._details}/{first}/{last}/{at}/json", source=self.name, pace=_PACE
        )
        return await asyncio.to_thread(page_of, answer.body, self.name, self._categories), answer.status


def page_of(body: bytes, server: str, categories: Collection[str] = ()) -> Page:
    """The records of one answer that are in `categories` (folded; none: all), in order.

    Raises SourceError where it is no answer or a refusal; that there is nothing is neither.
    """
    found = value_of(body, server)
    records = part(found, "collection")
    if not isinstance(records, list):
        raise SourceError(server, "no list of papers in the answer")
    message = next(iter(parts(found, "messages")), None)
    status = text_of(part(message, "status"))
    if not records and status.casefold() not in {"", "ok"} and not status.casefold().startswith("no posts"):
        raise SourceError(server, f"refused the request: {status[:200]}")
    entries = tuple(_entries(records, server, categories))
    return Page(entries, len(records), _number(part(message, "total")))


def _number(value: object) -> int | None:
    """The API sends its counts as text or as numbers, as it happens."""
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _cut_short(page: Page, at: int) -> str:
    if page.count == 0 and page.total is not None and at < page.total:
        return f"the list ended after {at} of {page.total} records"
    return ""


def _entries(
    records: Iterable[object], server: str, categories: Collection[str]
) -> Iterator[Paper | Skipped]:
    for position, record in enumerate(records, 1):
        if categories and text_of(part(record, "category")).casefold() not in categories:
            continue
        what = text_of(part(record, "doi"))[:80] or f"record {position}"
        yield paper_or_skipped(what, lambda record=record: paper_from_record(record, server))  # type: ignore[misc]


def paper_from_record(record: object, server: str) -> Paper:
    """The paper of one version. Raises ValueError where it has no DOI, no version, or, if it is the first, no day."""
    if not isinstance(record, Mapping):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a fault of the data
    paper, version = _identified(record)
    posted = _day(record.get("date"))
    if version == 1 and posted is None:
        raise ValueError("no day on which it was posted")
    title, abstract = text_of(record.get("title")), text_of(record.get("abstract"))
    published = doi_id(text_of(record.get("published")))
    category, lab = text_of(record.get("category")), text_of(record.get("author_corresponding_institution"))
    first_posted = posted if version == 1 else None
    return Paper(
        id=paper,
        title=title,
        abstract=abstract,
        authors=authors_of(text_of(record.get("authors"))),
        categories=(category,) if category else (),
        url=web_address(f"https://www.{server}.org/content/{paper.removeprefix('doi:')}v{version}"),
        published_on=first_posted,
        announced_on=first_posted,
        version=version,
        withdrawn=is_withdrawn_version(version, title, abstract, text_of(record.get("type"))),
        aliases=(published,) if published else (),
        sources=(server,),
        labs=(lab,) if lab else (),
    )


def _identified(record: Record) -> tuple[PaperId, int]:
    paper = doi_id(text_of(record.get("doi")))
    if paper is None or not paper.startswith("doi:10."):
        raise ValueError("no usable DOI")
    version = str(record.get("version")).strip()
    if not _VERSION.fullmatch(version):
        raise ValueError("no version")
    return paper, int(version)


def _day(value: object) -> date | None:
    """`2026-06-30`; the API also sends `2026-6-30`."""
    found = _DAY.fullmatch(text_of(value))
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def authors_of(text: str) -> tuple[str, ...]:
    """`Surname, A.; Other, B. C., Jr.; A Consortium` → `A. Surname`, `B. C. Other, Jr.`, `A Consortium`."""
    return tuple(dict.fromkeys(name for name in map(_name, text.split(";")) if name))


def _name(author: str) -> str:
    surname, *rest = (part.strip() for part in author.split(","))
    given = next(iter(rest), "")
    return ", ".join(part for part in (f"{given} {surname}".strip(), *rest[1:]) if part)


def is_withdrawn_version(version: int, title: str, abstract: str, kind: str = "") -> bool:
    """Whether a newer version is a withdrawal: its title begins `WITHDRAWN:`, and its abstract says who and why.

    biorxiv.org/about/FAQ: a withdrawn paper gets a new version with a statement; the earlier ones stay.
    """
    if version < 2:
        return False
    named = _WITHDRAWN_TITLE.match(title) or _WITHDRAWN_BY.match(abstract) or "withdrawn" in kind.casefold()
    return bool(named) or is_withdrawn(version, "", abstract)


def _unmet(entries: Iterable[Paper | Skipped], met: dict[PaperId, set[int]]) -> list[Paper | Skipped]:
    """Those that did not come before in this run; an older version only where it says when the paper was news."""
    fresh: list[Paper | Skipped] = []
    for entry in entries:
        if isinstance(entry, Skipped):
            fresh.append(entry)
            continue
        versions = met.setdefault(entry.id, set())
        if entry.version not in versions and (entry.announced_on or entry.version > max(versions, default=0)):
            fresh.append(entry)
        versions.add(entry.version)
    return fresh


def _newest(entries: Iterable[Paper | Skipped]) -> list[Paper | Skipped]:
    """Of each paper its newest version, with the days that its first one told."""
    papers: dict[PaperId, Paper] = {}
    skipped: list[Skipped] = []
    for entry in entries:
        if isinstance(entry, Skipped):
            skipped.append(entry)
        else:
            papers[entry.id] = _newer(papers.get(entry.id, entry), entry)
    return [*papers.values(), *skipped]


def _newer(one: Paper, other: Paper) -> Paper:
    return replace(
        max(one, other, key=lambda paper: paper.version),
        published_on=one.published_on or other.published_on,
        announced_on=one.announced_on or other.announced_on,
        aliases=tuple(sorted({*one.aliases, *other.aliases})),
    )


def _asked_for(entry: Paper | Skipped, first: date, last: date) -> Paper | Skipped:
    """A day of another time than was asked for cannot be believed."""
    day = entry.announced_on if isinstance(entry, Paper) else None
    if isinstance(entry, Paper) and day and not first <= day <= last:
        return Skipped(entry.id, f"posted on {day}, which was not asked for")
    return entry
