"""How the local Discord answers: HTTP responses, and what it says to the acknowledgement of an interaction."""

import json
from typing import Any

from aiohttp import web

from tests.adapters.discord_values import Asked

Json = dict[str, Any]

SAY, THINK, THINK_UPDATE, UPDATE, OFFER = 4, 5, 6, 7, 8
EPHEMERAL = 64


def callback_answer(asked: Asked, kind: int) -> Json:
    interaction = {
        "id": asked.id,
        "type": asked.kind,
        "response_message_loading": kind == THINK,
        "response_message_ephemeral": bool(asked.flags & EPHEMERAL),
    }
    if kind == UPDATE:
        return {"interaction": interaction, "resource": {"type": kind, "message": asked.message}}
    if not asked.reply.done():
        return {"interaction": interaction}
    message = asked.reply.result()
    interaction["response_message_id"] = message["id"]
    return {"interaction": interaction, "resource": {"type": SAY, "message": message}}


def response(status: int, said: Any) -> web.Response:
    if isinstance(said, str):
        return web.Response(text=said, status=status, content_type="text/html")
    # discord.py reads JSON only under exactly this content type, and believes a 429 only with a Via.
    headers = {"Content-Type": "application/json", "Via": "1.1 local"}
    if isinstance(said, dict) and "retry_after" in said:
        headers["Retry-After"] = str(said["retry_after"])
    rate = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49", "X-RateLimit-Reset-After": "1"}
    return web.Response(body=json.dumps(said).encode(), status=status or 500, headers={**headers, **rate})
