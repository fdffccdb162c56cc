"""What the value of a setting may be, and how it is read from TOML or from an environment variable."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import time
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from bot import arxiv_categories

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_FEEDS = arxiv_categories.CATEGORIES | arxiv_categories.ARCHIVES
_LONGEST_HOST = 253
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Kind:
    """One kind of value; `text` says what, so that it reads well after "is not …".

    `read` turns a TOML value into the field's, `parse` an environment variable's text into a TOML value; both
    raise KeyError, TypeError or ValueError where it is of no such kind. `write` turns the field's value back
    into a TOML value. A value that does not fit is compared with the `known` ones, or by `near` itself, which
    returns what was probably meant, or nothing.
    """

    text: str
    read: Callable[[Any], Any]
    parse: Callable[[str], Any] = str
    write: Callable[[Any], Any] = _same
    known: Callable[[], Collection[str]] = tuple
    near: Callable[[Any], str] | None = None


def _if(fits: Callable[[Any], bool], make: Callable[[Any], Any] = _same) -> Callable[[Any], Any]:
    """A `read` that makes the field's value out of what fits."""

    def read(value: Any) -> Any:
        if not fits(value):
            raise ValueError
        return make(value)

    return read


def whole(low: int, high: int) -> Kind:
    """A whole number, both ends included."""
    fits = _if(lambda value: type(value) is int and low <= value <= high)
    return Kind(f"a whole number from {low} to {high}", fits, int)


def number(low: float, high: float) -> Kind:
    """A number, both ends included."""
    fits = _if(lambda value: type(value) in (int, float) and low <= value <= high, float)
    return Kind(f"a number from {low:g} to {high:g}", fits, float)


def choice(*names: str) -> Kind:
    """One of some names, in small or capital letters."""
    fits = _if(lambda value: isinstance(value, str) and value.lower() in names, str.lower)
    return Kind(f"{', '.join(names[:-1])} or {names[-1]}", fits, known=lambda: names)


def address(*schemes: str, may_be_empty: bool = False, ending: str = "") -> Kind:
    """An address, kept without a trailing slash, or with `ending` in its place."""

    def fits(value: Any) -> bool:
        return isinstance(value, str) and (_is_address(value, schemes) or (may_be_empty and value == ""))

    text = f"an address ({' or '.join(schemes)}) without a password"
    read = _if(fits, lambda value: value and value.rstrip("/") + ending)
    return Kind(text + (", or empty" if may_be_empty else ""), read)


def _is_address(text: str, schemes: Collection[str]) -> bool:
    """Raises ValueError where the port is no number or a bracket is open."""
    parts = urlsplit(text)
    sound = text.isprintable() and " " not in text and "@" not in parts.netloc and parts.port != 0
    return sound and parts.scheme in schemes and bool(parts.hostname)


def _read_time(value: Any) -> time:
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(:00)?", str(value))  # TOML's own local time has seconds
    if match is None:
        raise ValueError
    return time(int(match[1]), int(match[2]))


def listed(text: str) -> list[str]:
    """The items of an environment variable, separated by commas. Raises ValueError where it is a list of TOML."""
    if re.match(r"\[\s*[\"']", text):
        raise ValueError
    return [item.strip() for item in text.split(",") if item.strip()]


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)


def _nearest_categories(value: Any) -> str:
    wrong = [item for item in value if item not in _FEEDS] if _are_texts(value) else []
    return ", ".join(dict.fromkeys(filter(None, map(arxiv_categories.nearest_category, wrong))))


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable()


def _host(value: Any) -> str:
    """As the host of a web address is compared: small letters, no brackets, an IP address in its short form.

    Raises ValueError.
    """
    host = value.strip().lower() if isinstance(value, str) else ""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    # What ends in a number is an IPv4 address, and a zone means something on one machine only.
    if (":" in bare and "%" not in bare) or re.fullmatch(r"([^\[]*\.)?([0-9]+|0x[0-9a-f]*)", host, re.ASCII):
        return str(ip_address(bare))
    if len(host) > _LONGEST_HOST or not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", host):
        raise ValueError
    return host


FLAG = Kind("true or false", _if(lambda value: type(value) is bool), lambda text: _TRUTHS[text.lower()])
LINE = Kind("one line of text", _if(_is_line))
ASCII_LINE = Kind("one line of plain ASCII text", _if(lambda value: _is_line(value) and value.isascii()))
HOST = Kind(
    "an IP address or the name of a machine",
    _if(
        lambda value: isinstance(value, str) and re.fullmatch(r"[\w.:-]{1,253}", value, re.ASCII) is not None
    ),
)
TIME = Kind("a time of day such as 09:00", _read_time, write=lambda at: f"{at:%H:%M}")
WEEKDAYS = Kind(
    f"a list of days out of {', '.join(DAYS)}",
    _if(_are_texts, lambda names: tuple(sorted({DAYS.index(name.lower()) for name in names}))),
    listed,
    lambda days: [DAYS[day] for day in days],
)
ZONE = Kind(
    "a time zone such as UTC or Europe/Berlin",
    _if(lambda value: isinstance(value, str) and value in available_timezones()),
    known=available_timezones,
)
CATEGORIES = Kind(
    "a list of arXiv categories such as cs.CL or hep-ex",
    _if(
        lambda value: _are_texts(value) and _FEEDS.issuperset(value),
        lambda names: tuple(dict.fromkeys(names)),
    ),
    listed,
    near=_nearest_categories,
)
TEXTS = Kind(
    "a list of texts",
    _if(
        lambda value: isinstance(value, list) and all(_is_line(item) and item.strip() for item in value),
        lambda texts: tuple(dict.fromkeys(text.strip() for text in texts)),
    ),
    listed,
    list,
)
ADDRESSES = Kind(
    "a list of addresses (http or https) without passwords",
    _if(
        lambda value: (
            isinstance(value, list)
            and all(isinstance(item, str) and _is_address(item, ("http", "https")) for item in value)
        ),
        lambda texts: tuple(dict.fromkeys(texts)),
    ),
    listed,
    list,
)
HOSTS = Kind(
    "a list of host names or IP addresses, each without http:// and port",
    _if(lambda value: isinstance(value, list), lambda hosts: tuple(dict.fromkeys(map(_host, hosts)))),
    listed,
    list,
)
WEB = address("http", "https")
SOCKET = address("ws", "wss", may_be_empty=True)
