"""`/papers` for Discord: one group, one subcommand per CommandSpec, registered only when it changed.

Discord has room for 25 subcommands, and for 5 commands in the menus of messages.
https://discord.com/developers/docs/interactions/application-commands
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.adapters.discord.reading import argument_from_message
from bot.adapters.discord.text import plain, size, visible
from bot.model import CommandSpec, Completion

Ask = Callable[[discord.Interaction[Any], str, str], Awaitable[None]]
"""Takes the interaction, the command's name and its argument; sees the asker answered."""

Complete = Callable[[discord.Interaction[Any], str, str], Awaitable[Sequence[Completion]]]
"""Takes the interaction, the command's name and what is typed so far; never raises."""

GROUP = "papers"
_MAX_NAME, _MAX_SUMMARY = 32, 100
_MAX_CHOICES, _MAX_CHOICE = 25, 100
_NOT_IN_NAMES = re.compile(r"[^\w-]+")
_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
_INSTALLS = app_commands.AppInstallationType(guild=True, user=False)
_COMPARED = (
    "type",
    "name",
    "description",
    "required",
    "autocomplete",
    "options",
    "contexts",
    "integration_types",
    "default_member_permissions",
    "nsfw",
)


def papers_group(specs: Sequence[CommandSpec], ask: Ask, complete: Complete) -> app_commands.Group:
    """The group with all subcommands; usable in servers that installed us and in our direct messages."""
    group = app_commands.Group(
        name=GROUP,
        description="New research papers for this channel, and how it likes them",
        allowed_contexts=_CONTEXTS,
        allowed_installs=_INSTALLS,
    )
    for spec in specs:
        group.add_command(_subcommand(spec, ask, complete))
    return group


def message_menus(specs: Sequence[CommandSpec], ask: Ask) -> Iterator[app_commands.ContextMenu]:
    """What a message's own menu offers, where the group is offered."""
    for spec in specs:
        if spec.about_message:
            yield app_commands.ContextMenu(
                name=spec.about_message[:_MAX_NAME],
                callback=_about_message(spec, ask),
                allowed_contexts=_CONTEXTS,
                allowed_installs=_INSTALLS,
            )


def option_name(text: str) -> str:
    """A name that Discord allows: lower case, word characters and hyphens, 1 to 32 of them."""
    return _NOT_IN_NAMES.sub("-", text.lower()).strip("-")[:_MAX_NAME].rstrip("-") or "text"


def choices(completions: Iterable[Completion]) -> list[app_commands.Choice[str]]:
    """As Discord offers them. What it cannot show, or could not bring back whole, is left out; of twins, the later."""
    offered: dict[str, str] = {}
    for one in completions:
        if visible(one.label) and one.value.strip() and size(one.value) <= _MAX_CHOICE:
            offered.setdefault(plain(one.label, _MAX_CHOICE), one.value)
    named = [app_commands.Choice(name=label, value=value) for label, value in offered.items()]
    return named[:_MAX_CHOICES]


def _subcommand(spec: CommandSpec, ask: Ask, complete: Complete) -> app_commands.Command[Any, ..., None]:
    return app_commands.Command(
        name=option_name(spec.name),
        description=plain(spec.summary, _MAX_SUMMARY) or spec.name,
        callback=_callback(spec, ask, complete),
    )


def _callback(spec: CommandSpec, ask: Ask, complete: Complete) -> Any:
    async def without(interaction: discord.Interaction[Any]) -> None:
        await ask(interaction, spec.name, "")

    async def required(interaction: discord.Interaction[Any], argument: str) -> None:
        await ask(interaction, spec.name, argument)

    async def optional(interaction: discord.Interaction[Any], argument: str = "") -> None:
        await ask(interaction, spec.name, argument)

    async def typing(interaction: discord.Interaction[Any], text: str) -> list[app_commands.Choice[str]]:
        return choices(await complete(interaction, spec.name, text))

    if not spec.argument:
        return without
    named = app_commands.rename(argument=option_name(spec.argument))
    described = app_commands.describe(argument=plain(spec.argument, _MAX_SUMMARY))
    taken = described(named(required if spec.required else optional))
    return app_commands.autocomplete(argument=typing)(taken) if spec.completes else taken


def _about_message(spec: CommandSpec, ask: Ask) -> Any:
    async def about(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        own = interaction.client.user
        argument = argument_from_message(message, ours=own is not None and message.author.id == own.id)
        await ask(interaction, spec.name, argument)

    return about


async def register(tree: app_commands.CommandTree[Any], application: int) -> bool:
    """Bring Discord's list of our commands up to date; False where it was. Discord allows 200 a day."""
    registered = await tree.client.http.get_global_commands(application)
    wanted = [command.to_dict(tree) for command in tree.get_commands()]
    if comparable(registered) == comparable(wanted):
        return False
    await tree.sync()
    return True


def comparable(commands: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What we say about commands, without what Discord adds and without what is left unsaid."""
    return sorted(map(_compared, commands), key=lambda command: (command.get("type", 1), command["name"]))


def _compared(command: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: command[key] for key in _COMPARED if command.get(key)}
    for key in {"contexts", "integration_types"} & kept.keys():
        kept[key] = sorted(kept[key])
    if "options" in kept:
        kept["options"] = [_compared(option) for option in kept["options"]]
    return kept
