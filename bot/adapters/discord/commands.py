"""`/papers` for Discord: one group, one subcommand per CommandSpec, registered only when it changed."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.adapters.discord.text import plain
from bot.model import CommandSpec

Ask = Callable[[discord.Interaction[Any], str, str], Awaitable[None]]
"""Takes the interaction, the command's name and its argument; sees the asker answered."""

GROUP = "papers"
_MAX_NAME, _MAX_SUMMARY = 32, 100
_NOT_IN_NAMES = re.compile(r"[^\w-]+")
_COMPARED = (
    "type",
    "name",
    "description",
    "required",
    "options",
    "contexts",
    "integration_types",
    "default_member_permissions",
    "nsfw",
)


def papers_group(specs: Sequence[CommandSpec], ask: Ask) -> app_commands.Group:
    """The group with all subcommands; usable in servers that installed us and in our direct messages."""
    group = app_commands.Group(
        name=GROUP,
        description="New research papers for this channel, and how it likes them",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    for spec in specs:
        group.add_command(_subcommand(spec, ask))
    return group


def option_name(text: str) -> str:
    """A name that Discord allows: lower case, word characters and hyphens, 1 to 32 of them."""
    return _NOT_IN_NAMES.sub("-", text.lower()).strip("-")[:_MAX_NAME].rstrip("-") or "text"


def _subcommand(spec: CommandSpec, ask: Ask) -> app_commands.Command[Any, ..., None]:
    return app_commands.Command(
        name=option_name(spec.name),
        description=plain(spec.summary, _MAX_SUMMARY) or spec.name,
        callback=_callback(spec, ask),
    )


def _callback(spec: CommandSpec, ask: Ask) -> Any:
    async def without(interaction: discord.Interaction[Any]) -> None:
        await ask(interaction, spec.name, "")

    async def required(interaction: discord.Interaction[Any], argument: str) -> None:
        await ask(interaction, spec.name, argument)

    async def optional(interaction: discord.Interaction[Any], argument: str = "") -> None:
        await ask(interaction, spec.name, argument)

    if not spec.argument:
        return without
    named = app_commands.rename(argument=option_name(spec.argument))
    described = app_commands.describe(argument=plain(spec.argument, _MAX_SUMMARY))
    return described(named(required if spec.required else optional))


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
    return sorted(map(_compared, commands), key=lambda command: str(command["name"]))


def _compared(command: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: command[key] for key in _COMPARED if command.get(key)}
    for key in {"contexts", "integration_types"} & kept.keys():
        kept[key] = sorted(kept[key])
    if "options" in kept:
        kept["options"] = [_compared(option) for option in kept["options"]]
    return kept
