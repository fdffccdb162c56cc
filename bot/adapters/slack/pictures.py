"""Pictures on Slack: uploaded to no channel, then shown by the message that names the file.

So a message with a picture is one post like any other: its key goes along, and it stands there once. Scope:
files:write. A picture that Slack does not take never holds up the words: its description stands in its place.
https://docs.slack.dev/reference/methods/files.getUploadURLExternal, …/files.completeUploadExternal
"""

import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.pictures import checked
from bot.adapters.slack.errors import VENDOR_ERRORS, PictureError, error_code, platform_error
from bot.adapters.slack.render import to_body
from bot.errors import PlatformError
from bot.model import Message, Picture

log = logging.getLogger(__name__)

_GET, _COMPLETE = "files.getUploadURLExternal", "files.completeUploadExternal"
_NAME = "paperboy.png"
_MOST_REFUSALS = 4
_MOST_KEPT = 100
_NOT_ALLOWED = {
    "missing_scope": "add the scope files:write to the app and install it again",
    "file_uploads_disabled": "uploads are switched off in the workspace",
    "file_uploads_except_images_disabled": "uploads are switched off in the workspace",
    "file_upload_size_restricted": "the workspace restricts the size of uploads",
    "file_type_not_allowed": "the workspace restricts the kinds of uploads",
}


@dataclass(slots=True)
class _Uploaded:
    """One file of Slack's, and how many messages that show it were refused."""

    id: str
    refusals: int = 0


class Pictures:
    """What has been uploaded and not been shown yet, so that a message that is tried again names the same file.

    `wait` is how many seconds a private reply gives Slack to get a picture ready, each time.
    """

    def __init__(self, client: AsyncWebClient, *, wait: float) -> None:
        self.wait = wait
        self._client = client
        self._uploaded: dict[str, _Uploaded] = {}
        self._warned = False

    @asynccontextmanager
    async def body(self, message: Message) -> AsyncIterator[dict[str, Any]]:
        """The message as Slack takes it, for the block that posts it; its picture is uploaded before.

        Raises ValueError for a picture that is none or too large, PlatformError where the upload failed.
        """
        if message.picture is None:
            yield to_body(message)
            return
        name = hashlib.sha256(checked(message.picture)).hexdigest()
        file = await self._file(name, message.picture)
        try:
            yield to_body(message, file.id if file.refusals < _MOST_REFUSALS else "")
        except PictureError:
            file.refusals += 1
            raise
        self._uploaded.pop(name, None)

    async def _file(self, name: str, picture: Picture) -> _Uploaded:
        if name not in self._uploaded:
            id = await self._upload(picture)
            if not id:
                return _Uploaded("")
            while len(self._uploaded) >= _MOST_KEPT:
                self._uploaded.pop(next(iter(self._uploaded)))
            self._uploaded[name] = _Uploaded(id)
        return self._uploaded[name]

    async def _upload(self, picture: Picture) -> str:
        """The new file's id; empty where we may not upload."""
        method = _GET
        try:
            place = await self._client.files_getUploadURLExternal(
                filename=_NAME,
                length=len(picture.png),
            )
            method = "the upload"
            await self._send(str(place["upload_url"]), picture.png)
            method = _COMPLETE
            await self._client.files_completeUploadExternal(files=[{"id": place["file_id"], "title": _NAME}])
        except (*VENDOR_ERRORS, KeyError) as error:
            return self._went_wrong(method, error)
        return str(place["file_id"])

    async def _send(self, address: str, png: bytes) -> None:
        limit = aiohttp.ClientTimeout(total=self._client.timeout)
        ssl = self._client.ssl if self._client.ssl is not None else True
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.post(address, data=png, proxy=self._client.proxy, ssl=ssl) as answer,
        ):
            answer.raise_for_status()

    def _went_wrong(self, method: str, error: Exception) -> str:
        """Empty, after one warning, where we may not upload at all. Raises PlatformError otherwise."""
        code = error_code(error)
        if code not in _NOT_ALLOWED:
            failure = platform_error(method, error)
            # Whatever became of the file: the message that shows it has not been sent.
            raise PlatformError(
                "slack",
                failure.reason,
                permanent=failure.permanent,
                retry_after=failure.retry_after,
                about_us=failure.about_us,
            ) from error
        if not self._warned:
            log.warning("slack: pictures are told in words (%s: %s): %s", method, code, _NOT_ALLOWED[code])
        self._warned = True
        return ""
