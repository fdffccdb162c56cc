"""Which batch an announcement feed shows: judged by its content and what it showed before, not by the day it names."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.arxiv_calendar import batch_due, feed_day, home_day, is_listed, last_batch, next_batch, why_none
from bot.model import Paper
from bot.sources.fields import validator_of

_NEW_STYLE = re.compile(r"\d{4}\.\d{4,5}", re.ASCII)
# A feed has at most 2,000 entries (info.arxiv.org/help/rss.html); no more are kept, whatever comes.
_MOST_IDS = 2000
# So long after a batch is due, a feed that has nothing and names that day is no longer late.
_BELIEVED_AFTER = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Batch:
    """The news of one day in one category.

    `ids` are those of its new and crossed papers; where it has none, of its replacements, with versions.
    `greatest` is the greatest new-style id (`2608.09930`) among new and crossed ones, empty where there is none.
    `quiet` is the newest later day on which the category had no papers at all.
    """

    day: date
    ids: frozenset[str]
    greatest: str = ""
    quiet: date | None = None

    @property
    def until(self) -> date:
        """The day up to which the category is known."""
        return max(self.day, self.quiet or self.day)


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept from one fetch to the next.

    `url` is where the validators `etag` and `modified` came from; `empty` says that the answer had no entries, and
    `built` is the day that it named then.
    """

    url: str = ""
    etag: str = ""
    modified: str = ""
    empty: bool = False
    batch: Batch | None = None
    built: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a feed turned out to show: the batch it is, on which day that was news, and what to say about it.

    `shown` is None where there were no papers. `known` is the batch to remember from now on. `again` asks for the
    next answer in full, because this one cannot be relied on.
    """

    shown: Batch | None
    known: Batch | None
    stale: bool
    note: str = ""
    again: bool = False


def conditions(memory: Memory, url: str) -> dict[str, str]:
    """The headers that ask that address for an answer only where it changed (RFC 9110, 13.1)."""
    if memory.url != url:
        return {}
    headers = {"If-None-Match": memory.etag, "If-Modified-Since": memory.modified}
    return {name: value for name, value in headers.items() if value}


def validators(headers: Mapping[str, str]) -> tuple[str, str]:
    """ETag and Last-Modified of an answer; empty where it has none that could be sent back."""
    return validator_of(headers.get("ETag")), validator_of(headers.get("Last-Modified"))


def memory_from_cursor(cursor: str) -> Memory:
    """What `cursor_from_memory` wrote; an empty memory for anything else."""
    try:
        kept = json.loads(cursor)
        return Memory(
            url=str(kept["url"]),
            etag=validator_of(kept["etag"]),
            modified=validator_of(kept["modified"]),
            empty=kept["empty"] is True,
            batch=_batch_from_cursor(kept["batch"]),
            built=_day(kept.get("built")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Memory()


def _batch_from_cursor(kept: Mapping[str, str] | None) -> Batch | None:
    if kept is None:
        return None
    greatest = _NEW_STYLE.fullmatch(kept["greatest"])
    return Batch(
        date.fromisoformat(kept["day"]),
        frozenset(kept["ids"].split()),
        greatest[0] if greatest else "",
        _day(kept.get("quiet")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def cursor_from_memory(memory: Memory) -> str:
    """As JSON; ids are joined by spaces, 11 bytes each."""
    batch = memory.batch
    kept = batch and {
        "day": batch.day.isoformat(),
        "ids": " ".join(sorted(batch.ids)[:_MOST_IDS]),
        "greatest": batch.greatest,
        "quiet": _text(batch.quiet),
    }
    fields = {"url": memory.url, "etag": memory.etag, "modified": memory.modified, "empty": memory.empty}
    return json.dumps(fields | {"batch": kept, "built": _text(memory.built)})


def claimed_batch(papers: Iterable[tuple[Paper, date]]) -> Batch | None:
    """The batch of these papers by the days that their entries name; None where there are none.

    News are told by their `announced_on`. One odd day among many counts for nothing.
    """
    dated = list(papers)[:_MOST_IDS]
    news = [(paper.id.removeprefix("arxiv:"), day) for paper, day in dated if paper.announced_on]
    replaced = [(f"{paper.id.removeprefix('arxiv:')}v{paper.version}", day) for paper, day in dated]
    if not dated:
        return None
    days = Counter(day for _, day in news or replaced)
    greatest = max((name for name, _ in news if _NEW_STYLE.fullmatch(name)), default="")
    return Batch(
        max(days, key=lambda day: (days[day], day)), frozenset(n for n, _ in news or replaced), greatest
    )


def judged(claimed: Batch | None, known: Batch | None, now: datetime, unread: int = 0) -> Finding:
    """What a feed shows that claims that batch, when `known` is the last one and `unread` entries were unreadable.

    A feed without entries is `empty`, which asks for other things.
    """
    if claimed is None:
        return _unreadable(known, now, unread)
    if known and _is_same(claimed, known):
        return same(known, now, claimed)
    if known and claimed.day < known.day and claimed.greatest <= known.greatest:
        note = f"an older batch than that of {_plain(known.day)}, claimed for {_plain(claimed.day)}"
        return Finding(claimed, known, stale=True, note=note + _to(claimed), again=True)
    return _news(claimed, known, now)


def _is_same(shown: Batch, known: Batch) -> bool:
    """Whether at least half of what is there now was there before, and nothing has a greater id.

    A paper is announced in a category once, so the new and crossed papers of two batches have next to nothing in
    common, and nearly everything if they are one: half is far from both. It is half of what is there *now*, so that a
    batch cut short or read in part is known again, and one of which only a part was served before is not.
    """
    return shown.greatest <= known.greatest and 2 * len(shown.ids & known.ids) >= len(shown.ids)


def same(known: Batch, now: datetime, shown: Batch | None = None) -> Finding:
    """It is the batch that we know: late where a newer one is due, or where `shown` passes it off as newer."""
    shown = shown or known
    stale = known.day < batch_due(now) or known.day < min(shown.day, home_day(now))
    note = f"still the batch of {_plain(known.day)}" if stale else f"the batch of {_plain(known.day)} again"
    both = replace(known, ids=known.ids | shown.ids)
    return Finding(both, both, stale, note + (_to(known) if stale else ""))


def _news(claimed: Batch, known: Batch | None, now: datetime) -> Finding:
    """Content of its own. Only its day is in doubt, and only by what the calendar knows better."""
    shown = Batch(_news_day(min(claimed.day, home_day(now)), known), claimed.ids, claimed.greatest)
    if shown.day < batch_due(now):
        return Finding(shown, shown, stale=True, note=f"still the batch of {_plain(shown.day)}{_to(shown)}")
    return Finding(shown, shown, stale=False, note=_gap(known, shown.day))


def _news_day(claimed: date, known: Batch | None) -> date:
    """A day without a batch is corrected to the last one, unless that one is known: then arXiv announced unplanned."""
    planned = last_batch(claimed)
    return planned if known is None or planned > known.until else claimed


def _gap(known: Batch | None, day: date) -> str:
    if known is None or next_batch(known.until) >= day:
        return ""
    return f"nothing was read between the batches of {_plain(known.until)} and {_plain(day)}"


def empty(known: Batch | None, now: datetime, built: date | None, area: str) -> Finding:
    """A feed without entries: as it should be on a day without a batch, late otherwise.

    Some small categories have no papers on some days. So a feed that was made on the day of the batch, by its own
    words (`built`), is believed three hours after the batch is due.
    """
    today, due = home_day(now), batch_due(now)
    # In the hour after midnight, the feed may still be that of yesterday, or already that of today.
    reason = why_none(today) or why_none(feed_day(now))
    if reason:
        missed = known is not None and known.until < due
        return Finding(None, known, stale=False, note=reason + (_missed(due) if missed else ""))
    if known and known.ids and known.day >= due:
        note = f"the feed is empty now; {_plain(known.day)} was read before"
        return Finding(None, known, stale=False, note=note)
    if (known and known.until >= due) or (built == due == batch_due(now - _BELIEVED_AFTER)):
        quiet = replace(known, quiet=due) if known else Batch(due, frozenset(), quiet=due)
        return Finding(None, quiet, stale=False, note=f"no papers in {area} today")
    doubt = "" if is_listed(today.year) else ", unless it is a holiday at arXiv"
    return Finding(
        None, known, stale=True, note=f"the feed is empty, though the batch of {_plain(due)} is due{doubt}"
    )


def _missed(due: date) -> str:
    return f"; the batch of {_plain(due)} was not read"


def _unreadable(known: Batch | None, now: datetime, unread: int) -> Finding:
    stale = known is None or known.until < batch_due(now)
    return Finding(None, known, stale, f"none of {unread} entries could be read", again=True)


def _plain(day: date) -> str:
    return f"{day.day} {day:%B}"


def _to(batch: Batch) -> str:
    return f"; greatest id {batch.greatest}" if batch.greatest else ""
