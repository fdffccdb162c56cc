"""`/papers undo`: take back what the asker did last in this channel."""

from dataclasses import replace

from bot.commands.desk import Desk, shortened
from bot.model import Change, Message, Reaction, Request

_LONGEST = 80


def undo(desk: Desk, request: Request) -> Message:
    """The asker's latest reaction or act of steering, whichever is later; what others did is left alone."""
    change = desk.store.last_change(request.channel, request.user)
    mine = [one for one in desk.store.reactions(request.channel) if one.user == request.user]
    reaction = max(mine, key=lambda one: one.at, default=None)
    if change and (reaction is None or change.at >= reaction.at):
        return _changed_back(desk, change)
    if reaction:
        return _taken_off(desk, reaction)
    return Message("There is nothing of yours here to take back: neither a reaction nor a change of topics.")


def _changed_back(desk: Desk, change: Change) -> Message:
    what = f"/papers {shortened(change.what, _LONGEST)}"
    if desk.store.take_back(change):
        return Message(f"Taken back: {what}. /papers topics shows how things are now.")
    return Message(
        f"What this channel follows was changed again since your {what}, so I left everything as it is. "
        "/papers topics shows how things are now."
    )


def _taken_off(desk: Desk, reaction: Reaction) -> Message:
    assert reaction.paper, "the store's reactions name their papers"
    desk.store.set_reaction(replace(reaction, at=desk.now, on=False, message=None, event_id=""))
    title = desk.store.papers([reaction.paper])[reaction.paper].title
    return Message(
        f"Taken back: {reaction.name} for “{shortened(title, _LONGEST)}”. The next pick will know."
    )
