"""Buttons → what people press on Discord: rows of buttons and, where they do not fit, menus. Pure.

Limits: https://discord.com/developers/docs/components/reference
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.adapters.discord.custom_id import custom_id, menu_id
from bot.adapters.discord.text import plain, visible
from bot.digest import vote_buttons
from bot.model import Button, Card

MAX_ROWS, MAX_IN_ROW, MAX_IN_MENU = 5, 5, 25
MAX_LABEL = 80


@dataclass(frozen=True, slots=True)
class Key:
    """One button, or one option of a menu: what it says and what it carries."""

    label: str
    custom_id: str


@dataclass(frozen=True, slots=True)
class Menu:
    """Buttons in a list that unfolds, at most 25."""

    placeholder: str
    custom_id: str
    options: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Menus, then rows of buttons, together at most five. The first `reached` cards have all their buttons there."""

    menus: tuple[Menu, ...]
    rows: tuple[tuple[Key, ...], ...]
    reached: int

    @property
    def carried(self) -> tuple[str, ...]:
        """The ids of all buttons, whether they are in menus or in rows, in the order in which they stand."""
        groups = (*(menu.options for menu in self.menus), *self.rows)
        return tuple(key.custom_id for group in groups for key in group)


def keyboard(cards: Sequence[Card], own: Sequence[Button]) -> Keyboard:
    """The cards' buttons above the message's own: in rows if all of them fit, otherwise the cards' in menus.

    The own ones keep their row, but several rows of them become a menu where there is no room.
    """
    taken: set[str] = set()
    asked = [list(_keys(card.buttons or vote_buttons(card.paper), taken)) for card in cards]
    below = list(_keys(own, taken))
    numbers = ["" if len(cards) == 1 or card.number is None else str(card.number) for card in cards]
    rows = [row for n, keys in zip(numbers, asked, strict=True) for row in _rows(_labelled(n, " ", keys))]
    if len(rows) + len(_rows(below)) <= MAX_ROWS:
        return Keyboard((), (*rows, *_rows(below)), len(cards))
    groups = [_labelled(n, " · ", keys) for n, keys in zip(numbers, asked, strict=True)]
    return _with_menus(groups, numbers, below)


Sheet = list[tuple[int, Key]]
"""What one menu lists, each with the place of its card."""


def _with_menus(groups: Sequence[Sequence[Key]], numbers: Sequence[str], own: Sequence[Key]) -> Keyboard:
    own_rows, folded = _rows(own), list[Sheet]()
    if len(own_rows) > 1 and len(_sheets(groups)) + len(own_rows) > MAX_ROWS:
        folded, own_rows = _sheets([own])[:MAX_ROWS], ()
    room = MAX_ROWS - len(own_rows) - len(folded)
    together = _sheets(groups)
    sheets = together if len(together) <= room else _full_sheets(groups)
    named = [(_title(sheet, numbers, len(sheets)), sheet) for sheet in sheets[:room]]
    named += [("More…", sheet) for sheet in folded]
    menus = (
        Menu(title, menu_id(n), tuple(key for _, key in sheet)) for n, (title, sheet) in enumerate(named)
    )
    left_out = sheets[room:]
    return Keyboard(tuple(menus), own_rows, left_out[0][0][0] if left_out else len(numbers))


def _title(sheet: Sheet, numbers: Sequence[str], of: int) -> str:
    first, last = numbers[sheet[0][0]], numbers[sheet[-1][0]]
    if of == 1 or not first:
        return "With a paper…"
    return plain(f"With paper {first}…" if first == last else f"With papers {first}–{last}…", MAX_LABEL)


def _full_sheets(groups: Sequence[Sequence[Key]]) -> list[Sheet]:
    keys = [(place, key) for place, group in enumerate(groups) for key in group]
    return [keys[start : start + MAX_IN_MENU] for start in range(0, len(keys), MAX_IN_MENU)]


def _sheets(groups: Sequence[Sequence[Key]]) -> list[Sheet]:
    """All keys on sheets of at most 25, a group on one sheet where it can be."""
    sheets: list[Sheet] = []
    for place, keys in enumerate(groups):
        for part in _parts(keys, MAX_IN_MENU):
            if not sheets or len(sheets[-1]) + len(part) > MAX_IN_MENU:
                sheets.append([])
            sheets[-1].extend((place, key) for key in part)
    return sheets


def _rows(keys: Sequence[Key]) -> tuple[tuple[Key, ...], ...]:
    return tuple(tuple(row) for row in _parts(keys, MAX_IN_ROW))


def _parts(keys: Sequence[Key], most: int) -> list[Sequence[Key]]:
    return [keys[start : start + most] for start in range(0, len(keys), most)]


def _labelled(number: str, between: str, keys: Sequence[Key]) -> list[Key]:
    before = f"{number}{between}" if number else ""
    return [Key(plain(f"{before}{key.label}", MAX_LABEL), key.custom_id) for key in keys]


def _keys(buttons: Sequence[Button], taken: set[str]) -> Iterator[Key]:
    for button in buttons:
        carried = custom_id(button, taken)
        if carried is not None:
            taken.add(carried)
            label = button.label if visible(button.label) else button.reaction
            yield Key(plain(label, MAX_LABEL) or "…", carried)
