"""`/papers today`: what would be posted next."""

from bot.circumstances import trouble
from bot.commands.desk import (
    Desk,
    circumstances_of,
    coming_digest,
    local_day,
    moment_text,
    subscription_or_new,
)
from bot.digest import card_of, choose, fitting, header, reason_of
from bot.model import Message, Request
from bot.morning import Morning


def today(desk: Desk, request: Request) -> Message:
    """The next digest as it would be chosen now. Nothing is sent, nothing is learned."""
    subscription = subscription_or_new(desk, request.channel)
    coming = coming_digest(desk, subscription)
    day = coming[0] if coming else local_day(desk, subscription)
    choice = choose(
        Morning(desk.store, coming[1] if coming else desk.now),
        desk.recommender,
        subscription,
        day,
        desk.window_days,
    )
    given = circumstances_of(desk, subscription)
    if not choice.picks:
        return Message(header(choice, day, given).text, "Preview")
    at = moment_text(coming[1], subscription.cadence) if coming else "no day chosen"
    few = f"{len(choice.picks)} of {len(choice.candidates)} new papers so far."
    said = (few, fitting(choice), trouble(given), "Nothing was sent or learned.")
    note = " ".join(part for part in said if part)
    paused = " Digests are paused: /papers resume." if subscription.paused else ""
    # No numbers: "why 2" means the latest digest's second paper.
    cards = tuple(
        card_of(pick.paper, reason_of(pick), None, given.categories, given.titles) for pick in choice.picks
    )
    return Message(note + paused, f"Preview of the next digest ({at})", cards)
