"""One opened index: the engine's files and the lexicon beside them, and what is written into both."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar

from tantivy import (
    Document,
    Filter,
    Index,
    IndexWriter,
    Schema,
    SchemaBuilder,
    Searcher,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

from bot.model import Paper, PaperId
from bot.search import analysis, lexicon, progress
from bot.search.entries import Entry, encoded, entry_from_paper
from bot.search.folder import IndexFolder

THREADS = 2
HEAP_BYTES = 100_000_000
"""Shared by the threads that write; more makes fewer and larger segments, and a larger process."""

TOGETHER = 40_000
"""So many papers are committed at once, where they come in large batches: small segments have to be merged later."""

_LARGE = 1000
_WAIT_SECONDS = 5.0

Answer = TypeVar("Answer")


def schema() -> Schema:
    """`text` is what words are looked for in; it lacks stop words, of which every fourth word is one."""
    build = SchemaBuilder()
    build.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    build.add_text_field("text", tokenizer_name="text", index_option="position")
    build.add_text_field("title", tokenizer_name="title", index_option="position")
    for name in ("author", "category", "source"):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic")
    build.add_integer_field("order", fast=True)
    return build.build()


def _without_stop_words() -> TextAnalyzer:
    """As bot.search.analysis has it, and without the words that nobody asks for; their places stay empty.

    Very long words stay in: questions have none, and to look at the length of every word takes a tenth of the time.
    """
    some = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.custom_stopword(sorted(analysis.STOP_WORDS)))
    return some.filter(Filter.stemmer("english")).build()


class TantivyFile:
    """The index in `folder`, or in memory. Reading is safe from many threads; writing is for one at a time.

    Raises whatever its libraries raise.
    """

    def __init__(self, folder: IndexFolder | None) -> None:
        self._folder = folder
        if folder is not None:
            folder.words.mkdir(exist_ok=True)
        self.schema = schema()
        self._index = Index(self.schema, str(folder.words) if folder else None)
        self._index.config_reader("manual")
        self._index.register_tokenizer("text", _without_stop_words())
        self._index.register_tokenizer("title", analysis.tokenizer())
        self._seen: tuple[int, int] | None = None
        self._lexicon_lock = Lock()
        self._lexicon = _open_lexicon(folder.lexicon if folder else None)
        # Held open, so that nothing new gets the number of what was removed.
        self._held = os.open(folder.words, os.O_RDONLY) if folder else None
        self._inodes = _inodes(folder) if folder else None

    def is_current(self) -> bool:
        """False where what we opened was removed; another process may have begun anew."""
        try:
            return self._folder is None or _inodes(self._folder) == self._inodes
        except FileNotFoundError:
            return False

    def searcher(self) -> Searcher:
        """What was committed last, by whichever process."""
        stamp = _stamp(self._folder.words / "meta.json") if self._folder else None
        if stamp is None or stamp != self._seen:
            self._index.reload()
            self._seen = stamp
        return self._index.searcher()

    def ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Ask the lexicon."""
        with self._lexicon_lock:
            return question(self._lexicon)

    def writer(self) -> "Writer":
        """Only one at a time, in all processes."""
        return Writer(self, self._index.writer(HEAP_BYTES, THREADS))

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction of the lexicon."""
        with self._lexicon_lock, progress.transaction(self._lexicon) as connection:
            yield connection

    def close(self) -> None:
        """Give back the files."""
        with self._lexicon_lock:
            self._lexicon.close()
            held, self._held = self._held, None
            if held is not None:
                os.close(held)


class Writer:
    """Writes papers into both files; what is not committed is lost with the process."""

    def __init__(self, file: TantivyFile, engine: IndexWriter) -> None:
        self._file = file
        self._engine = engine
        self._known = file.searcher()
        self._waiting: set[str] = set()
        self._learnt = lexicon.Learnt()
        self.identity, self.position = file.ask(progress.identity), file.ask(progress.position)

    def add(self, papers: Sequence[Paper], position: int) -> None:
        """Index them (again). Large batches are committed together, and by a small one."""
        for paper in {paper.id: paper for paper in papers}.values():
            entry = entry_from_paper(paper)
            self._learnt.note(paper, entry, new=not self.forget((paper.id, *paper.aliases)))
            self._engine.add_document(_document(entry, self._file.schema))
            self._waiting.add(entry.id)
        self.position = position
        if len(papers) < _LARGE or len(self._waiting) >= TOGETHER:
            self.commit()

    def is_current(self) -> bool:
        """False where what it writes was removed."""
        return self._file.is_current()

    def forget(self, ids: Iterable[PaperId]) -> bool:
        """Whether something was there under one of them: a paper that was merged into another is its alias."""
        # To remove what was never there costs more than to look: every segment would be asked once more.
        there = [
            key
            for key in dict.fromkeys(ids)
            if key in self._waiting or self._known.doc_freq("id", encoded(key).decode())
        ]
        for key in there:
            self._engine.delete_documents_by_term("id", encoded(key).decode())
        return bool(there)

    def commit(self) -> None:
        """Let others see it, then remember how far we are: if we die in between, it is indexed again."""
        with self._file.changing() as connection:
            # The engine's threads still work on what they were given last.
            lexicon.learn(connection, self._learnt)
            self._engine.commit()
            progress.reach(connection, self.position)
        self._known = self._file.searcher()
        self._waiting.clear()
        self._learnt = lexicon.Learnt()

    def close(self) -> None:
        """Commit, and wait until what is being merged is merged: otherwise it would have to be done again."""
        if self._waiting:
            self.commit()
        self._engine.wait_merging_threads()

    def clear(self, identity: str) -> None:
        """Remove everything; it is of that store then, and of none until all is gone."""
        self._waiting.clear()
        self._learnt = lexicon.Learnt()
        self._begin("")
        self._engine.delete_all_documents()
        self.commit()
        self._begin(identity)

    def _begin(self, identity: str) -> None:
        self.identity, self.position = identity, 0
        with self._file.changing() as connection:
            lexicon.clear(connection)
            progress.begin(connection, identity)


def _document(entry: Entry, known: Schema) -> Document:
    values = {
        "id": encoded(entry.id).decode(),
        "text": entry.text,
        "title": entry.title,
        "author": [plain for plain, _ in entry.names],
        "category": list(entry.categories),
        "source": list(entry.sources),
        "order": entry.order,
    }
    return Document.from_dict(values, known)


def _inodes(folder: IndexFolder) -> tuple[int, int]:
    """Of what is opened once and goes on being written."""
    return folder.lexicon.stat().st_ino, folder.words.stat().st_ino


def _stamp(path: Path) -> tuple[int, int]:
    """Another one for every commit: the engine writes the file anew."""
    found = path.stat()
    return found.st_mtime_ns, found.st_ino


def _open_lexicon(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path or ":memory:", timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        # So that one process reads while another writes.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with progress.transaction(connection):
            if progress.is_empty(connection):
                lexicon.create(connection)
                progress.create(connection)
    except BaseException:
        connection.close()
        raise
    return connection
