"""`/papers today`: what would be posted next."""

from bot.commands.desk import Desk, moment_text, subscription_or_new
from bot.digest import choose, header, picked_cards
from bot.model import Message, Request
from bot.schedule import next_due


def today(desk: Desk, request: Request) -> Message:
    """The next digest as it would be chosen now. Nothing is sent, nothing is learned."""
    subscription = subscription_or_new(desk, request.channel)
    coming = next_due(subscription.cadence, desk.now)
    day = coming[0] if coming else desk.now.date()
    choice = choose(desk.store, desk.recommender, subscription, day, desk.window_days)
    if not choice.picks:
        return Message(header(choice, day, desk.store.last_fetches()).text, "Preview")
    at = moment_text(coming[1], subscription.cadence) if coming else "no day chosen"
    note = f"{len(choice.picks)} of {len(choice.candidates)} new papers so far. Nothing was sent or learned."
    paused = " Digests are paused: /papers resume." if subscription.paused else ""
    return Message(note + paused, f"Preview of the next digest ({at})", picked_cards(choice.picks))
