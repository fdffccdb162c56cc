"""Message → what Discord shows: content, embeds, menus and rows of buttons. Pure.

Limits: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import discord

from bot.adapters import pictures
from bot.adapters.discord.cards import MAX_DESCRIPTION, embeds_of
from bot.adapters.discord.keyboard import Keyboard, keyboard
from bot.adapters.discord.text import fenced, fit, pieces, plain, prose, size, visible
from bot.identity import clean_text
from bot.model import Card, Message, Picker, Picture

MAX_CONTENT, MAX_EMBEDS, MAX_EMBED_TEXT = 2000, 10, 6000
MAX_ALT_TEXT = 1024
PICTURE = "paperboy.png"
"""What an attached picture is called."""
_VERBATIM_BESIDE_CARDS = 1500


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
    keyboard: Keyboard
    picture: Attached | None = None


def to_discord(message: Message) -> Rendered:
    """One embed per card; heading, text, picture and what is verbatim above, buttons below.

    Raises ValueError for a picture that is none or too large.
    """
    cards = _numbered(message.cards)
    keys = keyboard(cards, message.buttons)
    picture = _attached(message.picture)
    verbatim = fenced(message.verbatim, _VERBATIM_BESIDE_CARDS if cards else MAX_DESCRIPTION)
    above = [*_frame(picture), *([discord.Embed(description=verbatim)] if verbatim else ())]
    below = embeds_of(cards, MAX_EMBEDS - len(above), MAX_EMBED_TEXT - size(verbatim))
    return Rendered(_content(message, keys.reached), (*above, *below), keys, picture)


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


def _content(message: Message, reached: int) -> str:
    heading = clean_text(message.heading)
    first = f"**{fit(pieces(heading), 300)}**" if visible(heading) else ""
    last = "\n".join(filter(None, (_hint(message.picker), _without_buttons(len(message.cards), reached))))
    room = MAX_CONTENT - size(first) - size(last) - 2
    text = fit(pieces(prose(message.text)), room)
    content = "\n".join(part for part in (first, text, last) if part)
    return content or ("" if message.cards or message.picture or visible(message.verbatim) else "…")


def _hint(picker: Picker | None) -> str:
    """A message has no field to type in, but the command has."""
    if picker is None:
        return ""
    label = f"{fit(pieces(clean_text(picker.label)), 200)}: type" if visible(picker.label) else "Type"
    command = plain(picker.command.replace("`", ""), 100)
    return f"{label} `/papers {command}` and choose from what is offered."


def _without_buttons(cards: int, reached: int) -> str:
    if reached >= cards:
        return ""
    fitting = f"Buttons fit for the first {reached} only" if reached else "No room for the papers' buttons"
    return f"{fitting}; `/papers search` with a title's words brings a paper with its buttons."
