"""Values ↔ rows: how facts look in a table, the same for every database. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from json.encoder import encode_basestring
from operator import is_
from typing import Any, TypeVar, cast

from bot.errors import StoreError
from bot.model import (
    Button,
    Cadence,
    Card,
    Channel,
    DeliveryKey,
    Feed,
    Fetch,
    Filters,
    Impression,
    Interest,
    Link,
    Message,
    MessageId,
    Paper,
    PaperId,
    Post,
    Reaction,
    Subscription,
    UserId,
    channel_from_text,
)

Row = Sequence[Any]
Value = TypeVar("Value")

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Value) -> Value:
    """The value as every database can keep it, and as it will come back.

    NUL characters and lone surrogates become U+FFFD, times are in UTC. Raises StoreError for a time without
    a zone and for a channel whose text would be read back as another.
    """
    return cast("Value", _storable(value))


def _storable(value: object) -> object:
    if not value:
        return value
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, tuple):
        return value if _is_plain(value) else _storable_items(value)
    if isinstance(value, datetime):
        return _utc(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _storable_channel(value) if isinstance(value, Channel) else _storable_fields(value)
    return value


def _is_plain(items: tuple[object, ...]) -> bool:
    """Texts in ASCII, as most tuples of a paper are; looking at each of them takes five times as long."""
    try:
        together = "".join(items)  # type: ignore[arg-type]
    except TypeError:
        return False
    return together.isascii() and "\0" not in together


def _storable_items(value: tuple[object, ...]) -> tuple[object, ...]:
    items = tuple(map(_storable, value))
    return value if all(map(is_, items, value)) else items


def _storable_fields(value: Any) -> object:
    changes = {}
    for name in _field_names(value.__class__):
        before = getattr(value, name)
        if before and (after := _storable(before)) is not before:
            changes[name] = after
    return replace(value, **changes) if changes else value


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _storable_channel(channel: Channel) -> Channel:
    channel = cast("Channel", _storable_fields(channel))
    with suppress(ValueError):
        if channel_from_text(str(channel)) == channel:
            return channel
    raise StoreError(f"not a channel that can be kept: {str(channel)!r}")


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise StoreError(f"a time without a zone cannot be kept: {at.isoformat()}")
    return at.astimezone(UTC) if at.tzinfo is not UTC else at


def text_from_time(at: datetime) -> str:
    """ISO in UTC, always as long, so that texts sort as times do."""
    return _utc(at).isoformat(timespec="microseconds")


def _optional_text(at: datetime | None) -> str | None:
    return None if at is None else text_from_time(at)


def time_from_text(text: str) -> datetime:
    """The aware time, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _optional_time(text: str | None) -> datetime | None:
    return None if text is None else time_from_text(text)


def _json(value: object) -> str:
    return "[]" if value == () else _ENCODER.encode(value)


def _json_texts(texts: Sequence[str]) -> str:
    """As `_json`, in a third of its time: an encoder is made anew for everything that is not a text."""
    return f"[{','.join(map(encode_basestring, texts))}]"


def row_from_paper(paper: Paper) -> Row:
    """In the order of the columns of `papers`, from `id` on."""
    return (
        paper.id,
        paper.title,
        paper.abstract,
        paper.summary,
        _json_texts(paper.authors),
        _json_texts(paper.categories),
        _json_texts(paper.keywords),
        paper.url,
        _json(tuple((link.label, link.url) for link in paper.links)),
        paper.published_on and paper.published_on.isoformat(),
        paper.announced_on and paper.announced_on.isoformat(),
        paper.version,
        int(paper.withdrawn),
        paper.upvotes,
        paper.stars,
        _json_texts(paper.aliases),
        _json_texts(paper.sources),
        _json_texts(paper.labs),
        paper.venue,
        paper.citations,
        paper.title_as_given,
        paper.abstract_as_given,
    )


def paper_from_row(row: Row) -> Paper:
    """The inverse of `row_from_paper`."""
    return Paper(
        id=PaperId(row[0]),
        title=row[1],
        abstract=row[2],
        summary=row[3],
        authors=_texts(row[4]),
        categories=_texts(row[5]),
        keywords=_texts(row[6]),
        url=row[7],
        links=tuple(Link(label, url) for label, url in json.loads(row[8])),
        published_on=_day(row[9]),
        announced_on=_day(row[10]),
        version=row[11],
        withdrawn=bool(row[12]),
        upvotes=row[13],
        stars=row[14],
        aliases=tuple(PaperId(text) for text in _texts(row[15])),
        sources=_texts(row[16]),
        labs=_texts(row[17]),
        venue=row[18],
        citations=row[19],
        title_as_given=row[20],
        abstract_as_given=row[21],
    )


