"""Everything that can be asked, in one list: help, every platform's registration and the docs come from it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.commands.desk import Desk
from bot.commands.filter import filter_papers
from bot.commands.follow import follow
from bot.commands.help import help_text
from bot.commands.pause import pause
from bot.commands.resume import resume
from bot.commands.saved import saved
from bot.commands.search import search
from bot.commands.sources import sources
from bot.commands.status import status
from bot.commands.today import today
from bot.commands.topics import topics
from bot.commands.unfollow import unfollow
from bot.commands.unknown import unknown_text
from bot.commands.when import when
from bot.commands.why import why
from bot.errors import UserError
from bot.model import CommandSpec, Message, Request

__all__ = ["COMMANDS", "SPECS", "Desk", "dispatch"]


@dataclass(frozen=True)
class Command:
    """One command: how it is offered, and what answers it. `request.text` is its argument alone."""

    spec: CommandSpec
    run: Callable[[Desk, Request], Message]
    examples: tuple[str, ...] = ()


def _help(desk: Desk, request: Request) -> Message:
    return help_text(SPECS)


COMMANDS: tuple[Command, ...] = (
    Command(
        CommandSpec(
            "search", "Find papers by words, arXiv id or address", "words", True, "speculative decoding"
        ),
        search,
        ("search speculative decoding", 'search "gaussian splatting" -avatar', "search 2401.01234"),
    ),
    Command(CommandSpec("today", "Preview the next digest; nothing is sent or learned"), today),
    Command(
        CommandSpec(
            "follow",
            "Follow words, an arXiv category, an author, a lab, or papers like one",
            "topic",
            True,
            "robot learning",
        ),
        follow,
        (
            "follow robot learning",
            "follow cs.RO",
            "follow author: Fei-Fei Li",
            "follow lab: Allen Institute for AI",
            "follow https://arxiv.org/abs/2401.01234",
        ),
    ),
    Command(
        CommandSpec("unfollow", "Stop following a topic", "topic", True, "robot learning"),
        unfollow,
        ("unfollow robot learning",),
    ),
    Command(
        CommandSpec(
            "filter",
            "What may come here at all, by words, authors, labs and arXiv categories",
            "choice",
            example="not survey, benchmark",
        ),
        filter_papers,
        (
            "filter",
            "filter only diffusion, flow matching",
            "filter not survey",
            "filter not author: Fei-Fei Li",
            "filter categories cs.CL cs.LG",
            "filter remove survey",
            "filter clear",
        ),
    ),
    Command(
        CommandSpec(
            "sources",
            "Where papers come from here; add or remove a feed",
            "choice",
            example="add https://example.org/feed.xml",
        ),
        sources,
        (
            "sources",
            "sources add https://example.org/feed.xml",
            "sources remove 1",
            "sources only arxiv",
            "sources all",
        ),
    ),
    Command(
        CommandSpec("status", "How the sources are, what is late, and when the next digest comes"), status
    ),
    Command(CommandSpec("topics", "What this channel follows and what I have learned"), topics),
    Command(
        CommandSpec(
            "when",
            "Show or choose days, time, time zone and size of the digest",
            "choice",
            example="mon-fri 08:30 Europe/Berlin 8 papers",
        ),
        when,
        ("when", "when mon-fri 08:30 Europe/Berlin 8 papers", "when daily 7am new york"),
    ),
    Command(CommandSpec("pause", "Stop the digests until /papers resume"), pause),
    Command(CommandSpec("resume", "Start the digests again"), resume),
    Command(
        CommandSpec("why", "Why a paper was picked, or not", "paper", True, "2401.01234"),
        why,
        ("why 2", "why 2401.01234"),
    ),
    Command(CommandSpec("saved", "The papers that you saved here with 🔖 or 📌"), saved),
    Command(CommandSpec("help", "What I can do"), _help),
)

SPECS: tuple[CommandSpec, ...] = tuple(command.spec for command in COMMANDS)


def dispatch(desk: Desk, request: Request) -> Message:
    """Answer a request. Raises UserError where the person can do better; its text says how."""
    name, argument = [*request.text.split(None, 1), "", ""][:2]
    by_name = {command.spec.name: command for command in COMMANDS}
    command = by_name.get(name.casefold() or "help")
    if command is None:
        raise UserError(unknown_text(name, argument.strip(), by_name))
    argument = argument.strip()
    if command.spec.required and not argument:
        spec = command.spec
        what = spec.argument if spec.argument.endswith("s") else f"a {spec.argument}"
        raise UserError(f"/papers {spec.name} needs {what}: for example /papers {spec.name} {spec.example}")
    return command.run(desk, replace(request, text=argument))
