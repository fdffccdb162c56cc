"""`/papers follow TOPIC`: words, an arXiv category, an author, a lab, or a paper to find others like it."""

import re

from bot.arxiv_categories import category_named, looks_like_category, nearest_category
from bot.commands.desk import Desk, coming_digest, known_paper, moment_text, subscribed, when_text
from bot.digest import recent
from bot.errors import UserError
from bot.identity import clean_text, id_from_text
from bot.model import Interest, Message, Request, Subscription
from bot.recommend import bare_words, is_about

_PERSON_OR_LAB = re.compile(r"(author|lab)\s*:\s*(.+)", re.IGNORECASE)
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
    return Message(
        f"Following {interest_text(interest)}.{_matching(desk, interest)} {next_text(desk, subscription)}"
    )


def _matching(desk: Desk, interest: Interest) -> str:
    if interest.paper:
        return ""
    papers = recent(desk.store, desk.now.date(), desk.window_days)
    count = sum(is_about(paper, interest) for paper in papers)
    return (
        f" {count} of the {len(papers)} papers of the last {desk.window_days} days match." if papers else ""
    )


def interest_text(interest: Interest) -> str:
    """As people read it: `cs.RO (category)`, `papers by NAME`, `papers like “Title”`, or the words."""
    if interest.author:
        return f"papers by {interest.author}"
    if interest.lab:
        return f"papers from {interest.lab}"
    if interest.paper:
        return f"papers like “{interest.name}”"
    return f"{interest.name} (category)" if interest.category else f"“{interest.name}”"


def next_text(desk: Desk, subscription: Subscription) -> str:
    """When the next digest comes and how to change that."""
    if subscription.paused:
        return schedule_text(desk, subscription)
    return f"{schedule_text(desk, subscription)}; /papers when changes that, /papers today shows a preview."


def schedule_text(desk: Desk, subscription: Subscription) -> str:
    """`5 papers Mon–Fri at 09:00 (UTC) (next: Mon 2 Mar, 09:00)`, or that digests are paused."""
    if subscription.paused:
        return f"Digests are paused ({subscription.paused}): /papers resume starts them."
    coming = coming_digest(desk, subscription)
    at = f" (next: {moment_text(coming[1], subscription.cadence)})" if coming else ""
    return f"{subscription.size} papers {when_text(subscription.cadence)}{at}"


def _interest(desk: Desk, topic: str) -> Interest:
    if match := _PERSON_OR_LAB.fullmatch(topic):
        return _followed_name(match[1].casefold(), _sound(match[2].strip()))
    if category := category_named(topic):
        return Interest(category, category=category)
    if looks_like_category(topic):
        near = nearest_category(topic)
        hint = f" Did you mean {near}?" if near else ""
        raise UserError(f"arXiv has no category “{topic[:_LONGEST]}”.{hint}")
    if paper_id := id_from_text(topic):
        paper = known_paper(desk, paper_id)
        if paper is None:
            raise UserError(f"No source knows {paper_id}. Check the id or address.")
        return Interest(paper.title[:_LONGEST], paper=paper.id)
    return Interest(_sound(topic))


def _followed_name(kind: str, name: str) -> Interest:
    """Names are told apart from topics of the same words by what is shown."""
    shown = f"{kind}: {name}"
    return Interest(shown, author=name) if kind == "author" else Interest(shown, lab=name)


def _sound(topic: str) -> str:
    """The words if they can be followed."""
    if "://" in topic or topic.casefold().startswith("www."):
        raise UserError("I can follow arXiv, DOI and Hugging Face addresses of papers, not this one.")
    if len(topic) > _LONGEST:
        raise UserError(f"A topic has at most {_LONGEST} characters. Follow several short ones instead.")
    parts = [part.strip() for part in topic.split(",") if part.strip()]
    if len(parts) > 1:
        raise UserError(
            f"Follow them one by one: {', then '.join(f'/papers follow {part}' for part in parts)}"
        )
    if not any(len(word) > 1 for word in bare_words(topic)):
        raise UserError("A topic needs telling words: for example /papers follow robot learning")
    return topic
