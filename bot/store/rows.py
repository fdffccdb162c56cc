"""Values ↔ rows: how facts look in a table, the same for every database. Pure."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from json.encoder import encode_basestring
from operator import is_
from typing import Any, TypeVar, cast

from bot.errors import StoreError
from bot.model import (
    Button,
    Card,
    Channel,
    DeliveryKey,
    Fetch,
    Impression,
    Link,
    Message,
    MessageId,
    Paper,
    PaperId,
    Picker,
    Picture,
    Post,
    Reaction,
    Standing,
    channel_from_text,
)

Row = Sequence[Any]
Value = TypeVar("Value")

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_DECODER = json.JSONDecoder()
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
    # An impression stays one.
    return value if all(map(is_, items, value)) else tuple.__new__(type(value), items)


def _storable_fields(value: Any) -> object:
    changes = {}
    for name in field_names(value.__class__):
        before = getattr(value, name)
        if before and (after := _storable(before)) is not before:
            changes[name] = after
    return replace(value, **changes) if changes else value


@cache
def field_names(kind: type[Any]) -> tuple[str, ...]:
    """Of a dataclass, in its order."""
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


def optional_text(at: datetime | None) -> str | None:
    """As `text_from_time`; None for None."""
    return None if at is None else text_from_time(at)


def time_from_text(text: str) -> datetime:
    """The aware time, in UTC."""
    return _utc(datetime.fromisoformat(text))


def optional_time(text: str | None) -> datetime | None:
    """The inverse of `optional_text`."""
    return None if text is None else time_from_text(text)


def json_text(value: object) -> str:
    """JSON without needless space."""
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
        json_text(tuple((link.label, link.url) for link in paper.links)),
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
        authors=texts_from_json(row[4]),
        categories=_common(row[5]),
        keywords=texts_from_json(row[6]),
        url=row[7],
        links=() if row[8] == "[]" else tuple(Link(*pair) for pair in json.loads(row[8])),
        published_on=day_from_text(row[9]),
        announced_on=day_from_text(row[10]),
        version=row[11],
        withdrawn=bool(row[12]),
        upvotes=row[13],
        stars=row[14],
        aliases=cast("tuple[PaperId, ...]", texts_from_json(row[15])),
        sources=_common(row[16]),
        labs=texts_from_json(row[17]),
        venue=row[18],
        citations=row[19],
        title_as_given=row[20],
        abstract_as_given=row[21],
    )


def texts_from_json(text: str) -> tuple[str, ...]:
    """From a JSON list of texts."""
    return () if text == "[]" else tuple(_DECODER.raw_decode(text)[0])


@lru_cache(maxsize=4096)
def _common(text: str) -> tuple[str, ...]:
    """Of what thousands of papers have alike: read once, and in memory once."""
    return texts_from_json(text)


def day_from_text(text: str | None) -> date | None:
    """From ISO text; None for None."""
    return date.fromisoformat(text) if text else None


def row_from_impression(impression: Impression) -> Row:
    """(paper, rank, score, model, reason, explores, interest)."""
    return (
        impression.paper,
        impression.rank,
        impression.score,
        impression.model,
        impression.reason,
        int(impression.explores),
        impression.interest,
    )


def impression_from_row(row: Row) -> Impression:
    """The inverse of `row_from_impression`."""
    paper, rank, score, model, reason, explores, interest = row
    return Impression(PaperId(paper), rank, score, model, reason, bool(explores), interest)


def row_from_planned(post: Post) -> Row:
    """(key, channel, day, position, message, paper, not_before) of a message not yet sent."""
    return (
        post.key,
        str(post.channel),
        post.day.isoformat(),
        post.position,
        json_from_message(post.message),
        post.paper,
        optional_text(post.not_before),
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
        not_before=optional_time(not_before),
        error=error,
        sending_since=optional_time(lost_at),
    )


def json_from_message(message: Message) -> str:
    """One JSON object, named like the fields; a picture's bytes in base64."""
    known = asdict(message)
    if picture := message.picture:
        known["picture"]["png"] = b64encode(picture.png).decode()
    for card, drawn in zip(message.cards, known["cards"], strict=True):
        drawn["posted"] = [{**asdict(one), "day": one.day.isoformat()} for one in card.posted]
    return json_text(known)


def message_from_json(text: str) -> Message:
    """The inverse of `json_from_message`; a field it does not name has its default."""
    known: Mapping[str, Any] = json.loads(text)
    return Message(
        text=known.get("text", ""),
        heading=known.get("heading", ""),
        cards=tuple(map(_card, known.get("cards", ()))),
        buttons=tuple(Button(**button) for button in known.get("buttons", ())),
        picture=_picture(known.get("picture")),
        picker=Picker(**picker) if (picker := known.get("picker")) else None,
        verbatim=known.get("verbatim", ""),
    )


def _picture(known: Mapping[str, Any] | None) -> Picture | None:
    return Picture(b64decode(known["png"]), known["description"]) if known else None


def _card(known: Mapping[str, Any]) -> Card:
    values = {
        "links": tuple(Link(**link) for link in known.get("links", ())),
        "buttons": tuple(Button(**button) for button in known.get("buttons", ())),
        "marks": tuple(known.get("marks", ())),
        "posted": tuple(map(_standing, known.get("posted", ()))),
    }
    return Card(**{**known, **values})


def _standing(known: Mapping[str, Any]) -> Standing:
    channel, day = Channel(**known["channel"]), date.fromisoformat(known["day"])
    return Standing(channel, day, known["likes"], known.get("earlier_year", False))


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


def row_from_fetch(fetch: Fetch) -> Row:
    """In the order of the columns of `fetches`, from `source` on."""
    return (
        fetch.source,
        text_from_time(fetch.started_at),
        fetch.seen,
        fetch.new,
        fetch.changed,
        json_text(fetch.skipped),
        fetch.error,
        fetch.area,
        fetch.status,
        fetch.greatest,
        fetch.batch and fetch.batch.isoformat(),
        int(fetch.stale),
        fetch.note,
        fetch.failures,
        optional_text(fetch.retry_at),
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
        skipped=texts_from_json(skipped),
        error=error,
        area=area,
        status=status,
        greatest=greatest,
        batch=day_from_text(batch),
        stale=bool(stale),
        note=note,
        failures=failures,
        retry_at=optional_time(retry_at),
    )
