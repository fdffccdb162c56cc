"""`/papers saved`: what the asker put aside."""

from collections.abc import Sequence

from bot.commands.desk import Desk
from bot.digest import card_of
from bot.model import SAVE, Message, PaperId, Reaction, Request, UserId

_MARKS = frozenset({SAVE, "📌"})
_SHOWN = 10


def saved(desk: Desk, request: Request) -> Message:
    """The asker's own saved papers of this channel, newest first; of the others' only how many there are."""
    reactions = desk.store.reactions(request.channel)
    mine = saved_by(reactions, request.user)
    others = {one.paper for one in reactions if one.name in _MARKS} - {None, *mine}
    elsewhere = f"Others here saved {len(others)} more." if others else ""
    if not mine:
        hint = "You have saved nothing here yet: put 🔖 on a paper, or press its button."
        return Message(f"{hint} {elsewhere}".strip())
    found = desk.store.papers(mine[:_SHOWN])
    more = f"And {len(mine) - _SHOWN} more." if len(mine) > _SHOWN else ""
    cards = tuple(card_of(found[one]) for one in mine[:_SHOWN] if one in found)
    return Message(f"{more} {elsewhere}".strip(), "Saved by you", cards)


def saved_by(reactions: Sequence[Reaction], user: UserId) -> list[PaperId]:
    """The papers that the person put aside, the latest first."""
    marked = (one for one in reversed(reactions) if one.name in _MARKS and one.user == user)
    return list(dict.fromkeys(one.paper for one in marked if one.paper))
