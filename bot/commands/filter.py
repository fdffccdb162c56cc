"""`/papers filter`: what a channel lets through, by words, authors, labs and arXiv categories."""

from collections.abc import Sequence
from dataclasses import replace

from bot.arxiv_categories import category_named, looks_like_category, nearest_category
from bot.commands.desk import Desk, subscribed, subscription_or_new
from bot.commands.follow import CATEGORY, bare_category, begun_text, require_name, share_text, unread_text
from bot.commands.source_names import instead_of, source_for
from bot.digest import own_sources
from bot.errors import UserError
from bot.filters import interest_from_text, is_readable, passes
from bot.identity import clean_text
from bot.model import Channel, Filters, Message, Request, Subscription
from bot.morning import Morning
from bot.recommend import bare_words

_CATEGORIES = ("categories", "category", "cat")
_LONGEST = 100
_MOST = 50
_EXAMPLE = "For example: /papers filter not survey, benchmark, or /papers filter categories cs.CL cs.LG"
_NOT_MEANT = set("no add set exclude include without block hide never except words topic about".split())
_OTHER_WORDS = {"list": "", "show": "", "help": "", "reset": " clear", "none": " clear", "off": " clear"}


def filter_papers(desk: Desk, request: Request) -> Message:
    """Without words: what is let through. With: `only WORDS`, `not WORDS`, `categories NAMES`, `remove`, `clear`."""
    text = clean_text(request.text)
    verb, _, rest = text.partition(" ")
    if not verb:
        return Message(_shown(subscription_or_new(desk, request.channel).filters), "Filters of this channel")
    known = subscription_or_new(desk, request.channel).filters
    filters = _changed(desk, request.channel, known, verb.casefold().rstrip(":"), rest.strip(), text)
    before = desk.store.subscription(request.channel)
    subscription = replace(subscribed(desk, request.channel), filters=filters)
    desk.store.save_filters(request.channel, filters)
    effect = _effect(desk, subscription, _more(known, filters))
    unread = unread_text(desk, [name for name in filters.categories if name not in known.categories])
    begun = begun_text(desk, before, subscription)
    return Message(f"{effect}{unread}\n{_shown(filters)}" + (f"\n{begun.strip()}" if begun else ""))


def _changed(desk: Desk, channel: Channel, known: Filters, verb: str, rest: str, text: str) -> Filters:
    """Raises UserError, with what to type, where the words ask for nothing that can be done."""
    if verb == "only":
        return replace(known, include=_united(known.include, _topics(desk, channel, verb, rest)))
    if verb == "not":
        return replace(known, exclude=_united(known.exclude, _topics(desk, channel, verb, rest)))
    steps = {**dict.fromkeys(_CATEGORIES, _categories), "remove": _remove, "clear": _clear}
    if verb not in steps:
        raise UserError(_meant(desk, channel, text))
    return steps[verb](known, rest)


def _more(known: Filters, filters: Filters) -> tuple[str, ...]:
    """What was added."""
    before = {*known.categories, *known.include, *known.exclude}
    return tuple(
        one for one in (*filters.categories, *filters.include, *filters.exclude) if one not in before
    )


def _shown(filters: Filters) -> str:
    if not (filters.include or filters.exclude or filters.categories):
        return f"Every paper may come. {_EXAMPLE}"
    lines = [
        f"Categories: {', '.join(filters.categories)}" if filters.categories else "",
        f"Only papers about: {', '.join(filters.include)}" if filters.include else "",
        f"Never papers about: {', '.join(filters.exclude)}" if filters.exclude else "",
        "/papers filter remove WORDS takes one away, /papers filter clear all.",
    ]
    return "\n".join(line for line in lines if line)


def _effect(desk: Desk, subscription: Subscription, added: Sequence[str]) -> str:
    """How many of the recent papers would still come, and the way back where none would."""
    private = own_sources(desk.store, subscription.channel)
    papers = [
        p
        for p in Morning(desk.store, desk.now).recent(desk.now.date(), desk.window_days)
        if is_readable(p, private)
    ]
    if not papers:
        return "Done."
    left = sum(passes(paper, subscription.filters, private) for paper in papers)
    done = f"Done. {share_text(desk, left, len(papers))} {'passes' if left == 1 else 'pass'}."
    if left:
        return done
    back = f"remove {', '.join(added)} takes it back" if added else "clear lets every paper come"
    return f"{done} With this nothing would come; /papers filter {back}."


