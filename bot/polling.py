"""Which sources are asked when, and which announcements are late: pure arithmetic on fetch records."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot import arxiv_calendar
from bot.arxiv_categories import within
from bot.model import Fetch, Filters
from bot.ports import PaperSource

Part = tuple[str, str]
"""A source and its area."""

OPERATORS_FEEDS = "feeds"
"""The source that papers of the operator's own feeds name: one without a colon, so everybody's."""
HISTORY = "history "
"""What the areas of arXiv's archive begin with, before the category."""

AGAIN_WHEN_LATE = timedelta(minutes=10)
"""What should be there by now is looked for this often."""
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)


def by_part(fetches: Iterable[Fetch]) -> dict[Part, Fetch]:
    """Records by the part of the source that they are about."""
    return {(fetch.source, fetch.area): fetch for fetch in fetches}


def next_try(
    now: datetime, every: timedelta, failures: int, *, retry_after: float | None = None, stale: bool = False
) -> datetime:
    """When to ask again after a drain that ended at `now`.

    After each failure in a row twice as long as before (5 min … 6 h), and never before the source itself said
    (`retry_after`, seconds): whoever is down is not helped by being asked.
    """
    if failures == 0:
        return now + (min(every, AGAIN_WHEN_LATE) if stale else every)
    wait = min(_FIRST_WAIT * (1 << min(failures - 1, 10)), _LONGEST_WAIT)
    return now + max(wait, timedelta(seconds=retry_after or 0))


def due_sources(
    sources: Sequence[PaperSource], last: Mapping[Part, Fetch], now: datetime
) -> list[PaperSource]:
    """Those never asked, and those whose time has come."""
    return [source for source in sources if _is_due(last.get((source.name, source.area)), source, now)]


def _is_due(last: Fetch | None, source: PaperSource, now: datetime) -> bool:
    if last is None:
        return True
    # Whoever shortened `every` in the settings means it.
    asked_for = last.started_at + source.every if not last.failures and not last.stale else last.retry_at
    return min(asked_for or now, last.retry_at or now) <= now


def late_categories(successes: Mapping[Part, Fetch], asked: Iterable[Part], now: datetime) -> tuple[str, ...]:
    """The arXiv categories among `asked` whose batch of today should be there by now and is not, in order.

    On a day without a batch nothing is late, and nothing that was missed can be read from a feed any more. One that was
    never read is not late but unread.
    """
    due = arxiv_calendar.batch_due(now)
    if due != arxiv_calendar.feed_day(now):
        return ()
    late = []
    for source, area in asked:
        good = successes.get((source, area))
        if source == "arxiv" and is_category(area) and good and (good.batch is None or good.batch < due):
            late.append(area)
    return tuple(late)


def is_category(area: str) -> bool:
    """Whether an area of the source arXiv is a category's feed, and neither of its archive nor its details."""
    return area not in {"", "details"} and " " not in area


def parts_for(filters: Filters, feeds: Iterable[str], asked: Iterable[Part]) -> tuple[Part, ...]:
    """The parts out of `asked` whose papers a channel with these filters and feeds may get, in order."""
    own = {("feed", url) for url in feeds}
    wanted = frozenset(name for category in filters.categories for name in within(category))
    return tuple(
        part for part in asked if _is_chosen(part, filters, own) and (not wanted or _is_in(part, wanted))
    )


def _is_in(part: Part, wanted: frozenset[str]) -> bool:
    """Only arXiv has these categories, and its details are of no category."""
    source, area = part
    return source != "arxiv" or area == "details" or _meets(area.removeprefix(HISTORY), wanted)


def _is_chosen(part: Part, filters: Filters, own: Collection[Part]) -> bool:
    """A feed that a channel added is read for that channel alone; the operator's are a source like others."""
    if part[0] == "feed":
        return part in own
    return not filters.sources or part[0] in filters.sources


def _meets(area: str, wanted: frozenset[str]) -> bool:
    return not wanted.isdisjoint(within(area))
