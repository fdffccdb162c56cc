"""`/papers exclude WORDS`: the same as `/papers filter not WORDS`."""

from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.filter import filter_papers
from bot.model import Message, Request


def exclude(desk: Desk, request: Request) -> Message:
    """Let nothing come that is about these words."""
    return filter_papers(desk, replace(request, text=f"not {request.text}"))
