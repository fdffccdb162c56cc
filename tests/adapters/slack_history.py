"""The local Slack's conversations.history, and the paces that Slack enforces.

Shapes and limits: docs.slack.dev/reference/methods/conversations.history, docs.slack.dev/apis/web-api/rate-limits.
"""

import time
from collections import defaultdict
from typing import Any

Json = dict[str, Any]

MOST = 15
"""Messages in one answer, whatever is asked for: the rule for new apps outside the Marketplace."""
SCOPES = {"C": "channels:history", "G": "groups:history", "D": "im:history"}
_SHOWN = ("type", "user", "bot_id", "app_id", "team", "text", "ts", "blocks", "thread_ts")


class Paces:
    """How often a thing may be done: `every` seconds per name; 0 is no rule. Time can be turned forward."""

    def __init__(self) -> None:
        self.every = {"chat.postMessage": 0.0, "conversations.history": 60.0}
        self.seconds_passed = 0.0
        self._free_at: dict[tuple[str, str], float] = defaultdict(lambda: float("-inf"))

    def now(self) -> float:
        """Seconds on a clock that only goes forward."""
        return time.monotonic() + self.seconds_passed

    def wait(self, method: str, place: str) -> float:
        """0 where it may be done now, and is noted as done; otherwise the seconds to wait."""
        now, every = self.now(), self.every.get(method, 0.0)
        if now < self._free_at[method, place]:
            return self._free_at[method, place] - now
        self._free_at[method, place] = now + every
        return 0.0


def page(messages: list[Json], args: Json) -> Json:
    """What Slack answers: newest first, replies in threads left out, metadata only where asked for."""
    oldest, latest = float(args.get("oldest", 0)), float(args.get("latest", "inf"))
    found = [m for m in reversed(messages) if oldest < float(m["ts"]) < latest and "thread_ts" not in m]
    start = int(args["cursor"].removeprefix("next:")) if args.get("cursor") else 0
    end = start + min(int(args.get("limit", 100)), MOST)
    wanted = str(args.get("include_all_metadata", "")).lower() in {"1", "true"}
    answer: Json = {"ok": True, "messages": [_shown(m, wanted) for m in found[start:end]], "pin_count": 0}
    more = len(found) > end
    return (
        answer | {"has_more": more} | ({"response_metadata": {"next_cursor": f"next:{end}"}} if more else {})
    )


def _shown(message: Json, with_metadata: bool) -> Json:
    shown = {key: message[key] for key in _SHOWN if key in message}
    return shown | ({"metadata": message["metadata"]} if with_metadata and "metadata" in message else {})
