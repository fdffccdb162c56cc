"""Lists of feeds in OPML, as feed readers export them (opml.org/spec2.opml)."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from bot.errors import SourceError
from bot.sources.fields import text_of, web_address

SOURCE = "opml"
"""What errors name as the source."""

MOST_FEEDS = 200
"""No more feeds are taken from one list."""

_LARGEST = 8 << 20


def is_opml(first: bytes, name: str) -> bool:
    """Whether a file is a list of feeds, by its beginning or, where that tells nothing, by its name."""
    start = first[:4000].lower()
    return b"<opml" in start or (
        name.lower().endswith(".opml") and start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"<", b""}
    )


def feeds_in_opml(body: bytes) -> list[tuple[str, str]]:
    """Title and address of each feed, at any depth, in order and each once, at most MOST_FEEDS.

    A feed without a title is named by its address; one whose address is not http or https is left out. Raises
    SourceError where the body is no OPML.
    """
    feeds: dict[str, str] = {}
    for outline in _root(body).iter():
        fields = (
            {name.lower(): value for name, value in outline.attrib.items()}
            if outline.tag == "outline"
            else {}
        )
        if url := web_address(fields.get("xmlurl")):
            feeds.setdefault(
                url, text_of(fields.get("title"))[:200] or text_of(fields.get("text"))[:200] or url
            )
        if len(feeds) == MOST_FEEDS:
            break
    return [(title, url) for url, title in feeds.items()]


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
