"""Files of papers, known by their content and then their name; packed with gzip or not.

JSON Lines (ours, or arXiv's metadata snapshot), arXiv Atom, BibTeX, RIS, CSV, and CSL JSON: Zotero offers all but the
first two.
"""

import codecs
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from xml.etree.ElementTree import Element

from bot.errors import SourceError
from bot.model import Paper
from bot.ports import Skipped
from bot.sources.arxiv.atom import paper_from_entry
from bot.sources.arxiv.feed import announcement_day, paper_from_item
from bot.sources.fields import paper_or_skipped
from bot.sources.files.bibtex import papers_in_bibtex
from bot.sources.files.csl import is_csl, paper_from_csl
from bot.sources.files.opml import is_opml
from bot.sources.files.records import paper_from_record
from bot.sources.files.ris import looks_like_ris, papers_in_ris
from bot.sources.files.tables import looks_like_table, papers_in_table
from bot.sources.web.xml import ARXIV, ATOM, BROKEN, feed_children, looks_like_html, until_error

SOURCE = "import"
"""What papers from files name as their source."""

_CHUNK = 128 * 1024
_LONGEST_LINE = 16 << 20
_LARGEST = 128 << 20
_MOST_UNPACKED = 4 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WANTED = "neither JSON, JSON Lines, arXiv Atom, BibTeX, RIS nor CSV with a title column"

_SPACE = re.compile(r"\s*")
_COMMA = re.compile(r"\s*,?\s*")
_DECODER = json.JSONDecoder()

Reader = Callable[[Iterable[bytes], str], Iterator[Paper | Skipped]]


