"""Message → Slack's `text` and `blocks`. Pure.

Nothing here is mrkdwn except the escaped fallback `text`: foreign words go into rich_text and plain_text
only, where `<!channel>`, `*`, `|` or `](…)` mean nothing and a link is a field of its own. Limits are those
of docs.slack.dev/reference/block-kit, counted in the strictest way one can read them (see `weight`), and a
ceiling for the whole message, which Slack does not document (bolt-js issues 2509 and 2867).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from bot.adapters.pictures import description, in_words
from bot.adapters.slack.buttons import LIMIT, action_id, to_value
from bot.identity import clean_text
from bot.model import DOWN, SAVE, UP, Button, Card, Message, Picture

Block = dict[str, Any]

MAX_BLOCKS = 50
MAX_WEIGHT = 10_000
"""Of all texts and addresses of a message, plus a margin for each of Slack's objects."""
_OBJECT_WEIGHT = 30
_HEADING, _TEXT, _PIECE, _FALLBACK = 150, 5_500, 2_900, 3_000
_TITLE, _SHORT_TITLE, _BYLINE, _SUMMARY, _REASON, _LABEL = 300, 150, 300, 1_500, 300, 75
_ALT_TEXT, _MAX_URL, _MAX_LINKS, _MAX_BUTTONS = 1_000, 1_000, 6, 25
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]"


def to_body(message: Message, file: str = "") -> dict[str, Any]:
    """The `text` and `blocks` of a message; never empty. Every card is shown, or counted in `and N more`.

    `file` is Slack's id of the picture; without it, its description stands in its place.
    """
    return {"text": _fallback(in_words(message)), "blocks": to_blocks(message, file)}


def to_blocks(message: Message, file: str = "") -> list[Block]:
    """Heading, text, picture, cards, buttons: the most spacious layout that fits."""
    message = message if file else in_words(message)
    before = [*_heading(message.heading), *_paragraphs(message.text), *_picture(message.picture, file)]
    after = _button_row(message.buttons)
    for layout in (_spacious, _narrow):
        blocks = [*before, *(block for card in message.cards for block in layout(card)), *after]
        if _fits(blocks):
            return _numbered(blocks) or [_rich(_word("…"))]
    return _numbered(
        [*before, *_lines(message.cards, lambda cards: _fits([*before, *cards, *after])), *after]
    )


