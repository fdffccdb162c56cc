"""Message → Slack's `text` and `blocks`. Pure.

Nothing here is mrkdwn except the escaped fallback `text`. Limits are those of docs.slack.dev/reference/block-kit,
counted in the strictest way one can read them (see `weight`), and a ceiling for the whole message, which Slack does not
document (bolt-js issues 2509 and 2867).
"""

from typing import Any

from bot.adapters.pictures import description, in_words
from bot.adapters.slack.blocks import Block, button_row, fits, fixed, numbered, picker_row, plain, rich, word
from bot.adapters.slack.cards import LAYOUTS, lines_only, title_text
from bot.adapters.slack.text import copyable, escape, line, lines, pieces, shorten, weight
from bot.identity import clean_text
from bot.model import Message, Picture

_HEADING, _TEXT, _VERBATIM, _FALLBACK, _ALT_TEXT = 150, 5_500, 4_000, 3_000, 1_000


def to_body(message: Message, file: str = "") -> dict[str, Any]:
    """The `text` and `blocks` of a message; never empty. Every card is shown, or counted in `and N more`.

    `file` is Slack's id of the picture; without it, its description stands in its place.
    """
    return {"text": _fallback(in_words(message)), "blocks": to_blocks(message, file)}


def to_blocks(message: Message, file: str = "") -> list[Block]:
    """Heading, text, picture, cards, buttons, picker: the most spacious layout that fits."""
    message = message if file else in_words(message)
    before = [*_heading(message.heading), *_words(message), *_picture(message.picture, file)]
    after = [*button_row(message.buttons), *picker_row(message.picker)]
    for layout in LAYOUTS:
        blocks = [*before, *(block for card in message.cards for block in layout(card)), *after]
        if fits(blocks):
            return numbered(blocks) or [rich(word("…"))]
    titles = lines_only(message.cards, lambda cards: fits([*before, *cards, *after]))
    return numbered([*before, *titles, *after])


def _heading(text: str) -> list[Block]:
    heading = line(text, _HEADING)
    return [{"type": "header", "text": plain(heading, emoji=True)}] if heading else []


def _words(message: Message) -> list[Block]:
    """Text, and below it what is to be copied, which is cut last."""
    verbatim = shorten(copyable(message.verbatim), _VERBATIM)
    text = shorten(lines(message.text), _TEXT - weight(verbatim))
    return [*(rich(word(piece)) for piece in pieces(text)), *fixed(verbatim)]


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


def _fallback(message: Message) -> str:
    """What notifications and screen readers say: escaped, without markup of ours."""
    titles = (f"{card.number}. " * (card.number is not None) + title_text(card) for card in message.cards)
    parts = (clean_text(message.heading), lines(message.text), *titles, copyable(message.verbatim))
    return escape(shorten("\n".join(filter(None, parts)), _FALLBACK)) or "…"
