"""`/papers resume`."""

from dataclasses import replace

from bot.commands.desk import Desk, subscribed
from bot.commands.follow import next_text
from bot.model import Message, Request


def resume(desk: Desk, request: Request) -> Message:
    """Start again; mornings missed while paused are not made up."""
    subscription = subscribed(desk, request.channel)
    running = replace(subscription, paused="", since=desk.now if subscription.paused else subscription.since)
    desk.store.save_subscription(running)
    return Message(f"Digests are on. {next_text(desk, running)}")
