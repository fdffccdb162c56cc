"""`/papers pause`."""

from dataclasses import replace

from bot.commands.desk import Desk, subscribed
from bot.model import Message, Request


def pause(desk: Desk, request: Request) -> Message:
    """Stop the digests; everything learned stays."""
    subscription = subscribed(desk, request.channel)
    if subscription.paused:
        return Message(
            f"Digests are paused already ({subscription.paused}). /papers resume starts them again."
        )
    desk.store.save_subscription(replace(subscription, paused=f"paused here on {desk.now:%d %B %Y}"))
    return Message("No more digests until /papers resume. What I learned stays, and search goes on working.")
