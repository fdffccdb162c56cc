"""Pages of arXiv's OAI-PMH records in its own form, arXivRaw, which tells every version's date.

The protocol is openarchives.org/OAI/openarchivesprotocol.html; the form is arxiv.org/OAI/arXivRaw.xsd.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from bot.errors import SourceError
from bot.identity import arxiv_version
from bot.model import Paper, PaperId
from bot.ports import Skipped
from bot.sources.arxiv.facts import abstract_page, authors_of, categories_of, dois_of, is_withdrawn, pdf_link
from bot.sources.fields import day_of, paper_or_skipped, text_of
from bot.sources.web.xml import BROKEN, OAI, child_text, feed_children, looks_like_html, pieces

RAW = "{http://arxiv.org/OAI/arXivRaw/}"

BatchOf = Callable[[datetime], date]
"""The earliest day on which what was submitted at that moment can be announced."""

_SOURCE = "arxiv"
_LONGEST_HOLD = timedelta(days=7)
_VERSION = re.compile(r"v(\d{1,4})", re.ASCII)
_YEARS = range(1986, 2100)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: a paper, a reason, or None where it was deleted; `day` is when it was changed last."""

    entry: Paper | Skipped | None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """Where the list goes on; empty at its end. `before` are the records of earlier pages, `total` of all."""

    text: str
    before: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An OAI error: its code and the text beside it."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class _Version:
    """One version: its number (0: unreadable), when it was submitted, and arXiv's letters about its source."""

    number: int
    submitted_at: datetime | None
    flags: str


def answered(body: bytes, batch_of: BatchOf) -> Iterator[Record | Token | Refusal]:
    """What stands in one answer to ListRecords, in order.

    Raises SourceError where it is none or breaks off, after its whole records.
    """
    if looks_like_html(body):
        raise SourceError(_SOURCE, "a web page instead of records")
    position = 0
    for child in feed_children(pieces(body), _SOURCE):
        if child.tag == f"{OAI}record":
            position += 1
            yield _record(child, position, batch_of)
        elif child.tag == BROKEN:
            position += 1
            yield Record(Skipped(f"record {position}", child.text or ""))
        elif child.tag == f"{OAI}resumptionToken":
            yield Token(
                (child.text or "").strip(), _number(child, "cursor"), _number(child, "completeListSize")
            )
        elif child.tag == f"{OAI}error":
            yield Refusal(text_of(child.get("code")) or "no code", text_of(child.text)[:200])


def _number(element: Element, name: str) -> int | None:
    text = element.get(name, "").strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else None


def _record(record: Element, position: int, batch_of: BatchOf) -> Record:
    day = day_of(child_text(record, f"{OAI}header/{OAI}datestamp"))
    header = record.find(f"{OAI}header")
    if header is not None and header.get("status") == "deleted":
        return Record(None, day)
    what = child_text(record, f"{OAI}header/{OAI}identifier")[:80] or f"record {position}"
    return Record(paper_or_skipped(what, lambda: paper_from_record(record, day, batch_of)), day)


def paper_from_record(record: Element, day: date | None, batch_of: BatchOf) -> Paper:
    """The paper of one record that was changed last on `day`. Raises ValueError where it has no arXiv id."""
    raw = record.find(f"{OAI}metadata/{RAW}arXivRaw")
    if raw is None:
        raise ValueError("no arXivRaw in it")
    paper = _id(child_text(raw, f"{RAW}id"), child_text(record, f"{OAI}header/{OAI}identifier"))
    versions = [_version(element) for element in raw.iterfind(f"{RAW}version")]
    newest = max(versions, key=lambda version: version.number, default=_Version(0, None, ""))
    abstract = child_text(raw, f"{RAW}abstract")
    withdrawn = is_withdrawn(newest.number, text_of(child_text(raw, f"{RAW}comments")), text_of(abstract))
    return Paper(
        id=paper,
        title=child_text(raw, f"{RAW}title"),
        abstract=abstract,
        authors=authors_of(child_text(raw, f"{RAW}authors")),
        categories=categories_of(child_text(raw, f"{RAW}categories").split()),
        url=abstract_page(paper),
        links=(pdf_link(paper),),
        published_on=min((v.submitted_at.date() for v in versions if v.submitted_at), default=None),
        announced_on=_announced_on(versions, day, batch_of),
        version=newest.number,
        # arXiv's server writes I where a version has no source because it was withdrawn (arXiv/oaipmh).
        withdrawn=withdrawn or "I" in newest.flags,
        aliases=dois_of(child_text(raw, f"{RAW}doi")),
        sources=(_SOURCE,),
        venue=text_of(child_text(raw, f"{RAW}journal-ref")),
    )


def _id(*texts: str) -> PaperId:
    found = next((found for text in texts if (found := arxiv_version(text))), None)
    if found is None:
        raise ValueError(f"no arXiv id: {texts[0][:80]!r}")
    return found[0]


def _version(element: Element) -> _Version:
    number = _VERSION.fullmatch(element.get("version", "").strip())
    return _Version(
        int(number[1]) if number else 0,
        _moment(child_text(element, f"{RAW}date")),
        child_text(element, f"{RAW}source_type"),
    )


def _moment(text: str) -> datetime | None:
    """The time of a mail date, in UTC; None where it is none, or of a year without arXiv."""
    try:
        at = parsedate_to_datetime(text)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    # The mail parser answers nonsense with whatever its own steps raise.
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.year in _YEARS else None


def _announced_on(versions: list[_Version], day: date | None, batch_of: BatchOf) -> date | None:
    """OAI names no day of announcement: it is the first batch after submission, told by first versions only.

    The day of the record tells nothing better: it is the day of announcement, or of any edit of the metadata since, and
    days that move with edits would be news twice. So what moderators held for days gets too early a day here; the feed
    of its category brings it with its true one. A record that was changed more than a week later is not news.
    """
    if day is None or len(versions) != 1 or versions[0].number != 1 or versions[0].submitted_at is None:
        return None
    batch = batch_of(versions[0].submitted_at)
    return batch if day - batch <= _LONGEST_HOLD else None
