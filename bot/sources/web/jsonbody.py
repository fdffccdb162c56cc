"""The one door to JSON: what an answer holds, where a field of a wrong kind is as good as absent."""

import json
from collections.abc import Mapping

from bot.errors import SourceError
from bot.sources.fields import text_of
from bot.sources.web.xml import looks_like_html

_MOST_DIGITS = 18
_LONGEST_REASON = 200


def value_of(body: bytes, source: str) -> object:
    """The value of a JSON answer. Raises SourceError where it is a web page, no JSON, or half of it.

    A byte that is no UTF-8, a control character or a number without end costs its own place only.
    """
    if looks_like_html(body):
        raise SourceError(source, "a web page instead of an answer")
    try:
        return _decoded(body)
    except (ValueError, RecursionError):
        raise SourceError(source, "not JSON, or half of it") from None


def _decoded(body: bytes) -> object:
    value: object = json.loads(body.decode("utf-8-sig", "replace"), strict=False, parse_int=_whole)
    return value


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None


def object_of(value: object) -> Mapping[str, object]:
    """The JSON object, empty where the value is none."""
    return value if isinstance(value, Mapping) else {}


def items_of(value: object) -> list[object]:
    """The JSON list, empty where the value is none."""
    return value if isinstance(value, list) else []


def part(record: object, *path: str) -> object:
    """What stands at the end of a path of keys; None where one of them is missing or no object."""
    for key in path:
        record = object_of(record).get(key)
    return record


def parts(record: object, *path: str) -> list[object]:
    """The list at the end of a path of keys; empty where there is none."""
    return items_of(part(record, *path))


def reason_of(body: bytes, *fields: str) -> str:
    """What a refusal says in the first of these fields that has a text; empty where it says nothing."""
    try:
        answer = object_of(_decoded(body))
    except (ValueError, RecursionError):
        return ""
    return next((text[:_LONGEST_REASON] for field in fields if (text := text_of(answer.get(field)))), "")
