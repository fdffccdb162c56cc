"""Damages documents at random, the same way for the same seed: bytes, markup, and values of JSON."""

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random

HOSTILE = [
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b"?>", b"</", b"/>", b"&#0;",
    b"&#xD800;", b"&amp;", b"&lol;", b'<!DOCTYPE a [<!ENTITY lol "lol">]>', b"<!DOCTYPE html>", b"<html>",
    b"<script>", b"xmlns:a=''", b"<a:b>", b"\x00", b"\x0b", b"\x1b", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf",
    b"\xe2\x80\xae", b"\xed\xa0\x80", b"\x1f\x8b", b"{", b"}", b"[", b"]", b'"', b"'", b"\\", b"\\ud800",
    b"\\u0000", b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"-1", b"10000000000", b"9" * 400, b"9" * 5000,
    b"@", b"@article{", b"%", b"$", b"#", b",", b"\n", b"\r\n", b"\t", b"v99999", b"arXiv:", b"10.48550/arXiv.",
    b"9999-99-99", b"0000-00-00", b"2026-06-12T99:99:99+99:99", b"0001-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59-14:00", b"Thu, 31 Dec 9999 23:59:59 -1400", b"Thu, 0 Foo 99999 25:61:61 -9999999",
    b"<!channel>", b"<b>" * 60, b"[" * 60, b'{"a":' * 60, b"{" * 60, b"(" * 200, b"<a b='c'>" * 10, b" " * 500,
    b"word " * 1000,
]  # fmt: skip
"""What documents of other kinds, attackers and broken programs put into one."""

VALUES: list[object] = [
    None, True, False, 0, -1, 7, 10**9, 10**30, 0.5, 1e308, "", " ", "x", "0", "NA", "/", "2026-06-12", "2026-13-45",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "Thu, 31 Dec 9999 23:59:59 -1400",
    "Thu, 0 Foo 99999 25:61", "\ud800", "\u202e<!channel>", "<b>&lol;</b>", "10.1234/x", "10.1234/\u202e\ud800x",
    "10.48550/arXiv.2606.00001", "2606.00001v2", "http://", "https://a/b", "//a", "x" * 5000, [], [None], [[]],
    [[[]]], ["x"], ["x", 5, None], [{}], {}, {"value": None}, {"name": "x"}, {"a": [10**9]}, {"": ""},
]  # fmt: skip
"""What may stand where something else is meant."""


def damaged(body: bytes, chance: Random) -> bytes:
    """The document after one to six changes; about half of the JSON ones stay JSON."""
    values = _values_of(body)
    if values is not None and chance.random() < 0.6:
        body = _with_other_values(values, chance)
        if chance.random() < 0.7:
            return body
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        body = chance.choice(_CHANGES)(body, chance)
    return body


def _flipped(body: bytes, chance: Random) -> bytes:
    if not body:
        return body
    at = chance.randrange(len(body))
    return body[:at] + bytes([body[at] ^ 1 << chance.randrange(8)]) + body[at + 1 :]


def _without(body: bytes, chance: Random) -> bytes:
    start, end = _part(body, chance)
    return body[:start] + body[end:]


def _twice(body: bytes, chance: Random) -> bytes:
    start, end = _part(body, chance)
    times = chance.choice((1, 1, 1, 2, 20)) if end - start < 200 else 1
    return body[:end] + body[start:end] * times + body[end:]


def _cut(body: bytes, chance: Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _moved(body: bytes, chance: Random) -> bytes:
    start, end = _part(body, chance)
    at = chance.randrange(len(body) + 1)
    return body[:at] + body[start:end] + body[at:]


def _spliced(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return body[:at] + chance.choice(HOSTILE) + body[at + chance.choice((0, 0, 1, 5, 40)) :]


def _spliced_at_a_border(body: bytes, chance: Random) -> bytes:
    """Where a name, a value or a text begins or ends."""
    borders = [at for at, byte in enumerate(body) if byte in b'<>"={}[]:,']
    at = chance.choice(borders) if borders else 0
    return body[: at + 1] + chance.choice(HOSTILE) + body[at + 1 :]


_CHANGES: list[Callable[[bytes, Random], bytes]] = [
    _flipped, _without, _twice, _cut, _moved, _spliced, _spliced, _spliced_at_a_border, _spliced_at_a_border,
]  # fmt: skip


def _part(body: bytes, chance: Random) -> tuple[int, int]:
    start = chance.randrange(len(body) + 1)
    return start, min(len(body), start + chance.choice((1, 3, 20, 100, 1000)))


def _values_of(body: bytes) -> list[object] | None:
    """The JSON values in it, one on each line or a single one; None where it is something else."""
    try:
        return [json.loads(body)]
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in body.splitlines()]
    except ValueError:
        return None


def _with_other_values(values: list[object], chance: Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 5))):
        place, key = chance.choice(_places(values))
        place[key] = _other(place[key], chance)  # type: ignore[index]
    return b"\n".join(json.dumps(value).encode() for value in values)


def _places(value: object) -> list[tuple[object, object]]:
    """Every value inside, as what holds it and the key or index there."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in inside for found in ((value, key), *_places(inner))]


def _other(value: object, chance: Random) -> object:
    kind = chance.random()
    if kind < 0.1:
        return [value]
    if kind < 0.2:
        return {"value": value}
    if kind < 0.3 and isinstance(value, list | str):
        return value * 3
    if kind < 0.35:
        return json.loads("[" * 60 + json.dumps(value) + "]" * 60)
    if kind < 0.45 and isinstance(value, dict):
        return {key: deepcopy(chance.choice(VALUES)) for key in value}
    return deepcopy(chance.choice(VALUES))
