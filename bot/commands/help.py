"""`/papers help`, from the list of commands."""

from collections.abc import Sequence

from bot.model import CommandSpec, Message

MOST = 1_900
"""Characters that the list may have: Discord shows no more than 2,000, and escapes some of them."""


def help_text(specs: Sequence[CommandSpec]) -> Message:
    """One line per command, at most MOST characters in all, and how learning works."""
    lines = [f"/papers {usage(spec)}: {spec.summary}." for spec in specs]
    lines.append(
        "React 👍 or 👎 to a paper, or press its buttons, and tomorrow's pick is better; 🔖 saves it."
    )
    lines.append("Thank you to arXiv for use of its open access interoperability.")
    return Message("\n".join(lines), "Paperboy")


def help_of(spec: CommandSpec, examples: Sequence[str]) -> Message:
    """One command, with everything that can be typed after it."""
    shown = "\n".join(f"/papers {example}" for example in examples or (spec.name,))
    return Message(f"{spec.summary}. For example:\n{shown}", f"/papers {usage(spec)}")


def usage(spec: CommandSpec) -> str:
    """`search WORDS`, `when [CHOICE]`."""
    if not spec.argument:
        return spec.name
    argument = spec.argument.upper()
    return f"{spec.name} {argument}" if spec.required else f"{spec.name} [{argument}]"
