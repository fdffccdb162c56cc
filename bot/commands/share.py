"""`/papers share PAPER`: a paper for all to see, in the channel where it was asked for."""

from bot.commands.certain import certain_paper, which
from bot.commands.desk import Desk, local_day, subscription_or_new
from bot.commands.pause import BY_HAND
from bot.digest import card_of
from bot.errors import UserError
from bot.model import DeliveryKey, Message, Post, Request


def share(desk: Desk, request: Request) -> Message:
    """Plan a message with its card, once a day; votes on it count like any others. Raises UserError.

    Where the paper is not certain, nothing is posted, and the asker is asked which one is meant.
    """
    paper = certain_paper(desk, request.channel, request.text)
    if paper is None:
        return which(desk, request, "Share", "share")
    subscription = subscription_or_new(desk, request.channel)
    if subscription.paused and not subscription.paused.startswith(BY_HAND):
        raise UserError(
            f"I cannot post here ({subscription.paused}). Once that is mended, /papers resume tells me so."
        )
    day = local_day(desk, subscription)
    message = Message("Shared from /papers.", cards=(card_of(paper),))
    key = DeliveryKey(f"{request.channel}#{day}#share:{paper.id}")
    if not desk.store.share(Post(key, request.channel, day, 0, message, paper.id)):
        return Message(f"“{paper.title}” was shared here today already.")
    return Message(f"Shared “{paper.title}”; it will appear here in a moment.")
