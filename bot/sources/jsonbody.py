"""A JSON object out of an answer's bytes, whatever a source puts there instead."""

import json
from collections.abc import Mapping

from bot.errors import SourceError
from bot.sources.xml import looks_like_html

_MOST_DIGITS = 18


def json_object(body: bytes, source: str) -> Mapping[str, object]:
    """The object in the body. Raises SourceError for a web page, half an answer, or another kind of value.

    A byte that is no UTF-8, a control character or a number without end costs its own place only.
    """
    if looks_like_html(body):
        raise SourceError(source, "a web page instead of an answer")
    try:
        found = json.loads(body.decode("utf-8-sig", "replace"), strict=False, parse_int=_whole)
    except (ValueError, RecursionError):
        raise SourceError(source, "not JSON, or half of it") from None
    if not isinstance(found, dict):
        raise SourceError(source, "no JSON object in the answer")
    return found


def part(record: object, *path: str) -> object:
    """What stands at the end of a path of keys; None where one of them is missing or no object."""
    for key in path:
        record = record.get(key) if isinstance(record, Mapping) else None
    return record


def parts(record: object, *path: str) -> list[object]:
    """The list at the end of a path of keys; empty where there is none."""
    found = part(record, *path)
    return found if isinstance(found, list) else []


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None
