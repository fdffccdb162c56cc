"""Why a day brought few papers or none, and how a source is: in words for a channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot import arxiv_calendar
from bot.model import Channel, Feed, Fetch, Subscription
from bot.polling import HISTORY, Part, by_part, is_category, late_categories, parts_for
from bot.ports import Store

_NAMES = {
    "arxiv": "arXiv",
    "huggingface": "Hugging Face",
    "sample": "the sample",
    "biorxiv": "bioRxiv",
    "medrxiv": "medRxiv",
    "semantic-scholar": "Semantic Scholar",
    "pubmed": "PubMed",
    "openalex": "OpenAlex",
    "openreview": "OpenReview",
    "crossref": "Crossref",
}

_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How things stood when a digest was chosen, as far as they concern its channel. `day` is the channel's own.

    `fetches` are the newest records of the sources it reads, `late` the arXiv categories whose batch has not come.
    `reads_arxiv` says whether arXiv's calendar matters to it; `titles` are those of its feeds, by
    their addresses; `categories` the arXiv categories it reads.
    """

    now: datetime
    fetches: tuple[Fetch, ...] = ()
    late: tuple[str, ...] = ()
    reads_arxiv: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None
    categories: tuple[str, ...] = ()


def source_named(source: str, area: str = "", titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """`arXiv cs.CL`, `Hugging Face`, or a feed's title (by its address in `titles`) or host."""
    if source in {"feed", "feeds"}:
        title = titles.get(area) or urlsplit(area).hostname or "the feeds for every channel"
        return f"“{title[:_LONGEST_TITLE]}”" if area else title
    name = _NAMES.get(source, source)
    return name if area in {"", "daily"} else f"{name} {area}"


def trouble(given: Circumstances) -> str:
    """What may be missing because it is late or could not be read; empty where all is well."""
    failed = [fetch for fetch in given.fetches if fetch.error and not _is_spare(fetch, given)]
    late = tuple(area for area in given.late if area not in {fetch.area for fetch in failed})
    # Of a year whose deferred mailings are not known here, only weekends are.
    hedge = "" if arxiv_calendar.is_listed(given.now.year) else " (or arXiv has a holiday)"
    parts = [
        f"Today's papers in {listed(late)} are late at arXiv{hedge}; they come with the next digest."
        if late
        else "",
        f"Some may be missing: {unread(failed, given)}; what was missed comes later." if failed else "",
    ]
    return " ".join(filter(None, parts))


def _is_spare(fetch: Fetch, given: Circumstances) -> bool:
    """Whether nothing is missing though it failed: it brings no papers, or only what a feed has brought already."""
    if fetch.area == "details":
        return True
    feed = next((one for one in given.fetches if f"{HISTORY}{one.area}" == fetch.area), None)
    return fetch.source == "arxiv" and feed is not None and not feed.error and feed.area not in given.late


def unread(failed: Sequence[Fetch], given: Circumstances) -> str:
    """`arXiv (cs.CL) and Hugging Face could not be read`: the details are in `/papers status` and the log.

    The areas are named where others of the same source were read.
    """
    names: dict[str, None] = {}
    for source in dict.fromkeys(fetch.source for fetch in failed):
        areas = [fetch.area for fetch in failed if fetch.source == source]
        whole = len(areas) == sum(fetch.source == source for fetch in given.fetches)
        if source in {"feed", "feeds"}:
            names |= dict.fromkeys(source_named(source, area, given.titles) for area in areas)
        else:
            names[source_named(source) + ("" if whole else f" ({listed(areas)})")] = None
    return f"{listed(tuple(names))} could not be read"


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def calendar_reason(given: Circumstances) -> str:
    """Why arXiv announces nothing today; empty where it does, or where the channel does not read it.

    East of America a morning can come before arXiv's day has begun.
    """
    if not given.reads_arxiv:
        return ""
    there = arxiv_calendar.feed_day(given.now)
    reason = arxiv_calendar.why_none(min(there, given.day or there))
    return (
        f"{reason} (it is still {there:%A} there)" if reason and given.day and given.day > there else reason
    )


def nothing_came(given: Circumstances) -> str:
    """Why there is no new paper at all."""
    if not given.fetches:
        return "Nothing new today: no source has been read yet."
    if all(fetch.error for fetch in given.fetches):
        they = "it is" if len(given.fetches) == 1 else "they are"
        return f"No papers today: {unread(given.fetches, given)}. What was missed comes when {they} back."
    if given.late:
        return f"No papers today. {trouble(given)}"
    reason = calendar_reason(given)
    return f"Nothing new today: {reason or 'the sources announced no papers'}. {trouble(given)}".strip()


def source_line(last: Fetch, good: Fetch | None, zone: tzinfo, titles: Mapping[str, str]) -> str:
    """One source for `status`: last success, newest id, what is wrong in plain words, next try."""
    again = f", next try {_moment(last.retry_at, zone)}" if last.retry_at else ""
    parts = [_wrong(last), _read(good, zone) + again]
    if last.skipped:
        entries = "1 entry" if len(last.skipped) == 1 else f"{len(last.skipped)} entries"
        parts.append(f"{entries} skipped (first: {last.skipped[0][:120]})")
    return f"{source_named(last.source, last.area, titles)}: {'; '.join(filter(None, parts))}"


def _wrong(last: Fetch) -> str:
    if last.error:
        times = "" if last.failures < 2 else f" {last.failures} times in a row"
        return f"FAILED{times}: {last.error.removeprefix(f'{last.source}: ')}"
    if last.stale:
        return f"LATE: {last.note or 'it still shows what it had before'}"
    # What a healthy source has to say matters only where it explains why nothing came.
    return last.note if last.source == "arxiv" and not last.seen else ""


def _read(good: Fetch | None, zone: tzinfo) -> str:
    if good is None:
        return "never read well so far"
    newest = f", newest {good.greatest.removeprefix('arxiv:')}" if good.greatest else ""
    return f"last read {_moment(good.started_at, zone)} ({good.seen} seen, {good.new} new{newest})"


def _moment(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %H:%M}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How all sources stand: the parts that are read, their newest records, and their newest good ones."""

    asked: tuple[Part, ...]
    last: Mapping[Part, Fetch]
    good: Mapping[Part, Fetch]


def standing(store: Store, asked: Sequence[Part]) -> Standing:
    """Read it once for many channels; `asked` are all parts of sources that are read."""
    return Standing(tuple(asked), by_part(store.last_fetches()), by_part(store.last_successes()))


class KnowsFeeds(Protocol):
    """Who can say which feeds a channel reads: a Store, or a Morning, which has read them for all channels."""

    def feeds(self, channel: Channel) -> list[Feed]:
        """The channel's own."""


def circumstances(
    read: KnowsFeeds, subscription: Subscription, sources: Standing, now: datetime
) -> Circumstances:
    """How things stand for a channel. Reads only."""
    feeds = {feed.url: feed.title for feed in read.feeds(subscription.channel)}
    parts = parts_for(subscription.filters, feeds, sources.asked)
    return Circumstances(
        now,
        tuple(sources.last[part] for part in parts if part in sources.last),
        late_categories(sources.good, parts, now),
        any(source == "arxiv" for source, _ in parts),
        feeds,
        now.astimezone(ZoneInfo(subscription.cadence.zone)).date(),
        subscription.filters.categories
        or tuple(area for source, area in parts if source == "arxiv" and is_category(area)),
    )
