"""The full-text index in tantivy, an inverted index that lives in this process."""

import logging
import sqlite3
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from threading import Lock, RLock
from typing import IO, TypeVar

from tantivy import DocAddress, Searcher
from tantivy import Query as EngineQuery

from bot.errors import StoreError
from bot.model import Paper, PaperId
from bot.ports import Hit, Query
from bot.search import lexicon, progress
from bot.search.entries import counted_stems, sought_from_query
from bot.search.folder import IndexFolder
from bot.search.tantivy_file import TantivyFile, Writer
from bot.search.tantivy_query import engine_query

_log = logging.getLogger(__name__)

_FEWEST, _MOST, _STEP = 128, 8192, 4
"""So many of the best are looked at, so that those that score the same can be put in order."""

Answer = TypeVar("Answer")


class TantivyIndex:
    """An index in the folder at `path`, or in memory where that is None. Fulfils `SearchIndex`.

    Of several processes one writes, the first that adds something, until it closes or ends; for the others `add` does
    nothing, and they find what that one adds. Batches of a thousand papers and more are found once a smaller one, or
    an empty one, follows, or 40,000 have come. It is a projection: files that are damaged or of another form are
    removed and it starts anew at position 0, with a warning in the log. What is not ours is left alone. Raises
    StoreError.
    """

    def __init__(self, path: str | Path | None) -> None:
        self._folder = IndexFolder(Path(path).expanduser().absolute()) if path is not None else None
        self._writing = RLock()
        self._opening = Lock()
        self._file: TantivyFile | None = None
        self._writer: Writer | None = None
        self._lock: IO[bytes] | None = None
        self._began_anew = False

    def position(self) -> int:
        """The store's position up to which papers are indexed."""
        writer = self._current_writer()
        found = writer.position if writer else self._read(lambda file: file.ask(progress.position), 0)
        self._began_anew = False
        return found

    def identity(self) -> str:
        """Of which store it is."""
        writer = self._current_writer()
        return writer.identity if writer else self._read(lambda file: file.ask(progress.identity), "")

    def _current_writer(self) -> Writer | None:
        """None where what it writes was removed, or another process writes."""
        writer = self._writer
        if writer is None or writer.is_current():
            return writer
        with self._writing:
            self._guarded(self._let_go_of_removed, None)
        return None

    def add(self, papers: Sequence[Paper], position: int) -> None:
        """Index them (again), then remember the position; nothing of it where another process writes."""
        self._write(lambda writer: writer.add(papers, position))

    def forget(self, papers: Collection[PaperId]) -> None:
        """Remove them with the next batch; nothing of it where another process writes."""
        self._write(lambda writer: writer.forget(papers))

    def search(self, query: Query, limit: int, offset: int = 0) -> list[Hit]:
        """The best matches, best first; of equal ones the latest."""
        sought = sought_from_query(query)
        if sought is None or limit < 1:
            return []

        def hits(file: TantivyFile) -> list[Hit]:
            asked = engine_query(
                file.schema, query, sought, lambda who: file.ask(lambda db: lexicon.names_of(db, who))
            )
            searcher = file.searcher()
            if sought.newest:
                return _latest(searcher, asked, limit, offset)
            return _best(searcher, asked, limit, offset)

        return self._read(hits, [])

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """How many papers have each of these words; of one with a hyphen, its rarest part counts."""

        def counts(file: TantivyFile) -> dict[str, int]:
            searcher = file.searcher()
            return {word: _count(searcher, word) for word in words}

        return self._read(counts, dict.fromkeys(words, 0))

    def complete(self, beginning: str, limit: int) -> list[str]:
        """Words of titles that begin like it, the most frequent first."""
        return self._read(lambda file: file.ask(lambda db: lexicon.complete(db, beginning, limit)), [])

    def authors(self, beginning: str, limit: int) -> list[str]:
        """Names of which a part begins like it, those with most papers first."""
        return self._read(lambda file: file.ask(lambda db: lexicon.authors(db, beginning, limit)), [])

    def alike(self, word: str, limit: int) -> list[str]:
        """Known words spelt nearly like it, the best guess first; without itself."""
        return self._read(lambda file: file.ask(lambda db: lexicon.alike(db, word, limit)), [])

    def clear(self, identity: str = "") -> bool:
        """Empty it, for that store: position 0. False where another process writes."""
        # What proves damaged by that begins anew, and is of no store yet.
        return self._cleared(identity) or (self._began_anew and self._cleared(identity))

    def _cleared(self, identity: str) -> bool:
        # This empties what is damaged or of another form.
        self.position()
        return self._write(lambda writer: writer.clear(identity))

    def close(self) -> None:
        """Commit, and give back the files; the next call would open them again."""
        with self._writing:
            try:
                if self._writer is not None:
                    self._guarded(self._writer.close, None)
            finally:
                self._drop()

    @property
    def _name(self) -> str:
        return str(self._folder.path) if self._folder else "in memory"

    # -- what both ways share: whose failure it is

    def _read(self, question: Callable[[TantivyFile], Answer], otherwise: Answer) -> Answer:
        """`otherwise` where the files prove damaged."""
        return self._guarded(lambda: question(self._opened()), otherwise)

    def _write(self, work: Callable[[Writer], object]) -> bool:
        """False where another process writes, or the files prove damaged."""
        with self._writing:
            return self._guarded(lambda: self._written(work), False)

    def _written(self, work: Callable[[Writer], object]) -> bool:
        self._let_go_of_removed()
        if self._writer is None:
            file = self._opened()
            if self._began_anew:
                # What is handed in now follows on what is no longer there: first we have to be asked how far we are.
                return False
            if self._folder is not None and self._lock is None:
                self._lock = self._folder.take()
                if self._lock is None:
                    return False
            self._writer = file.writer()
        work(self._writer)
        return True

    def _let_go_of_removed(self) -> None:
        """Where somebody removed what we write, others cannot read it: start anew."""
        if self._writer is None or self._writer.is_current() or self._folder is None:
            return
        self._drop()
        self._folder.make()
        with self._folder.alone() as alone:
            if alone:
                self._start_anew(self._folder, "removed")

    def _guarded(self, work: Callable[[], Answer], otherwise: Answer) -> Answer:
        """What the libraries raise becomes a StoreError, or the repair of what is damaged."""
        try:
            return work()
        except StoreError:
            raise
        except BaseException as error:
            if not _is_theirs(error):
                raise
            if not self._repaired(error):
                raise StoreError(f"search index {self._name}: {_first_line(error)}") from error
            return otherwise

    def _opened(self) -> TantivyFile:
        with self._opening:
            if self._file is None or not (self._writer or self._file.is_current()):
                if self._folder is not None:
                    self._make_ready(self._folder)
                self._file = TantivyFile(self._folder)
            return self._file

    def _make_ready(self, folder: IndexFolder) -> None:
        known_form = folder.make()
        with folder.alone() as alone:
            if alone and not known_form:
                self._start_anew(folder, "of another form")
            elif alone and not folder.is_whole():
                self._start_anew(folder, "damaged")

    def _start_anew(self, folder: IndexFolder, why: str) -> None:
        _log.warning("search index %s is %s: it is built again", folder.path, why)
        folder.empty()
        self._began_anew = True

    def _repaired(self, error: BaseException) -> bool:
        """Whether the files were damaged; they are emptied then, if nobody else is writing them."""
        if self._folder is None:
            return False
        with self._writing:
            self._drop()
            self._folder.make()
            with self._folder.alone() as alone:
                if not alone:
                    _log.warning("search index %s cannot be read: %s", self._name, _first_line(error))
                elif progress.is_damage(error) or not self._folder.is_whole():
                    self._start_anew(self._folder, "damaged")
                else:
                    return False
            return True

    def _drop(self) -> None:
        with self._opening:
            writer, file, lock = self._writer, self._file, self._lock
            self._writer = self._file = self._lock = None
            del writer
            if file is not None:
                file.close()
            if lock is not None:
                lock.close()


