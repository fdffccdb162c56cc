"""`/papers unfollow TOPIC`."""

from difflib import get_close_matches

from bot.commands.desk import Desk
from bot.commands.follow import bare_category
from bot.errors import UserError
from bot.filters import interest_from_text
from bot.identity import clean_text, id_from_text
from bot.model import Interest, Message, Request


def unfollow(desk: Desk, request: Request) -> Message:
    """Forget an interest by its name, its number in `topics`, or its paper's id."""
    subscription = desk.store.subscription(request.channel)
    interests = tuple(one for one in subscription.interests if one.share) if subscription else ()
    if not interests:
        raise UserError("Nothing is followed here. /papers follow robot learning would start it.")
    interest = _named(interests, clean_text(request.text))
    desk.store.forget_interest(request.channel, interest.name)
    return Message(f"No longer following “{interest.name}”. /papers undo takes that back.")


def _named(interests: tuple[Interest, ...], text: str) -> Interest:
    listed = [one for one in interests if one.paper is None]
    if text.isdecimal() and len(text) < 4:
        if 0 < int(text) <= len(listed):
            return listed[int(text) - 1]
        raise UserError(
            f"Number {text} is not followed by hand. /papers topics lists all; /papers topics delete {text} lets it go."
        )
    by_name = {interest.name.casefold(): interest for interest in interests}
    by_name |= {str(interest.paper): interest for interest in interests if interest.paper}
    wanted = str(id_from_text(text) or interest_from_text(text).name.casefold())
    wanted = wanted if wanted in by_name else bare_category(wanted)
    if wanted in by_name:
        return by_name[wanted]
    near = [name for name in by_name if _has_words(name, wanted)] or get_close_matches(wanted, by_name, 1)
    hint = f"Did you mean “{by_name[near[0]].name}”?" if near else "/papers topics lists what is."
    raise UserError(f"“{text[:100]}” is not followed here. {hint}")


def _has_words(name: str, wanted: str) -> bool:
    return bool(wanted.split()) and set(wanted.split()) <= set(name.split())
