"""A picture of a digest as a chat shows it: plain SVG shapes and text, lines broken by counting characters."""

import textwrap
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from bot.model import Card, Message

_WIDTH = 760
_LEFT = 76
_CHARACTERS = 84
_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">
<style>text {{ font-family: Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif; font-size: 14px }}</style>
<rect width="{width}" height="{height}" rx="8" fill="#ffffff" stroke="#d0d0d0"/>"""
_THUMB = "M0 6h3v8H0z M4.5 6 L7.5 0 C9.5 0 9.6 2 9 5 H13 C14.5 5 14.5 7 13.6 7.4 L12.4 14 H4.5 Z"
_RIBBON = "M2 0 H11 V14 L6.5 10.5 L2 14 Z"


def picture(messages: Sequence[Message]) -> str:
    """The SVG text of a digest's messages: the header, then the cards."""
    drawn, y = list[str](), 24
    for message in messages:
        lines, y = _message(message, y)
        drawn += lines
    return "\n".join([_HEAD.format(width=_WIDTH, height=y), *drawn, "</svg>"]) + "\n"


def _message(message: Message, y: int) -> tuple[list[str], int]:
    drawn = [_avatar(y)] if message.heading else []
    if message.heading:
        drawn.append(_text(_LEFT, y + 12, "Paperboy", "font-weight='bold'"))
        y += 34
        drawn.append(_text(_LEFT, y, message.heading, "font-weight='bold' style='font-size: 17px'"))
        for line in textwrap.wrap(message.text, _CHARACTERS):
            y += 20
            drawn.append(_text(_LEFT, y, line))
        y += 18
    for card in message.cards:
        lines, bottom = _card(card, y)
        drawn += [
            f'<rect x="{_LEFT}" y="{y}" width="4" height="{bottom - y}" rx="2" fill="#b8d4e8"/>',
            *lines,
        ]
        y = bottom + 20
    return drawn, y


def _avatar(y: int) -> str:
    return (
        f'<rect x="24" y="{y}" width="38" height="38" rx="6" fill="#1d5b8a"/>'
        f'<path d="M33 {y + 10}h20v18h-20z M36 {y + 14}h14 M36 {y + 19}h14 M36 {y + 24}h8" fill="#ffffff" '
        'stroke="#1d5b8a" stroke-width="2"/>'
    )


def _card(card: Card, y: int) -> tuple[list[str], int]:
    drawn, y = list[str](), y + 2
    for line, look in _lines(card):
        y += 20
        drawn.append(_text(_LEFT + 16, y, line, look))
    y += 12
    return [*drawn, *_buttons(y)], y + 32


def _lines(card: Card) -> Iterator[tuple[str, str]]:
    texts = (
        (f"{card.number}. {card.title}", _CHARACTERS - 8, "font-weight='bold' fill='#1264a3'"),
        (card.byline, _CHARACTERS, "fill='#616061'"),
        (card.summary, _CHARACTERS, ""),
        (f"Why: {card.reason}", _CHARACTERS, "font-style='italic' fill='#2e7d4f'"),
    )
    for text, most, look in texts:
        yield from ((line, look) for line in textwrap.wrap(text, most))


def _buttons(y: int) -> Iterator[str]:
    up = f'<path d="{_THUMB}" fill="#d9a400"/>'
    shapes = (("Like", up), ("Dislike", f'<g transform="rotate(180 7 7)">{up}</g>'))
    shapes = (*shapes, ("Save", f'<path d="{_RIBBON}" fill="#c0392b"/>'))
    x = _LEFT + 16
    for label, shape in shapes:
        width = 46 + 8 * len(label)
        yield f'<rect x="{x}" y="{y}" width="{width}" height="30" rx="5" fill="#ffffff" stroke="#bbbbbb"/>'
        yield f'<g transform="translate({x + 12} {y + 8})">{shape}</g>'
        yield _text(x + 34, y + 20, label)
        x += width + 10


def _text(x: int, y: int, text: str, look: str = "") -> str:
    # An emoji is drawn differently or not at all by every viewer.
    plain = text.replace("👍 or 👎", "with a thumb").replace("  ", " ")
    return f'<text x="{x}" y="{y}" {look}>{escape(plain)}</text>'.replace(" >", ">")
