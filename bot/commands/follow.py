"""`/papers follow TOPIC`: words, an arXiv category, an author, a lab, or a paper to find others like it."""

import re
from collections.abc import Iterable

from bot.arxiv_categories import category_named, looks_like_category, nearest_category, twin_of, within
from bot.circumstances import listed
from bot.commands.desk import (
    Desk,
    coming_digest,
    moment_text,
    subscribed,
    subscription_or_new,
    when_text,
)
from bot.commands.named import known_paper
from bot.errors import UserError
from bot.filters import interest_from_text
from bot.identity import clean_text, id_from_text
from bot.model import Channel, Interest, Message, Picker, Request, Subscription
from bot.morning import Morning
from bot.polling import is_category
from bot.recommend import bare_words, is_about
from bot.steering import MOST_INTERESTS, by_words

_NAMELESS = re.compile(r"(author|lab|category|cat)\s*:", re.IGNORECASE)
CATEGORY = re.compile(r"\b(?:category|cat)\s*:\s*", re.IGNORECASE)
_SUCH_AS = {"author": "author: Fei-Fei Li", "lab": "lab: Allen Institute for AI", "category": "cs.RO"}
_LONGEST = 100
_PROMPT = Message(
    "Type what this channel wants to read, for example /papers follow robot learning: words, an arXiv category "
    "(cs.RO), author: Fei-Fei Li, lab: Allen Institute for AI, or a paper's address to get papers like it.",
    "Follow",
    picker=Picker("Follow a topic, author or category", "follow"),
)


def follow(desk: Desk, request: Request) -> Message:
    """Add an interest; the first one subscribes the channel. Without words: what can be followed."""
    if not request.text:
        return _PROMPT
    interest = _interest(desk, request.channel, clean_text(request.text))
    _require_other_words(desk, request.channel, interest)
    subscription = subscribed(desk, request.channel)
    if len(subscription.interests) >= MOST_INTERESTS:
        raise UserError(f"A channel follows at most {MOST_INTERESTS} topics. /papers unfollow makes room.")
    if not desk.store.add_interest(request.channel, interest):
        raise UserError(f"“{interest.name}” is followed here already. /papers topics lists all.")
    unread = unread_text(desk, [interest.category] if interest.category else [])
    return Message(
        f"Following {interest_text(interest)}.{_matching(desk, interest)}{unread} {next_text(desk, subscription)}"
    )


def _require_other_words(desk: Desk, channel: Channel, interest: Interest) -> None:
    """Raises UserError where a topic of the same words, plurals or not, is followed: it would match the same papers."""
    wanted = bare_words(interest.name)
    topics = filter(by_words, subscription_or_new(desk, channel).interests)
    for one in topics if by_words(interest) else ():
        if bare_words(one.name) == wanted and one.name.casefold() != interest.name.casefold():
            raise UserError(
                f"“{one.name}” is followed here already, and “{interest.name}” says the same. "
                "/papers topics lists all."
            )


def _matching(desk: Desk, interest: Interest) -> str:
    if interest.paper:
        return ""
    papers = Morning(desk.store, desk.now).recent(desk.now.date(), desk.window_days)
    count = sum(is_about(paper, interest) for paper in papers)
    verb = "matches" if count == 1 else "match"
    return f" {share_text(desk, count, len(papers))} {verb}." if papers else ""


def share_text(desk: Desk, count: int, papers: int) -> str:
    """`3 of the 40 papers of the last 4 days`."""
    days = "the last day" if desk.window_days == 1 else f"the last {desk.window_days} days"
    whole = "1 paper" if papers == 1 else f"the {papers} papers"
    return f"{count} of {whole} of {days}"


