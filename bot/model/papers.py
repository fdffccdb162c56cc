"""What is read: papers, and how reading a source went."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.model.ids import PaperId


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled address: `Link("code", "https://…")`."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One work, versionless.

    `version` is the newest one seen, 0 where the source names none. `announced_on` is the latest
    day on which it was news, None where it is only known (a replacement, an import without a date).
    Counts (`upvotes`, `stars`, `citations`) are None where no source counts them. `categories` has the primary one
    first. `labs` are the institutions its authors name. `title_as_given` and `abstract_as_given` are the source's own
    text where the readable one differs from it (LaTeX, markup), else empty. A source with a colon in its name
    (`feed:https://…`) is read for some channels only.
    """

    id: PaperId
    title: str
    abstract: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    url: str = ""
    links: tuple[Link, ...] = ()
    published_on: date | None = None
    announced_on: date | None = None
    version: int = 0
    withdrawn: bool = False
    upvotes: int | None = None
    stars: int | None = None
    aliases: tuple[PaperId, ...] = ()
    sources: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    venue: str = ""
    citations: int | None = None
    title_as_given: str = ""
    abstract_as_given: str = ""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One drain of one source, as it went: `error` is empty where it ended well.

    `area` is the part of the source that was read (an arXiv category, a feed's address), empty where it has none.
    `status` is the last HTTP status, 0 where there was none. `new` were stored, `changed` were known and have changed;
    the rest of `seen` was known as it is. `greatest` is the greatest id in it. `batch` is the day whose news it held,
    judged by its content; `stale` says that it claimed to be newer than it was. `note` is what there is to say
    otherwise, in plain words. `failures` counts the drains that failed in a row, this one included; `retry_at` is when
    the source will be asked next.
    """

    source: str
    started_at: datetime
    seen: int = 0
    new: int = 0
    changed: int = 0
    skipped: tuple[str, ...] = ()
    error: str = ""
    area: str = ""
    status: int = 0
    greatest: str = ""
    batch: date | None = None
    stale: bool = False
    note: str = ""
    failures: int = 0
    retry_at: datetime | None = None
