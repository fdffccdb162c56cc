"""Message → what Discord shows: content, embeds and rows of buttons. Pure.

Limits: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import discord

from bot.adapters import pictures
from bot.adapters.discord.custom_id import custom_id
from bot.adapters.discord.text import fit, pieces, plain, prose, safe_address, size, visible
from bot.identity import clean_text
from bot.model import DOWN, SAVE, UP, Button, Card, Link, Message, Picture

MAX_CONTENT, MAX_EMBEDS, MAX_EMBED_TEXT = 2000, 10, 6000
MAX_TITLE, MAX_DESCRIPTION, MAX_LABEL = 256, 4096, 80
MAX_ALT_TEXT = 1024
MAX_ROWS, MAX_IN_ROW = 5, 5
PICTURE = "paperboy.png"
"""What an attached picture is called."""
_CROWDED = 450
_AND_MORE = 20


@dataclass(frozen=True, slots=True)
class Key:
    """One button: what it says and what it carries."""

    label: str
    custom_id: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A picture, which one of the embeds shows, and its alternative text."""

    png: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Everything one Discord message is made of; keeps every limit."""

    content: str
    embeds: tuple[discord.Embed, ...]
    rows: tuple[tuple[Key, ...], ...]
    picture: Attached | None = None


def to_discord(message: Message) -> Rendered:
    """One embed and one row of buttons per card, heading, text and picture above, its own buttons below.

    Raises ValueError for a picture that is none or too large.
    """
    cards = _numbered(message.cards)
    own = _in_rows([button for button in message.buttons if custom_id(button, set())])
    rated = cards[: MAX_ROWS - len(own)]
    rows = _keyed([*(_votes(card, alone=len(cards) == 1) for card in rated), *own])
    picture = _attached(message.picture)
    embeds = [*_frame(picture), *_embeds(cards, MAX_EMBEDS - (picture is not None))]
    return Rendered(_content(message, len(rated)), tuple(embeds), rows, picture)


def _attached(picture: Picture | None) -> Attached | None:
    if picture is None:
        return None
    # Half of it, because nobody says in which units Discord counts.
    text = pictures.description(picture, MAX_ALT_TEXT // 2)
    return Attached(pictures.checked(picture), text)


def _frame(picture: Attached | None) -> list[discord.Embed]:
    return [discord.Embed().set_image(url=f"attachment://{PICTURE}")] if picture else []


def _numbered(cards: Sequence[Card]) -> list[Card]:
    if len(cards) < 2:
        return list(cards)
    return [replace(c, number=place if c.number is None else c.number) for place, c in enumerate(cards, 1)]


def _content(message: Message, rated: int) -> str:
    heading = clean_text(message.heading)
    first = f"**{fit(pieces(heading), 300)}**" if visible(heading) else ""
    last = _without_buttons(len(message.cards), rated)
    room = MAX_CONTENT - size(first) - size(last) - 2
    text = fit(pieces(prose(message.text)), room)
    content = "\n".join(part for part in (first, text, last) if part)
    return content or ("" if message.cards or message.picture else "…")


def _without_buttons(cards: int, rated: int) -> str:
    if rated >= cards:
        return ""
    fitting = f"Buttons fit for the first {rated} only" if rated else "No room for the papers' buttons"
    return f"{fitting}; `/papers search` with a title's words brings a paper with its buttons."


def _embeds(cards: Sequence[Card], most: int) -> Iterator[discord.Embed]:
    if len(cards) <= most:
        yield from (_embed(card, MAX_EMBED_TEXT // len(cards)) for card in cards)
        return
    whole = most - 1
    yield from (_embed(card, _CROWDED) for card in cards[:whole])
    yield discord.Embed(description=_list(cards[whole:], MAX_EMBED_TEXT - whole * _CROWDED))


def _embed(card: Card, room: int) -> discord.Embed:
    title = _title(card, min(MAX_TITLE, room // 2))
    reason = plain(f"Why: {card.reason}" if visible(card.reason) else "", room // 6)
    description = _description(card, min(MAX_DESCRIPTION, room - size(title) - size(reason)))
    embed = discord.Embed(title=title, url=safe_address(card.url) or None, description=description or None)
    return embed.set_footer(text=reason) if reason else embed


def _title(card: Card, room: int) -> str:
    number = f"{card.number} · " if card.number is not None else ""
    names = (clean_text(card.title), clean_text(card.paper), "untitled")
    return fit([number, *pieces(next(filter(visible, names)), links=False)], room)


def _description(card: Card, room: int) -> str:
    byline = fit(pieces(clean_text(card.byline)), room // 4)
    links = _links(card.links, room // 3)
    summary = fit(pieces(clean_text(card.summary)), room - size(byline) - size(links) - 4)
    return "\n\n".join(part for part in (byline, summary, links) if part)


def _links(links: Iterable[Link], room: int) -> str:
    line = ""
    for link in links:
        longer = " · ".join(part for part in (line, _link(link.label, link.url, 40)) if part)
        line = longer if size(longer) <= room else line
    return line


def _link(label: str, url: str, room: int) -> str:
    address = safe_address(url)
    text = fit(pieces(clean_text(label), links=False), room) if visible(label) else "link"
    return f"[{text}]({address})" if address else ""


def _list(cards: Sequence[Card], room: int) -> str:
    lines: list[str] = []
    for place, card in enumerate(cards):
        line = _line(card)
        if size("\n".join([*lines, line])) > room - _AND_MORE:
            return "\n".join([*lines, f"and {len(cards) - place} more"])
        lines.append(line)
    return "\n".join(lines)


def _line(card: Card) -> str:
    title = _title(card, 100)
    address = safe_address(card.url)
    return f"[{title}]({address})" if address and size(address) <= 200 else title


def _votes(card: Card, *, alone: bool) -> tuple[Button, ...]:
    number = "" if alone or card.number is None else f"{card.number} "
    return tuple(Button(f"{number}{vote}", vote, card.paper) for vote in (UP, DOWN, SAVE))


def _in_rows(buttons: Sequence[Button]) -> list[Sequence[Button]]:
    room = min(len(buttons), MAX_ROWS * MAX_IN_ROW)
    return [buttons[start : start + MAX_IN_ROW] for start in range(0, room, MAX_IN_ROW)]


def _keyed(rows: Iterable[Sequence[Button]]) -> tuple[tuple[Key, ...], ...]:
    taken: set[str] = set()
    keyed = [tuple(_keys(row, taken)) for row in rows]
    return tuple(row for row in keyed if row)


def _keys(row: Sequence[Button], taken: set[str]) -> Iterator[Key]:
    for button in row:
        carried = custom_id(button, taken)
        if carried is not None:
            taken.add(carried)
            yield Key(plain(button.label, MAX_LABEL) or button.reaction, carried)
