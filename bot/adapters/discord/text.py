"""Plain text for Discord: escaped, shortened, and with links that lead only where they say."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from urllib.parse import quote

from bot.adapters.marks import marked
from bot.adapters.verbatim import copied
from bot.identity import clean_text

_NO_SPACE = "\u200b"
_FENCE = "```"
_TICKS = re.compile("`{3,}")
_LONGEST_BOLD = 80
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


def emphasised(text: str, marks: Sequence[str]) -> Iterator[str]:
    """The pieces of a text, the marks among its words in bold. A bold word is one piece, so that no cut leaves it open.

    An address stays as it is, and so does what is too long for a word.
    """
    bold = [on for piece, on in marked(text, marks) for _ in piece]
    parts = groupby(_PIECES.finditer(text), lambda part: _is_bold(part, bold))
    for on, run in parts:
        escaped = [_escaped(part.lastgroup or "", part[0]) for part in run]
        word = "".join(escaped)
        yield from (f"**{word}**",) if on and size(word) <= _LONGEST_BOLD else escaped


def _is_bold(part: re.Match[str], bold: Sequence[bool]) -> bool:
    return part.lastgroup != "url" and not part[0].isspace() and all(bold[part.start() : part.end()])


def fenced(text: str, limit: int) -> str:
    """The text as it is, in a block of fixed width of at most `limit` units; empty where there is nothing to see.

    A fence inside it is taken apart.
    """
    whole = _TICKS.sub(lambda ticks: _NO_SPACE.join(ticks[0]), copied(text))
    return f"{_FENCE}\n{fit(whole, limit - 8)}\n{_FENCE}" if visible(whole) else ""


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
