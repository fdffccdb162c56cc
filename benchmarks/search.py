"""How well the archive is searched, judged by people: nDCG@10, recall@100 and MRR@10 of a collection in BEIR's layout.

usage: python -m benchmarks.search DIR      DIR: corpus.jsonl[.gz], queries.jsonl[.gz], qrels/test.tsv

Through the code that answers `/papers search`: the text is read as a question, candidates come from the index in files,
papers from an SQLite store. `ms_p50` and `ms_p99` are of a first page of five. Beside it, in the same run: bm25s over
the same stems, SQLite FTS5 (porter) and the cosine of TF-IDF (words and pairs of words), all without a store.
"""

import gzip
import json
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import log2
from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.figures import mean, rounded
from bot.model import Paper, PaperId
from bot.ports import SearchIndex, Store
from bot.search.analysis import folded, stems
from bot.search.archive import Archive, search
from bot.search.catchup import catch_up
from bot.search.query import asked_from_text
from bot.search.tantivy_index import TantivyIndex
from bot.store.sqlite import SqliteStore

DEPTH = 100
PAGE = 5
NOW = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, questions and what of each people found relevant (and how much), all by BEIR's ids."""

    papers: dict[str, Paper]
    queries: dict[str, str]
    judged: dict[str, dict[str, float]]


Searcher = Callable[[str, int], list[str]]
"""The ids of the best documents for a question, so many."""


def collection_in(folder: Path) -> Collection:
    """Only questions with something relevant count. Raises SystemExit where a file is absent."""
    judged: dict[str, dict[str, float]] = defaultdict(dict)
    for line in _lines(folder / "qrels" / "test.tsv"):
        query, document, grade = line.rstrip("\n").split("\t")
        if grade.strip().lstrip("-").isdecimal() and int(grade) > 0:
            judged[query][document] = float(grade)
    rows = map(json.loads, _lines(folder / "queries.jsonl"))
    queries = {row["_id"]: row["text"] for row in rows if row["_id"] in judged}
    papers = {
        row["_id"]: _paper(number, row)
        for number, row in enumerate(map(json.loads, _lines(folder / "corpus.jsonl")))
    }
    return Collection(papers, queries, dict(judged))


def _paper(number: int, row: dict[str, str]) -> Paper:
    # Two documents may have one title and are two all the same: ids of one scheme keep them apart.
    return Paper(PaperId(f"beir:{number}"), row.get("title") or "", row.get("text") or "")


def _lines(path: Path) -> Iterator[str]:
    packed = path.with_name(f"{path.name}.gz")
    if not (packed.exists() or path.exists()):
        raise SystemExit(f"there is no {path}")
    with (
        gzip.open(packed, "rt", encoding="utf-8") if packed.exists() else path.open(encoding="utf-8") as file
    ):
        yield from (line for line in file if line.strip())


def ours(store: Store, index: SearchIndex, names: dict[PaperId, str]) -> Searcher:
    """As `/papers search` does it."""
    archive = Archive(index, store, NOW)

    def best(question: str, size: int) -> list[str]:
        asked = asked_from_text(question, date(2026, 1, 1))
        return [names[one.paper.id] for one in search(archive, asked.query, size).found]

    return best


def by_bm25s(papers: dict[str, Paper]) -> Searcher:
    """bm25s over the same stems, the title once."""
    model = bm25s.BM25(method="lucene")
    model.index([stems(_text(paper)) for paper in papers.values()], show_progress=False)
    names = list(papers)

    def best(question: str, size: int) -> list[str]:
        found = model.retrieve([stems(question)], k=min(size, len(names)), show_progress=False)
        return [names[number] for number in found.documents[0]]

    return best


