"""HTTP mode as Slack does it: signed requests to the bot, through a load balancer that takes turns."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

Json = dict[str, Any]

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
EVENTS, HEALTH = "/slack/events", "/health"


@dataclass(frozen=True)
class Answered:
    """What the bot at `address` said; status 0: nothing in time."""

    address: str
    status: int
    text: str = ""


def signature(body: bytes, stamp: str, secret: str = SECRET) -> str:
    """https://api.slack.com/docs/verifying-requests-from-slack"""
    return (
        "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    )


class SlackCalls:
    """`addresses` are the bots', such as http://127.0.0.1:3000; `answers` all that they said, oldest first."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.answers: list[Answered] = []
        self._turn = 0

    async def sent(self, frame: Json, within: float) -> bool:
        """Deliver what Socket Mode would call `frame`; whether it was acknowledged in time."""
        body, kind, headers = _written(frame)
        return (await self.call(body, kind, headers, within=within)).status == 200

    def said(self) -> Json | None:
        """The JSON of the latest answer; None where it was empty."""
        text = self.answers[-1].text
        return json.loads(text) if text else None

    async def call(
        self,
        body: bytes,
        kind: str = JSON,
        headers: dict[str, str] | None = None,
        *,
        within: float = 3,
    ) -> Answered:
        """A signed request; `headers` override those that it would have."""
        stamp = str(int(time.time()))
        signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(body, stamp)}
        all_headers = {"Content-Type": kind, **signed, **(headers or {})}
        answer = await self._asked("POST", await self._next_healthy(), EVENTS, body, all_headers, within)
        self.answers.append(answer)
        return answer

    async def health(self, address: str) -> int:
        """What the load balancer gets to see."""
        return (await self._asked("GET", address, HEALTH, b"", {}, 3)).status

    async def _next_healthy(self) -> str:
        for _ in range(len(self.addresses)):
            address = self.addresses[self._turn % len(self.addresses)]
            self._turn += 1
            if await self.health(address) == 200:
                return address
        raise AssertionError(f"nobody is healthy among {self.addresses}")

    async def _asked(
        self, method: str, address: str, path: str, body: bytes, headers: dict[str, str], within: float
    ) -> Answered:
        timeout = aiohttp.ClientTimeout(total=within)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(method, address + path, data=body, headers=headers) as answer,
            ):
                return Answered(address, answer.status, await answer.text())
        except (aiohttp.ClientError, TimeoutError):
            return Answered(address, 0)


def _written(frame: Json) -> tuple[bytes, str, dict[str, str]]:
    """Events are JSON; what people do is a form, with the payload of a press in one field."""
    payload = frame["payload"]
    match frame["type"]:
        case "events_api":
            attempt = frame["retry_attempt"]
            again = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_error"}
            return json.dumps(payload).encode(), JSON, again if attempt else {}
        case "slash_commands":
            return urlencode(payload).encode(), FORM, {}
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM, {}
