"""Other engines on the papers and queries of benchmarks.search_scale, as their own pages say they are used.

usage: python -m benchmarks.search_scale_engines fts5|bm25s|tantivy DATABASE FOLDER

Title and abstract are one text; a query finds papers with any of its words; a hundred are named.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import bm25s
import tantivy

from benchmarks.memory import peak_mb
from benchmarks.scale_papers import QUERIES, stored
from benchmarks.search_scale import percentile, timed

Find = Callable[[str], object]
_CANDIDATES = 100


def _texts(database: Path) -> Iterator[tuple[str, str]]:
    for batch in stored(database):
        yield from ((paper.id, f"{paper.title} {paper.abstract}") for paper in batch)


def fts5(database: Path, folder: Path) -> Find:
    """SQLite's, with Porter's stems."""
    connection = sqlite3.connect(folder / "fts5.db", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE VIRTUAL TABLE papers USING fts5 (id UNINDEXED, text, tokenize = 'porter')")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO papers (id, text) VALUES (?, ?)", _texts(database))
    connection.execute("COMMIT")
    sql = "SELECT id FROM papers WHERE papers MATCH ? ORDER BY rank LIMIT ?"

    def find(query: str) -> object:
        words = " OR ".join(f'"{word}"' for word in query.split())
        return connection.execute(sql, (words, _CANDIDATES)).fetchall()

    return find


def bm25s_(database: Path, folder: Path) -> Find:
    """Scores computed beforehand, in sparse arrays; all in memory."""
    texts = [text for _, text in _texts(database)]
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)
    count = min(_CANDIDATES, len(texts))

    def find(query: str) -> object:
        tokens = bm25s.tokenize(query, stopwords="en", show_progress=False)
        return retriever.retrieve(tokens, k=count, show_progress=False)

    return find


def tantivy_(database: Path, folder: Path) -> Find:
    """With its English stems and its own language of queries."""
    build = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
    schema = build.add_text_field("text", tokenizer_name="en_stem").build()
    (folder / "tantivy").mkdir()
    index = tantivy.Index(schema, str(folder / "tantivy"))
    writer = index.writer()
    for key, text in _texts(database):
        writer.add_document(tantivy.Document(id=key, text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()

    def find(query: str) -> object:
        searcher = index.searcher()
        asked, _ = index.parse_query_lenient(query, ["text"])
        hits = searcher.search(asked, _CANDIDATES, count=False).hits
        return [searcher.doc(address)["id"] for _, address in hits]

    return find


ENGINES = {"fts5": fts5, "bm25s": bm25s_, "tantivy": tantivy_}


def measure(engine: str, database: Path, folder: Path) -> dict[str, object]:
    start = time.perf_counter()
    find = ENGINES[engine](database, folder)
    seconds = time.perf_counter() - start
    times = timed([lambda one=one: find(one) for one in QUERIES])  # type: ignore[misc]
    return {
        "ms_p50": percentile(times, 0.5),
        "ms_p99": percentile(times, 0.99),
        "build_seconds": round(seconds, 1),
        "peak_mb": peak_mb(),
    }


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ENGINES:
        sys.exit(__doc__)
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
