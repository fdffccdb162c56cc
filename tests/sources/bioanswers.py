"""Answers of bioRxiv, PubMed and OpenAlex as our site gives them."""

import json

from bot.errors import SourceError
from bot.ports import PaperSource

HOSTILE = (None, 3, True, 1.5, "", [], {}, [None], [[[]]], "x" * 5000, "<!channel> \u202eabc", "\ud800")
"""What may stand where something else is meant."""


def told(*records: object, total: object = None, at: int = 0, status: str = "ok") -> bytes:
    """A page of bioRxiv's `details`."""
    all_of_them = len(records) if total is None else total
    message = {"status": status, "cursor": at, "count": len(records), "total": all_of_them}
    return json.dumps({"messages": [message], "collection": list(records)}).encode()


async def refusal(source: PaperSource) -> str:
    """The text of the SourceError that `check` raises; empty where it raises none."""
    try:
        await source.check()
    except SourceError as error:
        return str(error)
    return ""