def _is_theirs(error: BaseException) -> bool:
    """Whether one of the libraries failed; tantivy's panics are no exceptions of Python's own kind."""
    return isinstance(error, ValueError | OSError | sqlite3.Error) or type(error).__name__ == "PanicException"


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _latest(searcher: Searcher, query: EngineQuery, limit: int, offset: int) -> list[Hit]:
    found = searcher.search(query, limit, count=False, order_by_field="order", offset=offset).hits
    return [Hit(_id(searcher, address), 0.0) for _, address in found]


def _best(searcher: Searcher, query: EngineQuery, limit: int, offset: int) -> list[Hit]:
    scored = _scored(searcher, query, offset + limit)
    orders = searcher.fast_field_values("order", [address for _, address in scored])
    ranked = sorted(zip(scored, orders, strict=True), key=lambda one: (-one[0][0], -(one[1] or 0)))
    return [Hit(_id(searcher, address), score) for (score, address), _ in ranked[offset : offset + limit]]


def _scored(searcher: Searcher, query: EngineQuery, wanted: int) -> list[tuple[float, DocAddress]]:
    """At least so many of the best, with all that score like the last of them: no page may leave out any of these."""
    size = max(_FEWEST, wanted + 1)
    while True:
        found: list[tuple[float, DocAddress]] = searcher.search(query, size, count=False).hits
        if len(found) < size or found[wanted - 1][0] > found[-1][0] or size >= max(_MOST, wanted + 1):
            return found
        size *= _STEP


def _id(searcher: Searcher, address: DocAddress) -> PaperId:
    return PaperId(str(searcher.doc(address).get_first("id")))


def _count(searcher: Searcher, word: str) -> int:
    field, stems = counted_stems(word)
    return min((searcher.doc_freq(field, one) for one in stems), default=0)
