"""What every store refuses, how much it keeps, what it remembers of private sources, and how it names long texts."""

from base64 import b32encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from operator import itemgetter
from secrets import token_hex

from bot.errors import StoreError
from bot.identity import is_private_source
from bot.model import Channel, Digest, Paper, PaperId, Post
from bot.ports import Removed, Shown
from bot.store.shelf import Incoming

FETCHES_KEPT = 500
"""Records per source and area: three weeks at one fetch an hour."""
CHANGES_KEPT = 20
"""Acts of steering per channel that can be taken back."""
TEXTS_KEPT = timedelta(days=90)
"""How long after it was last kept a text stays at least."""

REMOVALS_KEPT = timedelta(days=90)
"""So much younger are the papers that are pruned when it is forgotten that one was."""


def require_subscribed(found: object, channel: Channel) -> None:
    """Raises StoreError where nothing was found."""
    if not found:
        raise StoreError(f"{channel} is not subscribed")


def require_own(digest: Digest, posts: Sequence[Post]) -> None:
    """Raises StoreError where a post is of another channel or day than the digest, or shared, or two share a place."""
    for post in posts:
        if (post.channel, post.day) != (digest.channel, digest.day) or post.is_shared:
            raise StoreError(f"post {post.key} is not of the digest {digest.channel} {digest.day}")
    if len({post.key for post in posts}) < len(posts) or len({post.position for post in posts}) < len(posts):
        raise StoreError(f"two posts of the digest {digest.channel} {digest.day} share a key or a position")


def latest_first(found: Iterable[tuple[Shown, int]]) -> list[Shown]:
    """What messages show, each with its position: the latest day first, then by channel; each place once."""
    ordered = sorted(found, key=lambda one: (-one[0].day.toordinal(), one[0].channel, -one[1], one[0].paper))
    return list(dict.fromkeys(shown for shown, _ in ordered))


def in_order(
    papers: Iterable[tuple[int, Paper]], removals: Iterable[tuple[int, Removed]]
) -> list[tuple[int, Paper | Removed]]:
    """What happened, each with its position, by these."""
    both: list[tuple[int, Paper | Removed]] = [*papers, *removals]
    return sorted(both, key=itemgetter(0))


def random_identity() -> str:
    """What no other store has: 32 hexadecimal digits."""
    return token_hex(16)


def text_key(text: str) -> str:
    """12 letters and digits (60 bits of SHA-256), the same for the same text."""
    return b32encode(sha256(text.encode()).digest())[:12].decode()


FEED_SOURCE = "feed"
"""The source of the feeds that channels read; their addresses are its areas."""


def mentions_in(batch: Sequence[Incoming]) -> Iterator[tuple[str, PaperId, date]]:
    """Which private source tells which paper as news, by the id that it uses, and on which day."""
    for seen in batch:
        if day := seen.paper.announced_on:
            for source in filter(is_private_source, seen.paper.sources):
                yield source, seen.paper.id, day


def feed_source(url: str) -> str:
    """What papers of the feed of that address name as their source."""
    return f"feed:{url}"


def picks_source(channel: Channel) -> str:
    """What papers that Semantic Scholar recommended to the channel name as their source."""
    return f"semantic-scholar:{channel}"