def _texts(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def row_from_subscription(subscription: Subscription) -> Row:
    """(channel, since, weekdays, at, zone, size, paused, filters)."""
    cadence = subscription.cadence
    return (
        str(subscription.channel),
        text_from_time(subscription.since),
        _json(cadence.weekdays),
        cadence.at.isoformat(),
        cadence.zone,
        subscription.size,
        subscription.paused,
        json_from_filters(subscription.filters),
    )


def subscription_from_row(row: Row, interests: Sequence[Interest]) -> Subscription:
    """The inverse of `row_from_subscription`; interests have rows of their own."""
    channel, since, weekdays, at, zone, size, paused, filters = row
    return Subscription(
        channel=channel_from_text(channel),
        since=time_from_text(since),
        interests=tuple(interests),
        cadence=Cadence(tuple(json.loads(weekdays)), time.fromisoformat(at), zone),
        size=size,
        paused=paused,
        filters=_filters_from_json(filters),
    )


def json_from_filters(filters: Filters) -> str:
    """One JSON object, named like the fields; what lets everything through is left out."""
    return _json({name: chosen for name, chosen in asdict(filters).items() if chosen})


def _filters_from_json(text: str) -> Filters:
    """The inverse of `json_from_filters`; what it does not name lets everything through."""
    known: Mapping[str, Any] = json.loads(text)
    return Filters(**{name: tuple(known.get(name) or ()) for name in _field_names(Filters)})


def interest_from_row(row: Row) -> Interest:
    """From (name, category, paper, author, lab)."""
    name, category, paper, author, lab = row
    return Interest(name, category, None if paper is None else PaperId(paper), author, lab)


def row_from_feed(feed: Feed) -> Row:
    """(channel, url, title, added_at)."""
    return str(feed.channel), feed.url, feed.title, text_from_time(feed.added_at)


def feed_from_row(row: Row) -> Feed:
    """The inverse of `row_from_feed`."""
    channel, url, title, added_at = row
    return Feed(channel_from_text(channel), url, title, time_from_text(added_at))


def row_from_impression(impression: Impression) -> Row:
    """(paper, rank, score, model, reason, explores)."""
    return (
        impression.paper,
        impression.rank,
        impression.score,
        impression.model,
        impression.reason,
        int(impression.explores),
    )


def impression_from_row(row: Row) -> Impression:
    """The inverse of `row_from_impression`."""
    paper, rank, score, model, reason, explores = row
    return Impression(PaperId(paper), rank, score, model, reason, bool(explores))


def row_from_planned(post: Post) -> Row:
    """(key, channel, day, position, message, paper, not_before) of a message not yet sent."""
    return (
        post.key,
        str(post.channel),
        post.day.isoformat(),
        post.position,
        json_from_message(post.message),
        post.paper,
        _optional_text(post.not_before),
    )


def post_from_row(row: Row) -> Post:
    """From (key, channel, day, position, message, paper, state, attempts, message_id, not_before, error, lost_at)."""
    key, channel, day, position, message, paper, state, attempts, *rest = row
    message_id, not_before, error, lost_at = rest
    return Post(
        key=DeliveryKey(key),
        channel=channel_from_text(channel),
        day=date.fromisoformat(day),
        position=position,
        message=message_from_json(message),
        paper=None if paper is None else PaperId(paper),
        state=state,
        attempts=attempts,
        message_id=None if message_id is None else MessageId(message_id),
        not_before=_optional_time(not_before),
        error=error,
        sending_since=_optional_time(lost_at),
    )


def json_from_message(message: Message) -> str:
    """One JSON object, named like the fields."""
    return _json(asdict(message))


def message_from_json(text: str) -> Message:
    """The inverse of `json_from_message`; a field it does not name has its default."""
    known: Mapping[str, Any] = json.loads(text)
    return Message(
        text=known.get("text", ""),
        heading=known.get("heading", ""),
        cards=tuple(map(_card, known.get("cards", ()))),
        buttons=tuple(Button(**button) for button in known.get("buttons", ())),
    )


def _card(known: Mapping[str, Any]) -> Card:
    return Card(**{**known, "links": tuple(Link(**link) for link in known.get("links", ()))})


def row_from_reaction(reaction: Reaction) -> Row:
    """(channel, user, name, paper, at, is_on, message)."""
    return (
        str(reaction.channel),
        reaction.user,
        reaction.name,
        reaction.paper,
        text_from_time(reaction.at),
        int(reaction.on),
        reaction.message,
    )


def reaction_from_row(row: Row) -> Reaction:
    """The inverse of `row_from_reaction`."""
    channel, user, name, paper, at, is_on, message = row
    return Reaction(
        channel=channel_from_text(channel),
        user=UserId(user),
        name=name,
        at=time_from_text(at),
        on=bool(is_on),
        message=None if message is None else MessageId(message),
        paper=PaperId(paper),
    )


def row_from_fetch(fetch: Fetch) -> Row:
    """In the order of the columns of `fetches`, from `source` on."""
    return (
        fetch.source,
        text_from_time(fetch.started_at),
        fetch.seen,
        fetch.new,
        fetch.changed,
        _json(fetch.skipped),
        fetch.error,
        fetch.area,
        fetch.status,
        fetch.greatest,
        fetch.batch and fetch.batch.isoformat(),
        int(fetch.stale),
        fetch.note,
        fetch.failures,
        _optional_text(fetch.retry_at),
    )


def fetch_from_row(row: Row) -> Fetch:
    """The inverse of `row_from_fetch`."""
    source, started_at, seen, new, changed, skipped, error, area, status, greatest, *rest = row
    batch, stale, note, failures, retry_at = rest
    return Fetch(
        source=source,
        started_at=time_from_text(started_at),
        seen=seen,
        new=new,
        changed=changed,
        skipped=_texts(skipped),
        error=error,
        area=area,
        status=status,
        greatest=greatest,
        batch=_day(batch),
        stale=bool(stale),
        note=note,
        failures=failures,
        retry_at=_optional_time(retry_at),
    )