def _parts(text: str) -> tuple[str, ...]:
    """Topics divided by commas, `author:` and `lab:` written in one way; one `author: Li, Fei-Fei` is one."""
    whole = interest_from_text(text)
    parts = [whole.name] if whole.author and "," not in whole.author else text.split(",")
    return tuple(dict.fromkeys(interest_from_text(part.strip()).name for part in parts if part.strip()))


def _topics(desk: Desk, channel: Channel, verb: str, text: str) -> tuple[str, ...]:
    """What may or may not come. Raises UserError where one could match nothing or everything."""
    topics = _parts(text)
    for topic in topics:
        require_name(topic, f"filter {verb}")
    if dull := [topic for topic in topics if not _is_telling(topic)]:
        raise UserError(f"“{dull[0][:60]}” has no telling word. {_EXAMPLE}")
    if not topics:
        raise UserError(f"Name one topic or several. {_EXAMPLE}")
    if elsewhere := _elsewhere(desk, channel, verb, topics):
        raise UserError(elsewhere)
    return topics


def _is_telling(topic: str) -> bool:
    interest = interest_from_text(topic)
    name = interest.author or interest.lab
    return len(topic) <= _LONGEST and (any(map(str.isalnum, name)) if name else bool(bare_words(topic)))


def _elsewhere(desk: Desk, channel: Channel, verb: str, topics: Sequence[str]) -> str:
    """Where categories and sources are chosen; empty where no topic is one of them."""
    names = [name for topic in topics for name in _category_names(topic)]
    if names and verb == "only":
        return f"Use /papers filter categories {' '.join(names)}"
    # "math" and "physics" are words too, and only words can be kept out.
    if [name for name in names if "." in name or "-" in name] or any(bare_category(t) != t for t in topics):
        return (
            "A category cannot be kept out. Choose those that may come: /papers filter categories cs.CL cs.LG"
        )
    if source := next(filter(None, (source_for(desk, topic) for topic in topics)), ""):
        told = instead_of(desk, channel, source) if verb == "not" else f"use /papers sources only {source}"
        return f"“{source}” names a source: {told}."
    return ""


def _category_names(topic: str) -> list[str]:
    """arXiv's names where the topic consists of them."""
    bare = bare_category(topic)
    words = bare.split()
    meant = bare != topic or all(category_named(word) or looks_like_category(word) for word in words)
    return [category_named(word) or nearest_category(word) or word for word in words] if meant else []


def _meant(desk: Desk, channel: Channel, text: str) -> str:
    """What somebody meant who left `only` or `not` out."""
    if text.casefold() in _OTHER_WORDS:
        return f"Did you mean /papers filter{_OTHER_WORDS[text.casefold()]}? {_EXAMPLE}"
    first, _, rest = text.partition(" ")
    words = rest if first.casefold() in _NOT_MEANT else text
    topics = _parts(words)
    for topic in topics:
        require_name(topic, "filter only")
    if not topics or not all(map(_is_telling, topics)):
        return f"I do not understand “{text[:60]}”. {_EXAMPLE}"
    said = ", ".join(topics)
    return (
        _elsewhere(desk, channel, "only", topics)
        or f"Did you mean /papers filter only {said}, or /papers filter not {said}?"
    )


def _united(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    united = tuple({topic.casefold(): topic for topic in (*known, *more)}.values())
    if len(united) > _MOST:
        raise UserError(f"A channel has at most {_MOST} of them. /papers filter remove makes room.")
    return united


def _categories(filters: Filters, text: str) -> Filters:
    names = CATEGORY.sub(" ", text).replace(",", " ").split()
    if unknown := [name for name in names if not category_named(name)]:
        near = nearest_category(unknown[0])
        hint = f" Did you mean {near}?" if near else ""
        raise UserError(f"arXiv has no category “{unknown[0][:60]}”.{hint}")
    if not names:
        raise UserError(f"Name arXiv's categories. {_EXAMPLE}")
    return replace(filters, categories=tuple(dict.fromkeys(map(category_named, names))))


def _remove(filters: Filters, text: str) -> Filters:
    gone = {name.casefold() for part in _parts(text) for name in (part, bare_category(part))}
    if not gone:
        raise UserError("Name what to take away: /papers filter remove survey. /papers filter shows all.")
    left = Filters(
        filters.sources,
        *(
            tuple(topic for topic in row if topic.casefold() not in gone)
            for row in (filters.categories, filters.include, filters.exclude)
        ),
    )
    if left == filters:
        raise UserError(f"“{text[:60]}” is no filter here. /papers filter shows those that are.")
    return left


def _clear(filters: Filters, text: str) -> Filters:
    if text:
        raise UserError(f"/papers filter clear takes all away; /papers filter remove {text[:60]} only that.")
    return Filters(filters.sources)