def escape(text: str) -> str:
    """The three characters that mean something in Slack's `text`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def weight(text: str) -> int:
    """Length as Slack may count it: escaped, in UTF-16 units."""
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def shorten(text: str, limit: int) -> str:
    """`text`, cut with … to a weight of at most `limit`."""
    return text if weight(text) <= limit else _prefix(text, limit - 1).rstrip() + "…"


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


def _line(text: str, limit: int) -> str:
    return shorten(clean_text(text), limit)


def _lines_of(text: str) -> str:
    """Cleaned line by line; indents stay."""
    lines = ((len(line) - len(line.lstrip(" ")), clean_text(line)) for line in text.splitlines())
    return "\n".join(" " * indent + line if line else "" for indent, line in lines).strip("\n")


def _pieces(text: str) -> Iterable[str]:
    """Parts that fit into one block each, cut at line ends where there are any."""
    while text.strip():
        part = _prefix(text, _PIECE)
        end = part.rfind("\n") if part != text else -1
        yield part[:end] if end > 0 else part
        text = text[end if end > 0 else len(part) :].lstrip("\n")


def _word(text: str, *, bold: bool = False) -> Block:
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def _link(text: str, url: str, *, bold: bool = False) -> Block:
    """A link, or the bare words where the address is not one to click on."""
    address = web_address(url)
    return {**_word(text, bold=bold), "type": "link", "url": address} if address else _word(text, bold=bold)


def _plain(text: str, *, emoji: bool = False) -> Block:
    return {"type": "plain_text", "text": text, "emoji": emoji}


def _rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def _context(text: str) -> list[Block]:
    return [{"type": "context", "elements": [_plain(text)]}] if text else []


def _heading(text: str) -> list[Block]:
    line = _line(text, _HEADING)
    return [{"type": "header", "text": _plain(line, emoji=True)}] if line else []


def _paragraphs(text: str) -> list[Block]:
    return [_rich(_word(piece)) for piece in _pieces(shorten(_lines_of(text), _TEXT))]


def _picture(picture: Picture | None, file: str) -> list[Block]:
    if picture is None:
        return []
    return [
        {
            "type": "image",
            "slack_file": {"id": file},
            "alt_text": shorten(description(picture, _ALT_TEXT), _ALT_TEXT),
        }
    ]


def _title_text(card: Card, limit: int) -> str:
    return _line(card.title, limit) or _line(card.paper, limit) or "(no title)"


def _title(card: Card, limit: int = _TITLE) -> list[Block]:
    link = _link(_title_text(card, limit), card.url, bold=True)
    return [link] if card.number is None else [_word(f"{card.number}. ", bold=True), link]


def _reason(card: Card) -> str:
    reason = _line(card.reason, _REASON)
    return f"Why: {reason}" if reason else ""


def _links(card: Card) -> list[Block]:
    """The labelled links, parted by dots; those that lead nowhere are left out."""
    elements: list[Block] = []
    for link in card.links[:_MAX_LINKS]:
        if web_address(link.url):
            elements += [_word(" · ")] if elements else []
            elements.append(_link(_line(link.label, _LABEL) or "link", link.url))
    return elements


def _spacious(card: Card) -> list[Block]:
    """Title; byline; summary; why; links; buttons: each in a block of its own."""
    summary, links = _line(card.summary, _SUMMARY), _links(card)
    return [
        _rich(*_title(card)),
        *_context(_line(card.byline, _BYLINE)),
        *([_rich(_word(summary))] if summary else []),
        *_context(_reason(card)),
        *([_rich(*links)] if links else []),
        *_button_row(_reactions(card)),
    ]


def _narrow(card: Card) -> list[Block]:
    """Title and one line below it; buttons."""
    below = _line(" · ".join(filter(None, (card.byline, _reason(card)))), _BYLINE)
    return [
        _rich(*_title(card, _SHORT_TITLE), *([_word(f"\n{below}")] if below else [])),
        *_button_row(_reactions(card)),
    ]


def _lines(cards: Sequence[Card], fits: Callable[[list[Block]], bool]) -> list[Block]:
    """Titles only, as many as fit, then how many more there are."""
    rows = [_rich(*_title(card, _SHORT_TITLE)) for card in cards[:MAX_BLOCKS]]
    while rows and not fits(rows + _more(len(cards) - len(rows))):
        rows.pop()
    return rows + _more(len(cards) - len(rows))


def _more(count: int) -> list[Block]:
    return [_rich(_word(f"… and {count} more"))] if count else []


def _reactions(card: Card) -> list[Button]:
    return [Button(label, label, card.paper) for label in (UP, DOWN, SAVE)]


def _button_row(buttons: Sequence[Button]) -> list[Block]:
    """One row; Slack takes at most 25 buttons in it, which is also all that a message of ours needs."""
    # A command that does not fit is no command any more when it is cut.
    fitting = [button for button in buttons if len(to_value(button)) <= LIMIT]
    elements = [_button(button) for button in fitting[:_MAX_BUTTONS]]
    return [{"type": "actions", "elements": elements}] if elements else []


def _button(button: Button) -> Block:
    label = _line(button.label, _LABEL) or _line(button.reaction, _LABEL) or "…"
    return {"type": "button", "text": _plain(label, emoji=True), "value": to_value(button)}


def _numbered(blocks: list[Block]) -> list[Block]:
    """Give every button an action id of its own: Slack refuses two alike in one message."""
    buttons = (button for block in blocks if block["type"] == "actions" for button in block["elements"])
    for position, button in enumerate(buttons):
        button["action_id"] = action_id(position)
    return blocks


def _fits(blocks: list[Block]) -> bool:
    return len(blocks) <= MAX_BLOCKS and _block_weight(blocks) <= MAX_WEIGHT


def _block_weight(part: Any) -> int:
    """Weight of all texts and addresses below, and of the objects that hold them."""
    match part:
        case list():
            return sum(map(_block_weight, part))
        case dict():
            own = sum(
                weight(part[key]) for key in ("text", "url", "alt_text") if isinstance(part.get(key), str)
            )
            return (
                own
                + _OBJECT_WEIGHT
                + sum(_block_weight(v) for v in part.values() if isinstance(v, list | dict))
            )
    return 0


def _fallback(message: Message) -> str:
    """What notifications and screen readers say: escaped, without markup of ours."""
    titles = (f"{c.number}. " * (c.number is not None) + _title_text(c, _TITLE) for c in message.cards)
    parts = (clean_text(message.heading), _lines_of(message.text), *titles)
    return escape(shorten("\n".join(filter(None, parts)), _FALLBACK)) or "…"