def load(path: Path, progress: Callable[[int], None] | None = None) -> Iterator[Paper | Skipped]:
    """The papers of a file, cleaned, in order; what cannot be read of it is Skipped.

    `progress` is told how many bytes of the file are read so far, out of `size(path)`. Raises SourceError,
    named after the file, where it cannot be read at all or breaks off; what was whole comes first.
    """
    chunks = _unpacked(_chunks(path, progress), path.name)
    first = next(chunks, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        chunks = _from_utf16(chain((first,), chunks))
        first = next(chunks, b"")
    read = _reader(first, path.name)
    yield from read(chain((first.removeprefix(_BYTE_ORDER_MARK),), chunks), path.name)


def size(path: Path) -> int:
    """The file's size in bytes. Raises SourceError where there is no such file."""
    try:
        return path.stat().st_size
    except OSError as error:
        raise SourceError(path.name, _plainly(error)) from error


def _plainly(error: OSError) -> str:
    return (error.strerror or "cannot be read").lower()


def _chunks(path: Path, progress: Callable[[int], None] | None) -> Iterator[bytes]:
    done = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                done += len(chunk)
                yield chunk
                if progress:
                    progress(done)
    except OSError as error:
        raise SourceError(path.name, _plainly(error)) from error


def _unpacked(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Judged by the content: downloads are often unpacked, or packed, without a change of name."""
    first = next(chunks, b"")
    whole = chain((first,), chunks)
    return _gunzipped(whole, name) if first.startswith(b"\x1f\x8b") else whole


def _gunzipped(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """All that could be unpacked comes out, also of a file that breaks off and of several joined into one."""
    unpacker = zlib.decompressobj(wbits=31)
    for packed in chunks:
        rest = packed
        while rest:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            try:
                data = unpacker.decompress(rest, _MOST_UNPACKED)
            except zlib.error as error:
                raise SourceError(name, "damaged gzip") from error
            rest = unpacker.unused_data.lstrip(b"\0") if unpacker.eof else unpacker.unconsumed_tail
            yield data
    yield unpacker.flush()
    if not unpacker.eof:
        raise SourceError(name, "the gzip file breaks off")


def _from_utf16(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Spreadsheets write tables so."""
    for text in codecs.iterdecode(chunks, "utf-16", errors="replace"):
        yield text.encode("utf-8", "replace")


def _reader(first: bytes, name: str) -> Reader:
    """By the content first, then by the name."""
    if looks_like_html(first):
        raise SourceError(name, "a web page, not papers")
    if is_opml(first, name):
        raise SourceError(
            name, "a list of feeds (OPML): name the channel that shall read them with --channel"
        )
    if b"<rdf:RDF" in first[:2000]:
        raise SourceError(name, "Zotero RDF; export the library as CSL JSON, RIS, BibTeX or CSV")
    readers = {b"{": _from_json_lines, b"[": _from_json_list, b"<": _from_xml, b"@": _from_bibtex}
    start = first.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1]
    reader = readers.get(start) or _reader_of_text(first) or _BY_NAME.get(_ending(name))
    if reader is None:
        raise SourceError(name, _WANTED)
    return reader


def _reader_of_text(first: bytes) -> Reader | None:
    if looks_like_ris(first):
        return _from_ris
    return _from_table if looks_like_table(first) else None


def _ending(name: str) -> str:
    return name.lower().removesuffix(".gz").rpartition(".")[2]


def _lines(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    begun: list[bytes] = []
    length = 0
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        begun.append(first)
        length += len(first)
        if length > _LONGEST_LINE:
            raise SourceError(name, f"a line longer than {_LONGEST_LINE >> 20} MB; JSON Lines is wanted")
        if others:
            yield b"".join(begun)
            *whole, rest = others
            yield from whole
            begun, length = [rest], len(rest)
    yield b"".join(begun)


def _from_json_lines(chunks: Iterable[bytes], name: str) -> Iterator[Paper | Skipped]:
    for number, line in enumerate(_lines(chunks, name), 1):
        if line and not line.isspace():
            yield paper_or_skipped(f"{name} line {number}", partial(_paper_from_line, line))


def _paper_from_line(line: bytes) -> Paper:
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    return _paper_from_value(record)


def _paper_from_value(value: object) -> Paper:
    return paper_from_csl(value, SOURCE) if is_csl(value) else paper_from_record(value, SOURCE)


def _from_json_list(chunks: Iterable[bytes], name: str) -> Iterator[Paper | Skipped]:
    """One item after the other, so that half a list gives what was whole."""
    parts, error = until_error(_capped(chunks, name))
    values = _values(b"".join(parts).decode("utf-8", "replace"), name)
    for number, value in enumerate(values, 1):
        yield paper_or_skipped(f"{name} item {number}", partial(_paper_from_value, value))
    if error:
        raise error


def _values(text: str, name: str) -> Iterator[object]:
    position = _SPACE.match(text, text.index("[") + 1).end()  # type: ignore[union-attr]
    while text[position : position + 1] != "]":
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            raise SourceError(name, "not JSON, or half of it") from None
        yield value
        position = _COMMA.match(text, position).end()  # type: ignore[union-attr]


def _from_xml(chunks: Iterable[bytes], name: str) -> Iterator[Paper | Skipped]:
    """The query API's entries, and those of announcement feeds, which someone may have kept."""
    position = 0
    for child in feed_children(chunks, name):
        if child.tag in {"item", f"{ATOM}entry"}:
            position += 1
            announced = child.tag == "item" or child.find(f"{ARXIV}announce_type") is not None
            read = partial(_paper_from_item if announced else paper_from_entry, child, source=SOURCE)
            yield paper_or_skipped(f"{name} entry {position}", read)
        elif child.tag == BROKEN:
            position += 1
            yield Skipped(f"{name} entry {position}", child.text or "")


def _paper_from_item(item: Element, source: str) -> Paper:
    return paper_from_item(item, announcement_day(item), source)


def _from_bibtex(chunks: Iterable[bytes], name: str) -> Iterator[Paper | Skipped]:
    parts, error = until_error(_capped(chunks, name))
    yield from papers_in_bibtex(_decoded(b"".join(parts)), name, SOURCE)
    if error:
        raise error


def _capped(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """BibTeX and JSON lists cannot be read in pieces."""
    done = 0
    for chunk in chunks:
        done += len(chunk)
        if done > _LARGEST:
            raise SourceError(name, f"larger than {_LARGEST >> 20} MB, and it cannot be read in pieces")
        yield chunk


def _decoded(text: bytes) -> str:
    """BibTeX and RIS are older than UTF-8; every byte means something in Latin-1."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _text_lines(chunks: Iterable[bytes], name: str) -> Iterator[str]:
    return (f"{_decoded(line)}\n" for line in _lines(chunks, name))


def _from_ris(chunks: Iterable[bytes], name: str) -> Iterator[Paper | Skipped]:
    return papers_in_ris(_text_lines(chunks, name), name, SOURCE)


def _from_table(chunks: Iterable[bytes], name: str) -> Iterator[Paper | Skipped]:
    return papers_in_table(_text_lines(chunks, name), name, SOURCE)


_BY_NAME: dict[str, Reader] = {
    "jsonl": _from_json_lines,
    "ndjson": _from_json_lines,
    "json": _from_json_lines,
    "bib": _from_bibtex,
    "ris": _from_ris,
    "csv": _from_table,
    "tsv": _from_table,
}