def by_fts5(papers: dict[str, Paper]) -> Searcher:
    """SQLite's full-text index in memory, any of the words."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (title, text, tokenize = 'porter unicode61')")
    connection.executemany(
        "INSERT INTO texts (title, text) VALUES (?, ?)",
        ((one.title, one.abstract) for one in papers.values()),
    )
    names = list(papers)

    def best(question: str, size: int) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in dict.fromkeys(_words(question)))
        rows = connection.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", (words, size)
        )
        return [names[row[0] - 1] for row in rows] if words else []

    return best


def by_cosine(papers: dict[str, Paper]) -> Searcher:
    """TF-IDF of words and pairs of words, as scikit-learn makes it."""
    model = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english", max_features=200_000)
    rows = model.fit_transform(map(_text, papers.values()))
    names = list(papers)

    def best(question: str, size: int) -> list[str]:
        scores = (rows @ model.transform([question]).T).toarray().ravel()
        return [names[number] for number in np.argsort(-scores, kind="stable")[:size]]

    return best


def _text(paper: Paper) -> str:
    return f"{paper.title} {paper.abstract}"


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in folded(text)).split()


def judged_by(collection: Collection, best: Searcher) -> dict[str, float | None]:
    """The figures of one searcher; the time is that of a first page."""
    found, times = {}, []
    for name, question in collection.queries.items():
        start = time.perf_counter()
        best(question, PAGE)
        times.append((time.perf_counter() - start) * 1000)
        # As BEIR counts: where questions are documents themselves, none is an answer to itself.
        found[name] = [one for one in best(question, DEPTH + 1) if one != name][:DEPTH]
    judged = collection.judged
    return {
        "ndcg_at_10": rounded(mean(graded_ndcg(found[name], judged[name], 10) for name in found)),
        "recall_at_100": rounded(mean(_recall(found[name], judged[name]) for name in found)),
        "mrr_at_10": rounded(mean(_reciprocal(found[name][:10], judged[name]) for name in found)),
        "ms_p50": rounded(float(np.percentile(times, 50)), 2),
        "ms_p99": rounded(float(np.percentile(times, 99)), 2),
    }


def graded_ndcg(ranked: Sequence[str], grades: dict[str, float], k: int) -> float:
    """The discounted grades of the first k, beside the best possible ones."""
    gain = sum(grades.get(one, 0.0) / log2(place + 2) for place, one in enumerate(ranked[:k]))
    best = sorted(grades.values(), reverse=True)[:k]
    return gain / sum(grade / log2(place + 2) for place, grade in enumerate(best))


def _recall(ranked: Sequence[str], grades: dict[str, float]) -> float:
    return sum(one in grades for one in ranked) / len(grades)


def _reciprocal(ranked: Sequence[str], grades: dict[str, float]) -> float:
    return next((1 / place for place, one in enumerate(ranked, 1) if one in grades), 0.0)


def measure(folder: Path) -> dict[str, object]:
    """The figures of this search, those of the others in `baselines`, and its times as multiples of theirs."""
    collection = collection_in(folder)
    papers = list(collection.papers.values())
    names = {paper.id: name for name, paper in collection.papers.items()}
    with TemporaryDirectory() as work:
        store = SqliteStore(Path(work) / "papers.db")
        store.database.migrate()
        for at in range(0, len(papers), _BATCH):
            store.add_papers(papers[at : at + _BATCH])
        start = time.perf_counter()
        index = TantivyIndex(Path(work) / "index")
        catch_up(index, store)
        index.close()
        seconds = time.perf_counter() - start
        size = sum(file.stat().st_size for file in (Path(work) / "index").rglob("*") if file.is_file())
        figures = judged_by(collection, ours(store, index, names))
        index.close()
        store.close()
    others = {"bm25s": by_bm25s, "fts5": by_fts5, "tfidf_cosine": by_cosine}
    baselines = {name: judged_by(collection, make(collection.papers)) for name, make in others.items()}
    return {
        "documents": len(papers),
        "queries": len(collection.queries),
        **figures,
        "index_seconds": round(seconds, 2),
        "index_bytes": size,
        "baselines": baselines,
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(json.dumps(measure(Path(sys.argv[1]))))
