"""Cards as the terminal shows them: one box per paper."""

from collections.abc import Sequence

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from bot.adapters.marks import marked
from bot.adapters.standings import in_words
from bot.identity import clean_text
from bot.model import Button, Card, Channel


def panel(card: Card, here: Channel) -> Panel:
    """Title, byline, summary with its marked words, reason, where it was posted, address, what its commands are."""
    lines = [_title(card), Text(clean_text(card.byline), style="dim")]
    if card.summary:
        lines.append(_summary(card))
    if card.reason:
        lines.append(Text(f"Why: {clean_text(card.reason)}", style="italic green"))
    if card.posted:
        named = in_words(card.posted, lambda channel: "" if channel == here else clean_text(channel.id))
        lines.append(Text("".join(named), style="dim"))
    if address := _address(card):
        lines.append(Text(address, style="dim"))
    return Panel(Group(*lines, *_commands(card.buttons)), border_style="dim", width=100)


def offer(what: str, label: str) -> Text:
    """One line: what to type, and what it is for."""
    return Text(clean_text(f"› {what} · {label}"), style="yellow")


def _title(card: Card) -> Text:
    title = Text(f"{card.number}  " if card.number else "", style="bold yellow")
    address = _address(card)
    title.append(clean_text(card.title)[:300], style=f"bold link {address}" if address else "bold")
    return title


def _address(card: Card) -> str:
    return card.url if card.url.startswith(("http://", "https://")) else ""


def _summary(card: Card) -> Text:
    pieces = marked(clean_text(card.summary), [clean_text(mark) for mark in card.marks])
    return Text.assemble(*((piece, "bold" if on else "") for piece, on in pieces))


def _commands(buttons: Sequence[Button]) -> list[Text]:
    """A vote is not listed: how to type one stands below all."""
    return [offer(f"/papers {button.command}", button.label) for button in buttons if button.command]
