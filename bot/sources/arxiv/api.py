"""arXiv's query API: search and enrichment (info.arxiv.org/help/api/user-manual.html).

Its index lags the announcement, so it does not say what is new today: that is arxiv_feed's.
"""

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator
from unicodedata import normalize

from bot.errors import SourceError
from bot.identity import arxiv_version
from bot.model import Paper, PaperId
from bot.ports import Skipped
from bot.sources.arxiv.atom import error_of, paper_from_entry
from bot.sources.fields import paper_or_skipped, text_of
from bot.sources.web.http import Door
from bot.sources.web.xml import ATOM, BROKEN, child_text, feed_children, looks_like_html, pieces

log = logging.getLogger(__name__)

_NAME = "arxiv"
_PAGE = 500
_BATCH = 100
_PAUSE = 60.0
_FIELDS = ("ti", "au", "abs", "co", "jr", "cat", "rn", "all")
_REWRITTEN = re.compile(r"\ball:(\w+):")
_PHRASE = re.compile(r'"([^"]*)"|(\S+)')
_MOST_TERMS = 12
_LONGEST_QUESTION = 300
# arXiv's operators, and words so common that asking for them as well only loses papers.
_IDLE = frozenset("a an and andnot are as at by for from in is not of on or the to via with".split())


class ArxivApi:
    """A PaperFinder over `export.arxiv.org`, at the pace that arXiv shares with its feeds.

    Papers come back not announced.
    """

    name = _NAME

    def __init__(self, door: Door, *, base_url: str = "https://export.arxiv.org") -> None:
        self._door = door
        self._query = f"{base_url.rstrip('/')}/api/query"

    async def find(self, words: str, limit: int) -> list[Paper]:
        """The best `limit` papers for words as people type them; see PaperFinder."""
        query = query_from_words(words)
        return await self.search(query, limit) if query else []

    async def look_up(self, paper: PaperId) -> Paper | None:
        """The paper of that arXiv id; see PaperFinder."""
        return next(iter(await self.by_ids([paper])), None)

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


def query_from_words(words: str) -> str:
    """A query in arXiv's language: all words, and "quoted ones" together, anywhere in a paper; empty for none.

    Nothing but letters and digits gets through, so that no field or operator of that language is meant by accident:
    `ti:self-attention` asks for `ti` and "self attention".
    """
    terms: list[str] = []
    for quoted, word in _PHRASE.findall(normalize("NFC", words[:_LONGEST_QUESTION])):
        for part in [quoted] if quoted else word.split(":"):
            terms += _term(part)
    return " AND ".join(f"all:{term}" for term in list(dict.fromkeys(terms))[:_MOST_TERMS])


def _term(text: str) -> list[str]:
    """A word, or a phrase of several; nothing where it has no word, or an idle one alone."""
    parts = re.findall(r"[^\W_]+", text)
    if len(parts) > 1:
        return [f'"{" ".join(parts)}"']
    return [part for part in parts if part.lower() not in _IDLE]


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
        elif child.tag == BROKEN:
            position += 1
            yield Skipped(f"entry {position}", child.text or "")


def _refuse_rewritten(title: str, query: str) -> None:
    """The answer's title repeats the query as arXiv understood it."""
    for field in _REWRITTEN.findall(title):
        if query and f"all:{field}:" not in query:
            known = ", ".join(_FIELDS)
            raise SourceError(_NAME, f"unknown search field {field!r}; known are {known}")
