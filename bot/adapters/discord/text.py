"""Plain text for Discord: escaped, shortened, and with links that lead only where they say."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from bot.identity import clean_text

_NO_SPACE = "\u200b"
_PIECES = re.compile(
    r"(?P<url>https?://[^\s<>]*[\w/])"
    r"|^(?P<item>\d+[.)])"
    r"|^(?P<start>[#>+-])"
    r"|(?P<everyone>@(?=everyone|here))"
    r"|(?P<mark>[\\*_~|`\[\]<])"
    r"|(?P<plain>.)",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
_KEPT_IN_ADDRESS = "/:?#=&%+,;!$"
_MAX_ADDRESS = 2048


def size(text: str) -> int:
    """Length as Discord's clients count it: UTF-16 units, never fewer than the API counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def prose(text: str) -> str:
    """Readable text whose line breaks are kept, at most one empty line at a time."""
    lines = "\n".join(clean_text(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def pieces(text: str, *, links: bool = True) -> Iterator[str]:
    """Escape for Discord's Markdown, in pieces that must not be cut apart.

    Mentions, headings, lists, quotes, masked links, time stamps and custom emoji become the text they are
    written as. An http(s) address stays one, in `<…>` so that it shows no preview; without `links` it is
    only text. https://support.discord.com/hc/articles/210298617
    """
    if not links:
        text = text.replace("://", f":{_NO_SPACE}//")
    for match in _PIECES.finditer(text):
        yield _escaped(match.lastgroup or "", match[0])


def _escaped(kind: str, piece: str) -> str:
    if kind == "url":
        return f"<{_encoded(piece)}>"
    if kind == "item":
        return f"{piece[:-1]}\\{piece[-1]}"
    if kind == "everyone":
        return f"@{_NO_SPACE}"
    return f"\\{piece}" if kind in {"start", "mark"} else piece


def fit(parts: Iterable[str], limit: int) -> str:
    """As many parts as fit into `limit` units; ends with … where something had to go."""
    kept: list[str] = []
    used = 0
    for part in parts:
        if used + size(part) > limit:
            return _cut(kept, used, limit)
        kept.append(part)
        used += size(part)
    return "".join(kept)


def _cut(kept: list[str], used: int, limit: int) -> str:
    while kept and used > limit - 1:
        used -= size(kept.pop())
    return "".join(kept).rstrip() + "…" if limit > 0 else ""


def plain(text: str, limit: int) -> str:
    """One line for where Discord knows no Markdown (a footer, a button)."""
    return fit(clean_text(text), limit)


def visible(text: str) -> bool:
    """True where there is something to see."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def safe_address(url: str) -> str:
    """The http(s) address, encoded so that it cannot end a link early; empty for anything else.

    Discord refuses a whole message for one address it dislikes, so a doubtful one is no address.
    """
    url = url.strip()
    if not _ADDRESS.fullmatch(url):
        return ""
    encoded = _encoded(url)
    return encoded if len(encoded) <= _MAX_ADDRESS else ""


def _encoded(url: str) -> str:
    return quote(clean_text(url), safe=_KEPT_IN_ADDRESS)
