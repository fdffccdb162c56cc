"""Adding and removing the feeds of a channel: two steps of `/papers sources`."""

import re

from bot.arxiv_categories import category_named, looks_like_category
from bot.commands.desk import Desk, subscribed
from bot.commands.follow import begun_text
from bot.commands.source_names import (
    host_named,
    instead_of,
    operators_feeds,
    short_title,
    source_for,
)
from bot.errors import SourceError, UserError
from bot.model import Feed, Message, Request
from bot.polling import OPERATORS_FEEDS

MOST_FEEDS = 20
_LONGEST_ADDRESS = 500
_MOST_NAMED = 3
_EXAMPLE = "For example: /papers sources add https://example.org/feed.xml"
_NAMED_FEEDS = re.compile(r"a web page.*?names these feeds: (.+)", re.DOTALL)
_STATUS = re.compile(r"HTTP (\d{3})\b")
_PLAIN = {
    "401": "that address is not open to me",
    "403": "that address is not open to me",
    "404": "there is nothing at that address",
}


def add_feed(desk: Desk, request: Request) -> Message:
    """Read a feed in this channel from now on."""
    _require_manager(request)
    url = _address(desk, request.text)
    if len(desk.store.feeds(request.channel)) >= MOST_FEEDS:
        raise UserError(f"A channel reads at most {MOST_FEEDS} feeds. /papers sources remove 1 makes room.")
    lasting, title = _looked_at(desk, url)
    shown = short_title(title or lasting)
    before = desk.store.subscription(request.channel)
    subscription = subscribed(desk, request.channel)
    if not desk.store.add_feed(Feed(request.channel, lasting, title or lasting, desk.now)):
        raise UserError(f"“{shown}” is read here already.")
    said = f"Reading “{shown}” from now on; its new entries compete for the next digest."
    return Message(said + begun_text(desk, before, subscription))


def _address(desk: Desk, text: str) -> str:
    url = text.partition("|")[0]  # Slack writes <https://…|example.org>
    if category := category_named(url) or (url if looks_like_category(url) else ""):
        raise UserError(
            "Which arXiv categories are read is the operator's choice (sources.arxiv_categories). "
            f"/papers filter categories {category[:60]} lets only that come from arXiv, "
            f"/papers follow {category[:60]} puts it first."
        )
    if source_for(desk, url):
        raise UserError(
            f"“{url}” is no feed: /papers sources shows whether it is read here, /papers sources all reads all."
        )
    if desk.feed_title is None:
        raise UserError("Feeds cannot be added here.")
    if not url.casefold().startswith(("http://", "https://")) or " " in url or len(url) > _LONGEST_ADDRESS:
        raise UserError(f"Name the feed by its address (https://…). {_EXAMPLE}")
    return url


def _looked_at(desk: Desk, url: str) -> tuple[str, str]:
    assert desk.feed_title
    try:
        return desk.feed_title(url)
    except SourceError as error:
        raise UserError(_refusal(error.reason)) from error


def _refusal(reason: str) -> str:
    """What the source says, in words that lead on."""
    if named := _NAMED_FEEDS.search(reason):
        feeds = re.split(r", (?=https?://)", named[1])[:_MOST_NAMED]
        return f"That is a web page. Type {', or '.join(f'/papers sources add {feed}' for feed in feeds)}"
    if "a web page" in reason:
        return "That is a web page, and it names no feed. Look there for a link called RSS or Atom."
    status = _STATUS.search(reason)
    if status and status[1] in _PLAIN:
        return f"I cannot read that: {_PLAIN[status[1]]} (HTTP {status[1]}). Check the address."
    return f"I cannot read that: {reason}."


def _require_manager(request: Request) -> None:
    if not request.manages:
        raise UserError("Only those who may manage this channel can change its feeds.")


def remove_feed(desk: Desk, request: Request) -> Message:
    """Read a feed no longer, by its number, address or title."""
    _require_manager(request)
    feeds = desk.store.feeds(request.channel)
    named = {str(i): feed for i, feed in enumerate(feeds, 1)}
    for one in feeds:
        named |= {name.casefold(): one for name in (short_title(one.title), one.title, one.url)}
    text = request.text.partition("|")[0]
    feed = named.get(text.casefold())
    if feed is None or not desk.store.forget_feed(request.channel, feed.url):
        raise UserError(_no_feed(desk, request, text, bool(feeds)))
    return Message(f"“{short_title(feed.title)}” is no longer read here.")


def _no_feed(desk: Desk, request: Request, text: str, has_feeds: bool) -> str:
    if text in operators_feeds(desk):
        leave_out = instead_of(desk, request.channel, OPERATORS_FEEDS)
        return f"{host_named(text)} is read for every channel: {leave_out}."
    if source := source_for(desk, text):
        return f"“{text}” is no feed of this channel: {instead_of(desk, request.channel, source)}."
    if not has_feeds:
        return f"No feed was added here, so none can be removed. {_EXAMPLE}"
    if not text:
        return "Name a number: /papers sources remove 1. /papers sources lists the feeds with their numbers."
    return "That feed is not read here. /papers sources lists those that are, with their numbers."
