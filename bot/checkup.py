"""How the installation is: what `paperboy check` finds by asking, and what `paperboy status` reads from the store."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType

from bot.circumstances import source_line
from bot.errors import BotError, PlatformError
from bot.model import Feed, Fetch, Post, Subscription
from bot.polling import by_part
from bot.ports import ChatPlatform, PaperSource, SearchIndex, Store
from bot.schedule import next_due


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was asked: how it is, and what to do where it is not well."""

    what: str
    ok: bool
    text: str
    advice: str = ""


async def check_all(
    store: Store,
    platforms: Sequence[ChatPlatform],
    sources: Sequence[PaperSource],
    hosts: Mapping[str, str] = MappingProxyType({}),
) -> list[Finding]:
    """Ask everything at once: the database, every configured platform and source.

    `hosts` says which host a source of that name asks, for the advice.
    """
    questions = [
        _ask("database", _papers(store), lambda _: _MIGRATE),
        *(_ask(platform.name, platform.check(), _platform_advice) for platform in platforms),
        *(_ask_source(source, hosts.get(source.name, "")) for source in sources),
    ]
    findings = list(await asyncio.gather(*questions))
    if not platforms:
        findings.insert(1, Finding("platforms", False, "none is configured", NO_PLATFORM))
    return findings


NO_PLATFORM = (
    "Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN (README: Slack in five minutes, Discord in five "
    "minutes). `paperboy demo` needs none."
)


_MIGRATE = "Run `paperboy migrate`, or name another database with --store."


def _platform_advice(error: BotError) -> str:
    if not isinstance(error, PlatformError) or error.permanent:
        return "Correct the token it names, then run `paperboy check` again."
    return f"{error.platform.capitalize()} cannot be reached: is there a network?"


def _source_advice(name: str, host: str, error: BotError) -> str:
    asked = f"can {host} be reached from here" if host else "can it be reached from here"
    return f"If this lasts: {asked}, and is that its address (sources.{name}_…)?"


def _ask_source(source: PaperSource, host: str) -> Awaitable[Finding]:
    what = f"{source.name} {source.area}".strip()
    return _ask(what, source.check(), partial(_source_advice, source.name, host))


async def _papers(store: Store) -> str:
    return f"{await asyncio.to_thread(store.paper_count):,} papers"


async def _ask(what: str, question: Awaitable[str], advice: Callable[[BotError], str]) -> Finding:
    try:
        return Finding(what, True, await question)
    except BotError as error:
        return Finding(what, False, str(error).removeprefix(f"{what.split(maxsplit=1)[0]}: "), advice(error))


@dataclass(frozen=True, slots=True)
class Status:
    """What the store knows: papers, channels, how each source's last drain went and which was its last good one."""

    papers: int
    indexed: bool
    subscriptions: tuple[Subscription, ...]
    fetches: tuple[Fetch, ...]
    successes: tuple[Fetch, ...]
    feeds: tuple[Feed, ...]
    troubled: tuple[Post, ...]


def status_of(store: Store, index: SearchIndex, now: datetime) -> Status:
    """Read it; nothing is asked over the network. `troubled` are the last week's messages that did not arrive."""
    behind = store.papers_after(index.position(), 1)
    return Status(
        store.paper_count(),
        not behind,
        tuple(store.subscriptions()),
        tuple(store.last_fetches()),
        tuple(store.last_successes()),
        tuple(store.feeds()),
        tuple(store.troubled_posts((now - timedelta(days=7)).date())),
    )


def status_lines(status: Status, now: datetime) -> list[str]:
    """The status as an operator reads it."""
    lines = [f"{status.papers:,} papers, search index {'up to date' if status.indexed else 'behind'}"]
    good, titles = by_part(status.successes), {feed.url: feed.title for feed in status.feeds}
    lines += [
        source_line(fetch, good.get((fetch.source, fetch.area)), UTC, titles) for fetch in status.fetches
    ] or ["no source has been read yet"]
    lines += [_channel_line(s, now) for s in status.subscriptions] or ["no channel has subscribed yet"]
    lines += [f"{post.key}: {post.state.upper()}: {post.error}" for post in status.troubled]
    return lines


def _channel_line(subscription: Subscription, now: datetime) -> str:
    if subscription.paused:
        return f"{subscription.channel}: paused: {subscription.paused}"
    coming = next_due(subscription.cadence, now)
    when = f"next digest {coming[1]:%Y-%m-%d %H:%M} UTC" if coming else "no day chosen"
    return f"{subscription.channel}: {subscription.size} papers, {when}"
