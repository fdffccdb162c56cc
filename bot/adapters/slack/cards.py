"""One paper as blocks, in several layouts from the most spacious to a line. Pure."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from bot.adapters.marks import marked
from bot.adapters.slack.blocks import (
    MAX_BLOCKS,
    Block,
    button_row,
    channel_name,
    context,
    link,
    rich,
    word,
)
from bot.adapters.slack.text import line, web_address
from bot.adapters.standings import told
from bot.digest import vote_buttons
from bot.identity import clean_text
from bot.model import Button, Card, Channel, Standing

_TITLE, _SHORT_TITLE, _BYLINE, _SUMMARY, _REASON, _LABEL = 300, 150, 300, 1_500, 300, 75
_SHORT_SUMMARY = 250
_MAX_LINKS, _MOST_MARKED, _FEW_MARKED = 6, 12, 4
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,30}")
"""The ids of channels that Slack can name; a direct message (D…) has no name."""


def spacious(card: Card, emphasised: int = _MOST_MARKED) -> list[Block]:
    """Title; byline; summary; where it was posted; why; links; buttons: each in a block of its own.

    At most `emphasised` pieces of the summary are bold: to Slack each is an object, which weighs something.
    """
    return [
        rich(*_title(card)),
        *context(line(card.byline, _BYLINE)),
        *_row(_summary(card, _SUMMARY, emphasised)),
        *_row(_posted(card.posted)),
        *context(_reason(card)),
        *_row(_links(card)),
        *button_row(_buttons(card)),
    ]


def brief(card: Card) -> list[Block]:
    """Title; byline and why; the beginning of the summary; where it was posted last; buttons."""
    return [
        rich(*_title(card, _SHORT_TITLE)),
        *context(_below(card)),
        *_row(_summary(card, _SHORT_SUMMARY, _FEW_MARKED)),
        *_row(_posted(card.posted[:1])),
        *button_row(_buttons(card)),
    ]


def narrow(card: Card) -> list[Block]:
    """Title, with byline and why below it and where it was posted last; buttons."""
    below, posted = _below(card), _posted(card.posted[:1])
    return [
        rich(
            *_title(card, _SHORT_TITLE),
            *([word(f"\n{below}")] if below else []),
            *([word("\n"), *posted] if posted else []),
        ),
        *button_row(_buttons(card)),
    ]


LAYOUTS: tuple[Callable[[Card], list[Block]], ...] = (
    spacious,
    partial(spacious, emphasised=_FEW_MARKED),
    partial(spacious, emphasised=0),
    brief,
    narrow,
)
"""From the most spacious to the one that takes least."""


def lines_only(cards: Sequence[Card], fits: Callable[[list[Block]], bool]) -> list[Block]:
    """Titles only, as many as fit, then how many more there are."""
    rows = [rich(*_title(card, _SHORT_TITLE)) for card in cards[:MAX_BLOCKS]]
    while rows and not fits(rows + _more(len(cards) - len(rows))):
        rows.pop()
    return rows + _more(len(cards) - len(rows))


def title_text(card: Card, limit: int = _TITLE) -> str:
    """Its title, or what else names it; never empty."""
    return line(card.title, limit) or line(card.paper, limit) or "(no title)"


def _more(count: int) -> list[Block]:
    return [rich(word(f"… and {count} more"))] if count else []


def _title(card: Card, limit: int = _TITLE) -> list[Block]:
    name = link(title_text(card, limit), card.url, bold=True)
    return [name] if card.number is None else [word(f"{card.number}. ", bold=True), name]


def _row(elements: Sequence[Block]) -> list[Block]:
    return [rich(*elements)] if elements else []


def _below(card: Card) -> str:
    return line(" · ".join(filter(None, (card.byline, _reason(card)))), _BYLINE)


def _summary(card: Card, limit: int, emphasised: int) -> list[Block]:
    pieces = marked(line(card.summary, limit), [clean_text(mark) for mark in card.marks])
    rest = "".join(piece for piece, _ in pieces[2 * emphasised :])
    return [word(piece, bold=bold) for piece, bold in (*pieces[: 2 * emphasised], (rest, False)) if piece]


def _posted(standings: Sequence[Standing]) -> list[Block]:
    """Where it was posted; empty where it was not."""
    return [element for piece in told(standings, _name) for element in _elements(*piece)]


def _elements(before: str, name: Block | None, behind: str) -> list[Block]:
    return [word(before), *([name] if name else []), *([word(behind)] if behind else [])]


def _name(channel: Channel) -> Block | None:
    """None where a channel has no name that we may say."""
    named = channel.platform == "slack" and _CHANNEL.fullmatch(channel.id)
    return channel_name(channel.id) if named else None


def _reason(card: Card) -> str:
    reason = line(card.reason, _REASON)
    return f"Why: {reason}" if reason else ""


def _links(card: Card) -> list[Block]:
    """The labelled links, parted by dots; those that lead nowhere are left out."""
    elements: list[Block] = []
    for one in card.links[:_MAX_LINKS]:
        if web_address(one.url):
            elements += [word(" · ")] if elements else []
            elements.append(link(line(one.label, _LABEL) or "link", one.url))
    return elements


def _buttons(card: Card) -> Sequence[Button]:
    return card.buttons or vote_buttons(card.paper)
