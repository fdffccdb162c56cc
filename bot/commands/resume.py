"""`/papers resume`."""

from bot.commands.desk import Desk, subscribed
from bot.commands.follow import next_text
from bot.model import Message, Request


def resume(desk: Desk, request: Request) -> Message:
    """Start again; mornings missed while paused are not made up."""
    subscribed(desk, request.channel)
    desk.store.save_paused(request.channel, "", since=desk.now)
    return Message(f"Digests are on. {next_text(desk, subscribed(desk, request.channel))}")
