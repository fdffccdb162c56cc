"""Looking for a post of ours in a channel's history, at the pace that Slack allows.

New apps that are distributed outside Slack's Marketplace may ask for 15 messages once a minute
(docs.slack.dev/changelog/2025/05/29/tos-updates), so one page is asked for at a time, and a search that needs more
goes on where it stopped when it is tried again. Only what stands in the channel itself is seen, not in threads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.errors import calling
from bot.errors import PlatformError
from bot.model import Channel, DeliveryKey

METHOD = "conversations.history"
EVENT_TYPE = "paperboy_post"
_PAGE = 15
_MOST_PAGES = 40
_EARLIER = timedelta(seconds=60)
_CLOSED = ("missing_scope", "not_in_channel", "channel_not_found", "no_permission")


def metadata(key: DeliveryKey) -> dict[str, Any]:
    """What a post carries, unseen by people, so that it can be found by its key."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


@dataclass(frozen=True, slots=True)
class _Bookmark:
    """Where a search stopped: after so many pages, before the page that `cursor` names."""

    since: datetime
    pages: int = 0
    cursor: str = ""


class History:
    """Asks at most once in `every` seconds of `seconds`, a clock that only goes forward."""

    def __init__(self, client: AsyncWebClient, *, every: float, seconds: Callable[[], float]) -> None:
        self._client = client
        self._every = every
        self._seconds = seconds
        self._not_before = float("-inf")
        self._bookmarks: dict[tuple[Channel, DeliveryKey], _Bookmark] = {}

    async def find(self, channel: Channel, key: DeliveryKey, since: datetime, bot: str) -> str | None:
        """The time stamp of the post of that key by that bot; None where there is none since then.

        Raises PlatformError, with `retry_after` where it is not our turn yet or there is more to look through.
        """
        self._take_turn()
        mark = self._bookmarks.pop((channel, key), None)
        mark = mark if mark and mark.since == since else _Bookmark(since)
        page = await self._page(channel, mark)
        found = [m["ts"] for m in page.get("messages") or () if _is_ours(m, key, bot)]
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if found or not (page.get("has_more") and cursor):
            return str(found[0]) if found else None
        self._bookmarks[channel, key] = _Bookmark(since, mark.pages + 1, cursor)
        raise self._unfinished(mark.pages + 1)

    def _take_turn(self) -> None:
        now = self._seconds()
        if now < self._not_before:
            wait = self._not_before - now
            raise PlatformError("slack", f"{METHOD}: our next turn is in {wait:.0f} s", retry_after=wait)
        self._not_before = now + self._every

    async def _page(self, channel: Channel, mark: _Bookmark) -> dict[str, Any]:
        oldest = f"{(mark.since - _EARLIER).timestamp():.6f}"
        try:
            with calling(METHOD):
                answer = await self._client.conversations_history(
                    channel=channel.id,
                    cursor=mark.cursor or None,
                    oldest=oldest,
                    limit=_PAGE,
                    include_all_metadata=True,
                )
        except PlatformError as error:
            self._not_before = max(self._not_before, self._seconds() + (error.retry_after or 0))
            raise _closed_to_us(error) from error
        return answer.data if isinstance(answer.data, dict) else {}

    def _unfinished(self, pages: int) -> PlatformError:
        if pages >= _MOST_PAGES:
            return PlatformError(
                "slack", f"{METHOD}: more than {pages * _PAGE} messages to look through", permanent=True
            )
        return PlatformError("slack", f"{METHOD}: there is more to look through", retry_after=self._every)


def _is_ours(message: dict[str, Any], key: DeliveryKey, bot: str) -> bool:
    """Anybody's app may send metadata of our type, so the author counts too."""
    said = message.get("metadata") or {}
    same_key = (said.get("event_payload") or {}).get("key") == key
    return same_key and said.get("event_type") == EVENT_TYPE and message.get("bot_id") == bot


def _closed_to_us(error: PlatformError) -> PlatformError:
    """The same failure; where we may not read there, for good and with what to do about it."""
    if not any(code in error.reason for code in _CLOSED) and "lacks the scope" not in error.reason:
        return error
    advice = "add channels:history, groups:history and im:history to the app, install it again, and invite it"
    return PlatformError(
        "slack", f"may not read the channel's history: {advice} ({error.reason})", permanent=True
    )
