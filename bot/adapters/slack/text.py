"""Foreign words as Slack takes them: cleaned, measured in the strictest way one can read its limits, cut. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from bot.identity import clean_text

_PIECE = 2_900
_MAX_URL = 1_000
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]"


def escape(text: str) -> str:
    """The three characters that mean something in Slack's `text`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What was typed, where Slack hands in `text` escaped."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def weight(text: str) -> int:
    """Length as Slack may count it: escaped, in UTF-16 units."""
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def shorten(text: str, limit: int) -> str:
    """`text`, cut with … to a weight of at most `limit`."""
    return text if weight(text) <= limit else _prefix(text, limit - 1).rstrip() + "…"


def line(text: str, limit: int) -> str:
    """One clean line of at most that weight."""
    return shorten(clean_text(text), limit)


def lines(text: str) -> str:
    """Cleaned line by line; indents stay."""
    cleaned = ((len(line) - len(line.lstrip(" ")), clean_text(line)) for line in text.splitlines())
    return "\n".join(" " * indent + line if line else "" for indent, line in cleaned).strip("\n")


def copyable(text: str) -> str:
    """Cleaned line by line; all spaces stay, and a tab is spaces."""
    cleaned = (" ".join(map(clean_text, line.expandtabs(4).split(" "))) for line in text.splitlines())
    return "\n".join(line.rstrip() for line in cleaned).strip("\n")


def pieces(text: str) -> Iterable[str]:
    """Parts that fit into one text element each, cut at line ends where there are any."""
    while text.strip():
        part = _prefix(text, _PIECE)
        end = part.rfind("\n") if part != text else -1
        yield part[:end] if end > 0 else part
        text = text[end if end > 0 else len(part) :].lstrip("\n")


def chunks(text: str) -> Iterable[str]:
    """Parts that fit into one text element each; joined they are the text."""
    while text:
        part = _prefix(text, _PIECE)
        yield part
        text = text[len(part) :]


def web_address(url: str) -> str:
    """The address, percent-encoded where needed; empty where it is not an http(s) one or too long."""
    try:
        parts = urlsplit(clean_text(url))
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    address = quote(parts.geturl(), safe=_URL_SAFE)
    return address if len(address) <= _MAX_URL else ""


def _prefix(text: str, limit: int) -> str:
    """The longest beginning that weighs no more than `limit`."""
    begin = text[:limit]  # no character weighs less than 1
    ends = range(len(begin) + 1)
    return begin[: bisect_right(ends, limit, key=lambda end: weight(begin[:end])) - 1]
