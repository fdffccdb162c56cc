"""What a language model adds to a search: nDCG and recall of questions whose answers are known, without and with it.

usage: python -m benchmarks.semantic_search DIR MODEL [--vectors FILE]

DIR is as BEIR lays it out: corpus.jsonl[.gz], queries.jsonl, qrels/test.tsv. MODEL is a folder as for
taste.semantic_model. Without the model: BM25 over the words as the index analyses them, and nothing else of the
ranking, so that the difference is the meaning's. `nearest_ms` is how long it takes to read a question and compare it
with all vectors, and `nearest_ms_100000` to compare it with 100,000 of that length.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean, median

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.figures import ndcg, recall, rounded
from benchmarks.static_model import lines_of
from bot.model import Paper, PaperId
from bot.ports import Hit, Query, Words
from bot.recommend.embedder import Embedder, embedder_from_settings
from bot.recommend.meaning import Meaning
from bot.recommend.vector_file import VectorFile
from bot.search.analysis import asked_stems, indexed_text, prepared, stems
from bot.search.meaning import sense_of_query, widened

_CANDIDATES = 100
_K1, _B = 1.2, 0.75

Ranked = list[PaperId]


class Words25:
    """The search of a SearchIndex for plain words, by BM25 (Robertson and Zaragoza 2009, section 3); only `within`."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        counted = CountVectorizer(
            analyzer=lambda paper: stems(indexed_text(paper, prepared(paper.title))), dtype=np.float32
        )
        counts = csr_matrix(counted.fit_transform(papers))
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        damping = np.repeat(_K1 * (1 - _B + _B * lengths / lengths.mean()), np.diff(counts.indptr))
        having = np.bincount(counts.indices, minlength=counts.shape[1])
        rarity = np.log1p((len(papers) - having + 0.5) / (having + 0.5))
        counts.data = rarity[counts.indices] * counts.data / (counts.data + damping)
        self._weights, self._column = csc_matrix(counts), counted.vocabulary_
        self._ids = [paper.id for paper in papers]

    def search(self, query: Query, limit: int, offset: int = 0) -> list[Hit]:
        if query.within is not None:
            return [Hit(one, 0.0) for one in query.within][offset : offset + limit]
        scores = np.zeros(len(self._ids))
        for stem, count in asked_stems(" ".join(words.text for words in query.wanted)).items():
            if stem in self._column:
                scores += count * self._weights[:, [self._column[stem]]].toarray().ravel()
        best = np.argsort(-scores, kind="stable")[offset : offset + limit]
        return [Hit(self._ids[i], float(scores[i])) for i in best if scores[i] > 0]


def beside(meaning: Meaning, index: Words25, papers: dict[PaperId, Paper], query: Query) -> Ranked:
    """As a search does: what words found, widened by what lies near, in the order of both."""
    hits, sense = index.search(query, _CANDIDATES), sense_of_query(meaning, query)
    if sense is None:
        return [hit.paper for hit in hits]
    hits = widened(hits, sense.near(index, query))  # type: ignore[arg-type]
    scores = standing([hit.score for hit in hits])
    scores += sense.weight * standing(sense.order([papers[hit.paper] for hit in hits]))
    return [hits[i].paper for i in np.argsort(-scores, kind="stable")]


def standing(values: Sequence[float]) -> np.ndarray:
    """z-scores."""
    found = np.asarray(values, np.float64)
    return (found - found.mean()) / (found.std() or 1.0)


def figures(ranked: Sequence[Ranked], wanted: Sequence[set[PaperId]]) -> dict[str, object]:
    pairs = list(zip(ranked, wanted, strict=True))
    return {
        "ndcg_at_10": rounded(fmean(ndcg(found, those, 10) for found, those in pairs)),
        "recall_at_100": rounded(fmean(recall(found, those, 100) for found, those in pairs)),
    }


def questions_in(folder: Path) -> Iterator[tuple[str, set[PaperId]]]:
    """Those that have answers, with these."""
    texts = {row["_id"]: row["text"] for row in lines_of(folder / "queries.jsonl")}
    wanted: dict[str, set[PaperId]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]:
        query, paper, worth = line.split("\t")
        if int(worth) > 0:
            wanted.setdefault(query, set()).add(PaperId(paper))
    yield from ((texts[query], those) for query, those in wanted.items())


def papers_in(folder: Path) -> list[Paper]:
    file = next(file for name in ("corpus.jsonl.gz", "corpus.jsonl") if (file := folder / name).exists())
    return [Paper(PaperId(row["_id"]), row["title"], abstract=row["text"]) for row in lines_of(file)]


def nearest_ms(meaning: Meaning, texts: Sequence[str]) -> float:
    def once(text: str) -> float:
        start = time.perf_counter()
        meaning.nearest(meaning.sense(text), _CANDIDATES)
        return time.perf_counter() - start

    return median(map(once, texts)) * 1000


def many_ms(dimensions: int, count: int, times: int = 9) -> float:
    """How long it takes to compare one vector with so many."""
    file, row = VectorFile(None, dimensions), np.arange(count, dtype=">u8")
    with file.alone():
        keys = np.zeros((count, 2), ">u8")
        keys[:, 1] = row
        file.append([key.tobytes() for key in keys], np.ones((count, dimensions), np.float16))
    towards, taken = np.ones(dimensions, np.float32), []
    for _ in range(times):
        start = time.perf_counter()
        file.cosines(towards)
        taken.append(time.perf_counter() - start)
    file.close()
    return median(taken) * 1000


def measure(
    folder: Path, embedder: Embedder, file: Path | None = None, most: int = 100_000
) -> dict[str, object]:
    papers, questions = papers_in(folder), list(questions_in(folder))
    meaning, index = Meaning(embedder, VectorFile(file, embedder.dimensions)), Words25(papers)
    meaning.embed(papers)
    stored, wanted = {paper.id: paper for paper in papers}, [those for _, those in questions]
    queries = [Query((Words(text),)) for text, _ in questions]
    plain = [[hit.paper for hit in index.search(query, _CANDIDATES)] for query in queries]
    both = [beside(meaning, index, stored, query) for query in queries]
    speed = nearest_ms(meaning, [text for text, _ in questions])
    meaning.close()
    return {
        "questions": len(questions),
        "words": figures(plain, wanted),
        "words_and_meaning": figures(both, wanted),
        "nearest_ms": rounded(speed, 1),
        f"nearest_ms_{most}": rounded(many_ms(embedder.dimensions, most), 1),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("model")
    parser.add_argument("--vectors", type=Path)
    given = parser.parse_args()
    model = embedder_from_settings(given.model, download=False)
    print(json.dumps(measure(given.folder, model, given.vectors)))
