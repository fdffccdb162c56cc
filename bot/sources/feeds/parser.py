"""Reads feeds with feedparser in a process of its own, which has little time and memory.

feedparser takes a day for an author's name of five million letters, and longer for as many categories: no thread can
be stopped then, a process can. Started as `main`, it reads a line of JSON and a document, and writes JSON.
"""

import contextlib
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from time import struct_time

import feedparser

from bot.identity import clean_text
from bot.sources.feeds.document import feed_text

log = logging.getLogger(__name__)

MOST_ENTRIES = 500
_LONGEST = 15.0
_MEMORY = 1 << 30
_START = "import sys; sys.path[:] = sys.argv[1:]; from bot.sources.feeds.parser import main; main()"

_LONGEST_TEXT = 20_000
_LONGEST_FIELD = 5_000
_MOST_NAMES = 500
_DOI_FIELDS = ("prism_doi", "dc_identifier", "doi")
# What never ends goes to the end, so that nothing is looked through twice.
_UNREADABLE = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)

Json = dict[str, object]


def read_apart(body: bytes, content_type: str, url: str, *, seconds: float = _LONGEST) -> Json:
    """What `read` makes of a document, in another process. Blocks for `seconds` at most. Raises ValueError likewise."""
    head = json.dumps({"type": content_type, "url": url}).encode()
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own words
            [sys.executable, "-P", "-c", _START, *sys.path],
            input=head + b"\n" + body,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
        said = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise ValueError(f"reading it takes longer than {seconds:.0f} s") from None
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        log.warning("a feed's reader failed: %s", _last_words(error))
        raise ValueError("reading it takes more than we give it") from None
    if why := said.get("error"):
        raise ValueError(why)
    return dict(said)


def _last_words(error: Exception) -> str:
    written = error.stderr if isinstance(error, subprocess.CalledProcessError) else b""
    return clean_text(written[-200:].decode("utf-8", "replace")) or type(error).__name__


def main() -> None:
    """Read from standard input, write to standard output; what cannot be read is `{"error": why}`."""
    _keep_small()
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        said = read(sys.stdin.buffer.read(), asked["type"], asked["url"])
    except ValueError as error:
        said = {"error": str(error)[:2000]}
    sys.stdout.buffer.write(json.dumps(said).encode())


def _keep_small() -> None:
    """Where the system can; the time is kept by who waits for us."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def read(body: bytes, content_type: str, url: str) -> Json:
    """`title`, `broken` (not well-formed), `count`, and the newest 500 `entries`, as JSON.

    An entry has `title`, `link`, `id`, `summary`, `content`, `authors`, `terms`, `dois`, `pdf`, and the days
    `published` and `updated`. Raises ValueError, in plain words, where the document is no feed.
    """
    text = feed_text(body, content_type, url)
    try:
        feed = feedparser.parse(
            io.BytesIO(text.encode()),  # bare bytes could be taken for a file's name
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
            sanitize_html=False,  # both walk through markup that is only text to us
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser lets whatever its own steps raise through
        raise ValueError("a feed that is too broken to be read") from error
    if feed.bozo and not feed.entries:
        raise ValueError("a feed that is too broken to be read")
    entries = [_entry(entry) for entry in _newest(feed.entries)]
    title = _text(feed.feed.get("title"))
    return {"title": title, "broken": bool(feed.bozo), "count": len(feed.entries), "entries": entries}


def _newest(entries: list[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """All, in their own order, where they are not too many."""
    if len(entries) <= MOST_ENTRIES:
        return entries
    return sorted(entries, key=lambda entry: max(_days(dict(entry.items()))), reverse=True)[:MOST_ENTRIES]


def _entry(entry: Mapping[str, object]) -> Json:
    plain = dict(entry.items())  # feedparser's own look-ups answer one field with another
    contents = [_readable(content.get("value")) for content in _dicts(plain.get("content"))]
    return {
        "title": _text(plain.get("title")),
        "link": _text(plain.get("link")),
        "id": _text(plain.get("id")),
        "summary": _readable(plain.get("summary")),
        "content": max(contents, key=len, default=""),
        "authors": [_text(person.get("name")) for person in _dicts(plain.get("authors"))],
        "terms": [_text(tag.get("label") or tag.get("term")) for tag in _dicts(plain.get("tags"))],
        "dois": [doi for doi in (_text(plain.get(name)) for name in _DOI_FIELDS) if doi],
        "pdf": next((_text(link.get("href")) for link in _dicts(plain.get("links")) if _is_pdf(link)), ""),
        "published": _days(plain)[0],
        "updated": _days(plain)[1],
    }


def _days(entry: Mapping[str, object]) -> tuple[str, str]:
    return _day(entry.get("published_parsed")), _day(entry.get("updated_parsed"))


def _is_pdf(link: Mapping[str, object]) -> bool:
    return link.get("rel") != "self" and link.get("type") == "application/pdf"


def _text(value: object) -> str:
    return value[:_LONGEST_FIELD] if isinstance(value, str) else ""


def _readable(value: object) -> str:
    return _UNREADABLE.sub(" ", value)[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _dicts(value: object) -> Iterator[Mapping[str, object]]:
    for one in value[:_MOST_NAMES] if isinstance(value, list) else ():
        if isinstance(one, Mapping):
            yield dict(one.items())


def _day(value: object) -> str:
    """feedparser gives times in UTC, and none where it cannot read one."""
    try:
        return date(*value[:3]).isoformat() if isinstance(value, struct_time) else ""
    except (ValueError, OverflowError):
        return ""
