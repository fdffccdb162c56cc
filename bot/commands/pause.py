"""`/papers pause`."""

from bot.commands.desk import Desk, subscribed
from bot.model import Message, Request

BY_HAND = "paused here"
"""How the reason begins where people paused it; otherwise the channel could not be reached."""


def pause(desk: Desk, request: Request) -> Message:
    """Stop the digests; everything learned stays."""
    subscribed(desk, request.channel)
    if desk.store.save_paused(request.channel, f"{BY_HAND} on {desk.now:%d %B %Y}"):
        return Message(
            "No more digests until /papers resume. What I learned stays, and search goes on working."
        )
    reason = subscribed(desk, request.channel).paused
    return Message(f"Digests are paused already ({reason}). /papers resume starts them again.")
