"""Buttons that need no memory: what a press means is written on the button itself."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, Self, cast

import discord

from bot.adapters.discord.custom_id import PATTERN, button_from_custom_id
from bot.adapters.discord.render import Key
from bot.model import Button


class Pressed(Protocol):
    """Whoever takes what was pressed: the listening client."""

    async def on_press(self, interaction: discord.Interaction[Any], button: Button) -> None:
        """Acknowledge, hand in, show the receipt or the answer."""


class LastingButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=PATTERN):
    """A button of a card, a receipt or an answer; discord.py makes it anew for every press, on any message."""

    def __init__(self, key: Key, row: int | None = None) -> None:
        super().__init__(discord.ui.Button(label=key.label, custom_id=key.custom_id, row=row))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read a press on a message of any age."""
        return cls(Key("…", match[0]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to the client."""
        button = button_from_custom_id(self.custom_id)
        assert button is not None, "the template let through what the pattern does not know"
        await cast(Pressed, interaction.client).on_press(interaction, button)


def view_from_rows(rows: Iterable[Sequence[Key]]) -> discord.ui.View:
    """discord.py's form of the rows; keeps nothing in memory once sent."""
    view = discord.ui.View(timeout=None)
    for place, row in enumerate(rows):
        for key in row:
            view.add_item(LastingButton(key, place))
    return view
