"""Buttons and menus that need no memory: what a press means is written on the button itself."""

import re
from collections.abc import Sequence
from typing import Any, Protocol, Self, cast

import discord

from bot.adapters.discord.custom_id import MENU_PATTERN, PATTERN, button_from_custom_id, other_turn
from bot.adapters.discord.keyboard import Key, Keyboard, Menu
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
        await _hand_in(interaction, self.custom_id)


class LastingMenu(discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]], template=MENU_PATTERN):
    """Buttons in a menu; choosing one is pressing it, on a message of any age."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Take the menu as it stands on the message."""
        return cls(cast("discord.ui.Select[discord.ui.View]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the choice to the client as a press."""
        await _hand_in(interaction, self.item.values[0])


async def _hand_in(interaction: discord.Interaction[Any], custom_id: str) -> None:
    button = button_from_custom_id(custom_id)
    assert button is not None, "Discord brings back what we wrote there"
    await cast(Pressed, interaction.client).on_press(interaction, button)


def view_of(keys: Keyboard) -> discord.ui.View:
    """discord.py's form of it; keeps nothing in memory once sent."""
    return _view([*keys.menus, *keys.rows])


def view_turned(message: discord.Message) -> discord.ui.View:
    """The message's own, each menu under its other id: so nothing is chosen in it, and everything may be again."""
    rows = [row.children for row in message.components if isinstance(row, discord.ActionRow)]
    return _view([_read(row) for row in rows])


def _view(rows: Sequence[Menu | Sequence[Key]]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for place, row in enumerate(rows):
        if isinstance(row, Menu):
            view.add_item(LastingMenu(_select(row), row=place))
        else:
            for key in row:
                view.add_item(LastingButton(key, place))
    return view


def _select(menu: Menu) -> "discord.ui.Select[discord.ui.View]":
    options = [discord.SelectOption(label=key.label, value=key.custom_id) for key in menu.options]
    return discord.ui.Select(custom_id=menu.custom_id, placeholder=menu.placeholder, options=options)


def _read(row: Sequence[discord.Component]) -> Menu | list[Key]:
    for item in row:
        if isinstance(item, discord.SelectMenu):
            keys = tuple(Key(option.label, option.value) for option in item.options)
            return Menu(item.placeholder or "", other_turn(item.custom_id), keys)
    pressed = [item for item in row if isinstance(item, discord.Button)]
    return [Key(item.label or "…", item.custom_id or "") for item in pressed]
