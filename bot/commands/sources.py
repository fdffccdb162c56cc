"""`/papers sources`: where a channel's papers come from; adding and removing feeds."""

from dataclasses import replace

from bot.arxiv_categories import category_named
from bot.circumstances import listed, source_named
from bot.commands.desk import Desk, subscribed, subscription_or_new
from bot.commands.feeds import add_feed, remove_feed
from bot.commands.follow import begun_text
from bot.commands.source_names import (
    asked_names,
    host_named,
    operators_feeds,
    short_title,
    sources_in,
)
from bot.errors import UserError
from bot.identity import clean_text
from bot.model import Channel, Message, Request
from bot.polling import OPERATORS_FEEDS, is_category

_MOST_AREAS = 20
_EXAMPLE = "For example: /papers sources add https://example.org/feed.xml, or /papers sources only arxiv"


def sources(desk: Desk, request: Request) -> Message:
    """Without words: what is read here. With: `add URL`, `remove NUMBER or URL`, `only NAMES`, `all`."""
    verb, _, rest = request.text.strip().partition(" ")
    steps = {"add": add_feed, "remove": remove_feed, "only": _only, "all": _all}
    if not verb:
        return Message(_shown(desk, request.channel), "Sources of this channel")
    if verb.casefold() not in steps:
        raise UserError(f"I do not understand “{verb[:60]}”. {_EXAMPLE}")
    return steps[verb.casefold()](desk, replace(request, text=clean_text(rest).strip("<>")))


def _shown(desk: Desk, channel: Channel) -> str:
    chosen = subscription_or_new(desk, channel).filters.sources
    names = asked_names(desk)
    read = [name for name in names if not chosen or name in chosen]
    not_read = [source_named(name) for name in names if name not in read]
    own = listed([_with_categories(desk, name) for name in read if name != OPERATORS_FEEDS])
    hosts = dict.fromkeys(host_named(url) for url in operators_feeds(desk))
    feeds = [
        f"{i}. {short_title(feed.title)}: {feed.url}" for i, feed in enumerate(desk.store.feeds(channel), 1)
    ]
    lines = [
        "" if read and not own else f"Read here: {own or 'no source of this installation'}.",
        f"For every channel: {listed(tuple(hosts))}." if OPERATORS_FEEDS in read else "",
        f"Switched off here: {listed(not_read)} (/papers sources all)." if not_read else "",
        *(["Feeds:", *feeds] if feeds else ["No feed was added yet."]),
        f"{_EXAMPLE}. /papers status says how they are; /papers filter narrows what comes.",
    ]
    return "\n".join(line for line in lines if line)


def _with_categories(desk: Desk, name: str) -> str:
    """`arXiv (cs.CL, cs.LG)`; other sources by their names."""
    areas = [area for source, area in desk.asked if source == name == "arxiv" and is_category(area)]
    more = [f"{len(areas) - _MOST_AREAS} more"] if len(areas) > _MOST_AREAS else []
    return (
        f"{source_named(name)} ({', '.join((*areas[:_MOST_AREAS], *more))})" if areas else source_named(name)
    )


def _only(desk: Desk, request: Request) -> Message:
    names, unknown = sources_in(desk, request.text)
    if unknown or not names:
        known = ", ".join(asked_names(desk)) or "none"
        raise UserError(f"{_wrong(unknown)}Name sources that are read by this installation: {known}.")
    return _chosen(desk, request, tuple(names))


def _wrong(unknown: list[str]) -> str:
    if not unknown:
        return ""
    if category := category_named(unknown[0]):
        return f"{category} is a category: /papers filter categories {category}. "
    if unknown[0].casefold() in {"feed", "feeds", "rss"}:
        return "The feeds that were added here come in any case. "
    return f"“{unknown[0][:60]}” is no source here. "


def _all(desk: Desk, request: Request) -> Message:
    return _chosen(desk, request, ())


def _chosen(desk: Desk, request: Request, names: tuple[str, ...]) -> Message:
    before = desk.store.subscription(request.channel)
    subscription = subscribed(desk, request.channel)
    desk.store.save_filters(request.channel, replace(subscription.filters, sources=names))
    said = listed([source_named(name) for name in names]) if names else "every source"
    feeds = " and the feeds that were added here" if desk.store.feeds(request.channel) else ""
    done = f"Done: papers come from {said}{feeds}. /papers today shows a preview."
    return Message(done + begun_text(desk, before, subscription))
