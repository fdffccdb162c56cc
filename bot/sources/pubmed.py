"""PubMed: papers that entered it, by a search (E-utilities, ncbi.nlm.nih.gov/books/NBK25499)."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Clock, Entry, Reading, Skipped
from bot.sources.fields import latest_day, left_out, plain_day, text_of
from bot.sources.first_seen import FirstSeen
from bot.sources.pubmed_xml import NAME, papers_of
from bot.sources.web.http import Answer, Door
from bot.sources.web.jsonbody import part, parts, value_of
from bot.sources.web.xml import until_error

_LOOK_BACK = timedelta(days=7)  # an article may be found only days after the day of its entry
_MOST = 2000
_BATCH = 200
_LONGEST_NOTE = 300
_PMID = re.compile(r"\d{1,12}", re.ASCII)
_UNKNOWN = (
    ("errorlist", "phrasesnotfound"),
    ("errorlist", "fieldsnotfound"),
    ("warninglist", "quotedphrasesnotfound"),
)
_NOTHING = frozenset({"no items found.", ""})


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: PubMed ids, the newest first, how many there are in all, what PubMed has to say to it."""

    ids: tuple[str, ...]
    count: int
    note: str


class PubMed:
    """A PaperSource over `esearch` and `efetch`; `search` is in PubMed's own language and is its area.

    `key` is a key of NCBI's, `contact` the address they write to before they shut us out (NBK25497); whoever makes
    the door sets the pace `pubmed`: 0.34 s without a key, 0.1 s with one. What is older than `most_days` is not asked
    for, and of one search the newest 2,000 are read.
    """

    name = NAME

    def __init__(
        self,
        door: Door,
        search: str,
        *,
        clock: Clock,
        key: str = "",
        contact: str = "",
        base_url: str = "https://eutils.ncbi.nlm.nih.gov",
        every: timedelta = timedelta(hours=6),
        most_days: int = 30,
    ) -> None:
        self.area = search
        self.every = every
        self._door = door
        self._clock = clock
        self._key = key
        self._about_us = {"tool": "paperboy"} | ({"email": contact} if "@" in contact else {})
        self._utilities = f"{base_url.rstrip('/')}/entrez/eutils"
        self._most_days = timedelta(days=most_days)

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        """Papers that entered PubMed from seven days before `since` to today; see PaperSource.

        The cursor remembers which ones we saw. What PubMed says about the search is the note of every Reading.
        """
        today = self._clock().date()
        first = max(since, today - self._most_days) - _LOOK_BACK
        if first > today:
            return
        found, status = await self._found(first, today, _MOST)
        if found.count and not found.ids:
            raise SourceError(self.name, f"{found.count} found, but no ids in the answer")
        late = since < today - self._most_days
        too_old = f"nothing before {plain_day(first)} was asked for" if late else ""
        unread = left_out(len(found.ids), found.count)
        note = _joined([found.note, unread, too_old])
        memory = FirstSeen(cursor, NAME, since, today)
        yield Reading(status, note=note, cursor=memory.cursor(ended=not found.ids))
        for start in range(0, len(found.ids), _BATCH):
            batch = found.ids[start : start + _BATCH]
            entries, error, status = await self._articles(batch, today)
            for entry in entries:
                yield memory.dated(entry, entry.announced_on if isinstance(entry, Paper) else None)
            if error:
                raise error
            for lost in _not_sent(batch, entries):
                yield lost
            ended = start + _BATCH >= len(found.ids)
            if ended and unread:
                memory.cut()
            kept = memory.cursor(ended=ended)
            yield Reading(status, batch=latest_day(entries), note=note, cursor=kept)

    async def check(self) -> str:
        """Ask how many papers of the search entered since yesterday; see PaperSource."""
        first = self._clock().date() - timedelta(days=1)
        found, _ = await self._found(first, first + timedelta(days=1), 0)
        return _joined([f"{found.count} papers since {plain_day(first)}", found.note])

    async def _found(self, first: date, last: date, most: int) -> tuple[Found, int]:
        params = {
            "term": self.area,
            "datetype": "edat",
            "mindate": f"{first:%Y/%m/%d}",
            "maxdate": f"{last:%Y/%m/%d}",
            "retmode": "json",
            "retmax": str(most),
        }
        answer = await self._asked("esearch", params)
        try:
            return found_in(answer.body), answer.status
        except SourceError as error:
            raise self._without_key(error) from None

    async def _articles(
        self, ids: Sequence[str], today: date
    ) -> tuple[list[Paper | Skipped], SourceError | None, int]:
        answer = await self._asked("efetch", {"id": ",".join(ids), "retmode": "xml"})
        # The entry of a day is made in America: no day of theirs is ahead of ours in UTC.
        entries, error = await asyncio.to_thread(until_error, papers_of(answer.body, today))
        return entries, self._without_key(error) if error else None, answer.status

    async def _asked(self, utility: str, params: dict[str, str]) -> Answer:
        secret = {"api_key": self._key} if self._key else {}
        return await self._door.get(
            f"{self._utilities}/{utility}.fcgi",
            source=self.name,
            params={"db": "pubmed", **params, **self._about_us, **secret},
            pace="pubmed",
        )

    def _without_key(self, error: SourceError) -> SourceError:
        """NCBI repeats a key that it does not know."""
        return SourceError(error.source, error.reason.replace(self._key, "…")) if self._key else error


def found_in(body: bytes) -> Found:
    """What one `esearch` answer found. Raises SourceError where it is no answer or a refusal."""
    answer = value_of(body, NAME)
    result = part(answer, "esearchresult")
    refusal = text_of(part(answer, "error")) or text_of(part(result, "ERROR"))
    if refusal:
        raise SourceError(NAME, f"refused the search: {refusal[:200]}")
    count = text_of(part(result, "count"))
    if not _PMID.fullmatch(count):
        raise SourceError(NAME, "no result of a search in the answer")
    ids = dict.fromkeys(text_of(pmid) for pmid in parts(result, "idlist"))
    return Found(tuple(pmid for pmid in ids if _PMID.fullmatch(pmid))[:_MOST], int(count), _remarks(result))


def _remarks(result: object) -> str:
    """PubMed searches without the words, fields and orders that it does not know, and says so only here."""
    unknown = [text for path in _UNKNOWN for text in map(text_of, parts(result, *path)) if text]
    messages = [text_of(message) for message in parts(result, "warninglist", "outputmessages")]
    without = [f"searched without what it does not know: {', '.join(unknown)}"] if unknown else []
    return _joined([*without, *(text for text in messages if text.casefold() not in _NOTHING)])


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(text for text in texts if text)[:_LONGEST_NOTE]


def _not_sent(asked: Iterable[str], entries: Iterable[Paper | Skipped]) -> list[Skipped]:
    """Those that were asked for and are not in the answer."""
    sent: set[str] = set()
    for entry in entries:
        named = (entry.what,) if isinstance(entry, Skipped) else (entry.id, *entry.aliases)
        sent.update(name.removeprefix("PMID ").removeprefix("pubmed:") for name in named)
    return [Skipped(f"PMID {pmid}", "found, but not sent") for pmid in asked if pmid not in sent]
