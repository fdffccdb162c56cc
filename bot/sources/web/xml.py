"""The one door to XML: whole entries of a feed as they come, without document types, entities or depth."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
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
BROKEN = "broken"
"""The tag of what stands for an entry that is not well-formed."""

_ENDS = (b"</rss>", b"</feed>", b"</OAI-PMH>")
_MOST_FAULTS = 100
_LONGEST_TAG = 16
_NOT_WELL_FORMED = "not well-formed"
_ENTRY = re.compile(rb"<(?:item|entry|record)(?=[\s>/])")
_OPENING = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_CLOSES = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_FAULT = b"<!!"
_ENCODING = re.compile(rb"""encoding=["']([\w.-]{1,40})""")
_REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]{1,8}|[0-9]{1,8});")
_NONCHARACTERS = re.compile("[\ufffe\uffff]")
# Not allowed in XML at all.
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

    What stands beside the channel or the list comes too, such as OAI's `error`. An entry that is not well-formed comes
    as an element BROKEN whose text says why, and the next entries come all the same. Raises SourceError where the
    document is none of them or breaks off, after what was whole came out.
    """
    reader = _Reader()
    for chunk in _legal(chunks):
        rest = chunk
        while rest:
            rest, error = reader.feed(rest)
            yield from reader.taken()
            if error:
                yield reader.broken_entry(source, error)
    error = reader.close()
    yield from reader.taken()
    if error:
        raise SourceError(source, error)


class _Reader:
    """Parses, and after a fault begins again at the next entry, under the same root as before."""

    def __init__(self) -> None:
        self._root = b""
        self._root_known = False
        self._lost: bytes | None = None
        self._faults = 0
        self._begin()

    def _begin(self) -> None:
        self._children = _Children()
        self._parser = XMLParser(target=self._children, forbid_dtd=True)
        self._fed = 0

    def feed(self, data: bytes) -> tuple[bytes, str]:
        """What is left of the data to be fed again, and what was wrong; both empty where all was well."""
        if self._lost is not None:
            return self._found(self._lost + data)
        self._note_root(data)
        error = self._try(lambda: self._parser.feed(data))
        if not error:
            self._fed += len(data)
            return b"", ""
        self._lost = b""
        return data[max(self._parser.parser.ErrorByteIndex - self._fed, 0) :], error

    def _found(self, data: bytes) -> tuple[bytes, str]:
        """Behind a fault: go on at the next entry, or look on in the next chunk."""
        match = _ENTRY.search(data)
        if match is None:
            self._lost = data[-_LONGEST_TAG:]
            return b"", ""
        self._lost = None
        self._begin()
        self._try(lambda: self._parser.feed(self._root))
        self._fed = len(self._root)
        return data[match.start() :], ""

    def _note_root(self, data: bytes) -> None:
        """Keep what stands before the first entry."""
        if not self._root_known:
            before = max(len(self._root) - _LONGEST_TAG, 0)  # a tag may be cut by a chunk's end
            self._root += data
            if match := _ENTRY.search(self._root, before):
                self._root, self._root_known = self._root[: match.start()], True

    def broken_entry(self, source: str, error: str) -> Element:
        """The entry with the fault. Raises SourceError where the fault is the document's."""
        self._faults += 1
        if not (self._root_known and error.startswith(_NOT_WELL_FORMED)) or self._faults > _MOST_FAULTS:
            raise SourceError(source, error)
        broken = Element(BROKEN)
        broken.text = error
        return broken

    def close(self) -> str:
        """What was wrong with the end."""
        if self._lost is not None:
            return "" if self._lost.rstrip().endswith(_ENDS) else "half a document"
        return self._try(self._parser.close, "half a document")

    def taken(self) -> list[Element]:
        return self._children.take()

    def _try(self, step: Callable[[], object], fault: str = "not well-formed XML") -> str:
        try:
            step()
        except ParseError as error:
            return f"{fault} ({error})"
        except (ValueError, LookupError) as error:  # LookupError: an unknown encoding
            return _reason(error)
        return ""


def _legal(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Without what no XML may hold: one such character in one abstract must not cost an entry."""
    decoder: codecs.IncrementalDecoder | None = None
    held = ""
    for number, chunk in enumerate(chunks):
        if number == 0 and _is_utf8(chunk):
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
        bare = chunk.translate(None, _CONTROLS) if decoder else chunk
        if decoder is None or (bare.isascii() and not held and b"&#" not in bare and b"&" not in bare[-12:]):
            yield bare
            continue
        text = held + decoder.decode(bare)
        cut = text.rfind("&", max(len(text) - 12, 0))  # a reference may be cut by the chunk's end
        cut = len(text) if cut < 0 or ";" in text[cut:] else cut
        held = text[cut:]
        yield _NONCHARACTERS.sub("", _REFERENCE.sub(_legal_reference, text[:cut])).encode()
    if decoder:
        yield _REFERENCE.sub(_legal_reference, held + decoder.decode(b"", final=True)).encode()


def _is_utf8(start: bytes) -> bool:
    """Whether a document that begins so is in UTF-8, as all that name nothing else are."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        return False
    match = _ENCODING.search(start[:200])
    return match is None or match[1].lower() in {b"utf-8", b"utf8", b"us-ascii"}


def _legal_reference(match: re.Match[str]) -> str:
    number = int(match[1][1:], 16) if match[1][0] in "xX" else int(match[1])
    legal = number in {9, 10, 13} or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or number >= 0x10000
    return match[0] if legal and number < 0x110000 else ""


def _reason(error: Exception) -> str:
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
    """The body cut so that entries come out before the whole of it is read.

    A comment, a CDATA section or a processing instruction that never ends costs its own entry, not all after it.
    """
    body = _without_endless(body)
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]


def _without_endless(body: bytes) -> bytes:
    """With a fault where something opens and never closes; reading begins again at the next entry behind a fault."""
    kept, at = [], 0
    for start, end in _endless(body):
        kept += [body[at:start], _FAULT]
        at = end
    return b"".join([*kept, body[at:]]) if kept else body


def _endless(body: bytes) -> Iterator[tuple[int, int]]:
    """Where what never closes opens, if entries stand before and after it; no more than there may be faults."""
    entry, at = _ENTRY.search(body), 0
    never: set[bytes] = set()  # closes nothing from here on, so that the body is searched once for each
    for _ in range(_MOST_FAULTS + 1):
        while (opening := _OPENING.search(body, at)) and (close := _CLOSES[opening[0]]) not in never:
            closed = body.find(close, opening.end())
            if closed < 0:
                never.add(close)
            else:
                at = closed + len(close)
        after = _ENTRY.search(body, opening.end()) if opening else None
        if not opening or not after or not entry or opening.start() < entry.start():
            return
        yield opening.span()
        at = after.start()


def looks_like_html(body: bytes) -> bool:
    """Whether the answer is a page for people, such as a log-in or error page."""
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def child_text(element: Element, *names: str) -> str:
    """The text of the first child that has one of the names and a text; empty where none has."""
    return next((text for name in names if (text := element.findtext(name, default="").strip())), "")
