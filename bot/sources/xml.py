"""The one door to XML: whole entries of a feed as they come, without document types, entities or depth."""

from collections.abc import Iterable, Iterator
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.ElementTree import XMLParser  # type: ignore[import-untyped]

from bot.errors import SourceError

ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
OAI = "{http://www.openarchives.org/OAI/2.0/}"

T = TypeVar("T")

# What may stand at the root, and the element right under it that has the entries; empty: the root itself has them.
_LISTS = {f"{ATOM}feed": "", "rss": "channel", f"{OAI}OAI-PMH": f"{OAI}ListRecords"}
_DEEPEST = 40
_CHUNK = 64 * 1024
# Not allowed in XML at all; one of them in one abstract must not cost the rest of the feed.
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})


class _Children:
    """Collects the finished children of the root and of its list, and forgets them once taken."""

    def __init__(self) -> None:
        self._builder = TreeBuilder()
        self._open: list[Element] = []
        self._list = ""
        self.finished: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open:
            self._list = _list_under(tag)
        if len(self._open) == _DEEPEST:
            raise ValueError("elements nested too deeply")
        self._open.append(self._builder.start(tag, attributes))

    def end(self, tag: str) -> None:
        element = self._builder.end(tag)
        self._open.pop()
        if self._is_entry(tag):
            self.finished.append(element)
            self._open[-1].clear()

    def _is_entry(self, tag: str) -> bool:
        if len(self._open) == 1:
            return tag != self._list
        return len(self._open) == 2 and self._open[1].tag == self._list

    def data(self, text: str) -> None:
        self._builder.data(text)

    def take(self) -> list[Element]:
        taken, self.finished = self.finished, []
        return taken


def _list_under(root: str) -> str:
    if root not in _LISTS:
        raise ValueError(f"not a feed: the document is <{root[:60]}>")
    return _LISTS[root]


def feed_children(chunks: Iterable[bytes], source: str) -> Iterator[Element]:
    """The elements of an Atom `feed`, an RSS `channel` or OAI's `ListRecords`, in order, each as soon as it is whole.

    What stands beside the channel or the list comes too, such as OAI's `error`. Raises SourceError where the
    document is none of them or breaks off, after what was whole came out.
    """
    children = _Children()
    parser = XMLParser(target=children, forbid_dtd=True)
    for chunk in chunks:
        error = _fed(parser, chunk)
        yield from children.take()
        if error:
            raise SourceError(source, error)
    error = _closed(parser)
    yield from children.take()
    if error:
        raise SourceError(source, error)


def _fed(parser: XMLParser, chunk: bytes) -> str:
    try:
        parser.feed(chunk.translate(None, _CONTROLS))
    except (ParseError, ValueError, LookupError) as error:  # LookupError: an unknown encoding
        return _reason(error)
    return ""


def _closed(parser: XMLParser) -> str:
    try:
        parser.close()
    except (ParseError, ValueError, LookupError) as error:
        return f"half a document ({error})" if isinstance(error, ParseError) else _reason(error)
    return ""


def _reason(error: Exception) -> str:
    if isinstance(error, ParseError):
        return f"not well-formed XML ({error})"
    if type(error).__module__.startswith("defusedxml"):
        return "a document type or entity, which no feed needs"
    return str(error)[:120] or "not XML"


def until_error(items: Iterator[T]) -> tuple[list[T], SourceError | None]:
    """What came out, and the SourceError that ended it early, if one did."""
    taken: list[T] = []
    try:
        for item in items:  # list.extend does not promise to keep what came before an error
            taken.append(item)
    except SourceError as error:
        return taken, error
    return taken, None


def pieces(body: bytes) -> Iterator[bytes]:
    """The body cut so that entries come out before the whole of it is read."""
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]


def looks_like_html(body: bytes) -> bool:
    """Whether the answer is a page for people, such as a log-in or error page."""
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def child_text(element: Element, *names: str) -> str:
    """The text of the first child that has one of the names and a text; empty where none has."""
    return next((text for name in names if (text := element.findtext(name, default="").strip())), "")
