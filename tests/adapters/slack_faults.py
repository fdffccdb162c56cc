"""What can go wrong with one call to the local Slack."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from tests.adapters.slack_blocks import error


@dataclass(frozen=True)
class Fault:
    """What goes wrong: an error code, a status with a body, a drop after the call was done, or no answer."""

    error: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    content_type: str = "text/html"
    drop: bool = False
    silent: bool = False


def rate_limited(seconds: int) -> Fault:
    """HTTP 429 as Slack sends it."""
    return Fault("ratelimited", 429, {"Retry-After": str(seconds)})


async def failure(fault: Fault) -> web.StreamResponse:
    if fault.silent:
        await asyncio.Event().wait()
    if fault.body is not None:
        body = fault.body.encode("latin-1")  # so that a test can also send what is not UTF-8
        return web.Response(body=body, status=fault.status, content_type=fault.content_type)
    answer = error(fault.error) if fault.error else {"ok": False}
    return web.json_response(answer, status=fault.status, headers=fault.headers)


def abort(request: web.Request) -> None:
    """Cut the connection: the work is done, the answer never arrives."""
    assert request.transport is not None
    request.transport.abort()
