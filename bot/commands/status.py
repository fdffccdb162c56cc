"""`/papers status`: how the channel's sources are, what is late, and when the next digest comes."""

from zoneinfo import ZoneInfo

from bot.circumstances import calendar_reason, source_line, trouble
from bot.commands.desk import Desk, circumstances_of, moment_text, subscription_or_new, waiting_digest
from bot.commands.follow import schedule_text
from bot.model import Message, Request, Subscription
from bot.polling import by_part

_MOST = 25


def status(desk: Desk, request: Request) -> Message:
    """A line for each source that the channel reads; those in trouble come first."""
    subscription = subscription_or_new(desk, request.channel)
    given = circumstances_of(desk, subscription)
    good = by_part(desk.store.last_successes())
    zone = ZoneInfo(subscription.cadence.zone)
    fetches = sorted(given.fetches, key=lambda fetch: not (fetch.error or fetch.stale))
    lines = [
        source_line(fetch, good.get((fetch.source, fetch.area)), zone, given.titles) for fetch in fetches
    ]
    more = [f"… and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
    said = (
        calendar_reason(given),
        trouble(given),
        _waiting(desk, subscription),
        *(lines[:_MOST] or ["No source has been read yet."]),
        *more,
        f"{schedule_text(desk, subscription).rstrip('.')}. Times are of {subscription.cadence.zone}.",
    )
    return Message("\n".join(text for text in said if text), "Status of this channel")


def _waiting(desk: Desk, subscription: Subscription) -> str:
    waiting = waiting_digest(desk, subscription)
    latest = waiting and moment_text(waiting.moment + desk.patience, subscription.cadence)
    return f"Today's digest waits for them, until {latest} at the latest." if latest else ""
