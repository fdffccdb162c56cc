"""`/papers rate`: the papers whose rating would teach most."""

from bot.commands.desk import Desk, coming_morning, subscription_or_new
from bot.digest import card_of, choose
from bot.model import Message, Paper, Request

_ASKED = 5
_LONGER_WINDOW = 30
"""Days that are looked at where the usual ones have too few papers: what is old is as good to ask about."""
_HOW = (
    "Press 👍 or 👎 under each: these ratings teach me most. /papers rate asks again, /papers topics shows what I "
    "learned, /papers undo takes a rating back."
)


def rate(desk: Desk, request: Request) -> Message:
    """Five cards to be judged; those that were rated or offered here do not come again."""
    papers = _questions(desk, request, desk.window_days)
    if len(papers) < _ASKED:
        papers = _questions(desk, request, max(desk.window_days, _LONGER_WINDOW))
    if not papers:
        return Message(
            "There is no paper here that was not offered or rated yet. Try again when new ones have come."
        )
    return Message(_HOW, "Quick ratings", tuple(map(card_of, papers)))


def _questions(desk: Desk, request: Request, window_days: int) -> list[Paper]:
    subscription = subscription_or_new(desk, request.channel)
    day, morning = coming_morning(desk, subscription)
    choice = choose(morning, desk.recommender, subscription, day, window_days)
    return desk.recommender.questions(choice.profile, choice.candidates, _ASKED)
