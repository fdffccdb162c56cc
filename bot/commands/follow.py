"""`/papers follow TOPIC`: words, an arXiv category, or a paper to find others like it."""

import re

from bot.commands.desk import Desk, known_paper, moment_text, subscribed, when_text
from bot.errors import UserError
from bot.identity import clean_text, id_from_text
from bot.model import Interest, Message, Request, Subscription
from bot.schedule import next_due

_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?\.[A-Za-z]{2}(?:-[a-z]+)?|[a-z]+-(?:ph|th|ex|lat|qc)", re.ASCII)
_LONGEST = 100
_MOST = 50


def follow(desk: Desk, request: Request) -> Message:
    """Add an interest; the first one subscribes the channel."""
    interest = _interest(desk, clean_text(request.text))
    subscription = subscribed(desk, request.channel)
    if len(subscription.interests) >= _MOST:
        raise UserError(f"A channel follows at most {_MOST} topics. /papers unfollow makes room.")
    if not desk.store.add_interest(request.channel, interest):
        raise UserError(f"“{interest.name}” is followed here already. /papers topics lists all.")
    return Message(f"Following {interest_text(interest)}. {next_text(desk, subscription)}")


def interest_text(interest: Interest) -> str:
    """As people read it: `cs.RO (category)`, `papers like “Title”`, or the words."""
    if interest.paper:
        return f"papers like “{interest.name}”"
    return f"{interest.name} (category)" if interest.category else f"“{interest.name}”"


def next_text(desk: Desk, subscription: Subscription) -> str:
    """When the next digest comes and how to change that."""
    if subscription.paused:
        return f"Digests are paused ({subscription.paused}): /papers resume starts them."
    coming = next_due(subscription.cadence, desk.now)
    at = f" (next: {moment_text(coming[1], subscription.cadence)})" if coming else ""
    return (
        f"{subscription.size} papers {when_text(subscription.cadence)}{at}; "
        "/papers when changes that, /papers today shows a preview."
    )


def _interest(desk: Desk, topic: str) -> Interest:
    if len(topic) > _LONGEST and not topic.startswith(("http://", "https://")):
        raise UserError(f"A topic has at most {_LONGEST} characters. Follow several short ones instead.")
    if _CATEGORY.fullmatch(topic):
        return Interest(topic, category=topic)
    if paper_id := id_from_text(topic):
        paper = known_paper(desk, paper_id)
        if paper is None:
            raise UserError(f"No source knows {paper_id}. Check the id or address.")
        return Interest(paper.title[:_LONGEST], paper=paper.id)
    if not re.search(r"\w\w", topic):
        raise UserError("A topic needs words: for example /papers follow robot learning")
    return Interest(topic)
