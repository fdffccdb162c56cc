"""What every store refuses, and how much it keeps."""

from collections.abc import Sequence

from bot.errors import StoreError
from bot.model import Digest, Post

FETCHES_KEPT = 500
"""Records per source and area: three weeks at one fetch an hour."""


def require_own(digest: Digest, posts: Sequence[Post]) -> None:
    """Raises StoreError where a post is of another channel or day than the digest, or two share a place."""
    for post in posts:
        if (post.channel, post.day) != (digest.channel, digest.day):
            raise StoreError(f"post {post.key} is not of the digest {digest.channel} {digest.day}")
    if len({post.key for post in posts}) < len(posts) or len({post.position for post in posts}) < len(posts):
        raise StoreError(f"two posts of the digest {digest.channel} {digest.day} share a key or a position")


FEED_SOURCE = "feed"
"""The source of the feeds that channels read; their addresses are its areas."""
