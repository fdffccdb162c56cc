"""From the bytes of a feed to its text: encoding, no document type, and plain words where it is no feed."""

import codecs
import html
import re
from urllib.parse import urljoin

from bot.sources.fields import web_address

_ENCODINGS = re.compile(
    r"(?:us-ascii|utf-?8|utf-?16(?:[lb]e)?|utf-?32(?:[lb]e)?|iso-8859-\d+|latin-?1|windows-12\d\d|koi8-[ru]|shift[_-]jis|"
    r"euc-(?:jp|kr)|gb2312|gbk|gb18030|big5)",
    re.IGNORECASE,
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# Not allowed in XML at all; one of them in one entry must not cost the rest of the feed.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_ROOT = re.compile(r"<(?:[\w.-]{1,60}:)?([A-Za-z][\w.-]{0,60})")
_FEEDS = frozenset({"rss", "feed", "rdf"})
_PAGES = frozenset({"html", "head", "body"})
_HEAD = 200_000
_MOST_LINKS = 5
_LONGEST_LINK = 300
# Neither may look past the next "<": what never ends would be read again from every start.
_LINK = re.compile(r"<link\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml"})


def feed_text(body: bytes, content_type: str, url: str) -> str:
    """The document from its root element on. Raises ValueError, in plain words, where it is no RSS and no Atom.

    What stands before the root is dropped, so that nothing is left that could declare an entity.
    """
    text = _FORBIDDEN.sub("", _decoded(body, content_type))
    start = _root(text)
    found = _ROOT.match(text, start)
    name = found[1].lower() if found else ""
    if name in _FEEDS:
        return text[start:]
    if name in _PAGES or text[:start].lower().lstrip().startswith("<!doctype html"):
        raise ValueError(_page(text, url))
    raise ValueError(f"not a feed: the document is <{name}>" if name else "not a feed: neither RSS nor Atom")


def _decoded(body: bytes, content_type: str) -> str:
    """What is valid UTF-8 is UTF-8, whatever it is said to be: nothing else looks like it by chance."""
    marked = [encoding for mark, encoding in _MARKS if body.startswith(mark)]
    declared = _DECLARED.match(body)
    named = [found[1] for found in (_CHARSET.search(content_type),) if found]
    named += [declared[1].decode("ascii", "replace")] if declared else []
    known = [name for name in named if _ENCODINGS.fullmatch(name)]
    for encoding in (*marked[:1], "utf-8", *known):
        try:
            return body.decode("gb18030" if encoding.lower() == "gb2312" else encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8" if known and known[0].lower().startswith("utf") else "windows-1252", "replace")


def _root(text: str) -> int:
    """Where the root element begins. Raises ValueError at a document type that declares something."""
    at = text.find("<")
    while text.startswith(("<?", "<!"), at):
        end = {"<?": "?>", "<!-": "-->"}.get(text[at : at + 3] if text[at + 1] == "!" else "<?", ">")
        if end == ">" and not text[at : at + 9].lower() == "<!doctype":
            raise ValueError("declarations in it that no feed needs")
        stop = text.find(end, at)
        if stop < 0:
            raise ValueError("not a feed: half a document")
        if end == ">" and "[" in text[at:stop]:
            raise ValueError("declarations in it that no feed needs")
        at = text.find("<", stop + len(end))
    if at < 0:
        raise ValueError("not a feed: neither RSS nor Atom" if text.strip() else "not a feed: an empty page")
    return at


def _page(text: str, url: str) -> str:
    feeds = named_feeds(text, url)
    return "a web page, not a feed" + (f"; this page names these feeds: {', '.join(feeds)}" if feeds else "")


def named_feeds(page: str, url: str) -> list[str]:
    """The addresses of the feeds that a web page names in its head, at most five (rssboard.org/rss-autodiscovery)."""
    found: dict[str, None] = {}
    for link in _LINK.finditer(page[:_HEAD]):
        about = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(link[1])}
        alternate = "alternate" in about.get("rel", "").lower().split()
        if alternate and about.get("type", "").strip().lower() in _FEED_TYPES:
            found[_joined(url, about.get("href", ""))] = None
    return [address for address in found if address][:_MOST_LINKS]


def _joined(url: str, href: str) -> str:
    try:
        address = web_address(urljoin(url, href.strip()))
    except ValueError:
        return ""
    return address if len(address) <= _LONGEST_LINK else ""
