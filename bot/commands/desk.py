"""What every command may use, and the steps that several share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.circumstances import Circumstances, circumstances, standing
from bot.model import Cadence, Channel, Digest, Message, Paper, PaperId, Subscription
from bot.morning import Morning
from bot.polling import Part
from bot.ports import Recommender, SearchIndex, Store
from bot.schedule import Due, due, next_due

if TYPE_CHECKING:
    from bot.recommend.meaning import Meaning


@dataclass(frozen=True)
class Desk:
    """Handed to a command.

    `look_up` and `find` ask sources for papers that the store lacks; `feed_title` asks an address for the feed there
    and returns its lasting address and title, None where channels may not add feeds. All three may raise SourceError.
    `report` tells with a picture how well a channel's picks did, None where nothing can draw one.
    `asked` are all parts of sources that are read; a missed morning is made up within `grace`, and one for which
    something is late waits up to `patience`. `report` tells how well the picks did; None where nobody can.
    `meaning`: searches are widened and ordered by what texts mean, None without a language model.
    """

    store: Store
    index: SearchIndex
    recommender: Recommender
    now: datetime
    cadence: Cadence = field(default_factory=Cadence)
    size: int = 5
    window_days: int = 4
    look_up: Callable[[PaperId], Paper | None] = lambda _: None
    find: Callable[[str, int], list[Paper]] = lambda _, __: []
    feed_title: Callable[[str], tuple[str, str]] | None = None
    report: Callable[[Channel], Message] | None = None
    wild_cards: int = 1
    asked: tuple[Part, ...] = ()
    grace: timedelta = timedelta(hours=6)
    patience: timedelta = timedelta(hours=2)
    meaning: "Meaning | None" = None


def subscription_or_new(desk: Desk, channel: Channel) -> Subscription:
    """What the channel asked for, or what it would get; nothing is stored."""
    found = desk.store.subscription(channel)
    return found or Subscription(
        channel, since=desk.now, cadence=desk.cadence, size=desk.size, wild_cards=desk.wild_cards
    )


def subscribed(desk: Desk, channel: Channel) -> Subscription:
    """What the channel asked for; it is subscribed with the defaults if it is not yet."""
    return desk.store.add_subscription(subscription_or_new(desk, channel))


def circumstances_of(desk: Desk, subscription: Subscription) -> Circumstances:
    """How things stand for the channel now."""
    return circumstances(desk.store, subscription, standing(desk.store, desk.asked), desk.now)


def coming_digest(desk: Desk, subscription: Subscription) -> tuple[date, datetime] | None:
    """The next local day without a digest, and its moment; None for a cadence without weekdays.

    One that waits for what is late comes at the latest when its patience is over.
    """
    if waiting := waiting_digest(desk, subscription):
        return waiting.day, waiting.moment + desk.patience
    found = next_due(subscription.cadence, desk.now)
    while found and desk.store.digest(subscription.channel, found[0]):
        found = next_due(subscription.cadence, found[1])
    return found


def waiting_digest(desk: Desk, subscription: Subscription) -> Due | None:
    """The channel's digest that is due and waits for a late category; None where none does."""
    for found in due([subscription], desk.now, desk.grace):
        if (
            not desk.store.digest(subscription.channel, found.day)
            and circumstances_of(desk, subscription).late
        ):
            return found
    return None


def coming_morning(desk: Desk, subscription: Subscription) -> tuple[date, Morning]:
    """The local day of the next digest and the store as seen at its moment; now where none is to come."""
    day, moment = coming_digest(desk, subscription) or (local_day(desk, subscription), desk.now)
    return day, Morning(desk.store, moment)


def local_day(desk: Desk, subscription: Subscription) -> date:
    """Today, where the channel is."""
    return desk.now.astimezone(ZoneInfo(subscription.cadence.zone)).date()


def latest_digest(desk: Desk, channel: Channel) -> Digest | None:
    """The last one that was offered to the channel."""
    offers = desk.store.offers(channel)
    return desk.store.digest(channel, offers[-1].day) if offers else None


def when_text(cadence: Cadence) -> str:
    """`Mon–Fri at 09:00 (Europe/Berlin)`."""
    return f"{_days_text(cadence.weekdays)} at {cadence.at:%H:%M} ({cadence.zone})"


def moment_text(moment: datetime, cadence: Cadence) -> str:
    """`Mon 23 Nov, 09:00` in the channel's zone."""
    local = moment.astimezone(ZoneInfo(cadence.zone))
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _days_text(weekdays: tuple[int, ...]) -> str:
    first, last = weekdays[0], weekdays[-1]
    if len(weekdays) == 7:
        return "Every day"
    if len(weekdays) > 2 and weekdays == tuple(range(first, last + 1)):
        return f"{DAY_NAMES[first]}–{DAY_NAMES[last]}"
    return ", ".join(DAY_NAMES[day] for day in weekdays)


def shortened(title: str, most: int = 60) -> str:
    """The beginning of a title, whole words."""
    return title if len(title) <= most else title[:most].rsplit(" ", 1)[0].rstrip(",:; ") + "…"
