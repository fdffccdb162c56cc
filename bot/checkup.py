"""How the installation is: what `paperboy check` finds by asking, and what `paperboy status` reads from the store."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.circumstances import source_line
from bot.errors import BotError, PlatformError, StoreError
from bot.model import Feed, Fetch, Post, Subscription
from bot.polling import HISTORY, by_part
from bot.ports import ChatPlatform, PaperSource, SearchIndex, Store
from bot.schedule import next_due


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was asked: how it is, and what to do where it is not well."""

    what: str
    ok: bool
    text: str
    advice: str = ""


SourceAdvice = Callable[[PaperSource, BotError], str]
"""What to do where that source failed so."""

AT_ONCE = 50
"""Questions that are open at the same time; channels may have added any number of feeds."""


def _worth_asking(sources: Sequence[PaperSource]) -> list[PaperSource]:
    """One of arXiv's archives answers for all of them, and each question to arXiv takes three seconds."""
    archives = [source for source in sources if source.area.startswith(HISTORY)]
    return [source for source in sources if source not in archives[1:]]


NO_PLATFORM = (
    "Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN (README: Slack in five minutes, Discord in five "
    "minutes). `paperboy demo` needs none."
)


async def check_all(
    store: Store,
    platforms: Sequence[ChatPlatform],
    sources: Sequence[PaperSource],
    advise: SourceAdvice = lambda source, error: "",
) -> list[Finding]:
    """Ask everything at once: the database, every configured platform and source.

    `advise` says what to do where a source failed. Where it was the database that failed it, that is said once.
    """
    turn = asyncio.Semaphore(AT_ONCE)
    questions = [
        _ask("database", _papers(store), _store_advice),
        *(_ask(platform.name, platform.check(), _platform_advice) for platform in platforms),
        *(_ask_source(source, advise, turn) for source in _worth_asking(sources)),
    ]
    findings = list(await asyncio.gather(*questions))
    if not platforms:
        findings.insert(1, Finding("platforms", False, "none is configured", NO_PLATFORM))
    return findings


def _store_advice(error: BotError) -> str:
    if "paperboy migrate" in str(error):
        return "Or name another database with --store or PAPERBOY_STORE."
    return "Is it the right one (--store, PAPERBOY_STORE or store.url), and can it be reached from here?"


def _platform_advice(error: BotError) -> str:
    if not isinstance(error, PlatformError) or error.permanent:
        return "Correct the token it names, then run `paperboy check` again."
    return f"{error.platform.capitalize()} cannot be reached: is there a network?"


async def _ask_source(source: PaperSource, advise: SourceAdvice, turn: asyncio.Semaphore) -> Finding:
    what = f"{source.name} {source.area}".strip()
    async with turn:
        try:
            answer = await source.check()
        except StoreError:
            return Finding(what, False, "not asked: the database failed")
        except BotError as error:
            return Finding(what, False, str(error).removeprefix(f"{source.name}: "), advise(source, error))
    return Finding(what, True, answer)


async def _papers(store: Store) -> str:
    return f"{await asyncio.to_thread(store.paper_count):,} papers"


async def _ask(what: str, question: Awaitable[str], advice: Callable[[BotError], str]) -> Finding:
    try:
        return Finding(what, True, await question)
    except BotError as error:
        return Finding(what, False, str(error).removeprefix(f"{what}: "), advice(error))


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
    read = [fetch.area for fetch in status.fetches if fetch.source in {"feed", "feeds"}]
    good, titles = by_part(status.successes), feed_names(read, status.feeds)
    lines += [
        source_line(fetch, good.get((fetch.source, fetch.area)), UTC, titles) for fetch in status.fetches
    ] or ["no source has been read yet"]
    lines += [_channel_line(s, now) for s in status.subscriptions] or ["no channel has subscribed yet"]
    lines += [f"{post.key}: {post.state.upper()}: {post.error}" for post in status.troubled]
    return lines


def feed_names(addresses: Iterable[str], added: Sequence[Feed]) -> dict[str, str]:
    """What each feed is called: by the title that a channel's has, where no other has the same; else by its address."""
    titles = {feed.url: feed.title for feed in added}
    counts = Counter(titles.values())
    alone = {url: title for url, title in titles.items() if title and counts[title] == 1}
    return {url: alone.get(url, url) for url in (*addresses, *titles)}


def _channel_line(subscription: Subscription, now: datetime) -> str:
    if subscription.paused:
        return f"{subscription.channel}: paused: {subscription.paused}"
    coming = next_due(subscription.cadence, now)
    when = f"next digest {coming[1]:%Y-%m-%d %H:%M} UTC" if coming else "no day chosen"
    return f"{subscription.channel}: {subscription.size} papers, {when}"
