"""Papers that Hugging Face knows, by words or by id (huggingface.co/docs/hub/en/api)."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.errors import SourceError
from bot.identity import arxiv_version
from bot.model import Paper, PaperId
from bot.ports import Skipped
from bot.sources.fields import paper_or_skipped, text_of
from bot.sources.huggingface.entries import NAME, is_own_id, listed_papers, paper_from_record
from bot.sources.web.http import Door
from bot.sources.web.jsonbody import value_of

log = logging.getLogger(__name__)

_LONGEST_QUESTION = 250
_MOST = 100


class HuggingFaceFinder:
    """A PaperFinder over `/api/papers`."""

    name = NAME

    def __init__(self, door: Door, *, base_url: str = "https://huggingface.co") -> None:
        self._door = door
        self._papers = f"{base_url.rstrip('/')}/api/papers"

    async def find(self, words: str, limit: int) -> list[Paper]:
        """The best `limit` papers, 100 at most, for words as people type them; see PaperFinder."""
        question = text_of(words)[:_LONGEST_QUESTION]
        if not question or limit < 1:
            return []
        params = {"q": question, "limit": str(min(limit, _MOST))}
        answer = await self._door.get(f"{self._papers}/search", source=NAME, params=params, pace=NAME)
        entries = list(listed_papers(answer.body, "of what was found"))
        for skipped in (entry for entry in entries if isinstance(entry, Skipped)):
            log.warning("huggingface: skipped %s: %s", skipped.what, skipped.why)
        return [replace(entry, announced_on=None) for entry in entries if isinstance(entry, Paper)][:limit]

    async def look_up(self, paper: PaperId) -> Paper | None:
        """The paper of that arXiv id, or of Hugging Face's own (`hf:…`); see PaperFinder."""
        own_id = _own_id(paper)
        if not own_id:
            return None
        answer = await self._door.get(f"{self._papers}/{own_id}", source=NAME, pace=NAME, accept={404})
        return None if answer.status == 404 else paper_from_answer(answer.body)


def _own_id(paper: PaperId) -> str:
    """As Hugging Face spells it; empty for what cannot be one of its ids."""
    scheme, _, rest = paper.partition(":")
    if scheme == "arxiv" and (found := arxiv_version(rest)):
        return found[0].removeprefix("arxiv:")
    return rest if scheme == "hf" and is_own_id(rest) else ""


def paper_from_answer(body: bytes) -> Paper:
    """The one paper of an answer. Raises SourceError where there is none in it."""
    record = value_of(body, NAME)
    if not isinstance(record, Mapping):
        raise SourceError(NAME, "no paper in the answer")
    found = paper_or_skipped("the answer", lambda: paper_from_record(record, None))
    if isinstance(found, Skipped):
        raise SourceError(NAME, f"no paper in the answer ({found.why})")
    return found
