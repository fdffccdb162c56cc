"""`/papers filter`: what a channel lets through, by words and arXiv categories."""

from dataclasses import replace

from bot.arxiv_categories import category_named, nearest_category
from bot.commands.desk import Desk, subscribed, subscription_or_new
from bot.digest import own_sources, recent
from bot.errors import UserError
from bot.filters import is_readable, passes
from bot.identity import clean_text
from bot.model import Filters, Message, Request, Subscription
from bot.recommend import bare_words

_LONGEST = 100
_MOST = 50
_EXAMPLE = "For example: /papers filter not survey, benchmark, or /papers filter categories cs.CL cs.LG"


def filter_papers(desk: Desk, request: Request) -> Message:
    """Without words: what is let through. With: `only WORDS`, `not WORDS`, `categories NAMES`, `remove`, `clear`."""
    verb, _, rest = clean_text(request.text).partition(" ")
    steps = {"only": _only, "not": _not, "categories": _categories, "remove": _remove, "clear": _clear}
    if not verb:
        return Message(_shown(subscription_or_new(desk, request.channel).filters), "Filters of this channel")
    if verb.casefold() not in steps:
        raise UserError(f"I do not understand “{verb[:60]}”. {_EXAMPLE}")
    subscription = subscribed(desk, request.channel)
    filters = steps[verb.casefold()](subscription.filters, rest.strip())
    desk.store.save_filters(request.channel, filters)
    return Message(f"{_effect(desk, replace(subscription, filters=filters))}\n{_shown(filters)}")


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


def _effect(desk: Desk, subscription: Subscription) -> str:
    """How many of the recent papers would still come."""
    private = own_sources(desk.store, subscription.channel)
    papers = [p for p in recent(desk.store, desk.now.date(), desk.window_days) if is_readable(p, private)]
    left = sum(passes(paper, subscription.filters, private) for paper in papers)
    days = desk.window_days
    return f"Done. {left} of the {len(papers)} papers of the last {days} days pass." if papers else "Done."


def _topics(text: str) -> tuple[str, ...]:
    """Topics divided by commas. Raises UserError where one could match nothing or everything."""
    topics = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    dull = [topic for topic in topics if len(topic) > _LONGEST or not bare_words(topic)]
    if dull or not topics:
        what = f"“{dull[0][:60]}” has no telling word." if dull else "Name one topic or several."
        raise UserError(f"{what} {_EXAMPLE}")
    return topics


def _united(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    united = tuple({topic.casefold(): topic for topic in (*known, *more)}.values())
    if len(united) > _MOST:
        raise UserError(f"A channel has at most {_MOST} of them. /papers filter remove makes room.")
    return united


def _only(filters: Filters, text: str) -> Filters:
    return replace(filters, include=_united(filters.include, _topics(text)))


def _not(filters: Filters, text: str) -> Filters:
    return replace(filters, exclude=_united(filters.exclude, _topics(text)))


def _categories(filters: Filters, text: str) -> Filters:
    names = text.replace(",", " ").split()
    if unknown := [name for name in names if not category_named(name)]:
        near = nearest_category(unknown[0])
        hint = f" Did you mean {near}?" if near else ""
        raise UserError(f"arXiv has no category “{unknown[0][:60]}”.{hint}")
    if not names:
        raise UserError(f"Name arXiv's categories. {_EXAMPLE}")
    return replace(filters, categories=tuple(dict.fromkeys(map(category_named, names))))


def _remove(filters: Filters, text: str) -> Filters:
    gone = {part.strip().casefold() for part in text.split(",")}
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
