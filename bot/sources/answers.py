"""The one door to JSON: what an answer holds, where a field of a wrong kind is as good as absent."""

import json
from collections.abc import Mapping

from bot.errors import SourceError
from bot.sources.fields import text_of
from bot.sources.xml import looks_like_html

_LONGEST_REASON = 200


def value_of(body: bytes, source: str) -> object:
    """The value of a JSON answer. Raises SourceError where it is a web page, no JSON, or half of it."""
    if looks_like_html(body):
        raise SourceError(source, "a web page instead of an answer")
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        raise SourceError(source, "not JSON, or half of it") from None
    return value


def object_of(value: object) -> Mapping[str, object]:
    """The JSON object, empty where the value is none."""
    return value if isinstance(value, Mapping) else {}


def items_of(value: object) -> list[object]:
    """The JSON list, empty where the value is none."""
    return value if isinstance(value, list) else []


def reason_of(body: bytes, *fields: str) -> str:
    """What a refusal says in the first of these fields that has a text; empty where it says nothing."""
    try:
        answer = object_of(json.loads(body))
    except (ValueError, RecursionError):
        return ""
    return next((text[:_LONGEST_REASON] for field in fields if (text := text_of(answer.get(field)))), "")
