"""`/papers sources`: where a channel's papers come from; adding and removing feeds."""

from dataclasses import replace

from bot.circumstances import listed, source_named
from bot.commands.desk import Desk, circumstances_of, subscribed, subscription_or_new
from bot.errors import SourceError, UserError
from bot.identity import clean_text
from bot.model import Channel, Feed, Message, Request

MOST_FEEDS = 20
_LONGEST_ADDRESS = 500
_EXAMPLE = "For example: /papers sources add https://example.org/feed.xml, or /papers sources only arxiv"


def sources(desk: Desk, request: Request) -> Message:
    """Without words: what is read here. With: `add URL`, `remove NUMBER or URL`, `only NAMES`, `all`."""
    verb, _, rest = request.text.strip().partition(" ")
    steps = {"add": _add, "remove": _remove, "only": _only, "all": _all}
    if not verb:
        return Message(_shown(desk, request.channel), "Sources of this channel")
    if verb.casefold() not in steps:
        raise UserError(f"I do not understand “{verb[:60]}”. {_EXAMPLE}")
    return steps[verb.casefold()](desk, replace(request, text=clean_text(rest).strip("<>")))


def _feeds(desk: Desk, channel: Channel) -> list[Feed]:
    return desk.store.feeds(channel)


def _shown(desk: Desk, channel: Channel) -> str:
    chosen = subscription_or_new(desk, channel).filters.sources
    names = dict.fromkeys(name for name, _ in desk.asked if name != "feed")
    read = [source_named(name) for name in names if not chosen or name in chosen]
    not_read = [source_named(name) for name in names if chosen and name not in chosen]
    feeds = [f"{i}. {feed.title}: {feed.url}" for i, feed in enumerate(_feeds(desk, channel), 1)]
    lines = [
        f"Read here: {listed(read) or 'no source of this installation'}.",
        f"Switched off here: {listed(not_read)} (/papers sources all)." if not_read else "",
        *(["Feeds:", *feeds] if feeds else ["No feed was added yet."]),
        f"{_EXAMPLE}. /papers status says how they are; /papers filter narrows what comes.",
    ]
    return "\n".join(line for line in lines if line)


def _add(desk: Desk, request: Request) -> Message:
    _require_manager(request)
    url = request.text.split("|")[0]  # Slack writes <https://…|example.org>
    if desk.feed_title is None:
        raise UserError("Feeds cannot be added here.")
    if not url.casefold().startswith(("http://", "https://")) or " " in url or len(url) > _LONGEST_ADDRESS:
        raise UserError(f"Name the feed by its address (https://…). {_EXAMPLE}")
    if len(_feeds(desk, request.channel)) >= MOST_FEEDS:
        raise UserError(f"A channel reads at most {MOST_FEEDS} feeds. /papers sources remove 1 makes room.")
    try:
        lasting, title = desk.feed_title(url)
    except SourceError as error:
        raise UserError(f"I cannot read that: {error.reason}.") from error
    subscribed(desk, request.channel)
    if not desk.store.add_feed(Feed(request.channel, lasting, title or lasting, desk.now)):
        raise UserError(f"“{title or lasting}” is read here already.")
    return Message(f"Reading “{title or lasting}” from now on; its new entries compete for the next digest.")


def _require_manager(request: Request) -> None:
    if not request.manages:
        raise UserError("Only those who may manage this channel can change its feeds.")


def _remove(desk: Desk, request: Request) -> Message:
    _require_manager(request)
    feeds = _feeds(desk, request.channel)
    named = {str(i): feed for i, feed in enumerate(feeds, 1)}
    named |= {feed.title.casefold(): feed for feed in feeds} | {feed.url.casefold(): feed for feed in feeds}
    feed = named.get(request.text.split("|")[0].casefold())
    if feed is None or not desk.store.forget_feed(request.channel, feed.url):
        raise UserError(
            "That feed is not read here. /papers sources lists those that are, with their numbers."
        )
    return Message(f"“{feed.title}” is no longer read here.")


def _only(desk: Desk, request: Request) -> Message:
    by_name = {name.casefold(): name for name, _ in desk.asked if name != "feed"}
    by_name |= {source_named(name).casefold().replace(" ", ""): name for name in by_name.values()}
    given = request.text.replace(",", " ").split()
    unknown = [word for word in given if word.casefold() not in by_name]
    if unknown or not given:
        known = ", ".join(dict.fromkeys(by_name.values())) or "none"
        raise UserError(f"Name sources that are read by this installation: {known}.")
    return _chosen(desk, request, tuple(dict.fromkeys(by_name[word.casefold()] for word in given)))


def _all(desk: Desk, request: Request) -> Message:
    return _chosen(desk, request, ())


def _chosen(desk: Desk, request: Request, names: tuple[str, ...]) -> Message:
    filters = replace(subscribed(desk, request.channel).filters, sources=names)
    desk.store.save_filters(request.channel, filters)
    given = circumstances_of(desk, subscription_or_new(desk, request.channel))
    said = listed([source_named(name) for name in names]) if names else "every source"
    feeds = " and the feeds that were added here" if given.titles else ""
    return Message(f"Done: papers come from {said}{feeds}. /papers today shows a preview.")
