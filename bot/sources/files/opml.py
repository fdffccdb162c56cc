"""Lists of feeds in OPML, as feed readers export them (opml.org/spec2.opml)."""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from bot.errors import SourceError
from bot.ports import Skipped
from bot.sources.fields import text_of, web_address

SOURCE = "opml"
"""What errors name as the source."""

MOST_FEEDS = 200
"""No more feeds are taken from one list."""

_LARGEST = 8 << 20
_LONGEST_TITLE = 200
_TOO_MANY = f"more than {MOST_FEEDS} feeds"


@dataclass(frozen=True, slots=True)
class OpmlFeeds:
    """What is in one list: title and address of each feed that is taken, title and reason of each that is not."""

    taken: tuple[tuple[str, str], ...]
    left_out: tuple[Skipped, ...]


def is_opml(first: bytes, name: str) -> bool:
    """Whether a file is a list of feeds, by its beginning or, where that tells nothing, by its name."""
    start = first[:4000].lower()
    return b"<opml" in start or (
        name.lower().endswith(".opml") and start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"<", b""}
    )


def load_feeds(path: Path) -> OpmlFeeds | None:
    """What `feeds_in_opml` finds in a file; None where the file is no list of feeds, or there is none of that name.

    Raises SourceError, named after the file.
    """
    try:
        with path.open("rb") as file:
            first = file.read(4000)
            if not is_opml(first, path.name):
                return None
            return feeds_in_opml(first + file.read(_LARGEST))
    except OSError:
        return None  # whoever loads it as papers says why
    except SourceError as error:
        raise SourceError(path.name, error.reason) from error


def feeds_in_opml(body: bytes) -> OpmlFeeds:
    """Each feed at any depth, in order and each once, at most MOST_FEEDS; the others are named with the reason.

    A feed without a title is named by its address. Raises SourceError where the body is no OPML.
    """
    feeds: dict[str, str] = {}
    left_out: list[Skipped] = []
    for outline in _root(body).iter("outline"):
        fields = {name.lower(): value for name, value in outline.attrib.items()}
        if "xmlurl" not in fields and len(outline):
            continue  # a folder
        address = fields.get("xmlurl", "")
        title = text_of(fields.get("title")) or text_of(fields.get("text")) or text_of(address)
        url = web_address(address)
        full = len(feeds) >= MOST_FEEDS and url not in feeds
        if why := _unfit(address) or (_TOO_MANY if full else ""):
            left_out.append(Skipped(title[:_LONGEST_TITLE] or "no title", why))
        else:
            feeds.setdefault(url, title[:_LONGEST_TITLE])
    return OpmlFeeds(tuple((title, url) for url, title in feeds.items()), tuple(left_out))


def _unfit(address: str) -> str:
    """Why an address is no feed's, in few words; empty where it may be one."""
    if not address.strip():
        return "no address"
    scheme = re.match(r"\s*([a-z][a-z0-9+.-]{0,19}):", address, re.IGNORECASE | re.ASCII)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        return scheme[1].lower()
    if not (url := web_address(address)):
        return "not a web address"
    return "a name or password in its address" if "@" in re.split(r"[/?#]", url, maxsplit=3)[2] else ""


def _root(body: bytes) -> Element:
    if len(body) > _LARGEST:
        raise SourceError(SOURCE, f"larger than {_LARGEST >> 20} MB, which no list of feeds is")
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        raise SourceError(SOURCE, "a document type or entity, which no list of feeds needs") from error
    except (ParseError, ValueError, LookupError) as error:  # LookupError: an unknown encoding
        raise SourceError(SOURCE, f"not well-formed XML ({str(error)[:120]})") from error
    if root.tag != "opml":
        raise SourceError(SOURCE, f"not a list of feeds: the document is <{text_of(root.tag)[:60]}>")
    return root
