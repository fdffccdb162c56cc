"""arXiv's query API: search and enrichment (info.arxiv.org/help/api/user-manual.html).

Its index lags the announcement, so it does not say what is new today: that is arxiv_feed's.
"""

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator

from bot.errors import SourceError
from bot.identity import arxiv_version
from bot.model import Paper
from bot.ports import Skipped
from bot.sources.arxiv_atom import error_of, paper_from_entry
from bot.sources.fields import paper_or_skipped, text_of
from bot.sources.http import Door
from bot.sources.xml import ATOM, child_text, feed_children, looks_like_html, pieces

log = logging.getLogger(__name__)

_NAME = "arxiv"
_PAGE = 500
_BATCH = 100
_PAUSE = 60.0
_FIELDS = ("ti", "au", "abs", "co", "jr", "cat", "rn", "all")
_REWRITTEN = re.compile(r"\ball:(\w+):")


class ArxivApi:
    """Asks `export.arxiv.org` at the pace that arXiv shares with its feeds. Papers come back not announced."""

    def __init__(self, door: Door, *, base_url: str = "https://export.arxiv.org") -> None:
        self._door = door
        self._query = f"{base_url.rstrip('/')}/api/query"

    async def search(self, query: str, limit: int) -> list[Paper]:
        """The best `limit` papers for a query in arXiv's language, such as `ti:attention AND cat:cs.CL`.

        Raises SourceError, also where the query names a field that arXiv does not know: it would quietly
        search for the field's name instead.
        """
        found: list[Paper] = []
        for start in range(0, limit, _PAGE):
            size = min(_PAGE, limit - start)
            page, entries = await self._page(
                query, {"search_query": query, "start": str(start), "max_results": str(size)}
            )
            found += page
            if entries < size:
                break
        return found

    async def by_ids(self, ids: Iterable[str]) -> list[Paper]:
        """The papers with these arXiv ids, in any spelling (`arxiv:2401.01234`, `hep-th/9901001v2`).

        Ids that arXiv does not know, or that are no arXiv ids, give nothing. Raises SourceError.
        """
        known = [found[0].removeprefix("arxiv:") for found in map(arxiv_version, ids) if found]
        papers: list[Paper] = []
        for start in range(0, len(known), _BATCH):
            batch = known[start : start + _BATCH]
            page, _ = await self._page("", {"id_list": ",".join(batch), "max_results": str(len(batch))})
            papers += page
        return papers

    async def _page(self, query: str, params: dict[str, str]) -> tuple[list[Paper], int]:
        """The papers of one answer, and how many entries it had."""
        # 400 is how it answers a malformed id; the reason is in the body.
        answer = await self._door.get(self._query, source=_NAME, params=params, pace="arxiv", accept={400})
        entries = await asyncio.to_thread(lambda: list(answered(answer.body, query)))
        if answer.status == 400:
            raise SourceError(_NAME, "HTTP 400 without a reason")
        for entry in entries:
            if isinstance(entry, Skipped):
                log.warning("arxiv: skipped %s: %s", entry.what, entry.why)
        return [entry for entry in entries if isinstance(entry, Paper)], len(entries)


def answered(body: bytes, query: str = "") -> Iterator[Paper | Skipped]:
    """The entries of one answer to `query`. Raises SourceError for arXiv's ways to say no, and half answers."""
    if body.strip() == b"Rate exceeded.":
        raise SourceError(_NAME, "too many requests (it answers: Rate exceeded.)", retry_after=_PAUSE)
    if looks_like_html(body):
        raise SourceError(_NAME, "a web page instead of an answer")
    position = 0
    for child in feed_children(pieces(body), _NAME):
        if child.tag == f"{ATOM}title":
            _refuse_rewritten(text_of(child.text), query)
        elif child.tag == f"{ATOM}entry":
            if error := error_of(child):
                raise SourceError(_NAME, f"refused the request: {text_of(error)[:200]}")
            position += 1
            what = child_text(child, f"{ATOM}id")[-80:] or f"entry {position}"
            yield paper_or_skipped(what, lambda entry=child: paper_from_entry(entry))  # type: ignore[misc]


def _refuse_rewritten(title: str, query: str) -> None:
    """The answer's title repeats the query as arXiv understood it."""
    for field in _REWRITTEN.findall(title):
        if query and f"all:{field}:" not in query:
            known = ", ".join(_FIELDS)
            raise SourceError(_NAME, f"unknown search field {field!r}; known are {known}")
