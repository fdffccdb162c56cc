"""Small facts for the store's tests."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.model import (
    Card,
    Channel,
    DeliveryKey,
    Digest,
    Impression,
    Message,
    MessageId,
    Paper,
    PaperId,
    Post,
    Reaction,
    Subscription,
    UserId,
    message_id,
)
from bot.ports import Store
from bot.store.open import MigratedStore, open_store
from tests.postgres import postgres_server

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
MINUTE = timedelta(minutes=1)
LONG_AGO = NOW - timedelta(hours=1)
SLACK = Channel("slack", "T1", "C1")
DISCORD = Channel("discord", "9", "7")
ANNA, BEN = UserId("slack:T1/U1"), UserId("slack:T1/U2")

STORES = ("memory", "sqlite", "postgres")

_NUMBERS = "zero one two three four five six seven eight nine".split()


@contextmanager
def new_store(kind: str, directory: Path) -> Iterator[MigratedStore]:
    """An empty store, migrated."""
    with ExitStack() as stack:
        if kind == "postgres":
            url = stack.enter_context(postgres_server().database())
        else:
            url = "memory:" if kind == "memory" else f"sqlite:///{directory / 'facts.db'}"
        store = stack.enter_context(closing(open_store(url)))
        store.migrate()
        yield store


def words_for(number: int) -> str:
    return " ".join(_NUMBERS[int(digit)] for digit in str(number))


def paper(number: int, **fields: object) -> Paper:
    """`arxiv:2601.00001` for 1, and so on; no two share a title."""
    described = {
        "title": f"On the matter of number {words_for(number)}",
        "authors": ("Ada Lovelace",),
        "announced_on": DAY,
    }
    return Paper(id=PaperId(f"arxiv:2601.{number:05}"), **{**described, **fields})  # type: ignore[arg-type]


def subscribed(store: Store, channel: Channel = SLACK) -> Channel:
    store.add_subscription(Subscription(channel, NOW))
    return channel


def key(channel: Channel, day: date, position: int) -> DeliveryKey:
    return DeliveryKey(f"{channel}#{day}#{position}")


def digest(papers: list[Paper], channel: Channel = SLACK, day: date = DAY) -> tuple[Digest, list[Post]]:
    """A header and one message for each paper."""
    impressions = tuple(
        Impression(one.id, rank, 1 / rank, "words-1", f"because of {rank}", explores=rank == 3)
        for rank, one in enumerate(papers, start=1)
    )
    shown = [None, *papers]
    posts = [
        Post(
            key(channel, day, position),
            channel,
            day,
            position,
            Message(cards=(Card(one.id, one.title),)) if one else Message(heading="Today"),
            one.id if one else None,
        )
        for position, one in enumerate(shown)
    ]
    return Digest(channel, day, NOW, impressions), posts


def plan(store: Store, papers: list[Paper], channel: Channel = SLACK, day: date = DAY) -> bool:
    return store.plan_digest(*digest(papers, channel, day))


def message(channel: Channel, day: date, position: int) -> MessageId:
    return message_id(channel, f"{day.day}.{position}")


def send(store: Store, papers: list[Paper], channel: Channel = SLACK, day: date = DAY) -> list[MessageId]:
    """Plan a digest and send all of it; the ids of its messages, the header's first."""
    assert plan(store, papers, channel, day)
    sent = [message(channel, day, position) for position in range(len(papers) + 1)]
    for position, ident in enumerate(sent):
        store.mark_sent(key(channel, day, position), ident)
    return sent


def shared(one: Paper, channel: Channel = SLACK, day: date = DAY) -> Post:
    """A message that shows it, of no digest."""
    name = DeliveryKey(f"{channel}#{day}#{one.id}")
    return Post(name, channel, day, 0, Message(cards=(Card(one.id, one.title),)), one.id)


def share(store: Store, one: Paper, channel: Channel = SLACK, day: date = DAY) -> None:
    assert store.share(shared(one, channel, day))


def thumb(on: bool = True, **fields: object) -> Reaction:
    """Anna's thumb up; `message=` or `paper=` says on what."""
    described = {"channel": SLACK, "user": ANNA, "name": "👍", "at": NOW, "on": on}
    return Reaction(**{**described, **fields})  # type: ignore[arg-type]