def unread_text(desk: Desk, categories: Iterable[str]) -> str:
    """A warning of categories whose arXiv feed is not read, a space before it; empty where there are none.

    It is also empty where arXiv is not read at all: then nothing of it was promised.
    """
    areas = [area for source, area in desk.asked if source == "arxiv" and is_category(area)]
    read = {name for area in areas for name in within(area)}
    read |= {twin_of(name) for name in read}
    unread = [category for category in categories if areas and read.isdisjoint(within(category))]
    if not unread:
        return ""
    verb, them = ("is", "it") if len(unread) == 1 else ("are", "them")
    return (
        f" {listed(unread)} {verb} not read here: only cross-lists come; "
        f"the operator can add {them} (sources.arxiv_categories)."
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


def begun_text(desk: Desk, before: Subscription | None, subscription: Subscription) -> str:
    """That the channel gets digests from now on, a space before it; empty where it did `before`."""
    return "" if before else f" This channel gets digests from now on: {next_text(desk, subscription)}"


def next_text(desk: Desk, subscription: Subscription) -> str:
    """When the next digest comes and how to change that."""
    if subscription.paused:
        return f"{schedule_text(desk, subscription)}."
    return f"{schedule_text(desk, subscription)}; /papers when changes that, /papers today shows a preview."


def schedule_text(desk: Desk, subscription: Subscription) -> str:
    """`5 papers Mon–Fri at 09:00 (UTC) (next: Mon 2 Mar, 09:00)`, or that digests are paused; no full stop."""
    if subscription.paused:
        return f"Digests are paused ({subscription.paused}): /papers resume starts them"
    coming = coming_digest(desk, subscription)
    at = f" (next: {moment_text(coming[1], subscription.cadence)})" if coming else ""
    papers = "1 paper" if subscription.size == 1 else f"{subscription.size} papers"
    return f"{papers} {when_text(subscription.cadence).replace('Every day', 'every day')}{at}"


def _interest(desk: Desk, channel: Channel, topic: str) -> Interest:
    require_name(topic, "follow")
    named = interest_from_text(topic)
    if named.author or named.lab:
        _sound(named.author or named.lab, "author: " if named.author else "lab: ")
        return named
    if category := _category(topic):
        return Interest(category, category=category)
    if paper_id := id_from_text(topic):
        paper = known_paper(desk, channel, paper_id)
        if paper is None:
            raise UserError(f"No source knows {paper_id}. Check the id or address.")
        return Interest(paper.title[:_LONGEST], paper=paper.id)
    return Interest(_sound(topic))


def require_name(topic: str, command: str) -> None:
    """Raises UserError for `author:`, `lab:`, `category:` or `cat:` and nothing after it."""
    if match := _NAMELESS.fullmatch(topic):
        kind = "category" if match[1].casefold() == "cat" else match[1].casefold()
        of = "filter categories" if kind == "category" and command != "follow" else command
        raise UserError(f"Name the {kind} too: for example /papers {of} {_SUCH_AS[kind]}")


def _category(topic: str) -> str:
    """The category that can only be meant; empty for words. Raises UserError where there is no such category."""
    name = bare_category(topic)
    prefixed = name != topic
    if category := category_named(name):
        return category
    if prefixed:
        _require_one(name, "category: ")
    if not prefixed and not looks_like_category(name):
        return ""
    near = nearest_category(name)
    hint = f" Did you mean {near}?" if near else ""
    raise UserError(f"arXiv has no category “{name[:_LONGEST]}”.{hint}")


def bare_category(topic: str) -> str:
    """`category: cs.RO` and `cat:cs.RO` → `cs.RO`; any other text as it is."""
    match = CATEGORY.match(topic)
    return topic[match.end() :] if match else topic


def _sound(topic: str, prefix: str = "") -> str:
    """The words, or the name after the prefix, if they can be followed."""
    if "://" in topic or topic.casefold().startswith("www."):
        raise UserError("I can follow arXiv, DOI and Hugging Face addresses of papers, not this one.")
    if len(topic) > _LONGEST:
        raise UserError(f"A topic has at most {_LONGEST} characters. Follow several short ones instead.")
    _require_one(topic, prefix)
    telling = any(map(str.isalnum, topic)) if prefix else any(len(word) > 1 for word in bare_words(topic))
    if not telling:
        raise UserError("A topic needs telling words: for example /papers follow robot learning")
    return topic


def _require_one(topic: str, prefix: str) -> None:
    """Raises UserError where there are several, with the commands for each."""
    parts = [part.strip() for part in topic.split(",") if part.strip()]
    if len(parts) > 1:
        each = (f"/papers follow {part if ':' in part else prefix + part}" for part in parts)
        raise UserError(f"Follow them one by one: {', then '.join(each)}")
