"""The local Discord's attachments: multipart bodies, what is refused about them, what a message then shows.

https://docs.discord.com/developers/reference#uploading-files
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

Json = dict[str, Any]
Files = dict[str, bytes]

_MOST_BYTES, _LONGEST_DESCRIPTION = 10 * 2**20, 1024
_SCHEME = "attachment://"


async def body_of(request: web.Request) -> tuple[Any, Files]:
    """The JSON of a request, and the files beside it by their number."""
    if not request.can_read_body:
        return None, {}
    if request.content_type != "multipart/form-data":
        return await request.json(), {}
    form = await request.post()
    sent = {key: part.file.read() for key, part in form.items() if isinstance(part, web.FileField)}
    files = {key.removeprefix("files[").removesuffix("]"): data for key, data in sent.items()}
    body = json.loads(str(form["payload_json"]))
    for one in body.get("attachments") or []:
        # Discord's own examples have a number here, its description of itself a text: it takes both.
        one["id"] = str(one["id"])
    return body, files


def problems(body: Json, files: Mapping[str, bytes]) -> Iterator[str]:
    """Everything wrong with a message's attachments, and with the embeds that show them."""
    named = body.get("attachments") or []
    if {one["id"] for one in named} != set(files):
        yield "attachments: Unknown attachment id"
    for one in named:
        if len(one.get("description") or "") > _LONGEST_DESCRIPTION:
            yield f"description: Must be {_LONGEST_DESCRIPTION} or fewer in length."
    if any(len(data) > _MOST_BYTES for data in files.values()):
        yield "Request entity too large"
    names = {one["filename"] for one in named}
    for embed in body.get("embeds") or []:
        address = (embed.get("image") or {}).get("url", "")
        if address.startswith(_SCHEME) and address.removeprefix(_SCHEME) not in names:
            yield "embeds.image.url: no such attachment"


def kept(body: Json, files: Mapping[str, bytes]) -> list[Json]:
    """The attachments as a message lists them."""
    return [_kept(one, files[one["id"]]) for one in body.get("attachments") or []]


def _kept(named: Json, data: bytes) -> Json:
    address = f"https://cdn.example/attachments/{named['filename']}"
    shown = {"filename": named["filename"], "description": named.get("description"), "size": len(data)}
    urls = {"url": address, "proxy_url": address}
    return {"id": "900000000000000002", "content_type": "image/png", "width": 1, "height": 1, **shown, **urls}


def shown_embed(embed: Json) -> Json:
    """The embed with the address at which Discord keeps the picture."""
    address = (embed.get("image") or {}).get("url", "")
    if not address.startswith(_SCHEME):
        return embed
    return {**embed, "image": {"url": f"https://cdn.example/attachments/{address.removeprefix(_SCHEME)}"}}


def pictures(message: Json) -> tuple[str, ...]:
    """What the pictures say of themselves that an embed of the message shows."""
    shown = {embed["image"]["url"] for embed in message["embeds"] if embed.get("image")}
    return tuple(one["description"] or "" for one in message["attachments"] if one["url"] in shown)
