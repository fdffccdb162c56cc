"""What every command may use, and the steps that several share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.circumstances import Circumstances, circumstances, standing
from bot.digest import own_sources
from bot.errors import UserError
from bot.filters import is_readable
from bot.identity import id_from_text
from bot.model import Cadence, Channel, Digest, Message, Paper, PaperId, Subscription
from bot.morning import Morning
from bot.polling import Part
from bot.ports import Recommender, SearchIndex, Store
from bot.schedule import Due, due, next_due

if TYPE_CHECKING:
    from bot.recommend.meaning import Meaning

_SPARE = 20
"""So many hits may be of feeds that are not the channel's."""


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


def known_paper(desk: Desk, channel: Channel, paper_id: PaperId) -> Paper | None:
    """The paper from the store, or from its source, which puts it into the store."""
    if found := readable_papers(desk, channel, [paper_id]):
        return found[0]
    fetched = desk.look_up(paper_id)
    if fetched is None:
        return None
    add_found(desk, [fetched])
    return desk.store.papers([paper_id]).get(paper_id)


def readable_papers(desk: Desk, channel: Channel, ids: Sequence[PaperId]) -> list[Paper]:
    """The stored ones that the channel may see, each once, in that order: another channel's feed is not everybody's."""
    private = own_sources(desk.store, channel)
    stored = desk.store.papers(ids)
    papers = {stored[one].id: stored[one] for one in ids if one in stored}
    return [paper for paper in papers.values() if is_readable(paper, private)]


def found_papers(desk: Desk, channel: Channel, words: str, limit: int) -> list[Paper]:
    """The best of the archive that the channel may see."""
    hits = desk.index.search(words, limit * 2 + _SPARE)
    return readable_papers(desk, channel, [hit.paper for hit in hits])[:limit]


def add_found(desk: Desk, papers: Sequence[Paper]) -> None:
    """Keep what a source was asked for, without its name: looking for a paper makes it nobody's news."""
    desk.store.add_papers([replace(paper, sources=()) for paper in papers])


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


def named_paper(desk: Desk, channel: Channel, text: str) -> Paper:
    """The paper a person means: its number in the latest digest, an id or address, or words of its title.

    Raises UserError where there is none.
    """
    if text.isdecimal() and len(text) <= 2:
        return _numbered(desk, channel, int(text))
    paper_id = id_from_text(text)
    paper = known_paper(desk, channel, paper_id) if paper_id else _best_match(desk, channel, text)
    if paper is None:
        raise UserError(
            f"I know no paper “{text[:100]}”. Try its arXiv id, or /papers search with words of its title."
        )
    return paper


def _numbered(desk: Desk, channel: Channel, number: int) -> Paper:
    digest = latest_digest(desk, channel)
    if digest is None:
        raise UserError(
            f"There has been no digest here yet, so nothing is number {number}. "
            "Name a paper by its arXiv id or words of its title: /papers why 2401.01234"
        )
    ids = [impression.paper for impression in digest.impressions if impression.rank == number]
    if not ids:
        raise UserError(f"The latest digest has papers 1 to {len(digest.impressions)}.")
    return desk.store.papers(ids)[ids[0]]


def _best_match(desk: Desk, channel: Channel, text: str) -> Paper | None:
    return next(iter(found_papers(desk, channel, text, 1)), None)


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
