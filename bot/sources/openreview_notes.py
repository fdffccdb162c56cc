"""OpenReview's notes: one submission → one paper (docs.openreview.net/reference/api-v2/entities/note).

Version 2 keeps each field of the content in an object (`{"title": {"value": …}}`), version 1 keeps it bare.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from bot.model import Paper, PaperId
from bot.ports import Skipped
from bot.sources.fields import links_of, paper_or_skipped, text_of, texts_of
from bot.sources.web.jsonbody import items_of, object_of

NAME = "openreview"

_SITE = "https://openreview.net"
_FORUM = re.compile(r"[\w-]{1,69}", re.ASCII)
_GONE = ("/Withdrawn_Submission", "/Desk_Rejected_Submission")
_GONE_IN_WORDS = re.compile(r"\b(?:withdrawn|desk[ -]?reject(?:ed)?)\b", re.IGNORECASE)
_LATEST = 253_402_300_799_000  # the end of the year 9999


def entry_from_note(note: object, position: int, since: date, today: date) -> Paper | Skipped:
    """The cleaned paper of one note, or why there is none."""
    what = text_of(object_of(note).get("id"))[:80] or f"note {position}"
    return paper_or_skipped(what, lambda: paper_from_note(note, since, today))


def paper_from_note(note: object, since: date, today: date) -> Paper:
    """The paper of one submission. Raises ValueError where it is none.

    It was news on the latest day, from `since` to `today`, on which it was made, shown or published: a venue may
    show submissions weeks after they were made. One that was withdrawn or rejected unread is no news.
    """
    fields = object_of(note)
    content = object_of(fields.get("content"))
    forum = _forum(fields)
    withdrawn = _is_withdrawn(fields, content)
    days = _days(fields)
    return Paper(
        id=PaperId(f"openreview:{forum}"),
        title=text_of(field(content, "title")),
        abstract=text_of(field(content, "abstract")),
        summary=text_of(field(content, "TL;DR", "TLDR", "tldr")),
        authors=tuple(_authors(field(content, "authors"))),
        keywords=_keywords(field(content, "keywords")),
        url=f"{_SITE}/forum?id={forum}",
        links=links_of([("PDF", _absolute(field(content, "pdf"))), ("code", field(content, "code"))]),
        published_on=days[0] if days else None,
        announced_on=None if withdrawn else max((day for day in days if since <= day <= today), default=None),
        withdrawn=withdrawn,
        sources=(NAME,),
        venue=text_of(field(content, "venue")),
    )


def field(content: Mapping[str, object], *names: str) -> object:
    """The first of these fields that has a value, in either version's form."""
    for name in names:
        value = content.get(name)
        value = value.get("value") if isinstance(value, Mapping) else value
        if value is not None:
            return value
    return None


def moment_of(value: object) -> int:
    """Milliseconds since 1970, 0 where the value is none."""
    return value if type(value) is int and 0 < value < _LATEST else 0


def _forum(fields: Mapping[str, object]) -> str:
    own, forum = text_of(fields.get("id")), text_of(fields.get("forum"))
    if own and forum and own != forum:
        raise ValueError("a reply, not a submission")
    if not _FORUM.fullmatch(forum or own):
        raise ValueError(f"no usable id: {(forum or own)[:80]!r}")
    return forum or own


def _days(fields: Mapping[str, object]) -> list[date]:
    """The days (UTC) on which it was published, shown and made, as far as they are told, in this order."""
    made = fields.get("cdate") or fields.get("tcdate")
    moments = map(moment_of, (fields.get("pdate"), fields.get("odate"), made))
    return [datetime.fromtimestamp(moment / 1000, UTC).date() for moment in moments if moment]


def _is_withdrawn(fields: Mapping[str, object], content: Mapping[str, object]) -> bool:
    if moment_of(fields.get("ddate")):
        return True
    venue = text_of(field(content, "venueid"))
    return venue.endswith(_GONE) or _GONE_IN_WORDS.search(text_of(field(content, "venue"))) is not None


def _authors(people: object) -> Iterator[str]:
    """Names; none of a submission under double-blind review, whose authors are absent or `Anonymous`."""
    for person in items_of(people):
        known = object_of(person)
        name = text_of(person) or text_of(known.get("fullname")) or text_of(known.get("name"))
        if name and name.lower() not in {"anonymous", "anonymous authors"}:
            yield name


def _keywords(value: object) -> tuple[str, ...]:
    """A list, or one line of them in older venues."""
    return texts_of(re.split(r"[;,]", value) if isinstance(value, str) else value)


def _absolute(address: object) -> object:
    if isinstance(address, str) and address.startswith("/") and not address.startswith("//"):
        return f"{_SITE}{address}"
    return address
