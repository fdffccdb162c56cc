"""Everything that can be asked, in one list: help, every platform's registration and the docs come from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.commands.cite import cite
from bot.commands.completing import COMPLETERS, completions
from bot.commands.crowd import crowd
from bot.commands.desk import Desk, subscription_or_new
from bot.commands.exclude import exclude
from bot.commands.filter import filter_papers
from bot.commands.follow import follow
from bot.commands.help import help_of, help_text
from bot.commands.like import like
from bot.commands.pause import pause
from bot.commands.rate import rate
from bot.commands.report import report
from bot.commands.reset import reset
from bot.commands.results import whole_text
from bot.commands.resume import resume
from bot.commands.saved import saved
from bot.commands.search import search
from bot.commands.seeds import seeds
from bot.commands.share import share
from bot.commands.sources import sources
from bot.commands.status import status
from bot.commands.steer import without_mark
from bot.commands.today import today
from bot.commands.topics import topics
from bot.commands.trending import trending
from bot.commands.undo import undo
from bot.commands.unfollow import unfollow
from bot.commands.unknown import unknown_text
from bot.commands.when import when
from bot.commands.why import why
from bot.errors import UserError
from bot.model import Change, CommandSpec, Completion, Message, Request, Typing, steering_of

__all__ = ["COMMANDS", "SPECS", "Desk", "complete", "dispatch"]


@dataclass(frozen=True)
class Command:
    """One command: how it is offered, and what answers it. `request.text` is its argument alone.

    `steers`: what it changed of the channel's steering is kept, so that `/papers undo` can take it back.
    """

    spec: CommandSpec
    run: Callable[[Desk, Request], Message]
    examples: tuple[str, ...] = ()
    steers: bool = False


def _help(desk: Desk, request: Request) -> Message:
    name = request.text.casefold().removeprefix("/papers").strip()
    found = [command for command in COMMANDS if command.spec.name == name]
    return help_of(found[0].spec, found[0].examples) if found else help_text(SPECS)


COMMANDS: tuple[Command, ...] = (
    Command(
        CommandSpec(
            "search",
            "Find papers by words, author:, cat:, since:, id",
            "words",
            example="speculative decoding",
            completes=True,
        ),
        search,
        (
            "search",
            "search speculative decoding",
            'search "gaussian splatting" -avatar',
            "search author:hinton cat:cs.LG since:2025-06",
            "search decoding posted:here",
            "search robots order:us page:2",
            "search 2401.01234",
            "search 2401.01234 2402.04567",
        ),
    ),
    Command(
        CommandSpec(
            "like",
            "Find papers like one",
            "paper",
            True,
            "2401.01234",
            completes=True,
            about_message="More like this",
        ),
        like,
        ("like 2", "like 2401.01234", "like https://arxiv.org/abs/2401.01234"),
    ),
    Command(CommandSpec("today", "Preview the next digest; nothing is sent or learned"), today),
    Command(
        CommandSpec(
            "follow",
            "Follow words, a category, an author, a lab, a paper",
            "topic",
            example="robot learning",
            completes=True,
        ),
        follow,
        (
            "follow",
            "follow robot learning",
            "follow cs.RO",
            "follow author: Fei-Fei Li",
            "follow lab: Allen Institute for AI",
            "follow https://arxiv.org/abs/2401.01234",
        ),
        steers=True,
    ),
    Command(
        CommandSpec("unfollow", "Stop following a topic", "topic", True, "robot learning", completes=True),
        unfollow,
        ("unfollow robot learning",),
        steers=True,
    ),
    Command(
        CommandSpec(
            "seeds",
            "Papers to find others like: list, add several at once, remove",
            "choice",
            example="add 2401.01234 2402.04567",
            completes=True,
        ),
        seeds,
        (
            "seeds",
            "seeds add 2401.01234",
            "seeds add https://arxiv.org/abs/2401.01234 10.1038/nature12373",
            "seeds remove 1",
        ),
        steers=True,
    ),
    Command(
        CommandSpec("rate", "Rate five papers that teach me most"),
        rate,
        ("rate",),
    ),
    Command(
        CommandSpec(
            "filter",
            "What may come here: words, authors, labs, categories",
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
        steers=True,
    ),
    Command(
        CommandSpec(
            "exclude", "Let no paper come that is about these words", "words", True, "survey, benchmark"
        ),
        exclude,
        ("exclude survey, benchmark",),
        steers=True,
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
        steers=True,
    ),
    Command(
        CommandSpec("status", "How the sources are, what is late, and when the next digest comes"), status
    ),
    Command(
        CommandSpec(
            "topics",
            "What is followed and learned; boost, mute, pin, rename, merge, split, delete",
            "choice",
            example="mute 2 7 days",
            completes=True,
        ),
        topics,
        (
            "topics",
            "topics boost 2",
            "topics boost 2 ×3",
            "topics boost 2 off",
            "topics mute 2 7 days",
            "topics unmute 2",
            "topics pin 2",
            "topics unpin 2",
            "topics rename 2 robot hands",
            "topics merge 1 3",
            "topics split 2",
            "topics delete 2",
            "topics wild 2",
        ),
        steers=True,
    ),
    Command(
        CommandSpec("undo", "Take back your last reaction or change of topics"),
        undo,
        ("undo",),
    ),
    Command(
        CommandSpec(
            "reset", "Forget what was learned from reactions; shows first what would change", "choice"
        ),
        reset,
        ("reset",),
        steers=True,
    ),
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
        CommandSpec("why", "Why a paper was picked, or not", "paper", True, "2401.01234", completes=True),
        why,
        ("why 2", "why 2401.01234"),
    ),
    Command(
        CommandSpec(
            "share", "Show a paper to all in this channel", "paper", True, "2401.01234", completes=True
        ),
        share,
        ("share 2401.01234",),
    ),
    Command(
        CommandSpec("cite", "A paper as BibTeX", "paper", True, "2401.01234", completes=True),
        cite,
        ("cite 2", "cite 2401.01234"),
    ),
    Command(
        CommandSpec(
            "trending",
            "What is much liked: here, in the workspace, everywhere",
            "where",
            example="workspace",
        ),
        trending,
        ("trending", "trending workspace", "trending everywhere"),
    ),
    Command(
        CommandSpec(
            "report", "How well the picks did: now, or each month (on, off)", "choice", example="now"
        ),
        report,
        ("report", "report now", "report on", "report off"),
    ),
    Command(
        CommandSpec(
            "crowd",
            "Whether this workspace's likes help similar channels and theirs help it",
            "choice",
            example="off",
        ),
        crowd,
        ("crowd", "crowd off", "crowd on"),
    ),
    Command(CommandSpec("saved", "The papers that you saved here with 🔖 or 📌"), saved),
    Command(
        CommandSpec("help", "What I can do, or what one command can", "command", example="topics"),
        _help,
        ("help", "help topics"),
    ),
)

_LONGEST_CHANGE = 100

SPECS: tuple[CommandSpec, ...] = tuple(command.spec for command in COMMANDS)


def dispatch(desk: Desk, request: Request) -> Message:
    """Answer a request. Raises UserError where the person can do better; its text says how."""
    name, argument = [*request.text.split(None, 1), "", ""][:2]
    by_name = {command.spec.name: command for command in COMMANDS}
    command = by_name.get(name.casefold() or "help")
    if command is None:
        raise UserError(unknown_text(name, argument.strip(), by_name))
    argument = whole_text(desk, request.channel, argument.strip())
    if command.spec.required and not argument:
        spec = command.spec
        what = spec.argument if spec.argument.endswith("s") else f"a {spec.argument}"
        raise UserError(f"/papers {spec.name} needs {what}: for example /papers {spec.name} {spec.example}")
    asked = replace(request, text=argument)
    return _kept(desk, command, asked) if command.steers else command.run(desk, asked)


def complete(desk: Desk, typing: Typing) -> Sequence[Completion]:
    """What the person may mean who is typing, the best first; none where nothing follows that command."""
    completer = COMPLETERS.get(typing.command.casefold())
    return completions(completer(desk, typing)) if completer else ()


def _kept(desk: Desk, command: Command, request: Request) -> Message:
    """Run it, and keep what it changed of how the channel is steered."""
    before = steering_of(subscription_or_new(desk, request.channel))
    answer = command.run(desk, request)
    after = steering_of(subscription_or_new(desk, request.channel))
    if after != before:
        what = f"{command.spec.name} {without_mark(request.text)[0]}".strip()[:_LONGEST_CHANGE]
        desk.store.record_change(Change(request.channel, request.user, desk.now, what, before, after))
    return answer
