"""Single fields of a source's answer: what is not what it should be becomes nothing, and never raises."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache

from bot.identity import clean_text, cleaned, title_id
from bot.model import Link, Paper
from bot.ports import Skipped
from bot.sources.text.readable import readable

_MOST = 2**31
_LONGEST_ADDRESS = 2000
_LONGEST_REASON = 200
_LONGEST_DAY = 80
_LONGEST_VALIDATOR = 500


def text_of(value: object) -> str:
    """One clean line; empty where the value is no text."""
    return clean_text(value) if isinstance(value, str) else ""


def texts_of(value: object) -> tuple[str, ...]:
    """The clean, non-empty lines of a list, each once; empty where the value is no list."""
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(text for text in map(text_of, value) if text))


def count_of(value: object) -> int | None:
    """A whole number from 0 up, None for anything else; zero is a number."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST:
        return value
    return None


def day_of(value: object, zone: tzinfo = UTC) -> date | None:
    """The day in `zone` of an ISO 8601 day or time, or of a mail date (`Thu, 12 Jun 2025 00:00:00 -0400`)."""
    if not isinstance(value, str):
        return None
    # The entries of a feed name the same few days over and over.
    return (_day if len(value) <= _LONGEST_DAY else _day.__wrapped__)(value.strip(), zone)


@lru_cache(maxsize=256)
def _day(text: str, zone: tzinfo) -> date | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text)
            return (at.astimezone(zone) if at.tzinfo else at).date()
        # The mail parser answers nonsense with whatever its own steps raise.
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def plain_day(day: date) -> str:
    """`12 June 2025`."""
    return f"{day.day} {day:%B %Y}"


def web_address(value: object) -> str:
    """An address that may be linked to: http or https, no space or control character; else empty."""
    text = value.strip() if isinstance(value, str) else ""
    fine = text.lower().startswith(("http://", "https://")) and len(text) <= _LONGEST_ADDRESS
    return text if fine and clean_text(text) == text and not set(text) & set(' "<>|') else ""


def links_of(pairs: Iterable[tuple[object, object]]) -> tuple[Link, ...]:
    """Links from (label, address) pairs; those that cannot be linked to are left out."""
    found = [Link(text_of(label) or "link", web_address(address)) for label, address in pairs]
    return tuple(link for link in found if link.url)


def validator_of(value: object) -> str:
    """An ETag or Last-Modified that can be sent back as it came (RFC 9110, 8.8); empty where it cannot."""
    fine = isinstance(value, str) and value.isascii() and value.isprintable()
    return str(value) if fine and len(str(value)) <= _LONGEST_VALIDATOR else ""


def latest_day(entries: Iterable[Paper | Skipped]) -> date | None:
    """The newest day on which one of them was news; None where none was."""
    return max((e.announced_on for e in entries if isinstance(e, Paper) and e.announced_on), default=None)


def left_out(read: int, count: int | None) -> str:
    """What to say where a search found more than was read; empty where it did not, or nobody knows (None)."""
    if count is None or read >= count:
        return ""
    return f"only {read} of {count} papers were read; a narrower search would miss none"


def paper_or_skipped(what: str, read: Callable[[], Paper]) -> Paper | Skipped:
    """The cleaned paper in readable words, or why `read` (or cleaning) refused it with a ValueError.

    The source's own words are kept beside them where they differ.
    """
    try:
        return _in_readable_words(cleaned(read()))
    except ValueError as error:
        return Skipped(what, clean_text(str(error))[:_LONGEST_REASON])


def _in_readable_words(paper: Paper) -> Paper:
    title, abstract = readable(paper.title), readable(paper.abstract)
    if title == paper.title and abstract == paper.abstract:
        return paper
    known = replace(
        paper,
        title=title,
        abstract=abstract,
        title_as_given=paper.title_as_given or _if_other(paper.title, title),
        abstract_as_given=paper.abstract_as_given or _if_other(paper.abstract, abstract),
    )
    # A paper that is known by its title alone is known by the one that is shown.
    return replace(known, id=title_id(title)) if paper.id == title_id(paper.title) else known


def _if_other(given: str, shown: str) -> str:
    return "" if given == shown else given
