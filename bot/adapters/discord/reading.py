"""What a message on Discord shows: its buttons, the papers they are about, its words."""

from collections.abc import Iterator

import discord

from bot.adapters.beginning import beginning
from bot.adapters.discord.custom_id import button_from_custom_id
from bot.model import PaperId


def carried(message: discord.Message) -> Iterator[str]:
    """The ids of its buttons, as a Keyboard tells them: those in menus, too, whose own ids change."""
    for row in message.components:
        for item in row.children if isinstance(row, discord.ActionRow) else ():
            if isinstance(item, discord.SelectMenu):
                yield from (option.value for option in item.options)
            else:
                yield item.custom_id or ""


def papers_shown(message: discord.Message) -> Iterator[PaperId]:
    """The papers that the buttons of a message of ours are about, in their order; some come several times."""
    found = (button_from_custom_id(one) for one in carried(message))
    yield from (button.paper for button in found if button and button.paper)


def argument_from_message(message: discord.Message, *, ours: bool) -> str:
    """What a command about a message is asked about: the paper that one of ours shows, or else the message's words.

    Of those only the `beginning`.
    """
    shown = next(papers_shown(message), None) if ours else None
    return shown or beginning(" ".join(" ".join(_texts(message)).split()))


def _texts(message: discord.Message) -> Iterator[str]:
    """What it says and whereto it leads; of a forwarded message, what that says."""
    said: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    for one in said:
        yield one.content
        for embed in one.embeds:
            yield from (text for text in (embed.url, embed.title, embed.description) if text)
