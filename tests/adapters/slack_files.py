"""The local Slack's files: an upload in three steps, and whether a message may show one.

Shapes and limits: docs.slack.dev/reference/methods/files.getUploadURLExternal, …/files.completeUploadExternal. That a
file is not known at once, and how Slack says so: github.com/slackapi/python-slack-sdk/issues/1658 and 1521.
"""

import itertools
import json
from dataclasses import dataclass
from typing import Any

from tests.adapters.slack_blocks import error

Json = dict[str, Any]


@dataclass
class File:
    """One upload on its way; `shown` counts the messages that asked for it."""

    length: int
    alt_text: str
    data: bytes | None = None
    complete: bool = False
    shown: int = 0


class SlackFiles:
    """A complete file is unknown to the first `late` messages that would show it."""

    def __init__(self) -> None:
        self.known: dict[str, File] = {}
        self.late = 0
        self._numbers = itertools.count(1)

    def answer(self, method: str, args: Json, upload: str) -> Json:
        """What one of the two methods answers; `upload` is where the bytes are to be sent."""
        return self._begun(args, upload) if method == "files.getUploadURLExternal" else self._completed(args)

    def take(self, id: str, data: bytes) -> int:
        """The HTTP status of a delivery of bytes."""
        file = self.known.get(id)
        if file is None or file.complete or len(data) != file.length:
            return 400
        file.data = data
        return 200

    def refusal(self, blocks: list[Json]) -> Json | None:
        """Slack's answer to a message that shows a file which it does not know, or not yet."""
        for place, block in enumerate(blocks):
            if block["type"] == "image" and not self._shown(block["slack_file"]["id"]):
                what = f"invalid slack file [json-pointer:/blocks/{place}/slack_file]"
                told = {"errors": [what], "response_metadata": {"messages": [f"[ERROR] {what}"]}}
                return error("invalid_blocks") | told
        return None

    def _begun(self, args: Json, upload: str) -> Json:
        if not args.get("filename") or not int(args.get("length", 0)):
            return error("missing_argument")
        if len(args.get("alt_txt", "")) > 1000:
            return error("alt_txt_too_large")
        id = f"F{next(self._numbers):08d}"
        self.known[id] = File(int(args["length"]), args.get("alt_txt", ""))
        return {"ok": True, "upload_url": f"{upload}/{id}", "file_id": id}

    def _completed(self, args: Json) -> Json:
        wanted = json.loads(args["files"])
        for one in wanted:
            file = self.known.get(one["id"])
            if file is None or file.data is None:
                return error("file_not_found")
            file.complete = True
        return {"ok": True, "files": [{"id": one["id"], "title": one.get("title", "")} for one in wanted]}

    def _shown(self, id: str) -> bool:
        file = self.known.get(id)
        if file is None or not file.complete:
            return False
        file.shown += 1
        return file.shown > self.late
