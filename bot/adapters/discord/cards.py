"""Cards → embeds. Pure.

Limits: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from collections.abc import Iterable, Iterator, Sequence

import discord

from bot.adapters.discord.inbound import NAME
from bot.adapters.discord.text import emphasised, fit, pieces, plain, safe_address, size, visible
from bot.adapters.standings import in_words
from bot.identity import clean_text
from bot.model import Card, Channel, Link

MAX_TITLE, MAX_DESCRIPTION = 256, 4096
_CROWDED = 450
_AND_MORE = 20


def embeds_of(cards: Sequence[Card], most: int, room: int) -> Iterator[discord.Embed]:
    """One for each card; of more than `most`, the last one lists the rest. `room` is for the text of all."""
    if len(cards) <= most:
        yield from (_embed(card, room // len(cards)) for card in cards)
        return
    whole, each = most - 1, min(_CROWDED, room // (most + 1))
    yield from (_embed(card, each) for card in cards[:whole])
    yield discord.Embed(description=_list(cards[whole:], min(MAX_DESCRIPTION, room - whole * each)))


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
    posted = fit(in_words(card.posted, _mention), room // 5)
    left = room - size(byline) - size(links) - size(posted) - 6
    marks = [clean_text(mark) for mark in card.marks]
    summary = fit(emphasised(clean_text(card.summary), marks), left)
    return "\n\n".join(part for part in (byline, summary, posted, links) if part)


def _mention(channel: Channel) -> str:
    """Rings nobody. A channel of another platform, or a direct message, has none that can be read."""
    known = channel.platform == NAME and channel.workspace != "@me"
    return f"<#{channel.id}>" if known and channel.id.isascii() and channel.id.isdecimal() else ""


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
