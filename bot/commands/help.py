"""`/papers help`, from the list of commands."""

from collections.abc import Sequence

from bot.model import CommandSpec, Message


def help_text(specs: Sequence[CommandSpec]) -> Message:
    """One line per command, and how learning works."""
    lines = [f"/papers {usage(spec)}: {spec.summary}{_such_as(spec)}." for spec in specs]
    lines.append(
        "React 👍 or 👎 to a paper, or press its buttons, and tomorrow's pick is better; 🔖 saves it for /papers saved."
    )
    lines.append("Thank you to arXiv for use of its open access interoperability.")
    return Message("\n".join(lines), "Paperboy")


def _such_as(spec: CommandSpec) -> str:
    return f" (such as {spec.name} {spec.example})" if spec.example else ""


def usage(spec: CommandSpec) -> str:
    """`search WORDS`, `when [CHOICE]`."""
    if not spec.argument:
        return spec.name
    argument = spec.argument.upper()
    return f"{spec.name} {argument}" if spec.required else f"{spec.name} [{argument}]"
