"""Cards as they come, for the renderer of Slack."""

from dataclasses import replace
from datetime import date

from bot.model import Button, Card, Channel, Link, PaperId, Standing
from tests.adapters.slack_blocks import Json

CHANNEL = Channel("slack", "T1", "C1")
ACTIONS = ["👍", "👎", "Save", "More like this", "Cite"]


def plain_card(number: int) -> Card:
    return Card(
        PaperId(f"arxiv:2401.{number:05}"),
        f"A paper about the number {number}",
        f"https://arxiv.org/abs/2401.{number:05}",
        "Ada Lovelace, Charles Babbage · 21 Nov · cs.CL",
        "Two sentences say what it is about. They are of the usual length for a summary, no more.",
        "like “Attention Is All You Need”, for attention, transformer",
        (Link("PDF", "https://arxiv.org/pdf/2401.00001"), Link("code", "https://github.com/a/b")),
        number,
    )


def found_card(number: int) -> Card:
    """One of the results of a search, with all that one has."""
    return replace(
        plain_card(number),
        summary="… a network of attention layers, nothing but attention heads, attends to words. " * 3,
        reason="",
        buttons=tuple(Button(label, command=f"{label} arxiv:2401.{number:05}") for label in ACTIONS),
        marks=("attention", "network", "attends"),
        posted=(Standing(CHANNEL, date(2026, 10, 3), 7),),
    )


def kinds(blocks: list[Json]) -> str:
    return " ".join(block["type"] for block in blocks)
