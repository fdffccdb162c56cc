"""`/papers topics`: what a channel follows and what has been learned from its reactions."""

from bot.commands.desk import Desk, subscription_or_new
from bot.commands.follow import interest_text, next_text
from bot.model import Message, Request
from bot.morning import Morning

_WORDS = 6
_SHOWN = 40


def topics(desk: Desk, request: Request) -> Message:
    """Interests by number, then the words that the channel's likes and dislikes speak for."""
    subscription = subscription_or_new(desk, request.channel)
    profile = Morning(desk.store, desk.now).profile(subscription)
    lines = [f"{i}. {interest_text(interest)}" for i, interest in enumerate(subscription.interests, 1)]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"… and {len(lines) - _SHOWN} more, up to number {len(lines)}"]
    if not lines:
        lines = ["Nothing is followed yet: /papers follow robot learning (or cs.RO, or a paper's address)."]
    liked = sum(value > 0 for _, value in profile.ratings)
    disliked = sum(value < 0 for _, value in profile.ratings)
    lines.append(_learned_from(liked, disliked))
    towards, away = desk.recommender.leanings(profile, _WORDS)
    lines.append("more of: " + (", ".join(towards) or "nothing yet; react 👍 to a paper"))
    lines.append("less of: " + (", ".join(away) or "nothing yet; react 👎 to a paper"))
    lines.append(next_text(desk, subscription))
    return Message("\n".join(lines), "Topics of this channel")


def _learned_from(liked: int, disliked: int) -> str:
    counts = ((liked, "liked"), (disliked, "turned-down"))
    said = [f"{count} {kind} {'paper' if count == 1 else 'papers'}" for count, kind in counts if count]
    return f"Learned from {' and '.join(said)}:" if said else "Nothing learned from reactions yet:"
